//! Letters beyond ASCII: broken encodings, and scripts without spaces.

use std::borrow::Cow;

/// Undoes what UTF-8 read as windows-1252 does to words ("Ã©", "â€™"): a letter stays one letter
/// (some accented one, which the skeleton leaves out), a punctuation mark stays one.
pub(super) fn join_broken(run: &str) -> Cow<'_, str> {
    if !run.contains(['Ã', 'Â', 'Å', 'â']) {
        return Cow::Borrowed(run);
    }
    let mut joined = String::with_capacity(run.len());
    let mut chars = run.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('Ã' | 'Å', Some(&second)) if is_trail(second) => {
                chars.next();
                joined.push('ã');
            }
            ('Â', Some('\u{a0}'..='\u{bf}')) => {}
            ('â', Some('€')) => {
                chars.next();
                let is_apostrophe = matches!(chars.next(), Some('™' | '˜'));
                joined.push(if is_apostrophe { '’' } else { '–' });
            }
            _ => joined.push(c),
        }
    }
    Cow::Owned(joined)
}

/// Whether windows-1252 shows a UTF-8 continuation byte as this character.
fn is_trail(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}' | '\u{152}' | '\u{153}' | '\u{160}' | '\u{161}' | '\u{178}'
        | '\u{17d}' | '\u{17e}' | '\u{192}' | '\u{2c6}' | '\u{2dc}' | '\u{2013}'..='\u{203a}'
        | '\u{20ac}' | '\u{2122}' | '\u{fffd}')
}

/// Scripts that write no space between words: each character is a token.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Myanmar
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}
