//! The characters of a line, written so that different ones read differently, and their hash.

use super::stats::MIX;

/// Characters, written so that different ones read differently.
#[derive(Debug, Default)]
pub(super) struct Signs {
    pub bytes: Vec<u8>,
    pub len: usize,
}

impl Signs {
    /// Makes room for the characters of `text`.
    pub(super) fn begin(&mut self, text: &str) {
        // A character takes at most three bytes, and at most twice as many as in UTF-8.
        let most = text.len() * 2;
        if self.bytes.len() < most {
            self.bytes.resize(most, 0);
        }
        self.len = 0;
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
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

    pub(super) fn hash(&self) -> u64 {
        let (words, rest) = self.bytes[..self.len].as_chunks::<8>();
        let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(MIX);
        let hash = words
            .iter()
            .fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        mix(hash, u64::from_le_bytes(last))
    }
}
