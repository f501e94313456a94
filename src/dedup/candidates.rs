//! Pairs worth verifying: documents that share rare shingles.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::shingles::Index;

/// How many of its rarest shared shingles a document asks about.
const QUERIES: usize = 32;
/// A shingle of more documents proposes only neighbours, so that a family of n copies costs n
/// pairs and not n².
const CROWD: usize = 48;
/// How many partners a document proposes.
const PARTNERS: usize = 12;

/// Candidate pairs `(a, b)` with `a < b`, ascending.
pub(super) fn pairs(index: &Index) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = (0..index.by_document.len() as u32)
        .into_par_iter()
        .map_init(FxHashMap::default, |votes, doc| partners(index, doc, votes))
        .flatten_iter()
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

fn partners(index: &Index, doc: u32, votes: &mut FxHashMap<u32, u64>) -> Vec<(u32, u32)> {
    votes.clear();
    for &shingle in index.by_document[doc as usize].iter().take(QUERIES) {
        let others = index.documents(shingle);
        let weight = index.rarity.weight_of_count(others.len() as u32);
        if others.len() <= CROWD {
            for &other in others {
                *votes.entry(other).or_default() += weight;
            }
        } else {
            let at = others.partition_point(|&other| other < doc);
            let near = [
                others.first(),
                at.checked_sub(1).and_then(|i| others.get(i)),
                others.get(at + 1),
            ];
            for &other in near.into_iter().flatten() {
                *votes.entry(other).or_default() += weight;
            }
        }
    }
    votes.remove(&doc);
    let mut ranked: Vec<(u64, u32)> = votes.iter().map(|(&other, &vote)| (vote, other)).collect();
    ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(PARTNERS);
    ranked
        .into_iter()
        .map(|(_, other)| (doc.min(other), doc.max(other)))
        .collect()
}
