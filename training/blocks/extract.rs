//! Extraction under the evaluation protocol: JSON lines `{"id","url","html"}` on standard input,
//! `{"id","text","title","author","date","cpu_us"}` on standard output.
//!
//! With a file FOLDS.json (page id → weights) as argument every page is decided by the weights
//! that it names: those that saw no page of its host. A second argument is what the decisions
//! lean to (`safe`, `balanced`, `tight`).

#[path = "../../examples/clock/mod.rs"]
mod clock;
mod folds;

use std::io::{BufRead, BufWriter, Write};
use std::sync::Arc;

use folds::Folds;
use lavoir::rules::RulePack;
use lavoir::{CleanConfig, Cleaner, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folds = args.next();
    let mut config = CleanConfig::default();
    if let Some(favor) = args.next() {
        config.favor = serde_json::from_value(favor.into())?;
    }
    let pack = RulePack::builtin()?;
    let cleaner = || Cleaner::with(config.clone(), &pack);
    let own = cleaner()?;
    let with = |model| Ok::<_, lavoir::Error>(cleaner()?.with_block_model(Arc::new(model)));
    let folds = folds.map(|path| Folds::read(&path, with)).transpose()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let id = row["id"].as_str().unwrap_or_default();
        let mut record = Record::html(id, row["html"].as_str().unwrap_or_default());
        record.hints.url = row["url"].as_str().map(str::to_owned);
        let cleaner = match &folds {
            Some(folds) => folds
                .of(id)
                .ok_or_else(|| format!("no fold for page {id}"))?,
            None => &own,
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
