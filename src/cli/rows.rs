//! Rows of `lavoir dedup`: JSON lines or Parquet, in and out.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::dedup::jsonl::Source;
use crate::error::Result;
use crate::io::compression;
#[cfg(feature = "parquet")]
use crate::io::json_rows::{self, ParquetRows};
use crate::io::output::OutputFile;
use crate::io::write::Packed;

/// The rows of a file as JSON lines.
pub(super) fn open(path: &Path) -> io::Result<Source> {
    #[cfg(feature = "parquet")]
    if json_rows::is_parquet(path) {
        let opened = json_rows::open(path);
        let opened = opened.map_err(|error| io::Error::other(error.to_string()))?;
        return Ok(Source::Stream(opened.1));
    }
    if let Some(file) = compression::open_plain(path)? {
        return Ok(Source::Plain(file));
    }
    compression::open(path).map(Source::Stream)
}

/// The rows that stay.
pub(super) enum Kept {
    Lines(OutputFile),
    Packed(Box<Packed>),
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetRows>),
}

impl Kept {
    /// Begins `out`: a Parquet file if its name ends so, else JSON lines, packed if it ends in
    /// `.gz` or `.zst`. A Parquet file has the
    /// columns of the `inputs` where they are Parquet all of them, else those that `rows` have, and
    /// `lists` of strings.
    pub(super) fn create(
        out: &Path,
        inputs: &[PathBuf],
        lists: &[&str],
        rows: impl Iterator<Item = io::Result<Vec<u8>>>,
    ) -> Result<Self> {
        let ending = out.extension().and_then(OsStr::to_str);
        if ending == Some("parquet") {
            return Self::parquet(out, inputs, lists, rows);
        }
        let file = OutputFile::create_at(out)?.unhashed();
        let name = out.to_string_lossy();
        Ok(match ending {
            Some("gz") => Self::Packed(Box::new(Packed::gzip(file, &name))),
            Some("zst") => Self::Packed(Box::new(Packed::zstd(file, &name)?)),
            _ => Self::Lines(file),
        })
    }

    #[cfg(feature = "parquet")]
    fn parquet(
        out: &Path,
        inputs: &[PathBuf],
        lists: &[&str],
        rows: impl Iterator<Item = io::Result<Vec<u8>>>,
    ) -> Result<Self> {
        let schemas = if inputs.iter().all(|path| json_rows::is_parquet(path)) {
            let schema = |path: &PathBuf| json_rows::open(path).map(|opened| opened.0);
            inputs.iter().map(schema).collect::<Result<Vec<_>>>()?
        } else {
            let parsed = rows.map(|row| Ok(serde_json::from_slice(&row?)?));
            vec![json_rows::schema_of(parsed)?]
        };
        let schema = json_rows::joined(&schemas, lists)?;
        let file = ParquetRows::create(out, &schema)?;
        Ok(Self::Parquet(Box::new(file)))
    }

    #[cfg(not(feature = "parquet"))]
    fn parquet(
        out: &Path,
        _: &[PathBuf],
        _: &[&str],
        _: impl Iterator<Item = io::Result<Vec<u8>>>,
    ) -> Result<Self> {
        Err(crate::io::no_parquet().at(out.display()))
    }

    /// Adds a row.
    pub(super) fn row(&mut self, json: &[u8]) -> Result<()> {
        match self {
            Self::Lines(file) => file.row(json),
            Self::Packed(file) => file.line(json),
            #[cfg(feature = "parquet")]
            Self::Parquet(file) => file.row(json),
        }
    }

    /// The file with all rows, which is yet to take its name.
    pub(super) fn finish(self) -> Result<OutputFile> {
        match self {
            Self::Lines(file) => Ok(file),
            Self::Packed(file) => file.close(),
            #[cfg(feature = "parquet")]
            Self::Parquet(file) => file.finish(),
        }
    }
}
