//! Writes the features of a labelled line set, as inference sees them.
//!
//! `cargo run --release --example dump_lines -- DEV.jsonl OUT` writes OUT.rows (i32 per
//! row: page, view, line, lines, ruled, characters), OUT.x (i16 columns per row; those of the
//! vocabulary, the last ones, are empty) and
//! OUT.words (u16 per row: number of slots, slots). Views: 0 the
//! whole page, 1 the article container, 2 the lines labelled keep, 3 a few of those, 4 the article
//! container without most of its boilerplate.

use std::error::Error;
use std::io::{BufRead, BufReader, BufWriter, Write};

use lavoir::document::Document;
use lavoir::model::lines::{Line, Ruled, Vocabulary, columns, slots};
use lavoir::plain;
use lavoir::rules::{RulePack, RuleSet};
use lavoir::stages::{Stages, content, prepare};
use serde::Deserialize;

/// Percent, nearly, of the boilerplate lines that view 4 leaves.
const SPARSE: usize = 30;

#[derive(Deserialize)]
struct Page {
    inner: (usize, usize),
    usable: bool,
    lines: Vec<(String, String, String, f64)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        return Err("usage: dump_lines DEV.jsonl OUT".into());
    };
    let rules = RuleSet::compile(&RulePack::builtin()?)?;
    let mut rows = BufWriter::new(std::fs::File::create(format!("{output}.rows"))?);
    let mut values = BufWriter::new(std::fs::File::create(format!("{output}.x"))?);
    let mut words = BufWriter::new(std::fs::File::create(format!("{output}.words"))?);
    for (number, line) in BufReader::new(std::fs::File::open(input)?)
        .lines()
        .enumerate()
    {
        let page: Page = serde_json::from_str(&line?)?;
        if !page.usable {
            continue;
        }
        for view in 0..5 {
            let chosen = choose(&page, view, number);
            let texts: Vec<&str> = chosen.iter().map(|&at| page.lines[at].0.as_str()).collect();
            let text = texts.join("\n");
            let document = plain::segment(&text);
            let draft = prepare(&document, &rules, Stages::default());
            let lines = content::lines::inputs(&draft, &rules);
            let columns = columns(&lines, &Vocabulary::empty());
            for slots in slots(&lines) {
                words.write_all(&(slots.len() as u16).to_le_bytes())?;
                for slot in slots {
                    words.write_all(&slot.to_le_bytes())?;
                }
            }
            let place = (number, view);
            write_rows(&mut rows, place, &document, &lines, &texts, &chosen)?;
            for row in 0..columns.rows() {
                for column in 0..columns.width() {
                    values.write_all(&columns.get(column, row).to_le_bytes())?;
                }
            }
        }
    }
    rows.flush()?;
    words.flush()?;
    Ok(values.flush()?)
}

/// The lines of a view, by number.
fn choose(page: &Page, view: usize, number: usize) -> Vec<usize> {
    let kept = || {
        (0..page.lines.len())
            .filter(|&at| page.lines[at].1 == "keep")
            .collect::<Vec<_>>()
    };
    match view {
        0 => (0..page.lines.len()).collect(),
        1 => (page.inner.0..page.inner.1).collect(),
        2 => kept(),
        4 => {
            let mixed = |at: usize| (number * 7919 + at * 104_729) % 101;
            let stays = |&at: &usize| page.lines[at].1 != "drop" || mixed(at) < SPARSE;
            (page.inner.0..page.inner.1).filter(stays).collect()
        }
        _ => {
            let kept = kept();
            let from = (number * 7919) % kept.len().max(1);
            let count = 1 + (number * 31) % 9;
            kept.into_iter().skip(from).take(count).collect()
        }
    }
}

fn write_rows(
    out: &mut impl Write,
    (page, view): (usize, usize),
    document: &Document<'_>,
    lines: &[Line<'_>],
    texts: &[&str],
    chosen: &[usize],
) -> std::io::Result<()> {
    let mut starts = vec![0];
    starts.extend(texts.iter().scan(0, |at, text| {
        *at += text.len() + 1;
        Some(*at)
    }));
    for (block, line) in document.blocks.iter().zip(lines) {
        let span = document.extent(block);
        let first = starts.partition_point(|&start| start <= span.start) - 1;
        let last = starts.partition_point(|&start| start < span.end) - 1;
        let ruled = match line.ruled {
            Ruled::Open => 0,
            Ruled::Removed => 1,
            Ruled::Kept => 2,
        };
        let chars = line.text.chars().count();
        let number = chosen.get(first).copied().unwrap_or(0);
        for value in [page, view, number, last + 1 - first, ruled, chars] {
            out.write_all(&(value as i32).to_le_bytes())?;
        }
    }
    Ok(())
}
