//! White space in a rendered block: runs of it become one space.

use super::LINE_BREAK;

/// Appends `text` with every run of white space as one space (as `\n` if it holds a line break
/// made by an edit, U+2028) and none at the ends.
pub(super) fn collapse(text: &str, out: &mut String) {
    let from = out.len();
    for line in text.split(LINE_BREAK) {
        if out.len() > from {
            out.push('\n');
        }
        collapse_line(line, out);
    }
    while out.len() > from && out.ends_with(char::is_whitespace) {
        out.pop();
    }
}

/// Appends the words of `line` with one space between them. Words that a single space parts already
/// are copied together.
fn collapse_line(line: &str, out: &mut String) {
    let (mut at, mut begun) = (0, false);
    loop {
        let rest = line.get(at..).unwrap_or("");
        let words = rest.trim_start_matches(is_collapsed);
        if words.is_empty() {
            return;
        }
        let len = spaced_words(words);
        if begun {
            out.push(' ');
        }
        begun = true;
        out.push_str(words.get(..len).unwrap_or(""));
        at += rest.len() - words.len() + len;
    }
}

/// Bytes up to the first white space in `text` (which begins with a word) that is not one space
/// between words.
fn spaced_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' if bytes
                .get(at + 1)
                .is_none_or(|next| !next.is_ascii_graphic()) =>
            {
                return at;
            }
            b'\t'..=b'\r' => return at,
            0x80.. => {
                let c = text.get(at..).and_then(|rest| rest.chars().next());
                match c {
                    Some(c) if !is_collapsed(c) => at += c.len_utf8(),
                    _ => return at,
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// White space that becomes one plain space. An ideographic space is a character of the text: it
/// parts the words of a title.
fn is_collapsed(c: char) -> bool {
    c.is_whitespace() && c != '\u{3000}'
}
