//! Classes of characters: what a line holds, as one bit per class.
//!
//! Every character belongs to one of 64 classes: a letter of the English alphabet in either case,
//! digits, white space, one for nearly each sign of ASCII, and a few for everything else. Two stand
//! for a byte inside characters.

use regex_syntax::hir::Class;

/// A set of classes of characters.
pub(super) type Classes = u64;

const DIGIT: u32 = 26;
const SPACE: u32 = 27;
const SIGNS: u32 = 28;
/// The class of `^`, and of two signs that are as rare.
const CARET: u32 = SIGNS + 25;
/// The bytes that tell `©` and `Ⓒ`, `ⓒ` from what begins like them.
pub(super) const BYTE_A9: u32 = 58;
pub(super) const BYTE_92: u32 = 59;
/// U+0080 to U+00BF: `©`, `«`.
const LATIN_SIGN: u32 = 60;
/// U+00C0 to U+07FF: letters of Europe and the Near East.
const LETTER: u32 = 61;
/// U+2000 to U+2FFF: typographic signs.
const SIGN: u32 = 62;
const OTHER: u32 = 63;
/// The class of the full stop.
pub(super) const STOP: Classes = CLASSES[b'.' as usize];
pub(super) const ALL: Classes = Classes::MAX;
/// The classes of characters beyond ASCII and of bytes inside them; control characters share one.
pub(super) const BEYOND: Classes = !((1 << BYTE_A9) - 1);
/// The classes of ASCII letters and digits.
pub(super) const WORDS: Classes = (1 << (DIGIT + 1)) - 1;

/// The class of the character that begins with a byte; none for the bytes that go on with one.
static CLASSES: [Classes; 256] = {
    let mut classes = [0; 256];
    let (mut byte, mut signs) = (0, SIGNS);
    while byte < 256 {
        let class = match byte as u8 {
            b'a'..=b'z' => byte as u32 - 'a' as u32,
            b'A'..=b'Z' => byte as u32 - 'A' as u32,
            b'0'..=b'9' => DIGIT,
            b'\t'..=b'\r' | b' ' => SPACE,
            b'`' | b'~' => CARET,
            b'!'..=b'~' => {
                signs += 1;
                signs - 1
            }
            0xC2 => LATIN_SIGN,
            0xC3..=0xDF => LETTER,
            0xE2 => SIGN,
            _ => OTHER,
        };
        classes[byte] = match byte {
            0xA9 => 1 << BYTE_A9,
            0x92 => 1 << BYTE_92,
            0x80..=0xBF => 0,
            _ => 1 << class,
        };
        byte += 1;
    }
    classes
};

/// How common the classes are in text, roughly: the letters as in English (per thousand), and
/// what is rarer than any letter.
pub(super) fn weight(classes: Classes) -> u32 {
    const LETTERS: [u32; 26] = [
        820, 150, 280, 430, 900, 220, 200, 600, 700, 15, 80, 400, 240, 670, 750, 190, 10, 600, 630,
        700, 280, 100, 240, 15, 200, 7,
    ];
    let one = |class: u32| match LETTERS.get(class as usize) {
        Some(&weight) => weight,
        None if class == SPACE => 2000,
        None if class == DIGIT || class == LETTER => 100,
        None if class == BYTE_A9 || class == BYTE_92 => 10,
        None => 20,
    };
    (0..64)
        .filter(|class| classes >> class & 1 != 0)
        .map(one)
        .sum()
}

/// The classes of the characters of `text`.
pub(super) fn classes(text: &str) -> Classes {
    // Neighbours do not wait for each other.
    let (chunks, rest) = text.as_bytes().as_chunks::<4>();
    let [mut one, mut other] = [0; 2];
    for chunk in chunks {
        one |= CLASSES[usize::from(chunk[0])] | CLASSES[usize::from(chunk[1])];
        other |= CLASSES[usize::from(chunk[2])] | CLASSES[usize::from(chunk[3])];
    }
    for byte in rest {
        one |= CLASSES[usize::from(*byte)];
    }
    one | other
}

/// The class of the character that begins with `byte`.
#[inline]
pub(super) fn class_of(byte: u8) -> Classes {
    CLASSES[usize::from(byte)]
}

/// The class of the first character.
#[inline]
pub(super) fn first_class(text: &str) -> Classes {
    text.bytes()
        .next()
        .map_or(0, |byte| CLASSES[usize::from(byte)])
}

/// The class of the last character.
#[inline]
pub(super) fn last_class(text: &str) -> Classes {
    text.bytes()
        .rev()
        .find(|byte| byte & 0xC0 != 0x80)
        .map_or(0, |byte| CLASSES[usize::from(byte)])
}

/// The classes of the bytes of a literal.
pub(super) fn classes_of_bytes(literal: &[u8]) -> Classes {
    literal
        .iter()
        .fold(0, |all, byte| all | CLASSES[usize::from(*byte)])
}

/// The classes of the characters that a class of an expression holds.
pub(super) fn classes_of(class: &Class) -> Classes {
    match class {
        Class::Unicode(class) => class.iter().fold(0, |all, range| {
            all | between(range.start() as u32, range.end() as u32)
        }),
        Class::Bytes(_) => ALL,
    }
}

/// The classes of the characters from `start` to `end`.
fn between(start: u32, end: u32) -> Classes {
    const BLOCKS: [(u32, u32, u32); 4] = [
        (0x80, 0xBF, LATIN_SIGN),
        (0xC0, 0x7FF, LETTER),
        (0x2000, 0x2FFF, SIGN),
        (0x3000, 0x10_FFFF, OTHER),
    ];
    let ascii = (start..=end.min(0x7F)).fold(0, |all, code| all | CLASSES[code as usize & 0x7F]);
    let blocks = BLOCKS.iter().chain(&[(0x800, 0x1FFF, OTHER)]);
    let meets = blocks.filter(|(from, to, _)| start <= *to && *from <= end);
    meets.fold(ascii, |all, (.., class)| all | 1 << class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_knows_every_character_of_its_blocks() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            let class = first_class(c.encode_utf8(&mut [0; 4]));
            assert!(!class & 1 << CARET != 0 || matches!(c, '^' | '`' | '~'));
            assert_eq!(class.count_ones(), 1);
            assert_eq!(between(c as u32, c as u32), class, "{:x}", c as u32);
        }
    }
}
