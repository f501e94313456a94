//! Lines that a host repeats from page to page.

use std::io;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::scan::{Scan, mix};
use super::{Corpus, Texts};

/// A line on this many pages of a host, each with enough text of its own, is the site's.
const PAGES: usize = 3;

/// The repeated lines of all hosts, as hashes of (host, line).
#[derive(Debug, Default)]
pub(super) struct SiteLines {
    repeated: FxHashSet<u64>,
}

impl SiteLines {
    /// Counts the lines of `ranks` per host.
    pub fn learn<T: Texts + ?Sized>(corpus: &Corpus<'_, T>, ranks: &[u32]) -> io::Result<Self> {
        let lines = corpus.scan(ranks, |rank, scan| {
            let Some(host) = corpus.host(rank).map(host_hash) else {
                return Vec::new();
            };
            let mut keys: Vec<u64> = scan.lines.iter().map(|line| key(host, line.hash)).collect();
            keys.sort_unstable();
            keys.dedup();
            keys
        })?;
        let mut keys: Vec<u64> = lines.into_par_iter().flatten_iter().collect();
        keys.par_sort_unstable();
        let repeated = keys
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() >= PAGES)
            .filter_map(|same| same.first().copied())
            .collect();
        Ok(Self { repeated })
    }

    /// The tokens of a text of `host` that are compared.
    pub fn kept_tokens(&self, host: Option<&str>, scan: &Scan) -> Vec<u32> {
        let host = host.map(host_hash);
        let mut kept = Vec::with_capacity(scan.tokens.len());
        for line in &scan.lines {
            if !host.is_some_and(|host| self.repeated.contains(&key(host, line.hash))) {
                kept.extend(line.tokens.clone());
            }
        }
        kept
    }
}

fn host_hash(host: &str) -> u64 {
    xxh3_64(host.as_bytes())
}

fn key(host: u64, line: u64) -> u64 {
    mix(host ^ mix(line))
}
