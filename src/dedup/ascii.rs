//! Words of ASCII letters and digits, which are most: taken from blocks of 64 bytes.

use super::block::Block;
use super::hash::{FACTORS, SEED, ascii_lower, ascii_run, fold, hash};
use super::scan::{BREAK, CLASS, HYPHEN, NEWLINE, Scan};
use crate::eight;

impl Scan {
    /// Takes ASCII words that stand between spaces and marks, which are most; returns where
    /// something else is.
    pub(super) fn plain<const SPELLED: bool>(&mut self, bytes: &[u8], mut at: usize) -> usize {
        let [mut high, mut low] = self.digest;
        let mut line = self.ends.last().copied().unwrap_or(0);
        // Words on their way to the others: there is always room for one more.
        let (mut found, mut count) = ([0; 16], 0);
        let mut block = self.block;
        while at < bytes.len() {
            let from = at.wrapping_sub(block.at);
            if from >= Block::LEN {
                block = Block::new(bytes, at);
                continue;
            }
            let rest = u64::MAX << from;
            let (word, wide) = (block.word & rest, block.wide & rest);
            // The next thing that is no space or mark, and the line ends before it.
            let start = (word | wide).trailing_zeros() as usize;
            let line_ends = block.line_end & rest;
            if line_ends != 0 && (line_ends.trailing_zeros() as usize) < start {
                line = self.end_plain_line(line, count);
            }
            at = block.at + start;
            if start == Block::LEN {
                continue;
            }
            if wide >> start & 1 == 1 {
                break;
            }
            let len = (!(block.word >> start)).trailing_zeros() as usize;
            if start + len >= Block::LEN {
                if start == 0 {
                    break;
                }
                block = Block::new(bytes, at);
                continue;
            }
            let end = at + len;
            let class = bytes.get(end).map_or(BREAK, |&next| CLASS[next as usize]);
            if class > NEWLINE {
                if let Some((end, hash)) = self.joined::<SPELLED>(bytes, at, end) {
                    [high, low] = [fold(high ^ hash, FACTORS[0]), fold(low ^ hash, FACTORS[1])];
                    found[count % found.len()] = hash as u32;
                    count += 1;
                    if count == found.len() {
                        self.words.extend_from_slice(&found);
                        count = 0;
                    }
                    at = end;
                    continue;
                }
                let rest = bytes.get(end + 1..).unwrap_or_default();
                if class != HYPHEN || matches!(rest, [b'\n', b'a'..=b'z', ..]) {
                    // It goes on.
                    break;
                }
            }
            let mut hash = SEED;
            while at < end {
                let lower = ascii_lower(eight::at(bytes, at), end - at);
                hash = fold(hash ^ lower, FACTORS[0]);
                if SPELLED {
                    self.push_lower(lower, (end - at).min(8));
                }
                at += 8;
            }
            at = end;
            [high, low] = [fold(high ^ hash, FACTORS[0]), fold(low ^ hash, FACTORS[1])];
            found[count % found.len()] = hash as u32;
            count += 1;
            if SPELLED {
                self.end_spelling();
            }
            if count == found.len() {
                self.words.extend_from_slice(&found);
                count = 0;
            }
        }
        self.words.extend_from_slice(&found[..count]);
        self.digest = [high, low];
        self.block = block;
        at
    }

    /// Takes a word with an apostrophe in it or behind it, which is as if it were not there; returns
    /// where it ends, and its hash. `at..end` is what stands before the apostrophe.
    fn joined<const SPELLED: bool>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: usize,
    ) -> Option<(usize, u64)> {
        let from = match bytes.get(end..)? {
            [b'\'', ..] => end + 1,
            [0xe2, 0x80, 0x98 | 0x99, ..] => end + 3,
            _ => return None,
        };
        let (len, lower) = ascii_run(eight::at(bytes, from));
        let to = from + len;
        let class = bytes.get(to).map_or(BREAK, |&next| CLASS[next as usize]);
        let before = end - at;
        if len == 8 || before > 16 || class > NEWLINE {
            return None;
        }
        let mut word = [0; 24];
        let parts = [(0, at), (8, at + 8)];
        for (place, from) in parts.into_iter().filter(|(place, _)| *place < before) {
            let lower = ascii_lower(eight::at(bytes, from), before - place);
            word[place..place + 8].copy_from_slice(&lower.to_le_bytes());
        }
        word[before..before + 8].copy_from_slice(&lower.to_le_bytes());
        let word = &word[..before + len];
        if SPELLED {
            self.normal.extend_from_slice(word);
            self.end_spelling();
        }
        Some((to, hash(word)))
    }

    /// Ends a line when the one before it ended at `last`; `more` words are yet to be added. Returns
    /// where it ends.
    #[inline]
    fn end_plain_line(&mut self, last: u32, more: usize) -> u32 {
        let end = (self.words.len() + more) as u32;
        if end > last {
            self.ends.push(end);
        }
        end
    }

    /// Adds the first `len` bytes of eight to the token at hand.
    #[inline]
    fn push_lower(&mut self, lower: u64, len: usize) {
        let end = self.normal.len() + len;
        self.normal.extend_from_slice(&lower.to_le_bytes());
        self.normal.truncate(end);
    }

    /// Takes the run of ASCII letters and digits at `at`, a part of a word; returns where it ends.
    pub(super) fn part(&mut self, bytes: &[u8], mut at: usize) -> usize {
        loop {
            let (len, lower) = ascii_run(eight::at(bytes, at));
            self.push_lower(lower, len);
            at += len;
            if len < 8 {
                return at;
            }
        }
    }
}
