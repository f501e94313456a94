//! A set of hashes that may say yes too often and never no too often.

/// Bits per hash, at least: so few hashes that are not in the set seem to be.
const SPARSE: usize = 16;
const MIN_BITS: u32 = 10;
const MAX_BITS: u32 = 24;
/// The golden ratio times 2^64: multiplied by it, the upper bits of a hash depend on all.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Debug)]
pub(super) struct Filter {
    words: Vec<u64>,
    shift: u32,
}

impl Filter {
    pub(super) fn new(hashes: &[u64]) -> Self {
        let bits = (hashes.len() * SPARSE).next_power_of_two().trailing_zeros();
        let bits = bits.clamp(MIN_BITS, MAX_BITS);
        let mut filter = Self {
            words: vec![0; 1 << (bits - 6)],
            shift: 64 - bits,
        };
        for &hash in hashes {
            let (word, bit) = filter.place(hash);
            filter.words[word] |= bit;
        }
        filter
    }

    pub(super) fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        let at = hash.wrapping_mul(SPREAD) >> self.shift;
        ((at >> 6) as usize, 1 << (at & 63))
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
        assert!(wrong.count() < 500);
        assert!(!Filter::new(&[]).may_have(7));
    }
}
