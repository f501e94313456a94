//! Counts over one line, taken in a single pass over its characters.

use crate::rules::{ends_sentence, is_unspaced};

/// Bits of a word's hash: the size of a page's vocabulary table.
pub(super) const WORD_BITS: u32 = 14;
/// Fewest characters of a word that says something about the topic.
const WORD_CHARS: u32 = 4;
/// From FxHash: an odd number close to 2^64 divided by pi.
const MIX: u64 = 0x517c_c1b7_2722_0a95;

/// What stands in a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stats {
    /// Characters without white space.
    pub chars: i32,
    /// Words; scripts without spaces count half a word per character.
    pub words: i32,
    pub letters: i32,
    pub upper: i32,
    /// Words that start with a capital.
    pub capitals: i32,
    pub digits: i32,
    /// Characters of scripts without spaces.
    pub unspaced: i32,
    /// Sentence ends.
    pub ends: i32,
    /// Commas and semicolons of any script.
    pub commas: i32,
    /// Bars, bullets, arrows, slashes: what stands between the items of a row.
    pub separators: i32,
    pub quotes: i32,
    /// `@`, `#`, `://`.
    pub links: i32,
    /// Characters of the longest word.
    pub longest: i32,
    /// How the line opens, see [`Class`].
    pub first: i32,
    /// How it closes: 0 letter, 1 digit, 2 other, 3 colon, 4 comma, 5 sentence end.
    pub close: i32,
    /// Hash of the letters and digits.
    pub hash: u64,
    /// The same with every number folded into one.
    pub folded: u64,
    /// Hash of the first word.
    pub head: u64,
    /// Range of the line's words in the word list.
    pub from: u32,
    pub to: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
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

fn class(c: char) -> Class {
    match c {
        'a'..='z' => Class::Lower,
        ' ' | '\t' => Class::Space,
        'A'..='Z' => Class::Upper,
        '0'..='9' => Class::Digit,
        '.' | '!' | '?' => Class::End,
        ',' | ';' | '،' | '、' | '，' | '；' | '؛' => Class::Comma,
        ':' | '：' => Class::Colon,
        '"' | '\'' | '’' | '‘' | '“' | '”' | '«' | '»' | '„' | '「' | '」' | '『' | '』' | ')'
        | ']' => Class::Quote,
        '|' | '/' | '•' | '·' | '>' | '<' | '›' | '‹' | '→' | '←' | '+' | '\\' | '*' => {
            Class::Separator
        }
        '@' | '#' => Class::Link,
        c if c.is_ascii() => Class::Other,
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

/// Lower case of the scripts that have case in print, without a table of all of Unicode.
fn fold(c: char) -> u32 {
    let code = c as u32;
    match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' | 'Α'..='Ω' => code + 32,
        'Ѐ'..='Џ' => code + 80,
        // Latin Extended-A pairs: capital even, small odd, but for two stretches.
        '\u{0100}'..='\u{0137}' | '\u{014a}'..='\u{0177}' => code | 1,
        _ => code,
    }
}

fn mix(hash: u64, value: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(MIX)
}

/// Counts `text`, and appends the hashes of its words to `words`.
pub(super) fn scan(text: &str, words: &mut Vec<u16>) -> Stats {
    let mut stats = Stats {
        from: words.len() as u32,
        ..Stats::default()
    };
    let (mut word, mut word_chars, mut last) = (0_u64, 0_u32, Class::Space);
    let mut before_unspaced = 0_u32;
    for c in text.chars() {
        let class = class(c);
        let in_word = (class as u8).wrapping_sub(1) < Class::Digit as u8;
        if !in_word && word_chars > 0 {
            end_word(&mut stats, word, word_chars, words);
            (word, word_chars) = (0, 0);
        }
        if class == Class::Space {
            continue;
        }
        if stats.chars == 0 {
            stats.first = class as i32;
        }
        stats.chars += 1;
        if in_word {
            let code = fold(c);
            stats.hash = mix(stats.hash, code);
            if class != Class::Digit {
                stats.folded = mix(stats.folded, code);
            } else if last != Class::Digit {
                stats.folded = mix(stats.folded, '0' as u32);
            }
            if class == Class::Letter && is_unspaced(c) {
                stats.unspaced += 1;
                stats.letters += 1;
                if before_unspaced != 0 {
                    words.push(table_slot(mix(mix(0, before_unspaced), code)));
                }
                before_unspaced = code;
                last = class;
                continue;
            }
            if word_chars == 0 {
                stats.words += 1;
                stats.capitals += i32::from(class == Class::Upper);
            }
            word = mix(word, code);
            word_chars += 1;
        }
        before_unspaced = 0;
        match class {
            Class::Lower | Class::Letter => stats.letters += 1,
            Class::Upper => {
                stats.letters += 1;
                stats.upper += 1;
            }
            Class::Digit => stats.digits += 1,
            Class::End => stats.ends += 1,
            Class::Comma => stats.commas += 1,
            // The start of an address: `://`.
            Class::Separator if last == Class::Colon => stats.links += 1,
            Class::Separator => stats.separators += 1,
            Class::Quote => stats.quotes += 1,
            Class::Link => stats.links += 1,
            _ => {}
        }
        last = if class == Class::Quote && last != Class::Space {
            last
        } else {
            class
        };
    }
    if word_chars > 0 {
        end_word(&mut stats, word, word_chars, words);
    }
    stats.words += stats.unspaced / 2;
    stats.close = match last {
        Class::End => 5,
        Class::Comma => 4,
        Class::Colon => 3,
        Class::Digit => 1,
        Class::Lower | Class::Upper | Class::Letter => 0,
        _ => 2,
    };
    stats.to = words.len() as u32;
    stats
}

fn end_word(stats: &mut Stats, hash: u64, chars: u32, words: &mut Vec<u16>) {
    if stats.head == 0 {
        stats.head = hash | 1;
    }
    stats.longest = stats.longest.max(chars as i32);
    if chars >= WORD_CHARS {
        words.push(table_slot(hash));
    }
}

fn table_slot(hash: u64) -> u16 {
    (hash >> (64 - WORD_BITS)) as u16
}
