//! Text that a terminal shows and does not obey.

use std::borrow::Cow;

/// The text with every character that a terminal obeys (controls, escapes, direction marks) made
/// visible. Line ends and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let show = |c: char| match c {
        '\u{0}'..='\u{1F}' if is_obeyed(c) => {
            // The control pictures stand in the order of the controls.
            char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}')
        }
        '\u{7F}' => '\u{2421}',
        c if is_obeyed(c) => '\u{FFFD}',
        c => c,
    };
    Cow::Owned(text.chars().map(show).collect())
}

fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_visible() {
        assert_eq!(
            visible("a\u{1b}[31mb\u{9b}c\u{202e}d\n"),
            "a␛[31mb\u{fffd}c\u{fffd}d\n"
        );
        assert_eq!(visible("naïve\t텍스트"), "naïve\t텍스트");
    }
}
