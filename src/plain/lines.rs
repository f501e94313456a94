//! Lines of plain text, and whether they were wrapped by width.

use crate::document::Span;
use crate::rules::ends_sentence;

/// Narrowest and widest column, in characters, at which text is taken for hard-wrapped.
const WRAP_COLUMNS: std::ops::RangeInclusive<usize> = 50..=100;
/// Fewest wrapped lines that prove a column.
const WRAP_LINES: usize = 3;

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

/// The column at which the text was wrapped, if most inner lines of its paragraphs stop just
/// before one and without closing a sentence.
pub(super) fn wrap_width(text: &str, lines: &[Line]) -> Option<usize> {
    let chars = |line: &Line| line.span.of(text).chars().count();
    let inner = || {
        lines
            .windows(2)
            .filter(|pair| !pair[1].after_gap)
            .map(|pair| &pair[0])
    };
    let width = inner().map(chars).max()?;
    if !WRAP_COLUMNS.contains(&width) {
        return None;
    }
    let (mut all, mut full, mut open) = (0, 0, 0);
    for line in inner() {
        all += 1;
        full += usize::from(chars(line) * 4 >= width * 3);
        open += usize::from(!line.span.of(text).ends_with(ends_sentence));
    }
    (all >= WRAP_LINES && full * 10 >= all * 7 && open * 10 >= all * 6).then_some(width)
}

/// Whether `next` goes on with the paragraph of `line` in text wrapped at `width` characters.
pub(super) fn continues(text: &str, line: &Line, next: &Line, width: usize) -> bool {
    let (this, that) = (line.span.of(text), next.span.of(text));
    // A dash opens a speech in dialogue.
    let speech = that.starts_with(['—', '–', '―']);
    !speech && !next.after_gap && this.chars().count() * 10 >= width * 6 && !is_list_item(that)
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
