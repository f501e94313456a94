//! Cleans the pages of a labelled line set with the real cleaner and says which lines stayed.
//!
//! `cargo run --release --example score_lines -- DEV.jsonl full|inner OUT.jsonl [OPTION…]`
//!
//! A page is one JSON line with `src`, `id`, `inner` ([first, last) line of the article) and
//! `lines` (rows whose first item is the text). Options: `--no-rules`, `--no-content`.

use std::error::Error;
use std::io::{BufRead, BufReader, BufWriter, Write};

use lavoir::decision::Action;
use lavoir::rules::RulePack;
use lavoir::{CleanConfig, Cleaned, Cleaner, Record};
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    src: String,
    id: serde_json::Value,
    inner: (usize, usize),
    lines: Vec<(String, String, String, f64)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, view, output, options @ ..] = arguments.as_slice() else {
        return Err("usage: score_lines DEV.jsonl full|inner OUT.jsonl [OPTION…]".into());
    };
    let has = |name: &str| options.iter().any(|option| option == name);
    let mut config = CleanConfig::default();
    config.stages.content = !has("--no-content");
    let pack = if has("--no-rules") {
        RulePack::default()
    } else {
        RulePack::builtin()?
    };
    let cleaner = Cleaner::with(config, &pack)?;
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    for line in BufReader::new(std::fs::File::open(input)?).lines() {
        let page: Page = serde_json::from_str(&line?)?;
        let (first, last) = if view == "inner" {
            page.inner
        } else {
            (0, page.lines.len())
        };
        let keep = predict(&cleaner, &page.lines[first..last]);
        let row = serde_json::json!({ "src": page.src, "id": page.id, "keep": keep });
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

/// 1 per line of which at least half the bytes stay.
fn predict(cleaner: &Cleaner, lines: &[(String, String, String, f64)]) -> Vec<u8> {
    let texts: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    let text = texts.join("\n");
    let Ok(Cleaned { provenance, .. }) = cleaner.clean(&Record::text("page", &text)) else {
        return vec![0; lines.len()];
    };
    let kept = provenance
        .decisions
        .iter()
        .filter(|d| d.action == Action::Keep);
    let mut kept = kept.map(|d| d.span).peekable();
    let (mut keep, mut start) = (Vec::with_capacity(lines.len()), 0);
    for line in texts {
        let end = start + line.len();
        let mut bytes = 0;
        while let Some(span) = kept.peek() {
            bytes += span.end.min(end).saturating_sub(span.start.max(start));
            if span.end > end {
                break;
            }
            kept.next();
        }
        keep.push(u8::from(bytes * 2 >= line.trim().len() && bytes > 0));
        start = end + 1;
    }
    keep
}
