//! Where rows stand while they are compared: in the file that they came from, or in a copy.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;

use crate::spill::read_at;

/// A stream of rows.
pub enum Source {
    /// It can be read once: rows are copied to a temporary file.
    Stream(Box<dyn BufRead>),
    /// Rows as they stand in a file, which can be read again. It must not change meanwhile.
    Plain(File),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stream(_) => "Stream",
            Self::Plain(_) => "Plain",
        })
    }
}

impl Source {
    pub(super) fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Stream(stream) => stream,
            Self::Plain(file) => file,
        }
    }
}

/// A smaller file is copied: an open file is worth more.
const SMALL: u64 = 1 << 20;
/// Files that are kept open at most.
const OPEN: usize = 200;

/// Rows that came one behind the other from one place.
#[derive(Debug)]
struct Part {
    /// The address of its first byte.
    from: u64,
    /// The file it came from; none where it was copied.
    file: Option<Kept>,
    /// Where in the file that byte stands.
    start: u64,
}

/// A file that is read again.
#[derive(Debug)]
struct Kept {
    name: String,
    file: File,
    /// What was known of it when it was opened.
    meta: Metadata,
}

/// All rows, by address.
#[derive(Debug)]
pub(super) struct Store {
    parts: Vec<Part>,
    /// The address behind the last byte.
    end: u64,
    open: usize,
    dir: PathBuf,
    copy: Option<File>,
    copied: u64,
}

impl Store {
    /// A store whose copies go to the folder `dir`.
    pub fn new(dir: PathBuf) -> Self {
        Self {
            parts: Vec::new(),
            end: 0,
            open: 0,
            dir,
            copy: None,
            copied: 0,
        }
    }

    /// Begins a source; returns whether its rows have to be [copied](Self::copy).
    pub fn begin(&mut self, name: &str, source: &Source) -> io::Result<bool> {
        let kept = match source {
            Source::Plain(file) if self.open < OPEN => {
                let meta = file.metadata()?;
                if meta.is_file() && meta.len() >= SMALL {
                    let (name, file) = (name.to_owned(), file.try_clone()?);
                    Some(Kept { name, file, meta })
                } else {
                    None
                }
            }
            _ => None,
        };
        let copies = kept.is_none();
        self.open += usize::from(!copies);
        let goes_on = self.parts.last().is_some_and(|last| last.file.is_none());
        if !(copies && goes_on) {
            self.parts.push(Part {
                from: self.end,
                file: kept,
                start: if copies { self.copied } else { 0 },
            });
        }
        Ok(copies)
    }

    /// The address of the byte that comes next.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Notes that so many bytes of a source were read that is not copied.
    pub fn pass(&mut self, bytes: u64) {
        self.end += bytes;
    }

    /// Takes the next bytes of a source that is copied.
    pub fn copy(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match &mut self.copy {
            Some(file) => file,
            None => self.copy.insert(tempfile::tempfile_in(&self.dir)?),
        };
        file.write_all(bytes)?;
        self.copied += bytes.len() as u64;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Reads what stands at an address, all of it in one part.
    pub fn read(&self, bytes: &mut [u8], address: u64) -> io::Result<()> {
        let (file, offset, _) = self.place(address)?;
        read_at(file, bytes, offset)
    }

    /// How many bytes of its part stand at an address and behind it.
    pub fn left(&self, address: u64) -> io::Result<u64> {
        self.place(address).map(|place| place.2)
    }

    fn place(&self, address: u64) -> io::Result<(&File, u64, u64)> {
        let behind = self.parts.partition_point(|part| part.from <= address);
        let end = self.parts.get(behind).map_or(self.end, |next| next.from);
        let part = behind.checked_sub(1).and_then(|at| self.parts.get(at));
        let part = part.ok_or(io::ErrorKind::NotFound)?;
        let file = part.file.as_ref().map(|kept| &kept.file);
        let file = file.or(self.copy.as_ref()).ok_or(io::ErrorKind::NotFound)?;
        Ok((file, address - part.from + part.start, end - address))
    }

    /// Fails if a file is not what it was when it was opened.
    pub fn is_unchanged(&self) -> io::Result<()> {
        for kept in self.parts.iter().filter_map(|part| part.file.as_ref()) {
            let meta = kept.file.metadata()?;
            let is_same =
                meta.len() == kept.meta.len() && meta.modified().ok() == kept.meta.modified().ok();
            if !is_same {
                return Err(io::Error::other(format!(
                    "{} was changed while it was read",
                    kept.name
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom};

    use super::super::Options;
    use super::super::jsonl::{Fields, Rows};
    use super::*;

    #[test]
    fn rows_of_a_file_are_read_where_they_stand_until_it_changes() {
        let row = |n: usize| format!("{{\"id\":\"{n}\",\"text\":\"{}\"}}", "ab ".repeat(n % 500));
        let rows: Vec<String> = (0..4000).map(row).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(rows.join("\n").as_bytes()).unwrap();
        let again = |file: &File| {
            let mut file = file.try_clone().unwrap();
            file.seek(SeekFrom::Start(0)).unwrap();
            file
        };
        assert!(file.metadata().unwrap().len() > 2 * SMALL);
        let small = || {
            Source::Stream(Box::new(io::Cursor::new(
                "{\"text\":\"x\"}\n \n{\"text\":\"y\"}",
            )))
        };
        let sources = [small(), Source::Plain(again(&file)), small()];
        let inputs = sources
            .into_iter()
            .map(|source| ("f".to_owned(), Ok(source)));
        let read = Rows::read(
            inputs,
            Fields::default(),
            &Options::default(),
            false,
            |_| {},
        );
        let read = read.unwrap();
        let mut reader = read.reader();
        for at in [5, 4000, 2, 0, 4003, 2001] {
            let expected = match at {
                0 | 4002 => "{\"text\":\"x\"}",
                1 | 4003 => "{\"text\":\"y\"}",
                at => &rows[at - 2],
            };
            assert_eq!(read.row(at).unwrap(), expected.as_bytes());
            assert_eq!(reader.row(at).unwrap(), expected.as_bytes());
        }
        assert_eq!(read.store.copied, 2 * 27);
        read.is_unchanged().unwrap();
        file.seek(SeekFrom::End(0)).unwrap();
        file.write_all(b"\n").unwrap();
        assert!(
            read.is_unchanged()
                .unwrap_err()
                .to_string()
                .contains("f was changed")
        );
    }
}
