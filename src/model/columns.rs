//! A table of features, column by column.

use std::sync::Arc;

/// Rows that are scored together; columns are padded to a multiple of it.
pub(super) const LANES: usize = 64;

/// Features of the rows of one page, 16 bits each, column by column.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: usize,
    stride: usize,
    /// Where each column begins in `data`; [`ABSENT`] for one that nobody asks for.
    starts: Vec<usize>,
    /// Which columns are asked for; those behind the end are.
    asked: Arc<[bool]>,
    data: Vec<i16>,
}

const ABSENT: usize = usize::MAX;

impl Columns {
    /// An empty table for `rows` rows, with room for `columns` columns.
    pub fn new(rows: usize, columns: usize) -> Self {
        let stride = rows.next_multiple_of(LANES);
        Self {
            rows,
            stride,
            starts: Vec::with_capacity(columns),
            asked: Arc::default(),
            data: Vec::with_capacity(stride * columns),
        }
    }

    /// An empty table for `rows` rows of which only the columns that are `asked` for are made; the
    /// others hold 0. Columns behind the end of `asked` are made.
    pub fn only(rows: usize, asked: &Arc<[bool]>) -> Self {
        let made = asked.iter().filter(|asked| **asked).count();
        Self {
            asked: asked.clone(),
            ..Self::new(rows, made)
        }
    }

    /// Begins a column; false when nobody asks for it.
    #[inline]
    fn begin(&mut self) -> bool {
        let is_asked = self.asked.get(self.starts.len()).is_none_or(|asked| *asked);
        let start = if is_asked { self.data.len() } else { ABSENT };
        self.starts.push(start);
        is_asked
    }

    /// Adds a column; a value that 16 bits do not hold becomes the nearest one that they do.
    #[inline]
    pub fn push(&mut self, value: impl FnMut(usize) -> i32) {
        if !self.begin() {
            return;
        }
        self.fill((0..self.rows).map(value));
    }

    /// Adds a column that is made of one thing per row; 0 where there are too few.
    #[inline]
    pub fn push_each<T>(&mut self, of: &[T], value: impl FnMut(&T) -> i32) {
        if !self.begin() {
            return;
        }
        let of = of.get(..self.rows).unwrap_or(of);
        self.fill(of.iter().map(value));
    }

    /// Adds a column of the values of the rows one after the other; 0 where there are too few.
    #[inline]
    pub fn push_all(&mut self, values: impl Iterator<Item = i32>) {
        if !self.begin() {
            return;
        }
        self.fill(values);
    }

    /// Adds the values of a column that has begun.
    #[inline]
    fn fill(&mut self, values: impl Iterator<Item = i32>) {
        let start = self.data.len();
        self.data.resize(start + self.stride, 0);
        // Two slices side by side let the compiler take many rows at once.
        let rows = &mut self.data[start..start + self.rows];
        for (row, value) in rows.iter_mut().zip(values) {
            *row = saturate(value);
        }
    }

    /// Adds a column that holds `value` in every row.
    pub fn push_same(&mut self, value: i32) {
        if self.begin() {
            let end = self.data.len() + self.rows;
            self.data.resize(end, saturate(value));
            self.pad();
        }
    }

    /// Adds a column that holds in each row the value `off` rows behind it (before it, where `off`
    /// is negative), and `outside` where there is no such row.
    pub fn push_shifted(&mut self, values: &[i16], off: isize, outside: i16) {
        if !self.begin() {
            return;
        }
        let end = self.data.len() + self.rows;
        let values = values.get(..self.rows).unwrap_or(values);
        let by = off.unsigned_abs().min(values.len());
        if off < 0 {
            self.data.resize(self.data.len() + by, outside);
            self.data.extend_from_slice(&values[..values.len() - by]);
        } else {
            self.data.extend_from_slice(&values[by..]);
        }
        self.data.resize(end, outside);
        self.pad();
    }

    fn pad(&mut self) {
        self.data
            .resize(self.data.len().next_multiple_of(self.stride.max(1)), 0);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.starts.len()
    }

    /// The value of column `column` in row `row`; 0 outside the table.
    pub fn get(&self, column: usize, row: usize) -> i16 {
        let at = self
            .starts
            .get(column)
            .and_then(|start| start.checked_add(row));
        at.and_then(|at| self.data.get(at)).copied().unwrap_or(0)
    }

    /// The values of column `column` in the block of [`LANES`] rows that starts at `row`.
    #[inline]
    pub(super) fn lanes(&self, column: usize, row: usize) -> Option<&[i16; LANES]> {
        let from = self.starts.get(column)?.checked_add(row)?;
        self.data.get(from..)?.first_chunk()
    }
}

/// The 16-bit number that is nearest to `value`.
#[inline]
pub fn saturate(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_padded_and_saturate() {
        let mut columns = Columns::new(3, 2);
        columns.push(|row| row as i32 * 20_000);
        columns.push(|row| -(row as i32));
        columns.push_same(70_000);
        assert_eq!((columns.rows(), columns.width()), (3, 3));
        assert_eq!(
            columns.lanes(2, 0).unwrap()[..4],
            [i16::MAX, i16::MAX, i16::MAX, 0]
        );
        assert_eq!(columns.get(0, 2), i16::MAX);
        assert_eq!(columns.get(1, 2), -2);
        assert_eq!(columns.lanes(1, 0).unwrap()[..4], [0, -1, -2, 0]);
        assert_eq!(columns.lanes(3, 0), None);
    }
    #[test]
    fn columns_shift_and_follow_lists() {
        let mut columns = Columns::new(3, 6);
        let values = [5, 6, 7];
        for off in [-1, 2, -9, 9] {
            columns.push_shifted(&values, off, -1);
        }
        columns.push_each(&[1_u8, 2], |n| i32::from(*n) * 40_000);
        let column = |at| [0, 1, 2].map(|row| columns.get(at, row));
        assert_eq!(column(0), [-1, 5, 6]);
        assert_eq!(column(1), [7, -1, -1]);
        assert_eq!((column(2), column(3)), ([-1; 3], [-1; 3]));
        assert_eq!(column(4), [i16::MAX, i16::MAX, 0]);
    }
    #[test]
    fn columns_that_nobody_asks_for_are_not_made() {
        let mut columns = Columns::only(2, &[true, false].into());
        columns.push(|_| 1);
        columns.push(|_| panic!("not asked for"));
        columns.push_same(3);
        assert_eq!((columns.rows(), columns.width()), (2, 3));
        assert_eq!([0, 1, 2].map(|at| columns.get(at, 1)), [1, 0, 3]);
        assert_eq!(columns.lanes(1, 0), None);
    }
}
