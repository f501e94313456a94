//! What the corpus promises as a whole: breadth, encodings, deduplication.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use lavoir::io::inputs::Inputs;
use lavoir::pipeline::{PipelineOptions, Watch, verify};
use lavoir::{Cleaner, Form, Pipeline, Provenance, Record};

use crate::case::{self, Case};

/// Fewest cases, languages and encodings.
const CASES: usize = 12;
const LANGUAGES: usize = 4;
const ENCODINGS: usize = 4;

/// The corpus is broad enough to mean something.
pub fn breadth(cases: &[Case]) -> Result<(), String> {
    let languages: BTreeSet<&str> = cases.iter().map(Case::language).collect();
    let encodings: BTreeSet<String> = cases
        .iter()
        .map(|case| case.note.saved_in.to_ascii_lowercase())
        .collect();
    let unsaid = |case: &&Case| case.note.description.is_empty() || case.note.trap.is_empty();
    if let Some(case) = cases.iter().find(unsaid) {
        return Err(format!(
            "{}: say what it is and what its trap is",
            case.name
        ));
    }
    let counts = [
        (cases.len(), CASES, "cases"),
        (languages.len(), LANGUAGES, "languages"),
        (encodings.len(), ENCODINGS, "encodings"),
    ];
    match counts.into_iter().find(|(have, need, _)| have < need) {
        Some((have, need, what)) => Err(format!("{have} {what}, fewer than {need}")),
        None => Ok(()),
    }
}

/// Of each group of printings one article stays and the others name it; all else stays. The
/// outputs pass verification.
pub fn deduplication(cases: &[Case], cleaner: &Cleaner) -> Result<(), String> {
    let out = tempfile::tempdir().map_err(|e| e.to_string())?;
    let records = run(cleaner, out.path())?;
    let mut groups: BTreeMap<&str, Vec<&Provenance>> = BTreeMap::new();
    for record in &records {
        let case = cases
            .iter()
            .find(|case| record.source.path.as_ref() == Some(&case.input.name));
        let case = case.ok_or_else(|| format!("{} is of no case", record.id))?;
        match (&case.note.group, &record.duplicate_of) {
            (Some(group), _) => groups.entry(group).or_default().push(record),
            (None, Some(twin)) => {
                let (id, twin, score) = (&record.id, &twin.id, twin.score);
                return Err(format!(
                    "{id} was taken for a copy of {twin} (score {score})"
                ));
            }
            (None, None) => {}
        }
    }
    if groups.is_empty() {
        return Err("no case has a group".into());
    }
    groups
        .iter()
        .try_for_each(|(name, group)| one_stays(name, group))
}

fn one_stays(name: &str, group: &[&Provenance]) -> Result<(), String> {
    let stay: Vec<&str> = group
        .iter()
        .filter(|r| r.duplicate_of.is_none())
        .map(|r| &*r.id)
        .collect();
    let &[stays] = &stay[..] else {
        return Err(format!("group {name}: {stay:?} stay, not one"));
    };
    if group.len() < 2 || group.iter().any(|r| *r.id < *stays) {
        return Err(format!(
            "group {name}: {stays} stays, not the smallest id of several"
        ));
    }
    let strays = group
        .iter()
        .find(|r| r.duplicate_of.as_ref().is_some_and(|t| t.id != stays));
    match strays {
        Some(record) => Err(format!("group {name}: {} names another twin", record.id)),
        None => Ok(()),
    }
}

/// What `lavoir clean corpus -o out` does; checks what was read and that it verifies.
fn run(cleaner: &Cleaner, out: &Path) -> Result<Vec<Provenance>, String> {
    let inputs = Inputs::list(&[case::root()]);
    let other = |name: &&String| !name.ends_with(".json") && !name.ends_with(".toml");
    if let Some(name) = inputs.skipped.iter().find(other) {
        return Err(format!("{name} is neither input nor expectation"));
    }
    let pipeline = Pipeline::new(cleaner, PipelineOptions::default()).map_err(|e| e.to_string())?;
    let watch = Watch {
        progress: &|_| {},
        stop: &AtomicBool::new(false),
    };
    let manifest = pipeline
        .run(&inputs, out, watch)
        .map_err(|e| e.to_string())?;
    if manifest.counts.errors > 0 {
        return Err(format!(
            "{} inputs could not be read",
            manifest.counts.errors
        ));
    }
    let report = verify(out, None).map_err(|e| e.to_string())?;
    if report.replayed != manifest.counts.records || !report.findings.is_empty() {
        return Err(format!("verify: {report:?}"));
    }
    let rows = std::fs::read_to_string(out.join("provenance.jsonl")).map_err(|e| e.to_string())?;
    rows.lines()
        .map(|row| serde_json::from_str(row).map_err(|e| e.to_string()))
        .collect()
}

/// The same text in other encodings, undeclared, gives the same article.
pub fn encodings(cases: &[Case], cleaner: &Cleaner) -> Result<(), String> {
    const WESTERN: [&str; 5] = ["de", "en", "es", "fr", "pt"];
    let mut tried = 0;
    for case in cases
        .iter()
        .filter(|case| WESTERN.contains(&case.language()))
    {
        for record in case.records()? {
            let cleaned = cleaner.clean(&record).map_err(|e| e.to_string())?;
            if cleaned.provenance.form == Form::Html {
                continue; // A page names its encoding itself.
            }
            let encoding = &cleaned.provenance.encoding;
            let text = lavoir::decode::redecode(&record.bytes, encoding)?;
            for (name, bytes) in saved(&text) {
                let mut record = record.clone();
                record.bytes = bytes.into();
                record.hints.decoded = false;
                same_article(cleaner, &record, &cleaned.article.text, name)?;
                tried += 1;
            }
        }
    }
    if tried < 20 {
        Err(format!("only {tried} texts tried"))
    } else {
        Ok(())
    }
}

fn same_article(c: &Cleaner, record: &Record<'_>, text: &str, name: &str) -> Result<(), String> {
    let again = c.clean(record).map_err(|e| e.to_string())?;
    if again.article.text == text {
        return Ok(());
    }
    let (id, read_as) = (&record.id, &again.provenance.encoding.name);
    Err(format!(
        "{id} saved in {name} is read as {read_as} and gives another article"
    ))
}

/// A text in the encodings that can hold it.
fn saved(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![("UTF-8", text.as_bytes().to_vec())];
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF)
            .chain(text.encode_utf16())
            .flat_map(unit)
            .collect()
    };
    all.push(("UTF-16LE", utf16(u16::to_le_bytes)));
    all.push(("UTF-16BE", utf16(u16::to_be_bytes)));
    for encoding in [encoding_rs::WINDOWS_1252, encoding_rs::ISO_8859_15] {
        let (bytes, _, unmappable) = encoding.encode(text);
        if !unmappable {
            all.push((encoding.name(), bytes.into_owned()));
        }
    }
    all
}
