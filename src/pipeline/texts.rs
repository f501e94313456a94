//! The documents that have text, as decisions about the whole corpus see them: texts on disk,
//! names in memory.

use std::borrow::Cow;
use std::io;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::cuts::{CutRow, WORDS};
use super::decide::{BlocksAndCuts, Cuts};
use super::part::Section;
use super::parts::{Parts, Place};
use crate::article::RepeatedParagraph;
use crate::cleaner::Cleaned;
use crate::dedup::jsonl::{Keep, order_of};
use crate::dedup::{self, Texts};
use crate::document::Span;
use crate::error::{Error, Result};
use crate::metadata::Metadata;
use crate::render::separator;
use crate::site::{self, SiteBlock};

/// What the first pass notes of a document beside its rows.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Observed {
    /// Its date, as digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<i64>,
    /// Hash of its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<u64>,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    /// Its blocks.
    blocks: Vec<SiteBlock>,
}

impl Observed {
    /// The note of a document.
    pub(super) fn of(cleaned: &Cleaned) -> Self {
        let metadata = &cleaned.article.metadata;
        let url = cleaned.provenance.source.url.as_deref();
        let canonical = metadata.canonical.as_deref().filter(|canonical| {
            // A page can only speak for addresses of its own host.
            url.is_none_or(|url| dedup::host(url) == dedup::host(canonical))
        });
        Self {
            date: metadata.date.as_deref().and_then(order_of),
            address: canonical.or(url).and_then(dedup::address),
            publisher: publisher(metadata, url),
            blocks: site::blocks(cleaned),
        }
    }
}

/// Who published a document: as it names itself, or its host.
pub(super) fn publisher(metadata: &Metadata, url: Option<&str>) -> Option<String> {
    let named = metadata.publisher.as_ref().or(metadata.site_name.as_ref());
    named.cloned().or_else(|| url.and_then(dedup::host))
}

/// The documents that have text.
pub(super) struct PartTexts<'p> {
    parts: &'p Parts,
    documents: Vec<Document>,
    ids: String,
    names: Names,
    cuts: Option<Cuts>,
    flags: Option<Cuts>,
}

struct Document {
    number: u64,
    article: Place,
    observed: Place,
    /// Where its id ends in `ids`; it begins where the one before ends.
    id_end: u64,
    priority: i64,
    /// 0 is none.
    address: u64,
    /// Places among the names, from 1; 0 is none.
    host: u32,
    publisher: u32,
}

/// Names that many documents share.
#[derive(Default)]
struct Names {
    all: Vec<Box<str>>,
    places: FxHashMap<Box<str>, u32>,
}

impl Names {
    fn place(&mut self, name: Option<&str>) -> u32 {
        let Some(name) = name else {
            return 0;
        };
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        self.all.push(name.into());
        let place = self.all.len() as u32;
        self.places.insert(name.into(), place);
        place
    }

    fn get(&self, place: u32) -> Option<&str> {
        let at = (place as usize).checked_sub(1)?;
        self.all.get(at).map(AsRef::as_ref)
    }
}

impl<'p> PartTexts<'p> {
    pub(super) fn new(parts: &'p Parts, keep: &Keep) -> Result<Self> {
        let mut texts = Self {
            parts,
            documents: Vec::new(),
            ids: String::new(),
            names: Names::default(),
            cuts: None,
            flags: None,
        };
        parts.each_document(|number, header, reader, part| {
            if header.empty {
                return Ok(());
            }
            let article = Parts::place(part, header, reader, Section::Article);
            let observed = Parts::place(part, header, reader, Section::Observed);
            let row = reader.section(header, Section::Observed)?;
            let note: Observed = serde_json::from_str(if row.is_empty() { "{}" } else { &row })
                .map_err(|error| Error::io("the state folder", &error.into()))?;
            texts.ids.push_str(&header.id);
            let latest = || i64::MAX;
            let priority = match keep {
                Keep::Id => 0,
                Keep::Longest => -(header.sections[Section::Article as usize] as i64),
                Keep::Field(_) => note.date.unwrap_or_else(latest),
                Keep::Source(hosts) => {
                    let place = hosts
                        .iter()
                        .position(|host| Some(host) == header.host.as_ref());
                    place.map_or_else(latest, |at| at as i64)
                }
            };
            let host = texts.names.place(header.host.as_deref());
            let publisher = texts.names.place(note.publisher.as_deref());
            texts.documents.push(Document {
                number,
                article,
                observed,
                id_end: texts.ids.len() as u64,
                priority,
                address: note.address.unwrap_or(0),
                host,
                publisher,
            });
            Ok(())
        })?;
        Ok(texts)
    }

    /// The index of the document of this number, if it has text.
    pub(super) fn index(&self, number: u64) -> Option<usize> {
        self.documents
            .binary_search_by_key(&number, |document| document.number)
            .ok()
    }

    /// All indices in the order of ids.
    pub(super) fn by_id(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.documents.len() as u32).collect();
        order.sort_by(|&a, &b| self.id(a as usize).cmp(self.id(b as usize)).then(a.cmp(&b)));
        order
    }

    /// Who published a document.
    pub(super) fn publisher(&self, index: usize) -> Option<&str> {
        self.names.get(self.documents[index].publisher)
    }

    /// The blocks of a document.
    pub(super) fn blocks(&self, index: usize) -> io::Result<Vec<SiteBlock>> {
        let row = self.parts.read(self.documents[index].observed)?;
        if row.is_empty() {
            return Ok(Vec::new());
        }
        let note: Observed = serde_json::from_str(&row)?;
        Ok(note.blocks)
    }

    /// From now on, these blocks are cut.
    pub(super) fn set_cuts(&mut self, cuts: Cuts) {
        self.cuts = Some(cuts);
    }

    /// These paragraphs are flagged.
    pub(super) fn set_flags(&mut self, flags: Cuts) {
        self.flags = Some(flags);
    }

    /// Whether paragraphs of a document are flagged.
    pub(super) fn has_flags(&self, index: usize) -> bool {
        self.flags
            .as_ref()
            .is_some_and(|flags| flags.len_of(index) > 0)
    }

    /// The flagged paragraphs of a document.
    pub(super) fn flagged(&self, index: usize) -> io::Result<Vec<RepeatedParagraph>> {
        let Some(flags) = &self.flags else {
            return Ok(Vec::new());
        };
        let rows = CutRow::of_record(index as u32, &flags.get(index)?);
        let mut flagged: Vec<RepeatedParagraph> = rows
            .iter()
            .map(|row| {
                let (span, documents, first) = row.flag();
                let first = self.id(first).to_owned();
                RepeatedParagraph {
                    span,
                    documents,
                    first,
                }
            })
            .collect();
        flagged.sort_by_key(|flag| flag.span);
        Ok(flagged)
    }

    /// How many blocks of a document are cut.
    pub(super) fn count_cuts(&self, index: usize) -> u64 {
        let words = self.cuts.as_ref().map_or(0, |cuts| cuts.len_of(index));
        (words / WORDS) as u64
    }

    /// Whether blocks of a document are cut.
    pub(super) fn has_cuts(&self, index: usize) -> bool {
        self.cuts
            .as_ref()
            .is_some_and(|cuts| cuts.len_of(index) > 0)
    }

    /// The blocks of a document, and which of them are cut.
    pub(super) fn cuts(&self, index: usize) -> io::Result<BlocksAndCuts> {
        let Some(cuts) = self.cuts.as_ref().filter(|_| self.has_cuts(index)) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let rows = CutRow::of_record(index as u32, &cuts.get(index)?);
        Ok((self.blocks(index)?, rows))
    }

    /// The blocks that are left of a document: bytes of the text that is left, place in the list
    /// of blocks, bytes of the decoded text.
    pub(super) fn left(&self, index: usize) -> io::Result<Vec<(Span, usize, Span)>> {
        let (_, rows) = self.cuts(index)?;
        let (mut left, mut at, mut last) = (Vec::new(), 0, None);
        for (place, block) in self.blocks(index)?.iter().enumerate() {
            if rows.iter().any(|row| row.block as usize == place) {
                continue;
            }
            at += last.map_or(0, |last| separator(last, block.kind).len());
            left.push((Span::new(at, at + block.text.len()), place, block.span));
            at += block.text.len();
            last = Some(block.kind);
        }
        Ok(left)
    }

    /// The documents of which the cuts leave nothing, by number.
    pub(super) fn emptied(&self) -> io::Result<FxHashSet<u64>> {
        let mut emptied = FxHashSet::default();
        for index in 0..self.documents.len() {
            if self.has_cuts(index) {
                let (blocks, rows) = self.cuts(index)?;
                if rows.len() == blocks.len() {
                    emptied.insert(self.documents[index].number);
                }
            }
        }
        Ok(emptied)
    }
}

/// Of an article's row the text.
#[derive(Deserialize)]
pub(super) struct OnlyText {
    pub text: String,
}

impl Texts for PartTexts<'_> {
    fn len(&self) -> usize {
        self.documents.len()
    }

    fn text(&self, index: usize) -> io::Result<Cow<'_, str>> {
        let row = self.parts.read(self.documents[index].article)?;
        let only: OnlyText = serde_json::from_str(&row)?;
        let (blocks, rows) = self.cuts(index)?;
        if rows.is_empty() {
            return Ok(Cow::Owned(only.text));
        }
        let is_cut = |at: usize| rows.iter().any(|row| row.block as usize == at);
        Ok(Cow::Owned(site::without(&only.text, &blocks, is_cut)))
    }

    fn host(&self, index: usize) -> Option<&str> {
        self.names.get(self.documents[index].host)
    }

    fn address(&self, index: usize) -> Option<u64> {
        Some(self.documents[index].address).filter(|&address| address != 0)
    }

    fn bytes(&self, index: usize) -> usize {
        self.documents[index].article.bytes()
    }

    fn priority(&self, index: usize) -> i64 {
        self.documents[index].priority
    }

    fn id(&self, index: usize) -> &str {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.documents[before].id_end as usize);
        &self.ids[start..self.documents[index].id_end as usize]
    }
}
