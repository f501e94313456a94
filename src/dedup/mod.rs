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

mod address;
mod against;
mod align;
mod ascii;
mod batch;
mod block;
mod candidates;
mod clusters;
mod column;
mod corpus;
mod entry;
mod flat;
mod hash;
mod ids;
pub mod jsonl;
mod letters;
mod matched;
mod near;
mod outcome;
mod paragraphs;
mod partners;
mod promising;
mod queries;
mod rarity;
mod row;
mod runs;
mod scan;
mod scanned;
mod shingles;
mod site;
mod store;
mod words;

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use rustc_hash::FxHashSet;

use corpus::Corpus;
use near::Near;
use scanned::Scanned;

pub use address::{address, host};
pub use against::{Addition, Earlier, SeenLine};
pub use matched::matched_paragraphs;
pub use outcome::{Known, Outcome, Removal};
pub(crate) use paragraphs::paragraph_hash;
pub use paragraphs::{ParagraphOptions, Repeated, repeated_paragraphs};

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

    /// A hash of the canonical address ([`address`]): documents of one address are compared whatever
    /// they share, and are copies from a lower likeness on.
    fn address(&self, _index: usize) -> Option<u64> {
        None
    }

    /// About how many bytes the text has; 0 where that is not known.
    fn bytes(&self, _index: usize) -> usize {
        0
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

    fn bytes(&self, index: usize) -> usize {
        self.get(index).map_or(0, |text| text.text.len())
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
    /// Bytes of memory for everything that grows with the corpus but a few words per document;
    /// past it, temporary files are used. The result is the same.
    pub memory: u64,
    /// Where temporary files go; the system's folder for them unless given.
    pub dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            near: true,
            threshold: 500,
            memory: 1 << 30,
            dir: None,
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

/// Finds the documents to remove: for each index, why it goes, or `None` if it stays.
///
/// # Errors
/// When a text cannot be read or a temporary file cannot be written.
pub fn deduplicate<T: Texts + ?Sized>(
    texts: &T,
    options: &Options,
) -> io::Result<Vec<Option<Removal>>> {
    compare(texts, options).map(|outcome| outcome.removals)
}

/// Like [`deduplicate`], with figures about what was compared.
///
/// # Errors
/// When a text cannot be read or a temporary file cannot be written.
pub fn compare<T: Texts + ?Sized>(texts: &T, options: &Options) -> io::Result<Outcome> {
    compare_with(texts, options, None, |_| Ok(()))
}

/// Like [`compare`], but documents that an `earlier` one repeats go first, and `each` gets what is
/// to be known of every document that stays, in the order of (priority, id). An earlier document
/// of the same id is the same document: it says nothing.
///
/// # Errors
/// When a text or the earlier documents cannot be read, a temporary file cannot be written, or
/// the first error of `each`.
pub fn compare_with<T: Texts + ?Sized>(
    texts: &T,
    options: &Options,
    earlier: Option<&dyn Earlier>,
    each: impl FnMut(Addition) -> io::Result<()>,
) -> io::Result<Outcome> {
    let keeps_words = options.near || earlier.is_some();
    let mut scanned = Corpus::new(texts, options, 0).scan(keeps_words)?;
    let corpus = Corpus::scanned(texts, options, &mut scanned)?;
    compare_scanned(&corpus, scanned, options, earlier, each)
}

/// Like [`compare_with`], when the texts were scanned already.
fn compare_scanned<T: Texts + ?Sized>(
    corpus: &Corpus<'_, T>,
    scanned: Scanned,
    options: &Options,
    earlier: Option<&dyn Earlier>,
    mut each: impl FnMut(Addition) -> io::Result<()>,
) -> io::Result<Outcome> {
    let texts = corpus.texts;
    let mut outcome = Outcome {
        removals: vec![None; texts.len()],
        ..Outcome::default()
    };
    let (words, mut distinct) = corpus.drop_exact(scanned, &mut outcome.removals)?;
    // A document of the same id is the same document: a run that is done again gives the same.
    let mut own = FxHashSet::default();
    if let Some(earlier) = earlier {
        for index in 0..texts.len() {
            own.extend(earlier.by_id(texts.id(index))?);
        }
        corpus.drop_known_exactly(earlier, &own, &mut distinct, &mut outcome)?;
    }
    if options.near || earlier.is_some() {
        let ranks: Vec<u32> = distinct.iter().map(|one| one.rank).collect();
        if earlier.is_none() {
            distinct = Vec::new();
        }
        let mut near = Near::read(corpus, words, ranks, earlier)?;
        if let Some(earlier) = earlier.filter(|_| options.near) {
            near.drop_known(earlier, &own, options, &mut outcome)?;
        }
        if options.near {
            near.drop_near(options, &mut outcome)?;
        }
        point_at_survivors(&mut outcome);
        if earlier.is_some() {
            near.additions(&distinct, &outcome, &mut each)?;
        }
    }
    Ok(outcome)
}

/// An exact copy of a document that went as well names the one that stays for it.
fn point_at_survivors(outcome: &mut Outcome) {
    for index in 0..outcome.removals.len() {
        let Some(removal) = &outcome.removals[index] else {
            continue;
        };
        if removal.kind != DuplicateKind::Exact {
            continue;
        }
        if let Some(known) = outcome.known.get(&removal.twin).cloned() {
            outcome.removals[index] = None;
            outcome.known.insert(index, known);
        } else if let Some(onward) = outcome.removals[removal.twin].clone() {
            outcome.removals[index] = Some(onward);
        }
    }
}

#[cfg(test)]
mod tests;
