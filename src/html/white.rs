//! White space at the start of a run of characters, as the tree construction sees it.

use super::lex::TextKind;
use super::reference::reference;

/// Bytes of the white space that `text` begins with, as the tree construction sees it: a
/// reference may stand for white space.
pub(super) fn leading_white(text: &str, kind: TextKind) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_whitespace() => at += 1,
            Some(b'&') if has_references(kind) => match reference(&text[at..], false) {
                Some(found) if found.first.is_ascii_whitespace() => at += found.len,
                _ => return at,
            },
            _ => return at,
        }
    }
}

/// Bytes up to the next white space.
pub(super) fn leading_black(text: &str, kind: TextKind) -> usize {
    let mut at = 0;
    while at < text.len() && leading_white(&text[at..], kind) == 0 {
        at += text[at..].chars().next().map_or(1, char::len_utf8);
    }
    at
}

fn has_references(kind: TextKind) -> bool {
    matches!(kind, TextKind::Data | TextKind::Rcdata)
}

/// Bytes of a line feed at the start of `text`.
pub(super) fn leading_line_feed(text: &str, kind: TextKind) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [b'&', ..] if has_references(kind) => {
            reference(text, false).map_or(0, |found| match found.first {
                '\n' => found.len,
                _ => 0,
            })
        }
        _ => 0,
    }
}
