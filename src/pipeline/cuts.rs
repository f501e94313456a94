//! Blocks that the corpus takes out of documents: what sites repeat, what documents share.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::options::Paragraphs;
use super::texts::PartTexts;
use crate::dedup::{self, Addition, ParagraphOptions, Texts, repeated_paragraphs};
use crate::document::Span;
use crate::site::{Counter, Place, SiteMemory, TwinPage};
use crate::spill::{Row, Shelf, Sorter, Spill, rows};

/// A block that is taken out of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CutRow {
    /// Index of the document.
    pub document: u32,
    /// Place in the list of its blocks.
    pub block: u32,
    code: u32,
    twin: u32,
    start: u64,
    len: u32,
}
rows! { CutRow { document: u32, block: u32, code: u32, twin: u32, start: u64, len: u32 } }

const HEAD: u32 = 0;
const INSIDE: u32 = 1;
const TAIL: u32 = 2;
const PARAGRAPH: u32 = 3;
/// The twin is in a site memory, under the key `start`.
const MEMORY: u32 = u32::MAX;
/// Words of a row in a record, without the document.
pub(super) const WORDS: usize = 6;

/// What a cut block repeats.
pub(super) enum CutTwin {
    /// A span of another document of the corpus.
    Document(usize, Span),
    /// A block of an earlier crawl.
    Memory(u64),
}

impl CutRow {
    /// Whether it is a paragraph that documents share, not what a site repeats.
    pub(super) fn is_paragraph(&self) -> bool {
        self.code == PARAGRAPH
    }

    /// The built-in rule that takes it out.
    pub(super) fn rule(&self) -> Arc<str> {
        match self.code {
            HEAD => Place::Head.rule(),
            INSIDE => Place::Inside.rule(),
            TAIL => Place::Tail.rule(),
            _ => "dedup/paragraph".into(),
        }
    }

    /// What it repeats.
    pub(super) fn twin(&self) -> CutTwin {
        if self.twin == MEMORY {
            return CutTwin::Memory(self.start);
        }
        let start = self.start as usize;
        CutTwin::Document(
            self.twin as usize,
            Span::new(start, start + self.len as usize),
        )
    }

    /// Where a flagged paragraph stands, in how many documents, and which is the first.
    pub(super) fn flag(&self) -> (Span, u32, usize) {
        let start = self.start as usize;
        let span = Span::new(start, start + self.len as usize);
        (span, self.code, self.twin as usize)
    }

    fn words(self) -> [u32; WORDS] {
        let Self {
            block,
            code,
            twin,
            start,
            len,
            ..
        } = self;
        [block, code, twin, start as u32, (start >> 32) as u32, len]
    }

    /// The rows of a record, which is that of `document`.
    pub(super) fn of_record(document: u32, record: &[u32]) -> Vec<Self> {
        let row = |words: &[u32]| match *words {
            [block, code, twin, low, high, len] => Some(Self {
                document,
                block,
                code,
                twin,
                start: u64::from(low) | u64::from(high) << 32,
                len,
            }),
            _ => None,
        };
        record.chunks(WORDS).filter_map(row).collect()
    }
}

/// Puts the cuts of `documents` documents on a shelf.
fn shelve(rows: Sorter<CutRow>, documents: usize, spill: &Spill) -> io::Result<Shelf> {
    let mut shelf = spill.shelf(1);
    let rows = rows.finish()?;
    let mut rows = rows.iter()?.peekable();
    for document in 0..documents as u32 {
        let mut record = Vec::new();
        let here = |row: &io::Result<CutRow>| row.as_ref().map_or(true, |r| r.document == document);
        while let Some(row) = rows.next_if(here) {
            record.extend(row?.words());
        }
        shelf.push(&record)?;
    }
    shelf.finish()?;
    Ok(shelf)
}

/// What the sites of the corpus repeat.
pub(super) fn site(texts: &PartTexts<'_>, memory: &SiteMemory, spill: &Spill) -> io::Result<Shelf> {
    let by_id = texts.by_id();
    let mut counter = Counter::new(&spill.dir, spill.memory as u64);
    for (rank, &index) in (0_u32..).zip(&by_id) {
        if let Some(host) = texts.host(index as usize) {
            counter.page(rank, host, &texts.blocks(index as usize)?)?;
        }
    }
    let counts = counter.finish(memory, |_| Ok(()))?;
    let mut cuts = spill.sorter::<CutRow>(1);
    let mut pages = counts.pages()?;
    while let Some(rank) = pages.next_page()? {
        let document = by_id[rank as usize];
        let blocks = texts.blocks(document as usize)?;
        for hit in pages.furniture(&blocks)? {
            let (twin, start, len) = match hit.twin {
                TwinPage::Page(rank, span) => {
                    (by_id[rank as usize], span.start as u64, span.len() as u32)
                }
                TwinPage::Memory(key) => (MEMORY, key, 0),
            };
            cuts.push(CutRow {
                document,
                block: hit.block as u32,
                code: match hit.place {
                    Place::Head => HEAD,
                    Place::Inside => INSIDE,
                    Place::Tail => TAIL,
                },
                twin,
                start,
                len,
            })?;
        }
    }
    shelve(cuts, texts.len(), spill)
}

/// Paragraphs that documents share.
pub(super) struct Repeats {
    /// What is to happen to them.
    pub paragraphs: Paragraphs,
    /// Memory and folder for the search.
    pub options: dedup::Options,
}

impl Repeats {
    /// The cuts that are made already, and the paragraphs that several of the documents that
    /// `stays` share.
    pub(super) fn find(
        &self,
        texts: &PartTexts<'_>,
        spill: &Spill,
        stays: impl Fn(usize) -> bool + Sync,
    ) -> io::Result<Shelf> {
        let mut cuts = spill.sorter::<CutRow>(1);
        let flags = self.paragraphs == Paragraphs::Flag;
        let stays_first = matches!(self.paragraphs, Paragraphs::KeepFirst);
        for index in (0..texts.len()).filter(|_| !flags) {
            if texts.has_cuts(index) {
                cuts.extend(texts.cuts(index)?.1)?;
            }
        }
        let paragraphs = ParagraphOptions::default();
        repeated_paragraphs(texts, &self.options, paragraphs, stays, |repeats| {
            let Some(first) = repeats.first() else {
                return Ok(());
            };
            let blocks = texts.left(first.document)?;
            let mut left = blocks.len();
            for repeat in repeats
                .iter()
                .filter(|repeat| !stays_first || !repeat.is_first())
            {
                if flags {
                    cuts.push(CutRow {
                        document: repeat.document as u32,
                        block: 0,
                        code: repeat.documents,
                        twin: repeat.first.0 as u32,
                        start: repeat.range.start as u64,
                        len: repeat.range.len() as u32,
                    })?;
                    continue;
                }
                // Only a paragraph that is a whole block goes: a line of a list or a verse stays.
                let whole =
                    |(range, _, _): &(Span, usize, Span)| *range == repeat.range.clone().into();
                let Some((_, block, _)) = blocks.iter().find(|block| whole(block)) else {
                    continue;
                };
                // Something is left of every document: it may stand for others.
                left -= 1;
                if left == 0 {
                    break;
                }
                let first = texts.left(repeat.first.0)?;
                let twin =
                    |(range, _, _): &&(Span, usize, Span)| *range == repeat.first.1.clone().into();
                let span = first
                    .iter()
                    .find(twin)
                    .map_or(Span::default(), |block| block.2);
                cuts.push(CutRow {
                    document: repeat.document as u32,
                    block: *block as u32,
                    code: PARAGRAPH,
                    twin: repeat.first.0 as u32,
                    start: span.start as u64,
                    len: span.len() as u32,
                })?;
            }
            Ok(())
        })?;
        shelve(cuts, texts.len(), spill)
    }
}

/// What is to be added to an index when the outputs are in their places: rows on disk.
pub(super) struct Additions(BufWriter<File>);

#[derive(Serialize, Deserialize)]
struct AdditionRow {
    id: String,
    digest: [u64; 2],
    address: Option<u64>,
    text: String,
    shingles: Vec<u64>,
    lines: Vec<u64>,
    speaks: bool,
    stays: bool,
}

impl Additions {
    pub(super) fn create(dir: &Path) -> io::Result<Self> {
        Ok(Self(BufWriter::new(tempfile::tempfile_in(dir)?)))
    }

    pub(super) fn push(&mut self, addition: &Addition) -> io::Result<()> {
        let row = AdditionRow {
            id: addition.id.clone(),
            digest: [(addition.digest >> 64) as u64, addition.digest as u64],
            address: addition.address,
            text: addition.text.clone(),
            shingles: addition.shingles.clone(),
            lines: addition.lines.clone(),
            speaks: addition.speaks,
            stays: addition.stays,
        };
        serde_json::to_writer(&mut self.0, &row)?;
        self.0.write_all(b"\n")
    }

    /// The rows, in order.
    pub(super) fn rows(self) -> io::Result<impl Iterator<Item = io::Result<Addition>>> {
        let mut file = self
            .0
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))?;
        file.rewind()?;
        Ok(BufReader::new(file).lines().map(|line| {
            let row: AdditionRow = serde_json::from_str(&line?)?;
            Ok(Addition {
                id: row.id,
                digest: u128::from(row.digest[0]) << 64 | u128::from(row.digest[1]),
                address: row.address,
                text: row.text,
                shingles: row.shingles,
                lines: row.lines,
                speaks: row.speaks,
                stays: row.stays,
            })
        }))
    }
}
