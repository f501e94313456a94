//! Pairs worth aligning: documents that share rare shingles.

use std::io;

use rayon::prelude::*;

use super::entry::Entry;
use super::partners::Partners;
use super::promising::{WORD_PAIRS, is_promising};
use super::queries::{Ask, TOUCHED, answer, queries};
use super::rarity::Rarity;
use crate::spill::{Row, Shelf, Sorted, Spill, rows};

/// How many partners a document proposes.
const PARTNERS: usize = 8;
/// A partner that has fewer than a fifth of the rare shingles is not promising.
const LEAST: u32 = 5;
/// Documents that are worked on at a time.
const BATCH: usize = 4096;

/// A shingle in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    pub shingle: u64,
    pub doc: u32,
}

/// A shared shingle of a document, and where its documents begin among the postings when those are
/// in memory, else the bits of the shingle that `shared` leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mine {
    pub doc: u32,
    pub shared: u64,
    pub place: u32,
}

/// A document asks who else has a shingle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Query {
    shingle: u64,
    doc: u32,
}

/// A document is told of another one that has a shingle as rare as this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Vote {
    doc: u32,
    other: u32,
    log: u32,
}

rows! {
    Posting { shingle: u64, doc: u32 }
    Mine { doc: u32, shared: u64, place: u32 }
    Query { shingle: u64, doc: u32 }
    Vote { doc: u32, other: u32, log: u32 }
}

/// Who shares how much with a document.
#[derive(Debug, Default)]
struct Tally {
    doc: u32,
    asked: u32,
    /// Document, number of common rare shingles, their weight.
    others: Vec<(u32, u32, u64)>,
}

/// Votes by document, and room for what is asked.
type Counting = (Vec<(u32, u32)>, Vec<Ask>);

impl Tally {
    /// How many common shingles make a partner.
    fn least(&self) -> u32 {
        if self.asked < 8 {
            1
        } else {
            (self.asked / LEAST).max(2)
        }
    }
}

/// Finds the partners of all documents from the sorted `mine` (by document) and `postings` (by
/// shingle); `entries` gets what is known of each document.
pub(super) struct Search<'s> {
    pub spill: &'s Spill,
    pub rarity: Rarity,
    pub entries: &'s Shelf,
}

impl Search<'_> {
    /// Searches.
    pub fn run(&self, mine: &Sorted<Mine>, postings: &Sorted<Posting>) -> io::Result<Partners> {
        let mut partners = Partners::new();
        let mut batch = Batch {
            search: self,
            tallies: Vec::new(),
            partners: &mut partners,
        };
        match (postings.in_memory(), mine.in_memory()) {
            (Some(postings), Some(mine)) => self.in_memory(mine, postings, &mut batch)?,
            _ => self.on_disk(mine, postings, &mut batch)?,
        }
        batch.flush()?;
        let rest = self.rarity.documents as usize - partners.len();
        (0..rest).for_each(|_| partners.push(&[]));
        Ok(partners)
    }

    /// Counts in an array over all documents, one per thread.
    fn in_memory(
        &self,
        mine: &[Mine],
        postings: &[Posting],
        batch: &mut Batch<'_, '_>,
    ) -> io::Result<()> {
        // A quarter of the postings: most of what is looked up is in the cache then.
        let holders: Vec<u32> = postings.iter().map(|posting| posting.doc).collect();
        let documents: Vec<&[Mine]> = mine.chunk_by(|a, b| a.doc == b.doc).collect();
        let tally = |(counts, room): &mut Counting, shared: &&[Mine]| {
            counts.resize(self.rarity.documents as usize, (0, 0));
            let (mut touched, mut new) = ([0; TOUCHED], 0);
            let asked = queries(shared, room);
            let mut tally = Tally {
                doc: shared[0].doc,
                asked: asked.len() as u32,
                others: Vec::new(),
            };
            // Loads that do not wait for each other: what is looked at next is in the cache then.
            let first = |ask: &Ask| holders.get(ask.place as usize).copied().unwrap_or(0);
            std::hint::black_box(asked.iter().map(first).fold(0, u32::wrapping_add));
            for query in asked {
                let count = query.shared().count() as usize;
                let weight = self.rarity.weight_of_count(count as u32) as u32;
                let from = query.place as usize;
                let same = holders.get(from..from + count).unwrap_or_default();
                answer(same, tally.doc, |other| {
                    let slot = &mut counts[other as usize];
                    touched[new % TOUCHED] = other;
                    new += usize::from(slot.0 == 0);
                    *slot = (slot.0 + 1, slot.1 + weight);
                });
            }
            let (doc, least) = (tally.doc, tally.least());
            for &other in &touched[..new] {
                let (count, weight) = std::mem::take(&mut counts[other as usize]);
                if other != doc && count >= least {
                    tally.others.push((other, count, u64::from(weight)));
                }
            }
            tally
        };
        for documents in documents.chunks(BATCH) {
            batch.tallies = documents
                .par_iter()
                .map_init(Counting::default, tally)
                .collect();
            batch.flush()?;
        }
        Ok(())
    }

    /// Sorts queries by shingle, joins them with the postings, and sorts the votes by document.
    fn on_disk(
        &self,
        mine: &Sorted<Mine>,
        postings: &Sorted<Posting>,
        batch: &mut Batch<'_, '_>,
    ) -> io::Result<()> {
        let mut asked = vec![0_u8; self.rarity.documents as usize];
        let mut room = Vec::new();
        let mut sorter = self.spill.sorter::<Query>(1);
        mine.groups(
            |mine| mine.doc,
            |shared| {
                let doc = shared[0].doc;
                let queries = queries(shared, &mut room);
                asked[doc as usize] = queries.len() as u8;
                sorter.extend(queries.iter().map(|ask| Query {
                    shingle: match postings.in_memory() {
                        Some(postings) => postings[ask.place as usize].shingle,
                        None => ask.shared().with(ask.place),
                    },
                    doc,
                }))
            },
        )?;
        let votes = self.votes(&sorter.finish()?, postings)?;
        votes.groups(
            |vote| vote.doc,
            |votes| {
                let doc = votes[0].doc;
                let mut tally = Tally {
                    doc,
                    asked: u32::from(asked[doc as usize]),
                    others: Vec::new(),
                };
                for same in votes.chunk_by(|a, b| a.other == b.other) {
                    let weights = same.iter().map(|vote| u64::from(vote.log).pow(2));
                    tally
                        .others
                        .push((same[0].other, same.len() as u32, weights.sum()));
                }
                batch.push(tally)
            },
        )
    }

    fn votes(
        &self,
        queries: &Sorted<Query>,
        postings: &Sorted<Posting>,
    ) -> io::Result<Sorted<Vote>> {
        let mut queries = queries.iter()?.peekable();
        let mut votes = self.spill.sorter::<Vote>(2);
        postings.groups(
            |posting| posting.shingle,
            |same| {
                let shingle = same[0].shingle;
                let asks = |row: &io::Result<Query>| {
                    row.as_ref().map_or(true, |query| query.shingle == shingle)
                };
                let mut asking = Vec::new();
                while let Some(query) = queries.next_if(asks) {
                    asking.push(query?.doc);
                }
                let log = u32::from(self.rarity.log(same.len() as u32));
                if asking.is_empty() {
                    return Ok(());
                }
                let holders: Vec<u32> = same.iter().map(|posting| posting.doc).collect();
                for doc in asking {
                    let mut full = Ok(());
                    answer(&holders, doc, |other| {
                        if full.is_ok() {
                            full = votes.push(Vote { doc, other, log });
                        }
                    });
                    full?;
                }
                Ok(())
            },
        )?;
        votes.finish()
    }

    fn partners(&self, tally: &mut Tally) -> io::Result<Vec<u32>> {
        let (doc, least) = (tally.doc, tally.least());
        let others = &mut tally.others;
        others.retain(|&(other, count, _)| other != doc && count >= least);
        let promise = |a: &(u32, u32, u64), b: &(u32, u32, u64)| b.2.cmp(&a.2).then(a.0.cmp(&b.0));
        if others.len() > PARTNERS {
            others.select_nth_unstable_by(PARTNERS, promise);
            others.truncate(PARTNERS);
        }
        others.sort_unstable_by(promise);
        let mut partners = Vec::with_capacity(others.len());
        if others.is_empty() {
            return Ok(partners);
        }
        // As above.
        let first = |other: &(u32, u32, u64)| self.entries.first_in_memory(other.0 as usize);
        std::hint::black_box(others.iter().map(first).fold(0, u32::wrapping_add));
        let entry = Entry(self.entries.get(doc as usize)?);
        for &(other, _, _) in &*others {
            if self.is_promising(&entry, &Entry(self.entries.get(other as usize)?)) {
                partners.push(other);
            }
        }
        Ok(partners)
    }

    fn is_promising(&self, a: &Entry<'_>, b: &Entry<'_>) -> bool {
        is_promising(a.word_pair_containment(b, WORD_PAIRS), || {
            a.containment(b, self.rarity)
        })
    }
}

/// Tallies on their way to partners.
struct Batch<'b, 's> {
    search: &'b Search<'s>,
    tallies: Vec<Tally>,
    partners: &'b mut Partners,
}

impl Batch<'_, '_> {
    fn push(&mut self, tally: Tally) -> io::Result<()> {
        self.tallies.push(tally);
        if self.tallies.len() == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let found: Vec<(u32, Vec<u32>)> = self
            .tallies
            .par_iter_mut()
            .map(|tally| Ok((tally.doc, self.search.partners(tally)?)))
            .collect::<io::Result<_>>()?;
        self.tallies.clear();
        for (doc, partners) in found {
            while self.partners.len() < doc as usize {
                self.partners.push(&[]);
            }
            self.partners.push(&partners);
        }
        Ok(())
    }
}
