//! `LAVOIR_UPDATE=1`: writes the expected files anew and shows what that changes.
//! `LAVOIR_UPDATE=provenance` leaves `article.json` alone, so that the tests go on judging texts.

use std::collections::BTreeMap;

use lavoir::decision::Reason;
use lavoir::{Cleaner, Provenance};

use crate::case::{Case, Known, Outcome, article_text, provenance_records};
use crate::check::{changes, faults};

/// Hits of a rule before and after.
type Hits = BTreeMap<String, (usize, usize)>;

/// Runs all cases and rewrites what differs. `article.json` of a case with `[known]` stays, it
/// says what is wanted and not what comes out; its `[known]` lists are brought up to date.
pub fn run(cases: &[Case], cleaner: &Cleaner, articles: bool) -> Result<(), String> {
    let mut hits = Hits::new();
    let mut written = 0;
    for case in cases {
        let outcome = case
            .run(cleaner)
            .map_err(|e| format!("{}: {e}", case.name))?;
        written += article(case, &outcome, articles)?;
        let stored = case.stored("provenance.json").unwrap_or_default();
        // A record that this version cannot read counts as none.
        let before = provenance_records(&stored, "").unwrap_or_default();
        count(&before, &mut hits, |hits| &mut hits.0);
        let now: Vec<&Provenance> = outcome.cleaned.iter().map(|c| &c.provenance).collect();
        count(now, &mut hits, |hits| &mut hits.1);
        written += write(case, "provenance.json", &stored, &outcome.provenance)?;
    }
    println!("\nhits per rule");
    for (rule, (before, now)) in &hits {
        let change = if before == now {
            String::new()
        } else {
            format!("  was {before}")
        };
        println!("{now:6}  {rule}{change}");
    }
    println!("\n{} cases, {written} files written", cases.len());
    Ok(())
}

fn article(case: &Case, outcome: &Outcome, writes: bool) -> Result<usize, String> {
    let wanted = case.expected().unwrap_or_default();
    let changes: String = wanted.iter().zip(&outcome.articles).map(changes).collect();
    if !changes.is_empty() || wanted.is_empty() {
        println!("\n{}\n{changes}", case.name);
    }
    if let Some(known) = &case.note.known {
        let now = faults(&wanted, &outcome.articles);
        let stored = case.stored("case.toml").unwrap_or_default();
        let head = stored.split("[known]").next().unwrap_or_default();
        return write(
            case,
            "case.toml",
            &stored,
            &with_known(head, &known.reason, &now),
        );
    }
    if !writes {
        return Ok(0);
    }
    let stored = case.stored("article.json").unwrap_or_default();
    write(
        case,
        "article.json",
        &stored,
        &article_text(&outcome.articles),
    )
}

/// `case.toml` with these faults.
fn with_known(head: &str, reason: &str, now: &Known) -> String {
    if now.is_none() {
        return format!("{}\n", head.trim_end());
    }
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut out = format!("{head}[known]\nreason = {}\n", quoted(reason));
    for (name, lines) in [
        ("left", &now.left),
        ("lost", &now.lost),
        ("fields", &now.fields),
    ] {
        if !lines.is_empty() {
            let rows: String = lines
                .iter()
                .map(|line| format!("    {},\n", quoted(line)))
                .collect();
            out.push_str(&format!("{name} = [\n{rows}]\n"));
        }
    }
    out
}

fn write(case: &Case, file: &str, stored: &str, now: &str) -> Result<usize, String> {
    if stored == now {
        return Ok(0);
    }
    std::fs::write(case.dir.join(file), now).map_err(|e| format!("{}/{file}: {e}", case.name))?;
    Ok(1)
}

fn count<'a>(
    records: impl IntoIterator<Item = &'a Provenance>,
    hits: &mut Hits,
    side: fn(&mut (usize, usize)) -> &mut usize,
) {
    for decision in records.into_iter().flat_map(|record| &record.decisions) {
        let rule = match &decision.reason {
            Reason::Rule(id) => id.to_string(),
            Reason::Twin(twin) => twin.rule.to_string(),
            Reason::Model(model) => format!("model {}", model.name),
        };
        *side(hits.entry(rule).or_default()) += 1;
    }
}
