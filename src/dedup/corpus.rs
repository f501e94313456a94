//! The texts of a corpus in their order, and copies that are exact.

use std::io;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::scan::Scan;
use super::scanned::{Digest, Scanned, ScannedText};
use super::{DuplicateKind, Earlier, Known, Options, Outcome, Removal, Texts};
use crate::spill::{Shelf, Spill};

/// A document whose text is the first of its kind, and the hash of its normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Distinct {
    pub rank: u32,
    pub digest: Digest,
}

/// Bytes of memory that a document costs whatever the bound: its place in a few lists.
const FLOOR: usize = 160;
/// Where documents alone take all of the memory, one part in so many is used beside them: with less,
/// there would be more runs than can be merged well.
const LEAST: usize = 8;

/// Bytes of memory that are left beside `documents` and what else is `taken`.
fn left(memory: usize, documents: usize, taken: usize) -> usize {
    memory
        .saturating_sub(documents * FLOOR + taken)
        .max(memory / LEAST)
}

/// The texts in the order of (priority, id): document `n` is the one of that rank.
pub(super) struct Corpus<'t, T: ?Sized> {
    pub texts: &'t T,
    ranked: Vec<u32>,
    pub spill: Spill,
}

impl<'t, T: Texts + ?Sized> Corpus<'t, T> {
    /// `taken` bytes of the memory are in use already.
    pub fn new(texts: &'t T, options: &Options, taken: usize) -> Self {
        let mut ranked: Vec<u32> = (0..texts.len() as u32).collect();
        let key = |&index: &u32| {
            (
                texts.priority(index as usize),
                texts.id(index as usize),
                index,
            )
        };
        let is_ranked = ranked.is_sorted_by(|a, b| key(a) <= key(b));
        if !is_ranked {
            ranked.par_sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        }
        let mut spill = Spill::of(options);
        spill.memory = left(spill.memory, texts.len(), taken);
        Self {
            texts,
            ranked,
            spill,
        }
    }

    /// The same, when texts were scanned: what their words take is taken off the memory.
    pub fn scanned(texts: &'t T, options: &Options, scanned: &mut Scanned) -> io::Result<Self> {
        let memory = Spill::of(options).memory;
        // Words that stay in memory must not take it from what sorts.
        if left(memory, texts.len(), scanned.bytes()) < memory / 4 {
            scanned.unload()?;
        }
        Ok(Self::new(texts, options, scanned.bytes()))
    }

    pub fn index(&self, rank: u32) -> usize {
        self.ranked[rank as usize] as usize
    }

    /// The rank of each index.
    pub fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.ranked.len()];
        for (rank, &index) in (0..).zip(&self.ranked) {
            ranks[index as usize] = rank;
        }
        ranks
    }

    pub fn host(&self, rank: u32) -> Option<&str> {
        self.texts.host(self.index(rank))
    }

    /// Batches of indices whose texts fit into memory side by side.
    pub fn batches(&self) -> impl Iterator<Item = Range<u32>> {
        let count = self.ranked.len() as u32;
        let mut from = 0;
        std::iter::from_fn(move || {
            let (mut to, mut bytes) = (from, 0);
            while to < count && to - from < BATCH_TEXTS && bytes < BATCH_BYTES {
                bytes += self.texts.bytes(to as usize);
                to += 1;
            }
            let batch = from..to;
            from = to;
            (!batch.is_empty()).then_some(batch)
        })
    }

    /// Scans all texts.
    pub fn scan(&self, keeps_words: bool) -> io::Result<Scanned> {
        let mut scanned = Scanned::new(&self.spill);
        for batch in self.batches() {
            let read = batch
                .into_par_iter()
                .map_init(Scan::default, |scan, index| {
                    let text = self.texts.text(index as usize)?;
                    io::Result::Ok(ScannedText::of(&text, scan, keeps_words))
                });
            for text in read.collect::<io::Result<Vec<_>>>()? {
                scanned.push(&text)?;
            }
        }
        Ok(scanned)
    }

    /// Removes exact copies; returns the words of all texts by index, and the documents that stay
    /// by rank. Texts without a letter or digit say nothing that could be repeated and stay.
    pub fn drop_exact(
        &self,
        scanned: Scanned,
        removals: &mut [Option<Removal>],
    ) -> io::Result<(Shelf, Vec<Distinct>)> {
        let rank_of = self.ranks();
        let mut distinct = Vec::new();
        let words = scanned.groups(|digest, same| {
            let ranks = same.iter().map(|&index| rank_of[index as usize]);
            let Some(rank) = ranks.clone().min() else {
                return;
            };
            distinct.push(Distinct { rank, digest });
            for copy in ranks.filter(|&copy| copy != rank) {
                removals[self.index(copy)] = Some(Removal {
                    twin: self.index(rank),
                    kind: DuplicateKind::Exact,
                    score: 1000,
                });
            }
        })?;
        distinct.par_sort_unstable_by_key(|distinct| distinct.rank);
        Ok((words, distinct))
    }

    /// Removes copies of earlier documents from `distinct`.
    pub fn drop_known_exactly(
        &self,
        earlier: &dyn Earlier,
        own: &FxHashSet<u32>,
        distinct: &mut Vec<Distinct>,
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        let mut stay = Vec::with_capacity(distinct.len());
        for one in distinct.drain(..) {
            let index = self.index(one.rank);
            match earlier.by_digest(one.digest.into())? {
                Some(number) if !own.contains(&number) => {
                    let (id, _) = earlier.document(number)?;
                    let known = Known {
                        id,
                        kind: DuplicateKind::Exact,
                        score: 1000,
                    };
                    outcome.known.insert(index, known);
                }
                _ => stay.push(one),
            }
        }
        *distinct = stay;
        Ok(())
    }
}

/// Texts of a batch, and their bytes.
pub(super) const BATCH_TEXTS: u32 = 1024;
const BATCH_BYTES: usize = 4 << 20;
