//! Deduplication: which documents say what another one says.
//!
//! Texts are compared by what is left of them after the lines that a host repeats. Exact copies
//! share a 128-bit hash of their normal form. Near-duplicates are proposed by rare shingles that
//! they share and are *verified* on their texts, aligned word by word: the share of the smaller
//! text that the other one repeats, each word weighted by how rare its surroundings are in the
//! corpus. Texts from one template agree in everything but the slots; the alignment sees the
//! slots and keeps them apart.
//!
//! ```
//! use lavoir::dedup::{deduplicate, Options, Text, Texts};
//!
//! let texts = [
//!     Text::new("a", "The harbour was closed on Monday after a storm broke two of its cranes."),
//!     Text::new("b", "The harbour was closed on Monday after a storm broke two of its cranes!"),
//!     Text::new("c", "Bread prices rose for the third month in a row, the statistics office said."),
//! ];
//! let removals = deduplicate(&texts[..], &Options::default())?;
//! assert!(removals[0].is_none() && removals[2].is_none());
//! assert_eq!(removals[1].as_ref().map(|removal| removal.twin), Some(0));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The result depends on texts, hosts, priorities and ids alone: arithmetic is in integers, and
//! documents are worked on in the order of (priority, id), whatever order they come in.

mod align;
mod candidates;
mod clusters;
pub mod jsonl;
mod runs;
mod scan;
mod shingles;
mod site;
mod words;

use std::borrow::Cow;
use std::io;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use align::{Side, Spelling};
use scan::Scan;
use shingles::Sketch;
use site::{PageLine, SiteLines};
use words::Words;

/// What deduplication asks of a corpus. Texts may live on disk: each is read a few times.
pub trait Texts: Sync {
    /// Number of documents.
    fn len(&self) -> usize;

    /// Whether there is no document.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a document.
    ///
    /// # Errors
    /// When the text cannot be read; it ends the deduplication.
    fn text(&self, index: usize) -> io::Result<Cow<'_, str>>;

    /// The host the document came from: lines that a host repeats are not compared.
    fn host(&self, _index: usize) -> Option<&str> {
        None
    }

    /// The smaller one of a cluster stays; equal priorities are settled by [`id`](Self::id).
    fn priority(&self, _index: usize) -> i64 {
        0
    }

    /// The id of a document, unique in the corpus.
    fn id(&self, index: usize) -> &str;
}

/// A document in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a> {
    /// Unique in the corpus.
    pub id: Cow<'a, str>,
    /// What is compared.
    pub text: Cow<'a, str>,
    /// The host the document came from.
    pub host: Option<Cow<'a, str>>,
    /// The smaller one stays.
    pub priority: i64,
}

impl<'a> Text<'a> {
    /// A document without host, priority 0.
    pub fn new(id: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            id: id.into(),
            text: text.into(),
            ..Self::default()
        }
    }
}

impl Texts for [Text<'_>] {
    fn len(&self) -> usize {
        <[Text]>::len(self)
    }

    fn text(&self, index: usize) -> io::Result<Cow<'_, str>> {
        Ok(Cow::Borrowed(self.get(index).map_or("", |text| &text.text)))
    }

    fn host(&self, index: usize) -> Option<&str> {
        self.get(index)?.host.as_deref()
    }

    fn priority(&self, index: usize) -> i64 {
        self.get(index).map_or(0, |text| text.priority)
    }

    fn id(&self, index: usize) -> &str {
        self.get(index).map_or("", |text| &text.id)
    }
}

/// What counts as a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether near-duplicates are looked for, beside exact copies.
    pub near: bool,
    /// The share of the smaller text that its twin must repeat, in thousandths.
    pub threshold: u32,
    /// Bytes that may be spent on keeping words of texts between passes; past it texts are read
    /// again. The result is the same.
    pub memory: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            near: true,
            threshold: 500,
            memory: 1 << 30,
        }
    }
}

/// How a removed document is a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DuplicateKind {
    /// The normal forms are equal: NFKC, lower case, letters and digits only.
    Exact,
    /// The texts, aligned, repeat each other.
    Near,
}

impl DuplicateKind {
    /// The name used in output: `exact`, `near`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
        }
    }
}

/// Why a document does not stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Index of the copy that stays in its place.
    pub twin: usize,
    /// How it is a copy.
    pub kind: DuplicateKind,
    /// The share of the smaller of the two texts that the other repeats, weighted by rarity, in
    /// thousandths; verified on the texts of the document and its twin.
    pub score: u32,
}

/// Finds the documents to remove: for each index, why it goes, or `None` if it stays.
///
/// # Errors
/// When a text cannot be read.
pub fn deduplicate<T: Texts + ?Sized>(
    texts: &T,
    options: &Options,
) -> io::Result<Vec<Option<Removal>>> {
    let corpus = Corpus::new(texts, options.memory);
    let mut removals = vec![None; texts.len()];
    let (distinct, first) = corpus.drop_exact(options.near, &mut removals)?;
    if options.near {
        corpus.drop_near(&distinct, first, options, &mut removals)?;
        point_at_survivors(&mut removals);
    }
    Ok(removals)
}

/// What the first reading of a text leaves for later.
#[derive(Debug)]
enum Reading {
    /// Nothing of the host is left out: the sketch of the whole text.
    Whole(Read),
    /// The lines of a page whose host has others.
    Page(Vec<PageLine>),
}

/// The compared part of a text.
#[derive(Debug)]
struct Read {
    sketch: Sketch,
    /// Its words, while there is room; else the text is read again.
    words: Option<Words>,
}

/// The texts in the order of (priority, id): document `n` is the one of that rank.
struct Corpus<'t, T: ?Sized> {
    texts: &'t T,
    ranked: Vec<u32>,
    /// Bytes that may still be spent on keeping words.
    room: AtomicI64,
}

impl<'t, T: Texts + ?Sized> Corpus<'t, T> {
    fn new(texts: &'t T, memory: u64) -> Self {
        let mut ranked: Vec<u32> = (0..texts.len() as u32).collect();
        let key = |&index: &u32| {
            (
                texts.priority(index as usize),
                texts.id(index as usize),
                index,
            )
        };
        ranked.par_sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        Self {
            texts,
            ranked,
            room: AtomicI64::new(memory.try_into().unwrap_or(i64::MAX)),
        }
    }

    /// Runs `map` over the scanned texts of `ranks`, in parallel, results in their order.
    fn scan<R: Send>(
        &self,
        ranks: &[u32],
        map: impl Fn(u32, &Scan) -> R + Sync,
    ) -> io::Result<Vec<R>> {
        ranks
            .par_iter()
            .map_init(Scan::default, |scan, &rank| {
                scan.run(&self.texts.text(self.index(rank))?);
                Ok(map(rank, scan))
            })
            .collect()
    }

    fn index(&self, rank: u32) -> usize {
        self.ranked[rank as usize] as usize
    }

    /// Removes exact copies; returns the ranks that stay, with what their first reading left.
    /// Texts without a letter or digit say nothing that could be repeated and stay.
    fn drop_exact(
        &self,
        near: bool,
        removals: &mut [Option<Removal>],
    ) -> io::Result<(Vec<u32>, Vec<Reading>)> {
        let ranks: Vec<u32> = (0..self.ranked.len() as u32).collect();
        let hosts = site::hosts(self);
        let read = self.scan(&ranks, |rank, scan| {
            let digest = (!scan.tokens.is_empty()).then(|| scan.digest())?;
            let reading = match hosts[rank as usize] {
                _ if !near => Reading::Page(Vec::new()),
                Some(host) => Reading::Page(site::lines(host, scan)),
                None => Reading::Whole(self.take(Words::of(scan, scan.lines.iter()))),
            };
            Some((digest, reading))
        })?;
        let mut first = FxHashMap::default();
        let mut distinct = (Vec::new(), Vec::new());
        for (rank, read) in ranks.into_iter().zip(read) {
            let Some((digest, reading)) = read else {
                continue;
            };
            let survivor = *first.entry(digest).or_insert(rank);
            if survivor == rank {
                distinct.0.push(rank);
                distinct.1.push(reading);
                continue;
            }
            removals[self.index(rank)] = Some(Removal {
                twin: self.index(survivor),
                kind: DuplicateKind::Exact,
                score: 1000,
            });
        }
        Ok(distinct)
    }

    /// Sketches a text of these words, and keeps the words while there is room.
    fn take(&self, words: Words) -> Read {
        let sketch = Sketch::new(&words.hashes);
        let bytes = words.size() as i64;
        let had = self.room.fetch_sub(bytes, Ordering::Relaxed);
        Read {
            sketch,
            words: (had >= bytes).then_some(words),
        }
    }

    /// Reads the documents `ranks` without the lines their hosts repeat.
    fn read(&self, ranks: &[u32], first: Vec<Reading>, site: &SiteLines) -> io::Result<Vec<Read>> {
        let read = |(&rank, reading): (&u32, Reading)| match reading {
            Reading::Whole(read) => Ok(read),
            Reading::Page(_) => Ok(self.take(self.spelling(rank, site)?.words().clone())),
        };
        ranks.par_iter().zip(first).map(read).collect()
    }

    /// Removes near-duplicates among the documents `ranks`.
    fn drop_near(
        &self,
        ranks: &[u32],
        first: Vec<Reading>,
        options: &Options,
        removals: &mut [Option<Removal>],
    ) -> io::Result<()> {
        let site = SiteLines::learn(&first);
        let read = self.read(ranks, first, &site)?;
        let (sketches, words): (Vec<_>, Vec<_>) = read
            .into_iter()
            .map(|read| (read.sketch, read.words))
            .unzip();
        let index = shingles::Index::build(sketches);
        let partners = candidates::partners(&index);
        let judge = align::Judge {
            threshold: options.threshold,
        };
        let spell = |doc: u32| self.spelling(ranks[doc as usize], &site);
        let weights: Vec<OnceLock<Box<[u16]>>> = words.iter().map(|_| OnceLock::new()).collect();
        let side = |doc: u32| match &words[doc as usize] {
            Some(words) => {
                let weights = weights[doc as usize].get_or_init(|| index.rarity.of_words(words));
                Ok(Side::kept(words, weights))
            }
            None => Ok(Side::read(spell(doc)?, &index.rarity)),
        };
        let links = clusters::stars::<Sides<'_>>(&partners, |sides, a, b| {
            let (in_a, in_b) = (sides.get(a, side)?, sides.get(b, side)?);
            judge.compare(&in_a, &in_b, |is_b| spell(if is_b { b } else { a }))
        })?;
        for link in links {
            removals[self.index(ranks[link.removed as usize])] = Some(Removal {
                twin: self.index(ranks[link.survivor as usize]),
                kind: DuplicateKind::Near,
                score: link.score,
            });
        }
        Ok(())
    }

    fn spelling(&self, rank: u32, site: &SiteLines) -> io::Result<Spelling> {
        let mut scan = Scan::default();
        scan.run(&self.texts.text(self.index(rank))?);
        let lines: Vec<_> = site.kept_lines(self.host(rank), &scan).cloned().collect();
        Ok(Spelling::new(scan, &lines))
    }

    fn host(&self, rank: u32) -> Option<&str> {
        self.texts.host(self.index(rank))
    }
}

/// Texts that were read for a comparison and may be needed for the next one.
#[derive(Debug, Default)]
struct Sides<'c>(FxHashMap<u32, Rc<Side<'c>>>);

impl<'c> Sides<'c> {
    /// As many as a family of copies asks for again and again.
    const MOST: usize = 64;

    fn get(
        &mut self,
        doc: u32,
        read: impl Fn(u32) -> io::Result<Side<'c>>,
    ) -> io::Result<Rc<Side<'c>>> {
        if let Some(side) = self.0.get(&doc) {
            return Ok(Rc::clone(side));
        }
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let side = Rc::new(read(doc)?);
        self.0.insert(doc, Rc::clone(&side));
        Ok(side)
    }
}

/// The host of an address in lower case, without user, port and `www.`.
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next()?;
    let host = rest.rsplit('@').next()?.split(':').next()?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    host.contains('.').then(|| host.to_owned())
}

/// An exact copy of a document that went as a near-duplicate names the one that stayed.
fn point_at_survivors(removals: &mut [Option<Removal>]) {
    for index in 0..removals.len() {
        let Some(removal) = &removals[index] else {
            continue;
        };
        if removal.kind == DuplicateKind::Exact
            && let Some(onward) = removals[removal.twin].clone()
        {
            removals[index] = Some(onward);
        }
    }
}

#[cfg(test)]
mod tests;
