//! Shingles: runs of words, sampled, counted over the corpus.

use std::borrow::Cow;

use super::scan::mix;
use super::words::Words;

/// Words in a shingle.
pub(super) const WORDS: usize = 5;
/// One shingle in this many is looked at, chosen by its hash …
const SAMPLE: u64 = 4;
/// … and every shingle of a text with at most this many.
const SMALL: usize = 64;
/// One pair of words in this many is looked at in longer texts.
const PAIR_SAMPLE: u32 = 4;
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
/// shingles counts: what stands beside each other is about as rare.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rarity {
    /// Documents in the corpus.
    pub documents: u64,
}

impl Rarity {
    /// For each word the logarithm behind the weight of the last shingle before it that is known
    /// from the entry of the text.
    pub fn of_words(self, words: &Words<'_>, entry: &Entry<'_>) -> Vec<u16> {
        const UNKNOWN: u16 = u16::MAX;
        let mut logs = vec![UNKNOWN; words.hashes().len()];
        let known = entry.shared().take_while(|&shared| is_known(shared.0));
        let known: Vec<Shared> = known.collect();
        each_shingle(words.hashes().iter().copied(), |at, shingle| {
            if is_known(shingle) {
                let place = known.binary_search_by_key(&Shared::name(shingle), |s| s.shingle());
                let count = place.map_or(1, |place| known[place].count());
                logs[at] = self.log(count);
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
        logs
    }

    /// log₂((N + prior) / count) in sixteenths.
    pub fn log(self, count: u32) -> u16 {
        let ratio = (self.documents + PRIOR) * 16 / u64::from(count.max(1));
        log2_16ths(ratio).saturating_sub(64) as u16
    }

    /// The weight of a shingle that `count` documents have: the square of its logarithm.
    pub fn weight_of_count(self, count: u32) -> u64 {
        let log = u64::from(self.log(count));
        log * log
    }
}

/// Whether the weight of a shingle counts for the words around it.
const fn is_known(shingle: u64) -> bool {
    shingle <= u64::MAX / (SAMPLE * 2)
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

/// A shingle that other documents have too: its upper 40 bits, and below them in how many
/// documents it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shared(pub u64);

impl Shared {
    const COUNT: u64 = (1 << 24) - 1;

    /// A shingle of `count` documents.
    pub fn new(shingle: u64, count: usize) -> Self {
        Self(shingle & !Self::COUNT | (count as u64).min(Self::COUNT))
    }

    /// The bits of a shingle that are left out.
    pub const fn rest(shingle: u64) -> u32 {
        (shingle & Self::COUNT) as u32
    }

    /// The shingle with its [`rest`](Self::rest).
    pub const fn with(self, rest: u32) -> u64 {
        self.0 & !Self::COUNT | rest as u64
    }

    /// What of a shingle its name is.
    pub const fn name(shingle: u64) -> u64 {
        shingle >> 24
    }

    /// Its name.
    pub const fn shingle(self) -> u64 {
        Self::name(self.0)
    }

    /// In how many documents it stands.
    pub const fn count(self) -> u32 {
        (self.0 & Self::COUNT) as u32
    }
}

/// What is known of a document beside its words, as one record: whether every shingle is in it,
/// the summed weight of all its shingles and of those that are sampled in every text, the
/// shingles that others have too, and the pairs of words.
#[derive(Debug, Clone)]
pub(super) struct Entry<'r>(pub Cow<'r, [u32]>);

impl Entry<'_> {
    const HEAD: usize = 6;

    /// The entry of a document with these shared shingles, ascending.
    pub fn new(sketch: &Counted<'_>, shared: &[Shared], rarity: Rarity) -> Entry<'static> {
        let rarest = rarity.weight_of_count(1);
        let inner = shared.partition_point(|shared| is_sampled(shared.0));
        let sum = |shared: &[Shared]| {
            let weights = shared.iter().map(|s| rarity.weight_of_count(s.count()));
            weights.sum::<u64>()
        };
        let inside = sum(&shared[..inner]);
        let [all, sampled] = [sketch.shingles, sketch.sampled].map(u64::from);
        let weights = [
            inside + sum(&shared[inner..]) + rarest * all.saturating_sub(shared.len() as u64),
            inside + rarest * sampled.saturating_sub(inner as u64),
        ];
        let len = Self::HEAD + shared.len() * 2 + sketch.word_pairs.len();
        let mut record = Vec::with_capacity(len);
        record.push(u32::from(sketch.sampled < sketch.shingles));
        let wide = weights.into_iter();
        record.extend(wide.flat_map(|weight| [weight as u32, (weight >> 32) as u32]));
        record.push(shared.len() as u32);
        record.extend(shared.iter().flat_map(|s| [s.0 as u32, (s.0 >> 32) as u32]));
        record.extend_from_slice(sketch.word_pairs);
        Entry(Cow::Owned(record))
    }

    fn wide(&self, at: usize) -> u64 {
        let [low, high] = [at, at + 1].map(|at| u64::from(self.0.get(at).copied().unwrap_or(0)));
        low | high << 32
    }

    fn takes_all(&self) -> bool {
        self.0.first() == Some(&1)
    }

    fn weight(&self, all: bool) -> u64 {
        self.wide(if all { 1 } else { 3 })
    }

    fn shared_end(&self) -> usize {
        let count = self
            .0
            .get(Self::HEAD - 1)
            .map_or(0, |&count| count as usize);
        (Self::HEAD + count * 2).min(self.0.len())
    }

    /// Its shingles that other documents have too, ascending.
    pub fn shared(&self) -> impl Iterator<Item = Shared> {
        let words = self.0.get(Self::HEAD..self.shared_end());
        let two = words.unwrap_or_default().chunks_exact(2);
        two.map(|two| Shared(u64::from(two[0]) | u64::from(two[1]) << 32))
    }

    /// Its pairs of words: all of them, or those sampled in every text.
    fn word_pairs(&self, all: bool) -> &[u32] {
        let pairs = self.0.get(self.shared_end()..).unwrap_or_default();
        let is_sampled = |&pair: &u32| all || pair <= u32::MAX / PAIR_SAMPLE;
        pairs
            .get(..pairs.partition_point(is_sampled))
            .unwrap_or_default()
    }

    /// The share of the smaller document's shingles that the other one has, by weight, in
    /// thousandths.
    pub fn containment(&self, other: &Self, rarity: Rarity) -> u32 {
        let all = self.takes_all() && other.takes_all();
        let (mut mine, mut theirs) = (self.shared(), other.shared());
        let (mut x, mut y, mut common) = (mine.next(), theirs.next(), 0);
        while let (Some(a), Some(b)) = (x, y) {
            if !all && !is_sampled(a.0.max(b.0)) {
                break;
            }
            let (from_a, from_b) = (a.shingle(), b.shingle());
            if from_a == from_b {
                common += rarity.weight_of_count(a.count());
            }
            if from_a <= from_b {
                x = mine.next();
            }
            if from_b <= from_a {
                y = theirs.next();
            }
        }
        (common * 1000 / self.weight(all).min(other.weight(all)).max(1)) as u32
    }

    /// The share of word pairs of the document with fewer that the other one has, in
    /// thousandths; `None` where there are too few to tell.
    pub fn word_pair_containment(&self, other: &Self) -> Option<u32> {
        let all = self.takes_all() && other.takes_all();
        let (a, b) = (self.word_pairs(all), other.word_pairs(all));
        let fewer = a.len().min(b.len()) as u32;
        if fewer < 8 {
            return None;
        }
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            common += u32::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        Some(common * 1000 / fewer)
    }
}

/// A sketch as it is kept until its shingles are counted: how many shingles it has, how many of
/// them are sampled in every text, and its pairs of words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'r> {
    shingles: u32,
    sampled: u32,
    word_pairs: &'r [u32],
}

impl<'r> Counted<'r> {
    /// The record of a sketch.
    pub fn record(sketch: &Sketch) -> Vec<u32> {
        let sampled = sketch.shingles.partition_point(|&s| is_sampled(s));
        let mut record = Vec::with_capacity(2 + sketch.word_pairs.len());
        record.extend([sketch.shingles.len() as u32, sampled as u32]);
        record.extend_from_slice(&sketch.word_pairs);
        record
    }

    /// What a record holds.
    pub fn of(record: &'r [u32]) -> Self {
        match record {
            [shingles, sampled, word_pairs @ ..] => Self {
                shingles: *shingles,
                sampled: *sampled,
                word_pairs,
            },
            _ => Self {
                shingles: 0,
                sampled: 0,
                word_pairs: &[],
            },
        }
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
        let rarity = Rarity { documents: 1000 };
        let weights: Vec<u64> = [1, 2, 10, 100, 1000]
            .map(|n| rarity.weight_of_count(n))
            .into();
        assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
    }
}
