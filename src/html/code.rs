//! Numbers written as short strings, so that they pass through the tree construction.
//!
//! The tree construction looks at characters only to tell white space from the rest (and at
//! a line feed first in `pre`). So a text run is handed to it as the number of the run,
//! written in characters of the same class; a string of up to eight bytes needs no memory.

use html5ever::tendril::StrTendril;

/// Six bits per byte, none of them white space, NUL or a letter that means anything.
const DIGITS: u8 = 0x40;
/// Two bits per byte; a line feed is not among them.
const SPACES: [u8; 4] = [b' ', b'\t', 0x0c, b'\r'];

/// Writes `number` as white space or as other characters.
pub(super) fn write(number: u32, white: bool) -> StrTendril {
    let mut buffer = [0u8; 16];
    let mut len = 0;
    let mut rest = number;
    let bits = if white { 2 } else { 6 };
    while len == 0 || rest != 0 {
        let digit = (rest & ((1 << bits) - 1)) as u8;
        buffer[len] = match white {
            true => SPACES[digit as usize],
            false => DIGITS + digit,
        };
        rest >>= bits;
        len += 1;
    }
    StrTendril::from_slice(std::str::from_utf8(&buffer[..len]).unwrap_or_default())
}

/// Reads what [`write`] wrote.
pub(super) fn read(text: &str) -> u32 {
    text.bytes().rev().fold(0, |number, byte| match byte {
        b' ' => number << 2,
        b'\t' => number << 2 | 1,
        0x0c => number << 2 | 2,
        b'\r' => number << 2 | 3,
        _ => number << 6 | u32::from(byte.wrapping_sub(DIGITS) & 63),
    })
}

/// Writes 56 bits of a hash in eight bytes.
pub(super) fn write_hash(hash: u64) -> StrTendril {
    let mut buffer = [0u8; 8];
    for (place, byte) in buffer.iter_mut().enumerate() {
        *byte = (hash >> (7 * place)) as u8 & 0x7f;
    }
    StrTendril::from_slice(std::str::from_utf8(&buffer).unwrap_or_default())
}

/// Reads what [`write_hash`] wrote.
pub(super) fn read_hash(text: &str) -> u64 {
    text.bytes()
        .rev()
        .fold(0, |hash, byte| hash << 7 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_in_their_class() {
        for number in [0, 1, 63, 64, 65535, 65536, 1 << 24, u32::MAX] {
            let white = write(number, true);
            assert!(white.bytes().all(|b| b.is_ascii_whitespace() && b != b'\n'));
            assert_eq!(read(&white), number);
            let black = write(number, false);
            assert!(black.len() <= 6 && !black.bytes().any(|b| b.is_ascii_whitespace()));
            assert_eq!(read(&black), number);
        }
        let hash = 0x00ff_1234_5678_9abc & ((1 << 56) - 1);
        assert_eq!(read_hash(&write_hash(hash)), hash);
    }
}
