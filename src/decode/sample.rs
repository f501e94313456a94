//! What detection looks at: a bounded part of the bytes that says most about the encoding.

use std::ops::Range;

/// Pairs with a byte from 0x80 on in the windows, at most.
const MAX_UPPER: usize = 400;
/// Pairs of ASCII letters in words without such a byte, at most.
const MAX_ASCII: usize = 64;
/// Words outside the windows that are read for their rare bytes, at most.
const MAX_RARE: usize = 40;
/// A byte that occurred fewer times than this is rare.
const RARE: u8 = 3;
/// How many bytes are searched for rare ones.
const LOOK: usize = 1 << 20;
/// Pairs that every candidate reads; the best then read the rest.
const FIRST_LOOK: usize = 64;
/// Windows and their length in bytes.
const WINDOWS: usize = 6;
const WINDOW: usize = 512;
/// A word is cut after so many bytes.
const LONG_WORD: usize = 32;

/// Words that hold a byte from 0x80 on, as pairs of neighbouring bytes.
#[derive(Default)]
pub(super) struct Words {
    /// Pairs of which one byte is from 0x80 on; white space is a blank.
    pub upper: Vec<(u8, u8)>,
    /// Pairs of ASCII bytes in the same words.
    pub ascii: Vec<(u8, u8)>,
    /// Where each word ends in both lists, and in the bytes.
    ends: Vec<[usize; 3]>,
}

impl Words {
    /// How many words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The pairs of a word.
    pub fn word(&self, i: usize) -> [&[(u8, u8)]; 2] {
        let [from_upper, from_ascii, _] = match i.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => [0; 3],
        };
        let [to_upper, to_ascii, _] = self.ends.get(i).copied().unwrap_or_default();
        let upper = self.upper.get(from_upper..to_upper);
        let ascii = self.ascii.get(from_ascii..to_ascii);
        [upper.unwrap_or_default(), ascii.unwrap_or_default()]
    }

    /// The pairs of which one byte is from 0x80 on, of each word of a range.
    pub fn upper(&self, range: Range<usize>) -> Vec<&[(u8, u8)]> {
        range.map(|i| self.word(i)[0]).collect()
    }

    /// Adds the word at `range` with the bytes on both sides of it.
    fn push(&mut self, bytes: &[u8], range: Range<usize>) {
        let blank = |at: Option<&u8>| match at {
            Some(b) if !b.is_ascii_whitespace() => *b,
            _ => b' ',
        };
        let mut before = blank(range.start.checked_sub(1).and_then(|at| bytes.get(at)));
        for at in range.start..=range.end {
            let next = blank(bytes.get(at));
            match before >= 0x80 || next >= 0x80 {
                true => self.upper.push((before, next)),
                false => self.ascii.push((before, next)),
            }
            before = next;
        }
        self.ends
            .push([self.upper.len(), self.ascii.len(), range.end]);
    }
}

/// The part of the bytes that candidates read.
pub(super) struct Sample<'a> {
    pub bytes: &'a [u8],
    /// Parts of `bytes` that start where a character starts in every encoding.
    pub windows: Vec<Range<usize>>,
    /// The words of the windows.
    pub words: Words,
    /// Pairs of ASCII letters in the other words.
    pub ascii: Vec<(u8, u8)>,
    /// Whether the byte `0x80 + i` occurs.
    pub seen: [bool; 128],
    /// How often the byte `0x80 + i` occurs in the words.
    counts: [u8; 128],
}

impl<'a> Sample<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut sample = Sample {
            bytes,
            windows: windows(bytes),
            words: Words::default(),
            ascii: Vec::with_capacity(MAX_ASCII),
            seen: [false; 128],
            counts: [0; 128],
        };
        let share = sample.windows.len().max(1);
        for i in 0..sample.windows.len() {
            let limit = |max: usize| max * (i + 1) / share;
            sample.collect(i, limit(MAX_UPPER), limit(MAX_ASCII));
        }
        sample.count();
        sample
    }

    /// How many words the first look takes.
    pub fn first_words(&self) -> usize {
        let window = self.windows.first().map_or(0, |window| window.end);
        let within = |end: &&[usize; 3]| end[0] <= FIRST_LOOK && end[2] <= window;
        self.words.ends.iter().take_while(within).count().max(1)
    }

    /// Whether there is nothing outside the windows.
    pub fn is_whole(&self) -> bool {
        matches!(&self.windows[..], [window] if window.end == self.bytes.len())
    }

    /// Whether a word holds a byte that is rare in the windows.
    pub fn is_rare(&self, word: usize) -> bool {
        let rare = |byte: u8| byte >= 0x80 && self.counts[usize::from(byte & 0x7F)] < RARE;
        let [pairs, _] = self.words.word(word);
        pairs.iter().any(|&(_, next)| rare(next))
    }

    /// The bytes of the first look; at most the first window.
    pub fn first_bytes(&self) -> Range<usize> {
        let window = self.windows.first().cloned().unwrap_or(0..0);
        let last = self.words.ends.get(self.first_words() - 1);
        let end = last.map_or(window.end, |end| end[2]);
        window.start..end.clamp(window.start, window.end)
    }

    /// Collects the words of a window, which ends where the limit is reached.
    fn collect(&mut self, window: usize, max_upper: usize, max_ascii: usize) {
        let Range { start, end } = self.windows[window].clone();
        let (mut at, mut in_tag) = (start, false);
        while at < end {
            let word = word_at(self.bytes, at, end);
            if word.is_empty() {
                in_tag = match self.bytes.get(at) {
                    Some(b'<') => true,
                    Some(b'>') => false,
                    _ => in_tag,
                };
                at += 1;
                continue;
            }
            at = word.end;
            let letters = self.bytes.get(word.clone()).unwrap_or_default();
            if !letters.is_ascii() {
                if self.words.upper.len() + letters.len() > max_upper && self.words.len() > 0 {
                    self.windows[window].end = word.start;
                    return;
                }
                self.words.push(self.bytes, word);
            } else if !in_tag && self.ascii.len() < max_ascii {
                let pairs = letters.iter().zip(letters.get(1..).unwrap_or_default());
                self.ascii.extend([(b' ', letters[0])]);
                self.ascii.extend(pairs.map(|(&a, &b)| (a, b)));
            }
        }
    }

    /// Which bytes occur, and how often in the words.
    fn count(&mut self) {
        for (_, next) in &self.words.upper {
            if *next >= 0x80 {
                let count = &mut self.counts[(next & 0x7F) as usize];
                *count = count.saturating_add(1);
            }
        }
        // One table of all bytes: no branch per byte.
        let mut seen = [false; 256];
        for &byte in self.bytes.iter().take(LOOK) {
            seen[usize::from(byte)] = true;
        }
        self.seen.copy_from_slice(&seen[128..]);
    }

    /// Words from outside the windows around bytes that `tells` picks and that are rare within.
    pub fn rare(&self, tells: impl Fn(u8) -> bool) -> Words {
        let mut starts = Vec::new();
        let bytes = self.bytes.get(..LOOK).unwrap_or(self.bytes);
        for byte in 0x80..=u8::MAX {
            let i = usize::from(byte & 0x7F);
            let wanted = usize::from(RARE.saturating_sub(self.counts[i]));
            if !self.seen[i] || wanted == 0 || !tells(byte) {
                continue;
            }
            let outside = |at: &usize| self.windows.iter().all(|window| !window.contains(at));
            let found = memchr::memchr_iter(byte, bytes).filter(outside);
            starts.extend(found.take(wanted).map(|at| self.word_start(at)));
        }
        starts.sort_unstable();
        let mut words = Words::default();
        let mut done = 0;
        for start in starts.into_iter().filter(|&at| at < bytes.len()) {
            if start >= done && words.len() < MAX_RARE {
                let word = word_at(self.bytes, start, self.bytes.len());
                done = word.end;
                words.push(self.bytes, word);
            }
        }
        words
    }

    /// Where the word around a byte starts.
    fn word_start(&self, at: usize) -> usize {
        let from = self.bytes.get(at.saturating_sub(LONG_WORD / 2)..at);
        let back = from.unwrap_or_default().iter().rev();
        at - back.take_while(|b| is_word(**b)).count()
    }
}

/// Letters in some encoding, and the apostrophe.
fn is_word(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_alphabetic() || byte == b'\''
}

/// The word that starts at `at`; empty when none does.
fn word_at(bytes: &[u8], at: usize, end: usize) -> Range<usize> {
    let rest = bytes.get(at..end.min(at + LONG_WORD)).unwrap_or_default();
    at..at + rest.iter().take_while(|b| is_word(**b)).count()
}

/// Windows spread evenly, each starting at a word with a byte from 0x80 on, after a byte that is
/// no part of a multi-byte character (below 0x30).
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
    let back = rest.get(boundary..upper)?.iter().rposition(|&b| b < 0x30);
    Some(from + back.map_or(boundary, |at| boundary + at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_from_the_text_and_not_from_tags() {
        let sample = Sample::new(b"<p class=\"lead\">caf\xE9  noir</p>");
        assert_eq!(sample.words.upper, [(b'f', 0xE9), (0xE9, b' ')]);
        assert_eq!(
            sample.words.ascii,
            [(b'>', b'c'), (b'c', b'a'), (b'a', b'f')]
        );
        assert!(sample.ascii.contains(&(b'n', b'o')));
        assert!(!sample.ascii.contains(&(b'l', b'e')), "{:?}", sample.ascii);
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

    #[test]
    fn a_rare_byte_far_away_is_found() {
        let text = "caf\u{e9} et th\u{e9} ".repeat(900) + "deux \u{20ac}";
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        let sample = Sample::new(&bytes);
        let rare = sample.rare(|_| true);
        assert!(rare.upper.contains(&(b' ', 0x80)), "{:?}", rare.upper);
        assert_eq!(sample.rare(|byte| byte != 0x80).len(), 0);
    }
}
