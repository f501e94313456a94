//! Files in and out: which files, compression, formats; one format per file.
//!
//! [`read`] gives the records of a file in order. A large file can be cut into units of work with
//! [`split`]; [`read_unit`] gives the records of one, with the same ids.

pub mod archive;
#[cfg(feature = "parquet")]
pub mod arrow;
pub mod compression;
pub mod csv;
pub(crate) mod flush;
mod format;
mod hash;
pub mod inputs;
#[cfg(feature = "parquet")]
pub(crate) mod json_rows;
pub mod jsonl;
mod members;
mod options;
pub mod output;
#[cfg(feature = "parquet")]
pub mod parquet;
mod row;
mod split;
pub mod warc;
pub mod whole;
pub mod write;

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};

pub use format::Format;
pub use options::{Fields, RATIO_FLOOR, ReadLimits, ReadOptions};
pub use split::{Part, Unit, read_unit, split};

use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;
use compression::{Meter, Stream};
use inputs::Input;

/// Takes in a record or what cannot be read; returns `false` to stop.
pub type Each<'e> = &'e mut dyn FnMut(Result<Record<'static>>) -> bool;

/// Reads the records of one input in order. What cannot be read comes as an error with its place;
/// `each` returns `false` to stop.
pub fn read(input: &Input, options: &ReadOptions, each: Each<'_>) {
    let name = input.name.as_str();
    match open(input, options) {
        Ok((data, meter)) => {
            let source = Source {
                name,
                options,
                meter,
                depth: 0,
            };
            source.read(data, options.format_of(input), &mut |row| {
                each(row.map(|r| from_file(r, name)))
            });
        }
        Err(error) => {
            each(Err(read_error(name, &error)));
        }
    }
}

/// A record of an archive's member names the archive as its file, the member as its place there.
fn from_file(mut record: Record<'static>, name: &str) -> Record<'static> {
    let hints = &mut record.hints;
    let inside = |path: &String| Some(path.strip_prefix(name)?.strip_prefix('/')?.to_owned());
    if let Some(member) = hints.path.as_ref().and_then(inside) {
        hints.path = Some(name.to_owned());
        hints.record = Some(match &hints.record {
            Some(record) => format!("{member}:{record}"),
            None => member,
        });
    }
    record
}

/// Opens an input without its layers of compression.
fn open(input: &Input, options: &ReadOptions) -> std::io::Result<(Data<'static>, Meter)> {
    let limits = options.limits;
    if let Some(file) = on_disk(input, options.format_of(input))? {
        let meter = Meter::of_size(limits, file.metadata()?.len());
        return Ok((Data::File(file), meter));
    }
    let meter = Meter::new(limits);
    let raw = meter.raw(compression::open_raw(&input.path)?);
    let stream = meter.decompress(raw, compression::is_brotli(&input.path))?;
    Ok((Data::Stream(stream), meter))
}

/// The file itself, where its format is read from its end and nothing is packed around it.
fn on_disk(input: &Input, format: Format) -> std::io::Result<Option<File>> {
    if matches!(format, Format::Whole(_)) || !input.path.is_file() {
        return Ok(None);
    }
    let mut file = File::open(&input.path)?;
    let mut head = Vec::new();
    (&mut file).take(8).read_to_end(&mut head)?;
    file.rewind()?;
    let format = match format {
        Format::Guess => Format::of_head(&head),
        format => format,
    };
    let packed = compression::Codec::of_head(&head).is_some();
    let from_end = matches!(format, Format::Parquet | Format::Arrow | Format::Zip);
    Ok((from_end && !packed && !compression::is_brotli(&input.path)).then_some(file))
}

/// Decompressed bytes, with or without a file under them.
enum Data<'a> {
    Stream(Stream<'a>),
    File(File),
}

impl<'a> Data<'a> {
    fn into_stream(self) -> Stream<'a> {
        match self {
            Self::Stream(stream) => stream,
            Self::File(file) => Box::new(BufReader::new(file)),
        }
    }

    /// The bytes as a file, for formats that are read from their end.
    fn into_file(self) -> std::io::Result<File> {
        match self {
            Self::File(file) => Ok(file),
            Self::Stream(mut stream) => {
                let mut file = tempfile::tempfile()?;
                std::io::copy(&mut stream, &mut file)?;
                file.rewind()?;
                Ok(file)
            }
        }
    }
}

/// What is being read: a file, or a member of an archive.
struct Source<'s> {
    /// Name in ids and errors.
    name: &'s str,
    options: &'s ReadOptions,
    meter: Meter,
    /// Archives around it.
    depth: usize,
}

impl Source<'_> {
    /// Reads the records of decompressed data.
    fn read(&self, data: Data<'_>, format: Format, each: Each<'_>) {
        let (name, options) = (self.name, self.options);
        let limits = options.limits;
        let stream = match format {
            Format::Zip => return archive::read_zip(data, 0..usize::MAX, self, each),
            #[cfg(feature = "parquet")]
            Format::Parquet => return parquet::read(data, name, options, each),
            #[cfg(feature = "parquet")]
            Format::Arrow => return arrow::read(data, name, options, each),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet | Format::Arrow => {
                each(Err(no_parquet().at(name)));
                return;
            }
            _ => data.into_stream(),
        };
        match format {
            Format::Jsonl => jsonl::read(stream, name, 1, options, each),
            Format::Warc => warc::read(stream, name, 0, limits, each),
            Format::Csv => csv::read(stream, name, b',', options, each),
            Format::Tsv => csv::read(stream, name, b'\t', options, each),
            Format::Tar => archive::read_tar(stream, self, each),
            Format::Whole(form) => {
                each(whole::read(stream, name, form, limits));
            }
            _ => match compression::peek(stream, HEAD) {
                Ok((head, stream)) => {
                    self.read(Data::Stream(stream), Format::of_head(&head), each);
                }
                Err(error) => {
                    each(Err(read_error(name, &error)));
                }
            },
        }
    }
}

/// The error of a build that cannot read or write Parquet and Arrow.
#[cfg(not(feature = "parquet"))]
pub(crate) fn no_parquet() -> Error {
    let remedy = "build lavoir with the feature `parquet`";
    Error::new(
        crate::error::ErrorKind::Usage,
        "this build knows no Parquet or Arrow",
        remedy,
    )
}

/// So many bytes tell the format of a stream.
const HEAD: usize = 1 << 16;

/// The error of a failed read of `name`.
fn read_error(name: &str, error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::FileTooLarge {
        let remedy = "if the file is sound, raise --max-ratio, --max-total-bytes or --max-nesting";
        return Error::new(ErrorKind::TooLarge, error, remedy).at(name);
    }
    Error::io(name, error)
}
