//! What is known of a document beside its words, as flat records that can lie on disk: while its
//! shingles are being counted, and then.

use std::borrow::Cow;

use super::rarity::Rarity;
use super::shingles::{PAIR_RATES, RATES, Shared, Sketch, is_sampled};

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
