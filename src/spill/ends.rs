//! Where records end that stand one behind the other, in four bytes each.

use std::ops::Range;

/// Records between two that are noted with their place.
const STRIDE: usize = 32;

/// The places of records that stand one behind the other: the length of each, and the place of one
/// in [`STRIDE`].
#[derive(Debug, Default)]
pub(crate) struct Ends {
    lens: Vec<u32>,
    starts: Vec<u64>,
    end: u64,
}

impl Ends {
    /// Adds a record of so many units.
    pub fn push(&mut self, len: u32) {
        if self.lens.len().is_multiple_of(STRIDE) {
            self.starts.push(self.end);
        }
        self.lens.push(len);
        self.end += u64::from(len);
    }

    /// The place of record `number`.
    #[inline]
    pub fn get(&self, number: usize) -> Option<Range<u64>> {
        let len = u64::from(*self.lens.get(number)?);
        let before = self.lens.get(number / STRIDE * STRIDE..number)?;
        let before: u64 = before.iter().map(|&len| u64::from(len)).sum();
        let start = self.starts.get(number / STRIDE)? + before;
        Some(start..start + len)
    }

    /// The length of record `number`.
    #[inline]
    pub fn len_of(&self, number: usize) -> u32 {
        self.lens.get(number).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_records() {
        let mut ends = Ends::default();
        let mut expected = Vec::new();
        let mut end = 0;
        for len in (0..200_u32).map(|n| if n == 70 { u32::MAX } else { n % 7 }) {
            ends.push(len);
            expected.push(end..end + u64::from(len));
            end += u64::from(len);
        }
        for (number, place) in expected.into_iter().enumerate() {
            assert_eq!(u64::from(ends.len_of(number)), place.end - place.start);
            assert_eq!(ends.get(number), Some(place));
        }
        assert_eq!((ends.get(200), ends.len_of(200)), (None, 0));
    }
}
