//! From verified pairs to clusters that each keep exactly one document.

use std::collections::BTreeMap;
use std::io;

use rayon::prelude::*;

use super::align::Verdict;

/// A document that goes and the one that stays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub removed: u32,
    pub survivor: u32,
    pub score: u32,
}

/// Verifies `pairs`, joins what they link, and in each component lets the smallest document
/// stay for all that are verified against it; what is linked only through others is clustered
/// again among itself.
pub(super) fn stars(
    documents: usize,
    pairs: &[(u32, u32)],
    verify: impl Fn(u32, u32) -> io::Result<Verdict> + Sync,
) -> io::Result<Vec<Link>> {
    let verdicts = pairs
        .par_iter()
        .map(|&(a, b)| verify(a, b))
        .collect::<io::Result<Vec<Verdict>>>()?;
    let links: Vec<(u32, u32)> = pairs
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.links)
        .map(|(&pair, _)| pair)
        .collect();
    let known: BTreeMap<(u32, u32), Verdict> = pairs
        .iter()
        .copied()
        .zip(verdicts.iter().copied())
        .collect();
    let judge = |a: u32, b: u32| match known.get(&(a, b)) {
        Some(verdict) => Ok(*verdict),
        None => verify(a, b),
    };
    let resolved = components(documents, &links)
        .into_par_iter()
        .map(|members| resolve(members, &links, &judge))
        .collect::<io::Result<Vec<Vec<Link>>>>()?;
    Ok(resolved.into_iter().flatten().collect())
}

/// The components of two documents or more, each ascending, ordered by their smallest document.
fn components(documents: usize, links: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut parents: Vec<u32> = (0..documents as u32).collect();
    for &(a, b) in links {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        parents[a.max(b) as usize] = a.min(b);
    }
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for doc in 0..documents as u32 {
        members
            .entry(root(&mut parents, doc))
            .or_default()
            .push(doc);
    }
    members.into_values().filter(|all| all.len() > 1).collect()
}

fn root(parents: &mut [u32], mut doc: u32) -> u32 {
    while parents[doc as usize] != doc {
        let above = parents[parents[doc as usize] as usize];
        parents[doc as usize] = above;
        doc = above;
    }
    doc
}

fn resolve(
    members: Vec<u32>,
    links: &[(u32, u32)],
    judge: &(impl Fn(u32, u32) -> io::Result<Verdict> + Sync),
) -> io::Result<Vec<Link>> {
    let mut resolved = Vec::new();
    let mut open = vec![members];
    while let Some(members) = open.pop() {
        let Some((&survivor, others)) = members.split_first() else {
            continue;
        };
        let verdicts = others
            .par_iter()
            .map(|&other| judge(survivor, other))
            .collect::<io::Result<Vec<Verdict>>>()?;
        let mut left = Vec::new();
        for (&removed, verdict) in others.iter().zip(verdicts) {
            if verdict.joins {
                resolved.push(Link {
                    removed,
                    survivor,
                    score: verdict.score,
                });
            } else {
                left.push(removed);
            }
        }
        open.extend(split(&left, links));
    }
    Ok(resolved)
}

/// The components of `members` alone.
fn split(members: &[u32], links: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let place = |doc: u32| members.binary_search(&doc).ok().map(|at| at as u32);
    let inner: Vec<(u32, u32)> = links
        .iter()
        .filter_map(|&(a, b)| Some((place(a)?, place(b)?)))
        .collect();
    components(members.len(), &inner)
        .into_iter()
        .map(|part| part.into_iter().map(|at| members[at as usize]).collect())
        .collect()
}
