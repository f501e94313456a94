//! AVX2: the leaves of a tree are the low and the high bytes of 64 words, and a shuffle looks up one of
//! sixteen bytes in 32 rows.

use std::arch::x86_64::{__m128i, __m256i};

use pulp::x86::V3;
use pulp::{NullaryFnOnce, cast};

use super::{HALVES, Rows};
use crate::model::columns::LANES;
use crate::model::ensemble::{DEPTH, Ranks, Tree};

/// Bytes of a vector.
const ROWS: usize = LANES / HALVES;

/// The scores of [`Rows`]. There are no closures and no iterators over arrays in here: what the compiler
/// does not put into this function is not compiled for AVX2.
pub(super) struct Bytes<'e, 'r>(pub V3, pub Rows<'e, 'r>);

impl NullaryFnOnce for Bytes<'_, '_> {
    type Output = [i32; LANES];

    #[inline(always)]
    fn call(self) -> Self::Output {
        let Self(v3, mut rows) = self;
        for (ranks, thresholds, values) in rows.differing() {
            *ranks = ranks_of(v3, thresholds, values);
        }
        let (avx, avx2) = (v3.avx, v3.avx2);
        let Rows {
            ensemble,
            columns,
            row,
            ranks,
        } = rows;
        let mut sums = [ensemble.bias(); LANES];
        let halves = columns
            .rows()
            .saturating_sub(row)
            .div_ceil(ROWS)
            .min(HALVES);
        for half in 0..halves {
            for trees in ensemble.groups() {
                let mut sum = [avx._mm256_setzero_si256(); HALVES];
                for tree in trees {
                    let leaf = leaf_of(v3, tree, ranks, half);
                    let [low, high] = look_up(v3, tree, leaf);
                    sum[0] = avx2._mm256_add_epi16(sum[0], avx2._mm256_unpacklo_epi8(low, high));
                    sum[1] = avx2._mm256_add_epi16(sum[1], avx2._mm256_unpackhi_epi8(low, high));
                }
                // Unpacking leaves eights of rows in the order 0, 2, 1, 3.
                let [a, c, b, d]: [[i16; 8]; 4] = cast(sum);
                let sum: [i16; ROWS] = cast([a, b, c, d]);
                for at in 0..ROWS {
                    sums[half * ROWS + at] += i32::from(sum[at]);
                }
            }
        }
        sums
    }
}

/// How many thresholds are below each value.
#[inline(always)]
fn ranks_of(v3: V3, thresholds: &[i16], values: &[i16; LANES]) -> Ranks {
    let (avx, avx2) = (v3.avx, v3.avx2);
    let values: [__m256i; 4] = cast(*values);
    let mut below = [avx._mm256_setzero_si256(); 4];
    for &threshold in thresholds {
        let threshold = avx._mm256_set1_epi16(threshold);
        for at in 0..4 {
            let above = avx2._mm256_cmpgt_epi16(values[at], threshold);
            below[at] = avx2._mm256_sub_epi16(below[at], above);
        }
    }
    // Packing takes quarters of two vectors by turns.
    let pack = [
        avx2._mm256_packs_epi16(below[0], below[1]),
        avx2._mm256_packs_epi16(below[2], below[3]),
    ];
    cast([
        avx2._mm256_permute4x64_epi64::<0b11_01_10_00>(pack[0]),
        avx2._mm256_permute4x64_epi64::<0b11_01_10_00>(pack[1]),
    ])
}

/// The leaf of every row of a half.
#[inline(always)]
fn leaf_of(v3: V3, tree: &Tree, ranks: &[Ranks], half: usize) -> __m256i {
    let (avx, avx2) = (v3.avx, v3.avx2);
    let mut leaf = avx._mm256_setzero_si256();
    for level in 0..DEPTH {
        let (at, rank) = tree.splits[level];
        if let Some(ranks) = ranks.get(usize::from(at)) {
            let ranks: [__m256i; HALVES] = cast(*ranks);
            let above = avx2._mm256_cmpgt_epi8(ranks[half], avx._mm256_set1_epi8(rank));
            let bits = avx2._mm256_and_si256(above, avx._mm256_set1_epi8(1 << level));
            leaf = avx2._mm256_or_si256(leaf, bits);
        }
    }
    leaf
}

/// The low and the high bytes of what the leaves say.
#[inline(always)]
fn look_up(v3: V3, tree: &Tree, leaf: __m256i) -> [__m256i; 2] {
    let (avx, avx2) = (v3.avx, v3.avx2);
    // The last four levels choose among sixteen bytes, the two before them among the four answers.
    let within = avx2._mm256_and_si256(leaf, avx._mm256_set1_epi8(15));
    let fifth = avx2._mm256_slli_epi16::<{ 7 - (DEPTH as i32 - 2) }>(leaf);
    let sixth = avx2._mm256_slli_epi16::<{ 7 - (DEPTH as i32 - 1) }>(leaf);
    let [low, high] = tree.bytes;
    [
        pick(v3, low, within, fifth, sixth),
        pick(v3, high, within, fifth, sixth),
    ]
}

/// One of 64 bytes for every row.
#[inline(always)]
fn pick(v3: V3, bytes: [u8; 64], within: __m256i, fifth: __m256i, sixth: __m256i) -> __m256i {
    let avx2 = v3.avx2;
    let parts: [__m128i; 4] = cast(bytes);
    let [a, b, c, d] = [
        avx2._mm256_shuffle_epi8(avx2._mm256_broadcastsi128_si256(parts[0]), within),
        avx2._mm256_shuffle_epi8(avx2._mm256_broadcastsi128_si256(parts[1]), within),
        avx2._mm256_shuffle_epi8(avx2._mm256_broadcastsi128_si256(parts[2]), within),
        avx2._mm256_shuffle_epi8(avx2._mm256_broadcastsi128_si256(parts[3]), within),
    ];
    let lower = avx2._mm256_blendv_epi8(a, b, fifth);
    let upper = avx2._mm256_blendv_epi8(c, d, fifth);
    avx2._mm256_blendv_epi8(lower, upper, sixth)
}
