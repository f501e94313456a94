//! A persistent index of the documents that were kept: today's crawl is compared with everything
//! before, without reading it again.
//!
//! The index is one `redb` file. Adding a crawl is one transaction: it is there as a whole or not
//! at all, whatever ends the process. For each document it holds the id, the hash of its normal
//! form, a hash of its address and the compared part of its text (normal form, zstd); its
//! shingles stand in sorted segments, one per crawl, in blocks that are read from front to back, and so
//! do the lines of hosts, counted: what earlier crawls saw of a host tells what it repeats today.
//! [`Index::compact`] joins the segments and gives free space back.

mod check;
mod earlier;
mod lines;
mod record;
mod segments;

use std::io;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition};
use serde::Serialize;

use crate::dedup::Addition;
use crate::error::{Error, ErrorKind, Result};
use lines::LineCounts;
use record::record;

/// The version that is written and read.
const VERSION: u32 = 2;
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// Records of documents by number.
const DOCUMENTS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("documents");
const IDS: TableDefinition<'_, &str, u32> = TableDefinition::new("ids");
const DIGESTS: TableDefinition<'_, u128, u32> = TableDefinition::new("digests");
const ADDRESSES: TableDefinition<'_, u64, u32> = TableDefinition::new("addresses");
/// Blocks of postings by segment and first shingle.
const POSTINGS: TableDefinition<'_, (u32, u64, u32), &[u8]> = TableDefinition::new("postings");

/// Blocks of lines of hosts, in the same way: key, and how many pages and speaking pages have it.
const LINES: TableDefinition<'_, (u32, u64, u32), &[u8]> = TableDefinition::new("lines");

/// Ids of documents that went as near-duplicates, whose lines are counted.
const GONE: TableDefinition<'_, &str, ()> = TableDefinition::new("gone");

/// How hard texts and postings are compressed.
const LEVEL: i32 = 3;

/// An index that is open; no other process can have it.
#[derive(Debug)]
pub struct Index {
    path: PathBuf,
    db: Database,
}

/// What an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Info {
    /// Version of its form.
    pub version: u32,
    /// Documents.
    pub documents: u64,
    /// Shingles of documents.
    pub postings: u64,
    /// Segments that the shingles lie in: one per crawl since it was compacted.
    pub segments: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl Index {
    /// Opens an index; makes a new one where there is none, which appears whole.
    ///
    /// # Errors
    /// The file cannot be opened, is in use, is no index, or is of another version.
    pub fn open_or_create(path: &Path) -> Result<Self> {
        if !path.exists() {
            let io = |error: io::Error| Error::io(path.display(), &error);
            let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
            let file = tempfile::NamedTempFile::new_in(dir.unwrap_or(Path::new(".")));
            let file = file.map_err(io)?.into_temp_path();
            Self::create(&file)?;
            file.persist(path).map_err(|error| io(error.error))?;
        }
        Self::open(path)
    }

    /// Makes an index of an empty file.
    fn create(path: &Path) -> Result<()> {
        let index = Self {
            path: path.to_path_buf(),
            db: Database::create(path).map_err(|error| fail(path, error))?,
        };
        index.write(|write| {
            let mut meta = write.open_table(META)?;
            meta.insert("version", u64::from(VERSION))?;
            write.open_table(DOCUMENTS)?;
            write.open_table(IDS)?;
            write.open_table(DIGESTS)?;
            write.open_table(ADDRESSES)?;
            write.open_table(POSTINGS)?;
            write.open_table(LINES)?;
            write.open_table(GONE)?;
            Ok(())
        })
    }

    /// Opens an index.
    ///
    /// # Errors
    /// There is none, it is in use, or it is of another version.
    pub fn open(path: &Path) -> Result<Self> {
        let db = Database::open(path).map_err(|error| fail(path, error))?;
        let index = Self {
            path: path.to_path_buf(),
            db,
        };
        index.of_this_version()
    }

    fn of_this_version(self) -> Result<Self> {
        let version = self
            .meta("version")
            .map_err(|error| fail(&self.path, error))?;
        if version == u64::from(VERSION) {
            return Ok(self);
        }
        let cause = format!("is of version {version}, not {VERSION}");
        let remedy = "use the version of lavoir that wrote it, or begin a new index";
        Err(Error::new(ErrorKind::Usage, cause, remedy).at(self.path.display()))
    }

    fn meta(&self, name: &str) -> std::result::Result<u64, redb::Error> {
        let table = self.db.begin_read()?.open_table(META)?;
        Ok(table.get(name)?.map_or(0, |value| value.value()))
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&redb::WriteTransaction) -> std::result::Result<T, redb::Error>,
    ) -> Result<T> {
        let run = || {
            let write = self.db.begin_write()?;
            let done = change(&write)?;
            write.commit()?;
            Ok(done)
        };
        run().map_err(|error: redb::Error| fail(&self.path, error))
    }

    /// Adds documents in one transaction; those whose id is known already are left out. Returns how
    /// many were added.
    ///
    /// # Errors
    /// The file cannot be written; the index is then as it was.
    pub fn add(&self, additions: impl IntoIterator<Item = io::Result<Addition>>) -> Result<u64> {
        self.write(|write| {
            let mut documents = write.open_table(DOCUMENTS)?;
            let mut ids = write.open_table(IDS)?;
            let mut digests = write.open_table(DIGESTS)?;
            let mut addresses = write.open_table(ADDRESSES)?;
            let mut gone = write.open_table(GONE)?;
            let first = documents.len()? as u32;
            let mut next = first;
            let mut postings = Vec::new();
            let mut lines = LineCounts::default();
            for addition in additions {
                let addition = addition?;
                if ids.get(&*addition.id)?.is_some() {
                    continue;
                }
                let is_counted = gone.get(&*addition.id)?.is_some();
                if !addition.stays {
                    if !is_counted {
                        gone.insert(&*addition.id, ())?;
                        lines.add(&addition);
                    }
                    continue;
                }
                documents.insert(next, &*record(&addition)?)?;
                ids.insert(&*addition.id, next)?;
                if digests.get(addition.digest)?.is_none() {
                    digests.insert(addition.digest, next)?;
                }
                if let Some(address) = addition.address
                    && addresses.get(address)?.is_none()
                {
                    addresses.insert(address, next)?;
                }
                postings.extend(addition.shingles.iter().map(|&shingle| (shingle, next)));
                if !is_counted {
                    lines.add(&addition);
                }
                next += 1;
            }
            if next > first || !lines.is_empty() {
                postings.sort_unstable();
                let mut meta = write.open_table(META)?;
                let count = |name: &str, meta: &redb::Table<'_, &str, u64>| {
                    Ok::<u64, redb::Error>(meta.get(name)?.map_or(0, |value| value.value()))
                };
                let number = count("next_segment", &meta)?;
                let rows = count("postings", &meta)? + postings.len() as u64;
                let segments = count("segments", &meta)? + u64::from(next > first);
                meta.insert("next_segment", number + 1)?;
                meta.insert("postings", rows)?;
                meta.insert("segments", segments)?;
                let mut table = write.open_table(POSTINGS)?;
                segments::write(&mut table, number as u32, postings.into_iter().map(Ok))?;
                let mut table = write.open_table(LINES)?;
                segments::write(&mut table, number as u32, lines.rows().map(Ok))?;
            }
            Ok(u64::from(next - first))
        })
    }

    /// What the index holds.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn info(&self) -> Result<Info> {
        let read = || {
            let documents = self.db.begin_read()?.open_table(DOCUMENTS)?.len()?;
            Ok(Info {
                version: self.meta("version")? as u32,
                documents,
                postings: self.meta("postings")?,
                segments: self.meta("segments")?,
                bytes: std::fs::metadata(&self.path)?.len(),
            })
        };
        read().map_err(|error: redb::Error| fail(&self.path, error))
    }

    /// Joins all segments into one, and gives free space back to the file system.
    ///
    /// # Errors
    /// The file cannot be written; it is then as it was.
    pub fn compact(&mut self) -> Result<()> {
        self.write(|write| {
            let mut meta = write.open_table(META)?;
            let number = meta.get("next_segment")?.map_or(0, |value| value.value()) as u32;
            let mut table = write.open_table(POSTINGS)?;
            segments::join(&mut table, number)?;
            meta.insert("next_segment", u64::from(number) + 1)?;
            segments::join(&mut write.open_table(LINES)?, number)?;
            let has_rows = table.len()? > 0;
            meta.insert("segments", u64::from(has_rows))?;
            Ok(())
        })?;
        self.db.compact().map_err(|error| fail(&self.path, error))?;
        Ok(())
    }

    fn read<T>(
        &self,
        look: impl FnOnce(&redb::ReadTransaction) -> std::result::Result<T, redb::Error>,
    ) -> io::Result<T> {
        let run = || look(&self.db.begin_read()?);
        run().map_err(|error: redb::Error| {
            io::Error::other(format!("{}: {error}", self.path.display()))
        })
    }
}

fn fail(path: &Path, error: impl Into<redb::Error>) -> Error {
    let error = error.into();
    let remedy = match &error {
        redb::Error::DatabaseAlreadyOpen => "wait for the run that has it open",
        redb::Error::Corrupted(_) | redb::Error::UpgradeRequired(_) => {
            "restore a copy of the index, or begin a new one"
        }
        _ => "check the path, and that the disk has room",
    };
    Error::new(ErrorKind::Io, error, remedy).at(path.display())
}

#[cfg(test)]
mod tests;
