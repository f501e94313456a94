//! Output files that appear whole or not at all, with their size and hash.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::flush::Flusher;
use super::hash::Hasher;
use super::write::RowWriter;
use crate::error::{Error, ErrorKind, Result};

/// A file that is written beside its place and moved there when it is complete.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
    flusher: Flusher,
    hasher: Option<Hasher>,
    bytes: u64,
    rows: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Name of the file in the output folder.
    pub path: String,
    /// Its rows.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, lower-case hex; empty where nobody asks for it.
    pub sha256: String,
}

impl OutputFile {
    /// Starts a file in the folder `dir`, which is made if need be.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn create(dir: &Path, name: &str) -> Result<Self> {
        let path = dir.join(name);
        let fail = |error: io::Error| Error::io(dir.display(), &error);
        std::fs::create_dir_all(dir).map_err(fail)?;
        let prefix = format!(".{name}.");
        let file = tempfile::Builder::new().prefix(&prefix).tempfile_in(dir);
        Ok(Self {
            path,
            writer: BufWriter::with_capacity(1 << 18, file.map_err(fail)?),
            flusher: Flusher::default(),
            hasher: Some(Hasher::default()),
            bytes: 0,
            rows: 0,
        })
    }

    /// Starts the file `path`, in a folder that is made if need be.
    ///
    /// # Errors
    /// The folder cannot be made or written, or the path names no file.
    pub fn create_at(path: &Path) -> Result<Self> {
        let name = path.file_name().ok_or_else(|| {
            let remedy = "name a file to write";
            Error::new(ErrorKind::Usage, "is no file name", remedy).at(path.display())
        })?;
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        Self::create(dir.unwrap_or(Path::new(".")), &name.to_string_lossy())
    }

    /// Leaves out the hash.
    pub fn unhashed(mut self) -> Self {
        self.hasher = None;
        self
    }

    /// Adds bytes as they are; they count as no row.
    ///
    /// # Errors
    /// The disk is full or gone.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        self.bytes += bytes.len() as u64;
        let file = self.writer.get_ref().as_file();
        self.flusher
            .grown(file, self.bytes)
            .and_then(|()| self.writer.write_all(bytes))
            .map_err(|error| Error::io(self.path.display(), &error))
    }

    /// Adds one row and a line end.
    ///
    /// # Errors
    /// The disk is full or gone.
    pub fn row(&mut self, row: &[u8]) -> Result<()> {
        self.write(row)?;
        self.write(b"\n")?;
        self.rows += 1;
        Ok(())
    }

    /// Adds one row of JSON.
    ///
    /// # Errors
    /// The disk is full or gone.
    pub fn json(&mut self, row: &impl Serialize) -> Result<()> {
        let json = serde_json::to_vec(row)
            .map_err(|error| Error::io(self.path.display(), &io::Error::other(error)))?;
        self.row(&json)
    }

    /// The same file, whose bytes were written through [`Write`] and hold `rows` rows.
    #[must_use]
    pub fn of_rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    /// Completes the file: on disk, with its right name.
    ///
    /// # Errors
    /// The disk is full or gone, or the name cannot be taken.
    pub fn finish(mut self) -> Result<Written> {
        let path = self.path;
        let fail = |error: &io::Error| Error::io(path.display(), error);
        self.flusher.finish().map_err(|error| fail(&error))?;
        let file = self
            .writer
            .into_inner()
            .map_err(|error| fail(error.error()))?;
        set_readable(file.as_file()).map_err(|error| fail(&error))?;
        file.as_file().sync_all().map_err(|error| fail(&error))?;
        file.persist(&path).map_err(|error| fail(&error.error))?;
        let name = path.file_name().unwrap_or_default();
        Ok(Written {
            path: name.to_string_lossy().into_owned(),
            rows: self.rows,
            bytes: self.bytes,
            sha256: self.hasher.map(Hasher::finish).unwrap_or_default(),
        })
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.flusher
            .grown(self.writer.get_ref().as_file(), self.bytes)?;
        let written = self.writer.write(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&bytes[..written]);
        }
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl RowWriter for OutputFile {
    fn row(&mut self, json: &str) -> Result<()> {
        Self::row(self, json.as_bytes())
    }

    fn finish(self: Box<Self>) -> Result<Written> {
        Self::finish(*self)
    }
}

/// Temporary files are private; outputs are for everybody whom the folder lets in.
#[cfg(unix)]
pub(super) fn set_readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(super) fn set_readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_only_when_it_is_finished() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = OutputFile::create(dir.path(), "a.jsonl").unwrap();
        file.row(b"{}").unwrap();
        assert!(!dir.path().join("a.jsonl").exists());
        let written = file.finish().unwrap();
        assert_eq!((written.rows, written.bytes), (1, 3));
        assert_eq!(std::fs::read(dir.path().join("a.jsonl")).unwrap(), b"{}\n");
        drop(OutputFile::create(dir.path(), "b.jsonl").unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
