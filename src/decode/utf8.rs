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
    /// How sound the bytes are; a character cut off behind nothing but bad bytes is one of them.
    pub fn of(bytes: &[u8]) -> Self {
        let Some((_, but_last)) = bytes.split_last() else {
            return Self::default();
        };
        if !has_pair(bytes) && !but_last.is_ascii() {
            return Self::without_characters(bytes);
        }
        Self::counted(bytes)
    }

    /// Each byte beyond ASCII is bad.
    fn without_characters(bytes: &[u8]) -> Self {
        let following = bytes.get(1..).unwrap_or_default();
        let starts = bytes.iter().zip(following);
        let starts = starts.filter(|(before, byte)| before.is_ascii() && !byte.is_ascii());
        Self {
            bad: starts.count() + bytes.first().map_or(0, |b| usize::from(!b.is_ascii())),
            bad_bytes: bytes.iter().filter(|b| !b.is_ascii()).count(),
            ..Self::default()
        }
    }

    fn counted(bytes: &[u8]) -> Self {
        let mut sound = Self::default();
        // Bad bytes right before, and where the next block starts.
        let (mut run, mut rest, mut left) = (0, bytes, bytes.len());
        loop {
            while rest.len() <= left
                && let Some(block) = rest.first_chunk::<BLOCK>()
            {
                left = rest.len() - BLOCK;
                let bad = violations(block);
                if bad < HOPELESS {
                    break;
                }
                sound.bad += usize::from(bad);
                sound.bad_bytes += block.iter().filter(|b| !b.is_ascii()).count();
                (rest, run) = (rest.get(BLOCK..).unwrap_or_default(), 0);
            }
            let ascii = ascii_prefix(rest);
            let Some(beyond) = rest.get(ascii..).filter(|beyond| !beyond.is_empty()) else {
                return sound;
            };
            run = if ascii > 0 { 0 } else { run };
            let (length, is_bad) = match next(beyond) {
                Next::Character(c, length) => {
                    let sides = [rest.get(ascii.wrapping_sub(1)), beyond.get(length)];
                    let usual = usize::from(is_usual(c) && !(is_not_latin(c) && in_word(sides)));
                    sound.good += usual;
                    sound.long += if length > 2 { usual } else { 0 };
                    (length, false)
                }
                Next::Cut if run == 0 => {
                    sound.cut = true;
                    return sound;
                }
                Next::Cut => (beyond.len(), true),
                Next::Bad(length) => (length, true),
            };
            sound.bad += usize::from(is_bad && run == 0);
            sound.bad_bytes += if is_bad { length } else { 0 };
            run = if is_bad { run + length } else { 0 };
            rest = beyond.get(length..).unwrap_or_default();
        }
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

    /// Whether a comparison of costs may say UTF-8: a sound character is at most about 100 cheaper
    /// than two bytes of a legacy encoding, a bad byte about 50 dearer than one.
    pub fn may_be_utf8(self) -> bool {
        self.good > 0 && self.good * 8 >= self.bad_bytes
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

/// Blocks with so many places where UTF-8 cannot go on are not read character by character.
const BLOCK: usize = 64 + 3;
const HOPELESS: u8 = 8;

/// Where a first byte of a character has no other behind it, where others have none before them,
/// or are more than three.
fn violations(block: &[u8; BLOCK]) -> u8 {
    let goes_on = |byte: u8| byte & 0xC0 == 0x80;
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| block[at..BLOCK - 3 + at].iter());
    // Without a branch: the compiler makes it a few vector instructions.
    a.zip(b)
        .zip(c)
        .zip(d)
        .fold(0, |count, (((&a, &b), &c), &d)| {
            let alone = (a >= 0xC0) & !goes_on(b);
            let stray = (a < 0x80) & goes_on(b);
            let many = goes_on(a) & goes_on(b) & goes_on(c) & goes_on(d);
            count + u8::from(alone | stray | many)
        })
}

/// Whether some byte that starts a character is before one that goes on with it.
fn has_pair(bytes: &[u8]) -> bool {
    let following = bytes.get(1..).unwrap_or_default();
    let pair = |found: bool, (&a, &b): (&u8, &u8)| found | ((a >= 0xC2) & (b & 0xC0 == 0x80));
    // In blocks: without a branch per byte, yet not to the end when one is found early.
    let mut blocks = bytes.chunks(512).zip(following.chunks(512));
    blocks.any(|(a, b)| a.iter().zip(b).fold(false, pair))
}

/// How many bytes of ASCII come first.
fn ascii_prefix(bytes: &[u8]) -> usize {
    let blocks = bytes.as_chunks::<8>().0.iter();
    let is_ascii = |block: &&[u8; 8]| u64::from_le_bytes(**block) & 0x8080_8080_8080_8080 == 0;
    let whole = blocks.take_while(is_ascii).count() * 8;
    let rest = bytes.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|b| b.is_ascii()).count()
}

/// What stands at the start of bytes that do not start with ASCII.
enum Next {
    /// A character and its length.
    Character(u32, usize),
    /// So many bytes that are none.
    Bad(usize),
    /// A character whose end is missing.
    Cut,
}

fn next(bytes: &[u8]) -> Next {
    let Some(&lead) = bytes.first() else {
        return Next::Cut;
    };
    // The ranges of the second byte are those of the Unicode Standard, table 3-7.
    let (length, second) = match lead {
        0xC2..=0xDF => (2, 0x80..=0xBF),
        0xE0 => (3, 0xA0..=0xBF),
        0xED => (3, 0x80..=0x9F),
        0xE1..=0xEF => (3, 0x80..=0xBF),
        0xF0 => (4, 0x90..=0xBF),
        0xF1..=0xF3 => (4, 0x80..=0xBF),
        0xF4 => (4, 0x80..=0x8F),
        _ => return Next::Bad(1),
    };
    let mut code = u32::from(lead) & (0x7F >> length);
    for i in 1..length {
        match bytes.get(i) {
            None => return Next::Cut,
            Some(b) if (i == 1 && second.contains(b)) || (i > 1 && b & 0xC0 == 0x80) => {
                code = code << 6 | u32::from(b & 0x3F);
            }
            Some(_) => return Next::Bad(i),
        }
    }
    Next::Character(code, length)
}

/// Characters of scripts in common use; legacy bytes that happen to be valid UTF-8 mostly give
/// others.
fn is_usual(c: u32) -> bool {
    matches!(c,
        0xA0..=0x24F | 0x300..=0x6FF | 0x900..=0x109F | 0x10A0..=0x10FF | 0x1E00..=0x1FFF
        | 0x2010..=0x203A | 0x20AC | 0x2100..=0x214F | 0x2190..=0x21FF | 0x2500..=0x27BF
        | 0x3000..=0x30FF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xFF00..=0xFFEF
        | 0x1F300..=0x1FAFF)
}

/// Greek, Cyrillic, Armenian … to Georgian.
fn is_not_latin(c: u32) -> bool {
    matches!(c, 0x370..0x1E00)
}

/// Whether one of the neighbours is a Latin letter: words do not mix scripts.
fn in_word(sides: [Option<&u8>; 2]) -> bool {
    sides.into_iter().flatten().any(u8::is_ascii_alphabetic)
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
    fn counting_agrees_with_the_parts() {
        for bytes in [
            &b"\xC3\xA9t\xC3\xA9 \xFF\xFE\xE2\x82 x \xE2\x82\xAC\xE2\x82"[..],
            b"\xFF\xE2\x82",
            b"\xED\xA0\x80 \xF0\x9F\x98\x80 \xF4\x90\x80\x80 \xC0\xAF",
            b"ascii only, more than one block of it\xE2",
            b"\xD0\x9F\xD1\x80\xD0\xB8 \xE0\x80\x80 \xE3\x81\x82\xE3\x81",
        ] {
            let mut wanted = Soundness::default();
            for part in parts(bytes) {
                match part {
                    Part::Sound(text) => {
                        let usual = text.chars().filter(|&c| is_usual(c as u32));
                        wanted.good += usual.clone().count();
                        wanted.long += usual.filter(|c| c.len_utf8() > 2).count();
                    }
                    Part::Bad(run) => {
                        wanted.bad += 1;
                        wanted.bad_bytes += run.len();
                    }
                    Part::Cut(_) => wanted.cut = true,
                }
            }
            let found = Soundness::of(bytes);
            assert_eq!(format!("{found:?}"), format!("{wanted:?}"), "{bytes:?}");
        }
    }

    #[test]
    fn few_sound_characters_outweigh_few_bad_runs() {
        assert!(Soundness::of(b"\xC3\xA9t\xC3\xA9 caf\xE9 caf\xE9").is_utf8());
        assert!(!Soundness::of(b"caf\xE9 \xE0 la cr\xE8me").is_utf8());
    }
}
