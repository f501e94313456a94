//! What detection looks at: a bounded part of the bytes that says most about the encoding.

use std::ops::Range;

/// Pairs with a byte from 0x80 on, at most.
const MAX_UPPER: usize = 480;
/// Pairs of ASCII bytes near those, at most.
const MAX_ASCII: usize = 160;
/// Windows that are looked at and their length in bytes.
const WINDOWS: usize = 6;
const WINDOW: usize = 512;

/// Byte pairs, the windows they come from, and all bytes from 0x80 on that occur.
pub(super) struct Sample<'a> {
    pub bytes: &'a [u8],
    /// Parts of `bytes` that start where a character starts in every encoding.
    pub windows: Vec<Range<usize>>,
    /// Neighbouring bytes of which one is from 0x80 on; white space folded to one blank.
    pub upper: Vec<(u8, u8)>,
    /// Neighbouring ASCII bytes of the words around.
    pub ascii: Vec<(u8, u8)>,
    /// Whether the byte `0x80 + i` occurs.
    pub seen: [bool; 128],
}

impl<'a> Sample<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut sample = Sample {
            bytes,
            windows: windows(bytes),
            upper: Vec::with_capacity(MAX_UPPER),
            ascii: Vec::with_capacity(MAX_ASCII),
            seen: [false; 128],
        };
        for &byte in bytes {
            if byte >= 0x80 {
                sample.seen[(byte & 0x7F) as usize] = true;
            }
        }
        let share = sample.windows.len().max(1);
        for i in 0..sample.windows.len() {
            let limit = |max: usize| max * (i + 1) / share;
            sample.collect(i, limit(MAX_UPPER), limit(MAX_ASCII));
        }
        sample
    }

    /// Collects the pairs of a window, which ends where the limit is reached.
    fn collect(&mut self, window: usize, max_upper: usize, max_ascii: usize) {
        let range = self.windows[window].clone();
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        let mut before = b' ';
        let mut in_tag = false;
        for (at, &byte) in bytes.iter().enumerate() {
            let byte = if byte.is_ascii_whitespace() {
                b' '
            } else {
                byte
            };
            if byte >= 0x80 || before >= 0x80 {
                if self.upper.len() >= max_upper {
                    self.windows[window].end = range.start + at;
                    return;
                }
                self.upper.push((before, byte));
            } else if byte == b'<' {
                in_tag = true;
            } else if byte == b'>' {
                in_tag = false;
            } else if !in_tag && self.ascii.len() < max_ascii {
                let word = |b: u8| b.is_ascii_alphabetic() || b == b' ';
                if word(before) && word(byte) && (before != b' ' || byte != b' ') {
                    self.ascii.push((before, byte));
                }
            }
            before = byte;
        }
    }
}

/// Windows spread evenly, each starting at the first byte from 0x80 on after a byte that is no
/// part of a multi-byte character (below 0x30), with the word before it.
fn windows(bytes: &[u8]) -> Vec<Range<usize>> {
    if bytes.len() <= WINDOWS * WINDOW {
        return std::iter::once(0..bytes.len()).collect();
    }
    let mut windows: Vec<Range<usize>> = Vec::with_capacity(WINDOWS);
    let step = bytes.len() / WINDOWS;
    for i in 0..WINDOWS {
        let last = windows.last().map_or(0, |w| w.end);
        let from = (i * step).max(last);
        if let Some(start) = window_start(bytes, from, i == 0) {
            windows.push(start..bytes.len().min(start + WINDOW));
        }
    }
    windows
}

fn window_start(bytes: &[u8], from: usize, at_start: bool) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let boundary = match at_start {
        true => 0,
        false => rest.iter().position(|&b| b < 0x30)?,
    };
    let upper = boundary + rest.get(boundary..)?.iter().position(|&b| b >= 0x80)?;
    // Back to a boundary, so that the start of the word is seen and no character is cut.
    let back = rest[boundary..upper].iter().rposition(|&b| b < 0x30);
    Some(from + back.map_or(boundary, |at| boundary + at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_from_the_text_and_not_from_tags() {
        let sample = Sample::new(b"<p class=\"lead\">caf\xE9  noir</p>");
        assert_eq!(sample.upper, [(b'f', 0xE9), (0xE9, b' ')]);
        assert!(sample.ascii.contains(&(b'n', b'o')));
        assert!(!sample.ascii.contains(&(b'l', b'a')), "{:?}", sample.ascii);
        assert!(sample.seen[0x69]);
    }

    #[test]
    fn windows_of_a_long_text_do_not_overlap() {
        let text = "слово и дело ".repeat(9000);
        let (bytes, _, _) = encoding_rs::KOI8_R.encode(&text);
        let windows = Sample::new(&bytes).windows;
        assert_eq!(windows.len(), WINDOWS);
        assert!(windows.windows(2).all(|w| w[0].end <= w[1].start));
    }
}
