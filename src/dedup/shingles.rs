//! Shingles: runs of words, and the samples of them by which a text is found.

use super::hash::{FACTORS, fold};

/// Words in a shingle.
pub(super) const WORDS: usize = 5;
/// One shingle in so many is looked at, chosen by its hash: all of a short text, of longer ones
/// about as many.
pub(super) const RATES: [u64; 3] = [1, 4, 16];
/// The same for pairs of words.
pub(super) const PAIR_RATES: [u32; 3] = [1, 4, 8];
/// A text of at most so many shingles is short; the next rate begins at each fourfold.
const SMALL: usize = 64;

/// Which rate a text of so many words has.
const fn rate_of(words: usize) -> usize {
    if words < SMALL + WORDS {
        0
    } else if words < (SMALL + WORDS) * 4 {
        1
    } else {
        2
    }
}

/// Calls `each` with the position and hash of every shingle of these words; fewer words than a
/// shingle has are one.
#[inline]
pub(super) fn each_shingle(words: &[u32], mut each: impl FnMut(usize, u64)) {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    const LEAD: u64 = BASE.wrapping_pow(WORDS as u32);
    let value = |word: u32| u64::from(word) | 1 << 32;
    let add = |rolling: u64, word: u32| rolling.wrapping_mul(BASE).wrapping_add(value(word));
    let first = words.get(..WORDS).unwrap_or(words);
    if first.is_empty() {
        return;
    }
    let mut rolling = first.iter().fold(0, |rolling, &word| add(rolling, word));
    each(0, fold(rolling, FACTORS[1]));
    let next = words.get(WORDS..).unwrap_or_default();
    for (at, (&gone, &word)) in words.iter().zip(next).enumerate() {
        rolling = add(rolling, word).wrapping_sub(value(gone).wrapping_mul(LEAD));
        each(at + 1, fold(rolling, FACTORS[1]));
    }
}

/// Whether a shingle is in the sample at a rate; each sample holds the next one, and comes first
/// among ascending shingles.
#[inline]
pub(super) const fn is_sampled(shingle: u64, rate: usize) -> bool {
    shingle <= u64::MAX / RATES[rate]
}

/// Values that are put aside before they are added.
const SAMPLE: usize = 64;

/// What is chosen of many values. Nothing branches on the choice: no processor foresees it.
pub(super) struct Sample<T> {
    all: Vec<T>,
    last: [T; SAMPLE],
    count: usize,
}

impl<T: Copy + Default> Sample<T> {
    pub fn with_room(room: usize) -> Self {
        Self {
            all: Vec::with_capacity(room),
            last: [T::default(); SAMPLE],
            count: 0,
        }
    }

    #[inline(always)]
    pub fn add(&mut self, value: T, is_chosen: bool) {
        self.last[self.count % SAMPLE] = value;
        self.count += usize::from(is_chosen);
        if self.count == SAMPLE {
            self.all.extend_from_slice(&self.last);
            self.count = 0;
        }
    }

    pub fn finish(mut self) -> Vec<T> {
        self.all
            .extend_from_slice(&self.last[..self.count % SAMPLE]);
        self.all
    }
}

/// The shingles of a text by which it is found.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    /// Place of its rate among [`RATES`].
    pub rate: usize,
    /// Ascending, each once.
    pub shingles: Vec<u64>,
    /// Sampled pairs of words in a row, ascending, each once. Where one letter in twenty is
    /// broken, as OCR does it, few runs of five words are left, and half of the pairs.
    pub word_pairs: Vec<u32>,
}

impl Sketch {
    /// The sampled shingles of a text of these words.
    pub fn new(words: &[u32]) -> Self {
        let rate = rate_of(words.len());
        let mut shingles = Sample::with_room(words.len().min(SMALL * 2));
        each_shingle(words, |_, shingle| {
            shingles.add(shingle, is_sampled(shingle, rate))
        });
        let mut shingles = shingles.finish();
        shingles.sort_unstable();
        shingles.dedup();
        let mut word_pairs = Sample::with_room(words.len().min(SMALL * 4));
        let most = u32::MAX / PAIR_RATES[rate];
        for (&one, &two) in words.iter().zip(words.iter().skip(1)) {
            let pair = fold(u64::from(one) << 32 | u64::from(two), FACTORS[0]) as u32;
            word_pairs.add(pair, pair <= most);
        }
        let mut word_pairs = word_pairs.finish();
        word_pairs.sort_unstable();
        word_pairs.dedup();
        Self {
            rate,
            shingles,
            word_pairs,
        }
    }
}

/// A shingle that other documents have too: its upper 40 bits, and below them in how many
/// documents it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shared(pub u64);

impl Shared {
    /// Bits of the count.
    pub const COUNT_BITS: u32 = 24;
    const COUNT: u64 = (1 << Self::COUNT_BITS) - 1;

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
    #[inline]
    pub const fn name(shingle: u64) -> u64 {
        shingle >> Self::COUNT_BITS
    }

    /// Its name.
    #[inline]
    pub const fn shingle(self) -> u64 {
        Self::name(self.0)
    }

    /// In how many documents it stands.
    #[inline]
    pub const fn count(self) -> u32 {
        (self.0 & Self::COUNT) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shingles_roll_over_the_words() {
        let mut rolled = Vec::new();
        each_shingle(&[9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5], |at, s| {
            rolled.push((at, s));
        });
        assert_eq!(rolled.len(), 7);
        assert_eq!(rolled[1].1, rolled[6].1);
        assert_ne!(rolled[0].1, rolled[1].1);
        let mut short = Vec::new();
        each_shingle(&[1, 2], |at, s| short.push((at, s)));
        each_shingle(&[], |at, s| short.push((at, s)));
        assert_eq!(short.len(), 1);
    }
}
