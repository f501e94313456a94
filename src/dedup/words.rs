//! The words of a text that are compared: hashes, line by line.

use std::borrow::Cow;

use super::hash::mix;
use super::scan::Scan;

/// The compared words of a text, as one record: the number of lines, where each of them ends, and
/// the hashes of all words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words<'r>(pub Cow<'r, [u32]>);

impl Words<'_> {
    /// The words of a scanned text.
    pub fn of(scan: &Scan) -> Words<'static> {
        let mut record = Vec::with_capacity(1 + scan.ends.len() + scan.words.len());
        record.push(scan.ends.len() as u32);
        record.extend_from_slice(&scan.ends);
        record.extend_from_slice(&scan.words);
        Words(Cow::Owned(record))
    }

    /// The words of a text.
    pub fn of_text(text: &str, scan: &mut Scan) -> Words<'static> {
        scan.words(text);
        Self::of(scan)
    }

    /// The words of these lines of a text.
    pub fn of_lines<'l>(lines: impl Iterator<Item = &'l [u32]> + Clone) -> Words<'static> {
        let mut record = vec![0];
        let mut end = 0;
        for line in lines.clone() {
            end += line.len() as u32;
            record.push(end);
        }
        record[0] = record.len() as u32 - 1;
        lines.for_each(|line| record.extend_from_slice(line));
        Words(Cow::Owned(record))
    }

    fn count(&self) -> usize {
        self.0.first().map_or(0, |&count| count as usize)
    }

    /// Hashes of the words.
    #[inline]
    pub fn hashes(&self) -> &[u32] {
        self.0.get(1 + self.count()..).unwrap_or_default()
    }

    /// Where each line ends in [`hashes`](Self::hashes).
    #[inline]
    pub fn ends(&self) -> &[u32] {
        self.0.get(1..=self.count()).unwrap_or_default()
    }

    /// The words of each line.
    #[inline]
    pub fn lines(&self) -> impl Iterator<Item = &[u32]> + Clone {
        let hashes = self.hashes();
        let starts = std::iter::once(&0).chain(self.ends());
        starts
            .zip(self.ends())
            .map(|(&from, &to)| hashes.get(from as usize..to as usize).unwrap_or_default())
    }

    /// Whether a line begins (or the text ends) before the word `at`.
    pub fn is_line_break(&self, at: usize) -> bool {
        at == 0 || self.ends().binary_search(&(at as u32)).is_ok()
    }

    /// The line that the word `at` lies in.
    pub fn line_of(&self, at: usize) -> usize {
        self.ends().partition_point(|&end| end as usize <= at)
    }
}

/// Hash over the words of a line.
pub(super) fn line_hash(words: &[u32]) -> u64 {
    words.iter().fold(
        words.len() as u64,
        |hash, &word| mix(hash ^ u64::from(word)),
    )
}
