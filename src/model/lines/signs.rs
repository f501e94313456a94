//! The characters of a line, written so that different ones read differently, and their hash.

use super::stats::MIX;
use crate::eight;

/// Characters, written so that different ones read differently.
#[derive(Debug, Default)]
pub(super) struct Signs {
    own: Written,
    /// The same with each number folded into one digit, from the first digit on.
    folded: Written,
    has_digits: bool,
}

/// Bytes that count, and room behind them.
#[derive(Debug, Default)]
struct Written {
    bytes: Vec<u8>,
    len: usize,
}

impl Written {
    fn begin(&mut self, most: usize) {
        if self.bytes.len() < most {
            self.bytes.resize(most, 0);
        }
        self.len = 0;
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    #[inline(always)]
    fn push_letters(&mut self, words: [u64; 2], len: usize) {
        if let Some(rest) = self.bytes.get_mut(self.len..)
            && let Some(places) = rest.first_chunk_mut::<16>()
        {
            let words = u128::from(words[1]) << 64 | u128::from(words[0]);
            *places = words.to_le_bytes();
            self.len += len;
        }
    }

    fn hash(&self) -> u64 {
        hash(&self.bytes[..self.len], &self.bytes)
    }
}

impl Signs {
    /// Makes room for the characters of `text`.
    pub(super) fn begin(&mut self, text: &str) {
        // A character takes at most three bytes, and at most twice as many as in UTF-8. Words are
        // written by sixteen.
        let most = text.len() * 2 + 16;
        self.own.begin(most);
        self.folded.begin(most);
        self.has_digits = false;
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        self.own.push(byte);
        if self.has_digits {
            self.folded.push(byte);
        }
    }

    /// The `len` characters of ASCII, at most sixteen, of two little-endian numbers.
    #[inline(always)]
    pub(super) fn push_letters(&mut self, words: [u64; 2], len: usize) {
        self.own.push_letters(words, len);
        if self.has_digits {
            self.folded.push_letters(words, len);
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
        self.fold(goes_on);
        self.has_digits = false;
        self.push_code(code);
        self.has_digits = true;
    }

    /// A number of `len` digits of ASCII, at most eight, as a little-endian number.
    pub(super) fn push_digits(&mut self, digits: u64, len: usize, goes_on: bool) {
        self.fold(goes_on);
        self.own.push_letters([digits, 0], len);
    }

    /// Folds a number that begins or goes on.
    fn fold(&mut self, goes_on: bool) {
        if !self.has_digits {
            self.has_digits = true;
            let Written { bytes, len } = &self.own;
            self.folded.bytes[..*len].copy_from_slice(&bytes[..*len]);
            self.folded.len = *len;
        }
        if !goes_on {
            self.folded.push(b'0');
        }
    }

    /// The hash of all characters, and the same with every number folded into one digit.
    pub(super) fn hashes(&self) -> (u64, u64) {
        let own = self.own.hash();
        match self.has_digits {
            true => (own, self.folded.hash()),
            false => (own, own),
        }
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
