//! From verified pairs to clusters that each keep exactly one document.

use std::collections::BTreeMap;
use std::io;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::align::Verdict;

/// A document that goes and the one that stays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub removed: u32,
    pub survivor: u32,
    pub score: u32,
}

/// Pairs that were compared.
type Known = FxHashMap<(u32, u32), Verdict>;

/// Verifies documents with their `partners`, joins what is linked, and in each component lets
/// the smallest document stay for all that are verified against it; what is linked only through
/// others is clustered again among itself. `S` is what a thread keeps between comparisons.
pub(super) fn stars<S: Default>(
    partners: &[Vec<u32>],
    verify: impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync,
) -> io::Result<Vec<Link>> {
    let mut known = Known::default();
    let links = links(partners, &mut known, &verify)?;
    let judge = |state: &mut S, a: u32, b: u32| match known.get(&(a, b)) {
        Some(verdict) => Ok(*verdict),
        None => verify(state, a, b),
    };
    let resolved = components(partners.len(), &links)
        .into_par_iter()
        .map(|members| resolve(members, &links, &judge))
        .collect::<io::Result<Vec<Vec<Link>>>>()?;
    Ok(resolved.into_iter().flatten().collect())
}

/// The verified links, found in rounds: the first partner of every document, then the second …,
/// leaving out pairs that are connected by then. A family of n copies costs about n comparisons.
fn links<S: Default>(
    partners: &[Vec<u32>],
    known: &mut Known,
    verify: &(impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync),
) -> io::Result<Vec<(u32, u32)>> {
    let mut parents: Vec<u32> = (0..partners.len() as u32).collect();
    let mut links = Vec::new();
    let rounds = partners.iter().map(Vec::len).max().unwrap_or(0);
    for round in 0..rounds {
        let mut pairs = Vec::new();
        for (doc, partners) in (0..).zip(partners) {
            if let Some(&other) = partners.get(round)
                && !known.contains_key(&(doc.min(other), doc.max(other)))
                && root(&mut parents, doc) != root(&mut parents, other)
            {
                pairs.push((doc.min(other), doc.max(other)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let verdicts = pairs
            .par_iter()
            .map_init(S::default, |state, &(a, b)| verify(state, a, b))
            .collect::<io::Result<Vec<Verdict>>>()?;
        for (&(a, b), verdict) in pairs.iter().zip(verdicts) {
            known.insert((a, b), verdict);
            if verdict.links {
                links.push((a, b));
                join(&mut parents, a, b);
            }
        }
    }
    Ok(links)
}

/// The components of two documents or more, each ascending, ordered by their smallest document.
fn components(documents: usize, links: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut parents: Vec<u32> = (0..documents as u32).collect();
    for &(a, b) in links {
        join(&mut parents, a, b);
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

fn join(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b) as usize] = a.min(b);
}

fn root(parents: &mut [u32], mut doc: u32) -> u32 {
    while parents[doc as usize] != doc {
        let above = parents[parents[doc as usize] as usize];
        parents[doc as usize] = above;
        doc = above;
    }
    doc
}

fn resolve<S: Default>(
    members: Vec<u32>,
    links: &[(u32, u32)],
    judge: &(impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync),
) -> io::Result<Vec<Link>> {
    let mut resolved = Vec::new();
    let mut open = vec![members];
    while let Some(members) = open.pop() {
        let Some((&survivor, others)) = members.split_first() else {
            continue;
        };
        let verdicts = others
            .par_iter()
            .map_init(S::default, |state, &other| judge(state, survivor, other))
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
