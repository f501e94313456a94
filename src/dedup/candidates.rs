//! Pairs worth aligning: documents that share rare shingles.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::shingles::Index;

/// How many of its rarest shared shingles a document asks about.
const QUERIES: usize = 32;
/// A shingle of more documents proposes only neighbours, so that a family of n copies costs n
/// pairs and not n².
const CROWD: usize = 48;
/// How many partners a document proposes.
const PARTNERS: usize = 8;
/// A partner that has half of the rare shingles is promising without counting all of them; one
/// that has fewer than an eighth is not.
const CLEAR: (u32, u32) = (2, 8);
/// Pairs whose sampled shingles have less in common (thousandths) are not aligned: word edits
/// cost up to five shingles each, but no pair with half of its text in common falls below.
const ESTIMATE: u32 = 200;
/// The same for pairs whose text may be broken letter by letter: so many shingles, and so many
/// pairs of words.
const BROKEN: (u32, u32) = (40, 300);

/// For each document its partners, the most promising first.
pub(super) fn partners(index: &Index) -> Vec<Vec<u32>> {
    (0..index.entries.len() as u32)
        .into_par_iter()
        .map_init(FxHashMap::default, |votes, doc| propose(index, doc, votes))
        .collect()
}

fn propose(index: &Index, doc: u32, votes: &mut FxHashMap<u32, (u32, u64)>) -> Vec<u32> {
    votes.clear();
    let queries = rarest(index, doc);
    for &shingle in &queries {
        let others = index.documents(shingle);
        let weight = index.weight(shingle);
        let mut vote = |other: u32| {
            let votes = votes.entry(other).or_default();
            *votes = (votes.0 + 1, votes.1 + weight);
        };
        if others.len() <= CROWD {
            others.iter().copied().for_each(&mut vote);
        } else {
            let at = others.partition_point(|&other| other < doc);
            let before = at.checked_sub(1).and_then(|at| others.get(at));
            let near = [others.first(), before, others.get(at + 1)];
            near.into_iter().flatten().copied().for_each(&mut vote);
        }
    }
    votes.remove(&doc);
    let asked = queries.len() as u32;
    let least = if asked < 8 {
        1
    } else {
        (asked / CLEAR.1).max(2)
    };
    let mut ranked: Vec<(u64, u32, u32)> = votes
        .iter()
        .filter(|&(_, &(count, _))| count >= least)
        .map(|(&other, &(count, weight))| (weight, other, count))
        .collect();
    let promise = |a: &(u64, u32, u32), b: &(u64, u32, u32)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
    if ranked.len() > PARTNERS {
        ranked.select_nth_unstable_by(PARTNERS, promise);
        ranked.truncate(PARTNERS);
    }
    ranked.sort_unstable_by(promise);
    ranked.retain(|&(_, other, count)| {
        asked >= 8 && count * CLEAR.0 >= asked || is_promising(index, doc, other)
    });
    ranked.into_iter().map(|(_, other, _)| other).collect()
}

fn is_promising(index: &Index, a: u32, b: u32) -> bool {
    let shingles = index.containment(a, b);
    shingles >= ESTIMATE
        || shingles >= BROKEN.0
            && index
                .word_pair_containment(a, b)
                .is_none_or(|pairs| pairs >= BROKEN.1)
}

/// The rarest shared shingles of a document; those equally rare by their hash.
fn rarest(index: &Index, doc: u32) -> Vec<u32> {
    let mut shared = index.entries[doc as usize].shared.clone();
    let key = |&number: &u32| (index.documents(number).len(), number);
    if shared.len() > QUERIES {
        shared.select_nth_unstable_by_key(QUERIES, key);
        shared.truncate(QUERIES);
    }
    shared
}
