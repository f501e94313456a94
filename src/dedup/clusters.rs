//! From verified pairs to clusters that each keep exactly one document.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use rayon::prelude::*;

use super::align::Verdict;
use super::partners::Partners;

/// A document that goes and the one that stays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub removed: u32,
    pub survivor: u32,
    pub score: u32,
}

/// Pairs that were compared, in their order.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<((u32, u32), Verdict)>);

impl Known {
    /// What the comparison of a pair found.
    fn get(&self, pair: (u32, u32)) -> Option<Verdict> {
        let at = self.0.binary_search_by_key(&pair, |known| known.0).ok()?;
        Some(self.0[at].1)
    }

    /// Ends a round in which pairs were added behind the others.
    fn sort(&mut self) {
        self.0.par_sort_unstable_by_key(|known| known.0);
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = ((u32, u32), Verdict)> {
        self.0.iter().copied()
    }
}

/// Pairs that are compared at a time.
const BATCH: usize = 1 << 14;

/// Verifies documents with their `partners`, joins what is linked, and in each component lets
/// the smallest document stay for all that are verified against it; what is linked only through
/// others is clustered again among itself. Pairs of one `address` are linked when they could be in
/// one cluster. `S` is what a thread keeps between comparisons.
///
/// Returns the links and what is known of all pairs that were compared on the way.
pub(super) fn stars<S: Default>(
    partners: &Partners,
    addresses: &[(u32, u32)],
    verify: impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync,
) -> io::Result<(Vec<Link>, Known)> {
    let mut known = Known::default();
    let links = links(partners, addresses, &mut known, &verify)?;
    let judge = |state: &mut S, a: u32, b: u32| match known.get((a, b)) {
        Some(verdict) => Ok(verdict),
        None => verify(state, a, b),
    };
    let resolved = components(&links)
        .into_par_iter()
        .map(|links| resolve(links, &judge))
        .collect::<io::Result<Vec<Vec<Link>>>>()?;
    let resolved = resolved.into_iter().flatten().collect();
    Ok((resolved, known))
}

/// The verified links, found in rounds: pairs of one address, then the first partner of every
/// document, then the second …, leaving out pairs that are connected by then. A family of n copies
/// costs about n comparisons.
fn links<S: Default>(
    partners: &Partners,
    addresses: &[(u32, u32)],
    known: &mut Known,
    verify: &(impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync),
) -> io::Result<Vec<(u32, u32)>> {
    let documents = partners.len() as u32;
    let mut parents: Vec<u32> = (0..documents).collect();
    let mut links = Vec::new();
    let (mut round, mut pairs) = (0, addresses.to_vec());
    loop {
        pairs.sort_unstable();
        pairs.dedup();
        for pairs in pairs.chunks(BATCH) {
            let verdicts = pairs
                .par_iter()
                .map_init(S::default, |state, &(a, b)| verify(state, a, b))
                .collect::<io::Result<Vec<Verdict>>>()?;
            for (&(a, b), verdict) in pairs.iter().zip(verdicts) {
                known.0.push(((a, b), verdict));
                if verdict.links || round == 0 && verdict.joins {
                    links.push((a, b));
                    join(&mut parents, a, b);
                }
            }
        }
        known.sort();
        pairs.clear();
        let mut has_more = false;
        for doc in 0..documents {
            let Some(other) = partners.get(doc, round) else {
                continue;
            };
            has_more = true;
            let pair = (doc.min(other), doc.max(other));
            if known.get(pair).is_none() && root(&mut parents, doc) != root(&mut parents, other) {
                pairs.push(pair);
            }
        }
        if !has_more {
            return Ok(links);
        }
        round += 1;
    }
}

/// The links of each component, ordered by its smallest document.
fn components(links: &[(u32, u32)]) -> Vec<Vec<(u32, u32)>> {
    let mut members: Vec<u32> = links.iter().flat_map(|&(a, b)| [a, b]).collect();
    members.sort_unstable();
    members.dedup();
    let place = |doc: u32| members.partition_point(|&member| member < doc) as u32;
    let mut parents: Vec<u32> = (0..members.len() as u32).collect();
    for &(a, b) in links {
        join(&mut parents, place(a), place(b));
    }
    let mut parts: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for &link in links {
        let first = root(&mut parents, place(link.0));
        parts.entry(first).or_default().push(link);
    }
    parts.into_values().collect()
}

pub(super) fn join(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b) as usize] = a.min(b);
}

pub(super) fn root(parents: &mut [u32], mut doc: u32) -> u32 {
    while parents[doc as usize] != doc {
        let above = parents[parents[doc as usize] as usize];
        parents[doc as usize] = above;
        doc = above;
    }
    doc
}

/// Clusters the documents of a component.
fn resolve<S: Default>(
    links: Vec<(u32, u32)>,
    judge: &(impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync),
) -> io::Result<Vec<Link>> {
    let mut resolved = Vec::new();
    let mut open = vec![links];
    while let Some(mut links) = open.pop() {
        let star = star(&links, judge)?;
        let Some(first) = star.first() else {
            continue;
        };
        let survivor = first.survivor;
        let gone: BTreeSet<u32> = star.iter().map(|link| link.removed).collect();
        let is_left = |doc: u32| doc != survivor && !gone.contains(&doc);
        links.retain(|&(a, b)| is_left(a) && is_left(b));
        resolved.extend(star);
        open.extend(components(&links));
    }
    Ok(resolved)
}

/// The smallest document of a component and those that join it, looked for along the links from
/// one that joined to the next, so that a long chain is not compared as a whole.
fn star<S: Default>(
    links: &[(u32, u32)],
    judge: &(impl Fn(&mut S, u32, u32) -> io::Result<Verdict> + Sync),
) -> io::Result<Vec<Link>> {
    let mut neighbours: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &(a, b) in links {
        neighbours.entry(a).or_default().push(b);
        neighbours.entry(b).or_default().push(a);
    }
    let Some((&survivor, _)) = neighbours.first_key_value() else {
        return Ok(Vec::new());
    };
    let mut seen = BTreeSet::from([survivor]);
    let (mut star, mut joined) = (Vec::new(), vec![survivor]);
    while !joined.is_empty() {
        let around = joined
            .iter()
            .filter_map(|doc| neighbours.get(doc))
            .flatten();
        let mut next: Vec<u32> = around.copied().filter(|&doc| seen.insert(doc)).collect();
        next.sort_unstable();
        let verdicts = next
            .par_iter()
            .map_init(S::default, |state, &doc| judge(state, survivor, doc))
            .collect::<io::Result<Vec<Verdict>>>()?;
        joined.clear();
        for (&removed, verdict) in next.iter().zip(verdicts) {
            if verdict.joins {
                let score = verdict.score;
                star.push(Link {
                    removed,
                    survivor,
                    score,
                });
                joined.push(removed);
            }
        }
    }
    Ok(star)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clusters documents on a line: near ones link, somewhat farther ones join.
    fn on_a_line(places: &[i32]) -> Vec<(u32, u32)> {
        let count = places.len() as u32;
        let others = |doc: u32| (0..count).filter(|&other| other != doc).collect();
        let partners: Partners = (0..count).map(others).collect();
        let verify = |_: &mut (), a: u32, b: u32| {
            let apart = (places[a as usize] - places[b as usize]).abs();
            Ok(Verdict {
                score: 1000 - apart as u32,
                links: apart <= 10,
                joins: apart <= 15,
                ..Verdict::default()
            })
        };
        let (links, _) = stars(&partners, &[], verify).unwrap();
        links
            .iter()
            .map(|link| (link.removed, link.survivor))
            .collect()
    }

    #[test]
    fn what_joins_the_smallest_goes_and_the_rest_is_clustered_again() {
        assert_eq!(on_a_line(&[0, 8, 12, 100, 105]), [(1, 0), (2, 0), (4, 3)]);
        // 24 and 30 are linked to 0 only through others: they make a cluster of their own.
        assert_eq!(on_a_line(&[0, 8, 15, 24, 30]), [(1, 0), (2, 0), (4, 3)]);
    }

    #[test]
    fn a_document_linked_by_nothing_stays() {
        assert_eq!(on_a_line(&[0, 11, 50]), []);
    }
}
