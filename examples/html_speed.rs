//! Speed of the HTML stage and of the whole cleaner on a file of pages:
//! `html_speed PAGES.jsonl[.zst] [PARTS] [ROUNDS]`.
//!
//! Rows are `{"html": …}`. One thread; prints documents and megabytes per CPU second of the
//! PARTS, the median of so many ROUNDS: `lex`, `tree` (with lexing), `segment` (all of it),
//! `clean` (the whole cleaner), `scraper` (its parser, for comparison).

mod clock;

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use clock::thread_time;
use lavoir::html::lex::{Lexer, Token};
use lavoir::html::{segment, tree};
use lavoir::io::compression;
use lavoir::{Cleaner, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("no file of pages")?;
    let parts = std::env::args().nth(2);
    let parts = parts.as_deref().unwrap_or("lex,tree,segment,clean");
    let rounds: usize = std::env::args().nth(3).map_or(Ok(1), |n| n.parse())?;
    let mut pages = Vec::new();
    for line in compression::open(Path::new(&path))?.lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        pages.push(row["html"].as_str().unwrap_or_default().to_owned());
    }
    let bytes: usize = pages.iter().map(String::len).sum();
    println!("{} pages, {} MB", pages.len(), bytes / 1_000_000);
    let cleaner = Cleaner::new()?;
    for part in parts.split(',') {
        let work: &dyn Fn(&str) -> usize = match part {
            "lex" => &|page| {
                let mut lexer = Lexer::new(page);
                let tokens = std::iter::from_fn(|| Some(lexer.next(|| false)));
                tokens.take_while(|token| *token != Token::Eof).count()
            },
            "tree" => &|page| tree::parse(page).nodes.len(),
            "segment" => &|page| segment(page).blocks.len(),
            "clean" => &|page| {
                let cleaned = cleaner.clean(&Record::html("page", page));
                cleaned.map_or(0, |cleaned| cleaned.provenance.decisions.len())
            },
            "scraper" => &|page| {
                let page = scraper::Html::parse_document(page);
                page.tree.nodes().count()
            },
            _ => return Err(format!("no part {part}").into()),
        };
        measure(part, &pages, rounds, work);
    }
    Ok(())
}

fn measure(what: &str, pages: &[String], rounds: usize, work: &dyn Fn(&str) -> usize) {
    let bytes: usize = pages.iter().map(String::len).sum();
    let (mut count, mut times) = (0, Vec::new());
    for _ in 0..rounds.max(1) {
        let start = (thread_time(), Instant::now());
        count = pages.iter().map(|page| work(page)).sum();
        times.push(match (start.0, thread_time()) {
            (Some(from), Some(to)) => to.saturating_sub(from),
            _ => start.1.elapsed(),
        });
    }
    times.sort_unstable();
    let seconds = times[times.len() / 2].as_secs_f64();
    let (docs, mb) = (pages.len() as f64 / seconds, bytes as f64 / 1e6 / seconds);
    println!("{what:<16} {docs:>8.0} docs/s {mb:>7.0} MB/s  ({count} items)");
}
