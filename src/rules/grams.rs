//! Which words a line may hold: a few bits per pair and triple of its characters tell, so that
//! nearly all lines are done with before an expression is tried.
//!
//! A character is written as one byte, the same for both of its cases: ASCII as it is in lower
//! case, others as one of 128.

use std::sync::OnceLock;

use super::literals::lower;

/// Bits of a gram's place in a line's table.
const BITS: u32 = 12;
const TABLE: usize = 1 << BITS;
/// Odd numbers without a pattern (of xxHash): the upper bits of a product depend on all.
const SPREAD: u32 = 0x9e37_79b1;
const PAIRS: u32 = 0x85eb_ca77;
/// Characters that are known together where many words are looked for at once.
pub(super) const GRAM: usize = 4;

/// The bytes of the characters below U+10000, by 256, filled when first asked for; 0 for those
/// that become several in lower case.
static BYTES: [OnceLock<Box<[u8; 256]>>; 256] = [const { OnceLock::new() }; 256];

/// Writes `text` with a byte per character into `bytes`.
pub(super) fn bytes_of(text: &str, bytes: &mut Vec<u8>) {
    bytes.clear();
    if text.is_ascii() {
        bytes.extend_from_slice(text.as_bytes());
        bytes.make_ascii_lowercase();
        return;
    }
    for c in text.chars() {
        let code = c as u32;
        let page = BYTES.get(code as usize >> 8).map(|page| {
            page.get_or_init(|| {
                let c = |at: usize| char::from_u32((code & !0xff) + at as u32);
                Box::new(std::array::from_fn(|at| c(at).and_then(byte).unwrap_or(0)))
            })
        });
        match page.map(|page| page[code as usize & 0xff]) {
            Some(byte) if byte != 0 => bytes.push(byte),
            _ => bytes.extend(lower(c).map(byte_of_lower)),
        }
    }
}

/// The byte of a character that is one in lower case.
fn byte(c: char) -> Option<u8> {
    let mut all = lower(c);
    let one = all.next()?;
    all.next().is_none().then(|| byte_of_lower(one))
}

fn byte_of_lower(c: char) -> u8 {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => byte,
        _ => ((c as u32).wrapping_mul(SPREAD) >> 25) as u8 | 0x80,
    }
}

/// The pairs and triples of characters that a line holds: a place holds the number of the last line
/// that had its gram, so that the table is seldom cleared.
#[derive(Debug)]
pub(super) struct Grams {
    places: Box<[u8; TABLE]>,
    line: u8,
}

impl Default for Grams {
    fn default() -> Self {
        Self {
            places: Box::new([0; TABLE]),
            line: 0,
        }
    }
}

fn pair(a: u8, b: u8) -> u16 {
    pair_of(u32::from(a) | u32::from(b) << 8)
}

fn triple(a: u8, b: u8, c: u8) -> u16 {
    triple_of(u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16)
}

fn pair_of(both: u32) -> u16 {
    (both.wrapping_mul(PAIRS) >> (32 - BITS)) as u16
}

fn triple_of(all: u32) -> u16 {
    (all.wrapping_mul(SPREAD) >> (32 - BITS)) as u16
}

/// Four characters as a number.
pub(super) fn gram(bytes: &[u8]) -> u64 {
    let bytes = bytes.first_chunk().copied().unwrap_or([0; GRAM]);
    u64::from(u32::from_le_bytes(bytes))
}

impl Grams {
    /// Takes the grams of another line, given as [`bytes_of`] writes it.
    pub(super) fn take(&mut self, line: &[u8]) {
        self.line = self.line.wrapping_add(1);
        if self.line == 0 {
            *self.places = [0; TABLE];
            self.line = 1;
        }
        let number = self.line;
        let mut add = |gram: u16| self.places[usize::from(gram) % TABLE] = number;
        // The last three characters; what stands for less at the beginning of a line does no harm.
        let mut last = 0_u32;
        for &byte in line {
            last = last >> 8 | u32::from(byte) << 16;
            add(pair_of(last >> 8));
            add(triple_of(last));
        }
        if !line.is_ascii() {
            for &byte in line.iter().filter(|byte| !byte.is_ascii()) {
                add(pair(byte, 0));
            }
        }
    }

    fn has(&self, gram: u16) -> bool {
        self.places[usize::from(gram) % TABLE] == self.line
    }
}

/// Words, each known by three of its grams.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<[u16; 3]>);

impl Words {
    /// Words as [`bytes_of`] writes them.
    pub(super) fn new(list: &[Vec<u8>]) -> Self {
        Self(list.iter().map(|word| grams_of(word)).collect())
    }

    /// Whether a line may hold one of the words; true where there are none.
    pub(super) fn may_be_in(&self, line: &Grams) -> bool {
        let Self(words) = self;
        let has = |word: &[u16; 3]| word.iter().all(|&gram| line.has(gram));
        words.is_empty() || words.iter().any(has)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn grams_of(word: &[u8]) -> [u16; 3] {
    match *word {
        [] => [0; 3],
        // Words of one character are beyond ASCII.
        [byte] => [pair(byte, 0); 3],
        [a, b] => [pair(a, b); 3],
        ref bytes => {
            let last = bytes.len() - 3;
            let at = |at: usize| triple(bytes[at], bytes[at + 1], bytes[at + 2]);
            [at(0), at(last / 2), at(last)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_taken_for_one_long_before() {
        let mut grams = Grams::default();
        for at in 0..600 {
            grams.take(if at % 256 == 1 { b"once" } else { b"later" });
            let has = |word: &[u8]| Words::new(&[word.to_vec()]).may_be_in(&grams);
            assert_eq!(
                (has(b"once"), has(b"later")),
                (at % 256 == 1, at % 256 != 1)
            );
        }
    }

    #[test]
    fn a_line_may_hold_the_words_that_it_holds_and_few_others() {
        let bytes = |text: &str| {
            let mut bytes = Vec::new();
            bytes_of(text, &mut bytes);
            bytes
        };
        let may = |line: &str, words: &[&str]| {
            let mut grams = Grams::default();
            grams.take(&bytes("an other line before"));
            grams.take(&bytes(line));
            let words: Vec<Vec<u8>> = words.iter().map(|word| bytes(word)).collect();
            Words::new(&words).may_be_in(&grams)
        };
        let line = "Le matin avec AFP";
        for words in [&[" avec "][..], &["reuters", "afp"], &["fp"], &["le"], &[]] {
            assert!(may(line, words), "{words:?}");
        }
        assert!(!may(line, &["foto"]) && !may(line, &["avec dpa", "ap"]));
        assert!(may("ÉCRIT À MOSCOU", &["écrit à"]) && may("図：共同", &["図"]));
        assert!(may("\u{212A}IO\u{17F}K İ", &["kiosk"]) && may("İx", &["i\u{307}x"]));
        assert!(!may("Écrit", &["édit"]) && !may("Le 図", &["表"]));
    }
}
