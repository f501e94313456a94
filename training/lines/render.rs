//! Renders pages as labelled lines: one block per line, labelled by the model for pages.
//!
//! `cargo run --release --example render_lines < PAGES.jsonl > LINES.jsonl`
//!
//! A page is one JSON line with `id`, `url`, `html` and `gold` (`with`, `without`: segments of
//! which a line is sure to be content, or not). What no segment settles is labelled by what the
//! model for pages, which sees the markup, keeps; `why` says which of both spoke.

use std::error::Error;
use std::io::{BufRead, BufWriter, Write};

use lavoir::decision::{Action, Decision};
use lavoir::document::BlockKind;
use lavoir::rules::RulePack;
use lavoir::{CleanConfig, Cleaner};
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    id: String,
    url: String,
    html: String,
    gold: Gold,
}

#[derive(Deserialize)]
struct Gold {
    with: Vec<String>,
    without: Vec<String>,
}

/// Shortest line, in characters, that a part of a segment labels.
const LINE_CHARS: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let cleaner = Cleaner::with(CleanConfig::default(), &RulePack::builtin()?)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let page: Page = serde_json::from_str(&line?)?;
        let lines = lines(&cleaner, &page);
        let kept = || (0..lines.len()).filter(|&at| lines[at].1 == "keep");
        let (Some(first), Some(last)) = (kept().next(), kept().next_back()) else {
            continue;
        };
        let host = page.url.split('/').nth(2).unwrap_or(&page.url);
        let host = host.strip_prefix("www.").unwrap_or(host);
        let inner = (first.saturating_sub(3), (last + 9).min(lines.len()));
        let row = serde_json::json!({
            "id": page.id, "src": "pages", "host": host, "type": "article", "lang": "",
            "gold": "", "usable": true, "inner": inner, "lines": lines,
        });
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

/// Text, label, reason and 0 per line.
fn lines(cleaner: &Cleaner, page: &Page) -> Vec<(String, &'static str, &'static str, f64)> {
    let document = lavoir::html::segment(&page.html);
    let decisions = cleaner.decide(&document);
    let (mut out, mut from) = (Vec::new(), 0);
    for block in &document.blocks {
        let text = document.text_of(block);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let span = document.extent(block);
        while from < decisions.len() && decisions[from].span.end <= span.start {
            from += 1;
        }
        let here = || {
            let inside = |d: &&Decision| d.span.start < span.end;
            decisions[from..].iter().take_while(inside)
        };
        let kept: usize = here()
            .filter(|d| d.action == Action::Keep)
            .map(|d| d.span.len())
            .sum();
        let title = here().any(|d| &*d.kind == BlockKind::Title.name());
        if line.is_empty() {
            continue;
        }
        let (label, why) = match segment(page, &line) {
            Some(label) => (label, "segment"),
            None if title => ("amb", "title"),
            None if kept * 2 > span.len() => ("keep", "page-model"),
            None => ("drop", "page-model"),
        };
        out.push((line, label, why, 0.0));
    }
    out
}

/// What the segments say of a line.
fn segment(page: &Page, line: &str) -> Option<&'static str> {
    let long = line.chars().count() >= LINE_CHARS;
    let speaks = |segment: &String| {
        let segment = segment.trim();
        !segment.is_empty() && (line.contains(segment) || long && segment.contains(line))
    };
    let with = page.gold.with.iter().any(speaks);
    let without = page.gold.without.iter().any(speaks);
    match (with, without) {
        (true, false) => Some("keep"),
        (false, true) => Some("drop"),
        (true, true) => Some("amb"),
        (false, false) => None,
    }
}
