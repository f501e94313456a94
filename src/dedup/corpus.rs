//! The texts of a corpus in their order, and copies that are exact.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::scan::Scan;
use super::spill::{Row, Shelf, Spill, rows};
use super::words::Words;
use super::{DuplicateKind, Earlier, Known, Options, Outcome, Removal, Texts};

/// The hash of a normal form, and the rank of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Digest {
    high: u64,
    low: u64,
    pub rank: u32,
}
rows! { Digest { high: u64, low: u64, rank: u32 } }

impl Digest {
    pub fn digest(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
}

/// Bytes of memory that a document costs whatever the bound: its place in a few lists.
const FLOOR: usize = 160;

/// The texts in the order of (priority, id): document `n` is the one of that rank.
pub(super) struct Corpus<'t, T: ?Sized> {
    pub texts: &'t T,
    ranked: Vec<u32>,
    pub spill: Spill,
}

impl<'t, T: Texts + ?Sized> Corpus<'t, T> {
    pub fn new(texts: &'t T, options: &Options) -> Self {
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

    pub fn index(&self, rank: u32) -> usize {
        self.ranked[rank as usize] as usize
    }

    pub fn host(&self, rank: u32) -> Option<&str> {
        self.texts.host(self.index(rank))
    }

    /// Batches of ranks whose texts fit into memory side by side.
    pub fn batches(&self) -> impl Iterator<Item = Range<u32>> {
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
    pub fn drop_exact(
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
    pub fn drop_known_exactly(
        &self,
        earlier: &dyn Earlier,
        own: &FxHashSet<u32>,
        distinct: &mut Vec<Digest>,
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        let mut stay = Vec::with_capacity(distinct.len());
        for digest in distinct.drain(..) {
            let index = self.index(digest.rank);
            match earlier.by_digest(digest.digest())? {
                Some(number) if !own.contains(&number) => {
                    let (id, _) = earlier.document(number)?;
                    let known = Known {
                        id,
                        kind: DuplicateKind::Exact,
                        score: 1000,
                    };
                    outcome.known.insert(index, known);
                }
                _ => stay.push(digest),
            }
        }
        *distinct = stay;
        Ok(())
    }
}

/// Texts of a batch, and their bytes.
pub(super) const BATCH_TEXTS: u32 = 1024;
const BATCH_BYTES: usize = 4 << 20;
