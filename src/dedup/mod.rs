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

mod against;
mod align;
mod candidates;
mod clusters;
pub mod jsonl;
mod matched;
mod paragraphs;
mod runs;
mod scan;
mod shingles;
mod site;
pub(crate) mod spill;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use align::{Side, Spelling};
use candidates::{Mine, Posting};
use scan::Scan;
use shingles::{Counted, Entry, Rarity, Shared, Sketch};
use spill::{Row, Shelf, Sorted, Spill, rows};
use words::Words;

pub use against::{Addition, Earlier};
pub use matched::matched_paragraphs;
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

/// What deduplication found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// For each document why it goes, or `None` if it stays.
    pub removals: Vec<Option<Removal>>,
    /// Documents that an earlier one repeats, by index; they go as well.
    pub known: BTreeMap<usize, Known>,
    /// For thresholds of 300, 350 … 950 thousandths: how many near-duplicates the pairs that were
    /// compared would remove.
    pub what_if: Vec<(u32, u64)>,
}

/// Why a document goes that is known from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Id of the earlier document.
    pub id: String,
    /// How it is a copy.
    pub kind: DuplicateKind,
    /// As in [`Removal::score`].
    pub score: u32,
}

impl Outcome {
    /// Whether a document stays.
    pub fn stays(&self, index: usize) -> bool {
        self.removals.get(index).is_some_and(Option::is_none) && !self.known.contains_key(&index)
    }

    /// The documents with the most copies, by index, and how many those are.
    pub fn top(&self, most: usize) -> Vec<(usize, u64)> {
        let mut copies: FxHashMap<usize, u64> = FxHashMap::default();
        for removal in self.removals.iter().flatten() {
            *copies.entry(removal.twin).or_default() += 1;
        }
        let mut top: Vec<(usize, u64)> = copies.into_iter().collect();
        top.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        top.truncate(most);
        top
    }

    /// How many clusters have how many documents; those of one document are not counted.
    pub fn sizes(&self) -> BTreeMap<u64, u64> {
        let mut members: FxHashMap<usize, u64> = FxHashMap::default();
        for removal in self.removals.iter().flatten() {
            *members.entry(removal.twin).or_insert(1) += 1;
        }
        let mut sizes = BTreeMap::new();
        for size in members.into_values() {
            *sizes.entry(size).or_default() += 1;
        }
        sizes
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
    mut each: impl FnMut(Addition) -> io::Result<()>,
) -> io::Result<Outcome> {
    let corpus = Corpus::new(texts, options);
    let mut outcome = Outcome {
        removals: vec![None; texts.len()],
        ..Outcome::default()
    };
    let (words, mut distinct) =
        corpus.drop_exact(options.near || earlier.is_some(), &mut outcome.removals)?;
    if let Some(earlier) = earlier {
        corpus.drop_known_exactly(earlier, &mut distinct, &mut outcome)?;
    }
    if options.near || earlier.is_some() {
        let ranks: Vec<u32> = distinct.iter().map(|digest| digest.rank).collect();
        let mut near = Near::read(&corpus, words, ranks)?;
        if let Some(earlier) = earlier.filter(|_| options.near) {
            near.drop_known(earlier, options, &mut outcome)?;
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

/// The hash of a normal form, and the rank of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Digest {
    high: u64,
    low: u64,
    rank: u32,
}
rows! { Digest { high: u64, low: u64, rank: u32 } }

impl Digest {
    fn digest(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
}

/// Bytes of memory that a document costs whatever the bound: its place in a few lists.
const FLOOR: usize = 64;

/// The texts in the order of (priority, id): document `n` is the one of that rank.
struct Corpus<'t, T: ?Sized> {
    texts: &'t T,
    ranked: Vec<u32>,
    spill: Spill,
}

impl<'t, T: Texts + ?Sized> Corpus<'t, T> {
    fn new(texts: &'t T, options: &Options) -> Self {
        let mut ranked: Vec<u32> = (0..texts.len() as u32).collect();
        let key = |&index: &u32| {
            (
                texts.priority(index as usize),
                texts.id(index as usize),
                index,
            )
        };
        ranked.par_sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        let memory = usize::try_from(options.memory).unwrap_or(usize::MAX / 2);
        let spill = Spill {
            dir: options.dir.clone().unwrap_or_else(std::env::temp_dir),
            memory: memory.saturating_sub(texts.len() * FLOOR),
        };
        Self {
            texts,
            ranked,
            spill,
        }
    }

    fn index(&self, rank: u32) -> usize {
        self.ranked[rank as usize] as usize
    }

    fn host(&self, rank: u32) -> Option<&str> {
        self.texts.host(self.index(rank))
    }

    /// Batches of ranks whose texts fit into memory side by side.
    fn batches(&self) -> impl Iterator<Item = Range<u32>> {
        let count = self.ranked.len() as u32;
        let mut from = 0;
        std::iter::from_fn(move || {
            let (mut to, mut bytes) = (from, 0);
            while to < count && to - from < BATCH_TEXTS && bytes < BATCH_BYTES {
                bytes += self.texts.bytes(self.index(to));
                to += 1;
            }
            let batch = from..to;
            from = to;
            (!batch.is_empty()).then_some(batch)
        })
    }

    /// Removes exact copies; returns the words of all texts by rank, and the ranks that stay.
    /// Texts without a letter or digit say nothing that could be repeated and stay.
    fn drop_exact(
        &self,
        near: bool,
        removals: &mut [Option<Removal>],
    ) -> io::Result<(Shelf, Vec<Digest>)> {
        let mut digests = self.spill.sorter::<Digest>(1);
        let mut words = self.spill.shelf(3);
        for batch in self.batches() {
            let read = batch.into_par_iter().map_init(Scan::default, |scan, rank| {
                scan.run(&self.texts.text(self.index(rank))?);
                let digest = (!scan.tokens.is_empty()).then(|| scan.digest());
                let words = if near {
                    Words::of(scan, scan.lines.iter()).0
                } else {
                    Cow::Borrowed(&[][..])
                };
                io::Result::Ok((rank, digest, words.into_owned()))
            });
            for (rank, digest, record) in read.collect::<io::Result<Vec<_>>>()? {
                words.push(&record)?;
                if let Some(digest) = digest {
                    let [high, low] = [(digest >> 64) as u64, digest as u64];
                    digests.push(Digest { high, low, rank })?;
                }
            }
        }
        words.finish()?;
        let mut distinct = Vec::new();
        digests.finish()?.groups(
            |digest| (digest.high, digest.low),
            |same| {
                distinct.extend(same.first());
                for copy in same.iter().skip(1) {
                    removals[self.index(copy.rank)] = Some(Removal {
                        twin: self.index(same[0].rank),
                        kind: DuplicateKind::Exact,
                        score: 1000,
                    });
                }
                Ok(())
            },
        )?;
        distinct.par_sort_unstable_by_key(|digest: &Digest| digest.rank);
        Ok((words, distinct))
    }

    /// Removes copies of earlier documents from `distinct`.
    fn drop_known_exactly(
        &self,
        earlier: &dyn Earlier,
        distinct: &mut Vec<Digest>,
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        let mut stay = Vec::with_capacity(distinct.len());
        for digest in distinct.drain(..) {
            let id = match earlier.by_digest(digest.digest())? {
                Some(number) => Some(earlier.document(number)?.0),
                None => None,
            };
            let index = self.index(digest.rank);
            match id.filter(|id| id != self.texts.id(index)) {
                None => stay.push(digest),
                Some(id) => {
                    let kind = DuplicateKind::Exact;
                    outcome.known.insert(
                        index,
                        Known {
                            id,
                            kind,
                            score: 1000,
                        },
                    );
                }
            }
        }
        *distinct = stay;
        Ok(())
    }
}

/// Texts of a batch, and their bytes.
const BATCH_TEXTS: u32 = 1024;
const BATCH_BYTES: usize = 4 << 20;

/// The distinct documents, by their place in `ranks`.
struct Near<'c, 't, T: ?Sized> {
    corpus: &'c Corpus<'t, T>,
    ranks: Vec<u32>,
    /// Compared words; by rank while nothing is stripped, else by document.
    words: Shelf,
    is_stripped: bool,
    /// Documents that are known from before; empty where none is.
    gone: Vec<bool>,
    rarity: Rarity,
}

impl<'c, 't, T: Texts + ?Sized> Near<'c, 't, T> {
    fn read(corpus: &'c Corpus<'t, T>, words: Shelf, ranks: Vec<u32>) -> io::Result<Self> {
        let hosts = site::hosts(corpus, &ranks);
        let is_stripped = !hosts.is_empty();
        let words = if is_stripped {
            site::strip(&words, &ranks, &hosts, &corpus.spill)?
        } else {
            words
        };
        let rarity = Rarity {
            documents: ranks.len() as u64,
        };
        Ok(Self {
            corpus,
            ranks,
            words,
            is_stripped,
            gone: Vec::new(),
            rarity,
        })
    }

    fn words(&self, doc: u32) -> io::Result<Words<'_>> {
        let rank = self.ranks[doc as usize];
        let number = if self.is_stripped { doc } else { rank };
        self.words.get(number as usize).map(Words)
    }

    fn spelling(&self, doc: u32, words: &Words<'_>) -> io::Result<Spelling> {
        let mut scan = Scan::default();
        let index = self.corpus.index(self.ranks[doc as usize]);
        scan.run(&self.corpus.texts.text(index)?);
        Ok(Spelling::new(scan, words))
    }

    /// Sketches all documents: who has which shingle, and by document what waits for the counts.
    fn sketch(&self) -> io::Result<(Sorted<Posting>, Shelf)> {
        let mut postings = self.corpus.spill.sorter::<Posting>(2);
        let mut counted = self.corpus.spill.shelf(1);
        let documents = self.ranks.len() as u32;
        for from in (0..documents).step_by(BATCH_TEXTS as usize) {
            let batch = from..documents.min(from + BATCH_TEXTS);
            let sketch = |doc| {
                let sketch = match self.gone.get(doc as usize) {
                    Some(true) => Sketch::default(),
                    _ => Sketch::new(self.words(doc)?.hashes()),
                };
                Ok((doc, sketch))
            };
            let sketches = batch.into_par_iter().map(sketch);
            for (doc, sketch) in sketches.collect::<io::Result<Vec<(u32, Sketch)>>>()? {
                counted.push(&Counted::record(&sketch))?;
                let posting = |&shingle: &u64| Posting { shingle, doc };
                postings.extend(sketch.shingles.iter().map(posting))?;
            }
        }
        counted.finish()?;
        Ok((postings.finish()?, counted))
    }

    /// The shingles of each document that others have too, by document.
    fn shared(&self, postings: &Sorted<Posting>) -> io::Result<Sorted<Mine>> {
        let mut mine = self.corpus.spill.sorter::<Mine>(2);
        let in_memory = postings.in_memory().is_some();
        let mut place = 0;
        postings.groups(
            |posting| posting.shingle,
            |same| {
                let shingle = same[0].shingle;
                if same.len() > 1 {
                    let shared = Shared::new(shingle, same.len()).0;
                    let place = if in_memory {
                        place
                    } else {
                        Shared::rest(shingle)
                    };
                    mine.extend(same.iter().map(|posting| Mine {
                        doc: posting.doc,
                        shared,
                        place,
                    }))?;
                }
                place += same.len() as u32;
                Ok(())
            },
        )?;
        mine.finish()
    }

    /// What is known of each document beside its words.
    fn entries(&self, mine: &Sorted<Mine>, counted: &Shelf) -> io::Result<Shelf> {
        let mut entries = self.corpus.spill.shelf(2);
        let mut rows = mine.iter()?.peekable();
        for doc in 0..self.ranks.len() as u32 {
            let mut shared = Vec::new();
            let here = |row: &io::Result<Mine>| row.as_ref().map_or(true, |row| row.doc == doc);
            while let Some(row) = rows.next_if(here) {
                shared.push(Shared(row?.shared));
            }
            let record = counted.get(doc as usize)?;
            let entry = Entry::new(&Counted::of(&record), &shared, self.rarity);
            entries.push(&entry.0)?;
        }
        entries.finish()?;
        Ok(entries)
    }

    /// Removes documents that earlier ones repeat.
    fn drop_known(
        &mut self,
        earlier: &dyn Earlier,
        options: &Options,
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        let (postings, _) = self.sketch()?;
        let against = against::Against {
            earlier,
            spill: &self.corpus.spill,
            judge: align::Judge {
                threshold: options.threshold,
            },
            documents: self.ranks.len() as u64,
        };
        let index = |doc: u32| self.corpus.index(self.ranks[doc as usize]);
        let found = against.run(
            &postings,
            |doc| self.corpus.texts.address(index(doc)),
            |doc| self.words(doc),
            |doc, words| self.spelling(doc, words),
        )?;
        let mut gone = vec![false; self.ranks.len()];
        for found in found {
            let (id, _) = earlier.document(found.earlier)?;
            let index = index(found.doc);
            if id != self.corpus.texts.id(index) {
                gone[found.doc as usize] = true;
                let (kind, score) = (DuplicateKind::Near, found.score);
                outcome.known.insert(index, Known { id, kind, score });
            }
        }
        self.gone = gone;
        Ok(())
    }

    /// Gives what is to be known of the documents that stay.
    fn additions(
        &self,
        distinct: &[Digest],
        outcome: &Outcome,
        each: &mut impl FnMut(Addition) -> io::Result<()>,
    ) -> io::Result<()> {
        for (doc, digest) in (0..).zip(distinct) {
            let index = self.corpus.index(digest.rank);
            if !outcome.stays(index) {
                continue;
            }
            let words = self.words(doc)?;
            each(Addition {
                id: self.corpus.texts.id(index).to_owned(),
                digest: digest.digest(),
                address: self.corpus.texts.address(index),
                text: self.spelling(doc, &words)?.text(&words),
                shingles: Sketch::new(words.hashes()).shingles,
            })?;
        }
        Ok(())
    }

    /// Removes near-duplicates.
    fn drop_near(&self, options: &Options, outcome: &mut Outcome) -> io::Result<()> {
        let (entries, partners) = {
            let (postings, counted) = self.sketch()?;
            let mine = self.shared(&postings)?;
            let entries = self.entries(&mine, &counted)?;
            drop(counted);
            let search = candidates::Search {
                spill: &self.corpus.spill,
                rarity: self.rarity,
                entries: &entries,
            };
            let partners = search.run(&mine, &postings)?;
            (entries, partners)
        };
        let judge = align::Judge {
            threshold: options.threshold,
        };
        let side = |doc: u32| {
            let words = self.words(doc)?;
            let weights = self
                .rarity
                .of_words(&words, &Entry(entries.get(doc as usize)?));
            Ok(Side::new(words, weights))
        };
        let addresses = self.addresses()?;
        let (links, known) = clusters::stars::<Sides<'_>>(&partners, &addresses, |sides, a, b| {
            let (in_a, in_b) = (sides.get(a, side)?, sides.get(b, side)?);
            judge.compare(&in_a, &in_b, |is_b| {
                let (doc, side) = if is_b { (b, &in_b) } else { (a, &in_a) };
                self.spelling(doc, side.words())
            })
        })?;
        outcome.what_if = what_if(self.ranks.len(), &known);
        let index = |doc: u32| self.corpus.index(self.ranks[doc as usize]);
        for link in links {
            outcome.removals[index(link.removed)] = Some(Removal {
                twin: index(link.survivor),
                kind: DuplicateKind::Near,
                score: link.score,
            });
        }
        Ok(())
    }

    /// Documents of one address, each with the first one of it.
    fn addresses(&self) -> io::Result<Vec<(u32, u32)>> {
        let texts = self.corpus.texts;
        let mut sorter = self.corpus.spill.sorter::<Posting>(1);
        for (doc, &rank) in (0..).zip(&self.ranks) {
            let is_gone = self.gone.get(doc as usize) == Some(&true);
            let address = texts.address(self.corpus.index(rank));
            if let Some(shingle) = address.filter(|_| !is_gone) {
                sorter.push(Posting { shingle, doc })?;
            }
        }
        let mut pairs = Vec::new();
        sorter.finish()?.groups(
            |posting| posting.shingle,
            |same| {
                pairs.extend(same.iter().skip(1).map(|other| (same[0].doc, other.doc)));
                Ok(())
            },
        )?;
        Ok(pairs)
    }
}

/// How many documents the compared pairs would remove at other thresholds.
fn what_if(documents: usize, known: &clusters::Known) -> Vec<(u32, u64)> {
    let mut pairs: Vec<(u32, u32, u32)> = known
        .iter()
        .filter(|(_, verdict)| !verdict.is_other)
        .map(|(&(a, b), verdict)| (verdict.score, a, b))
        .collect();
    pairs.par_sort_unstable_by(|a, b| b.cmp(a));
    let mut parents: Vec<u32> = (0..documents as u32).collect();
    let (mut pairs, mut removed) = (pairs.into_iter().peekable(), 0);
    let mut rows: Vec<(u32, u64)> = Vec::new();
    for threshold in (300..=950).rev().step_by(50) {
        while let Some((_, a, b)) = pairs.next_if(|pair| pair.0 >= threshold) {
            if clusters::root(&mut parents, a) != clusters::root(&mut parents, b) {
                clusters::join(&mut parents, a, b);
                removed += 1;
            }
        }
        rows.push((threshold, removed));
    }
    rows.reverse();
    rows
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

/// A hash of the canonical form of an address: scheme, `www.`, port, fragment, a slash at the end
/// and parameters that only track where a reader came from do not count.
pub fn address(url: &str) -> Option<u64> {
    let host = host(url)?;
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next()?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.find('/').map_or("", |at| &path[at..]);
    let path = path.trim_end_matches('/');
    let tracks = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default();
        let known = [
            "fbclid", "gclid", "dclid", "msclkid", "yclid", "mc_cid", "mc_eid",
        ];
        !name.starts_with("utm_") && !known.contains(&name) && !parameter.is_empty()
    };
    let mut parameters: Vec<&str> = query.split('&').filter(tracks).collect();
    parameters.sort_unstable();
    if path.is_empty() && parameters.is_empty() {
        // The front page of a site says something else every day.
        return None;
    }
    let canonical = format!("{host}{path}?{}", parameters.join("&"));
    Some(xxhash_rust::xxh3::xxh3_64(canonical.as_bytes()))
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
