//! Texts that another document of the data set says as well.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use super::document::Seen;
use super::{Finding, Kind};
use crate::dedup::{self, Texts};
use crate::error::{Error, Result};

/// Texts on their way to deduplication, on disk.
#[derive(Debug)]
pub(super) struct Copies {
    writer: BufWriter<File>,
    end: u64,
    documents: Vec<Document>,
}

#[derive(Debug)]
struct Document {
    offset: u64,
    len: usize,
    host: Option<String>,
    place: Finding,
}

impl Copies {
    pub(super) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| failed(&error))?;
        Ok(Self {
            writer: BufWriter::with_capacity(1 << 18, file),
            end: 0,
            documents: Vec::new(),
        })
    }

    pub(super) fn add(&mut self, seen: &Seen) -> Result<()> {
        let text = seen.text.as_bytes();
        self.writer
            .write_all(text)
            .map_err(|error| failed(&error))?;
        self.documents.push(Document {
            offset: self.end,
            len: text.len(),
            host: seen.host.clone(),
            place: seen.finding(Kind::Duplicate, "", String::new()),
        });
        self.end += text.len() as u64;
        Ok(())
    }

    /// One finding for each document that would go.
    pub(super) fn findings(self, options: &dedup::Options) -> Result<Vec<Finding>> {
        let file = self
            .writer
            .into_inner()
            .map_err(|error| failed(error.error()))?;
        let stored = Stored {
            file: Mutex::new(file),
            documents: self.documents,
        };
        let removals = dedup::deduplicate(&stored, options).map_err(|error| failed(&error))?;
        let found = removals.iter().enumerate().filter_map(|(at, removal)| {
            let removal = removal.as_ref()?;
            let twin = &stored.documents[removal.twin].place.document;
            let kind = removal.kind.name();
            let score = removal.score;
            Some(Finding {
                rule: format!("dedup/{kind}"),
                message: match removal.kind {
                    dedup::DuplicateKind::Exact => format!("says the same as {twin}"),
                    dedup::DuplicateKind::Near => {
                        format!("says what {twin} says (score {score} of 1000)")
                    }
                },
                ..stored.documents[at].place.clone()
            })
        });
        Ok(found.collect())
    }
}

fn failed(error: &io::Error) -> Error {
    Error::io("temporary file", error)
}

struct Stored {
    file: Mutex<File>,
    documents: Vec<Document>,
}

impl Texts for Stored {
    fn len(&self) -> usize {
        self.documents.len()
    }

    fn text(&self, index: usize) -> io::Result<Cow<'_, str>> {
        let document = &self.documents[index];
        let mut bytes = vec![0; document.len];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(document.offset))?;
        file.read_exact(&mut bytes)?;
        String::from_utf8(bytes)
            .map(Cow::Owned)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn host(&self, index: usize) -> Option<&str> {
        self.documents[index].host.as_deref()
    }

    fn id(&self, index: usize) -> &str {
        &self.documents[index].place.document
    }
}
