//! Comparing with documents that are known from before.

use std::io;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::align::{Judge, Side, Spelling};
use super::candidates::Posting;
use super::entry::{Counted, Entry};
use super::promising::{WORD_PAIRS, is_promising};
use super::rarity::Rarity;
use super::scan::Scan;
use super::shingles::{Shared, Sketch};
use super::words::Words;
use crate::spill::{Row, Sorted, Spill, rows};

/// Documents that were kept before; they stay whatever comes.
pub trait Earlier: Sync {
    /// How many there are.
    ///
    /// # Errors
    /// They cannot be read; so for the other methods.
    fn documents(&self) -> io::Result<u64>;

    /// The document of this id.
    ///
    /// # Errors
    /// See [`documents`](Self::documents).
    fn by_id(&self, id: &str) -> io::Result<Option<u32>>;

    /// Whether the lines of the document of this id are counted: it stayed, or went as a
    /// near-duplicate.
    ///
    /// # Errors
    /// See [`documents`](Self::documents).
    fn is_counted(&self, id: &str) -> io::Result<bool> {
        Ok(self.by_id(id)?.is_some())
    }

    /// The first document whose normal form has this hash.
    ///
    /// # Errors
    /// See [`documents`](Self::documents).
    fn by_digest(&self, digest: u128) -> io::Result<Option<u32>>;

    /// The first document of this address.
    ///
    /// # Errors
    /// See [`documents`](Self::documents).
    fn by_address(&self, address: u64) -> io::Result<Option<u32>>;

    /// Id and compared text of a document.
    ///
    /// # Errors
    /// See [`documents`](Self::documents).
    fn document(&self, number: u32) -> io::Result<(String, String)>;

    /// Gives every shingle with every document that has it, ascending.
    ///
    /// # Errors
    /// See [`documents`](Self::documents), or the first error of `each`.
    fn postings(&self, each: &mut dyn FnMut(u64, u32) -> io::Result<()>) -> io::Result<()>;

    /// Gives every line of every host, by ascending key; a key may come more than once, each time
    /// with a part of its pages.
    ///
    /// # Errors
    /// See [`documents`](Self::documents), or the first error of `each`.
    fn lines(&self, each: &mut dyn FnMut(SeenLine) -> io::Result<()>) -> io::Result<()>;
}

/// How often a line of a host was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenLine {
    /// Hash of host and line.
    pub key: u64,
    /// Documents that have it.
    pub pages: u64,
    /// Those of them that have text of their own beside what their host repeats.
    pub speaking: u64,
}

/// What is to be known of a document later on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// Its id.
    pub id: String,
    /// Hash of its normal form.
    pub digest: u128,
    /// Hash of its address.
    pub address: Option<u64>,
    /// The compared part of its text, in normal form, line by line.
    pub text: String,
    /// The shingles by which it is found, ascending.
    pub shingles: Vec<u64>,
    /// Keys of the lines of its text, ascending, where its host is known.
    pub lines: Vec<u64>,
    /// Whether it has text of its own beside what its host repeats.
    pub speaks: bool,
    /// Whether it stays. Of a near-duplicate that goes the id and the lines are known, no more: it is
    /// a page of its host like any other.
    pub stays: bool,
}

/// A shingle that a document shares with an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    doc: u32,
    count: u32,
    shingle: u64,
    earlier: u32,
}
rows! { Match { doc: u32, count: u32, shingle: u64, earlier: u32 } }

/// How many rare shingles a document asks about, and how many answers each gives at most.
const QUERIES: usize = 32;
const ANSWERS: usize = 48;
/// Earlier documents that are looked at for one.
const PARTNERS: usize = 8;

/// A document that an earlier one repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub doc: u32,
    pub earlier: u32,
    pub score: u32,
}

/// Compares documents with earlier ones.
pub(super) struct Against<'a> {
    pub earlier: &'a dyn Earlier,
    /// Earlier documents that are among these, by their ids: they say nothing.
    pub own: &'a FxHashSet<u32>,
    pub spill: &'a Spill,
    pub judge: Judge,
    /// Documents of this corpus.
    pub documents: u64,
}

impl Against<'_> {
    /// The documents that an earlier one repeats. `postings` are theirs, sorted; `address` gives
    /// their addresses, `words` what is compared, `spell` how that is written.
    pub fn run<'w>(
        &self,
        postings: &Sorted<Posting>,
        address: impl Fn(u32) -> Option<u64> + Sync,
        words: impl Fn(u32) -> io::Result<Words<'w>> + Sync,
        spell: impl Fn(u32, &Words<'_>) -> io::Result<Spelling> + Sync,
    ) -> io::Result<Vec<Found>> {
        let rarity = Rarity {
            documents: self.documents + self.earlier.documents()? - self.own.len() as u64,
        };
        let matches = self.matches(postings)?;
        let mut found = Vec::new();
        let mut batch: Vec<(u32, Vec<Match>)> = Vec::new();
        let compare = |batch: &mut Vec<(u32, Vec<Match>)>, found: &mut Vec<Found>| {
            let results = batch.par_iter().map(|(doc, matches)| {
                self.compare(*doc, matches, address(*doc), rarity, &words, &spell)
            });
            let results: Vec<Option<Found>> = results.collect::<io::Result<_>>()?;
            found.extend(results.into_iter().flatten());
            batch.clear();
            io::Result::Ok(())
        };
        let mut rows = matches.iter()?.peekable();
        for doc in 0..self.documents as u32 {
            let mut mine = Vec::new();
            let here = |row: &io::Result<Match>| row.as_ref().map_or(true, |row| row.doc == doc);
            while let Some(row) = rows.next_if(here) {
                mine.push(row?);
            }
            if !mine.is_empty() || address(doc).is_some() {
                batch.push((doc, mine));
            }
            if batch.len() == 1024 {
                compare(&mut batch, &mut found)?;
            }
        }
        compare(&mut batch, &mut found)?;
        Ok(found)
    }

    /// Joins the postings of both sides.
    fn matches(&self, postings: &Sorted<Posting>) -> io::Result<Sorted<Match>> {
        let mut sorter = self.spill.sorter::<Match>(2);
        let mut mine = postings.iter()?.peekable();
        let mut same: (u64, Vec<u32>) = (0, Vec::new());
        let mut emit = |(shingle, earlier): &(u64, Vec<u32>)| -> io::Result<()> {
            let mut docs = Vec::new();
            loop {
                let is_behind = |row: &io::Result<Posting>| {
                    row.as_ref()
                        .map_or(true, |posting| posting.shingle <= *shingle)
                };
                match mine.next_if(is_behind).transpose()? {
                    Some(posting) if posting.shingle == *shingle => docs.push(posting.doc),
                    Some(_) => {}
                    None => break,
                }
            }
            let count = (earlier.len() + docs.len()) as u32;
            for doc in docs {
                sorter.extend(earlier.iter().take(ANSWERS).map(|&earlier| Match {
                    doc,
                    count,
                    shingle: *shingle,
                    earlier,
                }))?;
            }
            Ok(())
        };
        self.earlier.postings(&mut |shingle, document| {
            if self.own.contains(&document) {
                return Ok(());
            }
            if shingle != same.0 {
                emit(&same)?;
                same = (shingle, Vec::new());
            }
            same.1.push(document);
            Ok(())
        })?;
        emit(&same)?;
        sorter.finish()
    }

    /// The earlier document that repeats `doc` most, if one does.
    fn compare<'w>(
        &self,
        doc: u32,
        matches: &[Match],
        address: Option<u64>,
        rarity: Rarity,
        words: &(impl Fn(u32) -> io::Result<Words<'w>> + Sync),
        spell: &(impl Fn(u32, &Words<'_>) -> io::Result<Spelling> + Sync),
    ) -> io::Result<Option<Found>> {
        let of_address = match address {
            Some(address) => self
                .earlier
                .by_address(address)?
                .filter(|number| !self.own.contains(number)),
            None => None,
        };
        let partners = partners(matches, rarity);
        if partners.is_empty() && of_address.is_none() {
            return Ok(None);
        }
        let shared = shared(matches);
        let mine = words(doc)?;
        let (entry, bare) = entries(&mine, &shared, rarity);
        let weights = rarity.of_words(&mine, &entry);
        let side = Side::new(Words(mine.0), weights);
        let mut best: Option<Found> = None;
        for earlier in of_address.into_iter().chain(partners) {
            let (_, text) = self.earlier.document(earlier)?;
            let theirs = Words::of_text(&text, &mut Scan::default());
            let (other, other_bare) = entries(&theirs, &shared, rarity);
            let is_address = of_address == Some(earlier);
            let pairs = bare.word_pair_containment(&other_bare, WORD_PAIRS);
            if !is_address && !is_promising(pairs, || bare.containment(&other_bare, rarity)) {
                continue;
            }
            let weights = rarity.of_words(&theirs, &other);
            let other = Side::new(theirs, weights);
            let verdict = self.judge.compare(&side, &other, |is_b| {
                if is_b {
                    Ok(Spelling::new(&text, other.words()))
                } else {
                    spell(doc, side.words())
                }
            })?;
            let is_copy = verdict.links || is_address && verdict.joins;
            let score = verdict.score;
            if is_copy && best.is_none_or(|best| score > best.score) {
                best = Some(Found {
                    doc,
                    earlier,
                    score,
                });
            }
        }
        Ok(best)
    }
}

/// The shared shingles of a document, ascending.
fn shared(matches: &[Match]) -> Vec<Shared> {
    let shared = |found: &Match| Shared::new(found.shingle, found.count as usize);
    let mut all: Vec<Shared> = matches.iter().map(shared).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What is known of a text: with the counts of shared shingles, and with all of its shingles
/// counting alike, so that two texts can be held against each other.
fn entries(
    words: &Words<'_>,
    shared: &[Shared],
    rarity: Rarity,
) -> (Entry<'static>, Entry<'static>) {
    let sketch = Sketch::new(words.hashes());
    let record = Counted::record(&sketch);
    let counted = Counted::of(&record);
    let own: Vec<Shared> = sketch.shingles.iter().map(|&s| Shared::new(s, 1)).collect();
    let names: Vec<u64> = own.iter().map(|own| own.shingle()).collect();
    let has = |shared: &&Shared| names.binary_search(&shared.shingle()).is_ok();
    let common: Vec<Shared> = shared.iter().filter(has).copied().collect();
    (
        Entry::new(&counted, &common, rarity),
        Entry::new(&counted, &own, rarity),
    )
}

/// The earlier documents that share the rarest shingles, the most promising first.
fn partners(matches: &[Match], rarity: Rarity) -> Vec<u32> {
    let mut votes: FxHashMap<u32, (u32, u64)> = FxHashMap::default();
    let mut asked = 0;
    // Matches are in the order of their counts: the rarest shingles come first.
    for same in matches
        .chunk_by(|a, b| a.shingle == b.shingle)
        .take(QUERIES)
    {
        asked += 1;
        for found in same {
            let votes = votes.entry(found.earlier).or_default();
            *votes = (votes.0 + 1, votes.1 + rarity.weight_of_count(found.count));
        }
    }
    let least = if asked < 8 { 1 } else { (asked / 8).max(2) };
    let mut ranked: Vec<(u64, u32)> = votes
        .into_iter()
        .filter(|&(_, (count, _))| count >= least)
        .map(|(earlier, (_, weight))| (weight, earlier))
        .collect();
    ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(PARTNERS);
    ranked.into_iter().map(|(_, earlier)| earlier).collect()
}
