//! Goes over the characters of a line, word by word.

use std::cell::RefCell;

use super::class::{Class, KIND, Other, ascii_class};
use super::known::{Known, mix_all};
use super::signs::Signs;
use super::stats::{MIX, Stats};
use super::vocabulary::{LONG, SLOT_BITS};
use crate::runs::{SHORT, long, runs, short};

/// Fewest characters of a word, and of one that says something about the topic.
const WORD_CHARS: u32 = 2;
const LONG_CHARS: u32 = 4;

/// Counts lines, with buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// The letters and digits of the line, in lower case.
    signs: Signs,
    known: Known,
}

thread_local! {
    static COUNTER: RefCell<Counter> = RefCell::default();
}

impl Counter {
    /// Gives `work` the counter of this thread.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        COUNTER.with_borrow_mut(work)
    }

    /// Counts `text`, and appends the hashes of its words to `words`.
    pub(super) fn scan(&mut self, text: &str, words: &mut Vec<u16>) -> Stats {
        self.signs.begin(text);
        let mut scanner = Scanner::new(self, words);
        scanner.stats.first = opens_with(text) as i32;
        scanner.stats.add_ascii(text.as_bytes());
        if scanner.stats.separators > 0 {
            scanner.links(text);
        }
        scanner.line(text);
        scanner.finish(text)
    }
}

/// The class of the first character that is no white space; white space where there is none.
fn opens_with(text: &str) -> Class {
    let class = |c: char| match KIND.get(c as usize) {
        Some(&class) => class,
        None => Other::of(c).class,
    };
    let mut classes = text.chars().map(class);
    classes
        .find(|class| *class != Class::Space)
        .unwrap_or(Class::Space)
}

/// The class of the last character of `text` that is neither white space nor a quotation mark; where
/// there is none, one of those.
fn closes_with(text: &str) -> Class {
    let mut last = Class::Space;
    for c in text.chars().rev() {
        let class = match KIND.get(c as usize) {
            Some(&class) => class,
            None => Other::of(c).class,
        };
        match class {
            Class::Space => {}
            Class::Quote => last = class,
            _ => return class,
        }
    }
    last
}

pub(super) fn mix(hash: u64, value: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(MIX)
}

struct Scanner<'w> {
    stats: Stats,
    signs: &'w mut Signs,
    known: &'w mut Known,
    words: &'w mut Vec<u16>,
    word: u64,
    word_chars: u32,
    last: Class,
    /// The character before, if it is one of a script without spaces.
    before_unspaced: u32,
}

impl<'w> Scanner<'w> {
    fn new(counter: &'w mut Counter, words: &'w mut Vec<u16>) -> Self {
        let stats = Stats {
            from: words.len() as u32,
            ..Stats::default()
        };
        Self {
            stats,
            signs: &mut counter.signs,
            known: &mut counter.known,
            words,
            word: 0,
            word_chars: 0,
            last: Class::Space,
            before_unspaced: 0,
        }
    }

    /// The start of an address, `://`, is no separator.
    fn links(&mut self, text: &str) {
        let bytes = text.as_bytes();
        // Colons beyond ASCII count as well.
        if memchr::memchr(b':', bytes).is_none() && bytes.is_ascii() {
            return;
        }
        let separators = bytes.iter().enumerate();
        for (at, _) in separators.filter(|(_, byte)| ascii_class(**byte) == Class::Separator) {
            if text.get(..at).map(closes_with) == Some(Class::Colon) {
                self.stats.links += 1;
                self.stats.separators -= 1;
            }
        }
    }

    /// Counts the words of a line. All that is no letter, no digit and ASCII ends one and is counted
    /// before, by [`Stats::add_ascii`].
    fn line(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut behind = 0;
        runs(bytes, |start, end| {
            let len = end - start;
            if let Some((word, capital)) = short(bytes, start, end) {
                let hash = self.known.hash(word);
                self.signs.push_word(word, len);
                self.letters_only(hash, len, capital);
            } else if let Some(([word, rest], capital)) = long(bytes, start, end) {
                let hash = mix_all(self.known.hash(word), rest);
                self.signs.push_word(word, SHORT);
                self.signs.push_word(rest, len - SHORT);
                self.letters_only(hash, len, capital);
            } else {
                let gap = bytes.get(behind..start).unwrap_or_default();
                let space = |byte: &u8| matches!(ascii_class(*byte), Class::Space);
                if self.before_unspaced != 0 && !gap.iter().all(space) {
                    self.before_unspaced = 0;
                }
                self.run(text, start, end);
            }
            behind = end;
        });
    }

    /// Counts a word of so many letters of ASCII with this hash.
    #[inline]
    fn letters_only(&mut self, hash: u64, len: usize, capital: bool) {
        self.before_unspaced = 0;
        self.stats.words += 1;
        self.stats.capitals += i32::from(capital);
        self.add_word(hash, len as u32);
    }

    /// Letters, digits and characters beyond ASCII one after the other.
    fn run(&mut self, text: &str, start: usize, end: usize) {
        self.last = text.get(..start).map_or(Class::Space, closes_with);
        let bytes = &text.as_bytes()[..end];
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            at += match KIND.get(usize::from(byte)) {
                Some(Class::Digit) => self.digit(byte),
                Some(_) => self.letters(&bytes[at..]),
                None => match text.get(at..).and_then(|rest| rest.chars().next()) {
                    Some(c) => self.other(c),
                    None => break,
                },
            };
        }
        self.end_word();
    }

    /// Begins a word of letters and digits, if none is under way.
    fn begin_word(&mut self, class: Class) {
        if self.word_chars == 0 {
            self.stats.words += 1;
            self.stats.capitals += i32::from(class == Class::Upper);
        }
    }

    /// The letters of ASCII that `bytes` begin with; gives their number.
    #[inline]
    fn letters(&mut self, bytes: &[u8]) -> usize {
        if self.word_chars == 0 {
            self.stats.words += 1;
            self.stats.capitals += i32::from(bytes[0] & 0x20 == 0);
            self.before_unspaced = 0;
        }
        let (mut word, mut count) = (self.word, 0);
        for (sign, byte) in self.signs.rest().iter_mut().zip(bytes) {
            let code = byte | 0x20;
            if !code.is_ascii_lowercase() {
                break;
            }
            word = mix(word, u32::from(code));
            *sign = code;
            count += 1;
        }
        self.signs.len += count;
        self.word = word;
        self.word_chars += count as u32;
        self.last = Class::Lower;
        count
    }

    /// A digit of ASCII; gives its number of bytes, as the others do.
    fn digit(&mut self, byte: u8) -> usize {
        if self.word_chars == 0 {
            self.stats.words += 1;
            self.before_unspaced = 0;
        }
        self.signs
            .push_digit(u32::from(byte), self.last == Class::Digit);
        self.word = mix(self.word, u32::from(byte));
        self.word_chars += 1;
        self.last = Class::Digit;
        1
    }

    /// A character beyond ASCII.
    fn other(&mut self, c: char) -> usize {
        let Other {
            class,
            unspaced,
            code,
        } = Other::of(c);
        if !class.in_word() {
            self.end_word();
        }
        if class == Class::Space {
            return c.len_utf8();
        }
        self.stats.chars += 1;
        if class == Class::Letter && unspaced {
            self.unspaced(code);
            return c.len_utf8();
        }
        self.stats.add_other(class, self.last);
        if class.in_word() {
            if class == Class::Digit {
                self.signs.push_digit(code, self.last == Class::Digit);
            } else {
                self.signs.push_code(code);
            }
            self.begin_word(class);
            self.word = mix(self.word, code);
            self.word_chars += 1;
        }
        self.before_unspaced = 0;
        if class != Class::Quote || self.last == Class::Space {
            self.last = class;
        }
        c.len_utf8()
    }

    /// A character of a script without spaces: with the one before it makes a word.
    fn unspaced(&mut self, code: u32) {
        // It ends no word of letters: those go on behind it.
        self.signs.push_code(code);
        let stats = &mut self.stats;
        stats.unspaced += 1;
        stats.letters += 1;
        if self.before_unspaced != 0 {
            let pair = mix(mix(0, self.before_unspaced), code);
            self.words.push(slot(pair) | LONG);
        }
        self.before_unspaced = code;
        self.last = Class::Letter;
    }

    #[inline]
    fn end_word(&mut self) {
        let (hash, chars) = (self.word, self.word_chars);
        if chars == 0 {
            return;
        }
        (self.word, self.word_chars) = (0, 0);
        self.add_word(hash, chars);
    }

    #[inline]
    fn add_word(&mut self, hash: u64, chars: u32) {
        let stats = &mut self.stats;
        if stats.head == 0 {
            stats.head = hash | 1;
        }
        stats.longest = stats.longest.max(chars as i32);
        if chars >= WORD_CHARS {
            let long = if chars >= LONG_CHARS { LONG } else { 0 };
            self.words.push(slot(hash) | long);
        }
    }

    fn finish(self, text: &str) -> Stats {
        let mut stats = self.stats;
        (stats.hash, stats.folded) = self.signs.hashes();
        stats.words += stats.unspaced / 2;
        stats.close = match closes_with(text) {
            Class::End => 5,
            Class::Comma => 4,
            Class::Colon => 3,
            Class::Digit => 1,
            Class::Lower | Class::Upper | Class::Letter => 0,
            _ => 2,
        };
        stats.to = self.words.len() as u32;
        stats
    }
}

/// The slot of a word in a table of words.
fn slot(hash: u64) -> u16 {
    (hash >> (u64::BITS - SLOT_BITS)) as u16
}

#[cfg(test)]
mod tests {
    use super::super::class::{class, fold};
    use super::*;
    use crate::rules::is_unspaced;

    /// The same, character by character and without tables.
    fn simple(text: &str) -> (Stats, Vec<u16>) {
        let (mut counter, mut words) = (Counter::default(), Vec::new());
        counter.signs.begin(text);
        let mut folded = Signs::default();
        folded.begin(text);
        let mut scanner = Scanner::new(&mut counter, &mut words);
        for c in text.chars() {
            let class = class(c);
            if class != Class::Space && scanner.stats.chars == 0 {
                scanner.stats.first = class as i32;
            }
            let last = scanner.last;
            if class != Class::Digit {
                if class.in_word() {
                    folded.push_code(fold(c));
                }
            } else if last != Class::Digit {
                folded.push_code(u32::from('0'));
            }
            if !class.in_word() {
                scanner.end_word();
            }
            if class == Class::Space {
                continue;
            }
            scanner.stats.chars += 1;
            if class == Class::Letter && is_unspaced(c) {
                scanner.unspaced(fold(c));
                continue;
            }
            scanner.stats.add_other(class, last);
            if class.in_word() {
                scanner.signs.push_code(fold(c));
                if !c.is_ascii() || scanner.word_chars == 0 {
                    scanner.before_unspaced = 0;
                }
                scanner.begin_word(class);
                scanner.word = mix(scanner.word, fold(c));
                scanner.word_chars += 1;
            } else {
                scanner.before_unspaced = 0;
            }
            if class != Class::Quote || last == Class::Space {
                scanner.last = class;
            }
        }
        scanner.end_word();
        let last = scanner.last;
        let mut stats = scanner.finish(text);
        assert_eq!(last, closes_with(text));
        stats.folded = folded.hashes().0;
        (stats, words)
    }

    #[test]
    fn runs_of_letters_count_as_their_characters_do() {
        use proptest::prelude::*;
        assert_eq!(ascii_class(b'_'), class('_'));
        let line =
            "([a-cA-Zé]{1,9}[ .,:/'\\t]{0,2}|[0-9]{1,3}|://|['’\"«] ?|[Ж東京は４٣ſÀ½…•、]){0,30}";
        proptest!(ProptestConfig::with_cases(2000), |(line in line)| {
            let mut words = Vec::new();
            let stats = Counter::default().scan(&line, &mut words);
            prop_assert_eq!((stats, words), simple(&line));
        });
        let long = "A longer Line, of words 12 ".repeat(30);
        let mut words = Vec::new();
        assert_eq!(
            (Counter::default().scan(&long, &mut words), words),
            simple(&long)
        );
    }

    #[test]
    fn a_line_is_counted_in_one_pass() {
        let mut words = Vec::new();
        let long = format!(
            "{} See https://example.org/a, 1 234.5 (Été)!",
            "Word ".repeat(60)
        );
        let stats = Counter::default().scan(&long, &mut words);
        assert_eq!((stats.words, stats.capitals), (69, 62));
        assert_eq!((stats.links, stats.separators, stats.quotes), (1, 2, 1));
        assert_eq!((stats.digits, stats.ends, stats.commas), (5, 3, 1));
        assert_eq!((stats.letters, stats.longest, stats.close), (262, 7, 5));
        let long = words.iter().filter(|&&word| word & LONG != 0);
        assert_eq!(long.count(), 62);
        let same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|line| Counter::default().scan(line, &mut Vec::new()));
            (a.hash == b.hash, a.folded == b.folded)
        };
        assert_eq!(same("A 12 b", "a12B"), (true, true));
        assert_eq!(same("page 12", "page 3"), (false, true));
    }

    #[test]
    fn scripts_without_spaces_make_words_of_pairs() {
        let mut words = Vec::new();
        let stats = Counter::default().scan("東京都は。", &mut words);
        assert_eq!((stats.words, stats.unspaced, words.len()), (2, 4, 3));
        assert_eq!((stats.first, stats.close), (Class::Letter as i32, 5));
    }
}
