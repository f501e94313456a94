//! The words of a page. Those that are letters of ASCII alone are hashed when all are known, eight
//! side by side: a hash goes letter by letter, but those of several words wait for nothing.

use super::scan::mix;
use super::stats::Lists;
use super::vocabulary::{LONG, SLOT_BITS};
use crate::vectors::{Loop, vectorized};

/// As many letters as a number holds, and as many words as are hashed side by side.
const SHORT: usize = 8;
const BESIDE: usize = 8;
/// What stands for the hash of a first word that is not known yet: an even number, hashes of first
/// words are odd.
const LATER: u64 = 2;

/// Words in text order.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The first letters of each word as a little-endian number; 0 where its slot is known.
    letters: Vec<u64>,
    /// The slot, or what it is marked with, of each.
    slots: Vec<u16>,
    /// How many of those count; there is room for more.
    len: usize,
    /// Words of more letters, by number, and the letters that follow.
    longer: Vec<(u32, u64)>,
    /// How many of those count.
    longer_len: usize,
}

impl Words {
    /// Forgets all words and makes room for those of so many bytes.
    pub(super) fn clear(&mut self, bytes: usize) {
        (self.len, self.longer_len) = (0, 0);
        // Behind each word of two letters stands something else.
        let most = bytes / 2 + 2;
        if self.slots.len() < most {
            self.letters.resize(most, 0);
            self.slots.resize(most, 0);
            self.longer.resize(most, (0, 0));
        }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Their slots, after [`finish`](Self::finish).
    pub(super) fn slots(&self) -> &[u16] {
        &self.slots[..self.len]
    }

    /// Adds a word with this hash.
    pub(super) fn push(&mut self, hash: u64, is_long: bool) {
        self.write(0, slot(hash) | mark(is_long), true);
    }

    /// Adds a word of letters and those that follow the first eight, unless it is a single letter.
    #[inline(always)]
    pub(super) fn push_letters(&mut self, letters: u64, rest: u64) {
        if let Some(place) = self.longer.get_mut(self.longer_len) {
            *place = (self.len as u32, rest);
            self.longer_len += usize::from(rest != 0);
        }
        self.write(letters, mark(letters >> 24 != 0), letters >> 8 != 0);
    }

    /// Adds a word if it counts, without a branch: that is hard to predict.
    #[inline(always)]
    fn write(&mut self, letters: u64, slot: u16, counts: bool) {
        if let Some(place) = self.letters.get_mut(self.len)
            && let Some(own) = self.slots.get_mut(self.len)
        {
            (*place, *own) = (letters, slot);
            self.len += usize::from(counts);
        }
    }

    /// What the first word of a line, whose words begin with number `from`, is known by if these
    /// letters are added next.
    pub(super) fn head(&self, from: usize, letters: u64, rest: u64) -> u64 {
        let is_kept = letters >> 8 != 0;
        if is_kept && self.len == from {
            return LATER;
        }
        hash(hash(0, letters), rest) | 1
    }

    /// Finds the slots of all words and the hashes of the first words.
    pub(super) fn finish(&mut self, lists: &mut Lists) {
        vectorized(Hashes(&mut self.letters[..self.len]));
        for &(at, rest) in &self.longer[..self.longer_len] {
            let word = &mut self.letters[at as usize];
            *word = hash(*word, rest);
        }
        for (head, (from, _)) in lists.head.iter_mut().zip(&lists.range) {
            if *head == LATER {
                *head = self.letters[*from as usize] | 1;
            }
        }
        for (own, hash) in self.slots[..self.len].iter_mut().zip(&self.letters) {
            *own |= slot(*hash);
        }
    }
}

/// The slot of a word in a table of words.
fn slot(hash: u64) -> u16 {
    (hash >> (u64::BITS - SLOT_BITS)) as u16
}

fn mark(is_long: bool) -> u16 {
    u16::from(is_long) << LONG.trailing_zeros()
}

/// Puts hashes in the place of letters.
struct Hashes<'w>(&'w mut [u64]);

impl Loop for Hashes<'_> {
    #[inline(always)]
    fn run(self) {
        let (all, rest) = self.0.as_chunks_mut::<BESIDE>();
        for words in all {
            let mut hashes = [0; BESIDE];
            for letter in 0..SHORT {
                for at in 0..BESIDE {
                    hashes[at] = step(hashes[at], words[at], letter);
                }
            }
            *words = hashes;
        }
        for word in rest {
            *word = hash(0, *word);
        }
    }
}

/// A hash that goes on with the letters of a little-endian number up to its first zero.
pub(super) fn hash(hash: u64, letters: u64) -> u64 {
    (0..SHORT).fold(hash, |hash, letter| step(hash, letters, letter))
}

#[inline(always)]
fn step(hash: u64, letters: u64, letter: usize) -> u64 {
    let code = (letters >> (8 * letter)) as u32 & 0xff;
    if code == 0 { hash } else { mix(hash, code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go_letter_by_letter() {
        let number = |word: &str| {
            let mut bytes = [0; 8];
            bytes[..word.len()].copy_from_slice(word.as_bytes());
            u64::from_le_bytes(bytes)
        };
        let all = (0..99_usize).map(|n| "lettersabc"[n % 7..][..1 + n / 30].to_owned());
        let all: Vec<String> = all.collect();
        let plain = |word: &str| word.bytes().fold(0, |hash, byte| mix(hash, byte.into()));
        let mut hashes: Vec<u64> = all.iter().map(|word| number(word)).collect();
        vectorized(Hashes(&mut hashes));
        for (word, found) in all.iter().zip(hashes) {
            assert_eq!(found, plain(word), "{word}");
            let longer = format!("abcdefgh{word}");
            let both = hash(hash(0, number("abcdefgh")), number(word));
            assert_eq!(both, plain(&longer));
        }
    }
}
