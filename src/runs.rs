//! Runs of letters, digits and characters beyond ASCII in a line, found eight bytes at a time.

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
    for (at, word) in words.iter().enumerate() {
        bits |= in_run(u64::from_le_bytes(*word)) << (at * 8);
    }
    if !rest.is_empty() {
        bits |= in_run(last(&bytes[..to], rest.len())) << (words.len() * 8);
    }
    bits
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

/// The bytes at `start..end` in lower case as a little-endian number, and whether they begin with a
/// capital, if they are few (up to [`SHORT`]) and all letters of ASCII. They must be of a run.
#[inline]
pub(crate) fn low(bytes: &[u8], start: usize, end: usize) -> Option<(u64, bool)> {
    const BITS: u64 = all(0xc0);
    const OF_LETTERS: u64 = all(0x40);
    let len = end.wrapping_sub(start);
    if !(1..=SHORT).contains(&len) {
        return None;
    }
    let rest = bytes.get(start..)?;
    let word = match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => last(bytes, rest.len()),
    };
    let own = u64::MAX >> (64 - 8 * len);
    // Of all that is in runs, only letters of ASCII have these bits.
    let letters = (word ^ OF_LETTERS) & BITS & own == 0;
    letters.then_some(((word | LOW) & own, word & 0x20 == 0))
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
                let short = run.len() <= SHORT && run.iter().all(u8::is_ascii_alphabetic);
                let word = low(bytes, start, end);
                prop_assert_eq!(word.is_some(), short);
                let Some((word, capital)) = word else { continue };
                prop_assert_eq!(capital, run[0].is_ascii_uppercase());
                let lower = run.to_ascii_lowercase();
                prop_assert_eq!(&word.to_le_bytes()[..run.len()], &*lower);
            }
        });
    }
}
