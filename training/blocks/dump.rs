//! Features of the blocks of pages, for training: `dump WEIGHTS.json FEATURES TEXTS`.
//!
//! Pages come as JSON lines `{"id","html"}` on standard input. WEIGHTS.json maps the id of a
//! page to the weights whose scores the second level sees, `""` for all others; pages without
//! weights are left out. FEATURES gets 16-bit little-endian rows, TEXTS a JSON line per page
//! with its id, the names of the columns (first line) and the blocks.

mod folds;

use std::io::{BufRead, BufWriter, Write};

use folds::Folds;
use lavoir::document::Marks;
use lavoir::rules::{RulePack, RuleSet};
use lavoir::stages::{Stages, page, settle};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [weights, features, texts] = paths.as_slice() else {
        return Err("dump WEIGHTS.json FEATURES TEXTS".into());
    };
    let folds = Folds::read(weights, Ok::<_, lavoir::Error>)?;
    let rule_set = RuleSet::compile(&RulePack::builtin()?)?;
    let mut features = BufWriter::new(std::fs::File::create(features)?);
    let mut texts = BufWriter::new(std::fs::File::create(texts)?);
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let id = row["id"].as_str().unwrap_or_default();
        let Some(model) = folds.of(id) else {
            continue;
        };
        let html = row["html"].as_str().unwrap_or_default();
        let document = lavoir::html::segment(html);
        let draft = settle(&document, &rule_set, Stages::default());
        let (table, _) = page::features(&draft, &rule_set, model);
        for row in 0..document.blocks.len() {
            for column in 0..table.columns.width() {
                features.write_all(&table.columns.get(column, row).to_le_bytes())?;
            }
        }
        let blocks: Vec<&str> = (0..document.blocks.len())
            .map(|at| draft.text(at))
            .collect();
        let open: Vec<bool> = (0..document.blocks.len())
            .map(|at| draft.is_open(at) && !document.blocks[at].marks.has(Marks::SCRIPT))
            .collect();
        let row = serde_json::json!({
            "id": id, "names": table.names, "blocks": blocks, "open": open,
        });
        writeln!(texts, "{row}")?;
    }
    features.flush()?;
    Ok(texts.flush()?)
}
