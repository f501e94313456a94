//! Shingles: runs of words, sampled, counted over the corpus.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::scan::{Scan, mix};

/// Words in a shingle.
pub(super) const WORDS: usize = 5;
/// One shingle in this many is looked at, chosen by its hash …
const SAMPLE: u64 = 4;
/// … and every shingle of a text with at most this many.
const SMALL: usize = 64;
/// A corpus of a few documents says little about what is rare: counts are read as if this many
/// more documents had been seen, none of which has the shingle.
const PRIOR: u64 = 256;

/// Calls `each` with the position and hash of every shingle of a sequence of token hashes; a
/// sequence shorter than a shingle is one.
pub(super) fn each_shingle(
    hashes: impl Iterator<Item = u32> + Clone,
    mut each: impl FnMut(usize, u64),
) {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    const LEAD: u64 = BASE.wrapping_pow(WORDS as u32);
    let mut behind = hashes.clone();
    let (mut rolling, mut count) = (0_u64, 0);
    for hash in hashes {
        rolling = rolling
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(hash) | 1 << 32);
        count += 1;
        if count > WORDS {
            let gone = u64::from(behind.next().unwrap_or_default()) | 1 << 32;
            rolling = rolling.wrapping_sub(gone.wrapping_mul(LEAD));
        }
        if count >= WORDS {
            each(count - WORDS, mix(rolling));
        }
    }
    if (1..WORDS).contains(&count) {
        each(0, mix(rolling));
    }
}

/// Whether a shingle is in the sample of every text.
pub(super) const fn is_sampled(shingle: u64) -> bool {
    shingle <= u64::MAX / SAMPLE
}

/// The sampled shingles of a text, ascending, each once.
pub(super) fn sample(scan: &Scan, kept: &[u32]) -> Vec<u64> {
    let takes_all = kept.len() < SMALL + WORDS;
    let mut sample = Vec::with_capacity(if takes_all {
        kept.len()
    } else {
        kept.len() / 3
    });
    let hashes = kept.iter().map(|&at| scan.tokens[at as usize].hash);
    each_shingle(hashes, |_, shingle| {
        if takes_all || is_sampled(shingle) {
            sample.push(shingle);
        }
    });
    sample.sort_unstable();
    sample.dedup();
    sample
}

/// In how many documents a shingle stands, and what that makes it weigh.
#[derive(Debug, Default)]
pub(super) struct Rarity {
    documents: u64,
    counts: FxHashMap<u64, u32>,
}

impl Rarity {
    /// The weight of a shingle: the square of log₂((N + prior) / count), in 1/256.
    pub fn weight(&self, shingle: u64) -> u64 {
        self.weight_of_count(self.counts.get(&shingle).copied().unwrap_or(1))
    }

    /// The weight of a shingle that `count` documents have.
    pub fn weight_of_count(&self, count: u32) -> u64 {
        let count = u64::from(count.max(1));
        let log = log2_16ths((self.documents + PRIOR) * 16 / count).saturating_sub(64);
        log * log
    }
}

/// log₂ in sixteenths, linear between powers of two.
const fn log2_16ths(value: u64) -> u64 {
    if value == 0 {
        return 0;
    }
    let whole = value.ilog2();
    let part = if whole >= 4 {
        (value >> (whole - 4)) & 15
    } else {
        (value << (4 - whole)) & 15
    };
    whole as u64 * 16 + part
}

/// Who has which shingle: the shingles that stand in two documents or more.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Documents by shingle, ascending.
    pub postings: Vec<u32>,
    /// Where the documents of a shingle begin; one more than there are shingles.
    pub starts: Vec<u32>,
    /// For each document its shingles (numbers into `starts`), rarest first.
    pub by_document: Vec<Vec<u32>>,
    /// How rare each shingle is.
    pub rarity: Rarity,
}

impl Index {
    /// Turns the samples of all documents around.
    pub fn build(sketches: Vec<Vec<u64>>) -> Self {
        let documents = sketches.len();
        let mut pairs: Vec<(u64, u32)> = sketches
            .into_par_iter()
            .enumerate()
            .flat_map_iter(|(doc, sketch)| sketch.into_iter().map(move |s| (s, doc as u32)))
            .collect();
        pairs.par_sort_unstable();
        let mut index = Self {
            starts: vec![0],
            by_document: vec![Vec::new(); documents],
            ..Self::default()
        };
        index.rarity.documents = documents as u64;
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            let [(shingle, _), _, ..] = same else {
                continue;
            };
            let number = index.starts.len() as u32 - 1;
            for &(_, doc) in same {
                index.postings.push(doc);
                index.by_document[doc as usize].push(number);
            }
            index.starts.push(index.postings.len() as u32);
            index.rarity.counts.insert(*shingle, same.len() as u32);
        }
        let starts = &index.starts;
        let count = |number: u32| starts[number as usize + 1] - starts[number as usize];
        // Shingles are numbered in the order of their hashes, which settles ties.
        index
            .by_document
            .par_iter_mut()
            .for_each(|shingles| shingles.sort_unstable_by_key(|&n| (count(n), n)));
        index
    }

    /// The documents that have a shingle.
    pub fn documents(&self, number: u32) -> &[u32] {
        let at = number as usize;
        &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shingles_roll_over_the_words() {
        let mut rolled = Vec::new();
        each_shingle([9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5].into_iter(), |at, s| {
            rolled.push((at, s));
        });
        assert_eq!(rolled.len(), 7);
        assert_eq!(rolled[1].1, rolled[6].1);
        assert_ne!(rolled[0].1, rolled[1].1);
        let mut short = Vec::new();
        each_shingle([1, 2].into_iter(), |at, s| short.push((at, s)));
        assert_eq!(short.len(), 1);
    }

    #[test]
    fn rarer_weighs_more() {
        let rarity = Rarity {
            documents: 1000,
            ..Rarity::default()
        };
        let weights: Vec<u64> = [1, 2, 10, 100, 1000]
            .map(|n| rarity.weight_of_count(n))
            .into();
        assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
    }
}
