//! Runs of characters that are one character in UTF-8 when they are taken for its bytes.

use super::encodings::{ENCODINGS, KINDS, Kind, bytes_of};
use super::strength::{is_currency, is_strong, mark_runs};
use crate::decode::repair::scan::beyond_ascii;
use crate::document::Span;

/// Whether the character at `start`, which `second` follows, starts a sequence in some encoding.
pub(in crate::decode::repair) fn starts(text: &str, start: usize, second: char) -> bool {
    let bytes = bytes_of();
    let first = text.get(start..).and_then(|rest| rest.chars().next());
    let Some(first) = first.and_then(|c| bytes.get(&c)) else {
        return false;
    };
    let second = bytes.get(&second);
    (0..ENCODINGS).any(|encoding| {
        let goes_on = second.is_none_or(|row| matches!(row[encoding], 0x80..0xC0));
        first[encoding] >= 0xC2 && goes_on && sequence(text, start, encoding, false).is_some()
    })
}

/// Stands for a lost continuation byte; valid after every first byte but 0xED and 0xF4.
pub(super) const LOST: u8 = 0x90;

/// A sequence that is one character in UTF-8.
pub(super) struct Sequence {
    pub span: Span,
    pub character: char,
    pub strong: bool,
    /// Whether it is a letter and a currency sign.
    pub currency: bool,
}

/// All sequences; with `lossy` also those whose no-break space became a plain one.
pub(super) fn sequences(text: &str, encoding: usize, lossy: bool) -> Vec<Sequence> {
    let mut found: Vec<Sequence> = Vec::new();
    let mut done = 0;
    for (start, _) in beyond_ascii(text) {
        if start < done {
            continue;
        }
        let Some((character, end)) = sequence(text, start, encoding, lossy) else {
            continue;
        };
        let span = Span::new(start, end);
        let strong =
            KINDS[encoding] != Kind::Other && is_strong(text, span, character, KINDS[encoding]);
        let currency = span.of(text).chars().nth(1).is_some_and(is_currency);
        let currency = currency && text.get(start..).is_some_and(|t| !t.starts_with('â'));
        found.push(Sequence {
            span,
            character,
            strong,
            currency,
        });
        done = end;
    }
    mark_runs(text, &mut found, KINDS[encoding]);
    found
}

/// The character that starts at `start` when its characters are read as bytes of UTF-8.
fn sequence(text: &str, start: usize, encoding: usize, lossy: bool) -> Option<(char, usize)> {
    let bytes = bytes_of();
    let mut utf8 = [0u8; 4];
    let mut length = 0;
    let mut wanted = 1;
    let mut end = start;
    let mut lost = false;
    for c in text.get(start..)?.chars() {
        let byte = match c {
            // A byte that the encoding lacks: the character is lost, but not its length.
            '\u{FFFD}' if length > 0 => {
                lost = true;
                LOST
            }
            ' ' if lossy && may_lose_space(utf8[0], length) => 0xA0,
            // The end of a quotation mark, which became a question mark: windows-1252 lacks it.
            '?' if lossy && utf8[..length] == [0xE2, 0x80] => {
                lost = true;
                LOST
            }
            _ => bytes.get(&c).map_or(0, |row| row[encoding]),
        };
        wanted = match (length, byte) {
            (0, 0xC2..=0xDF) => 2,
            (0, 0xE0..=0xEF) => 3,
            (0, 0xF0..=0xF4) => 4,
            (1.., 0x80..=0xBF) => wanted,
            _ => return None,
        };
        *utf8.get_mut(length)? = byte;
        length += 1;
        end += c.len_utf8();
        if length == wanted {
            break;
        }
    }
    if let [0xED, 0xA0..=0xAF, _, 0] = utf8 {
        return surrogates(text, utf8, end, encoding);
    }
    let read = std::str::from_utf8(utf8.get(..length)?).ok()?;
    let character = match lost {
        true => '\u{FFFD}',
        false => read.chars().next()?,
    };
    is_plausible(character).then_some((character, end))
}

/// The character of two surrogates that were each written as three bytes (CESU-8); `first` was
/// read up to `start`.
fn surrogates(text: &str, first: [u8; 4], start: usize, encoding: usize) -> Option<(char, usize)> {
    let mut second = [0u8; 3];
    let mut end = start;
    let mut chars = text.get(start..)?.chars();
    for byte in &mut second {
        let c = chars.next()?;
        *byte = bytes_of().get(&c)?[encoding];
        end += c.len_utf8();
    }
    let unit = |bytes: &[u8]| u16::from(bytes[1] & 0x3F) << 6 | u16::from(bytes[2] & 0x3F) | 0xD000;
    let is_second = matches!(second, [0xED, 0xB0..=0xBF, 0x80..=0xBF]);
    let units = [unit(&first), unit(&second)];
    let character = char::decode_utf16(units).next()?.ok()?;
    (is_second && is_plausible(character)).then_some((character, end))
}

/// After which first bytes a plain space stands for a no-break space: those of Š, of capital Π and
/// Р, and of three-byte characters, and of the no-break space itself (`Â `). `Ã ` is a case of its
/// own.
fn may_lose_space(first: u8, length: usize) -> bool {
    matches!(first, 0xC2 | 0xC5 | 0xCE | 0xD0) || (matches!(first, 0xE0..=0xE3) && length > 0)
}

/// Characters that occur in text; mojibake hides no others.
fn is_plausible(c: char) -> bool {
    matches!(c as u32,
        0x80..=0x17E | 0x192 | 0x1A0 | 0x1A1 | 0x1AF | 0x1B0 | 0x218..=0x21B | 0x2BC | 0x2C6
        | 0x2C7 | 0x2D8..=0x2DD | 0x300..=0x36F
        | 0x386..=0x3CE | 0x401..=0x45F | 0x490 | 0x491 | 0x5D0..=0x5EA | 0x60C | 0x61B | 0x61F
        | 0x621..=0x652 | 0x660..=0x669 | 0x67E | 0x686 | 0x698 | 0x6A9 | 0x6AF | 0x6CC
        | 0x6F0..=0x6F9 | 0x900..=0xDFF
        | 0xE01..=0xE5B | 0x10A0..=0x10FF | 0x1E00..=0x1EFF | 0x2000..=0x206F | 0x20A0..=0x20BF
        | 0x2100..=0x214F | 0x2190..=0x23FF | 0x2500..=0x27BF | 0x2800 | 0x3000..=0x30FF | 0x3400..=0x9FFF
        | 0xAC00..=0xD7A3 | 0xFB00..=0xFB06 | 0xFE0F | 0xFEFF | 0xFF00..=0xFFEF | 0xFFFD
        | 0x1F000..=0x1FAFF)
}
