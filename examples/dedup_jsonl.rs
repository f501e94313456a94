//! Deduplicates JSON lines (`id`, `text`, optionally `url`) in a program of your own.
//!
//! `cargo run --release --example dedup_jsonl -- docs.jsonl clusters.tsv` writes one line
//! `id TAB id-of-the-copy-that-stays` per document; a third argument sets the threshold.

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use lavoir::dedup::{Options, Text, deduplicate, host};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    text: String,
    url: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let input = arguments
        .next()
        .ok_or("usage: dedup_jsonl INPUT CLUSTERS")?;
    let output = arguments
        .next()
        .ok_or("usage: dedup_jsonl INPUT CLUSTERS")?;
    let started = Instant::now();
    let texts = std::fs::read_to_string(&input)?
        .lines()
        .map(|line| {
            let row: Row = serde_json::from_str(line)?;
            Ok(Text {
                host: row.url.as_deref().and_then(host).map(Into::into),
                ..Text::new(row.id, row.text)
            })
        })
        .collect::<Result<Vec<Text>, serde_json::Error>>()?;
    let read = started.elapsed();
    let mut options = Options::default();
    if let Some(threshold) = arguments.next() {
        options.threshold = threshold.parse()?;
    }
    let removals = deduplicate(&texts[..], &options)?;
    let done = started.elapsed();
    let mut out = std::io::BufWriter::new(std::fs::File::create(output)?);
    for (index, text) in texts.iter().enumerate() {
        let stays = removals[index]
            .as_ref()
            .map_or(index, |removal| removal.twin);
        writeln!(out, "{}\t{}", text.id, texts[stays].id)?;
    }
    out.flush()?;
    let removed = removals.iter().flatten().count();
    let bytes: usize = texts.iter().map(|text| text.text.len()).sum();
    eprintln!(
        "{} documents, {removed} removed, {:.1} MB, read {read:.2?}, deduplicated {:.2?}",
        texts.len(),
        bytes as f64 / 1e6,
        done - read,
    );
    Ok(())
}
