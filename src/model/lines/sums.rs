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
    ) -> impl ExactSizeIterator<Item = i32> + DoubleEndedIterator + Clone {
        let both = self.0.around(from, to);
        both.map(|(from, to)| to.wrapping_sub(*from))
    }

    /// Per line the sum over the `count` lines before.
    pub(super) fn before(
        &self,
        count: usize,
    ) -> impl ExactSizeIterator<Item = i32> + DoubleEndedIterator + Clone {
        self.around(-(count as isize), 0)
    }

    /// Per line the sum over the `count` lines after.
    pub(super) fn after(
        &self,
        count: usize,
    ) -> impl ExactSizeIterator<Item = i32> + DoubleEndedIterator + Clone {
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

/// `part` of `whole` in thousandths as [`share`] says it, the nearest number that 32 bits hold.
///
/// Vectors have a division of floating-point numbers only. It is exact here: doubles hold both
/// numbers, and the quotient is farther from the next whole number than doubles are from each other.
#[inline]
pub(super) fn thousandths(part: i32, whole: i32) -> i32 {
    quotient(f64::from(part) * 1000.0, whole).unwrap_or(0)
}

/// `part` by `whole`, rounded towards 0; `None` where the whole is 0. The part is a whole number of
/// at most 52 bits.
#[inline]
pub(super) fn quotient(part: f64, whole: i32) -> Option<i32> {
    (whole != 0).then_some((part / f64::from(whole)) as i32)
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
            let exact = exact.checked_div(whole.into()).unwrap_or(0);
            let near = exact.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
            let exact = exact as i32;
            prop_assert_eq!(share(part, whole), exact);
            prop_assert_eq!(thousandths(part, whole), near);
        });
        for whole in [1, 2, 3, 7, 1000, 4_294_967, i32::MAX] {
            for part in [whole, whole - 1, -1] {
                assert_eq!(thousandths(part, whole), share(part, whole));
            }
        }
    }
}
