//! How many pages of a host have a line, as rows of a segment.

use rustc_hash::FxHashMap;

use crate::dedup::{Addition, SeenLine};

/// Pages and speaking pages share one number of 32 bits; more than this of one crawl count as so
/// many.
const MOST: u32 = 0xffff;

/// Lines of the documents of one crawl.
#[derive(Debug, Default)]
pub(super) struct LineCounts(FxHashMap<u64, (u32, u32)>);

impl LineCounts {
    /// Counts the lines of a document.
    pub fn add(&mut self, addition: &Addition) {
        for &key in &addition.lines {
            let (pages, speaking) = self.0.entry(key).or_default();
            *pages = (*pages + 1).min(MOST);
            *speaking = (*speaking + u32::from(addition.speaks)).min(MOST);
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows, by key.
    pub fn rows(self) -> impl Iterator<Item = (u64, u32)> {
        let row = |(key, (pages, speaking))| (key, speaking << 16 | pages);
        let mut rows: Vec<(u64, u32)> = self.0.into_iter().map(row).collect();
        rows.sort_unstable();
        rows.into_iter()
    }
}

/// What a row says.
pub(super) fn seen(key: u64, counts: u32) -> SeenLine {
    SeenLine {
        key,
        pages: u64::from(counts & MOST),
        speaking: u64::from(counts >> 16),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_speaking_pages_are_counted_apart() {
        let page = |lines: &[u64], speaks| Addition {
            id: String::new(),
            digest: 0,
            address: None,
            text: String::new(),
            shingles: Vec::new(),
            lines: lines.to_vec(),
            speaks,
            stays: true,
        };
        let mut counts = LineCounts::default();
        counts.add(&page(&[3, 9], true));
        counts.add(&page(&[9], false));
        let rows: Vec<SeenLine> = counts.rows().map(|(key, row)| seen(key, row)).collect();
        let row = |key, pages, speaking| SeenLine {
            key,
            pages,
            speaking,
        };
        assert_eq!(rows, [row(3, 1, 1), row(9, 2, 1)]);
    }
}
