//! Runs of letters, digits and characters beyond ASCII in a line, found eight bytes at a time.

use crate::eight::{self, ascii_words, each, upper_bits};

/// The bit that bytes beyond ASCII have, and the one that parts the cases of a letter.
const UPPER_BITS: u64 = each(0x80);
const LOW: u64 = each(0x20);
/// As many bytes as a number has bits.
const BLOCK: usize = 64;
/// Longest word, in bytes, that is taken as one number.
pub(crate) const SHORT: usize = 8;

/// Calls `found` with the start and the end of each run, in text order.
#[inline]
pub(crate) fn runs(bytes: &[u8], found: impl FnMut(usize, usize)) {
    // Behind the last byte there is always a bit that is not set.
    let blocks = (0..=bytes.len() / BLOCK).map(|block| {
        let from = block * BLOCK;
        in_runs(bytes, from, bytes.len().min(from + BLOCK))
    });
    runs_of(blocks, found);
}

/// The same of [`bits`], whose last one is not set.
#[inline]
pub(crate) fn runs_of(blocks: impl Iterator<Item = u64>, mut found: impl FnMut(usize, usize)) {
    let (mut start, mut inside, mut carry) = (0, false, 0);
    for (block, bits) in blocks.enumerate() {
        let from = block * BLOCK;
        // The bits before those of the block are below them.
        let before = bits << 1 | carry;
        carry = bits >> 63;
        let (mut starts, mut ends) = (bits & !before, before & !bits);
        while ends != 0 {
            if !inside {
                start = from + starts.trailing_zeros() as usize;
                starts &= starts - 1;
            }
            inside = false;
            found(start, from + ends.trailing_zeros() as usize);
            ends &= ends - 1;
        }
        if starts != 0 {
            start = from + starts.trailing_zeros() as usize;
            inside = true;
        }
    }
}

/// One bit for each byte: whether it is of a run.
pub(crate) fn bits(bytes: &[u8; BLOCK]) -> u64 {
    in_runs(bytes, 0, BLOCK)
}

/// One bit for each of the bytes at `from..to`, up to 64: whether it is of a run.
#[inline]
fn in_runs(bytes: &[u8], from: usize, to: usize) -> u64 {
    let (words, rest) = bytes[from..to].as_chunks();
    let mut bits = 0;
    // From the top downwards: one after the other, which is cheaper than several multiplications
    // at once.
    for word in words {
        bits = bits >> 8 | in_run(u64::from_le_bytes(*word));
    }
    let mut count = words.len();
    if !rest.is_empty() {
        bits = bits >> 8 | in_run(last(&bytes[..to], rest.len()));
        count += 1;
    }
    bits.unbounded_shr((BLOCK - 8 * count) as u32)
}

/// The last `count` bytes, fewer than eight, and zeros behind them.
#[inline]
fn last(bytes: &[u8], count: usize) -> u64 {
    if let Some(all) = bytes.last_chunk() {
        return u64::from_le_bytes(*all).unbounded_shr(64 - 8 * count as u32);
    }
    let mut word = [0; 8];
    let count = count.min(bytes.len());
    word[..count].copy_from_slice(&bytes[bytes.len() - count..]);
    u64::from_le_bytes(word)
}

/// The same for eight bytes, in the upper bits.
#[inline]
fn in_run(word: u64) -> u64 {
    upper_bits(ascii_words(word) | (word & UPPER_BITS)) << 56
}

/// By the length of a run, the bytes of it in two numbers.
static OWN: [[u64; 2]; 2 * SHORT + 1] = {
    let mut all = [[0; 2]; 2 * SHORT + 1];
    let mut len = 1;
    while len < all.len() {
        let bits = u128::MAX >> (8 * (2 * SHORT - len));
        all[len] = [bits as u64, (bits >> 64) as u64];
        len += 1;
    }
    all
};

/// The run at `start..end` in lower case as two little-endian numbers, and whether it begins with a
/// capital, if it has up to sixteen bytes and all are letters of ASCII.
#[inline(always)]
pub(crate) fn letters(bytes: &[u8], start: usize, end: usize) -> Option<([u64; 2], bool)> {
    let len = end.wrapping_sub(start);
    let run = bytes
        .get(start..)
        .filter(|_| (1..=2 * SHORT).contains(&len))?;
    let words = [eight::at(run, 0), eight::at(run, SHORT)];
    // Without branches: how long words are is hard to predict.
    let own = OWN.get(len)?;
    let are_all = are_letters(words[0] & own[0], own[0]) & are_letters(words[1] & own[1], own[1]);
    let lower = [(words[0] | LOW) & own[0], (words[1] | LOW) & own[1]];
    are_all.then_some((lower, is_capital(words[0])))
}

/// The run at `start..end` as a little-endian number, if it has up to eight bytes and all are digits
/// of ASCII.
#[inline]
pub(crate) fn digits(bytes: &[u8], start: usize, end: usize) -> Option<u64> {
    let len = end.wrapping_sub(start);
    if !(1..=SHORT).contains(&len) {
        return None;
    }
    let own = u64::MAX >> (8 * (SHORT - len));
    let digits = eight::at(bytes, start) & own;
    // Of letters and digits, digits alone have these upper bits.
    (digits & each(0xf0) == each(0x30) & own).then_some(digits)
}

/// Whether these bytes of a run are letters of ASCII, which have one of its two upper bits.
#[inline]
fn are_letters(word: u64, own: u64) -> bool {
    const BITS: u64 = each(0xc0);
    const OF_LETTERS: u64 = each(0x40);
    word & BITS == OF_LETTERS & own
}

/// Whether the first of some letters is a capital.
#[inline]
fn is_capital(word: u64) -> bool {
    word & 0x20 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_those_of_a_plain_reading() {
        use proptest::prelude::*;
        let line = "([ -~]{0,9}|[a-zA-Z0-9é]{1,80}|[東京 ]{0,9}|[@\\[`{/:\t\x00\x7f]){0,9}";
        proptest!(ProptestConfig::with_cases(2000), |(line in line)| {
            let is_in = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
            let bytes = line.as_bytes();
            let mut plain = Vec::new();
            for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| is_in(byte)) {
                match plain.last_mut() {
                    Some((_, end)) if *end == at => *end = at + 1,
                    _ => plain.push((at, at + 1)),
                }
            }
            let mut found = Vec::new();
            runs(bytes, |start, end| found.push((start, end)));
            prop_assert_eq!(&found, &plain);
            for (start, end) in found {
                let run = &bytes[start..end];
                let letters = run.iter().all(u8::is_ascii_alphabetic);
                let number = digits(bytes, start, end).map(u64::to_le_bytes);
                let is_number = run.len() <= SHORT && run.iter().all(u8::is_ascii_digit);
                let plain = is_number.then(|| {
                    let mut plain = run.to_vec();
                    plain.resize(SHORT, 0);
                    plain
                });
                prop_assert_eq!(number.map(Vec::from), plain);
                let word = super::letters(bytes, start, end);
                prop_assert_eq!(word.is_some(), letters && run.len() <= 2 * SHORT);
                if let Some((words, capital)) = word {
                    prop_assert_eq!(capital, run[0].is_ascii_uppercase());
                    let mut lower = run.to_ascii_lowercase();
                    lower.resize(2 * SHORT, 0);
                    prop_assert_eq!(words.map(u64::to_le_bytes).concat(), lower);
                }
            }
        });
    }
}
