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
    let mut lines = Vec::new();
    let (mut start, mut after_gap) = (0, true);
    while start < text.len() {
        let (end, next) = line_end(text, start);
        let raw = &text[start..end];
        let line = raw.trim();
        if line.is_empty() {
            after_gap = true;
        } else {
            let from = start + (raw.len() - raw.trim_start().len());
            lines.push(Line {
                span: Span::new(from, from + line.len()),
                after_gap,
            });
            after_gap = false;
        }
        start = next;
    }
    lines
}

/// Where the line that starts at `start` ends, and where the next one starts.
fn line_end(text: &str, start: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let mut from = start;
    // 0xE2 opens U+2028 and U+2029; `\x0B` and `\x0C` are rare and caught by the white-space trim.
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
