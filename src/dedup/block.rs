//! What 64 bytes of text are, a bit for each: all are looked at before any is taken.

use crate::eight::{self, ascii_words, each, upper_bits, zeros};

/// What the bytes at a place are; the lowest bit is the first byte.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Block {
    /// Where it begins.
    pub at: usize,
    /// ASCII letters and digits.
    pub word: u64,
    /// Line feeds.
    pub line_end: u64,
    /// Bytes beyond ASCII.
    pub wide: u64,
}

impl Block {
    /// Bytes in a block.
    pub const LEN: usize = 64;

    /// The block at a place; behind the end of the text there is nothing.
    pub fn new(bytes: &[u8], at: usize) -> Self {
        let mut block = Self {
            at,
            ..Self::default()
        };
        for (number, from) in (at..at + Self::LEN).step_by(8).enumerate() {
            let chunk = eight::at(bytes, from);
            let bits = |of: u64| upper_bits(of) << (8 * number);
            block.word |= bits(ascii_words(chunk));
            block.line_end |= bits(zeros(chunk ^ each(b'\n')));
            block.wide |= bits(chunk);
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn each_bit_is_that_of_its_byte(
            bytes in proptest::collection::vec(
                proptest::prop_oneof![proptest::prelude::any::<u8>(), proptest::sample::select(b"\n\x0bazAZ09`{/:@[".to_vec())],
                0..90,
            ),
            at in 0_usize..30,
        ) {
            let block = Block::new(&bytes, at);
            for n in 0..Block::LEN {
                let byte = bytes.get(at + n).copied().unwrap_or(0);
                let found = [block.word, block.line_end, block.wide].map(|bits| bits >> n & 1 == 1);
                proptest::prop_assert_eq!(found, [byte.is_ascii_alphanumeric(), byte == b'\n', byte >= 128]);
            }
        }
    }
}
