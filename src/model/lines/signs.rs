//! The characters of a line, written so that different ones read differently, and their hash.

use super::stats::MIX;
use crate::eight;

/// Characters, written so that different ones read differently.
#[derive(Debug, Default)]
pub(super) struct Signs {
    bytes: Vec<u8>,
    pub len: usize,
    digits: Vec<Digit>,
    /// The same with each number folded into one digit.
    folded: Vec<u8>,
}

/// A digit among the characters.
#[derive(Debug)]
struct Digit {
    from: usize,
    to: usize,
    /// Whether it goes on with a number.
    goes_on: bool,
}

impl Signs {
    /// Makes room for the characters of `text`.
    pub(super) fn begin(&mut self, text: &str) {
        // A character takes at most three bytes, and at most twice as many as in UTF-8. Words are
        // written by eight.
        let most = text.len() * 2 + 8;
        if self.bytes.len() < most {
            self.bytes.resize(most, 0);
        }
        self.len = 0;
        self.digits.clear();
    }

    /// The room that is left.
    #[inline]
    pub(super) fn rest(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.len..).unwrap_or_default()
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    /// The `len` characters of ASCII, at most eight, of a little-endian number.
    #[inline]
    pub(super) fn push_word(&mut self, word: u64, len: usize) {
        if let Some(rest) = self.bytes.get_mut(self.len..)
            && let Some(place) = rest.first_chunk_mut()
        {
            *place = word.to_le_bytes();
            self.len += len;
        }
    }

    #[inline]
    pub(super) fn push_code(&mut self, code: u32) {
        if code < 0x80 {
            return self.push(code as u8);
        }
        for shift in [0, 7, 14] {
            self.push((code >> shift) as u8 | 0x80);
        }
    }

    /// A digit; `goes_on` says that the character before is one as well.
    pub(super) fn push_digit(&mut self, code: u32, goes_on: bool) {
        let from = self.len;
        self.push_code(code);
        self.digits.push(Digit {
            from,
            to: self.len,
            goes_on,
        });
    }

    /// The hash of all characters, and the same with every number folded into one digit.
    pub(super) fn hashes(&mut self) -> (u64, u64) {
        let all = &self.bytes[..self.len];
        let own = hash(all, &self.bytes);
        if self.digits.is_empty() {
            return (own, own);
        }
        self.folded.clear();
        let mut at = 0;
        for digit in &self.digits {
            self.folded.extend_from_slice(&all[at..digit.from]);
            if !digit.goes_on {
                self.folded.push(b'0');
            }
            at = digit.to;
        }
        self.folded.extend_from_slice(&all[at..]);
        (own, hash(&self.folded, &self.folded))
    }
}

/// The hash of `bytes`, with which `room` begins.
fn hash(bytes: &[u8], room: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(MIX);
    let hash = words
        .iter()
        .fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = eight::at(room, words.len() * 8);
    mix(hash, last & !(u64::MAX << (8 * rest.len())))
}
