//! Runs of letters, digits and characters beyond ASCII in a line, found eight bytes at a time.

use super::scan::mix;
use super::stats::MIX;

/// The same byte eight times.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The bit that bytes beyond ASCII have, and the one that parts the cases of a letter.
const UPPER_BITS: u64 = all(0x80);
const LOW: u64 = all(0x20);
/// As many bytes as a number has bits.
const BLOCK: usize = 64;
/// Longest word, in bytes, that is taken as one number.
const SHORT: usize = 8;

/// Calls `found` with the start and the end of each run, in text order.
#[inline]
pub(super) fn runs(bytes: &[u8], mut found: impl FnMut(usize, usize)) {
    let (mut start, mut inside, mut carry) = (0, false, 0);
    // Behind the last byte there is always a bit that is not set.
    for block in 0..=bytes.len() / BLOCK {
        let from = block * BLOCK;
        let bits = in_runs(&bytes[from..bytes.len().min(from + BLOCK)]);
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

/// One bit for each of up to 64 bytes: whether it is of a run.
#[inline]
fn in_runs(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let mut bits = 0;
    for (at, word) in words.iter().enumerate() {
        bits |= in_run(u64::from_le_bytes(*word)) << (at * 8);
    }
    if !rest.is_empty() {
        bits |= in_run(padded(rest)) << (words.len() * 8);
    }
    bits
}

/// Fewer than eight bytes, and zeros behind them.
fn padded(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

/// The same for eight bytes.
#[inline]
fn in_run(word: u64) -> u64 {
    // The upper bit of each byte of such a sum says whether the byte reaches the one that is named.
    const FROM_A: u64 = all(0x80 - b'a');
    const BEHIND_Z: u64 = all(0x80 - b'z' - 1);
    const FROM_0: u64 = all(0x80 - b'0');
    const BEHIND_9: u64 = all(0x80 - b'9' - 1);
    let ascii = word & !UPPER_BITS;
    let low = ascii | LOW;
    let letter = low.wrapping_add(FROM_A) & !low.wrapping_add(BEHIND_Z);
    let digit = ascii.wrapping_add(FROM_0) & !ascii.wrapping_add(BEHIND_9);
    let found = (letter | digit | word) & UPPER_BITS;
    // Brings the upper bits of eight bytes together.
    (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The run at `start..end` in lower case as a little-endian number, and whether it begins with a
/// capital, if it is short and all of it letters of ASCII.
#[inline]
pub(super) fn low(bytes: &[u8], start: usize, end: usize) -> Option<(u64, bool)> {
    let len = end.wrapping_sub(start);
    if !(1..=SHORT).contains(&len) {
        return None;
    }
    let rest = bytes.get(start..)?;
    let word = match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => padded(rest),
    };
    let own = u64::MAX >> (64 - 8 * len);
    // Of all that is in runs, only letters of ASCII have these bits.
    const BITS: u64 = all(0xc0);
    const OF_LETTERS: u64 = all(0x40);
    let letters = (word ^ OF_LETTERS) & BITS & own == 0;
    letters.then_some(((word | LOW) & own, word & 0x20 == 0))
}

/// Number of places of [`Known`], as a power of two.
const PLACES: u32 = 12;

/// The hashes of short words that came before. Hashes go letter by letter; most words of a text are few
/// and come again and again.
#[derive(Debug)]
pub(super) struct Known(Box<[(u64, u64); 1 << PLACES]>);

impl Default for Known {
    fn default() -> Self {
        // No word is 0, and its hash would be 0.
        Self(Box::new([(0, 0); 1 << PLACES]))
    }
}

impl Known {
    /// The hash of the letters of a little-endian number up to its first zero.
    #[inline]
    pub(super) fn hash(&mut self, word: u64) -> u64 {
        let place = word.wrapping_mul(MIX) >> (u64::BITS - PLACES);
        let known = &mut self.0[place as usize & ((1 << PLACES) - 1)];
        if known.0 != word {
            *known = (word, hash(word));
        }
        known.1
    }
}

fn hash(mut word: u64) -> u64 {
    let mut hash = 0;
    while word != 0 {
        hash = mix(hash, word as u32 & 0xff);
        word >>= 8;
    }
    hash
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
            let mut known = Known::default();
            for (start, end) in found {
                let run = &bytes[start..end];
                let short = run.len() <= SHORT && run.iter().all(u8::is_ascii_alphabetic);
                let word = low(bytes, start, end);
                prop_assert_eq!(word.is_some(), short);
                let Some((word, capital)) = word else { continue };
                prop_assert_eq!(capital, run[0].is_ascii_uppercase());
                let lower = run.to_ascii_lowercase();
                prop_assert_eq!(&word.to_le_bytes()[..run.len()], &*lower);
                let plain = lower.iter().fold(0, |hash, byte| mix(hash, (*byte).into()));
                prop_assert_eq!([known.hash(word), known.hash(word)], [plain; 2]);
            }
        });
    }
}
