//! The form in which lines and phrases are compared: NFKC, lower case, plain quotes and dashes,
//! single spaces, no punctuation around.

use std::sync::OnceLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Writes the normalised form of `line` into `out` (cleared first).
///
/// Typographic apostrophes and quotes become `'` and `"`, dashes `-`, runs of white space one
/// space; what stands before the first and after the last letter or digit is left out.
pub fn normalise(line: &str, out: &mut String) {
    out.clear();
    if line.is_ascii() {
        let words = line.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        out.reserve(words.len());
        let mut gap = false;
        for byte in words.bytes() {
            // What `char::is_whitespace` takes for white space.
            let space = matches!(byte, b' ' | b'\t'..=b'\r');
            if !space {
                out.push(char::from(byte.to_ascii_lowercase()));
            } else if !gap {
                out.push(' ');
            }
            gap = space;
        }
        return;
    }
    // Of most lines each character has a normal form of its own.
    for c in line.chars() {
        match simple(c) {
            Some(c) => push(c, out),
            None => {
                out.clear();
                let all = line.nfkc().flat_map(char::to_lowercase);
                all.for_each(|c| push(fold(c), out));
                break;
            }
        }
    }
    trim(out);
}

/// What the characters below U+10000 become, by 256, filled when first asked for; 0 for those
/// that become several or may change together with their neighbours.
static SIMPLE: [OnceLock<Box<[u32; 256]>>; 256] = [const { OnceLock::new() }; 256];

/// What a character becomes in any company.
fn simple(c: char) -> Option<char> {
    let code = c as u32;
    let page = SIMPLE.get(code as usize >> 8)?;
    let page = page.get_or_init(|| {
        let of = |at: usize| char::from_u32((code & !0xff) + at as u32).and_then(find_simple);
        Box::new(std::array::from_fn(|at| of(at).map_or(0, u32::from)))
    });
    char::from_u32(page[code as usize & 0xff]).filter(|c| *c != '\0')
}

fn find_simple(c: char) -> Option<char> {
    let stable = |c: char| {
        canonical_combining_class(c) == 0 && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes
    };
    let mut normal = std::iter::once(c).nfkc();
    let one = normal.next().filter(|c| stable(*c))?;
    let mut lower = one.to_lowercase();
    let one = lower.next().filter(|_| normal.next().is_none())?;
    lower.next().is_none().then(|| fold(one))
}

/// Whether characters of `line` beyond ASCII hold letters of ASCII in their normal form.
pub(super) fn gives_ascii(line: &str) -> bool {
    let gives = |c: char| match GIVES.get(c as usize >> 8) {
        Some(page) => {
            let page = page.get_or_init(|| {
                let c = |at: u32| char::from_u32((c as u32 & !0xff) + at);
                let bit = |at: u32| u64::from(c(at).is_some_and(finds_ascii)) << (at % 64);
                std::array::from_fn(|word| (0..64).map(|at| bit(word as u32 * 64 + at)).sum())
            });
            page[c as usize >> 6 & 3] >> (c as u32 & 63) & 1 != 0
        }
        None => finds_ascii(c),
    };
    may_give_ascii(line.as_bytes()) && line.chars().any(|c| !c.is_ascii() && gives(c))
}

/// The same by the first bytes of characters: `é` (C3), Greek, Cyrillic, Hebrew, Arabic (CE to DF),
/// Han and Hangul (E4 to E9, EB, EC) and general punctuation (E2 80) are none of those.
fn may_give_ascii(line: &[u8]) -> bool {
    let may = |byte: u8| {
        (byte == 0xC2)
            | (0xC4..=0xCD).contains(&byte)
            | (byte >= 0xE0) & !((0xE4..=0xE9).contains(&byte) | matches!(byte, 0xE2 | 0xEB | 0xEC))
    };
    // Loops without a way out are vectors.
    let any = line.iter().fold(false, |any, byte| any | may(*byte));
    let pairs = line.iter().zip(line.get(1..).unwrap_or_default());
    any || pairs.fold(false, |any, (a, b)| any | (*a == 0xE2) & (*b != 0x80))
}

/// The answers for the characters below U+10000, by 256, filled when first asked for.
static GIVES: [OnceLock<[u64; 4]>; 256] = [const { OnceLock::new() }; 256];

fn finds_ascii(c: char) -> bool {
    let mut normal = std::iter::once(c).nfkc().flat_map(char::to_lowercase);
    normal.any(|c| c.is_ascii_alphabetic())
}

/// Writes `line` with every number (digits with `.` `,` `:` `/` `'` or a space between digits)
/// replaced by `0` into `out`; returns whether there was one.
pub fn fold_numbers(line: &str, out: &mut String) -> bool {
    out.clear();
    let mut chars = line.chars().peekable();
    let mut found = false;
    while let Some(c) = chars.next() {
        if !c.is_numeric() {
            out.push(c);
            continue;
        }
        found = true;
        out.push('0');
        skip_number(&mut chars);
    }
    found
}

fn skip_number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    loop {
        match chars.peek() {
            Some(c) if c.is_numeric() => {}
            Some('.' | ',' | ':' | '/' | '\'' | ' ') => {
                let mut ahead = chars.clone();
                ahead.next();
                if !ahead.peek().is_some_and(|c| c.is_numeric()) {
                    return;
                }
            }
            _ => return,
        }
        chars.next();
    }
}

/// One spelling for quotes, apostrophes and dashes; spaces of any kind become a plain one.
pub fn fold(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' | '\u{2032}' | '`' | '\u{00B4}' => '\'',
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn push(c: char, out: &mut String) {
    if c.is_whitespace() {
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    } else if !out.is_empty() || c.is_alphanumeric() {
        out.push(c);
    }
}

fn trim(out: &mut String) {
    let kept = out
        .char_indices()
        .rev()
        .find(|(_, c)| c.is_alphanumeric())
        .map_or(0, |(at, c)| at + c.len_utf8());
    out.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(line: &str) -> String {
        let mut out = String::new();
        normalise(line, &mut out);
        out
    }

    #[test]
    fn decoration_case_and_typography_do_not_matter() {
        assert_eq!(normalised("  — PUBLICITÉ — "), "publicité");
        assert_eq!(normalised("L\u{2019}article\u{a0}: »"), "l'article");
        assert_eq!(normalised("【広告】"), "広告");
        assert_eq!(normalised("***"), "");
    }

    #[test]
    fn a_character_becomes_the_same_alone_and_in_company() {
        for c in (0x80..0x1_1000).filter_map(char::from_u32) {
            for line in [format!("a{c}b"), format!("é{c}{c}o")] {
                let mut whole = String::new();
                for c in line.nfkc().flat_map(char::to_lowercase) {
                    push(fold(c), &mut whole);
                }
                trim(&mut whole);
                assert_eq!(normalised(&line), whole, "{:x}", c as u32);
            }
        }
    }

    #[test]
    fn numbers_fold_to_one_key() {
        let mut out = String::new();
        assert!(fold_numbers("12 345 avis, 4,5/5", &mut out));
        assert_eq!(out, "0 avis, 0");
        assert!(!fold_numbers("aucun avis", &mut out));
    }
}
