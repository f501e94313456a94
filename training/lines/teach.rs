//! What the model for pages, which sees the markup, says of each block: the line model learns from it.
//!
//! `cargo run --release --example teach_lines -- FOLDS.json < PAGES.jsonl > CHANCES.jsonl`
//!
//! A page is one JSON line with `id` and `html`. FOLDS.json maps its id to weights that saw no page
//! of its host, as `training/blocks/train.py` writes them. A row has `id`, `blocks` (their texts)
//! and `chances` (thousandths).

#[path = "../blocks/folds.rs"]
mod folds;

use std::error::Error;
use std::io::{BufRead, BufWriter, Write};

use folds::Folds;
use lavoir::rules::{RulePack, RuleSet};
use lavoir::stages::{Stages, page, settle};

fn main() -> Result<(), Box<dyn Error>> {
    let folds = std::env::args().nth(1).ok_or("teach_lines FOLDS.json")?;
    let folds = Folds::read(&folds, Ok::<_, lavoir::Error>)?;
    let rules = RuleSet::compile(&RulePack::builtin()?)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let id = row["id"].as_str().unwrap_or_default();
        let model = folds.of(id);
        let model = model.ok_or_else(|| format!("no weights for page {id}"))?;
        let document = lavoir::html::segment(row["html"].as_str().unwrap_or_default());
        let draft = settle(&document, &rules, Stages::default());
        let chances = page::scores(&draft, &rules, model);
        let blocks = (0..chances.len()).map(|at| draft.text(at));
        let blocks: Vec<&str> = blocks.collect();
        writeln!(
            out,
            "{}",
            serde_json::json!({ "id": id, "blocks": blocks, "chances": chances })
        )?;
    }
    Ok(out.flush()?)
}
