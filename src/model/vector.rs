//! Trees over 64 rows with the vector instructions that the processor has. The sums are the same in
//! every way.

#[cfg(target_arch = "x86_64")]
mod bytes;
#[cfg(target_arch = "x86_64")]
mod words;

#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};

use super::columns::LANES;
use super::ensemble::Ranks;
use super::{Columns, Ensemble};

/// Vectors of the half length are taken by twos.
#[cfg(target_arch = "x86_64")]
const HALVES: usize = 2;

/// A way to add up trees.
#[derive(Debug, Clone, Copy)]
pub(super) enum Vectors {
    /// What the compiler makes of plain loops.
    Plain,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Bytes(V3),
    /// AVX-512 with words (BW).
    #[cfg(target_arch = "x86_64")]
    Words(V4),
}

impl Vectors {
    /// The ways that this processor can go, the fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let known = [
            V4::try_new().map(Self::Words),
            V3::try_new().map(Self::Bytes),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let known = [];
        known.into_iter().flatten().chain([Self::Plain])
    }

    /// The scores of these rows, at least up to the last one of the table.
    pub(super) fn sums(self, rows: Rows<'_, '_>) -> [i32; LANES] {
        match self {
            Self::Plain => rows.plain(),
            #[cfg(target_arch = "x86_64")]
            Self::Bytes(v3) => v3.vectorize(bytes::Bytes(v3, rows)),
            #[cfg(target_arch = "x86_64")]
            Self::Words(v4) => v4.vectorize(words::Words(v4, rows)),
        }
    }
}

/// What is added up.
pub(super) struct Rows<'e, 'r> {
    pub(super) ensemble: &'e Ensemble,
    pub(super) columns: &'e Columns,
    /// The first of [`LANES`] rows.
    pub(super) row: usize,
    /// Ranks of what is asked; right already for columns of one value.
    pub(super) ranks: &'r mut [Ranks],
}
