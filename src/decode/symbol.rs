//! What a character is to the tables of a language: its class, its case, how common it is.

/// What a character is to the model; letters of a language follow from [`FIRST_LETTER`].
/// Must equal the classes of `training/encoding/src/tables.rs`.
pub(super) const SPACE: u8 = 0;
const DIGIT: u8 = 1;
const PUNCT: u8 = 2;
const APOSTROPHE: u8 = 3;
const LEFT: u8 = 4;
const RIGHT: u8 = 5;
const LOW: u8 = 6;
const TURNED: u8 = 7;
const CURLY: u8 = 8;
const DASH: u8 = 9;
const ELLIPSIS: u8 = 10;
const BLANK: u8 = 11;
const RAISED: u8 = 12;
const MARK: u8 = 13;
const MONEY: u8 = 14;
const SYMBOL: u8 = 15;
pub(super) const FOREIGN: u8 = 16;
const JUNK: u8 = 17;
pub(super) const FIRST_LETTER: u8 = 18;

/// Cost of a character that the training text never held, on top of its class.
const UNLISTED: u8 = 176;
/// A character to the model of one language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Symbol {
    pub class: u8,
    /// 0 no letter; Latin: 1 without case, 2 and 3 lower and upper of ASCII, 6 and 7 of the others;
    /// another script: 9 without case, 14 and 15 lower and upper.
    pub shape: u8,
    /// Cost of the character within its class.
    pub emission: u8,
    /// [`LETTER`], [`SIGN`] or neither.
    pub kind: u8,
}

/// A letter of the language.
pub(crate) const LETTER: u8 = 1;
/// A quotation mark or another sign that stands beside words, not in them.
pub(crate) const SIGN: u8 = 2;

/// Bit of the shapes of other scripts than Latin, and of letters beyond ASCII that have case.
const OTHER_SCRIPT: u8 = 8;
const BEYOND: u8 = 4;

/// What a character is to a language with these letters (sorted); `emissions` lists the cost of
/// the others within their class.
pub(super) fn symbol(c: char, letters: &[char], emissions: &[(char, u8)]) -> Symbol {
    let mut lower = c.to_lowercase();
    let folded = match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    };
    let class = match c {
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
            .binary_search(&folded)
            .map_or(FOREIGN, |at| FIRST_LETTER + at as u8),
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => JUNK,
        '\u{2500}'..='\u{25FF}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' => JUNK,
        _ => SYMBOL,
    };
    let listed = || emissions.binary_search_by_key(&folded, |&(c, _)| c);
    let emission = match class {
        _ if c.is_ascii() || class >= FIRST_LETTER => 0,
        _ => listed().map_or(UNLISTED, |at| emissions[at].1),
    };
    let kind = match class {
        FIRST_LETTER.. => LETTER,
        LEFT..=CURLY | RAISED..=SYMBOL => SIGN,
        _ => 0,
    };
    Symbol {
        class,
        shape: shape(c),
        emission,
        kind,
    }
}

fn shape(c: char) -> u8 {
    // Combining marks of Vietnamese go with Latin.
    let script = if (c as u32) < 0x370 { 0 } else { OTHER_SCRIPT };
    let beyond = if c.is_ascii() { 0 } else { BEYOND };
    match c {
        _ if !is_letter(c) => 0,
        _ if c.is_lowercase() => script | beyond | 2,
        _ if c.is_uppercase() => script | beyond | 3,
        _ => script | 1,
    }
}

fn is_letter(c: char) -> bool {
    (c.is_alphabetic() && c != 'µ')
        // Signs that some languages use like letters: Spanish and Catalan.
        || matches!(c, '¿' | '¡' | '·')
        || (matches!(c as u32, 0x300..=0x36F | 0x591..=0x5C7 | 0x64B..=0x652 | 0xE31..=0xE4E)
            && c != '\u{E3F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_class_case_and_kind() {
        let of = |c| symbol(c, &['a', 'b', 'é'], &[('ž', 90), ('€', 5)]);
        assert_eq!(
            (of('É').class, of('é').class),
            (FIRST_LETTER + 2, FIRST_LETTER + 2)
        );
        assert_eq!((of('É').shape, of('é').shape, of('b').shape), (7, 6, 2));
        assert_eq!((of('ž').class, of('ž').emission), (FOREIGN, 90));
        assert_eq!(
            (of('€').class, of('€').emission, of('€').kind),
            (MONEY, 5, SIGN)
        );
        assert_eq!((of('£').emission, of('д').shape), (UNLISTED, 14));
        assert_eq!(of('’').kind, 0);
    }
}
