//! Features from what the page says about itself: its kind, its address, and which blocks repeat
//! its title, its description or the text that JSON-LD quotes.

use rustc_hash::FxHashMap;

use super::facts::Facts;
use super::features::Table;
use super::scale::{log, percent};
use super::topic::{self, Word, words};
use crate::decision::Field;
use crate::document::About;
use crate::stages::draft::Draft;

/// Words of a run that is looked up in quoted texts.
const RUN: usize = 3;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    kind(draft, facts, table);
    address(draft, table);
    said(draft, facts, table);
    topic(draft, facts, table);
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
    table.push_same("page-og", about.og_type.into());
    for (at, name) in TYPES.iter().enumerate() {
        table.push_same(name, (about.types >> at & 1) as i32);
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
    table.push_same("page-dated", dated);
    let authors = of(Field::Author).count() as i32;
    table.push_same("page-authors", authors.min(4));
    let all = facts.inside.first().copied().unwrap_or_default();
    let holds = document.elements.first().map(|element| element.holds);
    let holds = holds.unwrap_or_default();
    table.push_same("page-images", log(holds.images.into()));
    table.push_same("page-controls", log(holds.controls.into()));
    table.push_same("page-links", {
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
    table.push_same("address-steps", steps);
    table.push_same("address-dashes", dashes);
    table.push_same("address-digits", digits);
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

/// What is said of runs of words, by their hashes.
#[derive(Debug, Default)]
struct Known {
    runs: FxHashMap<u64, u8>,
    /// A bit per hash modulo [`FILTER`]: most runs of a page are not known, and most hashes of
    /// those find none here. Empty where nothing is known.
    filter: Vec<u64>,
}

/// Bits of the filter; a power of two, many more than a page says of itself.
const FILTER: u64 = 1 << 15;

impl Known {
    fn add(&mut self, run: u64, bit: u8) {
        self.filter.resize(FILTER as usize / 64, 0);
        let (place, mask) = Self::place(run);
        self.filter[place] |= mask;
        *self.runs.entry(run).or_default() |= bit;
    }

    #[inline]
    fn get(&self, run: u64) -> u8 {
        let (place, mask) = Self::place(run);
        match self.filter.get(place) {
            Some(bits) if bits & mask != 0 => self.runs.get(&run).copied().unwrap_or(0),
            _ => 0,
        }
    }

    fn place(run: u64) -> (usize, u64) {
        let bit = (run >> 40) % FILTER;
        ((bit / 64) as usize, 1 << (bit % 64))
    }
}

fn said(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let document = draft.document;
    let (mut titles, mut known) = (Known::default(), Known::default());
    for found in &document.found {
        let text = found.span.of(document.text);
        match found.field {
            Field::Title => note(text, 1, TITLE, &mut titles),
            Field::Standfirst => note(text, RUN, DESCRIPTION, &mut known),
            _ => {}
        }
    }
    for (text, describes) in &document.about.quotes {
        let bit = if *describes { DESCRIPTION } else { QUOTE };
        note(text, RUN, bit, &mut known);
    }
    let of: Vec<Said> = (0..document.blocks.len())
        .map(|at| look_up(facts.words.block(at), &titles, &known))
        .collect();
    table.push_each("in-title", &of, |said| said.title);
    table.push_each("in-description", &of, |said| said.described);
    table.push_each("in-quote", &of, |said| said.quoted);
    let quotes = known
        .runs
        .values()
        .filter(|bits| **bits & QUOTE != 0)
        .count();
    table.push_same("page-quotes", log(quotes as i32));
}

/// What a block shares with the prose of the page, and whether it names the site.
fn topic(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let shared = facts
        .words
        .shared(|at| t[at].prose && t[at].link < 50 && t[at].verdict != 1);
    table.push_each("topic", &shared, |shared| *shared);
    let naming = facts.words.naming(&topic::site_names(draft));
    table.push_each("site-named", &naming, |times| *times);
}

/// Joins the hashes of a run of words.
fn run(words: &[Word]) -> u64 {
    let mut sum = 0_u64;
    for word in words {
        sum = sum.rotate_left(7).wrapping_mul(31) ^ word.hash;
    }
    sum
}

fn note(text: &str, size: usize, bit: u8, known: &mut Known) {
    let mut all = Vec::new();
    words(text, usize::MAX, &mut all);
    for window in all.windows(size) {
        known.add(run(window), bit);
    }
}

fn look_up(words: &[Word], titles: &Known, known: &Known) -> Said {
    if titles.filter.is_empty() && known.filter.is_empty() {
        return Said::default();
    }
    let share = |hits: usize, size: usize| {
        let runs = (words.len() + 1).saturating_sub(size);
        percent(hits as i32, runs as i32)
    };
    let (mut titled, mut described, mut quoted) = (0, 0, 0);
    if !titles.filter.is_empty() {
        for word in words {
            titled += usize::from(titles.get(word.hash) & TITLE != 0);
        }
    }
    if !known.filter.is_empty() {
        for window in words.windows(RUN) {
            let bits = known.get(run(window));
            if bits != 0 {
                described += usize::from(bits & DESCRIPTION != 0);
                quoted += usize::from(bits & QUOTE != 0);
            }
        }
    }
    Said {
        title: share(titled, 1),
        described: share(described, RUN),
        quoted: share(quoted, RUN),
    }
}
