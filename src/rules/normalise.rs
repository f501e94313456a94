//! The form in which lines and phrases are compared: NFKC, lower case, plain quotes and dashes,
//! single spaces, no punctuation around.

use unicode_normalization::UnicodeNormalization;

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
    } else {
        for c in line.nfkc().flat_map(char::to_lowercase) {
            push(fold(c), out);
        }
        trim(out);
    }
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
    fn numbers_fold_to_one_key() {
        let mut out = String::new();
        assert!(fold_numbers("12 345 avis, 4,5/5", &mut out));
        assert_eq!(out, "0 avis, 0");
        assert!(!fold_numbers("aucun avis", &mut out));
    }
}
