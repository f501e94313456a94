//! Single characters that do not belong into text, and canonical composition.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::RepairPolicy;
use super::scan::beyond_ascii;
use crate::document::{Edit, Span};

/// Edits of the characters at `places`, those that [are special](is_special).
pub(super) fn find(text: &str, places: &[usize], policy: &RepairPolicy) -> Vec<Edit> {
    let mut edits = Vec::new();
    for &at in places {
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            continue;
        };
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

/// Whether what an edit by [`find`] leaves gives no reason for another one, in a text without
/// mojibake and marks: no character beyond ASCII gets a new neighbour of its kind, `Ã` none at all,
/// and the letters of an entity do not come together.
pub(super) fn is_settled(text: &str, edit: &Edit) -> bool {
    let (before, after) = (text.get(..edit.span.start), text.get(edit.span.end..));
    let (before, after) = (before.unwrap_or(""), after.unwrap_or(""));
    let is_ascii = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii);
    let is_ascii_before = is_ascii(before.as_bytes().last());
    let is_ascii_after = is_ascii(after.as_bytes().first());
    let is_free = is_ascii_before || !before.ends_with('Ã');
    match &*edit.text {
        " " | "\n" => is_free,
        "" => is_free && (is_ascii_before || is_ascii_after) && !ends_in_entity(before),
        _ => is_ascii_before && is_ascii_after,
    }
}

/// Whether the end of `text` may be the beginning of an entity.
fn ends_in_entity(text: &str) -> bool {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b';' | b'+');
    let mut bytes = text.bytes().rev();
    bytes.find(|byte| !inside(byte)) == Some(b'&')
}

/// Whether a character is one that [`find`] may change.
pub(super) fn is_special(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{1680}' | '\u{2000}'..='\u{200B}'
        | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{205F}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
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
    // The end of the last run and the last stable character beyond ASCII.
    let (mut done, mut stable) = (0, Span::new(0, 0));
    for (at, c) in beyond_ascii(text) {
        if at < done {
            continue;
        }
        if is_stable(c) {
            stable = Span::new(at, at + c.len_utf8());
            continue;
        }
        // The run begins with the character right before, which starts it.
        let start = match () {
            () if done == at => at,
            () if stable.end == at => stable.start,
            () => at - 1,
        };
        let behind = at + c.len_utf8();
        let rest = text.get(behind..).unwrap_or("");
        let followers = rest.chars().take_while(|c| !is_stable(*c));
        let end = behind + followers.map(char::len_utf8).sum::<usize>();
        let span = Span::new(start, end);
        let composed: String = span.of(text).nfc().collect();
        if composed != span.of(text) {
            edits.push(Edit {
                span,
                text: composed,
                rule: "repair/nfc".into(),
            });
        }
        done = end;
    }
    edits
}

/// Whether a character stays what it is and nothing before it can compose with it.
pub(super) fn is_stable(c: char) -> bool {
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
        }
    }
}
