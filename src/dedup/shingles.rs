//! Shingles: runs of words, sampled, counted over the corpus.

use std::borrow::Cow;

use super::hash::{FACTORS, fold};
use super::words::Words;

/// Words in a shingle.
pub(super) const WORDS: usize = 5;
/// One shingle in so many is looked at, chosen by its hash: all of a short text, of longer ones
/// about as many.
const RATES: [u64; 3] = [1, 4, 16];
/// The same for pairs of words.
const PAIR_RATES: [u32; 3] = [1, 4, 8];
/// A text of at most so many shingles is short; the next rate begins at each fourfold.
const SMALL: usize = 64;
/// A corpus of a few documents says little about what is rare: counts are read as if this many
/// more documents had been seen, none of which has the shingle.
const PRIOR: u64 = 256;

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
const fn is_sampled(shingle: u64, rate: usize) -> bool {
    shingle <= u64::MAX / RATES[rate]
}

/// Values that are put aside before they are added.
const SAMPLE: usize = 64;

/// What is chosen of many values. Nothing branches on the choice: no processor foresees it.
struct Sample<T> {
    all: Vec<T>,
    last: [T; SAMPLE],
    count: usize,
}

impl<T: Copy + Default> Sample<T> {
    fn with_room(room: usize) -> Self {
        Self {
            all: Vec::with_capacity(room),
            last: [T::default(); SAMPLE],
            count: 0,
        }
    }

    #[inline(always)]
    fn add(&mut self, value: T, is_chosen: bool) {
        self.last[self.count % SAMPLE] = value;
        self.count += usize::from(is_chosen);
        if self.count == SAMPLE {
            self.all.extend_from_slice(&self.last);
            self.count = 0;
        }
    }

    fn finish(mut self) -> Vec<T> {
        self.all
            .extend_from_slice(&self.last[..self.count % SAMPLE]);
        self.all
    }
}

/// The shingles of a text by which it is found.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    rate: usize,
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
        let known = entry.shared().take_while(|&shared| is_known(shared.0));
        let known: Vec<Shared> = known.collect();
        let mut places = Sample::with_room(words.hashes().len() / 8);
        each_shingle(words.hashes(), |at, shingle| {
            places.add((at as u32, shingle), is_known(shingle));
        });
        let mut logs = Vec::with_capacity(words.hashes().len());
        let mut last = None;
        for (at, shingle) in places.finish() {
            let place = known.binary_search_by_key(&Shared::name(shingle), |s| s.shingle());
            let log = self.log(place.map_or(1, |place| known[place].count()));
            logs.resize(at as usize, last.unwrap_or(log));
            last = Some(log);
        }
        logs.resize(words.hashes().len(), last.unwrap_or(self.log(1)));
        logs
    }

    /// log₂((N + prior) / count) in sixteenths, the difference of two logarithms.
    #[inline]
    pub fn log(self, count: u32) -> u16 {
        let documents = log2_16ths(self.documents + PRIOR);
        documents.saturating_sub(log2_16ths(u64::from(count.max(1)))) as u16
    }

    /// The weight of a shingle that `count` documents have: the square of its logarithm.
    #[inline]
    pub fn weight_of_count(self, count: u32) -> u64 {
        let log = u64::from(self.log(count));
        log * log
    }
}

/// Whether the weight of a shingle counts for the words around it.
#[inline]
const fn is_known(shingle: u64) -> bool {
    is_sampled(shingle, RATES.len() - 1)
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

/// What is known of a document beside its words, as one record: its rate, the summed weight of
/// its shingles and the number of its pairs of words at each rate, a bit for each of these, the
/// shingles that others have too, and the pairs of words.
#[derive(Debug, Clone)]
pub(super) struct Entry<'r>(pub Cow<'r, [u32]>);

impl Entry<'_> {
    /// Bits for pairs of words, in words.
    const BITS: usize = 16;
    const PAIRS_AT: usize = 1 + RATES.len() * 2;
    const BITS_AT: usize = Self::PAIRS_AT + RATES.len();
    const HEAD: usize = Self::BITS_AT + Self::BITS + 1;

    /// The entry of a document with these shared shingles, ascending.
    pub fn new(sketch: &Counted<'_>, shared: &[Shared], rarity: Rarity) -> Entry<'static> {
        let rarest = rarity.weight_of_count(1);
        // The samples lie in one another, the smallest first.
        let (mut weights, mut common, mut inside) = ([0; RATES.len()], 0, 0);
        for rate in (0..RATES.len()).rev() {
            while let Some(next) = shared.get(common).filter(|s| is_sampled(s.0, rate)) {
                inside += rarity.weight_of_count(next.count());
                common += 1;
            }
            let alone = u64::from(sketch.shingles[rate]).saturating_sub(common as u64);
            weights[rate] = inside + rarest * alone;
        }
        let len = Self::HEAD + shared.len() * 2 + sketch.word_pairs.len();
        let mut record = Vec::with_capacity(len);
        record.push(sketch.rate);
        let wide = weights.into_iter();
        record.extend(wide.flat_map(|weight| [weight as u32, (weight >> 32) as u32]));
        let pairs = (0..RATES.len()).map(|rate| {
            let is_sampled = |&pair: &u32| pair <= u32::MAX / PAIR_RATES[rate];
            sketch.word_pairs.partition_point(is_sampled) as u32
        });
        record.extend(pairs);
        let mut bits = [0_u32; Self::BITS];
        for pair in sketch.word_pairs {
            bits[*pair as usize / 32 % Self::BITS] |= 1 << (pair % 32);
        }
        record.extend_from_slice(&bits);
        record.push(shared.len() as u32);
        record.extend(shared.iter().flat_map(|s| [s.0 as u32, (s.0 >> 32) as u32]));
        record.extend_from_slice(sketch.word_pairs);
        Entry(Cow::Owned(record))
    }

    fn wide(&self, at: usize) -> u64 {
        let [low, high] = [at, at + 1].map(|at| u64::from(self.0.get(at).copied().unwrap_or(0)));
        low | high << 32
    }

    fn rate(&self) -> usize {
        let rate = self.0.first().map_or(0, |&rate| rate as usize);
        rate.min(RATES.len() - 1)
    }

    fn weight(&self, rate: usize) -> u64 {
        self.wide(1 + rate * 2)
    }

    fn shared_end(&self) -> usize {
        let count = self
            .0
            .get(Self::HEAD - 1)
            .map_or(0, |&count| count as usize);
        (Self::HEAD + count * 2).min(self.0.len())
    }

    /// Its shingles that other documents have too, ascending.
    #[inline]
    pub fn shared(&self) -> impl Iterator<Item = Shared> {
        let words = self.0.get(Self::HEAD..self.shared_end());
        let two = words.unwrap_or_default().chunks_exact(2);
        two.map(|two| Shared(u64::from(two[0]) | u64::from(two[1]) << 32))
    }

    /// How many pairs of words it has at a rate.
    fn pair_count(&self, rate: usize) -> usize {
        let count = self.0.get(Self::PAIRS_AT + rate);
        count.map_or(0, |&count| count as usize)
    }

    /// Its pairs of words at a rate.
    fn word_pairs(&self, rate: usize) -> &[u32] {
        let start = self.shared_end();
        let pairs = self.0.get(start..start + self.pair_count(rate));
        pairs.unwrap_or_default()
    }

    /// The share of the smaller document's shingles that the other one has, by weight, in
    /// thousandths.
    pub fn containment(&self, other: &Self, rarity: Rarity) -> u32 {
        let rate = self.rate().max(other.rate());
        let (mut mine, mut theirs) = (self.shared(), other.shared());
        let (mut x, mut y, mut common) = (mine.next(), theirs.next(), 0);
        while let (Some(a), Some(b)) = (x, y) {
            if !is_sampled(a.0.max(b.0), rate) {
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
        (common * 1000 / self.weight(rate).min(other.weight(rate)).max(1)) as u32
    }

    fn bits(&self) -> &[u32] {
        let bits = Self::BITS_AT..Self::BITS_AT + Self::BITS;
        self.0.get(bits).unwrap_or_default()
    }

    /// The share of word pairs of the document with fewer that the other one has, in
    /// thousandths; `None` where there are too few to tell. Below `least` it may be said to be 0.
    pub fn word_pair_containment(&self, other: &Self, least: u32) -> Option<u32> {
        let rate = self.rate().max(other.rate());
        let (len_a, len_b) = (self.pair_count(rate), other.pair_count(rate));
        let fewer = len_a.min(len_b) as u32;
        if fewer < 8 {
            return None;
        }
        // One of them has all of its pairs here: a bit that the other lacks is a pair it lacks.
        let (whole, len, part) = if self.rate() == rate {
            (self, len_a, other)
        } else {
            (other, len_b, self)
        };
        let bits = whole.bits().iter().zip(part.bits());
        let lacks: u32 = bits
            .map(|(mine, theirs)| (mine & !theirs).count_ones())
            .sum();
        if (len as u32).saturating_sub(lacks) * 1000 < least * fewer {
            return Some(0);
        }
        let (a, b) = (self.word_pairs(rate), other.word_pairs(rate));
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
            common += u32::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        Some(common * 1000 / fewer)
    }
}

/// A sketch as it is kept until its shingles are counted: its rate, how many shingles it has at each
/// rate, and its pairs of words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'r> {
    rate: u32,
    shingles: [u32; RATES.len()],
    word_pairs: &'r [u32],
}

impl<'r> Counted<'r> {
    /// The record of a sketch.
    pub fn record(sketch: &Sketch) -> Vec<u32> {
        let at = |rate| sketch.shingles.partition_point(|&s| is_sampled(s, rate)) as u32;
        let mut record = Vec::with_capacity(1 + RATES.len() + sketch.word_pairs.len());
        record.push(sketch.rate as u32);
        record.extend((0..RATES.len()).map(at));
        record.extend_from_slice(&sketch.word_pairs);
        record
    }

    /// What a record holds.
    pub fn of(record: &'r [u32]) -> Self {
        match record {
            [rate, all, some, few, word_pairs @ ..] => Self {
                rate: *rate,
                shingles: [*all, *some, *few],
                word_pairs,
            },
            _ => Self {
                rate: 0,
                shingles: [0; RATES.len()],
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

    #[test]
    fn rarer_weighs_more() {
        let rarity = Rarity { documents: 1000 };
        let weights: Vec<u64> = [1, 2, 10, 100, 1000]
            .map(|n| rarity.weight_of_count(n))
            .into();
        assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
    }
}
