//! The rows of an output, read back as they were given.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use super::rows::IndexRow;
use super::{RowKind, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::io::compression;

/// Rows as JSON objects.
pub type RowsBack = Box<dyn Iterator<Item = Result<String>>>;

impl Target {
    /// Reads back the rows of the file that [`create`](Self::create) made of `dir` and `stem`.
    ///
    /// # Errors
    /// See [`rows_of`].
    pub fn read_back(self, dir: &Path, stem: &str, rows: RowKind) -> Result<RowsBack> {
        rows_of(&dir.join(self.file_name(stem, rows)), rows)
    }
}

/// Reads back the rows of an output, whose format its name tells. They are spelled as they were
/// when they were written.
///
/// # Errors
/// The file cannot be opened. A row that cannot be read is an error in its place.
pub fn rows_of(path: &Path, rows: RowKind) -> Result<RowsBack> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match (folder_of(&name), Path::new(&*name).extension()) {
        (Some(stem), _) => tree(lines(path)?, path.with_file_name(stem)),
        #[cfg(feature = "parquet")]
        (None, Some(ending)) if ending == "parquet" => {
            super::tables::read_back(path, Target::Parquet, rows)
        }
        #[cfg(feature = "parquet")]
        (None, Some(ending)) if ending == "arrow" => {
            super::tables::read_back(path, Target::Arrow, rows)
        }
        _ => {
            let _ = rows;
            lines(path)
        }
    }
}

/// The folder that belongs to an output of this name: the texts of an index.
pub fn folder_of(name: &str) -> Option<&str> {
    name.strip_suffix(".index.jsonl")
}

fn lines(path: &Path) -> Result<RowsBack> {
    let place = path.display().to_string();
    let reader = compression::open(path).map_err(|error| Error::io(&place, &error))?;
    let lines = reader.lines();
    Ok(Box::new(lines.map(move |line| {
        line.map_err(|error| Error::io(&place, &error))
    })))
}

/// Puts the texts of a folder back into the rows of its index.
fn tree(index: RowsBack, folder: PathBuf) -> Result<RowsBack> {
    let row = move |line: Result<String>| -> Result<String> {
        let line = line?;
        let damaged = |error: serde_json::Error| {
            let remedy = "the index was changed or cut: run `lavoir clean` again";
            Error::new(ErrorKind::Verify, error, remedy).at(folder.display())
        };
        let row: IndexRow<'_> = serde_json::from_str(&line).map_err(damaged)?;
        let path = folder.join(&*row.file);
        let fail = |error: std::io::Error| Error::io(path.display(), &error);
        let text = std::fs::read_to_string(&path).map_err(fail)?;
        serde_json::to_string(&row.with_text(text)).map_err(damaged)
    };
    Ok(Box::new(index.map(row)))
}
