//! Two texts word by word: what one repeats of the other, and where slots were filled.

use std::ops::Range;

use super::scan::{Scan, Token, mix};
use super::shingles::{Rarity, each_shingle};

/// Words that must be equal in a row to begin a match.
const SEED: usize = 4;
/// Words on either side of a gap that may be one place written differently.
const GAP: usize = 48;
/// From this likeness (thousandths of common letter pairs) on, a gap is noise: OCR, spelling.
const ALIKE: u32 = 550;
/// Filled slots per thousand repeated words from which on two texts are one template.
const SLOTS: u32 = 65;
/// A document joins a survivor that it was not directly linked to from this score on.
const JOIN: u32 = 300;
/// Fewer repeated words are no evidence.
const WORDS: usize = 8;

/// What a comparison found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Weighted share of the smaller text that the other repeats, in thousandths.
    pub score: u32,
    /// The pair is evidence for a cluster.
    pub links: bool,
    /// The pair may be survivor and copy in a cluster that others have linked.
    pub joins: bool,
}

/// A text to compare.
#[derive(Debug)]
pub(super) struct Side {
    scan: Scan,
    tokens: Vec<Token>,
    weights: Vec<u64>,
}

impl Side {
    /// The tokens `kept` of a scanned text, weighted by the rarity of the last sampled shingle.
    pub fn new(scan: Scan, kept: Vec<u32>, rarity: &Rarity) -> Self {
        let tokens: Vec<Token> = kept.iter().map(|&at| scan.tokens[at as usize]).collect();
        let mut weights = vec![0; tokens.len()];
        each_shingle(tokens.iter().map(|token| token.hash), |at, shingle| {
            if Rarity::has(shingle) {
                weights[at] = rarity.weight(shingle);
            }
        });
        let default = rarity.weight_of_count(1);
        let mut last = weights.iter().copied().find(|&w| w > 0).unwrap_or(default);
        for weight in &mut weights {
            if *weight == 0 {
                *weight = last;
            }
            last = *weight;
        }
        Self {
            scan,
            tokens,
            weights,
        }
    }

    fn hash(&self, at: usize) -> u32 {
        self.tokens[at].hash
    }

    fn seed(&self, at: usize) -> Option<[u32; SEED]> {
        let tokens = self.tokens.get(at..at + SEED)?;
        Some(std::array::from_fn(|i| tokens[i].hash))
    }

    fn bytes(&self, from: usize, to: usize) -> &[u8] {
        match (self.tokens.get(from), self.tokens.get(to.wrapping_sub(1))) {
            (Some(&first), Some(&last)) => self.scan.bytes(Token {
                end: last.end,
                ..first
            }),
            _ => &[],
        }
    }

    fn has_number(&self, from: usize, to: usize) -> bool {
        self.tokens[from..to]
            .iter()
            .any(|&token| self.scan.is_number(token))
    }

    fn share(&self, covered: &[bool]) -> (u64, u64, usize) {
        let mut share = (0, 0, 0);
        for (&weight, &is_covered) in self.weights.iter().zip(covered) {
            share.1 += weight;
            if is_covered {
                share.0 += weight;
                share.2 += 1;
            }
        }
        share
    }
}

/// Judges pairs of texts.
pub(super) struct Judge {
    pub threshold: u32,
}

/// A run of equal words: where it begins in both texts, and its length.
#[derive(Debug, Clone, Copy)]
struct Run {
    a: usize,
    b: usize,
    len: usize,
}

impl Judge {
    /// Compares two texts.
    pub fn compare(&self, a: &Side, b: &Side) -> Verdict {
        let runs = runs(a, b);
        let mut covered_a = vec![false; a.tokens.len()];
        let mut covered_b = vec![false; b.tokens.len()];
        let mut cover = |in_a: Range<usize>, in_b: Range<usize>| {
            covered_a[in_a].fill(true);
            covered_b[in_b].fill(true);
        };
        let mut slots = 0;
        for gap in gaps(&runs, a.tokens.len(), b.tokens.len()) {
            slots += fill_gap(a, b, gap, &mut cover);
        }
        for run in &runs {
            cover(run.a..run.a + run.len, run.b..run.b + run.len);
        }
        self.verdict(a.share(&covered_a), b.share(&covered_b), slots)
    }

    fn verdict(&self, a: (u64, u64, usize), b: (u64, u64, usize), slots: u32) -> Verdict {
        let (covered, total, words) = if a.1 <= b.1 { a } else { b };
        if words < WORDS {
            return Verdict::default();
        }
        let score = (covered * 1000 / total.max(1)) as u32;
        let is_template = u64::from(slots) * 1000 > u64::from(SLOTS) * words as u64;
        Verdict {
            score,
            links: score >= self.threshold && !is_template,
            joins: score >= JOIN.min(self.threshold) && !is_template,
        }
    }
}

/// Maximal runs of equal words, in the order of `b`, that do not overlap in `b`.
fn runs(a: &Side, b: &Side) -> Vec<Run> {
    let places = Places::new(a);
    let mut runs: Vec<Run> = Vec::new();
    let (mut free, mut at) = (0, 0);
    while let Some(seed) = b.seed(at) {
        let Some(place) = places.find(a, seed) else {
            at += 1;
            continue;
        };
        let back = (1..=place.min(at - free))
            .take_while(|&i| a.hash(place - i) == b.hash(at - i))
            .count();
        let on = (SEED..(a.tokens.len() - place).min(b.tokens.len() - at))
            .take_while(|&i| a.hash(place + i) == b.hash(at + i))
            .count();
        runs.push(Run {
            a: place - back,
            b: at - back,
            len: back + SEED + on,
        });
        at += SEED + on;
        free = at;
    }
    runs
}

/// Where each seed stands first in a text: an open hash table of places.
struct Places {
    slots: Vec<u32>,
}

impl Places {
    const FREE: u32 = u32::MAX;

    fn new(side: &Side) -> Self {
        let size = (side.tokens.len() * 2).next_power_of_two();
        let mut places = Self {
            slots: vec![Self::FREE; size],
        };
        for at in (0..side.tokens.len()).rev() {
            if let Some(seed) = side.seed(at) {
                let slot = places.slot(side, seed);
                places.slots[slot] = at as u32;
            }
        }
        places
    }

    /// The slot of a seed, or the free one where it belongs.
    fn slot(&self, side: &Side, seed: [u32; SEED]) -> usize {
        let [a, b, c, d] = seed.map(u64::from);
        let mask = self.slots.len() - 1;
        let mut slot = mix((a << 32 | b) ^ (c << 32 | d).rotate_left(17)) as usize & mask;
        while self.slots[slot] != Self::FREE && side.seed(self.slots[slot] as usize) != Some(seed) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn find(&self, side: &Side, seed: [u32; SEED]) -> Option<usize> {
        let place = self.slots[self.slot(side, seed)];
        (place != Self::FREE).then_some(place as usize)
    }
}

/// The words between two matches, in both texts; neither range is empty.
#[derive(Debug, Clone)]
struct Gap {
    a: Range<usize>,
    b: Range<usize>,
}

/// The gaps between `runs`, and before the first and after the last, that are short enough to be
/// one place written differently.
fn gaps(runs: &[Run], end_a: usize, end_b: usize) -> impl Iterator<Item = Gap> {
    let edge = |a, b| Run { a, b, len: 0 };
    let before = std::iter::once(edge(0, 0)).chain(runs.iter().copied());
    let after = runs.iter().copied().chain([edge(end_a, end_b)]);
    before
        .zip(after)
        .map(|(one, two)| Gap {
            a: one.a + one.len..two.a,
            b: one.b + one.len..two.b,
        })
        .filter(|gap| (1..=GAP).contains(&gap.a.len()) && (1..=GAP).contains(&gap.b.len()))
}

/// Aligns the words of a gap, covers what is equal or noise, and counts the filled slots.
fn fill_gap(
    a: &Side,
    b: &Side,
    gap: Gap,
    cover: &mut impl FnMut(Range<usize>, Range<usize>),
) -> u32 {
    let mut slots = 0;
    let (mut from_a, mut from_b) = (gap.a.start, gap.b.start);
    let equal = equal_words(a, b, &gap);
    for (to_a, to_b) in equal.into_iter().chain([(gap.a.end, gap.b.end)]) {
        let (in_a, in_b) = (from_a..to_a, from_b..to_b);
        if !in_a.is_empty() && !in_b.is_empty() {
            if is_slot(a, in_a.clone(), b, in_b.clone()) {
                slots += 1;
            } else {
                cover(in_a, in_b);
            }
        }
        if to_a < gap.a.end && to_b < gap.b.end {
            cover(to_a..to_a + 1, to_b..to_b + 1);
        }
        (from_a, from_b) = (to_a + 1, to_b + 1);
    }
    slots
}

/// The longest common subsequence of the words of a gap.
fn equal_words(a: &Side, b: &Side, gap: &Gap) -> Vec<(usize, usize)> {
    let (rows, columns) = (gap.a.len(), gap.b.len());
    // longest[i][j]: how many words the tails from i and j have in common.
    let mut longest = [[0_u8; GAP + 1]; GAP + 1];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            longest[i][j] = if a.hash(gap.a.start + i) == b.hash(gap.b.start + j) {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut equal = Vec::new();
    while i < rows && j < columns {
        if a.hash(gap.a.start + i) == b.hash(gap.b.start + j) {
            equal.push((gap.a.start + i, gap.b.start + j));
            i += 1;
            j += 1;
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    equal
}

/// Whether two differing places hold different things (a filled slot) and not one thing written
/// differently.
fn is_slot(a: &Side, in_a: Range<usize>, b: &Side, in_b: Range<usize>) -> bool {
    if a.has_number(in_a.start, in_a.end) && b.has_number(in_b.start, in_b.end) {
        return true;
    }
    let letters = |side: &Side, range: Range<usize>| -> Vec<u8> {
        let bytes = side.bytes(range.start, range.end).iter();
        bytes.copied().filter(|&byte| byte != b' ').collect()
    };
    let (a, b) = (letters(a, in_a), letters(b, in_b));
    // One letter of a short word has no pair in common with its twin.
    let is_one_off = a.len() == b.len() && a.iter().zip(&b).filter(|(x, y)| x != y).count() <= 1;
    !is_one_off && likeness(&a, &b) < ALIKE
}

/// The share of letter pairs that two words have in common (Dice's coefficient), in thousandths.
fn likeness(a: &[u8], b: &[u8]) -> u32 {
    let pairs = |bytes: &[u8]| {
        let mut pairs: Vec<[u8; 2]> = bytes.windows(2).map(|w| [w[0], w[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let (a, b) = (pairs(a), pairs(b));
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    (2000 * common / (a.len() + b.len())) as u32
}
