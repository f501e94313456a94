//! `lavoir explain` and `lavoir rules`.

use crate::support::{ARTICLE, lavoir, stdout};

#[test]
fn every_cut_has_its_rule_and_no_escape_reaches_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pont.txt");
    let hostile = ARTICLE.replace("Maud", "\u{1b}]0;owned\u{7}\u{1b}[2JMaud\u{9b}31m");
    std::fs::write(&file, hostile).unwrap();
    let path = file.to_str().unwrap();
    let text = stdout(&lavoir(&["explain", path]));
    assert_eq!(text.matches("[fr/ad/").count(), 5, "{text}");
    assert!(
        text.contains("repeats/title-copy") && text.contains("→ agency"),
        "{text}"
    );
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}']));
    // In colour the only escapes are our own.
    let colour = stdout(&lavoir(&["explain", path, "--color", "always"]));
    assert!(
        colour.contains('\u{1b}') && !colour.contains("\u{1b}]") && !colour.contains("\u{1b}[2J")
    );
}

#[test]
fn rules_can_be_listed_shown_and_tested() {
    let list = stdout(&lavoir(&["rules", "list", "fr/ad"]));
    assert!(list.lines().count() > 1);
    let id = list.split_whitespace().next().unwrap();
    assert!(stdout(&lavoir(&["rules", "show", id])).contains("[[example]]"));
    assert_eq!(lavoir(&["rules", "show", "no/such"]).status.code(), Some(2));
    assert_eq!(lavoir(&["rules", "test", "fr/ad"]).status.code(), Some(0));
    assert_eq!(lavoir(&["rules", "lint"]).status.code(), Some(0));
}

#[test]
fn a_pack_of_ones_own_wins_and_rules_can_be_switched_off() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, file) = (dir.path().join("rules"), dir.path().join("a.txt"));
    std::fs::create_dir_all(rules.join("site/ad")).unwrap();
    let rule = "summary = 's'\nwhy = 'w'\naction = 'drop'\nsafety = 'exact'\n\
                match = { line = ['Un chantier retardé'] }\n\
                [[example]]\nin = 'Un chantier retardé'\nout = ''\n\
                [[example]]\nin = 'Un chantier.'\nout = 'Un chantier.'\n";
    std::fs::write(rules.join("site/ad/mine.toml"), rule).unwrap();
    std::fs::write(&file, ARTICLE).unwrap();
    let clean = |more: &[&str]| {
        let mut args = vec!["clean", file.to_str().unwrap()];
        args.extend(more);
        stdout(&lavoir(&args))
    };
    let pack = ["--rules", rules.to_str().unwrap()];
    assert!(clean(&[]).contains("Un chantier retardé"));
    assert!(!clean(&pack).contains("Un chantier retardé"));
    // The model may still remove what no rule speaks of.
    let reasons = |more: &[&str]| {
        let mut args = vec!["explain", file.to_str().unwrap()];
        args.extend(more);
        stdout(&lavoir(&args))
    };
    assert!(reasons(&[]).contains("[fr/ad/"));
    let off = reasons(&["--disable", "fr/ad", "--disable", "core/ad"]);
    assert!(!off.contains("[fr/ad/"), "{off}");
}
