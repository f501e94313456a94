//! What is found by hashes of a few lengths: a filter that may say yes too often and never no too
//! often, and a table behind it.

use rustc_hash::FxHashMap;

/// Bits per hash, at least: so few hashes that are not in the set seem to be.
const SPARSE: usize = 32;
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
const LENGTHS: [usize; 4] = [8, 4, 2, 1];

/// The number of items that something with `items` of them is known by.
pub(super) fn known_by(items: usize) -> usize {
    LENGTHS.into_iter().find(|&len| len <= items).unwrap_or(0)
}

/// Numbers of rules or patterns, by hashes of the items that lines begin or end with.
#[derive(Debug)]
pub(super) struct Index {
    by_hash: FxHashMap<u64, Vec<usize>>,
    filter: Filter,
    /// The numbers of items that hashes are made of.
    lens: Vec<usize>,
}

impl Index {
    /// An index of (number of items, their hash, what is found), the numbers from [`LENGTHS`].
    pub(super) fn new(entries: Vec<(usize, u64, usize)>) -> Self {
        let hashes: Vec<u64> = entries.iter().map(|(_, hash, _)| *hash).collect();
        let mut lens: Vec<usize> = entries.iter().map(|(len, ..)| *len).collect();
        lens.sort_unstable();
        lens.dedup();
        let mut by_hash: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        for (_, hash, at) in entries {
            by_hash.entry(hash).or_default().push(at);
        }
        Self {
            by_hash,
            filter: Filter::new(&hashes),
            lens,
        }
    }

    /// Adds what the hashes of runs of items stand for to `all`; `hash` gives that of a length.
    #[inline]
    pub(super) fn all_of(&self, hash: impl Fn(usize) -> Option<u64>, all: &mut Vec<usize>) {
        for &len in &self.lens {
            let Some(hash) = hash(len) else {
                // A line that has not so many items has not more, either.
                return;
            };
            if self.filter.may_have(hash) {
                all.extend_from_slice(self.find(hash));
            }
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

    #[cold]
    #[inline(never)]
    fn find(&self, hash: u64) -> &[usize] {
        self.by_hash.get(&hash).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
