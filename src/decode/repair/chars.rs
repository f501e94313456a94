//! Single characters that do not belong into text, and canonical composition.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{RepairPolicy, beyond, mojibake};
use crate::document::{Edit, Span};

/// What one scan over the bytes found to look at more closely.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Marks {
    pub ampersand: bool,
    /// A pair of characters that may be misread UTF-8.
    pub mojibake: bool,
    /// A control, space, hyphen or mark of this module.
    pub special: bool,
    /// A character that may have to be composed.
    pub marks: bool,
}

impl Marks {
    pub fn any(self) -> bool {
        self.ampersand || self.mojibake || self.special || self.marks
    }

    pub fn of(text: &str) -> Self {
        let mut marks = Marks {
            ampersand: memchr::memchr(b'&', text.as_bytes()).is_some(),
            ..Self::default()
        };
        if text.is_ascii() {
            return marks;
        }
        let bytes = text.as_bytes();
        let mut from = 0;
        loop {
            let at = beyond::next(bytes, from);
            let Some(&byte) = bytes.get(at) else {
                return marks;
            };
            from = at + 1;
            if byte < 0xC0 || !LOOK[(byte & 0x3F) as usize] {
                continue;
            }
            let before = at.checked_sub(1).map_or(0, |before| bytes[before]);
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            let third = bytes.get(at + 2).copied().unwrap_or(0);
            marks.special |= is_special(byte, next, third);
            marks.marks |= may_compose(byte, next, third);
            // Misread UTF-8 has a continuation byte's character after another beyond ASCII.
            marks.mojibake |= before >= 0x80 && mojibake::may_continue(byte, next);
            // `Ã` before a space: `à` that lost its no-break space.
            marks.mojibake |= (byte, next, third) == (0xC3, 0x83, b' ');
        }
    }
}

/// First bytes of characters that need a closer look, as `byte & 0x3F`.
const LOOK: [bool; 64] = {
    let mut look = [false; 64];
    let leads = [
        0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD6, 0xD7,
        0xD8, 0xD9, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xE0, 0xE1, 0xE2, 0xE3, 0xEA, 0xEF, 0xF0,
    ];
    let mut i = 0;
    while i < leads.len() {
        look[(leads[i] & 0x3F) as usize] = true;
        i += 1;
    }
    look
};

fn is_special(byte: u8, next: u8, third: u8) -> bool {
    match (byte, next) {
        (0xC2, 0x80..=0xA0 | 0xAD) => true,
        (0xD8, 0x9C) => true,
        (0xE1, 0x9A) => third == 0x80,
        (0xE2, 0x80) => matches!(third, 0x80..=0x8B | 0x8E | 0x8F | 0xA8..=0xAF),
        (0xE2, 0x81) => matches!(third, 0x9F..=0xA0 | 0xA6..=0xA9),
        (0xEF, 0xBB) => third == 0xBF,
        _ => false,
    }
}

/// A superset of what canonical composition changes.
fn may_compose(byte: u8, next: u8, third: u8) -> bool {
    match byte {
        0xCC | 0xCD => true,
        0xCE => next == 0x87,
        0xD2 => matches!(next, 0x83..=0x87),
        0xD6 | 0xD7 | 0xD8 | 0xD9 | 0xDB..=0xDF => true,
        // Indic scripts, Thai excepted: vowel signs and dots below that compose.
        0xE0 => !matches!(next, 0xB8 | 0xB9),
        // Georgian and extended Latin are composed already.
        0xE1 => !matches!(next, 0xB8..=0xBB | 0x83),
        0xE2 => matches!(
            (next, third),
            (0x80, 0x80 | 0x81)
                | (0x84, _)
                | (0x8C, 0xA9 | 0xAA)
                | (0xAB, 0x9C)
                | (0x83, _)
                | (0xB3..=0xB7, _)
        ),
        0xE3 => (next == 0x82 && third >= 0x99) || (next == 0x80 && matches!(third, 0xAA..=0xAF)),
        0xEA => matches!(next, 0x99 | 0x9A | 0x9B | 0xA0..=0xAF),
        0xEF => matches!(next, 0xA4..=0xAD | 0xB8),
        0xF0 => next < 0x9F || next == 0xAF || third < 0x8C,
        _ => false,
    }
}

/// Edits of single characters.
pub(super) fn find(text: &str, policy: &RepairPolicy) -> Vec<Edit> {
    let mut edits = Vec::new();
    // All of them are beyond ASCII.
    for (at, c) in beyond::chars(text) {
        if let Some((replacement, rule)) = change(text, at, c, policy) {
            edits.push(Edit {
                span: Span::new(at, at + c.len_utf8()),
                text: replacement.map_or(String::new(), String::from),
                rule: rule.into(),
            });
        }
    }
    edits
}

fn change(
    text: &str,
    at: usize,
    c: char,
    policy: &RepairPolicy,
) -> Option<(Option<char>, &'static str)> {
    match c {
        '\u{80}'..='\u{9F}' if policy.c1 => Some((of_c1(c), "repair/c1")),
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' if policy.zero_width => {
            Some((None, "repair/zero-width"))
        }
        '\u{AD}' if policy.soft_hyphens => Some((None, "repair/soft-hyphen")),
        '\u{2028}' | '\u{2029}' if policy.spaces => Some((Some('\n'), "repair/space")),
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}'
            if policy.spaces =>
        {
            Some((Some(' '), "repair/space"))
        }
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            if policy.bidi && !has_right_to_left(line(text, at)) =>
        {
            Some((None, "repair/bidi"))
        }
        _ => None,
    }
}

/// The character that windows-1252 has in place of a C1 control.
fn of_c1(c: char) -> Option<char> {
    let byte = [c as u32 as u8];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().filter(|&read| read != c)
}

/// The line around a position, at most 2 KB to each side.
fn line(text: &str, at: usize) -> &str {
    const FAR: usize = 2048;
    let bytes = text.as_bytes();
    let mut start = at.saturating_sub(FAR);
    let mut end = text.len().min(at + FAR);
    if let Some(feed) = memchr::memrchr(b'\n', &bytes[start..at]) {
        start += feed + 1;
    }
    if let Some(feed) = memchr::memchr(b'\n', &bytes[at..end]) {
        end = at + feed;
    }
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Span::new(start, end).of(text)
}

fn has_right_to_left(line: &str) -> bool {
    line.chars().any(|c| {
        matches!(c as u32, 0x590..=0x61B | 0x61D..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFE | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
    })
}

/// Canonical composition, one edit per run of characters that compose.
pub(super) fn normalise(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    // Where the run of the last character that starts one begins.
    let mut start = 0;
    let mut done = 0;
    for (at, c) in beyond::chars(text) {
        if at < done {
            continue;
        }
        if at > done {
            // The last of the ASCII characters before.
            start = at - 1;
        }
        done = at + c.len_utf8();
        if is_stable(c) {
            start = at;
            continue;
        }
        let mut end = done;
        let followers = text.get(end..).unwrap_or("").chars();
        end += followers
            .take_while(|&follower| !is_stable(follower))
            .map(char::len_utf8)
            .sum::<usize>();
        done = end;
        let span = Span::new(start, end);
        let composed: String = span.of(text).nfc().collect();
        if composed != span.of(text) {
            edits.push(Edit {
                span,
                text: composed,
                rule: "repair/nfc".into(),
            });
        }
        start = end;
    }
    edits
}

/// Whether a character stays what it is and nothing before it can compose with it.
fn is_stable(c: char) -> bool {
    c.is_ascii()
        || (canonical_combining_class(c) == 0
            && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composition_is_that_of_the_standard() {
        for text in [
            "e\u{301}te\u{301}",
            "\u{212B}ngstro\u{308}m",
            "\u{1112}\u{1161}\u{11AB}글",
            "か\u{3099}",
            "क\u{93C}",
            "\u{1E9B}\u{323}",
            "\u{301}a",
        ] {
            let edits = normalise(text);
            let done = super::super::compose::apply(text, &edits);
            assert_eq!(done, text.nfc().collect::<String>(), "{text:?}");
            assert!(
                Marks::of(text).marks || text == done,
                "{text:?} is not looked at"
            );
        }
    }

    #[test]
    fn the_scan_finds_whatever_composition_changes() {
        for c in (0..0x30000).filter_map(char::from_u32) {
            let text: String = ['a', c].iter().collect();
            if text.nfc().ne(text.chars()) {
                assert!(Marks::of(&text).marks, "U+{:04X}", c as u32);
            }
        }
    }
}
