//! Ensembles of oblivious trees: every level of a tree asks one question of all rows, so that a
//! tree is a few comparisons over columns and one look-up per row.

use std::ops::Range;
use std::sync::Arc;

use super::columns::LANES;
use super::vector::{Rows, Vectors};
use super::{Columns, Reader, broken};
use crate::error::Error;

/// Levels of a tree. A shallower tree asks questions that nothing answers with yes.
pub(super) const DEPTH: usize = 6;

/// Boosted oblivious trees over [`Columns`]; scores are log-odds in thousandths.
#[derive(Debug, Clone)]
pub struct Ensemble {
    bias: i32,
    width: usize,
    trees: Vec<Tree>,
    /// Trees whose sum 16 bits hold, whatever their leaves.
    groups: Vec<Range<usize>>,
    /// What is asked of the columns; one column may stand here several times.
    asked: Vec<Asked>,
}

#[derive(Debug, Clone)]
pub(super) struct Tree {
    /// Per level the place in [`Ensemble::asked`] and the threshold's rank there: bit `i` of the
    /// leaf is `value > threshold`.
    pub(super) splits: [(u16, i8); DEPTH],
    /// Log-odds in thousandths.
    pub(super) leaves: [i16; 1 << DEPTH],
    /// The low bytes of the leaves, and the high ones.
    #[cfg(target_arch = "x86_64")]
    pub(super) bytes: [[u8; 1 << DEPTH]; 2],
}

impl Tree {
    fn new(splits: [(u16, i8); DEPTH], leaves: [i16; 1 << DEPTH]) -> Self {
        Self {
            splits,
            leaves,
            #[cfg(target_arch = "x86_64")]
            bytes: [0, 1].map(|byte| leaves.map(|leaf| leaf.to_le_bytes()[byte])),
        }
    }
}

/// Trees whose leaves are looked up together.
const TOGETHER: usize = 4;

/// The thresholds that a column is asked about. A value counts as the number of those below it, so
/// that it takes eight bits and trees that share a threshold share the comparison.
#[derive(Debug, Clone)]
struct Asked {
    column: usize,
    /// Ascending, at most [`RANKS`].
    thresholds: Vec<i16>,
}

/// So many thresholds count in eight bits with a sign.
const RANKS: usize = i8::MAX as usize;

/// The ranks of a column in [`LANES`] rows.
pub(super) type Ranks = [i8; LANES];

/// A split that nothing answers with yes.
const NEVER: (u16, i8) = (0, i8::MAX);

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
            let mut splits = [(0, 0); DEPTH];
            for split in &mut splits {
                *split = (reader.u16()?, reader.i16()?);
                if usize::from(split.0) >= width {
                    return Err(broken("a tree asks for a column that there is not"));
                }
            }
            let mut leaves = [0; 1 << DEPTH];
            for leaf in &mut leaves {
                *leaf = reader.i16()?;
            }
            trees.push((splits, leaves));
        }
        let asked = Asked::all(trees.iter().flat_map(|(splits, _)| splits));
        let tree = |(splits, leaves): ([(u16, i16); DEPTH], _)| {
            let find = |split| Asked::find(&asked, split).unwrap_or(NEVER);
            Tree::new(splits.map(find), leaves)
        };
        let mut trees: Vec<Tree> = trees.into_iter().map(tree).collect();
        let nothing = Tree::new([NEVER; DEPTH], [0; 1 << DEPTH]);
        trees.resize(trees.len().next_multiple_of(TOGETHER), nothing);
        Ok(Self {
            bias,
            width,
            groups: groups(&trees),
            trees,
            asked,
        })
    }

    /// Columns that the ensemble was trained on.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Which columns some tree of these ensembles asks for.
    pub(super) fn columns_asked<'e>(ensembles: impl IntoIterator<Item = &'e Self>) -> Arc<[bool]> {
        let mut columns = Vec::new();
        for ensemble in ensembles {
            columns.resize(ensemble.width.max(columns.len()), false);
            for asked in &ensemble.asked {
                columns[asked.column] = true;
            }
        }
        columns.into()
    }

    /// The score of every row.
    pub fn score(&self, columns: &Columns) -> Vec<i32> {
        let best = Vectors::all().next();
        self.score_by(best.unwrap_or(Vectors::Plain), columns)
    }

    fn score_by(&self, vectors: Vectors, columns: &Columns) -> Vec<i32> {
        let rows = columns.rows();
        let rank = |asked: &Asked| {
            columns
                .same(asked.column)
                .map_or(0, |value| asked.rank(value))
        };
        let mut ranks: Vec<Ranks> = self
            .asked
            .iter()
            .map(|asked| [rank(asked); LANES])
            .collect();
        let mut scores = Vec::with_capacity(rows.next_multiple_of(LANES));
        for row in (0..rows).step_by(LANES) {
            scores.extend_from_slice(&vectors.sums(Rows {
                ensemble: self,
                columns,
                row,
                ranks: &mut ranks,
            }));
        }
        scores.truncate(rows);
        scores
    }

    /// What every score begins with.
    #[inline]
    pub(super) fn bias(&self) -> i32 {
        self.bias
    }

    /// The trees by [`groups`].
    #[inline]
    pub(super) fn groups(&self) -> impl Iterator<Item = &[Tree]> {
        let groups = self.groups.iter();
        groups.filter_map(|group| self.trees.get(group.clone()))
    }

    /// The scores of the first `N` of the rows that have these ranks.
    fn sums<const N: usize>(&self, ranks: &[Ranks]) -> [i32; LANES] {
        let mut sums = [self.bias; N];
        for trees in self.trees.as_chunks::<TOGETHER>().0 {
            add(trees, ranks, &mut sums);
        }
        let mut all = [0; LANES];
        all[..N].copy_from_slice(&sums);
        all
    }
}

impl<'e> Rows<'e, '_> {
    /// Of each column whose rows differ: where the ranks go, the thresholds and the values.
    #[inline]
    pub(super) fn differing(
        &mut self,
    ) -> impl Iterator<Item = (&mut Ranks, &'e [i16], &'e [i16; LANES])> {
        let (columns, row) = (self.columns, self.row);
        let asked = self.ranks.iter_mut().zip(&self.ensemble.asked);
        asked.filter_map(move |(ranks, asked)| {
            let values = columns.lanes(asked.column, row)?;
            Some((ranks, &asked.thresholds[..], values))
        })
    }

    /// The scores, with no vectors in view.
    pub(super) fn plain(mut self) -> [i32; LANES] {
        for (ranks, thresholds, values) in self.differing() {
            ranks_of(thresholds, values, ranks);
        }
        let Self {
            ensemble,
            columns,
            row,
            ranks,
        } = self;
        match columns.rows().saturating_sub(row) {
            ..17 => ensemble.sums::<16>(ranks),
            17..33 => ensemble.sums::<32>(ranks),
            33..49 => ensemble.sums::<48>(ranks),
            _ => ensemble.sums::<LANES>(ranks),
        }
    }
}

/// Parts of these trees such that no choice of leaves has a sum that 16 bits do not hold.
fn groups(trees: &[Tree]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut most) = (0, 0);
    for (at, tree) in trees.iter().enumerate() {
        let leaves = tree
            .leaves
            .iter()
            .map(|leaf| u32::from(leaf.unsigned_abs()));
        let tree = leaves.max().unwrap_or(0);
        if at > start && most + tree > i16::MAX as u32 {
            groups.push(start..at);
            (start, most) = (at, 0);
        }
        most += tree;
    }
    groups.push(start..trees.len());
    groups
}

impl Asked {
    /// What these splits ask for.
    fn all<'s>(splits: impl Iterator<Item = &'s (u16, i16)>) -> Vec<Self> {
        // Nothing is above the greatest value.
        let mut splits: Vec<_> = splits.filter(|split| split.1 < i16::MAX).copied().collect();
        splits.sort_unstable();
        splits.dedup();
        let columns = splits.chunk_by(|a, b| a.0 == b.0);
        let asked = columns.flat_map(|column| column.chunks(RANKS));
        let asked = asked.map(|splits| Self {
            column: usize::from(splits[0].0),
            thresholds: splits.iter().map(|split| split.1).collect(),
        });
        asked.collect()
    }

    /// Where a split is among those.
    fn find(all: &[Self], (column, threshold): (u16, i16)) -> Option<(u16, i8)> {
        let of_column = |asked: &&Self| asked.column == usize::from(column);
        let first = all.partition_point(|asked| asked.column < usize::from(column));
        let asked = all.iter().enumerate().skip(first);
        let mut asked = asked.take_while(|(_, asked)| of_column(asked));
        asked.find_map(|(at, asked)| {
            let rank = asked.thresholds.binary_search(&threshold).ok()?;
            Some((at as u16, rank as i8))
        })
    }

    /// How many thresholds are below a value.
    fn rank(&self, value: i16) -> i8 {
        self.thresholds.partition_point(|&at| value > at) as i8
    }
}

/// How many thresholds are below each value. Not part of a larger function, where the compiler
/// compares them one by one.
#[inline(never)]
fn ranks_of(thresholds: &[i16], values: &[i16; LANES], ranks: &mut Ranks) {
    let mut below = [0_i16; LANES];
    for &threshold in thresholds {
        // A count of rounds that is known lets the compiler compare many rows at once.
        for row in 0..LANES {
            below[row] += i16::from(values[row] > threshold);
        }
    }
    for row in 0..LANES {
        ranks[row] = below[row] as i8;
    }
}

/// The leaf of every row.
#[inline]
fn leaves<const N: usize>(tree: &Tree, ranks: &[Ranks]) -> [u8; N] {
    let mut leaves = [0; N];
    for (level, &(at, rank)) in tree.splits.iter().enumerate() {
        let ranks = ranks
            .get(usize::from(at))
            .and_then(|ranks| ranks.first_chunk::<N>());
        let Some(ranks) = ranks else {
            continue;
        };
        for row in 0..N {
            leaves[row] |= u8::from(ranks[row] > rank) << level;
        }
    }
    leaves
}

/// Adds what these trees say of every row.
#[inline]
fn add<const N: usize>(trees: &[Tree; TOGETHER], ranks: &[Ranks], sums: &mut [i32; N]) {
    let [a, b, c, d] = trees.each_ref().map(|tree| leaves::<N>(tree, ranks));
    let leaf = |tree: usize, leaf: u8| {
        i32::from(trees[tree].leaves[usize::from(leaf) & ((1 << DEPTH) - 1)])
    };
    for row in 0..N {
        sums[row] += leaf(0, a[row]) + leaf(1, b[row]) + leaf(2, c[row]) + leaf(3, d[row]);
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

    /// The plain reading of the format, one row and one split after the other.
    fn plainly(bytes: &[u8], columns: &Columns, row: usize) -> i32 {
        let i16_at = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let mut sum = i32::from_le_bytes(bytes[4..8].try_into().unwrap());
        for tree in 0..i16_at(2) as usize {
            let from = 8 + tree * (DEPTH * 4 + 128);
            let mut leaf = 0;
            for level in 0..DEPTH {
                let column = i16_at(from + level * 4) as usize;
                let above = columns.get(column, row) > i16_at(from + level * 4 + 2);
                leaf |= usize::from(above && column < columns.width()) << level;
            }
            sum += i32::from(i16_at(from + DEPTH * 4 + leaf * 2));
        }
        sum
    }

    #[test]
    fn scores_are_those_of_a_plain_reading() {
        let mut seed = 7_u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        let mut bytes = Vec::new();
        for n in [6_u16, 300] {
            bytes.extend(n.to_le_bytes());
        }
        bytes.extend(1234_i32.to_le_bytes());
        for _ in 0..300 {
            for _ in 0..DEPTH {
                bytes.extend((next(6) as u16).to_le_bytes());
                // Hundreds of thresholds for each column, the ends of the range among them.
                let threshold = match next(20) {
                    0 => i16::MAX,
                    1 => i16::MIN,
                    _ => next(600) as i16 - 300,
                };
                bytes.extend(threshold.to_le_bytes());
            }
            // Small leaves, whose sums are taken together, and large ones.
            let shift = next(3) * 5;
            for _ in 0..1 << DEPTH {
                bytes.extend((next(65_536) as i16 >> shift).to_le_bytes());
            }
        }
        let ensemble = Ensemble::read(&mut Reader(&bytes)).unwrap();
        // Each number of rows that are scored together.
        for rows in [9, 25, 41, 57, 139] {
            let mut columns = Columns::new(rows, 5);
            columns.push(|_| next(700) as i32 - 350);
            columns.push_same(-20);
            columns.push(|row| row as i32 * 2000 - 40_000);
            columns.push_same(i32::MAX);
            columns.push(|row| [-300, 0, 299][row % 3]);
            // The sixth column is not there: nothing is above any threshold.
            let plain: Vec<i32> = (0..rows)
                .map(|row| plainly(&bytes, &columns, row))
                .collect();
            for vectors in Vectors::all() {
                assert_eq!(ensemble.score_by(vectors, &columns), plain, "{vectors:?}");
            }
        }
    }
}
