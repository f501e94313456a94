//! What the characters of a block are, counted in one pass.

use super::facts::Text;
use crate::rules::{ends_sentence, is_unspaced};

/// Counts of eight bits each, packed into one number; see [`ADD`].
const LANES: [fn(&mut Text) -> &mut i32; 8] = [
    |text| &mut text.chars,
    |text| &mut text.letters,
    |text| &mut text.upper,
    |text| &mut text.digits,
    |text| &mut text.punctuation,
    |text| &mut text.ends,
    |text| &mut text.commas,
    |text| &mut text.bars,
];
/// So many characters fit into the packed counts.
const FULL: usize = 255;

const LETTER: u8 = 1;
/// Joins two letters to one word; right above [`LETTER`], see [`Counter::ascii`].
const JOINS: u8 = LETTER << 1;
const DIGIT: u8 = 1 << 2;
const AT_SIGN: u8 = 1 << 3;
const MONEY: u8 = 1 << 4;
const LINE: u8 = 1 << 5;

/// Per ASCII character: one in each lane of [`LANES`] that counts it.
static ADD: [u64; 128] = {
    let mut add = [0; 128];
    let mut byte = 0u8;
    while byte < 128 {
        let is_space = matches!(byte, 0x09..=0x0d | b' ');
        let letter = byte.is_ascii_alphanumeric();
        let sign = !is_space && !letter;
        let lanes = [
            !is_space,
            letter,
            byte.is_ascii_uppercase(),
            byte.is_ascii_digit(),
            sign,
            matches!(byte, b'.' | b'!' | b'?'),
            matches!(byte, b',' | b';'),
            matches!(byte, b'|' | b'/' | b'>'),
        ];
        let mut lane = 0;
        while lane < lanes.len() {
            add[byte as usize] |= (lanes[lane] as u64) << (8 * lane);
            lane += 1;
        }
        byte += 1;
    }
    add
};

/// Per ASCII character: what it is, as bits.
static KIND: [u8; 128] = {
    let mut kind = [0; 128];
    let mut byte = 0u8;
    while byte < 128 {
        kind[byte as usize] = match byte {
            b'0'..=b'9' => LETTER | DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'\'' | b'-' => JOINS,
            b'@' | b'#' => AT_SIGN,
            b'$' => MONEY,
            b'\n' => LINE,
            _ => 0,
        };
        byte += 1;
    }
    kind
};

/// Counts the characters of `raw`.
pub fn count(raw: &str) -> Text {
    let mut counter = Counter::default();
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at += counter.ascii(&bytes[at..bytes.len().min(at + FULL)]);
        if let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next())
            && !c.is_ascii()
        {
            counter.other(c);
            at += c.len_utf8();
        }
    }
    counter.end_number();
    let mut text = counter.text;
    text.first = raw.trim_start().chars().next().map_or(0, class);
    text.last = raw.trim_end().chars().next_back().map_or(0, class);
    text
}

#[derive(Default)]
struct Counter {
    text: Text,
    in_word: bool,
    digits: u32,
    year: u32,
}

impl Counter {
    /// Counts the ASCII characters that `bytes` (at most [`FULL`]) begin with; gives their
    /// number.
    fn ascii(&mut self, bytes: &[u8]) -> usize {
        let (mut sums, mut kinds, mut len) = (0u64, 0u8, 0);
        let (mut words, mut in_word) = (0, u8::from(self.in_word));
        for &byte in bytes {
            let (Some(add), Some(&kind)) = (ADD.get(byte as usize), KIND.get(byte as usize)) else {
                break;
            };
            len += 1;
            sums += add;
            kinds |= kind;
            let letter = kind & LETTER;
            words += i32::from(letter & !in_word);
            in_word = letter | (in_word & (kind >> 1));
        }
        self.text.words += words;
        self.in_word = in_word & 1 != 0;
        for (lane, place) in LANES.iter().enumerate() {
            *place(&mut self.text) += (sums >> (8 * lane) & 0xff) as i32;
        }
        self.text.at_sign |= kinds & AT_SIGN != 0;
        self.text.money |= kinds & MONEY != 0;
        if kinds & LINE != 0 {
            let lines = bytes[..len].iter().filter(|byte| **byte == b'\n');
            self.text.lines += lines.count() as i32;
        }
        match kinds & DIGIT {
            0 if len > 0 => self.end_number(),
            0 => {}
            _ => self.numbers(&bytes[..len]),
        }
        len
    }

    /// Looks for years.
    fn numbers(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte.is_ascii_digit() {
                self.digits += 1;
                let digit = u32::from(byte - b'0');
                self.year = self.year.saturating_mul(10).saturating_add(digit);
            } else if self.digits > 0 {
                self.end_number();
            }
        }
    }

    fn other(&mut self, c: char) {
        self.end_number();
        if c.is_whitespace() {
            self.in_word = false;
            return;
        }
        let text = &mut self.text;
        text.chars += 1;
        if c.is_alphanumeric() {
            text.letters += 1;
            text.words += i32::from(!self.in_word);
            self.in_word = true;
            text.upper += i32::from(c.is_uppercase());
            text.unspaced += i32::from(is_unspaced(c));
            return;
        }
        self.in_word &= c == '’';
        text.punctuation += 1;
        text.ends += i32::from(ends_sentence(c));
        text.commas += i32::from(matches!(c, '、' | '،'));
        text.bars += i32::from(matches!(c, '·' | '•' | '›' | '»'));
        text.copyright |= matches!(c, '©' | '®' | '™');
        text.money |= matches!(c, '€' | '£' | '¥' | '₹');
    }

    /// Four digits may be a year.
    fn end_number(&mut self) {
        let is_year = self.digits == 4 && (1900..2100).contains(&self.year);
        self.text.years += i32::from(is_year);
        (self.digits, self.year) = (0, 0);
    }
}

/// What a character is at the ends of a block.
fn class(c: char) -> u8 {
    match c {
        _ if ends_sentence(c) => 1,
        ':' => 2,
        '…' => 3,
        ',' | ';' => 4,
        '"' | '\'' | '”' | '’' | '»' | '“' | '«' | '„' => 5,
        ')' | ']' | '(' | '[' => 6,
        '-' | '–' | '—' | '•' | '*' | '·' => 7,
        '#' | '@' => 8,
        '©' | '®' | '™' => 9,
        '$' | '€' | '£' | '¥' | '₹' | '%' => 10,
        '›' | '>' | '→' | '+' | '↓' | '▼' => 11,
        _ if c.is_ascii_digit() => 13,
        _ if c.is_lowercase() => 15,
        _ if c.is_uppercase() => 16,
        _ if c.is_alphanumeric() => 14,
        _ => 12,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted() {
        let text = count("In 2024, Ana paid $5.\n© Ana");
        assert_eq!(
            (text.words, text.years, text.ends, text.lines),
            (6, 1, 1, 1)
        );
        assert!(text.money && text.copyright && !text.at_sign);
        assert_eq!((text.first, text.last), (16, 15));
    }

    #[test]
    fn long_texts_and_other_scripts_are_counted_alike() {
        let text = count(&"It’s rock-n-roll, 1999/2150! ".repeat(40));
        let sums = (text.chars, text.letters, text.upper, text.digits);
        assert_eq!(sums, (40 * 26, 40 * 20, 40, 40 * 8));
        let sums = (text.words, text.years, text.ends, text.commas, text.bars);
        assert_eq!(sums, (40 * 4, 40, 40, 40, 40));
        let text = count("Été 2001。日本、ЖХ @x");
        let sums = (text.words, text.upper, text.unspaced, text.years);
        assert_eq!(sums, (5, 3, 2, 1));
        assert_eq!((text.ends, text.commas, text.at_sign), (1, 1, true));
    }
}
