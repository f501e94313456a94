//! Ensembles of oblivious trees: every level of a tree asks one question of all rows, so that a
//! tree is a few comparisons over columns and one look-up per row.

use super::columns::LANES;
use super::{Columns, Reader, broken};
use crate::error::Error;

/// Levels of a tree. A shallower tree asks questions that nothing answers with yes.
const DEPTH: usize = 6;

/// Boosted oblivious trees over [`Columns`]; scores are log-odds in thousandths.
#[derive(Debug, Clone)]
pub struct Ensemble {
    bias: i32,
    width: usize,
    trees: Vec<Tree>,
}

#[derive(Debug, Clone)]
struct Tree {
    /// Column and threshold per level: bit `i` of the leaf is `value > threshold`.
    splits: [(u16, i16); DEPTH],
    /// Log-odds in thousandths.
    leaves: [i16; 1 << DEPTH],
}

impl Ensemble {
    /// Reads an ensemble: number of columns and of trees (u16), bias (i32), then per tree the
    /// splits (u16, i16) and the leaves (i16), all little-endian.
    ///
    /// # Errors
    /// The bytes end early or a split names a column that there is not.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let width = usize::from(reader.u16()?);
        let count = reader.u16()?;
        let bias = reader.i32()?;
        let mut trees = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let mut tree = Tree {
                splits: [(0, 0); DEPTH],
                leaves: [0; 1 << DEPTH],
            };
            for split in &mut tree.splits {
                *split = (reader.u16()?, reader.i16()?);
                if usize::from(split.0) >= width {
                    return Err(broken("a tree asks for a column that there is not"));
                }
            }
            for leaf in &mut tree.leaves {
                *leaf = reader.i16()?;
            }
            trees.push(tree);
        }
        Ok(Self { bias, width, trees })
    }

    /// Columns that the ensemble was trained on.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The columns that some tree asks for.
    pub(super) fn asked(&self) -> impl Iterator<Item = usize> + '_ {
        let splits = self.trees.iter().flat_map(|tree| tree.splits);
        let asks = splits.filter(|(_, threshold)| *threshold < i16::MAX);
        asks.map(|(column, _)| usize::from(column))
    }

    /// The score of every row.
    pub fn score(&self, columns: &Columns) -> Vec<i32> {
        let mut scores = Vec::with_capacity(columns.rows().next_multiple_of(LANES));
        for row in (0..columns.rows()).step_by(LANES) {
            let mut sums = [self.bias; LANES];
            for tree in &self.trees {
                tree.add(columns, row, &mut sums);
            }
            scores.extend_from_slice(&sums);
        }
        scores.truncate(columns.rows());
        scores
    }
}

impl Tree {
    fn add(&self, columns: &Columns, row: usize, sums: &mut [i32; LANES]) {
        let mut leaf = [0_i16; LANES];
        for (level, &(column, threshold)) in self.splits.iter().enumerate() {
            let Some(values) = columns.lanes(usize::from(column), row) else {
                continue;
            };
            let bit = 1_i16 << level;
            // A count of rounds that is known lets the compiler compare many rows at once.
            for row in 0..LANES {
                leaf[row] |= if values[row] > threshold { bit } else { 0 };
            }
        }
        for row in 0..LANES {
            sums[row] += i32::from(self.leaves[leaf[row] as usize & ((1 << DEPTH) - 1)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(width: u16) -> Vec<u8> {
        let mut out = Vec::new();
        for n in [width, 1] {
            out.extend(n.to_le_bytes());
        }
        out.extend((-100_i32).to_le_bytes());
        for (column, threshold) in [(0_u16, 10_i16), (1, -5)]
            .into_iter()
            .chain([(0, i16::MAX); 4])
        {
            out.extend(column.to_le_bytes());
            out.extend(threshold.to_le_bytes());
        }
        for leaf in 0..64_i16 {
            out.extend((leaf * 100).to_le_bytes());
        }
        out
    }

    #[test]
    fn a_leaf_is_chosen_by_the_bits_of_its_splits() {
        let all = bytes(2);
        let ensemble = Ensemble::read(&mut Reader(&all)).unwrap();
        let mut columns = Columns::new(70, 2);
        columns.push(|row| row as i32);
        columns.push(|row| -(row as i32) / 10);
        let scores = ensemble.score(&columns);
        assert_eq!(scores.len(), 70);
        assert_eq!(scores[10], 200 - 100);
        assert_eq!(scores[11], 300 - 100);
        assert_eq!(scores[69], 100 - 100);
    }

    #[test]
    fn broken_weights_are_errors() {
        assert!(Ensemble::read(&mut Reader(&bytes(1))).is_err());
        assert!(Ensemble::read(&mut Reader(&bytes(2)[..100])).is_err());
    }
}
