//! What each case promises.

use std::collections::BTreeSet;

use lavoir::Cleaner;
use lavoir::metadata::Metadata;
use serde_json::Value;

use crate::case::{Case, Expected, Known, Outcome, provenance_records};
use crate::diff::{self, Side, diff};

/// Checks one case: article, provenance, replay and conservation.
pub fn case(case: &Case, cleaner: &Cleaner) -> Result<(), String> {
    let outcome = case.run(cleaner)?;
    let mut problems = Vec::new();
    let mut add = |what: &str, result: Result<(), String>| {
        problems.extend(result.err().map(|problem| format!("{what}:\n{problem}")));
    };
    add("saved_in", saved_in(case, &outcome));
    add("article.json", articles(case, &outcome));
    add("provenance.json", provenance(case, &outcome));
    add("replay", replay(case, &outcome, cleaner));
    if problems.is_empty() {
        return Ok(());
    }
    let update = "to accept it: LAVOIR_UPDATE=1 cargo test --test corpus";
    Err(format!("{}\n{update}", problems.join("\n")))
}

/// The bytes are what `case.toml` says, and the program reads the same text from them.
fn saved_in(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let label = &case.note.saved_in;
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| format!("{label} is no encoding"))?;
    for (record, cleaned) in outcome.records.iter().zip(&outcome.cleaned) {
        let (text, damaged) = encoding.decode_with_bom_removal(&record.bytes);
        if damaged {
            return Err(format!("the input is not valid {label}"));
        }
        if let Some(declared) = case.note.declared.as_ref().filter(|d| !text.contains(*d)) {
            return Err(format!("the input does not name {declared}"));
        }
        let read = lavoir::decode::redecode(&record.bytes, &cleaned.provenance.encoding)?;
        if read != text {
            let name = &cleaned.provenance.encoding.name;
            let changes = diff::print(&lines(&text), &lines(&read));
            return Err(format!("saved in {label}, read as {name}:\n{changes}"));
        }
    }
    Ok(())
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

fn articles(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let expected = case.expected()?;
    if expected.len() != outcome.articles.len() {
        return Err(format!(
            "{} entries for {} records",
            expected.len(),
            outcome.articles.len()
        ));
    }
    let Some(known) = &case.note.known else {
        let changes: String = expected
            .iter()
            .zip(&outcome.articles)
            .map(changes)
            .collect();
        return if changes.is_empty() {
            Ok(())
        } else {
            Err(changes)
        };
    };
    known_faults(known, &expected, &outcome.articles)
}

/// What differs between the wanted article and the one that came out.
pub fn changes((wanted, found): (&Expected, &Expected)) -> String {
    let old: Vec<&str> = wanted.text.iter().map(String::as_str).collect();
    let new: Vec<&str> = found.text.iter().map(String::as_str).collect();
    let mut out = diff::print(&old, &new);
    let (old, new) = (fields(&wanted.metadata), fields(&found.metadata));
    for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (&old.get(name), &new.get(name));
        if old != new {
            let show = |value: &Option<&Value>| value.map_or("none".into(), Value::to_string);
            out.push_str(&format!(
                "{name}: wanted {}, found {}\n",
                show(old),
                show(new)
            ));
        }
    }
    out
}

/// The article differs from the wanted one in exactly the way that `known` lists.
fn known_faults(known: &Known, wanted: &[Expected], found: &[Expected]) -> Result<(), String> {
    let now = faults(wanted, found);
    let mut problems = String::new();
    let mut compare = |what: &str, known: &[String], now: &[String]| {
        for line in now.iter().filter(|line| !known.contains(line)) {
            problems.push_str(&format!("{what}, and not known: {line}\n"));
        }
        for line in known.iter().filter(|line| !now.contains(line)) {
            problems.push_str(&format!(
                "no longer {what}, take it out of case.toml: {line}\n"
            ));
        }
        if problems.is_empty() && known != now {
            problems.push_str(&format!(
                "{what}: not as often, or not in the order, that is known\n"
            ));
        }
    };
    compare("left in the text", &known.left, &now.left);
    compare("lost from the text", &known.lost, &now.lost);
    compare("wrong in the metadata", &known.fields, &now.fields);
    if now.is_none() && problems.is_empty() {
        problems.push_str("nothing is wrong any more, take [known] out of case.toml\n");
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// Lines and fields in which the articles differ from the wanted ones. Lines that are the same
/// but joined or parted otherwise count as the field `empty lines`.
pub fn faults(wanted: &[Expected], found: &[Expected]) -> Known {
    let mut faults = Known::default();
    let mut wrong = BTreeSet::new();
    for (wanted, found) in wanted.iter().zip(found) {
        let (old, new) = (filled(&wanted.text), filled(&found.text));
        for (side, line) in diff(&old, &new) {
            match side {
                Side::Both => {}
                Side::Old => faults.lost.push(line.to_owned()),
                Side::New => faults.left.push(line.to_owned()),
            }
        }
        if old == new && wanted.text != found.text {
            wrong.insert("empty lines".to_owned());
        }
        let (old, new) = (fields(&wanted.metadata), fields(&found.metadata));
        let names = old.keys().chain(new.keys());
        wrong.extend(
            names
                .filter(|name| old.get(*name) != new.get(*name))
                .cloned(),
        );
    }
    faults.fields = wrong.into_iter().collect();
    faults
}

fn filled(lines: &[String]) -> Vec<&str> {
    lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.is_empty())
        .collect()
}

fn fields(metadata: &Metadata) -> serde_json::Map<String, Value> {
    match serde_json::to_value(metadata) {
        Ok(Value::Object(map)) => map,
        _ => serde_json::Map::new(),
    }
}

fn provenance(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let stored = case.stored("provenance.json").ok_or("is missing")?;
    let changes = diff::print(&lines(&stored), &lines(&outcome.provenance));
    if changes.is_empty() {
        Ok(())
    } else {
        Err(changes)
    }
}

/// The stored record, not only the fresh one, covers the text and gives the article again; it
/// does not pass for other bytes.
fn replay(case: &Case, outcome: &Outcome, cleaner: &Cleaner) -> Result<(), String> {
    let stored = case
        .stored("provenance.json")
        .ok_or("provenance.json is missing")?;
    let stored = provenance_records(&stored, cleaner.rules().hash())?;
    if stored.len() != outcome.records.len() {
        return Err(format!(
            "{} records for {}",
            stored.len(),
            outcome.records.len()
        ));
    }
    for ((record, cleaned), stored) in outcome.records.iter().zip(&outcome.cleaned).zip(&stored) {
        for provenance in [&cleaned.provenance, stored] {
            let replayed = provenance
                .replay(&record.bytes)
                .map_err(|e| e.to_string())?;
            if replayed.text != cleaned.article.text {
                return Err(format!("{}: replay gives another text", record.id));
            }
            let mut bytes = record.bytes.to_vec();
            if let Some(byte) = bytes.last_mut() {
                *byte ^= 1;
            }
            if provenance.replay(&bytes).is_ok() {
                return Err(format!("{}: a changed byte goes unseen", record.id));
            }
        }
    }
    Ok(())
}
