//! A table of features, column by column.

use std::sync::Arc;

use crate::vectors::{Loop, vectorized};

/// Columns are padded to a multiple of so many rows.
pub(super) const LANES: usize = 64;

/// Features of the rows of one page, 16 bits each, column by column.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: usize,
    stride: usize,
    columns: Vec<Column>,
    /// Which columns are asked for; those behind the end are.
    asked: Arc<[bool]>,
    data: Vec<i16>,
    /// Values of the column that is being made.
    values: Vec<i32>,
}

/// Writes values into rows.
struct Fill<'r, V>(&'r mut [i16], V);

impl<V: Iterator<Item = i32>> Loop for Fill<'_, V> {
    #[inline(always)]
    fn run(self) {
        for (row, value) in self.0.iter_mut().zip(self.1) {
            *row = saturate(value);
        }
    }
}

/// Where the values of a column are.
#[derive(Debug, Clone, Copy)]
enum Column {
    /// Nobody asks for it.
    Absent,
    /// It has the same value in all rows.
    Same(i16),
    /// In `data`, from here on.
    At(usize),
}

impl Columns {
    /// An empty table for `rows` rows, with room for `columns` columns.
    pub fn new(rows: usize, columns: usize) -> Self {
        let stride = rows.next_multiple_of(LANES);
        Self {
            rows,
            stride,
            columns: Vec::with_capacity(columns),
            asked: Arc::default(),
            data: Vec::with_capacity(stride * columns),
            values: Vec::new(),
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
        let is_asked = self.is_asked();
        let column = match is_asked {
            true => Column::At(self.data.len()),
            false => Column::Absent,
        };
        self.columns.push(column);
        is_asked
    }

    /// Whether somebody asks for the next column.
    fn is_asked(&self) -> bool {
        let next = self.asked.get(self.columns.len());
        next.is_none_or(|asked| *asked)
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

    /// The same, of what `each` makes of the values: all at once, so that it is a loop over nothing
    /// else.
    #[inline]
    pub fn push_through(
        &mut self,
        values: impl Iterator<Item = i32>,
        each: impl Fn(&[i32], &mut [i16]),
    ) {
        if !self.begin() {
            return;
        }
        self.values.clear();
        self.values.extend(values);
        let start = self.data.len();
        self.data.resize(start + self.stride, 0);
        each(&self.values, &mut self.data[start..start + self.rows]);
    }

    /// Adds a column that `write` writes into; 0 where it writes nothing.
    #[inline]
    pub fn push_with(&mut self, write: impl FnOnce(&mut [i16])) {
        if !self.begin() {
            return;
        }
        let start = self.data.len();
        self.data.resize(start + self.stride, 0);
        write(&mut self.data[start..start + self.rows]);
    }

    /// Adds the values of a column that has begun.
    #[inline]
    fn fill(&mut self, values: impl Iterator<Item = i32>) {
        let start = self.data.len();
        self.data.resize(start + self.stride, 0);
        // Two slices side by side let the compiler take many rows at once.
        let rows = &mut self.data[start..start + self.rows];
        vectorized(Fill(rows, values));
    }

    /// Adds a column that holds `value` in every row.
    pub fn push_same(&mut self, value: i32) {
        let column = match self.is_asked() {
            true => Column::Same(saturate(value)),
            false => Column::Absent,
        };
        self.columns.push(column);
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

    /// Ends a column: fills it up, or keeps the one value that all its rows have.
    fn pad(&mut self) {
        let end = self.data.len().next_multiple_of(self.stride.max(1));
        if let Some(Column::At(start)) = self.columns.last().copied()
            && self.data.len() == start + self.rows
            && let Some((&first, rest)) = self.data[start..].split_first()
            && rest.iter().fold(0, |all, value| all | (value ^ first)) == 0
        {
            self.data.truncate(start);
            self.columns.pop();
            self.columns.push(Column::Same(first));
            return;
        }
        self.data.resize(end, 0);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The value of column `column` in row `row`; 0 outside the table.
    pub fn get(&self, column: usize, row: usize) -> i16 {
        match self.columns.get(column).filter(|_| row < self.rows) {
            Some(Column::Same(value)) => *value,
            Some(Column::At(start)) => self.data.get(start + row).copied().unwrap_or(0),
            Some(Column::Absent) | None => 0,
        }
    }

    /// The value that a column has in every row, the least that there is where it was not made;
    /// `None` for one whose rows differ.
    #[inline]
    pub(super) fn same(&self, column: usize) -> Option<i16> {
        match self.columns.get(column) {
            Some(Column::Same(value)) => Some(*value),
            Some(Column::At(_)) => None,
            Some(Column::Absent) | None => Some(i16::MIN),
        }
    }

    /// The values of column `column` in `N` rows from `row` on, if they are not the same in all rows
    /// of the table. Rows count up to the next multiple of [`LANES`].
    #[inline]
    pub(super) fn lanes<const N: usize>(&self, column: usize, row: usize) -> Option<&[i16; N]> {
        match self.columns.get(column)? {
            Column::At(start) => {
                let column = self.data.get(*start..start + self.stride)?;
                column.get(row..)?.first_chunk()
            }
            _ => None,
        }
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
            (columns.same(2), columns.lanes::<4>(2, 0)),
            (Some(i16::MAX), None)
        );
        assert_eq!(
            [0, 2, 3].map(|row| columns.get(2, row)),
            [i16::MAX, i16::MAX, 0]
        );
        assert_eq!((columns.same(0), columns.same(3)), (None, Some(i16::MIN)));
        assert_eq!(columns.get(0, 2), i16::MAX);
        assert_eq!(columns.get(1, 2), -2);
        assert_eq!(columns.lanes(1, 0).unwrap(), &[0, -1, -2, 0]);
        assert_eq!(columns.lanes::<4>(3, 0), None);
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
        assert_eq!(columns.lanes::<4>(1, 0), None);
    }
}
