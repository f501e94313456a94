//! Counts over one line, taken in a single pass over its characters.

use super::class::{Class, KIND, Other, ascii_class};
use super::signs::Signs;
use super::vocabulary::{LONG, SLOT_BITS};

/// Fewest characters of a word, and of one that says something about the topic.
const WORD_CHARS: u32 = 2;
const LONG_CHARS: u32 = 4;
/// From FxHash: an odd number close to 2^64 divided by pi.
pub(super) const MIX: u64 = 0x517c_c1b7_2722_0a95;

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

fn mix(hash: u64, value: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(MIX)
}

/// Counts of [`LANE`] bits each, packed into one number; see [`ADD`].
const LANES: [fn(&mut Stats) -> &mut i32; 9] = [
    |stats| &mut stats.chars,
    |stats| &mut stats.letters,
    |stats| &mut stats.upper,
    |stats| &mut stats.digits,
    |stats| &mut stats.ends,
    |stats| &mut stats.commas,
    |stats| &mut stats.separators,
    |stats| &mut stats.quotes,
    |stats| &mut stats.links,
];
const LANE: u32 = 7;
/// So many characters fit into the packed counts.
const FULL: usize = (1 << LANE) - 1;

/// Per ASCII character: one in each lane of [`LANES`] that counts it.
static ADD: [u64; 128] = {
    let mut add = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let class = ascii_class(byte as u8);
        let lanes = [
            !matches!(class, Class::Space),
            matches!(class, Class::Lower | Class::Upper),
            matches!(class, Class::Upper),
            matches!(class, Class::Digit),
            matches!(class, Class::End),
            matches!(class, Class::Comma),
            matches!(class, Class::Separator),
            matches!(class, Class::Quote),
            matches!(class, Class::Link),
        ];
        let mut lane = 0;
        while lane < lanes.len() {
            add[byte] |= (lanes[lane] as u64) << (LANE * lane as u32);
            lane += 1;
        }
        byte += 1;
    }
    add
};

/// Counts lines, with buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// The letters and digits of the line, in lower case.
    signs: Signs,
    /// The same with each number folded into one digit.
    folded: Signs,
}

impl Counter {
    /// Counts `text`, and appends the hashes of its words to `words`.
    pub(super) fn scan(&mut self, text: &str, words: &mut Vec<u16>) -> Stats {
        self.signs.begin(text);
        let sums = |bytes: &[u8]| {
            let adds = bytes.iter().map(|byte| ADD[usize::from(*byte & 0x7f)]);
            adds.sum::<u64>()
        };
        if text.is_ascii() {
            let mut scanner = Scanner::new(self, words);
            for bytes in text.as_bytes().chunks(FULL) {
                scanner.add_counts(sums(bytes));
            }
            if scanner.stats.digits == 0 {
                scanner.letters(text.as_bytes());
                return scanner.finish(false);
            }
        }
        self.folded.begin(text);
        let mut scanner = Scanner::new(self, words);
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            at += scanner.ascii(&bytes[at..bytes.len().min(at + FULL)]);
            if let Some(c) = text.get(at..).and_then(|rest| rest.chars().next())
                && !c.is_ascii()
            {
                scanner.other(c);
                at += c.len_utf8();
            }
        }
        scanner.finish(true)
    }
}

struct Scanner<'w> {
    stats: Stats,
    counter: &'w mut Counter,
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
            counter,
            words,
            word: 0,
            word_chars: 0,
            last: Class::Space,
            before_unspaced: 0,
        }
    }

    /// Goes over a line of ASCII without digits that is counted already.
    fn letters(&mut self, bytes: &[u8]) {
        let stats = &mut self.stats;
        let signs = &mut self.counter.signs.bytes[..];
        let (mut len, mut last) = (0, Class::Space);
        let shown = bytes.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        stats.first = shown.map_or(0, |byte| ascii_class(*byte) as i32);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let class = KIND[usize::from(byte & 0x7f)];
            if class.in_word() {
                let (mut word, from) = (0, at);
                while let (Some(&byte), Some(sign)) = (bytes.get(at), signs.get_mut(len)) {
                    let code = byte | 0x20;
                    if !code.is_ascii_lowercase() {
                        break;
                    }
                    word = mix(word, u32::from(code));
                    *sign = code;
                    len += 1;
                    at += 1;
                }
                last = Class::Lower;
                stats.words += 1;
                stats.capitals += i32::from(class == Class::Upper);
                end_word(stats, word, (at - from) as u32, self.words);
                continue;
            }
            at += 1;
            if class == Class::Space {
                continue;
            }
            // The start of an address: `://`.
            if class == Class::Separator && last == Class::Colon {
                stats.links += 1;
                stats.separators -= 1;
            }
            if class != Class::Quote || last == Class::Space {
                last = class;
            }
        }
        self.last = last;
        self.counter.signs.len = len;
    }

    /// Counts the ASCII characters that `bytes` (at most [`FULL`]) begin with; gives their
    /// number.
    fn ascii(&mut self, bytes: &[u8]) -> usize {
        let (mut sums, mut len) = (0_u64, 0);
        let first = self.stats.chars == 0;
        // The compiler keeps these in registers.
        let (mut last, mut word, mut word_chars) = (self.last, self.word, self.word_chars);
        let Counter { signs, folded } = &mut *self.counter;
        let (mut signs_len, mut folded_len) = (signs.len, folded.len);
        for &byte in bytes {
            let (Some(add), Some(&class)) = (ADD.get(byte as usize), KIND.get(byte as usize))
            else {
                break;
            };
            len += 1;
            sums += add;
            if class.in_word() {
                let code = byte.to_ascii_lowercase();
                let digit = class == Class::Digit;
                // There is room: a byte of the text each.
                if let Some(sign) = signs.bytes.get_mut(signs_len) {
                    *sign = code;
                    signs_len += 1;
                }
                if let Some(sign) = folded.bytes.get_mut(folded_len) {
                    *sign = if digit { b'0' } else { code };
                    folded_len += usize::from(!digit || last != Class::Digit);
                }
                if word_chars == 0 {
                    self.stats.words += 1;
                    self.stats.capitals += i32::from(class == Class::Upper);
                    self.before_unspaced = 0;
                }
                word = mix(word, u32::from(code));
                word_chars += 1;
                last = class;
                continue;
            }
            if word_chars > 0 {
                end_word(&mut self.stats, word, word_chars, self.words);
                (word, word_chars) = (0, 0);
            }
            if class == Class::Space {
                continue;
            }
            self.before_unspaced = 0;
            // The start of an address: `://`.
            if class == Class::Separator && last == Class::Colon {
                self.stats.links += 1;
                self.stats.separators -= 1;
            }
            if class != Class::Quote || last == Class::Space {
                last = class;
            }
        }
        (self.last, self.word, self.word_chars) = (last, word, word_chars);
        (signs.len, folded.len) = (signs_len, folded_len);
        self.add_counts(sums);
        if first && self.stats.chars > 0 {
            let mut shown = bytes.iter().map(|byte| KIND[usize::from(*byte)]);
            let shown = shown.find(|class| *class != Class::Space);
            self.stats.first = shown.map_or(0, |class| class as i32);
        }
        len
    }

    fn add_counts(&mut self, sums: u64) {
        for (lane, place) in LANES.iter().enumerate() {
            *place(&mut self.stats) += (sums >> (LANE * lane as u32) & FULL as u64) as i32;
        }
    }

    /// A character beyond ASCII of a word of letters and digits, in lower case.
    fn letter(&mut self, code: u32, class: Class, last: Class) {
        self.counter.push_code(code, class, last);
        let stats = &mut self.stats;
        if self.word_chars == 0 {
            stats.words += 1;
            stats.capitals += i32::from(class == Class::Upper);
        }
        self.word = mix(self.word, code);
        self.word_chars += 1;
    }

    fn other(&mut self, c: char) {
        let Other {
            class,
            unspaced,
            code,
        } = Other::of(c);
        if !class.in_word() {
            self.end_word();
        }
        if class == Class::Space {
            return;
        }
        if self.stats.chars == 0 {
            self.stats.first = class as i32;
        }
        self.stats.chars += 1;
        if class == Class::Letter && unspaced {
            self.unspaced(code);
            self.last = class;
            return;
        }
        let last = self.last;
        let stats = &mut self.stats;
        match class {
            Class::Lower | Class::Letter => stats.letters += 1,
            Class::Upper => {
                stats.letters += 1;
                stats.upper += 1;
            }
            Class::Digit => stats.digits += 1,
            Class::End => stats.ends += 1,
            Class::Comma => stats.commas += 1,
            Class::Separator if last == Class::Colon => stats.links += 1,
            Class::Separator => stats.separators += 1,
            Class::Quote => stats.quotes += 1,
            Class::Link => stats.links += 1,
            _ => {}
        }
        if class.in_word() {
            self.letter(code, class, last);
        }
        self.before_unspaced = 0;
        if class != Class::Quote || last == Class::Space {
            self.last = class;
        }
    }

    /// A character of a script without spaces: with the one before it makes a word.
    fn unspaced(&mut self, code: u32) {
        // It ends no word of letters: those go on behind it.
        self.counter.push_code(code, Class::Letter, self.last);
        let stats = &mut self.stats;
        stats.unspaced += 1;
        stats.letters += 1;
        if self.before_unspaced != 0 {
            let pair = mix(mix(0, self.before_unspaced), code);
            self.words.push(slot(pair) | LONG);
        }
        self.before_unspaced = code;
    }

    fn end_word(&mut self) {
        if self.word_chars > 0 {
            end_word(&mut self.stats, self.word, self.word_chars, self.words);
            (self.word, self.word_chars) = (0, 0);
        }
    }

    /// The counts; `folds` says that numbers were folded, else there are none.
    fn finish(mut self, folds: bool) -> Stats {
        self.end_word();
        let mut stats = self.stats;
        stats.hash = self.counter.signs.hash();
        stats.folded = if folds {
            self.counter.folded.hash()
        } else {
            stats.hash
        };
        stats.words += stats.unspaced / 2;
        stats.close = match self.last {
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

impl Counter {
    fn push_code(&mut self, code: u32, class: Class, last: Class) {
        self.signs.push_code(code);
        if class != Class::Digit {
            self.folded.push_code(code);
        } else if last != Class::Digit {
            self.folded.push(b'0');
        }
    }
}

fn end_word(stats: &mut Stats, hash: u64, chars: u32, words: &mut Vec<u16>) {
    if stats.head == 0 {
        stats.head = hash | 1;
    }
    stats.longest = stats.longest.max(chars as i32);
    if chars >= WORD_CHARS {
        let long = if chars >= LONG_CHARS { LONG } else { 0 };
        words.push(slot(hash) | long);
    }
}

/// The slot of a word in a table of words.
fn slot(hash: u64) -> u16 {
    (hash >> (u64::BITS - SLOT_BITS)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

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
