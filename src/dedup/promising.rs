//! Whether a pair is worth aligning, by what its samples have in common.

/// Pairs that have less of their word pairs in common (thousandths) are not aligned. No pair with
/// half of its text in common falls below, not even with one letter in twenty broken.
pub(super) const WORD_PAIRS: u32 = 300;
/// From here on they are aligned in any case. Between the two, only such whose common words stand
/// in few runs …
const SAFE: u32 = 450;
/// … so that they have less of their shingles than this share of their word pairs in common:
/// edited or broken all over. Two texts that have a sentence in common have as much of both.
const SCATTERED: u32 = 400;
/// Pairs of texts too short for that are aligned from this share of common shingles on.
const ESTIMATE: u32 = 200;

/// Whether a pair with so much of its word pairs and shingles in common (thousandths) is worth
/// aligning.
pub(super) fn is_promising(word_pairs: Option<u32>, shingles: impl FnOnce() -> u32) -> bool {
    match word_pairs {
        None => shingles() >= ESTIMATE,
        Some(pairs) if pairs < WORD_PAIRS => false,
        Some(pairs) if pairs >= SAFE => true,
        Some(pairs) => u64::from(shingles()) * 1000 < u64::from(pairs) * u64::from(SCATTERED),
    }
}
