//! The hashes of words of ASCII letters.

use super::scan::mix;
use super::stats::MIX;

/// Number of places of [`Known`], as a power of two.
const PLACES: u32 = 12;

/// The hashes of short words that came before. Hashes go letter by letter; most words of a text are few
/// and come again and again.
#[derive(Debug)]
pub(super) struct Known(Box<[(u64, u64); 1 << PLACES]>);

impl Default for Known {
    fn default() -> Self {
        // No word is 0, and its hash would be 0.
        Self(Box::new([(0, 0); 1 << PLACES]))
    }
}

impl Known {
    /// The hash of the letters of a little-endian number up to its first zero.
    #[inline]
    pub(super) fn hash(&mut self, word: u64) -> u64 {
        let place = word.wrapping_mul(MIX) >> (u64::BITS - PLACES);
        let known = &mut self.0[place as usize & ((1 << PLACES) - 1)];
        if known.0 != word {
            *known = (word, hash(word));
        }
        known.1
    }
}

fn hash(word: u64) -> u64 {
    mix_all(0, word)
}

/// A hash that goes on with the letters of a little-endian number up to its first zero.
pub(super) fn mix_all(mut hash: u64, mut word: u64) -> u64 {
    while word != 0 {
        hash = mix(hash, word as u32 & 0xff);
        word >>= 8;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go_letter_by_letter() {
        let mut known = Known::default();
        let number = |word: &str| {
            let mut bytes = [0; 8];
            bytes[..word.len()].copy_from_slice(word.as_bytes());
            u64::from_le_bytes(bytes)
        };
        // More words than places, so that some take those of others.
        let words = (0..3 << PLACES).map(|n| format!("{n:x}").replace(char::is_numeric, "q"));
        for word in words {
            let plain = word.bytes().fold(0, |hash, byte| mix(hash, byte.into()));
            assert_eq!([(); 2].map(|()| known.hash(number(&word))), [plain; 2]);
            assert_eq!(mix_all(known.hash(number("abc")), number(&word)), {
                let word = format!("abc{word}");
                word.bytes().fold(0, |hash, byte| mix(hash, byte.into()))
            });
        }
    }
}
