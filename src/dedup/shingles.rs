//! Shingles: runs of words, sampled, counted over the corpus.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::scan::mix;
use super::words::Words;

/// Words in a shingle.
pub(super) const WORDS: usize = 5;
/// One shingle in this many is looked at, chosen by its hash …
const SAMPLE: u64 = 4;
/// … and every shingle of a text with at most this many.
const SMALL: usize = 64;
/// One pair of words in this many is looked at in longer texts.
const PAIR_SAMPLE: u32 = 8;
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
const fn is_sampled(shingle: u64) -> bool {
    shingle <= u64::MAX / SAMPLE
}

/// The shingles of a text by which it is found.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    /// Ascending, each once.
    pub shingles: Vec<u64>,
    /// Sampled pairs of words in a row, ascending, each once. Where one letter in twenty is
    /// broken, as OCR does it, few runs of five words are left, and half of the pairs.
    pub word_pairs: Vec<u32>,
}

impl Sketch {
    /// The sampled shingles of a text of these words.
    pub fn new(words: &[u32]) -> Self {
        let takes_all = words.len() < SMALL + WORDS;
        let mut shingles = Vec::with_capacity(words.len() / if takes_all { 1 } else { 3 });
        each_shingle(words.iter().copied(), |_, shingle| {
            if takes_all || is_sampled(shingle) {
                shingles.push(shingle);
            }
        });
        shingles.sort_unstable();
        shingles.dedup();
        let mut word_pairs: Vec<u32> = words
            .windows(2)
            .map(|two| mix(u64::from(two[0]) << 32 | u64::from(two[1])) as u32)
            .filter(|&pair| takes_all || pair <= u32::MAX / PAIR_SAMPLE)
            .collect();
        word_pairs.sort_unstable();
        word_pairs.dedup();
        Self {
            shingles,
            word_pairs,
        }
    }
}

/// In how many documents a shingle stands, and what that makes it weigh. Only a sample of the
/// shingles is here: what stands beside each other is about as rare.
#[derive(Debug, Default)]
pub(super) struct Rarity {
    documents: u64,
    counts: FxHashMap<u64, u32>,
}

impl Rarity {
    /// Whether the weight of a shingle is known.
    pub const fn has(shingle: u64) -> bool {
        shingle <= u64::MAX / (SAMPLE * 2)
    }

    /// For each word the logarithm behind the weight of the last shingle before it that is known.
    pub fn of_words(&self, words: &Words) -> Box<[u16]> {
        const UNKNOWN: u16 = u16::MAX;
        let mut logs = vec![UNKNOWN; words.hashes.len()];
        each_shingle(words.hashes.iter().copied(), |at, shingle| {
            if Self::has(shingle) {
                logs[at] = self.log(self.counts.get(&shingle).copied().unwrap_or(1));
            }
        });
        let first = logs.iter().copied().find(|&log| log != UNKNOWN);
        let mut last = first.unwrap_or(self.log(1));
        for log in &mut logs {
            if *log == UNKNOWN {
                *log = last;
            }
            last = *log;
        }
        logs.into()
    }

    /// log₂((N + prior) / count) in sixteenths.
    fn log(&self, count: u32) -> u16 {
        let ratio = (self.documents + PRIOR) * 16 / u64::from(count.max(1));
        log2_16ths(ratio).saturating_sub(64) as u16
    }

    /// The weight of a shingle that `count` documents have: the square of its logarithm.
    pub fn weight_of_count(&self, count: u32) -> u64 {
        let log = u64::from(self.log(count));
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

/// What the index knows of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// Its shingles that other documents have too, as numbers, ascending.
    pub shared: Vec<u32>,
    /// The summed weight of all its shingles, and of those that are sampled in every text.
    weight: [u64; 2],
    takes_all: bool,
    word_pairs: Vec<u32>,
}

impl Entry {
    /// Its pairs of words: all of them, or those sampled in every text.
    fn word_pairs(&self, all: bool) -> &[u32] {
        let is_sampled = |&pair: &u32| all || pair <= u32::MAX / PAIR_SAMPLE;
        let end = self.word_pairs.partition_point(is_sampled);
        self.word_pairs.get(..end).unwrap_or_default()
    }
}

/// Who has which shingle: the shingles that stand in two documents or more.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Documents by shingle, ascending.
    postings: Vec<u32>,
    /// Where the documents of a shingle begin; one more than there are shingles.
    starts: Vec<u32>,
    /// How many shingles are sampled in every text; they come first.
    sampled: u32,
    /// By document.
    pub entries: Vec<Entry>,
    /// How rare each shingle is.
    pub rarity: Rarity,
}

impl Index {
    /// Turns the sketches of all documents around.
    pub fn build(sketches: Vec<Sketch>) -> Self {
        let documents = sketches.len();
        let mut pairs: Vec<(u64, u32)> = sketches
            .par_iter()
            .enumerate()
            .flat_map_iter(|(doc, sketch)| sketch.shingles.iter().map(move |&s| (s, doc as u32)))
            .collect();
        pairs.par_sort_unstable();
        let mut index = Self {
            starts: vec![0],
            entries: vec![Entry::default(); documents],
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
                index.entries[doc as usize].shared.push(number);
            }
            index.starts.push(index.postings.len() as u32);
            if Rarity::has(*shingle) {
                index.rarity.counts.insert(*shingle, same.len() as u32);
            }
            if is_sampled(*shingle) {
                index.sampled = number + 1;
            }
        }
        index.weigh(sketches);
        index
    }

    fn weigh(&mut self, sketches: Vec<Sketch>) {
        let rarest = self.rarity.weight_of_count(1);
        for (at, sketch) in sketches.into_iter().enumerate() {
            let shingles = &sketch.shingles;
            let sampled = shingles.partition_point(|&s| is_sampled(s));
            let shared = &self.entries[at].shared;
            let inner = shared.partition_point(|&number| number < self.sampled);
            let sum = |numbers: &[u32]| numbers.iter().map(|&n| self.weight(n)).sum::<u64>();
            let weight = [
                sum(shared) + rarest * (shingles.len() - shared.len()) as u64,
                sum(&shared[..inner]) + rarest * (sampled - inner) as u64,
            ];
            self.entries[at].weight = weight;
            self.entries[at].takes_all = sampled < shingles.len();
            self.entries[at].word_pairs = sketch.word_pairs;
        }
    }

    /// The weight of a shingle.
    pub fn weight(&self, number: u32) -> u64 {
        self.rarity
            .weight_of_count(self.documents(number).len() as u32)
    }

    /// The documents that have a shingle.
    pub fn documents(&self, number: u32) -> &[u32] {
        let at = number as usize;
        &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The share of the smaller document's shingles that the other one has, by weight, in
    /// thousandths.
    pub fn containment(&self, a: u32, b: u32) -> u32 {
        let (a, b) = (&self.entries[a as usize], &self.entries[b as usize]);
        let all = a.takes_all && b.takes_all;
        let whole = |entry: &Entry| entry.weight[usize::from(!all)];
        let end = if all { u32::MAX } else { self.sampled };
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(&x), Some(&y)) = (a.shared.get(i), b.shared.get(j)) {
            if x.max(y) >= end {
                break;
            }
            if x == y {
                common += self.weight(x);
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        (common * 1000 / whole(a).min(whole(b)).max(1)) as u32
    }
}

impl Index {
    /// The share of word pairs of the document with fewer that the other one has, in
    /// thousandths; `None` where there are too few to tell.
    pub fn word_pair_containment(&self, a: u32, b: u32) -> Option<u32> {
        let (a, b) = (&self.entries[a as usize], &self.entries[b as usize]);
        let all = a.takes_all && b.takes_all;
        let a = a.word_pairs(all);
        let b = b.word_pairs(all);
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            common += u32::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let fewer = a.len().min(b.len()) as u32;
        (fewer >= 8).then(|| common * 1000 / fewer)
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
