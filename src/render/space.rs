//! White space in a rendered block: runs of it become one space.

use super::LINE_BREAK;

/// Appends `text` with every run of white space as one space (as `\n` if it holds a line break
/// made by an edit, U+2028) and none at the ends.
pub(super) fn collapse(text: &str, out: &mut String) {
    let from = out.len();
    // Only characters of one kind begin with the first byte of a line break.
    if memchr::memchr(0xE2, text.as_bytes()).is_none() {
        collapse_line(text, out);
    } else {
        for line in text.split(LINE_BREAK) {
            if out.len() > from {
                out.push('\n');
            }
            collapse_line(line, out);
        }
    }
    while out.len() > from && out.ends_with(char::is_whitespace) {
        out.pop();
    }
}

/// Appends the words of `line` with one space between them.
fn collapse_line(line: &str, out: &mut String) {
    let mut rest = line.trim_start_matches(is_collapsed);
    while !rest.is_empty() {
        let (words, space) = rest.split_at(spaced_words(rest));
        out.push_str(words);
        rest = space.trim_start_matches(is_collapsed);
        if !rest.is_empty() {
            out.push(' ');
        }
    }
}

/// Bytes that are looked at together.
const BLOCK: usize = 32;

/// Bytes up to the first white space in `text` (which begins with a word) that is not one space
/// between words.
fn spaced_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk)
        && (is_plain_ascii(block) || is_plain(block))
    {
        at += BLOCK;
    }
    loop {
        let Some(&byte) = bytes.get(at) else {
            return at;
        };
        match byte {
            b' ' if starts_with_space(text, at + 1) => return at,
            b'\t'..=b'\r' => return at,
            0xC2 | 0xE1 | 0xE2 if starts_with_space(text, at) => return at,
            _ => at += 1,
        }
    }
}

/// Whether the first [`BLOCK`] bytes surely hold no white space but single spaces between words, and
/// nothing beyond ASCII.
fn is_plain_ascii(block: &[u8; BLOCK + 3]) -> bool {
    let mut found = 0;
    for (&byte, &next) in block[..BLOCK].iter().zip(&block[1..]) {
        let ends = u8::from(next <= b' ') | u8::from(next >= 0x80);
        found |= u8::from(byte < b' ') | u8::from(byte >= 0x80) | u8::from(byte == b' ') & ends;
    }
    found == 0
}

/// Whether the first [`BLOCK`] bytes surely hold no white space but single spaces between words; what
/// follows the last of them is needed to tell.
// With an index the compiler takes many bytes together.
#[allow(clippy::needless_range_loop)]
fn is_plain(block: &[u8; BLOCK + 3]) -> bool {
    // U+0085 and U+00A0; U+1680; U+2000 to U+200A, U+2028, U+2029, U+202F and U+205F; and a few that are
    // none, behind other second bytes.
    let may_be_space = |at: usize| {
        let [byte, second, third] = [block[at], block[at + 1], block[at + 2]];
        let latin = u8::from(byte == 0xC2) & (u8::from(second == 0xA0) | u8::from(second == 0x85));
        let ogham = u8::from(byte == 0xE1) & u8::from(second == 0x9A);
        let far =
            u8::from(third <= 0x8A) | u8::from((third & 0xF8) == 0xA8) | u8::from(third == 0x9F);
        let general = u8::from(byte == 0xE2) & u8::from(second <= 0x81) & far;
        u8::from(byte <= b' ') | latin | ogham | general
    };
    let mut found = 0;
    for at in 0..BLOCK {
        found |= may_be_space(at) & (u8::from(block[at] != b' ') | may_be_space(at + 1));
    }
    found == 0
}

/// Whether white space, or nothing, follows in `text` from `at` on.
fn starts_with_space(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or("");
    rest.chars().next().is_none_or(is_collapsed)
}

/// White space that becomes one plain space. An ideographic space is a character of the text: it
/// parts the words of a title.
fn is_collapsed(c: char) -> bool {
    c.is_whitespace() && c != '\u{3000}'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Character by character.
    fn slowly(text: &str) -> String {
        let lines = text.split(LINE_BREAK).map(|line| {
            let words = line.split(is_collapsed).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        });
        let mut out = String::new();
        for line in lines {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&line);
        }
        out.trim_end().to_owned()
    }

    #[test]
    fn runs_of_white_space_become_one_space() {
        use proptest::prelude::*;
        let parts = proptest::collection::vec(
            prop_oneof![
                "[a-zé]{1,9}".boxed(),
                "[a-z ]{20,70}".boxed(),
                "[ \t\n\r\u{b}]{1,3}".boxed(),
                "[ \u{1c}\u{7f}\u{85}\u{a0}\u{ad}\u{1680}\u{1681}\u{2003}\u{200b}\u{2028}\u{205f}\u{3000}]{1,2}".boxed(),
                "[’日ÂÃ]".boxed(),
            ],
            0..12,
        );
        proptest!(ProptestConfig::with_cases(3000), |(parts in parts)| {
            let text = parts.concat();
            let mut out = String::from("x ");
            collapse(&text, &mut out);
            prop_assert_eq!(&out[2..], slowly(&text), "{:?}", text);
        });
        for c in (0..0x3100).filter_map(char::from_u32) {
            let text = format!("{}{c}a {c} {c}", "word ".repeat(9));
            let mut out = String::new();
            collapse(&text, &mut out);
            assert_eq!(out, slowly(&text), "{:x}", c as u32);
        }
    }
}
