//! ZIP and tar: each member is read by its own ending; members without a known ending are passed
//! over, as in a folder.

use std::cell::Cell;
use std::io::{BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use super::compression::{self, Stream};
use super::{Data, Each, Format, Source, read_error};
use crate::error::{Error, ErrorKind};

/// Reads the members of a ZIP archive in the order of its directory: those with a number in
/// `members`.
pub(super) fn read_zip(
    data: Data<'_>,
    members: std::ops::Range<usize>,
    source: &Source<'_>,
    each: Each<'_>,
) {
    let opened = data.into_file().map(BufReader::new);
    let mut archive = match opened.map(zip::ZipArchive::new) {
        Ok(Ok(archive)) => archive,
        Ok(Err(error)) => {
            each(Err(damaged(&error).at(source.name)));
            return;
        }
        Err(error) => {
            each(Err(read_error(source.name, &error)));
            return;
        }
    };
    for index in members.start..members.end.min(archive.len()) {
        let goes_on = match archive.by_index(index) {
            Ok(file) if !file.is_file() => true,
            Ok(file) => {
                let name = String::from_utf8_lossy(file.name_raw()).into_owned();
                let bounded = source.meter.bound(file);
                source.member(&name, Box::new(BufReader::new(bounded)), each)
            }
            Err(error) => each(Err(zip_member_error(source, index, &error))),
        };
        if !goes_on {
            return;
        }
    }
}

/// Compressed size of each member, for splitting.
pub(super) fn zip_sizes(file: std::fs::File) -> Option<Vec<u64>> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).ok()?;
    let members = 0..archive.len();
    let size = |index| {
        archive
            .by_index_raw(index)
            .map_or(0, |m| m.compressed_size())
    };
    Some(members.map(size).collect())
}

fn zip_member_error(source: &Source<'_>, index: usize, error: &zip::result::ZipError) -> Error {
    let error = match error {
        zip::result::ZipError::UnsupportedArchive(what) => {
            let remedy = "unpack the archive and give the folder";
            Error::new(ErrorKind::Malformed, what, remedy)
        }
        other => damaged(other),
    };
    error.at(source.name).in_record(format!("member {index}"))
}

fn damaged(error: &impl std::fmt::Display) -> Error {
    let remedy = "the archive is damaged or cut short: fetch it again";
    Error::new(ErrorKind::Malformed, error, remedy)
}

/// Reads the members of a tar archive in order.
pub(super) fn read_tar(stream: Stream<'_>, source: &Source<'_>, each: Each<'_>) {
    let mut archive = tar::Archive::new(stream);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            each(Err(damaged(&error).at(source.name)));
            return;
        }
    };
    let short = Rc::new(Cell::new(false));
    for entry in entries {
        let goes_on = match entry {
            Ok(entry) if !entry.header().entry_type().is_file() => true,
            Ok(entry) => {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                source.member(
                    &name,
                    Box::new(BufReader::new(Whole::new(entry, &short))),
                    each,
                )
            }
            // The member that was cut short has said so.
            Err(_) if short.get() => return,
            // Where the next member starts is not known any more.
            Err(error) => {
                each(Err(damaged(&error).at(source.name)));
                return;
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// A member of a tar archive; one that ends before its length is an error and not a short text.
struct Whole<R> {
    reader: R,
    left: u64,
    short: Rc<Cell<bool>>,
}

impl<'a, R: Read> Whole<tar::Entry<'a, R>> {
    fn new(entry: tar::Entry<'a, R>, short: &Rc<Cell<bool>>) -> Self {
        Self {
            left: entry.size(),
            reader: entry,
            short: Rc::clone(short),
        }
    }
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self
            .reader
            .read(buffer)
            .inspect_err(|_| self.short.set(true))?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            self.short.set(true);
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl Source<'_> {
    /// Reads a member if its ending is known; `false` to stop.
    fn member(&self, name: &str, raw: Stream<'_>, each: Each<'_>) -> bool {
        let path = Path::new(name);
        let Some(format) = Format::of_name(path) else {
            return true;
        };
        let full = format!(
            "{}/{}",
            self.name,
            name.trim_start_matches("./").trim_start_matches('/')
        );
        let depth = self.depth + 1;
        let nesting = self.options.limits.nesting;
        if depth >= nesting && matches!(format, Format::Zip | Format::Tar) {
            let cause = format!("archives are nested more than {nesting} deep");
            let remedy = "if the file is sound, raise --max-nesting";
            return each(Err(Error::new(ErrorKind::TooLarge, cause, remedy).at(full)));
        }
        let before = self.meter.decoded();
        let mut goes_on = true;
        let mut each = |row| {
            goes_on = each(row);
            goes_on
        };
        match self.meter.decompress(raw, compression::is_brotli(path)) {
            Ok(stream) => {
                let member = Source {
                    name: &full,
                    options: self.options,
                    meter: self.meter.clone(),
                    depth,
                };
                member.read(Data::Stream(stream), format, &mut each);
            }
            Err(error) => {
                each(Err(read_error(&full, &error)));
            }
        }
        self.meter.let_go(before);
        goes_on
    }
}
