//! AVX-512: the 64 leaves of a tree are the words of two vectors, and one instruction looks up 32 rows.

use std::arch::x86_64::__m512i;

use pulp::x86::V4;
use pulp::{NullaryFnOnce, cast};

use super::{HALVES, Rows};
use crate::model::columns::LANES;
use crate::model::ensemble::{DEPTH, Ranks, Tree};

/// The scores of [`Rows`]. There are no closures and no iterators over arrays in here: what the compiler
/// does not put into this function is not compiled for AVX-512.
pub(super) struct Words<'e, 'r>(pub V4, pub Rows<'e, 'r>);

impl NullaryFnOnce for Words<'_, '_> {
    type Output = [i32; LANES];

    #[inline(always)]
    fn call(self) -> Self::Output {
        let Self(v4, mut rows) = self;
        for (ranks, thresholds, values) in rows.differing() {
            *ranks = ranks_of(v4, thresholds, values);
        }
        let (f, bw) = (v4.avx512f, v4.avx512bw);
        let Rows {
            ensemble, ranks, ..
        } = rows;
        let mut sums = [ensemble.bias(); LANES];
        for trees in ensemble.groups() {
            let mut sum = [f._mm512_setzero_si512(); HALVES];
            for tree in trees {
                let leaf = leaf_of(v4, tree, ranks);
                let [low, high]: [__m512i; HALVES] = cast(tree.leaves);
                let first = bw._mm512_cvtepu8_epi16(f._mm512_castsi512_si256(leaf));
                let second = bw._mm512_cvtepu8_epi16(f._mm512_extracti64x4_epi64::<1>(leaf));
                let first = bw._mm512_permutex2var_epi16(low, first, high);
                let second = bw._mm512_permutex2var_epi16(low, second, high);
                sum[0] = bw._mm512_add_epi16(sum[0], first);
                sum[1] = bw._mm512_add_epi16(sum[1], second);
            }
            let sum: [i16; LANES] = cast(sum);
            for at in 0..LANES {
                sums[at] += i32::from(sum[at]);
            }
        }
        sums
    }
}

/// How many thresholds are below each value.
#[inline(always)]
fn ranks_of(v4: V4, thresholds: &[i16], values: &[i16; LANES]) -> Ranks {
    let (f, bw) = (v4.avx512f, v4.avx512bw);
    let values: [__m512i; HALVES] = cast(*values);
    let mut below = [f._mm512_setzero_si512(); HALVES];
    let one = f._mm512_set1_epi16(1);
    for &threshold in thresholds {
        let threshold = f._mm512_set1_epi16(threshold);
        for at in 0..HALVES {
            let above = bw._mm512_cmpgt_epi16_mask(values[at], threshold);
            below[at] = bw._mm512_mask_add_epi16(below[at], above, below[at], one);
        }
    }
    cast([
        bw._mm512_cvtepi16_epi8(below[0]),
        bw._mm512_cvtepi16_epi8(below[1]),
    ])
}

/// The leaf of every row.
#[inline(always)]
fn leaf_of(v4: V4, tree: &Tree, ranks: &[Ranks]) -> __m512i {
    let (f, bw) = (v4.avx512f, v4.avx512bw);
    let mut leaf = f._mm512_setzero_si512();
    for level in 0..DEPTH {
        let (at, rank) = tree.splits[level];
        if let Some(ranks) = ranks.get(usize::from(at)) {
            let above = bw._mm512_cmpgt_epi8_mask(cast(*ranks), f._mm512_set1_epi8(rank));
            leaf = bw._mm512_mask_add_epi8(leaf, above, leaf, f._mm512_set1_epi8(1 << level));
        }
    }
    leaf
}
