//! What the characters of a block are, counted in one pass.

use super::facts::Text;
use crate::eight::upper_bits;
use crate::rules::{ends_sentence, is_unspaced};

/// Counts of seven bits each, packed into one number; see [`ADD`].
const LANES: [fn(&mut Text) -> &mut i32; 8] = [
    |text| &mut text.chars,
    |text| &mut text.letters,
    |text| &mut text.upper,
    |text| &mut text.digits,
    |text| &mut text.ends,
    |text| &mut text.commas,
    |text| &mut text.bars,
    |text| &mut text.lines,
];
/// Bits of a count.
const BITS: usize = 7;
const LANE: u64 = (1 << BITS) - 1;
/// Above the counts: how many signs a look must be taken at, see [`Counter::together`].
const SIGNS: usize = LANES.len() * BITS;
/// So many characters are counted together: one bit each in a mask, and few enough for a count.
const TOGETHER: usize = 64;

/// Per byte: one in each lane of [`LANES`] that counts it; nothing outside ASCII.
static ADD: [u64; 256] = {
    let mut add = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        let is_space = matches!(byte, 0x09..=0x0d | b' ');
        let lanes = [
            !is_space,
            byte.is_ascii_alphanumeric(),
            byte.is_ascii_uppercase(),
            byte.is_ascii_digit(),
            matches!(byte, b'.' | b'!' | b'?'),
            matches!(byte, b',' | b';'),
            matches!(byte, b'|' | b'/' | b'>'),
            byte == b'\n',
            matches!(byte, b'@' | b'#' | b'$'),
        ];
        let mut lane = 0;
        while lane < lanes.len() {
            add[byte as usize] |= (lanes[lane] as u64) << (BITS * lane);
            lane += 1;
        }
        byte += 1;
    }
    add
};

/// Counts the characters of `raw`.
pub fn count(raw: &str) -> Text {
    let mut counter = Counter::default();
    for from in (0..raw.len()).step_by(TOGETHER) {
        counter.together(raw, from);
    }
    let mut text = counter.text;
    // A sign is what is neither white space nor a letter.
    text.punctuation = text.chars - text.letters;
    if text.digits >= 4 {
        text.years = years(raw.as_bytes());
    }
    (text.first, text.last) = ends(raw);
    text
}

#[derive(Default)]
struct Counter {
    text: Text,
    /// Bytes of letters, a bit each: of those that are counted together, and above them of the last
    /// character where it goes on behind them.
    letters: u128,
    /// The same of signs that join two letters to one word.
    joins: u128,
    in_word: bool,
}

impl Counter {
    /// Counts the characters in the [`TOGETHER`] bytes from `from` on.
    fn together(&mut self, raw: &str, from: usize) {
        let bytes = raw.as_bytes().get(from..).unwrap_or_default();
        let bytes = bytes.get(..TOGETHER).unwrap_or(bytes);
        let mut sums = 0;
        for byte in bytes {
            sums += ADD[usize::from(*byte)];
        }
        for (lane, place) in LANES.iter().enumerate() {
            *place(&mut self.text) += (sums >> (BITS * lane) & LANE) as i32;
        }
        if sums >> SIGNS != 0 {
            self.text.at_sign |= bytes.iter().any(|byte| matches!(byte, b'@' | b'#'));
            self.text.money |= bytes.contains(&b'$');
        }
        let mut all = [b' '; TOGETHER];
        all[..bytes.len()].copy_from_slice(bytes);
        self.letters |= u128::from(mask(&all, |byte| byte.is_ascii_alphanumeric()));
        self.joins |= u128::from(mask(&all, |byte| byte == b'\'' || byte == b'-'));
        if !all.is_ascii() {
            let mut starts = mask(&all, |byte| byte >= 0xc0);
            while starts != 0 {
                let at = starts.trailing_zeros() as usize;
                starts &= starts - 1;
                if let Some(c) = raw.get(from + at..).and_then(|rest| rest.chars().next()) {
                    self.other(c, at);
                }
            }
        }
        self.words();
    }

    /// Counts where words begin.
    fn words(&mut self) {
        let (letters, joins) = (self.letters as u64, self.joins as u64);
        // A bit behind each letter, and behind each run of joining signs that follows one: added to
        // the first of a run, it is carried through all of it.
        let behind = letters << 1 | u64::from(self.in_word);
        let (through, over) = (behind & joins).overflowing_add(joins);
        let in_word = behind | (through & !joins);
        self.text.words += (letters & !in_word).count_ones() as i32;
        self.in_word = over || letters >> (TOGETHER - 1) != 0;
        self.letters >>= TOGETHER;
        self.joins >>= TOGETHER;
    }

    /// Counts a character outside ASCII, `at` in the bytes that are counted together.
    fn other(&mut self, c: char, at: usize) {
        if c.is_whitespace() {
            return;
        }
        let place = ((1 << c.len_utf8()) - 1) << at;
        let text = &mut self.text;
        text.chars += 1;
        if c.is_alphanumeric() {
            text.letters += 1;
            self.letters |= place;
            text.upper += i32::from(c.is_uppercase());
            text.unspaced += i32::from(is_unspaced(c));
            return;
        }
        if c == '’' {
            self.joins |= place;
        }
        text.ends += i32::from(ends_sentence(c));
        text.commas += i32::from(matches!(c, '、' | '،'));
        text.bars += i32::from(matches!(c, '·' | '•' | '›' | '»'));
        text.copyright |= matches!(c, '©' | '®' | '™');
        text.money |= matches!(c, '€' | '£' | '¥' | '₹');
    }
}

/// A bit for each byte that is such a one.
#[inline]
fn mask(bytes: &[u8; TOGETHER], is: impl Fn(u8) -> bool) -> u64 {
    let mut bits = [0; TOGETHER];
    for at in 0..TOGETHER {
        bits[at] = u8::from(is(bytes[at])) << 7;
    }
    let eights = bits.as_chunks::<8>().0.iter().enumerate();
    eights.fold(0, |mask, (at, eight)| {
        mask | upper_bits(u64::from_le_bytes(*eight)) << (8 * at)
    })
}

/// Numbers of four digits that may be a year.
fn years(bytes: &[u8]) -> i32 {
    let numbers = bytes.split(|byte| !byte.is_ascii_digit());
    let is_year = |number: &&[u8]| matches!(number, [b'1', b'9', _, _] | [b'2', b'0', _, _]);
    numbers.filter(is_year).count() as i32
}

/// What the first and the last character are.
fn ends(raw: &str) -> (u8, u8) {
    let of = |byte: Option<&u8>, c: &dyn Fn() -> Option<char>| match byte {
        Some(b'a'..=b'z') => LOWER,
        Some(b'A'..=b'Z') => UPPER,
        _ => c().map_or(0, class),
    };
    let bytes = raw.as_bytes();
    (
        of(bytes.first(), &|| raw.trim_start().chars().next()),
        of(bytes.last(), &|| raw.trim_end().chars().next_back()),
    )
}

const LOWER: u8 = 15;
const UPPER: u8 = 16;

/// What a character is at the ends of a block.
fn class(c: char) -> u8 {
    match c {
        '!' | '?' | '¡' | '¿' | '！' | '？' => 17,
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
        _ if c.is_lowercase() => LOWER,
        _ if c.is_uppercase() => UPPER,
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

    /// Words, read character by character.
    fn plain_words(text: &str) -> i32 {
        let (mut words, mut in_word) = (0, false);
        for c in text.chars() {
            if c.is_alphanumeric() {
                words += i32::from(!in_word);
                in_word = true;
            } else {
                in_word &= matches!(c, '\'' | '-' | '’');
            }
        }
        words
    }

    #[test]
    fn words_are_those_of_a_plain_reading() {
        let mut seed = 5_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % below
        };
        for round in 0..4000 {
            // Every other text is ASCII; all kinds of runs meet the borders of what is counted together.
            let signs: &[char] = &['a', 'Z', '7', '-', '\'', ' ', '.', 'é', '’', '日'];
            let signs = &signs[..if round % 2 == 0 { 7 } else { 10 }];
            let mut text = String::new();
            while text.len() < round / 20 {
                text.extend(std::iter::repeat_n(signs[next(signs.len())], 1 + next(3)));
            }
            let counts = count(&text);
            assert_eq!(counts.words, plain_words(&text), "{text:?}");
            let years = text.split(|c: char| !c.is_ascii_digit()).filter(|number| {
                number.len() == 4 && (1900..2100).contains(&number.parse().unwrap())
            });
            assert_eq!(counts.years, years.count() as i32, "{text:?}");
        }
        assert_eq!(count(&"a-".repeat(500)).words, 1);
        assert_eq!(count(&"-".repeat(500)).words, 0);
    }
}
