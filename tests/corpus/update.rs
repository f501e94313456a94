//! `LAVOIR_UPDATE=1`: writes the expected files anew and shows what that changes.

use std::collections::BTreeMap;

use lavoir::decision::Reason;
use lavoir::{Cleaner, Provenance};

use crate::case::{Case, Outcome, article_text, provenance_records};
use crate::check::changes;

/// Hits of a rule before and after.
type Hits = BTreeMap<String, (usize, usize)>;

/// Runs all cases and rewrites what differs. `article.json` of a case with `[known]` stays: it
/// says what is wanted, not what comes out.
pub fn run(cases: &[Case], cleaner: &Cleaner) -> Result<(), String> {
    let mut hits = Hits::new();
    let mut written = 0;
    for case in cases {
        let outcome = case.run(cleaner).map_err(|e| format!("{}: {e}", case.name))?;
        written += article(case, &outcome)?;
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
        let change = if before == now { String::new() } else { format!("  was {before}") };
        println!("{now:6}  {rule}{change}");
    }
    println!("\n{} cases, {written} files written", cases.len());
    Ok(())
}

fn article(case: &Case, outcome: &Outcome) -> Result<usize, String> {
    let stored = case.stored("article.json").unwrap_or_default();
    let now = article_text(&outcome.articles);
    if let Ok(expected) = case.expected() {
        let changes: String = expected.iter().zip(&outcome.articles).map(changes).collect();
        let known = if case.note.known.is_some() { " (known; not written)" } else { "" };
        if !changes.is_empty() {
            println!("\n{}{known}\n{changes}", case.name);
        }
    } else {
        println!("\n{}: new", case.name);
    }
    if case.note.known.is_some() {
        return Ok(0);
    }
    write(case, "article.json", &stored, &now)
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
