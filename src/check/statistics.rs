//! What a data set looks like as a whole: what a baseline stores and drift is measured on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts of a data set. Lengths are counted in steps, so that memory stays small and the same
/// documents give the same numbers in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Documents that could be read.
    pub documents: u64,
    /// Characters of all texts.
    pub chars: u64,
    /// Documents by the length of their text in characters: each key is the lower end of a step,
    /// four steps to a doubling.
    pub lengths: BTreeMap<u64, u64>,
    /// Documents by language (ISO 639-1, `und` when unsure).
    pub languages: BTreeMap<String, u64>,
}

impl Statistics {
    /// Counts a document.
    pub fn add(&mut self, text: &str, language: &str) {
        let chars = text.chars().count() as u64;
        self.documents += 1;
        self.chars += chars;
        *self.lengths.entry(step(chars)).or_default() += 1;
        *self.languages.entry(language.to_owned()).or_default() += 1;
    }

    /// The lower end of the step that holds the median length, in characters.
    pub fn median_chars(&self) -> u64 {
        let mut before = 0;
        for (&step, &count) in &self.lengths {
            before += count;
            if before * 2 >= self.documents {
                return step;
            }
        }
        0
    }

    /// The share of documents in a language.
    pub fn share(&self, language: &str) -> f64 {
        let count = self.languages.get(language).copied().unwrap_or(0);
        count as f64 / self.documents.max(1) as f64
    }
}

/// The lower end of the step: 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 …
fn step(chars: u64) -> u64 {
    match chars {
        0..8 => chars,
        _ => {
            let unit = 1 << (chars.ilog2() - 2);
            chars / unit * unit
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_fall_into_steps() {
        let steps: Vec<u64> = [0, 7, 9, 11, 15, 16, 19, 1023, 1024].map(step).to_vec();
        assert_eq!(steps, [0, 7, 8, 10, 14, 16, 16, 896, 1024]);
    }

    #[test]
    fn median_and_shares() {
        let mut statistics = Statistics::default();
        for (text, language) in [("abcd", "en"), ("ab", "en"), ("abcdefghij", "fr")] {
            statistics.add(text, language);
        }
        assert_eq!(statistics.median_chars(), 4);
        assert!((statistics.share("en") - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!((statistics.documents, statistics.chars), (3, 16));
        assert_eq!(Statistics::default().median_chars(), 0);
    }
}
