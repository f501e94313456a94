//! Speed from decoded text to decisions on a file of texts:
//! `text_speed TEXTS.jsonl[.zst] [ROUNDS] [VIEW]`.
//!
//! Rows are `{"text": …}`, or `{"lines": [[text, …], …], "inner": [first, last]}` with VIEW `full`
//! (all lines) or `inner`. One thread; prints megabytes of text per CPU second of each step, the
//! median of so many ROUNDS, and what 10,000 generated rules cost against 100.

mod clock;

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use clock::thread_time;
use lavoir::document::Document;
use lavoir::io::compression;
use lavoir::rules::RulePack;
use lavoir::stages::content::{self, Point};
use lavoir::stages::{Stages, prepare, settle};
use lavoir::{CleanConfig, Cleaner, plain};
use serde_json::Value;

/// Documents that are taken together, so that looking at the clock costs nothing.
const TOGETHER: usize = 50;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Fallible<()> {
    let path = std::env::args().nth(1).ok_or("no file of texts")?;
    let rounds: usize = std::env::args().nth(2).map_or(Ok(5), |n| n.parse())?;
    let view = std::env::args().nth(3).unwrap_or_else(|| "full".into());
    let mut texts = Vec::new();
    for line in compression::open(Path::new(&path))?.lines() {
        texts.push(text_of(&serde_json::from_str(&line?)?, &view));
    }
    texts.retain(|text| !text.is_empty());
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{} texts, {bytes} bytes, {view}", texts.len());
    steps(&texts, bytes, rounds)?;
    scale(&texts, bytes, rounds)
}

fn text_of(row: &Value, view: &str) -> String {
    if let Some(text) = row["text"].as_str() {
        return text.to_owned();
    }
    let lines = row["lines"].as_array().into_iter().flatten();
    let lines: Vec<&str> = lines.filter_map(|line| line[0].as_str()).collect();
    let bound = |at: usize| row["inner"][at].as_u64().map_or(0, |n| n as usize);
    let chosen = match view {
        "inner" => lines.get(bound(0)..bound(1)).unwrap_or_default(),
        _ => &lines,
    };
    chosen.join("\n")
}

/// Seconds that this thread was on a processor, where the system tells; else seconds.
fn now(start: Instant) -> f64 {
    let time = thread_time().unwrap_or_else(|| start.elapsed());
    time.as_secs_f64()
}

/// Prints the speed of every step.
fn steps(texts: &[String], bytes: usize, rounds: usize) -> Fallible<()> {
    let cleaner = Cleaner::new()?;
    let (rules, all) = (cleaner.rules(), Stages::default());
    let start = Instant::now();
    let names = [
        "segment",
        "rules",
        "repeats and rules",
        "main content",
        "decisions",
        "decide (all but segment)",
        "text to decisions",
    ];
    let mut times = vec![Vec::new(); names.len()];
    for _ in 0..rounds {
        let mut sums = vec![0.0; names.len()];
        for texts in texts.chunks(TOGETHER) {
            let clock = |sum: &mut f64, from: f64| *sum += now(start) - from;
            let from = now(start);
            let documents: Vec<Document<'_>> = texts.iter().map(|t| plain::segment(t)).collect();
            clock(&mut sums[0], from);
            let from = now(start);
            for document in &documents {
                std::hint::black_box(settle(document, rules, all));
            }
            clock(&mut sums[1], from);
            let from = now(start);
            let mut drafts: Vec<_> = documents.iter().map(|d| prepare(d, rules, all)).collect();
            clock(&mut sums[2], from);
            let from = now(start);
            for draft in &mut drafts {
                content::run(draft, rules, Point::default());
            }
            clock(&mut sums[3], from);
            let from = now(start);
            for draft in drafts {
                std::hint::black_box(draft.finish());
            }
            clock(&mut sums[4], from);
            let from = now(start);
            for document in &documents {
                std::hint::black_box(cleaner.decide(document));
            }
            clock(&mut sums[5], from);
        }
        sums[6] = sums[0] + sums[5];
        for (times, sum) in times.iter_mut().zip(sums) {
            times.push(sum);
        }
    }
    for (name, times) in names.iter().zip(&mut times) {
        print(name, bytes, median(times));
    }
    Ok(())
}

/// Prints what many rules cost.
fn scale(texts: &[String], bytes: usize, rounds: usize) -> Fallible<()> {
    let documents: Vec<Document<'_>> = texts.iter().map(|text| plain::segment(text)).collect();
    let cleaner = |rules| Cleaner::with(CleanConfig::default(), &generated(rules)?);
    let cleaners = [cleaner(100)?, cleaner(10_000)?];
    let start = Instant::now();
    let mut times = [Vec::new(), Vec::new()];
    let mut settled = [Vec::new(), Vec::new()];
    for _ in 0..=rounds {
        for (at, cleaner) in cleaners.iter().enumerate() {
            let from = now(start);
            for document in &documents {
                std::hint::black_box(cleaner.decide(document));
            }
            times[at].push(now(start) - from);
            let from = now(start);
            for document in &documents {
                std::hint::black_box(settle(document, cleaner.rules(), Stages::default()));
            }
            settled[at].push(now(start) - from);
        }
    }
    for (name, times) in [("decide", &mut times), ("rules", &mut settled)] {
        // The first round compiles patterns.
        let [few, many] = times.each_mut().map(|times| median(&mut times[1..]));
        print(&format!("{name}, 100 rules"), bytes, few);
        print(&format!("{name}, 10,000 rules"), bytes, many);
        println!("  cost of 10,000 over 100: {:.3}", many / few);
    }
    Ok(())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn print(name: &str, bytes: usize, seconds: f64) {
    let speed = bytes as f64 / 1e6 / seconds.max(1e-9);
    println!("  {name:26} {:9.1} ms {speed:8.1} MB/s", seconds * 1e3);
}

/// So many rules, in the mix of the built-in packs: of twenty rules twelve of whole lines, two of
/// beginnings, one of ends, four of patterns, one of phrases inside paragraphs.
fn generated(rules: usize) -> lavoir::Result<RulePack> {
    let mut pack = RulePack::default();
    for number in 0..rules {
        let words = |salt: usize, count: usize| -> String {
            let word = |at| word((number * 31 + salt) * 7 + at);
            (0..count).map(word).collect::<Vec<_>>().join(" ")
        };
        let list = |count: usize, length: usize| -> String {
            let phrases = (0..count).map(|at| format!("'{}'", words(at, length + at % 3)));
            phrases.collect::<Vec<_>>().join(", ")
        };
        let matchers = match number % 20 {
            0..=11 => format!("line = [{}]", list(8, 2)),
            12 | 13 => format!("start = [{}]", list(8, 2)),
            14 => format!("end = [{}]", list(4, 2)),
            15 | 16 => format!(
                "regex = ['(?i)[\\W_]*(?:{}|{})\\s*:\\s*(?<author>\\p{{Lu}}[\\p{{L}} ]+)']",
                words(1, 1),
                words(2, 2)
            ),
            17 | 18 => format!("regex = ['.{{6,}} \\({} [^()]+\\)']", words(1, 1)),
            _ => format!("inline = [{}]", list(2, 4)),
        };
        let text = format!(
            "summary = 's'\nwhy = 'w'\naction = 'drop'\nsafety = 'exact'\nmatch = {{ {matchers} }}\n"
        );
        pack.extend(RulePack::single(
            &format!("generated/ad/r{number:05}.toml"),
            &text,
        )?);
    }
    Ok(pack)
}

/// A made-up word of three or four syllables.
fn word(seed: usize) -> String {
    const FIRST: [&str; 16] = [
        "b", "k", "d", "f", "gr", "l", "m", "n", "p", "r", "st", "t", "v", "w", "tr", "s",
    ];
    const SECOND: [&str; 8] = ["a", "e", "i", "o", "u", "en", "ar", "is"];
    let mut state = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = |below: usize| {
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (state >> 33) as usize % below
    };
    let syllables = 3 + next(2);
    let mut word = String::new();
    for _ in 0..syllables {
        word += FIRST[next(FIRST.len())];
        word += SECOND[next(SECOND.len())];
    }
    word
}
