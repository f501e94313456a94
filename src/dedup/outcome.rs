//! What deduplication found.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{DuplicateKind, clusters};

/// Why a document does not stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Index of the copy that stays in its place.
    pub twin: usize,
    /// How it is a copy.
    pub kind: DuplicateKind,
    /// The share of the smaller of the two texts that the other repeats, weighted by rarity, in
    /// thousandths; verified on the texts of the document and its twin.
    pub score: u32,
}

/// What deduplication found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// For each document why it goes, or `None` if it stays.
    pub removals: Vec<Option<Removal>>,
    /// Documents that an earlier one repeats, by index; they go as well.
    pub known: BTreeMap<usize, Known>,
    /// For thresholds of 300, 350 … 950 thousandths: how many near-duplicates the pairs that were
    /// compared would remove.
    pub what_if: Vec<(u32, u64)>,
}

/// Why a document goes that is known from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Id of the earlier document.
    pub id: String,
    /// How it is a copy.
    pub kind: DuplicateKind,
    /// As in [`Removal::score`].
    pub score: u32,
}

impl Outcome {
    /// Whether a document stays.
    pub fn stays(&self, index: usize) -> bool {
        self.removals.get(index).is_some_and(Option::is_none) && !self.known.contains_key(&index)
    }

    /// The documents with the most copies, by index, and how many those are.
    pub fn top(&self, most: usize) -> Vec<(usize, u64)> {
        let mut copies: FxHashMap<usize, u64> = FxHashMap::default();
        for removal in self.removals.iter().flatten() {
            *copies.entry(removal.twin).or_default() += 1;
        }
        let mut top: Vec<(usize, u64)> = copies.into_iter().collect();
        top.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        top.truncate(most);
        top
    }

    /// How many clusters have how many documents; those of one document are not counted.
    pub fn sizes(&self) -> BTreeMap<u64, u64> {
        let mut members: FxHashMap<usize, u64> = FxHashMap::default();
        for removal in self.removals.iter().flatten() {
            *members.entry(removal.twin).or_insert(1) += 1;
        }
        let mut sizes = BTreeMap::new();
        for size in members.into_values() {
            *sizes.entry(size).or_default() += 1;
        }
        sizes
    }
}

/// How many documents the compared pairs would remove at other thresholds.
pub(super) fn what_if(documents: usize, known: &clusters::Known) -> Vec<(u32, u64)> {
    let mut pairs: Vec<(u32, u32, u32)> = known
        .iter()
        .filter(|(_, verdict)| !verdict.is_other)
        .map(|((a, b), verdict)| (verdict.score, a, b))
        .collect();
    pairs.par_sort_unstable_by(|a, b| b.cmp(a));
    let mut parents: Vec<u32> = (0..documents as u32).collect();
    let (mut pairs, mut removed) = (pairs.into_iter().peekable(), 0);
    let mut rows: Vec<(u32, u64)> = Vec::new();
    for threshold in (300..=950).rev().step_by(50) {
        while let Some((_, a, b)) = pairs.next_if(|pair| pair.0 >= threshold) {
            if clusters::root(&mut parents, a) != clusters::root(&mut parents, b) {
                clusters::join(&mut parents, a, b);
                removed += 1;
            }
        }
        rows.push((threshold, removed));
    }
    rows.reverse();
    rows
}
