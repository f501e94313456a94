//! Parquet and Arrow IPC files, with the columns of [`super::schema`].

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::FileReaderBuilder;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_json::reader::{Decoder, ReaderBuilder};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::Deserialize;

use super::back::RowsBack;
use super::schema::schema;
use super::{RowKind, RowWriter, Target};
use crate::article::Article;
use crate::error::{Error, ErrorKind, Result};
use crate::io::arrow::guard;
use crate::io::output::{OutputFile, Written};

/// A batch is written when it holds so many bytes of JSON or rows: row groups of Parquet, batches
/// of Arrow. Small enough to be read in parallel, large enough to be packed well.
const GROUP_BYTES: usize = 32 << 20;
const GROUP_ROWS: usize = 1 << 14;

/// A file of Arrow's tables.
pub(super) struct Tables {
    name: String,
    file: FileKind,
    batch: Batch,
    bytes: usize,
    in_batch: usize,
    rows: u64,
}

enum FileKind {
    Parquet(Box<ArrowWriter<OutputFile>>),
    Arrow(Box<FileWriter<OutputFile>>),
}

/// How Parquet files are written.
pub(in crate::io) fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(3).unwrap_or_default();
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(concat!("lavoir ", env!("CARGO_PKG_VERSION")).into())
        .build()
}

/// Rows on their way into a batch.
enum Batch {
    Articles(Box<Decoder>),
    Provenance(SchemaRef, Vec<[Option<String>; 8]>),
}

impl Tables {
    pub(super) fn parquet(dir: &Path, name: &str, rows: RowKind) -> Result<Self> {
        let schema = schema(rows);
        let file = OutputFile::create(dir, name)?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties()));
        let writer = writer.map_err(|error| unwritable(name, &error))?;
        Self::new(name, FileKind::Parquet(Box::new(writer)), rows, schema)
    }

    pub(super) fn arrow(dir: &Path, name: &str, rows: RowKind) -> Result<Self> {
        let schema = schema(rows);
        let file = OutputFile::create(dir, name)?;
        let writer = IpcWriteOptions::default()
            .try_with_compression(Some(CompressionType::ZSTD))
            .and_then(|options| FileWriter::try_new_with_options(file, &schema, options));
        let writer = writer.map_err(|error| unwritable(name, &error))?;
        Self::new(name, FileKind::Arrow(Box::new(writer)), rows, schema)
    }

    fn new(name: &str, file: FileKind, rows: RowKind, schema: SchemaRef) -> Result<Self> {
        let batch = match rows {
            RowKind::Articles => {
                // A field that the schema lacks is an error and not lost.
                let decoder = ReaderBuilder::new(schema)
                    .with_batch_size(GROUP_ROWS + 1)
                    .with_strict_mode(true)
                    .build_decoder()
                    .map_err(|error| unwritable(name, &error))?;
                Batch::Articles(Box::new(decoder))
            }
            _ => Batch::Provenance(schema, Vec::new()),
        };
        Ok(Self {
            name: name.to_owned(),
            file,
            batch,
            bytes: 0,
            in_batch: 0,
            rows: 0,
        })
    }

    fn write_batch(&mut self) -> Result<()> {
        let batch = self
            .batch
            .take()
            .map_err(|error| unwritable(&self.name, &error))?;
        (self.bytes, self.in_batch) = (0, 0);
        let Some(batch) = batch else { return Ok(()) };
        match &mut self.file {
            FileKind::Parquet(writer) => writer
                .write(&batch)
                .and_then(|()| writer.flush())
                .map_err(|error| unwritable(&self.name, &error)),
            FileKind::Arrow(writer) => writer
                .write(&batch)
                .map_err(|error| unwritable(&self.name, &error)),
        }
    }
}

impl RowWriter for Tables {
    fn row(&mut self, json: &str) -> Result<()> {
        let added = self.batch.add(json);
        added.map_err(|error| unwritable(&self.name, &error))?;
        self.bytes += json.len();
        self.in_batch += 1;
        self.rows += 1;
        if self.bytes >= GROUP_BYTES || self.in_batch >= GROUP_ROWS {
            self.write_batch()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written> {
        self.write_batch()?;
        let name = self.name;
        let file = match self.file {
            FileKind::Parquet(writer) => writer
                .into_inner()
                .map_err(|error| unwritable(&name, &error))?,
            FileKind::Arrow(writer) => writer
                .into_inner()
                .map_err(|error| unwritable(&name, &error))?,
        };
        file.of_rows(self.rows).finish()
    }
}

/// What is read of a provenance record for its columns.
#[derive(Deserialize)]
struct Keys {
    id: String,
    source: SourceKeys,
    language: Named,
    duplicate_of: Option<Twin>,
}

#[derive(Deserialize)]
struct SourceKeys {
    path: Option<String>,
    record: Option<String>,
    url: Option<String>,
    sha256: String,
}

#[derive(Deserialize)]
struct Named {
    code: String,
}

#[derive(Deserialize)]
struct Twin {
    id: String,
}

impl Batch {
    fn add(&mut self, json: &str) -> std::result::Result<(), ArrowError> {
        match self {
            Self::Articles(decoder) => {
                let read = decoder.decode(json.as_bytes())?;
                if read < json.len() {
                    let cause = "a batch took in no more rows".to_owned();
                    return Err(ArrowError::JsonError(cause));
                }
                Ok(())
            }
            Self::Provenance(_, rows) => {
                let keys: Keys = serde_json::from_str(json)
                    .map_err(|error| ArrowError::JsonError(error.to_string()))?;
                rows.push([
                    Some(keys.id),
                    keys.source.path,
                    keys.source.record,
                    keys.source.url,
                    Some(keys.source.sha256),
                    Some(keys.language.code),
                    keys.duplicate_of.map(|twin| twin.id),
                    Some(json.to_owned()),
                ]);
                Ok(())
            }
        }
    }

    fn take(&mut self) -> std::result::Result<Option<RecordBatch>, ArrowError> {
        match self {
            Self::Articles(decoder) => decoder.flush(),
            Self::Provenance(_, rows) if rows.is_empty() => Ok(None),
            Self::Provenance(schema, rows) => {
                let column = |at: usize| -> ArrayRef {
                    Arc::new(
                        rows.iter()
                            .map(|row| row[at].as_deref())
                            .collect::<StringArray>(),
                    )
                };
                let columns = (0..schema.fields().len()).map(column).collect();
                let batch = RecordBatch::try_new(Arc::clone(schema), columns)?;
                rows.clear();
                Ok(Some(batch))
            }
        }
    }
}

fn unwritable(name: &str, error: &dyn std::fmt::Display) -> Error {
    let remedy = "check that the disk has room; else this is a bug in lavoir: please report it";
    Error::new(ErrorKind::Io, error, remedy).at(name)
}

/// The rows of a table as JSON.
pub(super) fn read_back(path: &Path, target: Target, rows: RowKind) -> Result<RowsBack> {
    let place = path.display().to_string();
    let fail = |error: std::io::Error| Error::io(&place, &error);
    let file = File::open(path).map_err(fail)?;
    let batches: Box<dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>>> =
        if target == Target::Parquet {
            Box::new(guard(|| {
                ParquetRecordBatchReaderBuilder::try_new(file)?
                    .with_batch_size(64)
                    .build()
            })?)
        } else {
            Box::new(guard(|| {
                FileReaderBuilder::new().build(BufReader::new(file))
            })?)
        };
    let lines = move |batch: std::result::Result<RecordBatch, ArrowError>| {
        let lines = guard(|| batch.and_then(|batch| to_json(&batch, rows)));
        match lines {
            Ok(lines) => lines.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error.at(&place))],
        }
    };
    Ok(Box::new(batches.flat_map(lines)))
}

fn to_json(batch: &RecordBatch, rows: RowKind) -> std::result::Result<Vec<String>, ArrowError> {
    if rows != RowKind::Articles {
        let whole = batch
            .column_by_name("provenance")
            .and_then(|c| c.as_string_opt::<i32>());
        let missing = || ArrowError::SchemaError("no column `provenance`".into());
        let rows = whole.ok_or_else(missing)?.iter();
        return Ok(rows.map(|row| row.unwrap_or_default().to_owned()).collect());
    }
    let mut writer = arrow_json::LineDelimitedWriter::new(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    let bytes = writer.into_inner();
    let lines = bytes.split(|&byte| byte == b'\n').filter(|l| !l.is_empty());
    // Through the article, so that what is absent is spelled as it was.
    let spelled = |line: &[u8]| {
        let article: Article = serde_json::from_slice(line)?;
        serde_json::to_string(&article)
    };
    lines
        .map(|line| spelled(line).map_err(|error| ArrowError::JsonError(error.to_string())))
        .collect()
}
