//! Cleaned documents between cleaning and deduplication: on disk, so that memory holds only what
//! deduplication needs.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::cleaner::Cleaned;
use crate::dedup::{Texts, host};
use crate::error::{Error, Result};
use crate::provenance::DuplicateOf;

/// A file without a name that holds, per document, the article's and the provenance's row.
pub(super) struct Spool {
    writer: Option<BufWriter<File>>,
    file: Mutex<File>,
    entries: Vec<Entry>,
    end: u64,
    row: String,
}

struct Entry {
    offset: u64,
    article: usize,
    provenance: usize,
    id: Box<str>,
    host: Option<Box<str>>,
    empty: bool,
}

impl Spool {
    pub(super) fn create(dir: &Path) -> Result<Self> {
        let fail = |error: io::Error| Error::io(dir.display(), &error);
        std::fs::create_dir_all(dir).map_err(fail)?;
        let file = tempfile::tempfile_in(dir).map_err(fail)?;
        Ok(Self {
            writer: Some(BufWriter::with_capacity(
                1 << 18,
                file.try_clone().map_err(fail)?,
            )),
            file: Mutex::new(file),
            entries: Vec::new(),
            end: 0,
            row: String::new(),
        })
    }

    pub(super) fn push(&mut self, cleaned: &Cleaned) -> Result<()> {
        let (article, provenance) = (&cleaned.article, &cleaned.provenance);
        let json = |error| spool_error(&io::Error::other::<serde_json::Error>(error));
        let rows = [
            serde_json::to_vec(article).map_err(json)?,
            serde_json::to_vec(provenance).map_err(json)?,
        ];
        let writer = self.writer.as_mut().ok_or_else(closed)?;
        for row in &rows {
            writer.write_all(row).map_err(|error| spool_error(&error))?;
        }
        self.entries.push(Entry {
            offset: self.end,
            article: rows[0].len(),
            provenance: rows[1].len(),
            id: article.id.as_str().into(),
            host: provenance
                .source
                .url
                .as_deref()
                .and_then(host)
                .map(Into::into),
            empty: article.text.is_empty(),
        });
        self.end += (rows[0].len() + rows[1].len()) as u64;
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty_text(&self, at: usize) -> bool {
        self.entries[at].empty
    }

    /// The two rows of a document.
    pub(super) fn rows(&mut self, at: usize) -> Result<(&str, &str)> {
        self.flush()?;
        let entry = &self.entries[at];
        let (article, all) = (entry.article, entry.article + entry.provenance);
        self.row = read_at(&self.file, entry.offset, all).map_err(|error| spool_error(&error))?;
        self.row
            .split_at_checked(article)
            .ok_or_else(|| spool_error(&io::ErrorKind::InvalidData.into()))
    }

    /// The documents that have text, as deduplication sees them.
    pub(super) fn texts(&mut self) -> Result<SpooledTexts<'_>> {
        self.flush()?;
        let with_text = (0..self.entries.len()).filter(|&at| !self.entries[at].empty);
        Ok(SpooledTexts {
            documents: with_text.collect(),
            spool: self,
        })
    }

    /// Ends writing: a full disk is told here, not as a short read later.
    fn flush(&mut self) -> Result<()> {
        match self.writer.take() {
            Some(mut writer) => writer.flush().map_err(|error| spool_error(&error)),
            None => Ok(()),
        }
    }
}

fn read_at(file: &Mutex<File>, offset: u64, len: usize) -> io::Result<String> {
    let mut bytes = vec![0; len];
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn spool_error(error: &io::Error) -> Error {
    Error::io("temporary file in the output folder", error)
}

fn closed() -> Error {
    spool_error(&io::ErrorKind::BrokenPipe.into())
}

/// The spooled documents that have text.
pub(super) struct SpooledTexts<'s> {
    spool: &'s Spool,
    documents: Vec<usize>,
}

impl SpooledTexts<'_> {
    /// The document behind an index of deduplication.
    pub(super) fn document(&self, index: usize) -> usize {
        self.documents[index]
    }

    fn entry(&self, index: usize) -> &Entry {
        &self.spool.entries[self.documents[index]]
    }
}

#[derive(Deserialize)]
struct OnlyText {
    text: String,
}

impl Texts for SpooledTexts<'_> {
    fn len(&self) -> usize {
        self.documents.len()
    }

    fn text(&self, index: usize) -> io::Result<Cow<'_, str>> {
        let entry = self.entry(index);
        let row = read_at(&self.spool.file, entry.offset, entry.article)?;
        let only: OnlyText = serde_json::from_str(&row)?;
        Ok(Cow::Owned(only.text))
    }

    fn host(&self, index: usize) -> Option<&str> {
        self.entry(index).host.as_deref()
    }

    fn id(&self, index: usize) -> &str {
        &self.entry(index).id
    }
}

/// Puts `duplicate_of` into a provenance row, before its decisions.
pub(super) fn insert_duplicate_of(row: &mut String, twin: &DuplicateOf) -> Result<()> {
    // `decisions` is a key only at the top level; in strings its quotes would be escaped.
    let at = row.find(",\"decisions\":[").unwrap_or(row.len() - 1);
    let json =
        serde_json::to_string(twin).map_err(|error| spool_error(&io::Error::other(error)))?;
    row.insert_str(at, &format!(",\"duplicate_of\":{json}"));
    Ok(())
}
