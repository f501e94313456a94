//! Classes of characters, for counting.

use std::sync::OnceLock;

use crate::rules::{ends_sentence, is_unspaced};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Space = 0,
    Lower = 1,
    Upper = 2,
    /// A letter without case.
    Letter = 3,
    Digit = 4,
    End = 5,
    Comma = 6,
    Separator = 7,
    Quote = 8,
    Link = 9,
    Colon = 10,
    Other = 11,
}

impl Class {
    /// Whether characters of the class make words.
    pub(super) const fn in_word(self) -> bool {
        matches!(self, Self::Lower | Self::Upper | Self::Letter | Self::Digit)
    }
}

pub(super) const fn ascii_class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b' ' | b'\t' => Class::Space,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        b'.' | b'!' | b'?' => Class::End,
        b',' | b';' => Class::Comma,
        b':' => Class::Colon,
        b'"' | b'\'' | b')' | b']' => Class::Quote,
        b'|' | b'/' | b'>' | b'<' | b'+' | b'\\' | b'*' => Class::Separator,
        b'@' | b'#' => Class::Link,
        _ => Class::Other,
    }
}

pub(super) fn class(c: char) -> Class {
    match c {
        c if c.is_ascii() => ascii_class(c as u8),
        '،' | '、' | '，' | '；' | '؛' => Class::Comma,
        '：' => Class::Colon,
        '’' | '‘' | '“' | '”' | '«' | '»' | '„' | '「' | '」' | '『' | '』' => {
            Class::Quote
        }
        '•' | '·' | '›' | '‹' | '→' | '←' => Class::Separator,
        c if c.is_lowercase() => Class::Lower,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_numeric() => Class::Digit,
        c if c.is_whitespace() => Class::Space,
        c if ends_sentence(c) => Class::End,
        // Marks that combine with the letter before, as in the scripts of India.
        '\u{0300}'..='\u{036f}' | '\u{0900}'..='\u{0dff}' => Class::Letter,
        _ => Class::Other,
    }
}

/// What counting asks of a character beyond ASCII.
#[derive(Debug, Clone, Copy)]
pub(super) struct Other {
    pub class: Class,
    pub unspaced: bool,
    /// The character in lower case.
    pub code: u32,
}

/// The characters of the first planes by 256, filled when first asked for.
pub(super) static OTHERS: [OnceLock<Box<[Other; 256]>>; 256] = [const { OnceLock::new() }; 256];

impl Other {
    pub(super) fn of(c: char) -> Self {
        let code = c as u32;
        match OTHERS.get(code as usize >> 8) {
            Some(page) => page.get_or_init(|| Self::page(code & !0xff))[code as usize & 0xff],
            None => Self::find(c),
        }
    }

    pub(super) fn page(first: u32) -> Box<[Self; 256]> {
        let other =
            |at: usize| char::from_u32(first + at as u32).map_or(Self::find(' '), Self::find);
        Box::new(std::array::from_fn(other))
    }

    pub(super) fn find(c: char) -> Self {
        Self {
            class: class(c),
            unspaced: is_unspaced(c),
            code: fold(c),
        }
    }
}

/// Lower case of the scripts that have case in print, without a table of all of Unicode.
pub(super) fn fold(c: char) -> u32 {
    let code = c as u32;
    match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' | 'Α'..='Ω' => code + 32,
        'Ѐ'..='Џ' => code + 80,
        // Latin Extended-A pairs: capital even, small odd, but for two stretches.
        '\u{0100}'..='\u{0137}' | '\u{014a}'..='\u{0177}' => code | 1,
        _ => code,
    }
}

/// The classes of the ASCII characters.
pub(super) static KIND: [Class; 128] = {
    let mut kinds = [Class::Other; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = ascii_class(byte);
        byte += 1;
    }
    kinds
};
