//! Lines that a host repeats from page to page.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use super::scan::{Line, Scan, mix};
use super::{Corpus, Reading, Texts};

/// A line on this many pages of a host, each with enough text of its own, is the site's.
const PAGES: u32 = 3;
/// A page speaks for the lines that it repeats when at least one word in this many is its own:
/// copies of one article repeat everything and say nothing about the site …
const OWN: u64 = 8;
/// … or when it has so many words of its own and what it repeats is mostly short lines.
const OWN_WORDS: u64 = 20;
/// Words from which on a line reads as a paragraph and not as a menu.
const LONG: u32 = 20;

/// A line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PageLine {
    /// Hash of host and line.
    key: u64,
    words: u32,
}

/// For each rank the hash of its host, where the host has pages enough to repeat itself.
pub(super) fn hosts<T: Texts + ?Sized>(corpus: &Corpus<'_, T>) -> Vec<Option<u64>> {
    let hosts: Vec<Option<u64>> = (0..corpus.ranked.len() as u32)
        .into_par_iter()
        .map(|rank| Some(host_hash(corpus.host(rank)?)))
        .collect();
    let mut pages: FxHashMap<u64, u32> = FxHashMap::default();
    for host in hosts.iter().flatten() {
        *pages.entry(*host).or_default() += 1;
    }
    let has_pages = |host: &u64| pages.get(host).is_some_and(|&count| count >= PAGES);
    hosts
        .into_iter()
        .map(|host| host.filter(has_pages))
        .collect()
}

/// The lines of a page, each once.
pub(super) fn lines(host: u64, scan: &Scan) -> Vec<PageLine> {
    let line = |line: &Line| PageLine {
        key: key(host, line.hash),
        words: line.tokens.len() as u32,
    };
    let mut lines: Vec<PageLine> = scan.lines.iter().map(line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The repeated lines of all hosts, as hashes of (host, line).
#[derive(Debug, Default)]
pub(super) struct SiteLines {
    repeated: FxHashSet<u64>,
}

impl SiteLines {
    /// Counts the lines of all pages.
    pub fn learn(readings: &[Reading]) -> Self {
        let pages: Vec<&[PageLine]> = readings
            .iter()
            .filter_map(|reading| match reading {
                Reading::Page(lines) => Some(lines.as_slice()),
                Reading::Whole(_) => None,
            })
            .collect();
        let shared = on_pages(pages.par_iter().copied(), 2);
        let speaks = |page: &&[PageLine]| {
            let words = |of: &dyn Fn(&PageLine) -> bool| -> u64 {
                page.iter()
                    .filter(|line| of(line))
                    .map(|line| u64::from(line.words))
                    .sum()
            };
            let is_shared = |line: &PageLine| shared.contains(&line.key);
            let own = words(&|line| !is_shared(line));
            let repeated = words(&is_shared);
            let long = words(&|line| line.words >= LONG && is_shared(line));
            own * OWN >= own + repeated || own >= OWN_WORDS && long * 2 <= repeated
        };
        let speaking = pages.par_iter().copied().filter(speaks);
        Self {
            repeated: on_pages(speaking, PAGES as usize),
        }
    }

    /// The lines of a text of `host` that are compared.
    pub fn kept_lines<'s>(
        &self,
        host: Option<&str>,
        scan: &'s Scan,
    ) -> impl Iterator<Item = &'s Line> {
        let host = host.filter(|_| !self.repeated.is_empty()).map(host_hash);
        let is_site = move |line: &Line| {
            host.is_some_and(|host| self.repeated.contains(&key(host, line.hash)))
        };
        scan.lines.iter().filter(move |line| !is_site(line))
    }
}

/// The lines that stand on at least `least` of `pages`.
fn on_pages<'a>(
    pages: impl ParallelIterator<Item = &'a [PageLine]>,
    least: usize,
) -> FxHashSet<u64> {
    let mut keys: Vec<u64> = pages
        .flat_map_iter(|page| page.iter().map(|line| line.key))
        .collect();
    keys.par_sort_unstable();
    keys.chunk_by(|a, b| a == b)
        .filter(|same| same.len() >= least)
        .filter_map(|same| same.first().copied())
        .collect()
}

fn host_hash(host: &str) -> u64 {
    xxh3_64(host.as_bytes())
}

fn key(host: u64, line: u64) -> u64 {
    mix(host ^ mix(line))
}
