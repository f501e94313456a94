//! Decisions that need the whole corpus: they are made between the passes.
//!
//! [`observe`] runs in the first pass, once per document and on any thread; what it notes comes
//! back in order. [`decide`] sees all documents and says what happens to each one. The second
//! pass asks [`Decisions`], document by document.

use std::borrow::Cow;
use std::io;

use rayon::ThreadPool;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::parts::{Parts, Place};
use crate::cleaner::Cleaned;
use crate::dedup::{self, Texts};
use crate::error::{Error, Result};
use crate::provenance::DuplicateOf;

/// What decisions about the whole corpus need of a document beside its text. Nothing today.
pub(super) fn observe(_: &Cleaned) -> Vec<u8> {
    Vec::new()
}

/// What the corpus says about its documents, by their number in input order.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    twins: FxHashMap<u64, DuplicateOf>,
}

impl Decisions {
    /// The document that stays in place of this one.
    pub(super) fn twin(&self, document: u64) -> Option<&DuplicateOf> {
        self.twins.get(&document)
    }
}

/// Decides about all documents.
///
/// # Errors
/// A part cannot be read.
pub(super) fn decide(
    parts: &Parts,
    options: Option<&dedup::Options>,
    pool: &ThreadPool,
) -> Result<Decisions> {
    let Some(options) = options else {
        return Ok(Decisions::default());
    };
    let texts = PartTexts::new(parts)?;
    let removals = pool
        .install(|| dedup::deduplicate(&texts, options))
        .map_err(|error| Error::io("the state folder", &error))?;
    let mut twins = FxHashMap::default();
    for (at, removal) in removals.into_iter().enumerate() {
        let Some(removal) = removal else {
            continue;
        };
        let twin = DuplicateOf {
            id: texts.id(removal.twin).to_owned(),
            kind: removal.kind.name().into(),
            score: removal.score,
        };
        twins.insert(texts.documents[at].number, twin);
    }
    Ok(Decisions { twins })
}

/// The documents that have text, as deduplication sees them: texts on disk, names in memory.
struct PartTexts<'p> {
    parts: &'p Parts,
    documents: Vec<Document>,
    ids: String,
    hosts: Vec<Box<str>>,
}

struct Document {
    number: u64,
    place: Place,
    /// Where its id ends in `ids`; it begins where the one before ends.
    id_end: usize,
    /// Place in `hosts`, from 1; 0 is none.
    host: u32,
}

impl<'p> PartTexts<'p> {
    fn new(parts: &'p Parts) -> Result<Self> {
        let mut texts = Self {
            parts,
            documents: Vec::new(),
            ids: String::new(),
            hosts: Vec::new(),
        };
        let mut known: FxHashMap<Box<str>, u32> = FxHashMap::default();
        parts.each_document(|number, header, reader, part| {
            if header.empty {
                return Ok(());
            }
            texts.ids.push_str(&header.id);
            let host = match &header.host {
                None => 0,
                Some(host) => *known.entry(host.as_str().into()).or_insert_with(|| {
                    texts.hosts.push(host.as_str().into());
                    texts.hosts.len() as u32
                }),
            };
            texts.documents.push(Document {
                number,
                place: Parts::place(part, header, reader),
                id_end: texts.ids.len(),
                host,
            });
            Ok(())
        })?;
        Ok(texts)
    }
}

#[derive(Deserialize)]
struct OnlyText {
    text: String,
}

impl Texts for PartTexts<'_> {
    fn len(&self) -> usize {
        self.documents.len()
    }

    fn text(&self, index: usize) -> io::Result<Cow<'_, str>> {
        let row = self.parts.article(self.documents[index].place)?;
        let only: OnlyText = serde_json::from_str(&row)?;
        Ok(Cow::Owned(only.text))
    }

    fn host(&self, index: usize) -> Option<&str> {
        let at = (self.documents[index].host as usize).checked_sub(1)?;
        Some(&self.hosts[at])
    }

    fn id(&self, index: usize) -> &str {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.documents[before].id_end);
        &self.ids[start..self.documents[index].id_end]
    }
}
