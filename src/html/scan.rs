//! Short searches in the bytes of a page: most of what is looked for is near, where the call of a
//! search for what is far costs more than the search.

use memchr::memchr;

use super::lex::{CLASS, is_space};
use crate::eight::{self, each};

const LOW: u64 = each(0x01);
const HIGH: u64 = each(0x80);
/// All bytes that end a name are smaller.
const NAME_LIMIT: u64 = each(b'?');

/// The first `len` bytes of a window, 0 behind them.
#[inline]
pub(super) const fn first_bytes(window: u64, len: usize) -> u64 {
    match len {
        0..8 => window & ((1 << (8 * len)) - 1),
        _ => window,
    }
}

/// The place of a number in a table of a power of two.
#[inline]
pub(super) const fn place(key: u64, places: usize) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - places.ilog2())) as usize
}

/// The first eight bytes of a name as a window, 0 behind it.
pub(super) const fn lead(name: &str) -> u64 {
    let (bytes, mut window, mut at) = (name.as_bytes(), 0, 0);
    while at < bytes.len() && at < 8 {
        window |= (bytes[at] as u64) << (8 * at);
        at += 1;
    }
    window
}

/// Windows that are looked at before a search for what is far begins.
const NEAR: usize = 6;

/// Where `byte` stands next, from `at` on.
#[inline]
pub(super) fn find(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let all = u64::from(byte) * LOW;
    let mut at = at;
    for _ in 0..NEAR {
        let Some(window) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else {
            break;
        };
        // The lowest bit is that of the first byte that is equal.
        let others = u64::from_le_bytes(*window) ^ all;
        let equal = others.wrapping_sub(LOW) & !others & HIGH;
        if equal != 0 {
            return Some(at + equal.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    find_far(bytes, at, byte)
}

#[inline(never)]
fn find_far(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    memchr(byte, bytes.get(at..)?).map(|found| at + found)
}

/// Where the white space from `at` on ends.
#[inline]
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at)
        && is_space(byte)
    {
        // Indentation is many times the same.
        let others = eight::at(bytes, at) ^ (u64::from(byte) * LOW);
        at += others.trailing_zeros() as usize / 8;
    }
    at
}

/// Where the name that begins at `from` ends, with a byte of `class`; its first byte is none.
/// `window` are the bytes at `from`.
#[inline]
pub(super) fn name_end(bytes: &[u8], from: usize, window: u64, class: u8) -> Option<usize> {
    let mut at = from;
    let mut below = below_limit(window) & !0xff;
    loop {
        while below != 0 {
            let here = at + below.trailing_zeros() as usize / 8;
            if CLASS[usize::from(*bytes.get(here)?)] & class != 0 {
                return Some(here);
            }
            below &= below - 1;
        }
        at += 8;
        below = below_limit(eight::at(bytes, at));
    }
}

/// The highest bits of bytes below the limit of names: the lowest such bit is right, those above it
/// may not be.
#[inline]
const fn below_limit(window: u64) -> u64 {
    window.wrapping_sub(NAME_LIMIT) & !window & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::lex::{ATTR_NAME_END, SPACE, TAG_NAME_END};

    /// Every short text of a few bytes that matter, at every place near the end and far from it.
    fn texts() -> impl Iterator<Item = Vec<u8>> {
        let bytes = *b"a- =/>?\n\r\t\"\0\x0c\xff";
        let long = (0..100usize).map(move |n| (0..n).map(|i| bytes[i * n % 13]).collect());
        let runs =
            (0..40usize).map(|n| [vec![b' '; n], vec![b'\n'; n % 9], vec![b'x'; 20]].concat());
        long.chain(runs)
    }

    #[test]
    fn searches_find_what_loops_find() {
        for text in texts() {
            for at in 0..=text.len() {
                let place = |is: &dyn Fn(&u8) -> bool| text[at..].iter().position(is);
                for byte in [b'a', b'"', b'=', 0, 0xff] {
                    let wanted = place(&|&other| other == byte).map(|found| at + found);
                    assert_eq!(find(&text, at, byte), wanted, "{text:?}");
                }
                for class in [TAG_NAME_END, ATTR_NAME_END, SPACE] {
                    let ends = |&other: &u8| CLASS[usize::from(other)] & class != 0;
                    let behind = text.get(at + 1..).unwrap_or_default();
                    let wanted = behind.iter().position(ends).map(|found| at + 1 + found);
                    let first = eight::at(&text, at);
                    assert_eq!(name_end(&text, at, first, class), wanted, "{text:?}");
                }
                let wanted = place(&|&other| !is_space(other)).map_or(text.len(), |n| at + n);
                assert_eq!(skip_space(&text, at), wanted, "{text:?}");
            }
        }
    }
}
