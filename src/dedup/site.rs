//! Lines that a host repeats from page to page.

use std::io;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::corpus::Corpus;
use super::hash::mix;
use super::words::{Words, line_hash};
use super::{Earlier, SeenLine, Texts};
use crate::site::{LONG, speaks};
use crate::spill::{Merge, Row, Shelf, Sorted, Spill, rows};

/// A paragraph on this many pages of a host, each with enough text of its own, is the site's …
const PAGES: u64 = 3;
/// … and a short line on so many: two versions of one article share paragraphs.
const SHORT_PAGES: u64 = 2;
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
    words: u32,
    speaks: u32,
}

/// How many pages had a line before, and how many of them speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct KnownLine {
    key: u64,
    pages: u64,
    speaking: u64,
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
    Voice { key: u64, page: u32, words: u32, speaks: u32 }
    KnownLine { key: u64, pages: u64, speaking: u64 }
    SiteLine { page: u32, key: u64 }
}

/// For each of `ranks` the hash of its host, where the host has `least` pages and so can repeat
/// itself; empty when none has.
pub(super) fn hosts<T: Texts + ?Sized>(
    corpus: &Corpus<'_, T>,
    ranks: &[u32],
    least: u64,
) -> Vec<u64> {
    let mut pages: FxHashMap<u64, u64> = FxHashMap::default();
    let hash = |rank: &u32| corpus.host(*rank).map_or(0, host_hash);
    let mut hosts: Vec<u64> = ranks.iter().map(hash).collect();
    for host in &hosts {
        *pages.entry(*host).or_default() += 1;
    }
    pages.remove(&0);
    pages.retain(|_, count| *count >= least);
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

fn host_hash(host: &str) -> u64 {
    xxh3_64(host.as_bytes()).max(1)
}

/// The pages that may repeat each other.
pub(super) struct Pages<'p> {
    /// Words of all pages, and the place there of each page's.
    pub words: &'p Shelf,
    pub index: &'p dyn Fn(u32) -> usize,
    /// The hash of each page's host.
    pub hosts: &'p [u64],
    /// What the index says of hosts.
    pub earlier: Option<&'p dyn Earlier>,
    /// Whether a page is in the index already.
    pub is_known: &'p dyn Fn(u32) -> io::Result<bool>,
    pub spill: &'p Spill,
}

/// The words of pages without the lines that hosts repeat.
pub(super) struct Stripped {
    /// By page.
    pub words: Shelf,
    /// Whether each page speaks.
    pub speaks: Vec<bool>,
}

impl Pages<'_> {
    /// Takes the lines that hosts repeat out of the words of pages.
    pub fn strip(&self) -> io::Result<Stripped> {
        let mut speaks = vec![true; self.hosts.len()];
        let site = self.site_lines(&mut speaks)?;
        let mut site = site.iter()?.peekable();
        let mut words = self.spill.shelf(3);
        for (page, &host) in (0_u32..).zip(self.hosts) {
            let record = self.words.get((self.index)(page))?;
            let mut gone = Vec::new();
            let here =
                |row: &io::Result<SiteLine>| row.as_ref().map_or(true, |row| row.page == page);
            while let Some(row) = site.next_if(here) {
                gone.push(row?.key);
            }
            if gone.is_empty() {
                words.push(&record)?;
                continue;
            }
            let all = Words(record);
            let stays = |line: &&[u32]| gone.binary_search(&key(host, line_hash(line))).is_err();
            words.push(&Words::of_lines(all.lines().filter(stays)).0)?;
        }
        words.finish()?;
        Ok(Stripped { words, speaks })
    }

    /// The keys of the lines of a page, ascending, each once, with the words of each.
    fn lines(&self, page: u32) -> io::Result<Vec<PageLine>> {
        let host = self.hosts[page as usize];
        let words = Words(self.words.get((self.index)(page))?);
        let line = |line: &[u32]| PageLine {
            key: key(host, line_hash(line)),
            page,
            words: line.len() as u32,
        };
        let mut lines: Vec<PageLine> = words.lines().map(line).collect();
        lines.sort_unstable();
        lines.dedup();
        Ok(lines)
    }

    /// The keys of the lines of a page.
    pub fn keys(&self, page: u32) -> io::Result<Vec<u64>> {
        if self.hosts[page as usize] == 0 {
            return Ok(Vec::new());
        }
        Ok(self.lines(page)?.iter().map(|line| line.key).collect())
    }

    /// The lines that hosts repeat, page by page; notes which pages speak.
    fn site_lines(&self, speaking: &mut [bool]) -> io::Result<Sorted<SiteLine>> {
        let mut totals = vec![0_u32; self.hosts.len()];
        let mut known_pages = vec![false; self.hosts.len()];
        let mut lines = self.spill.sorter::<PageLine>(1);
        for page in 0..self.hosts.len() as u32 {
            if self.hosts[page as usize] == 0 {
                continue;
            }
            let page_lines = self.lines(page)?;
            totals[page as usize] = page_lines.iter().map(|line| line.words).sum();
            known_pages[page as usize] = (self.is_known)(page)?;
            lines.extend(page_lines)?;
        }
        let lines = lines.finish()?;
        let is_known = |page: u32| known_pages[page as usize];
        let known = self.known(&lines)?;
        let mut before = known.iter()?.peekable();
        let mut shared = self.spill.sorter::<SharedLine>(1);
        lines.groups(
            |line| line.key,
            |pages| {
                let pages_before = counts(&mut before, pages[0].key)?.pages;
                let own = pages.iter().filter(|line| is_known(line.page)).count() as u64;
                let is_shared = pages.len() as u64 + pages_before.saturating_sub(own) > 1;
                shared.extend(pages.iter().filter(|_| is_shared).map(|line| SharedLine {
                    page: line.page,
                    key: line.key,
                    words: line.words,
                }))
            },
        )?;
        drop((before, lines));
        let mut voices = self.spill.sorter::<Voice>(1);
        shared.finish()?.groups(
            |line| line.page,
            |lines| {
                let page = lines[0].page;
                let words = lines.iter().map(|line| line.words);
                let speaks = speaks(totals[page as usize], words);
                speaking[page as usize] = speaks;
                // What an earlier page says was counted when it came.
                let speaks = u32::from(speaks && !is_known(page));
                let voice = |line: &SharedLine| Voice {
                    key: line.key,
                    page,
                    words: line.words,
                    speaks,
                };
                voices.extend(lines.iter().map(voice))
            },
        )?;
        let mut before = known.iter()?.peekable();
        let mut site = self.spill.sorter::<SiteLine>(1);
        voices.finish()?.groups(
            |voice| voice.key,
            |voices| {
                let now: u64 = voices.iter().map(|voice| u64::from(voice.speaks)).sum();
                let pages = now + counts(&mut before, voices[0].key)?.speaking;
                let least = |voice: &Voice| {
                    if voice.words < LONG {
                        SHORT_PAGES
                    } else {
                        PAGES
                    }
                };
                let is_site = |voice: &&Voice| pages >= least(voice);
                site.extend(voices.iter().filter(is_site).map(|voice| SiteLine {
                    page: voice.page,
                    key: voice.key,
                }))
            },
        )?;
        site.finish()
    }

    /// What is known from before of these lines.
    fn known(&self, lines: &Sorted<PageLine>) -> io::Result<Sorted<KnownLine>> {
        let mut known = self.spill.sorter::<KnownLine>(1);
        let Some(earlier) = self.earlier else {
            return known.finish();
        };
        let mut lines = lines.iter()?.peekable();
        earlier.lines(&mut |seen| {
            let is_behind =
                |row: &io::Result<PageLine>| row.as_ref().map_or(true, |line| line.key < seen.key);
            while let Some(row) = lines.next_if(is_behind) {
                row?;
            }
            match lines.peek() {
                Some(Ok(line)) if line.key == seen.key => known.push(KnownLine {
                    key: seen.key,
                    pages: seen.pages,
                    speaking: seen.speaking,
                }),
                _ => Ok(()),
            }
        })?;
        known.finish()
    }
}

/// What is known of a line; `known` goes on to it.
fn counts(known: &mut std::iter::Peekable<Merge<'_, KnownLine>>, key: u64) -> io::Result<SeenLine> {
    let mut seen = SeenLine {
        key,
        ..SeenLine::default()
    };
    let is_near = |row: &io::Result<KnownLine>| row.as_ref().map_or(true, |row| row.key <= key);
    while let Some(row) = known.next_if(is_near) {
        let row = row?;
        if row.key == key {
            seen.pages += row.pages;
            seen.speaking += row.speaking;
        }
    }
    Ok(seen)
}

fn key(host: u64, line: u64) -> u64 {
    mix(host ^ mix(line))
}
