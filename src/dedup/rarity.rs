//! How rare a shingle is in the corpus, and what that makes it weigh.

use super::entry::Entry;
use super::shingles::{RATES, Sample, Shared, each_shingle, is_sampled};
use super::words::Words;

/// A corpus of a few documents says little about what is rare: counts are read as if this many
/// more documents had been seen, none of which has the shingle.
const PRIOR: u64 = 256;

/// In how many documents a shingle stands, and what that makes it weigh. Only a sample of the
/// shingles counts: what stands beside each other is about as rare.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rarity {
    /// Documents in the corpus.
    pub documents: u64,
}

impl Rarity {
    /// For each word the logarithm behind the weight of the last shingle before it that is known
    /// from the entry of the text.
    pub fn of_words(self, words: &Words<'_>, entry: &Entry<'_>) -> Vec<u16> {
        let known = entry.shared().take_while(|&shared| is_known(shared.0));
        let known: Vec<Shared> = known.collect();
        let mut places = Sample::with_room(words.hashes().len() / 8);
        each_shingle(words.hashes(), |at, shingle| {
            places.add((at as u32, shingle), is_known(shingle));
        });
        let mut logs = Vec::with_capacity(words.hashes().len());
        let mut last = None;
        for (at, shingle) in places.finish() {
            let place = known.binary_search_by_key(&Shared::name(shingle), |s| s.shingle());
            let log = self.log(place.map_or(1, |place| known[place].count()));
            logs.resize(at as usize, last.unwrap_or(log));
            last = Some(log);
        }
        logs.resize(words.hashes().len(), last.unwrap_or(self.log(1)));
        logs
    }

    /// log₂((N + prior) / count) in sixteenths, the difference of two logarithms.
    #[inline]
    pub fn log(self, count: u32) -> u16 {
        let documents = log2_16ths(self.documents + PRIOR);
        documents.saturating_sub(log2_16ths(u64::from(count.max(1)))) as u16
    }

    /// The weight of a shingle that `count` documents have: the square of its logarithm.
    #[inline]
    pub fn weight_of_count(self, count: u32) -> u64 {
        let log = u64::from(self.log(count));
        log * log
    }
}

/// Whether the weight of a shingle counts for the words around it.
#[inline]
const fn is_known(shingle: u64) -> bool {
    is_sampled(shingle, RATES.len() - 1)
}

/// log₂ in sixteenths, linear between powers of two.
#[inline]
const fn log2_16ths(value: u64) -> u64 {
    if value == 0 {
        return 0;
    }
    let whole = value.ilog2();
    let part = if whole >= 4 {
        (value >> (whole - 4)) & 15
    } else {
        (value << (4 - whole)) & 15
    };
    whole as u64 * 16 + part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarer_weighs_more() {
        let rarity = Rarity { documents: 1000 };
        let weights: Vec<u64> = [1, 2, 10, 100, 1000]
            .map(|n| rarity.weight_of_count(n))
            .into();
        assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
    }
}
