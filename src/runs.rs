//! Runs of letters, digits and characters beyond ASCII in a line, found eight bytes at a time.

use crate::eight::{ascii_words, each, upper_bits};

/// The bit that bytes beyond ASCII have, and the one that parts the cases of a letter.
const UPPER_BITS: u64 = each(0x80);
const LOW: u64 = each(0x20);
/// As many bytes as a number has bits.
const BLOCK: usize = 64;
/// Longest word, in bytes, that is taken as one number.
pub(crate) const SHORT: usize = 8;

/// Calls `found` with the start and the end of each run, in text order.
#[inline]
pub(crate) fn runs(bytes: &[u8], mut found: impl FnMut(usize, usize)) {
    let (mut start, mut inside, mut carry) = (0, false, 0);
    // Behind the last byte there is always a bit that is not set.
    for block in 0..=bytes.len() / BLOCK {
        let from = block * BLOCK;
        let bits = in_runs(bytes, from, bytes.len().min(from + BLOCK));
        // A run begins or ends where two bits beside each other differ.
        let mut edges = bits ^ (bits << 1 | carry);
        carry = bits >> 63;
        while edges != 0 {
            let at = from + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            if inside {
                found(start, at);
            } else {
                start = at;
            }
            inside = !inside;
        }
    }
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

/// The run at `start..end` in lower case as a little-endian number, and whether it begins with a
/// capital, if it is short and all of it letters of ASCII.
#[inline]
pub(crate) fn short(bytes: &[u8], start: usize, end: usize) -> Option<(u64, bool)> {
    let len = end.wrapping_sub(start);
    let rest = bytes.get(start..).filter(|_| (1..=SHORT).contains(&len))?;
    let word = match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => last(bytes, rest.len()),
    };
    let own = u64::MAX >> (64 - 8 * len);
    are_letters(word & own, own).then_some(((word | LOW) & own, is_capital(word)))
}

/// The same of a run of up to twice as many letters, as two numbers.
#[inline]
pub(crate) fn long(bytes: &[u8], start: usize, end: usize) -> Option<([u64; 2], bool)> {
    let run = bytes.get(start..end)?;
    if run.len() > 2 * SHORT {
        return None;
    }
    let word = u64::from_le_bytes(*run.first_chunk()?);
    let rest = u64::from_le_bytes(*run.last_chunk()?);
    let letters = are_letters(word, u64::MAX) && are_letters(rest, u64::MAX);
    let behind = (rest | LOW).unbounded_shr(8 * (2 * SHORT - run.len()) as u32);
    letters.then_some(([word | LOW, behind], is_capital(word)))
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
                let word = short(bytes, start, end).map(|(word, capital)| ([word, 0], capital));
                prop_assert_eq!(word.is_some(), letters && run.len() <= SHORT);
                let both = long(bytes, start, end);
                let fits = (SHORT..=2 * SHORT).contains(&run.len());
                prop_assert_eq!(both.is_some(), letters && fits);
                for (words, capital) in word.into_iter().chain(both) {
                    prop_assert_eq!(capital, run[0].is_ascii_uppercase());
                    let mut lower = run.to_ascii_lowercase();
                    lower.resize(2 * SHORT, 0);
                    prop_assert_eq!(words.map(u64::to_le_bytes).concat(), lower);
                }
            }
        });
    }
}
