//! Rows out: one format per file. Each file appears whole, with its rows, bytes and SHA-256.

mod back;
mod jsonl;
mod rows;
#[cfg(feature = "parquet")]
mod schema;
pub mod spans;
#[cfg(feature = "parquet")]
mod tables;
mod tree;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use back::{RowsBack, folder_of, rows_of};
pub(crate) use jsonl::Packed;
#[cfg(feature = "parquet")]
pub(super) use tables::properties as parquet_properties;

use super::output::{OutputFile, Written};
use crate::error::Result;

/// Takes in rows as JSON objects and writes one file (or folder) of them.
pub trait RowWriter: Send {
    /// Adds one row, a JSON object without a line end.
    ///
    /// # Errors
    /// The disk is full or gone, or the row does not fit the file.
    fn row(&mut self, json: &str) -> Result<()>;

    /// Completes the file: on disk, with its right name.
    ///
    /// # Errors
    /// The disk is full or gone, or the name cannot be taken.
    fn finish(self: Box<Self>) -> Result<Written>;
}

/// The formats of the outputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Target {
    /// One JSON object per line.
    #[default]
    #[serde(rename = "jsonl")]
    Jsonl,
    /// JSON lines in gzip.
    #[serde(rename = "jsonl.gz")]
    JsonlGz,
    /// JSON lines in zstd.
    #[serde(rename = "jsonl.zst")]
    JsonlZst,
    /// Parquet, in zstd.
    #[serde(rename = "parquet")]
    Parquet,
    /// Arrow IPC file.
    #[serde(rename = "arrow")]
    Arrow,
    /// A folder of texts, one per article.
    #[serde(rename = "txt")]
    Txt,
    /// A folder of Markdown files, one per article.
    #[serde(rename = "md")]
    Md,
}

/// What the rows are: tables have columns for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// Articles ([`crate::Article`]).
    Articles,
    /// Provenance records ([`crate::Provenance`]).
    Provenance,
    /// Attributes of spans ([`spans::Attributes`]); always JSON lines.
    Attributes,
    /// Removed texts ([`spans::Removed`]); always JSON lines.
    Removed,
    /// What decisions about the whole corpus need of a shard's documents; always JSON lines.
    Notes,
    /// What rows about spans need of a shard's documents ([`spans::Measured`]); always JSON lines.
    Spans,
}

impl RowKind {
    /// The first part of the names of its files.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Articles => "articles",
            Self::Provenance => "provenance",
            Self::Attributes => "attributes",
            Self::Removed => "removed",
            Self::Notes => "notes",
            Self::Spans => "spans",
        }
    }
}

impl Target {
    /// All formats.
    pub const ALL: [Self; 7] = [
        Self::Jsonl,
        Self::JsonlGz,
        Self::JsonlZst,
        Self::Parquet,
        Self::Arrow,
        Self::Txt,
        Self::Md,
    ];

    /// Its name, also the ending of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::JsonlGz => "jsonl.gz",
            Self::JsonlZst => "jsonl.zst",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Txt => "txt",
            Self::Md => "md",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The format that rows of this kind get: what is not an article is never a folder of texts.
    pub fn for_rows(self, rows: RowKind) -> Self {
        match (self, rows) {
            (target, RowKind::Articles)
            | (target @ (Self::Jsonl | Self::JsonlGz | Self::JsonlZst), _)
            | (target @ (Self::Parquet | Self::Arrow), RowKind::Provenance) => target,
            _ => Self::Jsonl,
        }
    }

    /// Name of the file for rows of this kind. A folder of texts is told by its index.
    pub fn file_name(self, stem: &str, rows: RowKind) -> String {
        match self.for_rows(rows) {
            Self::Txt | Self::Md => format!("{stem}.index.jsonl"),
            target => format!("{stem}.{}", target.name()),
        }
    }

    /// Starts a file in the folder `dir`, which is made if need be.
    ///
    /// # Errors
    /// The folder cannot be made or written, or this build does not know the format.
    pub fn create(self, dir: &Path, stem: &str, rows: RowKind) -> Result<Box<dyn RowWriter>> {
        let target = self.for_rows(rows);
        let name = target.file_name(stem, rows);
        let file = || OutputFile::create(dir, &name);
        Ok(match target {
            Self::Jsonl => Box::new(file()?),
            Self::JsonlGz => Box::new(Packed::gzip(file()?, &name)),
            Self::JsonlZst => Box::new(Packed::zstd(file()?, &name)?),
            #[cfg(feature = "parquet")]
            Self::Parquet => Box::new(tables::Tables::parquet(dir, &name, rows)?),
            #[cfg(feature = "parquet")]
            Self::Arrow => Box::new(tables::Tables::arrow(dir, &name, rows)?),
            #[cfg(not(feature = "parquet"))]
            Self::Parquet | Self::Arrow => return Err(super::no_parquet()),
            Self::Txt | Self::Md => Box::new(tree::Tree::create(dir, stem, target.name())?),
        })
    }
}

#[cfg(test)]
mod tests;
