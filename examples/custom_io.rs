//! lavoir as a stage of your own program: your reader before it, your writer behind it.
//!
//! The reader cuts a stream of messages in a format of its own into records; the writer puts
//! each article and the number of bytes that were cut into a tab-separated line.
//!
//! `cargo run --example custom_io`

use std::error::Error;
use std::io::{BufRead, Write};

use lavoir::decision::Action;
use lavoir::{Cleaned, Cleaner, Form, Hints, Record};

/// What a crawler of ours stores: messages parted by a line `%%`, the address first.
const STORE: &str = "\
https://news.example/bridge
Advertisement
Advertisement

The bridge at Low Harrow opens again

The bridge at Low Harrow opens again on Monday after two years of work, the county said. \
Buses will cross it from six in the morning, and a market is planned on the quay.

Read also: Ferry fares rise in May
%%
https://news.example/empty
%%
https://news.example/mill
A mill for sale

The council of Low Harrow wants to sell the old paper mill. It has stood empty since the \
flood, and the roof will not last another winter, the surveyor wrote in her report.
";

/// The reader: one record per message.
fn read(mut store: impl BufRead) -> Result<Vec<Record<'static>>, Box<dyn Error>> {
    let mut all = String::new();
    store.read_to_string(&mut all)?;
    let record = |message: &str| {
        let (url, text) = message.split_once('\n').unwrap_or((message, ""));
        Record {
            id: url.to_owned(),
            bytes: text.to_owned().into_bytes().into(),
            hints: Hints {
                url: Some(url.to_owned()),
                form: Some(Form::Text),
                ..Hints::default()
            },
        }
    };
    Ok(all.split("%%\n").map(record).collect())
}

/// The writer: address, title, bytes left out, text.
fn write(mut out: impl Write, cleaned: &Cleaned) -> std::io::Result<()> {
    let left_out: usize = cleaned
        .provenance
        .decisions
        .iter()
        .filter(|decision| decision.action != Action::Keep)
        .map(|decision| decision.span.len())
        .sum();
    let article = &cleaned.article;
    let title = article.metadata.title.as_deref().unwrap_or("-");
    let text = article.text.replace('\n', " ");
    writeln!(out, "{}\t{title}\t{left_out}\t{text}", article.source)
}

pub fn main() -> Result<(), Box<dyn Error>> {
    // Built once: it compiles the rules. Any number of threads can share it.
    let cleaner = Cleaner::new()?;
    let mut out = Vec::new();
    let mut errors = Vec::new();
    for record in read(STORE.as_bytes())? {
        match cleaner.clean(&record) {
            Ok(cleaned) => write(&mut out, &cleaned)?,
            // No text in it: say so, and go on.
            Err(error) => errors.push(format!("{}: {error}", record.id)),
        }
    }
    let out = String::from_utf8(out)?;
    let rows: Vec<Vec<&str>> = out.lines().map(|row| row.split('\t').collect()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][1], "The bridge at Low Harrow opens again");
    assert!(
        rows[0][3].ends_with("a market is planned on the quay."),
        "{}",
        rows[0][3]
    );
    assert!(!out.contains("Advertisement") && !out.contains("Read also"));
    assert_eq!(rows[1][0], "https://news.example/mill");
    assert!(errors.len() == 1 && errors[0].starts_with("https://news.example/empty: "));
    Ok(())
}
