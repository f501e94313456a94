//! Goes over the characters of a line, word by word.

use std::cell::RefCell;

use super::class::{Class, KIND, Other, ascii_class};
use super::signs::Signs;
use super::stats::{Lists, MIX, Stats};
use super::words::Words;
use crate::bits;
use crate::runs::{self, runs_of};

/// Fewest characters of a word, and of one that says something about the topic.
const WORD_CHARS: u32 = 2;
const LONG_CHARS: u32 = 4;

/// Counts the lines of a page, with buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// The letters and digits of the line, in lower case.
    signs: Signs,
    pub words: Words,
    pub lists: Lists,
}

thread_local! {
    static COUNTER: RefCell<Counter> = RefCell::default();
}

impl Counter {
    /// Gives `work` the counter of this thread.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        COUNTER.with_borrow_mut(work)
    }

    /// Counts the lines of a page, which `read` has read.
    pub(super) fn count<'t>(&mut self, lines: impl Iterator<Item = &'t str>, read: &bits::Lines) {
        self.lists.clear();
        self.words.clear(read.bytes());
        let mut block = 0;
        for text in lines {
            let (bytes, blocks) = read.get(block, text.len());
            block += blocks.len();
            self.signs.begin(text);
            let mut scanner = Scanner::new(&mut self.signs, &mut self.words);
            let first = opens_with(text);
            scanner.stats.first = first as i32;
            for block in blocks {
                scanner.stats.add(block);
            }
            if scanner.stats.separators > 0 {
                scanner.links(text);
            }
            scanner.line(text, bytes, blocks);
            self.lists.push(&scanner.finish(text));
        }
        self.words.finish(&mut self.lists);
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
    words: &'w mut Words,
    word: u64,
    word_chars: u32,
    last: Class,
    /// The character before, if it is one of a script without spaces.
    before_unspaced: u32,
}

impl<'w> Scanner<'w> {
    fn new(signs: &'w mut Signs, words: &'w mut Words) -> Self {
        let stats = Stats {
            from: words.len() as u32,
            ..Stats::default()
        };
        Self {
            stats,
            signs,
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
        let is_separator = |byte: u8| KIND.get(usize::from(byte)) == Some(&Class::Separator);
        let separators = bytes.iter().enumerate();
        for (at, _) in separators.filter(|(_, byte)| is_separator(**byte)) {
            if text.get(..at).map(closes_with) == Some(Class::Colon) {
                self.stats.links += 1;
                self.stats.separators -= 1;
            }
        }
    }

    /// Counts the words of a line, which `bytes` begin with. All that is no letter, no digit and ASCII
    /// ends one and is counted before, by [`Stats::add`].
    #[inline]
    fn line(&mut self, text: &str, bytes: &[u8], blocks: &[bits::Block]) {
        let mut behind = 0;
        runs_of(blocks.iter().map(|block| block.runs), |start, end| {
            let len = end - start;
            if let Some((word, capital)) = runs::letters(bytes, start, end) {
                self.letters_only(word, len, capital);
            } else if let Some(number) = runs::digits(bytes, start, end) {
                let goes_on = text.get(..start).map(closes_with) == Some(Class::Digit);
                self.signs.push_digits(number, len, goes_on);
                self.before_unspaced = 0;
                self.stats.words += 1;
                self.add_letters([number, 0], len);
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

    /// Counts a word of so many letters of ASCII.
    #[inline(always)]
    fn letters_only(&mut self, [letters, rest]: [u64; 2], len: usize, capital: bool) {
        self.signs.push_letters([letters, rest], len);
        self.before_unspaced = 0;
        self.stats.words += 1;
        self.stats.capitals += i32::from(capital);
        self.add_letters([letters, rest], len);
    }

    /// Adds a word of so many letters or digits of ASCII.
    #[inline(always)]
    fn add_letters(&mut self, [letters, rest]: [u64; 2], len: usize) {
        let stats = &mut self.stats;
        stats.longest = stats.longest.max(len as i32);
        if stats.head == 0 {
            stats.head = self.words.head(stats.from as usize, letters, rest);
        }
        self.words.push_letters(letters, rest);
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
        for byte in bytes {
            let code = byte | 0x20;
            if !code.is_ascii_lowercase() {
                break;
            }
            word = mix(word, u32::from(code));
            self.signs.push(code);
            count += 1;
        }
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
            self.words.push(pair, true);
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
            self.words.push(hash, chars >= LONG_CHARS);
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

#[cfg(test)]
mod tests {
    use super::super::class::{class, fold};
    use super::*;
    use crate::model::lines::vocabulary::LONG;
    use crate::rules::is_unspaced;

    fn read(lines: &[&str]) -> bits::Lines {
        let mut read = bits::Lines::default();
        read.read(lines.iter().copied());
        read
    }

    /// The counts of one line and its words.
    fn scan(text: &str) -> (Lists, Vec<u16>) {
        let mut counter = Counter::default();
        counter.count([text].into_iter(), &read(&[text]));
        let words = counter.words.slots().to_vec();
        (counter.lists, words)
    }

    /// The same, character by character and without tables.
    fn simple(text: &str) -> (Lists, Vec<u16>) {
        let (mut signs, mut words) = (Signs::default(), Words::default());
        words.clear(text.len());
        signs.begin(text);
        let mut folded = Signs::default();
        folded.begin(text);
        let mut scanner = Scanner::new(&mut signs, &mut words);
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
        let mut lists = Lists::default();
        lists.push(&stats);
        words.finish(&mut lists);
        (lists, words.slots().to_vec())
    }

    #[test]
    fn runs_of_letters_count_as_their_characters_do() {
        use proptest::prelude::*;
        assert_eq!(ascii_class(b'_'), class('_'));
        let line =
            "([a-cA-Zé]{1,9}[ .,:/'\\t]{0,2}|[0-9]{1,3}|://|['’\"«] ?|[Ж東京は４٣ſÀ½…•、]){0,30}";
        proptest!(ProptestConfig::with_cases(2000), |(line in line)| {
            prop_assert_eq!(scan(&line), simple(&line));
        });
        let long = "A longer Line, of words 12 ".repeat(30);
        assert_eq!(scan(&long), simple(&long));
    }

    #[test]
    fn lines_are_counted_one_by_one() {
        let lines = [
            "One line, 12",
            "",
            "東京 Straße and something longer",
            "One line, 12",
        ];
        let mut counter = Counter::default();
        counter.count(lines.into_iter(), &read(&lines));
        let mut all = Vec::new();
        for (at, line) in lines.into_iter().enumerate() {
            let (lists, words) = scan(line);
            let (from, to) = counter.lists.range[at];
            assert_eq!(counter.words.slots()[from as usize..to as usize], words);
            assert_eq!(counter.lists.head[at], lists.head[0]);
            assert_eq!(counter.lists.hash[at], lists.hash[0]);
            all.extend(lists.chars);
        }
        assert_eq!(counter.lists.chars, all);
    }

    #[test]
    fn a_line_is_counted_in_one_pass() {
        let long = format!(
            "{} See https://example.org/a, 1 234.5 (Été)!",
            "Word ".repeat(60)
        );
        let (stats, words) = scan(&long);
        let counts = |lists: &[&Vec<i32>]| lists.iter().map(|list| list[0]).collect::<Vec<_>>();
        assert_eq!(counts(&[&stats.words, &stats.capitals]), [69, 62]);
        assert_eq!(
            counts(&[&stats.links, &stats.separators, &stats.quotes]),
            [1, 2, 1]
        );
        assert_eq!(
            counts(&[&stats.digits, &stats.ends, &stats.commas]),
            [5, 3, 1]
        );
        assert_eq!(
            counts(&[&stats.letters, &stats.longest, &stats.close]),
            [262, 7, 5]
        );
        let long = words.iter().filter(|&&word| word & LONG != 0);
        assert_eq!(long.count(), 62);
        let same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|line| scan(line).0);
            (a.hash == b.hash, a.folded == b.folded)
        };
        assert_eq!(same("A 12 b", "a12B"), (true, true));
        assert_eq!(same("page 12", "page 3"), (false, true));
    }

    #[test]
    fn scripts_without_spaces_make_words_of_pairs() {
        let (stats, words) = scan("東京都は。");
        assert_eq!((stats.words[0], stats.unspaced[0], words.len()), (2, 4, 3));
        assert_eq!((stats.first[0], stats.close[0]), (Class::Letter as i32, 5));
    }
}
