//! Hashes of words: eight bytes at a time.

use crate::eight::{self, ascii_words, each};

/// What hashes begin with.
pub(super) const SEED: u64 = 0x243f_6a88_85a3_08d3;
/// Odd numbers without pattern to multiply by.
pub(super) const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];

/// Both halves of a product in one (the step of wyhash).
#[inline(always)]
pub(super) const fn fold(value: u64, factor: u64) -> u64 {
    let product = value as u128 * factor as u128;
    product as u64 ^ (product >> 64) as u64
}

/// Hash of the bytes of a token, none of them zero.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let steps = (0..bytes.len()).step_by(8);
    steps.fold(SEED, |hash, at| {
        fold(hash ^ eight::at(bytes, at), FACTORS[0])
    })
}

/// Hash of a word without its Latin letters beyond ASCII (U+0080–U+024F).
pub(super) fn skeleton_hash(word: &[u8], skeleton: &mut Vec<u8>) -> u64 {
    skeleton.clear();
    let mut skips = false;
    for &byte in word {
        if byte >= 0xc0 {
            // Lead bytes C2–C8 and C9 80–8F begin U+0080–U+024F; the few letters of C9 beyond
            // it are rare enough to go along.
            skips = byte <= 0xc9;
        } else if byte < 128 {
            skips = false;
        }
        if !skips {
            skeleton.push(byte);
        }
    }
    hash(skeleton)
}

/// A bijection of 64 bits that spreads every input bit (the finaliser of SplitMix64).
#[inline(always)]
pub(super) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// With how many ASCII letters and digits eight bytes begin, and these in lower case, zeros behind
/// them.
#[inline(always)]
pub(super) const fn ascii_run(chunk: u64) -> (usize, u64) {
    let is_other = !ascii_words(chunk) & each(0x80);
    let len = (is_other.trailing_zeros() / 8) as usize;
    (len, ascii_lower(chunk, len))
}

/// The first `len` of eight ASCII letters and digits in lower case, zeros behind them.
#[inline(always)]
pub(super) const fn ascii_lower(chunk: u64, len: usize) -> u64 {
    let lower = chunk | each(0x20);
    if len < 8 {
        lower & !(u64::MAX << (8 * len))
    } else {
        lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn eight_bytes_are_looked_at_at_once(bytes in proptest::array::uniform8(0_u8..)) {
            let len = bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(8);
            let mut lower = [0; 8];
            lower[..len].copy_from_slice(&bytes[..len]);
            lower.make_ascii_lowercase();
            proptest::prop_assert_eq!(ascii_run(u64::from_le_bytes(bytes)), (len, u64::from_le_bytes(lower)));
        }
    }
}
