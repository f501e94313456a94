//! Two texts word by word: what one repeats of the other, and where slots were filled.

use rustc_hash::FxHashMap;

use super::scan::{Scan, Token};
use super::shingles::{Rarity, each_shingle, is_sampled};

/// Words that must be equal in a row to begin a match.
const SEED: usize = 4;
/// Words on either side of a gap that may be one place written differently.
const GAP: usize = 16;
/// From this likeness (thousandths of common letter pairs) on, a gap is noise: OCR, spelling.
const ALIKE: u32 = 550;
/// Filled slots per thousand repeated words from which on two texts are one template.
const SLOTS: u32 = 45;
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
            if is_sampled(shingle) {
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
        let mut cover = |run: Run, other: usize| {
            covered_a[run.a..run.a + run.len].fill(true);
            covered_b[run.b..run.b + other].fill(true);
        };
        let mut slots = 0_u32;
        for pair in runs.windows(2) {
            let (from_a, from_b) = (pair[0].a + pair[0].len, pair[0].b + pair[0].len);
            let (to_a, to_b) = (pair[1].a, pair[1].b);
            if from_a >= to_a || from_b >= to_b || to_a - from_a > GAP || to_b - from_b > GAP {
                continue;
            }
            if is_slot(a, from_a..to_a, b, from_b..to_b) {
                slots += 1;
            } else {
                let gap = Run {
                    a: from_a,
                    b: from_b,
                    len: to_a - from_a,
                };
                cover(gap, to_b - from_b);
            }
        }
        for &run in &runs {
            cover(run, run.len);
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
    let mut places = FxHashMap::default();
    for at in (0..a.tokens.len()).rev() {
        if let Some(seed) = a.seed(at) {
            places.insert(seed, at);
        }
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut free = 0;
    let mut at = 0;
    while let Some(seed) = b.seed(at) {
        let Some(&place) = places.get(&seed) else {
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

/// Whether the words between two matches are different things (a filled slot) and not one thing
/// written differently.
fn is_slot(a: &Side, in_a: std::ops::Range<usize>, b: &Side, in_b: std::ops::Range<usize>) -> bool {
    if a.has_number(in_a.start, in_a.end) && b.has_number(in_b.start, in_b.end) {
        return true;
    }
    likeness(a.bytes(in_a.start, in_a.end), b.bytes(in_b.start, in_b.end)) < ALIKE
}

/// The share of letter pairs that two strings have in common (Dice's coefficient), spaces left
/// out, in thousandths.
fn likeness(a: &[u8], b: &[u8]) -> u32 {
    let pairs = |bytes: &[u8]| {
        let letters: Vec<u8> = bytes.iter().copied().filter(|&b| b != b' ').collect();
        let mut pairs: Vec<[u8; 2]> = letters.windows(2).map(|w| [w[0], w[1]]).collect();
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
