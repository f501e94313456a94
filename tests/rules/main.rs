//! Every example of every built-in rule, as a test of its own: `cargo test --test rules fr/ad`.

use lavoir::rules::{RulePack, Safety, lint, run_examples};
use lavoir::{Cleaner, Record};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let args = Arguments::from_args();
    let pack = RulePack::builtin().expect("built-in rules load");
    let mut trials: Vec<Trial> = run_examples(&pack)
        .expect("built-in rules compile")
        .into_iter()
        .map(|result| {
            let name = format!("{}::example_{}", result.rule, result.number);
            Trial::test(name, move || match result.failure {
                Some(failure) => Err(Failed::from(failure)),
                None => Ok(()),
            })
        })
        .collect();
    trials.push(Trial::test("lint", || no_remarks(&RulePack::builtin()?)));
    trials.push(Trial::test("must_stay", stays_with_all_rules));
    libtest_mimic::run(&args, trials).exit();
}

fn no_remarks(pack: &RulePack) -> Result<(), Failed> {
    let remarks: Vec<String> = lint(pack)
        .into_iter()
        .map(|remark| format!("{}: {}", remark.rule, remark.message))
        .collect();
    if remarks.is_empty() {
        Ok(())
    } else {
        Err(remarks.join("\n").into())
    }
}

/// What one rule must leave alone, the others must leave alone too: prose that stays in a rule's
/// examples stays with all rules on.
fn stays_with_all_rules() -> Result<(), Failed> {
    let pack = RulePack::builtin()?;
    let cleaner = Cleaner::new()?;
    let mut lost = Vec::new();
    for rule in pack.rules() {
        let stay = rule.file.example.iter().filter(|e| e.input == e.output);
        for example in stay.filter(|e| is_prose(&e.input)) {
            let cleaned = cleaner.clean(&Record::text("example", &example.input));
            let text = cleaned.map(|c| c.article.text).unwrap_or_default();
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            if words(&text) != words(&example.input) && rule.file.safety == Safety::Exact {
                lost.push(format!("{}: {:?} became {text:?}", rule.id, example.input));
            }
        }
    }
    if lost.is_empty() {
        Ok(())
    } else {
        Err(lost.join("\n").into())
    }
}

fn is_prose(text: &str) -> bool {
    let closed = text.trim_end().ends_with(['.', '!', '?', '。']);
    closed && text.split_whitespace().count() >= 8
}
