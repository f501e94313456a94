//! A part between the two passes: one file that appears when it is complete.
//!
//! The file is a row of entries in input order: a header (one line of JSON), then for a document
//! its sections, for a record that could not be read its error row, then a line end. Behind the
//! last entry stand a [`Summary`] (one line of JSON) and the length of that line in sixteen hex
//! digits, so that it can be found from the end.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::Xxh3Default;

use super::state::sync_dir;
use crate::cleaner::Cleaned;
use crate::dedup::host;
use crate::error::{Error, Result};

/// Digits and line end behind the summary.
const FOOTER: usize = 17;

/// What stands before a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// Its id.
    pub id: String,
    /// Host of its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Whether no text is left of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// Bytes of its sections: the article's row, the provenance row, and what decisions about the
    /// whole corpus need beside the text ([`super::decide::observe`]).
    pub sections: [usize; 3],
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Document(Header),
    Error(usize),
}

/// What stands at the end of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Summary {
    /// Number of the part in the plan.
    pub part: usize,
    /// Documents in the part.
    pub documents: u64,
    /// Records that could not be read.
    pub errors: u64,
    /// Bytes of the entries, and their xxh3 hash.
    pub bytes: u64,
    /// See `bytes`.
    pub hash: u64,
    /// Inputs that begin in this part: place in the plan, size and SHA-256 as read.
    pub inputs: Vec<(usize, u64, String)>,
}

impl Summary {
    /// Records of the part, those among them that could not be read.
    pub(super) fn records(&self) -> u64 {
        self.documents + self.errors
    }
}

/// Entries on their way into a part, made on any thread.
#[derive(Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    documents: u64,
    errors: u64,
}

impl Chunk {
    /// Adds what became of a record.
    ///
    /// # Errors
    /// Only if a row cannot be written as JSON.
    pub(super) fn push(&mut self, result: &Result<Cleaned>) -> Result<()> {
        match result {
            Ok(cleaned) => {
                let rows = [
                    json(&cleaned.article)?,
                    json(&cleaned.provenance)?,
                    super::decide::observe(cleaned),
                ];
                let url = cleaned.provenance.source.url.as_deref();
                let header = Header {
                    id: cleaned.article.id.clone(),
                    host: url.and_then(host),
                    empty: cleaned.article.text.is_empty(),
                    sections: [rows[0].len(), rows[1].len(), rows[2].len()],
                };
                self.document(header, [&rows[0], &rows[1], &rows[2]])
            }
            Err(error) => self.error(&json(error)?),
        }
    }

    /// Adds a document with its rows as they are.
    pub(super) fn document(&mut self, header: Header, sections: [&[u8]; 3]) -> Result<()> {
        self.documents += 1;
        self.line(&Line::Document(header))?;
        for section in sections {
            self.bytes.extend_from_slice(section);
        }
        self.bytes.push(b'\n');
        Ok(())
    }

    /// Adds an error row as it is.
    pub(super) fn error(&mut self, row: &[u8]) -> Result<()> {
        self.errors += 1;
        self.line(&Line::Error(row.len()))?;
        self.bytes.extend_from_slice(row);
        self.bytes.push(b'\n');
        Ok(())
    }

    fn line(&mut self, line: &Line) -> Result<()> {
        self.bytes.extend(json(line)?);
        self.bytes.push(b'\n');
        Ok(())
    }

    /// Bytes of the entries.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Records, and how many of them could not be read.
    pub(super) fn records(&self) -> (u64, u64) {
        (self.documents + self.errors, self.errors)
    }
}

fn json(row: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(row).map_err(|error| Error::io("a row", &io::Error::other(error)))
}

/// Name of the file of a part.
pub(super) fn file_name(part: usize) -> String {
    format!("part-{part:06}")
}

/// A part that is being written.
pub(super) struct PartWriter {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
    hasher: Xxh3Default,
    summary: Summary,
}

impl PartWriter {
    pub(super) fn create(dir: &Path, part: usize) -> Result<Self> {
        let file = tempfile::Builder::new().prefix(".part-").tempfile_in(dir);
        let file = file.map_err(|error| Error::io(dir.display(), &error))?;
        Ok(Self {
            path: dir.join(file_name(part)),
            writer: BufWriter::with_capacity(1 << 18, file),
            hasher: Xxh3Default::new(),
            summary: Summary {
                part,
                ..Summary::default()
            },
        })
    }

    pub(super) fn push(&mut self, chunk: &Chunk) -> Result<()> {
        self.hasher.update(&chunk.bytes);
        self.summary.bytes += chunk.bytes.len() as u64;
        self.summary.documents += chunk.documents;
        self.summary.errors += chunk.errors;
        let written = self.writer.write_all(&chunk.bytes);
        written.map_err(|error| Error::io(self.path.display(), &error))
    }

    /// Notes an input that begins in this part.
    pub(super) fn input(&mut self, input: usize, bytes: u64, sha256: String) {
        self.summary.inputs.push((input, bytes, sha256));
    }

    /// Completes the part: on disk, with its right name.
    pub(super) fn finish(mut self) -> Result<Summary> {
        self.summary.hash = self.hasher.digest();
        let line = json(&self.summary)?;
        let path = self.path;
        let fail = |error: &io::Error| Error::io(path.display(), error);
        let mut writer = self.writer;
        writer
            .write_all(&line)
            .and_then(|()| writeln!(writer, "{:016x}", line.len()))
            .map_err(|error| fail(&error))?;
        let file = writer.into_inner().map_err(|error| fail(error.error()))?;
        file.as_file().sync_all().map_err(|error| fail(&error))?;
        file.persist(&path).map_err(|error| fail(&error.error))?;
        sync_dir(path.parent().unwrap_or(Path::new(".")));
        Ok(self.summary)
    }
}

/// Reads the summary of a complete part.
pub(super) fn summary(path: &Path) -> io::Result<Summary> {
    let mut file = File::open(path)?;
    let mut footer = [0; FOOTER];
    file.seek(SeekFrom::End(-(FOOTER as i64)))?;
    file.read_exact(&mut footer)?;
    let digits = std::str::from_utf8(&footer[..16]).map_err(damaged)?;
    let len = u64::from_str_radix(digits, 16).map_err(damaged)?;
    let back = i64::try_from(len + FOOTER as u64).map_err(damaged)?;
    file.seek(SeekFrom::End(-back))?;
    let mut line = vec![0; usize::try_from(len).map_err(damaged)?];
    file.read_exact(&mut line)?;
    serde_json::from_slice(&line).map_err(damaged)
}

/// The summary of a part whose entries are as they were written.
///
/// # Errors
/// The part is not there, or was changed or cut.
pub(super) fn checked_summary(path: &Path) -> io::Result<Summary> {
    let summary = summary(path)?;
    let mut hasher = Xxh3Default::new();
    let mut entries = File::open(path)?.take(summary.bytes);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match entries.read(&mut buffer)? {
            0 => break,
            read => hasher.update(&buffer[..read]),
        }
    }
    if entries.limit() > 0 || hasher.digest() != summary.hash {
        return Err(damaged("its hash is another one"));
    }
    Ok(summary)
}

fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

/// One entry of a part.
#[derive(Debug)]
pub(super) enum Entry {
    /// A document.
    Document(Header),
    /// The row of a record that could not be read, as JSON.
    Error(Vec<u8>),
}

/// Reads the entries of a part in order.
#[derive(Debug)]
pub(super) struct PartReader {
    path: PathBuf,
    reader: BufReader<File>,
    /// Where the reader stands, where the next entry begins, and where the entries end.
    at: u64,
    next: u64,
    end: u64,
    /// Where each section of the document at hand begins.
    sections: [u64; 3],
    line: Vec<u8>,
}

impl PartReader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let fail = |error: io::Error| Error::io(path.display(), &error);
        let end = summary(path).map_err(fail)?.bytes;
        Ok(Self {
            path: path.to_path_buf(),
            reader: BufReader::with_capacity(1 << 18, File::open(path).map_err(fail)?),
            at: 0,
            next: 0,
            end,
            sections: [0; 3],
            line: Vec::new(),
        })
    }

    /// The next entry; sections that were not asked for are passed over.
    pub(super) fn next(&mut self) -> Result<Option<Entry>> {
        self.read_entry()
            .map_err(|error| Error::io(self.path.display(), &error))
    }

    fn read_entry(&mut self) -> io::Result<Option<Entry>> {
        if self.next >= self.end {
            return Ok(None);
        }
        self.go_to(self.next)?;
        self.line.clear();
        self.at += self.reader.read_until(b'\n', &mut self.line)? as u64;
        match serde_json::from_slice(&self.line)? {
            Line::Document(header) => {
                let [article, provenance, observed] = header.sections.map(|len| len as u64);
                self.sections = [self.at, self.at + article, self.at + article + provenance];
                self.next = self.sections[2] + observed + 1;
                Ok(Some(Entry::Document(header)))
            }
            Line::Error(len) => {
                let mut row = vec![0; len];
                self.reader.read_exact(&mut row)?;
                self.at += len as u64;
                self.next = self.at + 1;
                Ok(Some(Entry::Error(row)))
            }
        }
    }

    fn go_to(&mut self, to: u64) -> io::Result<()> {
        self.reader.seek_relative(to as i64 - self.at as i64)?;
        self.at = to;
        Ok(())
    }

    /// Where a section of the document at hand begins in the file.
    pub(super) fn offset(&self, section: Section) -> u64 {
        self.sections[section as usize]
    }

    /// Reads a section of the document at hand.
    pub(super) fn section(&mut self, header: &Header, which: Section) -> Result<String> {
        let mut bytes = vec![0; header.sections[which as usize]];
        let read = self
            .go_to(self.sections[which as usize])
            .and_then(|()| self.reader.read_exact(&mut bytes))
            .and_then(|()| String::from_utf8(bytes).map_err(damaged));
        let text = read.map_err(|error| Error::io(self.path.display(), &error))?;
        self.at += text.len() as u64;
        Ok(text)
    }
}

/// The sections of a document in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// The article's row.
    Article = 0,
    /// The provenance row.
    Provenance = 1,
    /// What [`super::decide::observe`] noted.
    Observed = 2,
}
