//! Counting blocks per host, with memory that does not grow with the corpus.

use std::io;
use std::path::Path;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::memory::SiteMemory;
use super::{Hit, SiteBlock, TwinPage, furniture, speaks};
use crate::document::Span;
use crate::spill::{Merge, Row, Sorted, Sorter, Spill, rows};

/// A block on a page, each once per page. Pages are numbered in the order of their ids, so that
/// the twin does not depend on the order of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    key: u64,
    page: u32,
    words: u32,
    start: u64,
    len: u32,
}

/// A block that other pages of the host have, or had in an earlier crawl.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    page: u32,
    key: u64,
    words: u32,
    start: u64,
    len: u32,
}

/// A shared block, and whether its page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Voice {
    key: u64,
    page: u32,
    speaks: u32,
    words: u32,
    start: u64,
    len: u32,
}

/// A block of a page, how many speaking pages have it, and another page that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Repeat {
    page: u32,
    key: u64,
    pages: u64,
    twin: u32,
    start: u64,
    len: u32,
}

rows! {
    Seen { key: u64, page: u32, words: u32, start: u64, len: u32 }
    Shared { page: u32, key: u64, words: u32, start: u64, len: u32 }
    Voice { key: u64, page: u32, speaks: u32, words: u32, start: u64, len: u32 }
    Repeat { page: u32, key: u64, pages: u64, twin: u32, start: u64, len: u32 }
}

/// The twin stands in an earlier crawl.
const EARLIER: u32 = u32::MAX;

/// A page as it was counted.
#[derive(Debug, Clone, Copy, Default)]
struct Page {
    host: u32,
    words: u32,
}

/// Counts the blocks of pages.
#[derive(Debug)]
pub struct Counter {
    spill: Spill,
    seen: Sorter<Seen>,
    pages: Vec<Page>,
    hosts: Vec<Box<str>>,
    by_name: FxHashMap<Box<str>, u32>,
    least: u64,
}

impl Counter {
    /// A counter that takes `memory` bytes beside a few per page, and writes temporary files into
    /// the folder `dir` past that.
    pub fn new(dir: &Path, memory: u64) -> Self {
        let spill = Spill {
            dir: dir.to_path_buf(),
            memory: usize::try_from(memory).unwrap_or(usize::MAX / 2),
        };
        Self {
            seen: spill.sorter(3),
            spill,
            pages: Vec::new(),
            hosts: vec!["".into()],
            by_name: FxHashMap::default(),
            least: super::SHORT.pages,
        }
    }

    /// Keeps what stands on so many speaking pages or more; without this what may be furniture.
    #[must_use]
    pub fn least(mut self, pages: u64) -> Self {
        self.least = pages;
        self
    }

    /// Counts a page of `host`. Pages have numbers in the order of their ids, and may come in any
    /// order.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    pub fn page(&mut self, number: u32, host: &str, blocks: &[SiteBlock]) -> io::Result<()> {
        let known = self.by_name.get(host).copied();
        let host_number = known.unwrap_or_else(|| {
            self.hosts.push(host.into());
            let number = self.hosts.len() as u32 - 1;
            self.by_name.insert(host.into(), number);
            number
        });
        let host = xxh3_64(host.as_bytes());
        let mut seen: Vec<Seen> = blocks
            .iter()
            .filter(|block| block.hash != 0)
            .map(|block| Seen {
                key: key(host, block.hash),
                page: number,
                words: block.words,
                start: block.span.start as u64,
                len: block.span.len() as u32,
            })
            .collect();
        seen.sort_unstable();
        seen.dedup_by_key(|seen| seen.key);
        let at = number as usize;
        if self.pages.len() <= at {
            self.pages.resize(at + 1, Page::default());
        }
        self.pages[at] = Page {
            host: host_number,
            words: seen.iter().map(|seen| seen.words).sum(),
        };
        self.seen.extend(seen)
    }

    /// Ends counting. `earlier` is what other crawls taught; `learnt` gets every block that stands
    /// on two pages of a host or more.
    ///
    /// # Errors
    /// A temporary file cannot be written or read.
    pub fn finish(
        self,
        earlier: &SiteMemory,
        mut learnt: impl FnMut(Learnt<'_>) -> io::Result<()>,
    ) -> io::Result<Counts> {
        let mut shared = self.spill.sorter::<Shared>(2);
        self.seen.finish()?.groups(
            |seen| seen.key,
            |same| {
                let is_shared = same.len() > 1 || earlier.get(same[0].key).is_some();
                shared.extend(same.iter().filter(|_| is_shared).map(|seen| Shared {
                    page: seen.page,
                    key: seen.key,
                    words: seen.words,
                    start: seen.start,
                    len: seen.len,
                }))
            },
        )?;
        let mut speaking = vec![0_u64; self.hosts.len()];
        for page in &self.pages {
            speaking[page.host as usize] += u64::from(page.words > 0);
        }
        let mut voices = self.spill.sorter::<Voice>(2);
        shared.finish()?.groups(
            |shared| shared.page,
            |same| {
                let page = self.pages[same[0].page as usize];
                let speaks = speaks(page.words, same.iter().map(|shared| shared.words));
                speaking[page.host as usize] -= u64::from(!speaks);
                voices.extend(same.iter().map(|shared| Voice {
                    key: shared.key,
                    page: shared.page,
                    speaks: u32::from(speaks),
                    words: shared.words,
                    start: shared.start,
                    len: shared.len,
                }))
            },
        )?;
        let mut repeats = self.spill.sorter::<Repeat>(3);
        voices.finish()?.groups(
            |voice| voice.key,
            |same| {
                let now = same
                    .iter()
                    .map(|voice| u64::from(voice.speaks))
                    .sum::<u64>();
                let before = earlier.get(same[0].key);
                let pages = now + before.map_or(0, |before| before.pages);
                if now > 0 {
                    let host = self.pages[same[0].page as usize].host;
                    let host = &self.hosts[host as usize];
                    learnt(Learnt {
                        host,
                        key: same[0].key,
                        pages: now,
                        words: same[0].words,
                        first: (same[0].page, span(same[0].start, same[0].len)),
                    })?;
                }
                repeats.extend(same.iter().filter(|_| pages >= self.least).map(|voice| {
                    let other = same.iter().find(|other| other.page != voice.page);
                    Repeat {
                        page: voice.page,
                        key: voice.key,
                        pages,
                        twin: other.map_or(EARLIER, |other| other.page),
                        start: other.map_or(0, |other| other.start),
                        len: other.map_or(0, |other| other.len),
                    }
                }))
            },
        )?;
        for (host, count) in self.hosts.iter().zip(&mut speaking) {
            *count += earlier.pages(host);
        }
        Ok(Counts {
            repeats: repeats.finish()?,
            pages: self.pages,
            hosts: self.hosts,
            speaking,
        })
    }
}

/// A block that a host repeats, as it goes into a site memory.
#[derive(Debug, Clone, Copy)]
pub struct Learnt<'a> {
    /// The host.
    pub host: &'a str,
    /// Hash of host and block.
    pub key: u64,
    /// Speaking pages that have it.
    pub pages: u64,
    /// Its words.
    pub words: u32,
    /// Number of the first page that has it, and where.
    pub first: (u32, Span),
}

fn span(start: u64, len: u32) -> Span {
    Span::new(start as usize, start as usize + len as usize)
}

/// The key of a block of a host.
pub(super) fn key(host: u64, block: u64) -> u64 {
    let mixed = (block ^ (block >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    host.rotate_left(23) ^ mixed
}

/// What was counted, page by page.
#[derive(Debug)]
pub struct Counts {
    repeats: Sorted<Repeat>,
    pages: Vec<Page>,
    hosts: Vec<Box<str>>,
    speaking: Vec<u64>,
}

impl Counts {
    /// Speaking pages by host, in the order the hosts came.
    pub fn hosts(&self) -> impl Iterator<Item = (&str, u64)> {
        let hosts = self.hosts.iter().map(AsRef::as_ref);
        hosts.zip(self.speaking.iter().copied()).skip(1)
    }

    /// Goes through the pages in the order of their numbers.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn pages(&self) -> io::Result<Pages<'_>> {
        Ok(Pages {
            counts: self,
            repeats: self.repeats.iter()?.peekable(),
        })
    }
}

/// The pages that were counted, in the order of their numbers.
#[derive(Debug)]
pub struct Pages<'c> {
    counts: &'c Counts,
    repeats: std::iter::Peekable<Merge<'c, Repeat>>,
}

impl Pages<'_> {
    /// The next page of which something is repeated; those between have no furniture.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn next_page(&mut self) -> io::Result<Option<u32>> {
        match self.repeats.peek() {
            None => Ok(None),
            Some(Ok(repeat)) => Ok(Some(repeat.page)),
            Some(Err(_)) => self
                .repeats
                .next()
                .transpose()
                .map(|row| row.map(|row| row.page)),
        }
    }

    /// What the page that [`next_page`](Self::next_page) named repeats of other pages, wherever it
    /// stands: the number of speaking pages that have it, and where on another page. Goes past that
    /// page.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn repeated(&mut self) -> io::Result<Vec<(u64, Span)>> {
        let Some(number) = self.next_page()? else {
            return Ok(Vec::new());
        };
        let mut repeated = Vec::new();
        let here = |row: &io::Result<Repeat>| row.as_ref().map_or(true, |row| row.page == number);
        while let Some(row) = self.repeats.next_if(here) {
            let row = row?;
            repeated.push((row.pages, span(row.start, row.len)));
        }
        Ok(repeated)
    }

    /// The furniture among `blocks`, the blocks of the page that
    /// [`next_page`](Self::next_page) named; goes past that page.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn furniture(&mut self, blocks: &[SiteBlock]) -> io::Result<Vec<Hit>> {
        let Some(number) = self.next_page()? else {
            return Ok(Vec::new());
        };
        let mut repeats: FxHashMap<u64, Repeat> = FxHashMap::default();
        let here = |row: &io::Result<Repeat>| row.as_ref().map_or(true, |row| row.page == number);
        while let Some(row) = self.repeats.next_if(here) {
            let row = row?;
            repeats.insert(row.key, row);
        }
        let page = self.counts.pages[number as usize];
        let host = xxh3_64(self.counts.hosts[page.host as usize].as_bytes());
        let count = |block: &SiteBlock| {
            let repeat = repeats.get(&key(host, block.hash))?;
            let twin = match repeat.twin {
                EARLIER => TwinPage::Memory(repeat.key),
                page => TwinPage::Page(page, span(repeat.start, repeat.len)),
            };
            Some((repeat.pages, twin))
        };
        let pages: Vec<_> = blocks.iter().map(count).collect();
        Ok(furniture(
            blocks,
            &pages,
            self.counts.speaking[page.host as usize],
        ))
    }
}
