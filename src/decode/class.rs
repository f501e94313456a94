//! Classes of characters in the tables of languages, for detection and for the training of its
//! tables (`training/encoding` takes this file in).

// What a character is to the model; letters of a language follow from `FIRST_LETTER`.
pub const SPACE: u8 = 0;
pub const DIGIT: u8 = 1;
pub const PUNCT: u8 = 2;
pub const APOSTROPHE: u8 = 3;
pub const LEFT: u8 = 4;
pub const RIGHT: u8 = 5;
pub const LOW: u8 = 6;
pub const TURNED: u8 = 7;
pub const CURLY: u8 = 8;
pub const DASH: u8 = 9;
pub const ELLIPSIS: u8 = 10;
pub const BLANK: u8 = 11;
pub const RAISED: u8 = 12;
pub const MARK: u8 = 13;
pub const MONEY: u8 = 14;
pub const SYMBOL: u8 = 15;
pub const FOREIGN: u8 = 16;
pub const JUNK: u8 = 17;
pub const FIRST_LETTER: u8 = 18;

/// The class of a character to a language with these letters (sorted).
pub fn class_of(c: char, letters: &[char]) -> u8 {
    match c {
        ' ' | '\n' | '\t' | '\r' => SPACE,
        '0'..='9' => DIGIT,
        '\'' | '’' | '´' => APOSTROPHE,
        '«' | '‹' => LEFT,
        '»' | '›' => RIGHT,
        '„' | '‚' => LOW,
        '“' | '‘' => TURNED,
        '”' => CURLY,
        '–' | '—' | '―' => DASH,
        '…' => ELLIPSIS,
        '\u{A0}' => BLANK,
        '¹' | '²' | '³' | 'º' | 'ª' | '°' => RAISED,
        '®' | '™' | '©' => MARK,
        '€' | '£' | '¥' | '¢' => MONEY,
        _ if c.is_ascii_punctuation() => PUNCT,
        _ if is_letter(c) => letters
            .binary_search(&lower(c))
            .map_or(FOREIGN, |at| FIRST_LETTER + at as u8),
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => JUNK,
        '\u{2500}'..='\u{25FF}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' => JUNK,
        _ => SYMBOL,
    }
}

/// The character in lower case, where that is one character.
pub fn lower(c: char) -> char {
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Whether a character counts as a letter.
pub fn is_letter(c: char) -> bool {
    (c.is_alphabetic() && c != 'µ')
        // Signs that some languages use like letters: Spanish and Catalan.
        || matches!(c, '¿' | '¡' | '·')
        || (matches!(c as u32, 0x300..=0x36F | 0x591..=0x5C7 | 0x64B..=0x652 | 0xE31..=0xE4E)
            && c != '\u{E3F}')
}
