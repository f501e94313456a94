//! Mojibake repair against ftfy's answers, which `tests/encoding/ftfy_oracle.py` writes. The file
//! is named in `LAVOIR_FTFY_CASES`; without it nothing is compared.

use lavoir::decode::{RepairPolicy, repair};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    text: String,
    fixed: String,
}

#[test]
fn mojibake_is_repaired_as_ftfy_does() {
    let Ok(path) = std::env::var("LAVOIR_FTFY_CASES") else {
        eprintln!("LAVOIR_FTFY_CASES names no file: ftfy is not compared");
        return;
    };
    let lines = std::fs::read_to_string(&path).expect("the file of cases");
    let (mut all, mut same) = (0, 0);
    for line in lines.lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        let ours = mojibake_only(&case.text);
        all += 1;
        match ours == case.fixed {
            true => same += 1,
            false => eprintln!(
                "text  {:?}\n ftfy {:?}\n ours {ours:?}",
                case.text, case.fixed
            ),
        }
    }
    eprintln!("{same} of {all} as ftfy");
    assert!(same * 100 >= all * 90, "{same} of {all}");
}

fn mojibake_only(text: &str) -> String {
    let policy = RepairPolicy {
        entities: false,
        zero_width: false,
        soft_hyphens: false,
        bidi: false,
        spaces: false,
        nfc: false,
        ..RepairPolicy::default()
    };
    crate::properties::apply(text, &repair(text, &policy, false))
}
