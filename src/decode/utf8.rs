//! UTF-8 with damage: how much of it is sound, and reading it with the bad runs repaired.

use std::ops::Range;

use encoding_rs::Encoding;

/// A run of bytes that is not valid UTF-8, or the sound text between two.
pub(super) enum Part<'a> {
    Sound(&'a str),
    Bad(Range<usize>),
    /// The start of a character that the end of the bytes cuts off.
    Cut(Range<usize>),
}

/// The parts of `bytes` in order; neighbouring bad bytes make one run.
pub(super) fn parts(bytes: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let mut chunks = bytes.utf8_chunks().peekable();
    let mut at = 0;
    let mut bad: Option<Range<usize>> = None;
    let mut queued: Option<&str> = None;
    std::iter::from_fn(move || {
        if let Some(text) = queued.take() {
            return Some(Part::Sound(text));
        }
        loop {
            let Some(chunk) = chunks.next() else {
                return bad.take().map(|run| last(bytes, run));
            };
            let (valid, invalid) = (chunk.valid(), chunk.invalid().len());
            let before = at;
            at += valid.len() + invalid;
            let run = (invalid > 0).then(|| before + valid.len()..at);
            if valid.is_empty() {
                bad = match (bad.take(), run) {
                    (Some(old), Some(new)) => Some(old.start..new.end),
                    (old, new) => old.or(new),
                };
                continue;
            }
            let done = std::mem::replace(&mut bad, run);
            return match done {
                Some(done) => {
                    queued = Some(valid);
                    Some(Part::Bad(done))
                }
                None => Some(Part::Sound(valid)),
            };
        }
    })
}

/// A run at the end is a cut character when it starts one and only its end is missing.
fn last(bytes: &[u8], run: Range<usize>) -> Part<'_> {
    let tail = bytes.get(run.clone()).unwrap_or_default();
    match std::str::from_utf8(tail) {
        Err(error)
            if run.end == bytes.len()
                && error.valid_up_to() == 0
                && error.error_len().is_none() =>
        {
            Part::Cut(run)
        }
        _ => Part::Bad(run),
    }
}

/// How sound bytes are as UTF-8.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Soundness {
    /// Characters beyond ASCII that occur in text.
    pub good: usize,
    /// Those of three and four bytes.
    pub long: usize,
    /// Runs of bad bytes.
    pub bad: usize,
    /// Bad bytes.
    pub bad_bytes: usize,
    /// Whether the end cuts a character off.
    pub cut: bool,
}

impl Soundness {
    pub fn of(bytes: &[u8]) -> Self {
        let mut sound = Self::default();
        for part in parts(bytes) {
            match part {
                Part::Sound(text) => {
                    for c in text.chars().filter(|&c| is_usual(c)) {
                        sound.good += 1;
                        sound.long += usize::from(c.len_utf8() > 2);
                    }
                }
                Part::Bad(run) => {
                    sound.bad += 1;
                    sound.bad_bytes += run.len();
                }
                Part::Cut(_) => sound.cut = true,
            }
        }
        sound
    }

    /// UTF-8 with damage, without comparing: most of what is beyond ASCII is sound.
    pub fn is_surely_utf8(self) -> bool {
        self.good > 0 && self.good >= self.bad_bytes * 2
    }

    /// UTF-8 with damage, or no worse than other encodings: legacy text hardly ever holds a byte
    /// sequence that is a usual character in UTF-8.
    pub fn is_utf8(self) -> bool {
        self.good > 0 && self.good * 2 >= self.bad_bytes
    }

    /// `-ln p` in sixteenths, on the scale of the character tables.
    pub fn cost(self) -> u32 {
        const GOOD: u32 = 64;
        const LONG: u32 = 128;
        const BAD: u32 = 144;
        let long = self.long.min(self.good);
        (self.good - long) as u32 * GOOD + long as u32 * LONG + self.bad_bytes as u32 * BAD
    }
}

/// Characters of scripts in common use; legacy bytes that happen to be valid UTF-8 mostly give
/// others.
fn is_usual(c: char) -> bool {
    matches!(c as u32,
        0xA0..=0x24F | 0x300..=0x6FF | 0x900..=0x109F | 0x10A0..=0x10FF | 0x1E00..=0x1FFF
        | 0x2010..=0x203A | 0x20AC | 0x2100..=0x214F | 0x2190..=0x21FF | 0x2500..=0x27BF
        | 0x3000..=0x30FF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xFF00..=0xFFEF
        | 0x1F300..=0x1FAFF)
}

/// Text, bad runs, and whether one of them was read in the fallback.
pub(super) struct Repaired {
    pub text: String,
    pub runs: u32,
    pub by_fallback: bool,
    pub cut: u32,
}

/// Reads damaged UTF-8: bad runs in `fallback` where that gives letters, else U+FFFD; a
/// character cut off at the end is left out.
pub(super) fn repaired(bytes: &[u8], fallback: Option<&'static Encoding>) -> Repaired {
    let mut out = Repaired {
        text: String::with_capacity(bytes.len() + 16),
        runs: 0,
        by_fallback: false,
        cut: 0,
    };
    for part in parts(bytes) {
        match part {
            Part::Sound(text) => out.text.push_str(text),
            Part::Cut(run) => out.cut = run.len() as u32,
            Part::Bad(run) => {
                out.runs += 1;
                match fallback.and_then(|encoding| letters(bytes, run, encoding)) {
                    Some(text) => {
                        out.by_fallback = true;
                        out.text.push_str(&text);
                    }
                    None => out.text.push('\u{FFFD}'),
                }
            }
        }
    }
    out
}

/// The run in a single-byte encoding, when it reads as part of the word around it.
fn letters(bytes: &[u8], run: Range<usize>, encoding: &'static Encoding) -> Option<String> {
    let bad = bytes.get(run.clone())?;
    if bad.len() > 3 {
        return None;
    }
    let before = run
        .start
        .checked_sub(1)
        .and_then(|at| bytes.get(at))
        .copied();
    let after = bytes.get(run.end).copied();
    let (text, broken) = encoding.decode_without_bom_handling(bad);
    if broken {
        return None;
    }
    let fits = match bad {
        // The first byte of a character whose rest is gone, far more often than Â or Ã.
        [0xC2 | 0xC3] => false,
        [_] => text.chars().all(|c| stands(before, c, after)),
        // Two accented letters in a row, not what is left of a longer character.
        _ => bad.iter().all(|&b| b >= 0xE0) && text.chars().all(char::is_lowercase) && word(before),
    };
    fits.then(|| text.into_owned())
}

fn word(byte: Option<u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphabetic())
}

/// Whether a character reads well between two bytes: a letter in a word of its case, an
/// apostrophe within a word, a dash, quote or sign next to ASCII.
fn stands(before: Option<u8>, c: char, after: Option<u8>) -> bool {
    let lower = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase());
    let ascii = |b: Option<u8>| b.is_none_or(|b| b.is_ascii());
    match c {
        _ if c.is_lowercase() => {
            word(before) || word(after) || (c == 'à' && ascii(before) && ascii(after))
        }
        _ if c.is_uppercase() => !lower(before) && word(after),
        '\u{2019}' => word(before),
        '\u{A0}'
        | '\u{AB}'
        | '\u{BB}'
        | '\u{A9}'
        | '\u{AE}'
        | '\u{B0}'
        | '\u{2013}'..='\u{2026}'
        | '\u{20AC}'
        | '\u{2122}' => ascii(before) && ascii(after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        repaired(bytes, Some(encoding_rs::WINDOWS_1252)).text
    }

    #[test]
    fn bad_runs_become_letters_only_within_words() {
        assert_eq!(
            read(b"d\xC3\xA9j\xE0 vu, caf\xE9, \xC9mile"),
            "déjà vu, café, Émile"
        );
        assert_eq!(read(b"don\x92t \x96 it\x85"), "don’t – it…");
        assert_eq!(read(b"caf\xC3<br>"), "caf\u{FFFD}<br>");
        assert_eq!(read(b"cr\xE9\xE9e \xC3\xA9"), "créée é");
        assert_eq!(read(b"a \xE2\x80 b"), "a \u{FFFD} b");
    }

    #[test]
    fn a_cut_tail_is_not_damage() {
        let cut = repaired("naïve été".as_bytes().split_last().expect("bytes").1, None);
        assert_eq!((cut.text.as_str(), cut.runs, cut.cut), ("naïve ét", 0, 1));
        let sound = Soundness::of(b"\xC3\xA9t\xC3");
        assert!(sound.cut && sound.bad == 0 && sound.good == 1);
    }

    #[test]
    fn few_sound_characters_outweigh_few_bad_runs() {
        assert!(Soundness::of(b"\xC3\xA9t\xC3\xA9 caf\xE9 caf\xE9").is_utf8());
        assert!(!Soundness::of(b"caf\xE9 \xE0 la cr\xE8me").is_utf8());
    }
}
