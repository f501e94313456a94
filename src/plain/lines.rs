//! Lines of plain text.

use crate::document::Span;

/// A line without its surrounding white space; empty lines are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// Bytes of the text.
    pub span: Span,
    /// Whether it is the first line or follows an empty one.
    pub after_gap: bool,
}

/// The lines of `text`; `\n`, `\r\n`, `\r`, form feeds and Unicode line ends part them.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    // 0xE2 opens U+2028 and U+2029; `\x0B` and `\x0C` are rare and caught by the white-space trim.
    let parts = |at: usize| matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9]));
    let odd = memchr::memchr(b'\r', bytes).is_some() || memchr::memchr_iter(0xE2, bytes).any(parts);
    let mut lines = Vec::with_capacity(text.len() / 64);
    let mut after_gap = true;
    let mut add = |start: usize, end: usize| {
        let span = trimmed(text, start, end);
        if span.is_empty() {
            after_gap = true;
        } else {
            lines.push(Line { span, after_gap });
            after_gap = false;
        }
    };
    let mut start = 0;
    if odd {
        while start < text.len() {
            let (end, next) = line_end(text, start);
            add(start, end);
            start = next;
        }
    } else {
        for end in memchr::memchr_iter(b'\n', bytes) {
            add(start, end);
            start = end + 1;
        }
        if start < text.len() {
            add(start, text.len());
        }
    }
    lines
}

/// The line `start..end` without the white space around it.
fn trimmed(text: &str, start: usize, end: usize) -> Span {
    let raw = &text[start..end];
    let shows = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if shows(raw.as_bytes().first()) && shows(raw.as_bytes().last()) {
        return Span::new(start, end);
    }
    let line = raw.trim_start();
    let from = end - line.len();
    Span::new(from, from + line.trim_end().len())
}

/// Where the line that starts at `start` ends, and where the next one starts.
fn line_end(text: &str, start: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let mut from = start;
    while let Some(at) = memchr::memchr3(b'\n', b'\r', 0xE2, &bytes[from..]).map(|i| i + from) {
        match bytes[at] {
            b'\n' => return (at, at + 1),
            b'\r' => return (at, at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'))),
            _ if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => {
                return (at, at + 3);
            }
            _ => from = at + 3,
        }
    }
    (text.len(), text.len())
}

/// Whether a line starts with a bullet or a number and a space.
pub(super) fn is_list_item(line: &str) -> bool {
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    if let Some(rest) = line.strip_prefix(['-', '*', '•', '·', '▪', '◦', '‣', '+']) {
        return rest.starts_with([' ', '\t', '\u{a0}']);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    (1..=3).contains(&digits)
        && rest
            .strip_prefix(['.', ')'])
            .is_some_and(|rest| rest.starts_with([' ', '\t', '\u{a0}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_dashes_are_no_list_items() {
        assert!(is_list_item("1. Wash"));
        assert!(is_list_item("• Rinse"));
        assert!(!is_list_item("2024. Ein Jahr"));
        assert!(!is_list_item("-5 degrees"));
        assert!(!is_list_item("3.5 million"));
    }

    #[test]
    fn unicode_line_ends_part_lines() {
        let text = "one\u{2028}two – still two";
        let spans: Vec<&str> = lines(text).iter().map(|l| l.span.of(text)).collect();
        assert_eq!(spans, ["one", "two – still two"]);
    }
}
