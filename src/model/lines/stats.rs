//! What is counted in a line, and the counts that need no order of its characters.

use super::class::Class;
use crate::bits::{Block, Kind};

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

/// The counts of all lines of a page, one list for each: loops over a list take many lines at once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lists {
    pub chars: Vec<i32>,
    pub words: Vec<i32>,
    pub letters: Vec<i32>,
    pub upper: Vec<i32>,
    pub capitals: Vec<i32>,
    pub digits: Vec<i32>,
    pub unspaced: Vec<i32>,
    pub ends: Vec<i32>,
    pub commas: Vec<i32>,
    pub separators: Vec<i32>,
    pub quotes: Vec<i32>,
    pub links: Vec<i32>,
    pub longest: Vec<i32>,
    pub first: Vec<i32>,
    pub close: Vec<i32>,
    pub hash: Vec<u64>,
    pub folded: Vec<u64>,
    pub head: Vec<u64>,
    pub range: Vec<(u32, u32)>,
}

impl Lists {
    /// Forgets all lines.
    pub(super) fn clear(&mut self) {
        let Self {
            chars,
            words,
            letters,
            upper,
            capitals,
            digits,
            unspaced,
            ends,
            commas,
            separators,
            quotes,
            links,
            longest,
            first,
            close,
            hash,
            folded,
            head,
            range,
        } = self;
        for counts in [
            chars, words, letters, upper, capitals, digits, unspaced, ends, commas, separators,
            quotes, links, longest, first, close,
        ] {
            counts.clear();
        }
        for hashes in [hash, folded, head] {
            hashes.clear();
        }
        range.clear();
    }

    /// Adds the counts of the next line.
    #[inline]
    pub(super) fn push(&mut self, stats: &Stats) {
        self.chars.push(stats.chars);
        self.words.push(stats.words);
        self.letters.push(stats.letters);
        self.upper.push(stats.upper);
        self.capitals.push(stats.capitals);
        self.digits.push(stats.digits);
        self.unspaced.push(stats.unspaced);
        self.ends.push(stats.ends);
        self.commas.push(stats.commas);
        self.separators.push(stats.separators);
        self.quotes.push(stats.quotes);
        self.links.push(stats.links);
        self.longest.push(stats.longest);
        self.first.push(stats.first);
        self.close.push(stats.close);
        self.hash.push(stats.hash);
        self.folded.push(stats.folded);
        self.head.push(stats.head);
        self.range.push((stats.from, stats.to));
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }
}

impl Stats {
    /// Adds the characters of ASCII of a block.
    #[inline]
    pub(super) fn add(&mut self, block: &Block) {
        let count = |kind| block.count(kind) as i32;
        self.chars += count(Kind::Shown);
        self.letters += count(Kind::Letter);
        self.upper += count(Kind::Upper);
        self.digits += count(Kind::Digit);
        self.ends += count(Kind::End);
        self.commas += count(Kind::Comma);
        self.separators += count(Kind::Separator);
        self.quotes += count(Kind::Quote);
        self.links += count(Kind::Link);
    }

    /// Counts a character beyond ASCII that makes no word by itself; `last` is the one before.
    pub(super) fn add_other(&mut self, class: Class, last: Class) {
        match class {
            Class::Lower | Class::Letter => self.letters += 1,
            Class::Upper => {
                self.letters += 1;
                self.upper += 1;
            }
            Class::Digit => self.digits += 1,
            Class::End => self.ends += 1,
            Class::Comma => self.commas += 1,
            Class::Separator if last == Class::Colon => self.links += 1,
            Class::Separator => self.separators += 1,
            Class::Quote => self.quotes += 1,
            Class::Link => self.links += 1,
            _ => {}
        }
    }
}
