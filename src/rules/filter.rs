//! What is found by hashes of a few lengths: a filter that may say yes too often and never no too
//! often, and a table behind it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

/// Bits per hash, at least: so few hashes that are not in the set seem to be.
const SPARSE: usize = 16;
const MIN_BITS: u32 = 10;
const MAX_BITS: u32 = 24;
/// An odd number without a pattern (of xxHash): the upper bits of a product depend on all.
const SPREAD: u64 = 0x9e37_79b1_85eb_ca87;

#[derive(Debug)]
pub(super) struct Filter {
    words: Vec<u64>,
    shift: u32,
}

impl Filter {
    pub(super) fn new(hashes: &[u64]) -> Self {
        let bits = (hashes.len() * SPARSE).next_power_of_two().trailing_zeros();
        let bits = bits.clamp(MIN_BITS, MAX_BITS) - 6;
        let mut filter = Self {
            words: vec![0; 1 << bits],
            shift: 64 - bits,
        };
        for &hash in hashes {
            let (word, bits) = filter.place(hash);
            filter.words[word] |= bits;
        }
        filter
    }

    #[inline]
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let (word, bits) = self.place(hash);
        self.words.get(word).is_some_and(|word| word & bits == bits)
    }

    /// Two bits of one word.
    #[inline]
    fn place(&self, hash: u64) -> (usize, u64) {
        let hash = hash.wrapping_mul(SPREAD);
        let bits = 1 << (hash >> 32 & 63) | 1 << (hash >> 38 & 63);
        ((hash >> self.shift) as usize, bits)
    }
}

/// Numbers of items that things are known by: a few, because each is looked for.
pub(super) const LENGTHS: [usize; 4] = [8, 4, 2, 1];

/// The number of items that something with `items` of them is known by.
pub(super) fn known_by(items: usize) -> usize {
    LENGTHS.into_iter().find(|&len| len <= items).unwrap_or(0)
}

/// Numbers of rules or patterns, by hashes of what lines hold.
#[derive(Debug)]
pub(super) struct Index {
    /// Where what a hash stands for begins and ends.
    by_hash: FxHashMap<u64, (u32, u32)>,
    found: Vec<usize>,
    filter: Filter,
}

impl Index {
    /// An index of (hash, what is found).
    pub(super) fn new(entries: Vec<(u64, usize)>) -> Self {
        let hashes: Vec<u64> = entries.iter().map(|(hash, _)| *hash).collect();
        let mut lists: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (hash, at) in entries {
            lists.entry(hash).or_default().push(at);
        }
        let (mut by_hash, mut found) = (FxHashMap::default(), Vec::new());
        for (hash, list) in lists {
            let from = found.len() as u32;
            found.extend(list);
            by_hash.insert(hash, (from, found.len() as u32));
        }
        Self {
            by_hash,
            found,
            filter: Filter::new(&hashes),
        }
    }

    /// What a hash stands for; other hashes may stand for it as well.
    #[inline]
    pub(super) fn get(&self, hash: u64) -> &[usize] {
        if self.filter.may_have(hash) {
            self.find(hash)
        } else {
            &[]
        }
    }

    #[inline(never)]
    fn find(&self, hash: u64) -> &[usize] {
        let range = self.by_hash.get(&hash);
        let found = range.and_then(|&(from, to)| self.found.get(from as usize..to as usize));
        found.unwrap_or_default()
    }
}

/// Bits of a place in [`Runs::lens`].
const PLACE_BITS: u32 = 12;

/// An index by the items that lines begin or end with, [`LENGTHS`] of them, a byte each.
#[derive(Debug)]
pub(super) struct Runs {
    index: Index,
    /// By the first two items: a bit for each of [`LENGTHS`] of which there are runs that begin so.
    lens: Box<[u8]>,
}

impl Runs {
    /// An index of (items, the first in the lowest byte, what is found).
    pub(super) fn new(entries: Vec<(u64, usize)>) -> Self {
        let mut lens = vec![0; 1 << PLACE_BITS];
        for (run, _) in &entries {
            let bit = LENGTHS.iter().position(|&len| len == items_in(*run));
            let bit = bit.map_or(0, |bit| 1 << bit);
            if items_in(*run) > 1 {
                lens[place(*run)] |= bit;
            } else {
                (0..=0xff).for_each(|next| lens[place(*run | next << 8)] |= bit);
            }
        }
        Self {
            index: Index::new(entries),
            lens: lens.into(),
        }
    }

    /// Calls `each` with what the first items of a line stand for, whatever their number.
    #[inline]
    pub(super) fn each(&self, items: u64, mut each: impl FnMut(usize)) {
        let mut lens = self.lens.get(place(items)).copied().unwrap_or(0);
        while lens != 0 {
            let len = LENGTHS.get(lens.trailing_zeros() as usize);
            lens &= lens - 1;
            let run = len.and_then(|&len| first_items(items, len));
            let found = run.map_or(&[][..], |run| self.index.get(run));
            found.iter().for_each(|&at| each(at));
        }
    }
}

/// The first `len` of a run of items, if it has so many.
pub(super) fn first_items(items: u64, len: usize) -> Option<u64> {
    let run = items & u64::MAX.checked_shr(u64::BITS - 8 * len as u32)?;
    (items_in(run) == len).then_some(run)
}

/// How many items a run has.
fn items_in(run: u64) -> usize {
    (u64::BITS - run.leading_zeros()).div_ceil(8) as usize
}

/// Where the lengths of runs stand that begin like this one.
#[inline]
fn place(items: u64) -> usize {
    ((items & 0xffff).wrapping_mul(SPREAD) >> (u64::BITS - PLACE_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_all_runs_that_it_begins_with() {
        let run = |text: &str| {
            let bytes = text.bytes().rev();
            bytes.fold(0_u64, |run, byte| run << 8 | u64::from(byte))
        };
        let runs = ["a", "ab", "abcd", "abcdefgh", "abce", "b"];
        let entries = runs.iter().enumerate().map(|(at, text)| (run(text), at));
        let index = Runs::new(entries.collect());
        for (line, found) in [
            ("abcdefgh", &[3, 2, 1, 0][..]),
            ("abcefghi", &[4, 1, 0]),
            ("ab", &[1, 0]),
            ("b", &[5]),
            ("bcdefghi", &[5]),
            ("cab", &[]),
            ("", &[]),
        ] {
            let mut all = Vec::new();
            index.each(run(line), |at| all.push(at));
            assert_eq!(all, found, "{line}");
        }
    }

    #[test]
    fn what_is_in_is_found_and_little_else() {
        let hashes: Vec<u64> = (0..5000).map(|n: u64| n.pow(3)).collect();
        let filter = Filter::new(&hashes);
        assert!(hashes.iter().all(|&hash| filter.may_have(hash)));
        let wrong = (0..5000).filter(|n: &u64| filter.may_have(n.pow(3) + 1));
        assert!(wrong.count() < 100);
        assert!(!Filter::new(&[]).may_have(7));
    }
}
