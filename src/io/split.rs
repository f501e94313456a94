//! One large file in several units of work, whose records are, one unit after the other, those of
//! the file: the same ids, the same order, the same errors.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom};
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};

use super::compression::{self, Codec, Meter, Stream, peek};
use super::inputs::Input;
use super::members::{Door, Doors, Members};
use super::warc::scan::Scan;
use super::{Data, Each, Format, HEAD, ReadOptions, Source, archive, csv, from_file, read_error};

/// A part of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The input.
    pub input: Input,
    /// Which part of it.
    pub part: Part,
}

/// Which part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// All of it.
    Whole,
    /// Whole records that stand one behind the other.
    Bytes {
        /// Where decoding starts, in bytes of the file.
        at: u64,
        /// Decoded bytes to pass over from there.
        skip: u64,
        /// Decoded bytes to read; up to the end if `None`.
        len: Option<u64>,
        /// Offset of the first record in the decoded file.
        offset: u64,
        /// Number of its line in the file, from 1, where the format has lines.
        line: u64,
    },
    /// Row groups of Parquet, batches of Arrow.
    Rows {
        /// The first.
        from: usize,
        /// Behind the last.
        to: usize,
        /// Number of the first row in the file, from 1.
        row: u64,
    },
    /// Members of a ZIP archive.
    Members {
        /// The first.
        from: usize,
        /// Behind the last.
        to: usize,
    },
}

/// Cuts an input into units of about `target_bytes` bytes on disk. Files that are small, or that
/// can only be read from their start (one gzip member, bzip2, xz, Brotli, tar), are one unit.
///
/// Line and record numbers are told exactly: plain JSON lines, CSV and WARC are read through once,
/// gzip members and zstd frames decoded once.
pub fn split(input: &Input, options: &ReadOptions, target_bytes: u64) -> Vec<Unit> {
    let parts = parts(input, options, target_bytes.max(1)).filter(|parts| parts.len() > 1);
    let unit = |part| Unit {
        input: input.clone(),
        part,
    };
    parts
        .unwrap_or_else(|| vec![Part::Whole])
        .into_iter()
        .map(unit)
        .collect()
}

fn parts(input: &Input, options: &ReadOptions, target: u64) -> Option<Vec<Part>> {
    let metadata = std::fs::metadata(&input.path).ok()?;
    if !metadata.is_file() || metadata.len() <= target || compression::is_brotli(&input.path) {
        return None;
    }
    let mut file = File::open(&input.path).ok()?;
    let mut head = Vec::new();
    (&mut file).take(HEAD as u64).read_to_end(&mut head).ok()?;
    file.rewind().ok()?;
    let codec = Codec::of_head(&head);
    let format = match (options.format_of(input), codec) {
        (Format::Guess, None) => Format::of_head(&head),
        (format, _) => format,
    };
    match (format, codec) {
        (Format::Zip, None) => members(&archive::zip_sizes(file)?, target),
        #[cfg(feature = "parquet")]
        (Format::Parquet, None) => {
            let table = super::parquet::Table::open(file, &options.fields).ok()?;
            rows(&table.groups(), target)
        }
        #[cfg(feature = "parquet")]
        (Format::Arrow, None) => {
            let batches = super::arrow::batch_rows(file, &options.fields).ok()?;
            let size = metadata.len() / (batches.len() as u64).max(1);
            let batches: Vec<_> = batches.into_iter().map(|rows| (rows, size)).collect();
            rows(&batches, target)
        }
        (Format::Jsonl | Format::Csv | Format::Tsv | Format::Warc, codec) => {
            let mut cuts = Cuts::new(target, codec.is_some());
            let stream = cuts.stream(file, codec)?;
            match format {
                Format::Jsonl => cuts.lines(stream).ok()?,
                Format::Warc => cuts.records(stream, options),
                Format::Csv => cuts.rows(stream, b',', options),
                _ => cuts.rows(stream, b'\t', options),
            }
            Some(cuts.parts)
        }
        _ => None,
    }
}

/// Ranges of about `target` bytes over things that have a size.
fn ranges(sizes: impl Iterator<Item = u64>, target: u64) -> Vec<(usize, usize)> {
    let (mut ranges, mut from, mut bytes, mut to) = (Vec::new(), 0, 0, 0);
    for size in sizes {
        to += 1;
        bytes += size;
        if bytes >= target {
            ranges.push((from, to));
            (from, bytes) = (to, 0);
        }
    }
    if from < to {
        ranges.push((from, to));
    }
    ranges
}

fn members(sizes: &[u64], target: u64) -> Option<Vec<Part>> {
    let ranges = ranges(sizes.iter().copied(), target).into_iter();
    Some(
        ranges
            .map(|(from, to)| Part::Members { from, to })
            .collect(),
    )
}

#[cfg(feature = "parquet")]
fn rows(groups: &[(u64, u64)], target: u64) -> Option<Vec<Part>> {
    let part = |(from, to): (usize, usize)| {
        let before = groups[..from].iter().map(|(rows, _)| rows);
        let row = 1 + before.sum::<u64>();
        Part::Rows { from, to, row }
    };
    let ranges = ranges(groups.iter().map(|(_, bytes)| *bytes), target);
    Some(ranges.into_iter().map(part).collect())
}

/// Where a file is cut, while it is read through.
struct Cuts {
    target: u64,
    /// Doors of a compressed file; a plain one can be entered anywhere.
    doors: Option<Doors>,
    /// Offset in the file of the unit that is open.
    start: u64,
    parts: Vec<Part>,
}

impl Cuts {
    fn new(target: u64, compressed: bool) -> Self {
        let first = Part::Bytes {
            at: 0,
            skip: 0,
            len: None,
            offset: 0,
            line: 1,
        };
        Self {
            target,
            doors: compressed.then(Doors::default),
            start: 0,
            parts: vec![first],
        }
    }

    /// The decoded bytes of the file, in the order in which the doors are passed.
    fn stream(&self, file: File, codec: Option<Codec>) -> Option<Stream<'static>> {
        let patience = self.target.saturating_mul(2).max(1 << 20);
        Some(match (codec, &self.doors) {
            (Some(codec), Some(doors)) => {
                let members = Members::new(file, codec, Doors::clone(doors), patience)?;
                Box::new(BufReader::with_capacity(1 << 18, members))
            }
            _ => Box::new(BufReader::with_capacity(1 << 18, file)),
        })
    }

    /// From which decoded offset on the next cut is wanted, as far as is known yet.
    fn wanted(&mut self) -> Option<u64> {
        let from = self.start + self.target;
        let Some(doors) = &self.doors else {
            return Some(from);
        };
        let mut doors = doors.lock().unwrap_or_else(PoisonError::into_inner);
        while doors.front().is_some_and(|door| door.raw < from) {
            doors.pop_front();
        }
        doors.front().map(|door| door.decoded)
    }

    /// Cuts before the record at `offset` of the decoded bytes, on `line`.
    fn cut(&mut self, offset: u64, line: u64) {
        let door = match &self.doors {
            None => Door {
                raw: offset,
                decoded: offset,
            },
            Some(doors) => {
                let doors = doors.lock().unwrap_or_else(PoisonError::into_inner);
                let passed = doors.iter().take_while(|door| door.decoded <= offset);
                let Some(door) = passed.last() else { return };
                *door
            }
        };
        if let Some(Part::Bytes {
            len, offset: from, ..
        }) = self.parts.last_mut()
        {
            *len = Some(offset - *from);
        }
        self.start = door.raw;
        self.parts.push(Part::Bytes {
            at: door.raw,
            skip: offset - door.decoded,
            len: None,
            offset,
            line,
        });
    }

    /// Cuts between lines.
    fn lines(&mut self, mut stream: Stream<'_>) -> io::Result<()> {
        let (mut offset, mut line, mut at_start) = (0, 1, true);
        loop {
            let buffer = stream.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let wanted = self.wanted();
            if at_start && wanted.is_some_and(|wanted| wanted <= offset) && offset > 0 {
                self.cut(offset, line);
                continue;
            }
            let used = match wanted {
                // Past the wanted place: up to the end of the line.
                Some(wanted) if wanted <= offset => {
                    memchr::memchr(b'\n', buffer).map_or(buffer.len(), |end| end + 1)
                }
                Some(wanted) => buffer.len().min((wanted - offset) as usize),
                None => buffer.len(),
            };
            let part = &buffer[..used];
            line += memchr::memchr_iter(b'\n', part).count() as u64;
            at_start = part.last() == Some(&b'\n');
            offset += used as u64;
            stream.consume(used);
        }
    }

    /// Cuts between the records of a web archive.
    fn records(&mut self, stream: Stream<'_>, options: &ReadOptions) {
        let mut scan = Scan::new(stream, 0, options.limits.record_bytes);
        while scan.step().is_some() {
            let offset = scan.offset();
            if self.wanted().is_some_and(|wanted| wanted <= offset) {
                self.cut(offset, 1);
            }
        }
    }

    /// Cuts between the rows of a table.
    fn rows(&mut self, stream: Stream<'_>, delimiter: u8, options: &ReadOptions) {
        let Ok((layout, stream)) = csv::Layout::read(stream, delimiter, &options.fields) else {
            return;
        };
        let limit = options.limits.record_bytes;
        let mut rows = csv::Rows::new(stream, layout.delimiter, limit);
        let mut is_header = true;
        while let Some(Ok(())) = rows.next() {
            let (offset, line) = rows.position();
            let wanted = self.wanted();
            if !is_header && wanted.is_some_and(|wanted| wanted <= offset) {
                self.cut(offset, line);
            }
            is_header = false;
        }
    }
}

/// Reads the records of one unit; see [`super::read`].
pub fn read_unit(unit: &Unit, options: &ReadOptions, each: Each<'_>) {
    let name = unit.input.name.as_str();
    let mut each = |row: super::Result<super::Record<'static>>| {
        each(row.map(|record| from_file(record, name)))
    };
    let result = match unit.part {
        Part::Whole => {
            super::read(&unit.input, options, &mut each);
            Ok(())
        }
        Part::Bytes { .. } => read_bytes(unit, options, &mut each),
        Part::Members { from, to } => File::open(&unit.input.path).and_then(|file| {
            let meter = Meter::of_size(options.limits, file.metadata()?.len());
            let source = Source {
                name,
                options,
                meter,
                depth: 0,
            };
            archive::read_zip(Data::File(file), from..to, &source, &mut each);
            Ok(())
        }),
        Part::Rows { from, to, row } => File::open(&unit.input.path).map(|file| {
            read_rows(unit, file, from..to, row, options, &mut each);
        }),
    };
    if let Err(error) = result {
        each(Err(read_error(name, &error)));
    }
}

fn read_bytes(unit: &Unit, options: &ReadOptions, each: Each<'_>) -> io::Result<()> {
    let Part::Bytes {
        at,
        skip,
        len,
        offset,
        line,
    } = unit.part
    else {
        return Ok(());
    };
    let (input, name) = (&unit.input, unit.input.name.as_str());
    let limits = options.limits;
    let mut file = File::open(&input.path)?;
    file.seek(SeekFrom::Start(at))?;
    let meter = Meter::new(limits);
    let mut head = [0; 8];
    let mut first = File::open(&input.path)?;
    let read = first.read(&mut head)?;
    let raw = meter.raw(file);
    let mut stream = match Codec::of_head(&head[..read]) {
        Some(_) => meter.decompress(raw, false)?,
        None => raw,
    };
    io::copy(&mut (&mut stream).take(skip), &mut io::sink())?;
    let mut stream: Stream<'_> = match len {
        Some(len) => Box::new(stream.take(len)),
        None => stream,
    };
    let format = match options.format_of(input) {
        Format::Guess => {
            let (head, _) = peek(compression::open(&input.path)?, HEAD)?;
            Format::of_head(&head)
        }
        format => format,
    };
    match format {
        Format::Jsonl => super::jsonl::read(stream, name, line, options, each),
        Format::Warc => super::warc::read(stream, name, offset, limits, each),
        Format::Csv | Format::Tsv => {
            let delimiter = if format == Format::Csv { b',' } else { b'\t' };
            if offset == 0 {
                super::csv::read(stream, name, delimiter, options, each);
                return Ok(());
            }
            let start = compression::open(&input.path)?;
            match csv::Layout::read(start, delimiter, &options.fields) {
                Ok((layout, _)) => {
                    let limit = limits.record_bytes;
                    let rows = csv::Rows::new(stream, layout.delimiter, limit);
                    csv::read_rows(rows, &layout, name, line, options, each);
                }
                Err(error) => {
                    each(Err(error.at(name)));
                }
            }
        }
        _ => {
            io::copy(&mut stream, &mut io::sink())?;
        }
    }
    Ok(())
}

#[cfg(feature = "parquet")]
fn read_rows(
    unit: &Unit,
    file: File,
    range: std::ops::Range<usize>,
    row: u64,
    options: &ReadOptions,
    each: Each<'_>,
) {
    let name = unit.input.name.as_str();
    let mut head = [0; 4];
    let is_parquet = options.format_of(&unit.input) == Format::Parquet
        || (&file).read_exact(&mut head).is_ok() && &head == b"PAR1";
    let result = if is_parquet {
        super::parquet::Table::open(file, &options.fields).map(|table| {
            table.read(Some(range.collect()), row, name, options, each);
        })
    } else {
        let _ = (&file).rewind();
        super::arrow::Batches::open(file, &options.fields).and_then(|mut batches| {
            batches.seek(range.start)?;
            super::arrow::Rows::new(name, options, row).read(batches, range.len(), each);
            Ok(())
        })
    };
    if let Err(error) = result {
        each(Err(error.at(name)));
    }
}

#[cfg(not(feature = "parquet"))]
fn read_rows(
    unit: &Unit,
    _: File,
    _: std::ops::Range<usize>,
    _: u64,
    _: &ReadOptions,
    each: Each<'_>,
) {
    each(Err(super::no_parquet().at(&unit.input.name)));
}
