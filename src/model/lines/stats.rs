//! What is counted in a line, and the counts that need no order of its characters.

use super::class::{Class, ascii_class};

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

/// Per byte: one in each lane of [`LANES`] that counts the ASCII character that it is.
static ADD: [u64; 256] = {
    let mut add = [0; 256];
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

impl Stats {
    /// Counts the ASCII characters of a line.
    pub(super) fn add_ascii(&mut self, line: &[u8]) {
        for bytes in line.chunks(FULL) {
            let sums: u64 = bytes.iter().map(|byte| ADD[usize::from(*byte)]).sum();
            for (lane, place) in LANES.iter().enumerate() {
                *place(self) += (sums >> (LANE * lane as u32) & FULL as u64) as i32;
            }
        }
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
