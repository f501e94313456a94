//! Reading UTF-8 with damage: bad runs are repaired.

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
    }
}
