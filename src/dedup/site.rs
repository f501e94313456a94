//! Lines that a host repeats from page to page.

use std::io;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::Texts;
use super::corpus::Corpus;
use super::scan::mix;
use super::spill::{Row, Shelf, Sorted, Spill, rows};
use super::words::{Words, line_hash};

/// A line on this many pages of a host, each with enough text of its own, is the site's.
const PAGES: usize = 3;
/// A page speaks for the lines that it repeats when at least one word in this many is its own:
/// copies of one article repeat everything and say nothing about the site …
const OWN: u64 = 8;
/// … or when it has so many words of its own and what it repeats is mostly short lines.
const OWN_WORDS: u64 = 20;
/// Words from which on a line reads as a paragraph and not as a menu.
const LONG: u32 = 20;

/// A line of a page, as a hash of host and line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PageLine {
    key: u64,
    page: u32,
    words: u32,
}

/// A line of a page that stands on other pages of its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SharedLine {
    page: u32,
    key: u64,
    words: u32,
}

/// A shared line, and whether its page speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Voice {
    key: u64,
    page: u32,
    speaks: u32,
}

/// A line that the host of a page repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SiteLine {
    page: u32,
    key: u64,
}

rows! {
    PageLine { key: u64, page: u32, words: u32 }
    SharedLine { page: u32, key: u64, words: u32 }
    Voice { key: u64, page: u32, speaks: u32 }
    SiteLine { page: u32, key: u64 }
}

/// For each of `ranks` the hash of its host, where the host has pages enough to repeat itself;
/// empty when none has.
pub(super) fn hosts<T: Texts + ?Sized>(corpus: &Corpus<'_, T>, ranks: &[u32]) -> Vec<u64> {
    let mut pages: FxHashMap<u64, usize> = FxHashMap::default();
    let hash = |rank: &u32| {
        corpus
            .host(*rank)
            .map_or(0, |host| xxh3_64(host.as_bytes()).max(1))
    };
    let mut hosts: Vec<u64> = ranks.iter().map(hash).collect();
    for host in &hosts {
        *pages.entry(*host).or_default() += 1;
    }
    pages.remove(&0);
    pages.retain(|_, count| *count >= PAGES);
    if pages.is_empty() {
        return Vec::new();
    }
    for host in &mut hosts {
        if !pages.contains_key(host) {
            *host = 0;
        }
    }
    hosts
}

/// Takes the lines that hosts repeat out of the words of pages. There is a page for each of
/// `hosts`; `words` has those of a page at the place that `index` names, the result by page.
pub(super) fn strip(
    words: &Shelf,
    index: impl Fn(u32) -> usize,
    hosts: &[u64],
    spill: &Spill,
) -> io::Result<Shelf> {
    let site = site_lines(words, &index, hosts, spill)?;
    let mut site = site.iter()?.peekable();
    let mut stripped = spill.shelf(3);
    for (page, &host) in (0_u32..).zip(hosts) {
        let record = words.get(index(page))?;
        let mut gone = Vec::new();
        let here = |row: &io::Result<SiteLine>| row.as_ref().map_or(true, |row| row.page == page);
        while let Some(row) = site.next_if(here) {
            gone.push(row?.key);
        }
        if gone.is_empty() {
            stripped.push(&record)?;
            continue;
        }
        let all = Words(record);
        let stays = |line: &&[u32]| gone.binary_search(&key(host, line_hash(line))).is_err();
        stripped.push(&Words::of_lines(all.lines().filter(stays)).0)?;
    }
    stripped.finish()?;
    Ok(stripped)
}

/// The lines that hosts repeat, page by page.
fn site_lines(
    words: &Shelf,
    index: impl Fn(u32) -> usize,
    hosts: &[u64],
    spill: &Spill,
) -> io::Result<Sorted<SiteLine>> {
    let mut totals = vec![0_u32; hosts.len()];
    let mut lines = spill.sorter::<PageLine>(1);
    for (page, &host) in (0_u32..).zip(hosts) {
        if host == 0 {
            continue;
        }
        let words = Words(words.get(index(page))?);
        let mut page_lines: Vec<PageLine> = words
            .lines()
            .map(|line| PageLine {
                key: key(host, line_hash(line)),
                page,
                words: line.len() as u32,
            })
            .collect();
        page_lines.sort_unstable();
        page_lines.dedup();
        totals[page as usize] = page_lines.iter().map(|line| line.words).sum();
        lines.extend(page_lines)?;
    }
    let mut shared = spill.sorter::<SharedLine>(1);
    lines.finish()?.groups(
        |line| line.key,
        |pages| {
            let is_shared = pages.len() > 1;
            shared.extend(pages.iter().filter(|_| is_shared).map(|line| SharedLine {
                page: line.page,
                key: line.key,
                words: line.words,
            }))
        },
    )?;
    let mut voices = spill.sorter::<Voice>(1);
    shared.finish()?.groups(
        |line| line.page,
        |lines| {
            let page = lines[0].page;
            let speaks = u32::from(speaks(totals[page as usize], lines));
            let voice = |line: &SharedLine| Voice {
                key: line.key,
                page,
                speaks,
            };
            voices.extend(lines.iter().map(voice))
        },
    )?;
    let mut site = spill.sorter::<SiteLine>(1);
    voices.finish()?.groups(
        |voice| voice.key,
        |voices| {
            let is_site = voices.iter().filter(|voice| voice.speaks == 1).count() >= PAGES;
            site.extend(voices.iter().filter(|_| is_site).map(|voice| SiteLine {
                page: voice.page,
                key: voice.key,
            }))
        },
    )?;
    site.finish()
}

/// Whether a page of so many words (each line once) says something about what its host repeats.
fn speaks(total: u32, shared: &[SharedLine]) -> bool {
    let words = |least: u32| -> u64 {
        let lines = shared.iter().filter(|line| line.words >= least);
        lines.map(|line| u64::from(line.words)).sum()
    };
    let (repeated, long) = (words(0), words(LONG));
    let own = u64::from(total).saturating_sub(repeated);
    own * OWN >= own + repeated || own >= OWN_WORDS && long * 2 <= repeated
}

fn key(host: u64, line: u64) -> u64 {
    mix(host ^ mix(line))
}
