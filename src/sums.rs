//! Prefix sums: sums of a value over the rows around each row, without going over them.

/// What stands before each row, and of all, with `REACH` more of these at both ends, so that ranges
/// around a row need not be cut to the table.
#[derive(Debug)]
pub(crate) struct PrefixSums<T, const REACH: usize>(Vec<T>);

impl<T: Copy + Default, const REACH: usize> PrefixSums<T, REACH> {
    /// The sums of the rows' values.
    pub fn new(values: impl ExactSizeIterator<Item = T>, add: impl Fn(T, T) -> T) -> Self {
        let mut sums = Vec::with_capacity(values.len() + 2 * REACH + 1);
        sums.resize(REACH + 1, T::default());
        let mut sum = T::default();
        sums.extend(values.map(|value| {
            sum = add(sum, value);
            sum
        }));
        sums.resize(sums.len() + REACH, sum);
        Self(sums)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.0.len() - 2 * REACH - 1
    }

    /// The sum of the rows before `row`; of all where there are fewer.
    pub fn before(&self, row: usize) -> T {
        self.0[REACH + row.min(self.rows())]
    }

    /// Per row the sum of all before the row `by` rows away, at most `REACH`, or one more behind it.
    pub fn upto(&self, by: isize) -> std::slice::Iter<'_, T> {
        let start = REACH.saturating_add_signed(by);
        self.0[start..start + self.rows()].iter()
    }

    /// Per row what [`upto`](Self::upto) says of the rows `from` and `to` rows away: their difference is
    /// the sum from the one to the other (not included), cut to the table.
    pub fn around(
        &self,
        from: isize,
        to: isize,
    ) -> std::iter::Zip<std::slice::Iter<'_, T>, std::slice::Iter<'_, T>> {
        self.upto(from).zip(self.upto(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stop_at_the_ends_of_the_table() {
        let values = [1, 20, 300, 4000];
        let sums = PrefixSums::<i32, 6>::new(values.into_iter(), |a, b| a + b);
        assert_eq!((sums.rows(), sums.before(2), sums.before(9)), (4, 21, 4321));
        for from in -6..=7_isize {
            for to in from..=7 {
                let found = sums.around(from, to).map(|(from, to)| to - from);
                let wanted = (0..4_isize).map(|row| {
                    let inside = |at: &isize| (row + from..row + to).contains(at);
                    (0..4).filter(inside).map(|at| values[at as usize]).sum()
                });
                assert_eq!(found.collect::<Vec<i32>>(), wanted.collect::<Vec<i32>>());
            }
        }
    }
}
