//! Extraction under the evaluation protocol: JSON lines `{"id","url","html"}` on standard input,
//! `{"id","text","title","author","date","cpu_us"}` on standard output.
//!
//! With a file FOLDS.json (page id → weights) as argument every page is decided by the weights
//! that it names: those that saw no page of its host. A second argument is what the decisions
//! lean to (`safe`, `balanced`, `tight`).

#[path = "../../examples/clock/mod.rs"]
mod clock;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufWriter, Write};
use std::sync::Arc;

use lavoir::model::blocks::BlockModel;
use lavoir::rules::RulePack;
use lavoir::{CleanConfig, Cleaner, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut folds: BTreeMap<String, String> = BTreeMap::new();
    if let Some(path) = args.next() {
        folds = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    }
    let mut config = CleanConfig::default();
    if let Some(favor) = args.next() {
        config.favor = serde_json::from_value(favor.into())?;
    }
    let pack = RulePack::builtin()?;
    let cleaner = || Cleaner::with(config.clone(), &pack);
    let own = cleaner()?;
    let mut others = HashMap::new();
    for path in folds.values() {
        if !others.contains_key(path) {
            let model = Arc::new(BlockModel::read(&std::fs::read(path)?)?);
            others.insert(path.clone(), cleaner()?.with_block_model(model));
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let id = row["id"].as_str().unwrap_or_default();
        let mut record = Record::html(id, row["html"].as_str().unwrap_or_default());
        record.hints.url = row["url"].as_str().map(str::to_owned);
        let cleaner = match folds.get(id) {
            Some(path) => others.get(path).ok_or("no weights")?,
            None if folds.is_empty() => &own,
            None => return Err(format!("no fold for page {id}").into()),
        };
        let start = cpu_ns();
        let cleaned = cleaner.clean(&record);
        let cpu_us = (cpu_ns() - start) / 1000;
        let answer = match cleaned {
            Ok(cleaned) => {
                let metadata = &cleaned.article.metadata;
                serde_json::json!({
                    "id": id,
                    "text": cleaned.article.text,
                    "title": metadata.title,
                    "author": metadata.authors.join("; "),
                    "date": metadata.date,
                    "cpu_us": cpu_us,
                })
            }
            Err(error) => serde_json::json!({"id": id, "text": "", "error": error.to_string()}),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(out.flush()?)
}

/// Processor time of this thread, in nanoseconds; 0 where the system does not tell.
fn cpu_ns() -> u64 {
    clock::thread_time().map_or(0, |time| time.as_nanos() as u64)
}
