//! Sums over neighbouring lines, stretches of lines, and shares of a whole.

use std::ops::Range;

use crate::sums::PrefixSums;

/// Sums of a value over ranges of lines.
pub(super) struct Sums(PrefixSums<i32, REACH>);

/// The longest range of [`Sums::before`] and [`Sums::after`].
const REACH: usize = 32;

impl Sums {
    pub(super) fn new(values: impl ExactSizeIterator<Item = i32>) -> Self {
        Self(PrefixSums::new(values, i32::saturating_add))
    }

    /// Per line the sum over the lines from `from` lines away to `to` lines away (not included),
    /// cut to the page.
    fn around(
        &self,
        from: isize,
        to: isize,
    ) -> impl ExactSizeIterator<Item = i32> + DoubleEndedIterator {
        let both = self.0.around(from, to);
        both.map(|(from, to)| to.wrapping_sub(*from))
    }

    /// Per line the sum over the `count` lines before.
    pub(super) fn before(
        &self,
        count: usize,
    ) -> impl ExactSizeIterator<Item = i32> + DoubleEndedIterator {
        self.around(-(count as isize), 0)
    }

    /// Per line the sum over the `count` lines after.
    pub(super) fn after(
        &self,
        count: usize,
    ) -> impl ExactSizeIterator<Item = i32> + DoubleEndedIterator {
        self.around(1, 1 + count as isize)
    }

    /// Per line the sum over the lines from `from` to it (not included), less than 0 before `from`.
    pub(super) fn since(&self, from: usize) -> impl Iterator<Item = i32> {
        let first = self.0.before(from);
        self.0.upto(0).map(move |upto| upto.wrapping_sub(first))
    }

    /// The sum over lines `from..to`, cut to the page.
    pub(super) fn over(&self, from: usize, to: usize) -> i32 {
        self.0.before(to).wrapping_sub(self.0.before(from))
    }

    pub(super) fn all(&self) -> i32 {
        self.over(0, self.0.rows())
    }
}

/// The range of lines with the greatest sum of weights, the first one of equals (Kadane's scan).
/// Empty where no weight is positive.
pub(super) fn best_stretch(weights: impl Iterator<Item = i32>) -> Range<usize> {
    let (mut best, mut sum, mut from) = (0_i64, 0_i64, 0);
    let mut range = 0..0;
    for (at, weight) in weights.enumerate() {
        if sum <= 0 {
            (sum, from) = (0, at);
        }
        sum += i64::from(weight);
        if sum > best {
            best = sum;
            range = from..at + 1;
        }
    }
    range
}

/// How far line `at` is from `range`: negative before it, 0 inside, positive behind it.
#[inline]
pub(super) fn distance(range: &Range<usize>, at: usize) -> i32 {
    let at = at as i32;
    // Without branches, so that many lines are taken at once.
    (at - range.start as i32).min(0) + (at + 1 - range.end as i32).max(0)
}

/// Up to which a thousand times a part has 32 bits.
const FITS: u32 = u32::MAX / 1000;

/// `part` of `whole` in thousandths.
#[inline]
pub(super) fn share(part: i32, whole: i32) -> i32 {
    /// Up to which a thousand times the part fits.
    const MOST: i32 = i32::MAX / 1000;
    match (part, whole) {
        (_, 0) => 0,
        // Without signs the division is cheaper.
        (0..=MOST, 1..) => (part as u32 * 1000 / whole as u32) as i32,
        _ => (i64::from(part) * 1000 / i64::from(whole)) as i32,
    }
}

/// A whole of which many parts are asked for: [`share`] without a division for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    whole: i32,
    /// 2^64 by the whole, rounded up, if it is greater than 1.
    by: u64,
}

impl Whole {
    pub(super) fn new(whole: i32) -> Self {
        let by = match u64::try_from(whole) {
            Ok(whole @ 2..) => u64::MAX / whole + 1,
            _ => 0,
        };
        Self { whole, by }
    }

    /// `part` of it in thousandths.
    ///
    /// The upper half of the product is the quotient: what rounding up adds is less than the part,
    /// both have 32 bits, so it adds less than 1 to the 64 bits below.
    #[inline]
    pub(super) fn share(&self, part: i32) -> i32 {
        let size = part.unsigned_abs();
        if self.by == 0 || size > FITS {
            return share(part, self.whole);
        }
        let quotient = (u128::from(size * 1000) * u128::from(self.by)) >> 64;
        quotient as i32 * part.signum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_stretch_bridges_small_gaps_only() {
        let weights = [-5, 10, -3, 10, -50, 12, -5];
        assert_eq!(best_stretch(weights.into_iter()), 1..4);
        assert_eq!(best_stretch([-1, -2].into_iter()), 0..0);
        assert_eq!(distance(&(1..4), 0), -1);
        assert_eq!(distance(&(1..4), 3), 0);
        assert_eq!(distance(&(1..4), 5), 2);
        assert_eq!(distance(&(0..0), 1), 2);
    }

    #[test]
    fn sums_stop_at_the_ends_of_the_page() {
        let sums = Sums::new([1, 2, 3, 4].into_iter());
        assert_eq!(sums.before(5).collect::<Vec<_>>(), [0, 1, 3, 6]);
        assert_eq!(sums.after(2).collect::<Vec<_>>(), [5, 7, 4, 0]);
        assert_eq!((sums.over(1, 9), sums.all()), (9, 10));
        assert_eq!(sums.since(2).collect::<Vec<_>>(), [-3, -2, 0, 3]);
    }

    #[test]
    fn shares_of_a_whole_are_quotients() {
        use proptest::prelude::*;
        let number = prop_oneof![-9..2000_i32, any::<i32>()];
        proptest!(ProptestConfig::with_cases(5000), |(part in number.clone(), whole in number)| {
            let exact = i64::from(part) * 1000;
            let exact = exact.checked_div(whole.into()).unwrap_or(0) as i32;
            prop_assert_eq!(share(part, whole), exact);
            prop_assert_eq!(Whole::new(whole).share(part), exact);
        });
        for whole in [1, 2, 3, 7, 1000, 4_294_967, i32::MAX] {
            for part in [whole, whole - 1, FITS as i32, FITS as i32 + 1, -1] {
                assert_eq!(Whole::new(whole).share(part), share(part, whole));
            }
        }
    }
}
