//! A table of features, column by column.

/// Rows that are scored together; columns are padded to a multiple of it.
pub(super) const LANES: usize = 64;

/// Features of the rows of one page, 16 bits each, column by column.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: usize,
    stride: usize,
    data: Vec<i16>,
}

impl Columns {
    /// An empty table for `rows` rows, with room for `columns` columns.
    pub fn new(rows: usize, columns: usize) -> Self {
        let stride = rows.next_multiple_of(LANES);
        Self {
            rows,
            stride,
            data: Vec::with_capacity(stride * columns),
        }
    }

    /// Adds a column; a value that 16 bits do not hold becomes the nearest one that they do.
    #[inline]
    pub fn push(&mut self, value: impl FnMut(usize) -> i32) {
        let saturate = |v: i32| v.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        self.data.extend((0..self.rows).map(value).map(saturate));
        self.data
            .resize(self.data.len().next_multiple_of(self.stride.max(1)), 0);
    }

    /// Adds a column of the values of all rows; else as [`push`](Self::push).
    #[inline]
    pub fn push_all(&mut self, values: impl Iterator<Item = i32>) {
        let saturate = |v: i32| v.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let from = self.data.len();
        self.data.extend(values.take(self.rows).map(saturate));
        self.data.resize(from + self.stride, 0);
    }

    /// Adds a column that holds `value` in every row.
    pub fn push_same(&mut self, value: i32) {
        let value = value.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        self.data.resize(self.data.len() + self.rows, value);
        self.data
            .resize(self.data.len().next_multiple_of(self.stride.max(1)), 0);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.data.len().checked_div(self.stride).unwrap_or(0)
    }

    /// The value of column `column` in row `row`; 0 outside the table.
    pub fn get(&self, column: usize, row: usize) -> i16 {
        let at = column * self.stride + row;
        self.data.get(at).copied().unwrap_or(0)
    }

    /// The values of column `column` in the block of [`LANES`] rows that starts at `row`.
    #[inline]
    pub(super) fn lanes(&self, column: usize, row: usize) -> Option<&[i16; LANES]> {
        let from = column * self.stride + row;
        self.data.get(from..from + LANES)?.first_chunk()
    }
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
}
