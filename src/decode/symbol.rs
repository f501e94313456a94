//! What a character is to the tables of a language: its class, its case, how common it is.

use super::class::{CURLY, FIRST_LETTER, LEFT, RAISED, SYMBOL, class_of, is_letter, lower};

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
    let class = class_of(c, letters);
    let listed = || emissions.binary_search_by_key(&lower(c), |&(c, _)| c);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::class::{FOREIGN, MONEY};

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
