//! Which words a line may hold: its triples of characters tell, so that nearly all lines are done with
//! before an expression is tried.

use super::classes::{Classes, class_of, classes_of_bytes};
use super::gates::Look;
use super::grams::SPREAD;
use super::near::Near;

/// Bits of a triple's place in a line's table.
const BITS: u32 = 12;
const TABLE: usize = 1 << BITS;

/// The triples of characters that a line holds: a place holds the number of the last line that had
/// its triple, so that the table is seldom cleared.
#[derive(Debug)]
pub(super) struct Triples {
    places: Box<[u8; TABLE]>,
    line: u8,
    /// The bytes beyond ASCII that the line holds, one bit for each.
    beyond: u128,
}

impl Default for Triples {
    fn default() -> Self {
        Self {
            places: Box::new([0; TABLE]),
            line: 0,
            beyond: 0,
        }
    }
}

fn triple(a: u8, b: u8, c: u8) -> u16 {
    triple_of(u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16)
}

fn triple_of(all: u32) -> u16 {
    (all.wrapping_mul(SPREAD) >> (32 - BITS)) as u16
}

impl Triples {
    /// Takes the triples of another line, given as [`bytes_of`](super::grams::bytes_of) writes it.
    pub(super) fn take(&mut self, line: &[u8]) {
        self.line = self.line.wrapping_add(1);
        if self.line == 0 {
            *self.places = [0; TABLE];
            self.line = 1;
        }
        let number = self.line;
        let mut add = |triple: u16| self.places[usize::from(triple) % TABLE] = number;
        // Eight bytes hold six triples.
        let mut rest = line;
        while let Some(&eight) = rest.first_chunk() {
            let eight = u64::from_le_bytes(eight);
            (0..6).for_each(|at| add(triple_of((eight >> (8 * at)) as u32 & 0xff_ffff)));
            rest = &rest[6..];
        }
        for three in rest.windows(3) {
            add(triple(three[0], three[1], three[2]));
        }
        self.beyond = 0;
        if !line.is_ascii() {
            for byte in line.iter().filter(|byte| !byte.is_ascii()) {
                self.beyond |= 1 << (byte & 0x7f);
            }
        }
    }

    fn has(&self, gram: u16) -> bool {
        self.places[usize::from(gram) % TABLE] == self.line
    }
}

/// Words: long ones are known by three of their triples, others are looked for.
#[derive(Debug, Default)]
pub(super) struct Words {
    long: Vec<Word<[u16; 3]>>,
    short: Vec<Word<Near>>,
    /// Those of one character beyond ASCII, as bits.
    signs: u128,
}

#[derive(Debug)]
struct Word<K> {
    /// The classes of its characters of ASCII.
    classes: Classes,
    /// Whether it has others.
    beyond: bool,
    known_by: K,
}

impl<K> Word<K> {
    fn new(word: &[u8], known_by: K) -> Self {
        let ascii: Vec<u8> = word.iter().copied().filter(u8::is_ascii).collect();
        Self {
            classes: classes_of_bytes(&ascii),
            beyond: ascii.len() < word.len(),
            known_by,
        }
    }
}

/// The letters of ASCII that others become in lower case, as [`lower`](super::literals::lower) does:
/// of `İ`, `\u{212a}` and `ſ`.
const LOWERED: &[u8] = b"iks";

impl Words {
    /// Words as [`bytes_of`](super::grams::bytes_of) writes them.
    pub(super) fn new(list: &[Vec<u8>]) -> Self {
        let mut words = Self::default();
        for word in list {
            match word[..] {
                [byte] if !byte.is_ascii() => words.signs |= 1 << (byte & 0x7f),
                [] | [_] | [_, _] => words.short.push(Word::new(word, Near::new(word))),
                _ => words.long.push(Word::new(word, triples_of(word))),
            }
        }
        words
    }

    /// Whether a line that looks so may hold the letters of one of the words; true where there are
    /// none.
    pub(super) fn may_be_of(&self, line: &Look) -> bool {
        let beyond = line.is_beyond();
        let lowered = LOWERED.iter().fold(0, |all, byte| all | class_of(*byte));
        let has = line.classes | if beyond { lowered } else { 0 };
        let spelled = |classes: Classes, more: bool| classes & !has == 0 && beyond | !more;
        self.is_empty()
            || self.signs != 0 && beyond
            || self
                .long
                .iter()
                .any(|word| spelled(word.classes, word.beyond))
            || self
                .short
                .iter()
                .any(|word| spelled(word.classes, word.beyond))
    }

    /// Whether a line, given as [`bytes_of`](super::grams::bytes_of) writes it and by its
    /// triples, may hold one of the words;
    /// true where there are none.
    pub(super) fn may_be_in(&self, line: &[u8], triples: &Triples) -> bool {
        let has = |word: &Word<[u16; 3]>| word.known_by.iter().all(|&triple| triples.has(triple));
        let stands = |word: &Word<Near>| word.known_by.is_in(line);
        self.is_empty()
            || self.signs & triples.beyond != 0
            || self.long.iter().any(has)
            || self.short.iter().any(stands)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.long.is_empty() && self.short.is_empty() && self.signs == 0
    }
}

fn triples_of(word: &[u8]) -> [u16; 3] {
    let last = word.len() - 3;
    [0, last / 2, last].map(|at| triple(word[at], word[at + 1], word[at + 2]))
}

#[cfg(test)]
mod tests {
    use super::super::grams::bytes_of;
    use super::*;

    #[test]
    fn no_line_is_taken_for_one_long_before() {
        let mut triples = Triples::default();
        for at in 0..600 {
            let line: &[u8] = if at % 256 == 1 { b"once" } else { b"later" };
            triples.take(line);
            let has = |word: &[u8]| Words::new(&[word.to_vec()]).may_be_in(line, &triples);
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
            let mut triples = Triples::default();
            triples.take(&bytes("an other line before"));
            triples.take(&bytes(line));
            let words: Vec<Vec<u8>> = words.iter().map(|word| bytes(word)).collect();
            let words = Words::new(&words);
            let may = words.may_be_in(&bytes(line), &triples);
            assert!(words.may_be_of(&Look::at(line)) || !may, "{line}");
            may
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

    #[test]
    fn a_line_is_of_the_letters_that_any_of_its_characters_becomes() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            let line = c.to_string();
            let mut bytes = Vec::new();
            bytes_of(&line, &mut bytes);
            let words = Words::new(std::slice::from_ref(&bytes));
            assert!(words.may_be_of(&Look::at(&line)), "{:x}", c as u32);
        }
        let of = |word: &str, line: &str| {
            Words::new(&[word.as_bytes().to_vec()]).may_be_of(&Look::at(line))
        };
        assert!(of("tag: ", "A t : g") && !of("tag: ", "tag:") && !of("tag", "\u{212a}at"));
    }
}
