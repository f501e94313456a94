//! Speed of the HTML stage on a file of pages: `html_speed PAGES.jsonl.zst [PARTS]`.
//!
//! Rows are `{"html": …}`. One thread; prints documents and megabytes per CPU
//! second of the PARTS: `lex`, `tree` (with lexing), `segment` (all of it), `scraper` (its
//! parser, for comparison).

use std::io::BufRead;
use std::time::{Duration, Instant};

use lavoir::html::lex::{Lexer, Token};
use lavoir::html::{segment, tree};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("no file of pages")?;
    let parts = std::env::args().nth(2);
    let parts = parts.as_deref().unwrap_or("lex,tree,segment");
    let wanted = |part: &str| parts.split(',').any(|one| one == part);
    let mut decoder = zstd::Decoder::new(std::fs::File::open(path)?)?;
    decoder.window_log_max(27)?;
    let mut pages = Vec::new();
    for line in std::io::BufReader::new(decoder).lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        pages.push(row["html"].as_str().unwrap_or_default().to_owned());
    }
    let bytes: usize = pages.iter().map(String::len).sum();
    println!("{} pages, {} MB", pages.len(), bytes / 1_000_000);
    if wanted("lex") {
        measure("lex", &pages, |page| {
            let mut lexer = Lexer::new(page);
            let tokens = std::iter::from_fn(|| Some(lexer.next(|| false)));
            tokens.take_while(|token| *token != Token::Eof).count()
        });
    }
    if wanted("tree") {
        measure("tree", &pages, |page| tree::parse(page).nodes.len());
    }
    if wanted("segment") {
        measure("segment", &pages, |page| segment(page).blocks.len());
    }
    if wanted("scraper") {
        measure("scraper", &pages, |page| {
            scraper::Html::parse_document(page).tree.nodes().count()
        });
    }
    Ok(())
}

fn measure(what: &str, pages: &[String], work: impl Fn(&str) -> usize) {
    let bytes: usize = pages.iter().map(String::len).sum();
    let start = (thread_time(), Instant::now());
    let count: usize = pages.iter().map(|page| work(page)).sum();
    let seconds = match (start.0, thread_time()) {
        (Some(from), Some(to)) => to.saturating_sub(from),
        _ => start.1.elapsed(),
    };
    let seconds = seconds.as_secs_f64();
    let (docs, mb) = (pages.len() as f64 / seconds, bytes as f64 / 1e6 / seconds);
    println!("{what:<16} {docs:>8.0} docs/s {mb:>7.0} MB/s  ({count} items)");
}

/// Time this thread has run, where the system tells it.
fn thread_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = stat.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
