//! Features from what the page says about itself: its kind, its address, and which blocks repeat
//! its title, its description or the text that JSON-LD quotes.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::facts::{Facts, log, percent};
use super::features::Table;
use crate::decision::Field;
use crate::document::About;
use crate::stages::draft::Draft;

/// Words of a block that are compared.
const MAX_WORDS: usize = 40;
/// Words of a run that is looked up in quoted texts.
const RUN: usize = 3;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    kind(draft, facts, table);
    address(draft, table);
    said(draft, table);
}

const TYPES: [&str; About::TYPES.len()] = [
    "page-ld-article",
    "page-ld-product",
    "page-ld-talk",
    "page-ld-list",
    "page-ld-faq",
    "page-ld-place",
    "page-ld-site",
    "page-ld-review",
    "page-ld-event",
    "page-ld-work",
];

fn kind(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let document = draft.document;
    let about = &document.about;
    table.push("page-og", |_| about.og_type.into());
    for (at, name) in TYPES.iter().enumerate() {
        table.push(name, |_| (about.types >> at & 1) as i32);
    }
    let of = |field: Field| {
        document
            .found
            .iter()
            .filter(move |found| found.field == field)
    };
    let dated = of(Field::Published).next().map_or(0, |found| match () {
        () if found.rule.starts_with("json-ld") => 1,
        () if found.rule.starts_with("meta") => 2,
        () => 3,
    });
    table.push("page-dated", |_| dated);
    let authors = of(Field::Author).count() as i32;
    table.push("page-authors", |_| authors.min(4));
    let all = facts.inside.first().copied().unwrap_or_default();
    let holds = document.elements.first().map(|element| element.holds);
    let holds = holds.unwrap_or_default();
    table.push("page-images", |_| log(holds.images.into()));
    table.push("page-controls", |_| log(holds.controls.into()));
    table.push("page-links", |_| {
        let links = draft
            .document
            .blocks
            .iter()
            .map(|block| i32::from(block.inline.links));
        percent(links.sum(), all.blocks)
    });
}

/// The shape of the page's address: a slug of many words is that of an article.
fn address(draft: &Draft<'_, '_>, table: &mut Table) {
    let document = draft.document;
    let found = document
        .found
        .iter()
        .find(|found| found.field == Field::Canonical);
    let (mut steps, mut dashes, mut digits) = (-1, -1, -1);
    if let Some(found) = found {
        let address = found.span.of(document.text);
        let path = address.split_once("://").map_or(address, |(_, rest)| rest);
        let path = path.split(['?', '#']).next().unwrap_or("");
        let path = path.split_once('/').map_or("", |(_, path)| path);
        let parts = || path.split('/').filter(|part| !part.is_empty());
        steps = parts().count() as i32;
        let last = parts().next_back().unwrap_or("").as_bytes();
        dashes = last
            .iter()
            .filter(|byte| matches!(byte, b'-' | b'_'))
            .count() as i32;
        digits = path.bytes().filter(u8::is_ascii_digit).count() as i32;
    }
    table.push("address-steps", |_| steps);
    table.push("address-dashes", |_| dashes);
    table.push("address-digits", |_| digits);
}

/// What of a block the title, the description and quoted texts hold.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    title: i32,
    described: i32,
    quoted: i32,
}

const TITLE: u8 = 1;
const DESCRIPTION: u8 = 2;
const QUOTE: u8 = 4;

fn said(draft: &Draft<'_, '_>, table: &mut Table) {
    let document = draft.document;
    let mut known: FxHashMap<u64, u8> = FxHashMap::default();
    for found in &document.found {
        let text = found.span.of(document.text);
        match found.field {
            Field::Title => note(text, 1, TITLE, &mut known),
            Field::Standfirst => note(text, RUN, DESCRIPTION, &mut known),
            _ => {}
        }
    }
    for (text, describes) in &document.about.quotes {
        let bit = if *describes { DESCRIPTION } else { QUOTE };
        note(text, RUN, bit, &mut known);
    }
    let of: Vec<Said> = (0..document.blocks.len())
        .map(|at| look_up(draft.text(at), &known))
        .collect();
    table.push("in-title", |i| of[i].title);
    table.push("in-description", |i| of[i].described);
    table.push("in-quote", |i| of[i].quoted);
    let quotes = known.values().filter(|bits| **bits & QUOTE != 0).count();
    table.push("page-quotes", |_| log(quotes as i32));
}

fn hash(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    for c in word.chars() {
        hasher.write_u32(c.to_lowercase().next().unwrap_or(c) as u32);
    }
    hasher.finish()
}

fn words(text: &str) -> impl Iterator<Item = u64> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(hash)
}

/// Joins the hashes of a run of words.
fn run(words: &[u64]) -> u64 {
    words.iter().fold(0, |sum: u64, word| {
        sum.rotate_left(7).wrapping_mul(31) ^ word
    })
}

fn note(text: &str, size: usize, bit: u8, known: &mut FxHashMap<u64, u8>) {
    let words: Vec<u64> = words(text).collect();
    for window in words.windows(size) {
        *known.entry(run(window)).or_default() |= bit;
    }
}

fn look_up(text: &str, known: &FxHashMap<u64, u8>) -> Said {
    if known.is_empty() {
        return Said::default();
    }
    let words: Vec<u64> = words(text).take(MAX_WORDS).collect();
    let share = |size: usize, bit: u8| {
        let runs = words.windows(size);
        let all = runs.len() as i32;
        let hits =
            runs.filter(|window| known.get(&run(window)).is_some_and(|bits| bits & bit != 0));
        percent(hits.count() as i32, all)
    };
    Said {
        title: share(1, TITLE),
        described: share(RUN, DESCRIPTION),
        quoted: share(RUN, QUOTE),
    }
}
