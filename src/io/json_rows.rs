//! Whole rows of Parquet as JSON lines, and JSON lines as Parquet: for commands that hand rows on as
//! they came, whatever columns they have.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::Arc;

use arrow_json::LineDelimitedWriter;
use arrow_json::reader::{Decoder, ReaderBuilder, infer_json_schema_from_iterator};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::Value;

use super::arrow::guard;
use super::output::OutputFile;
use super::write::parquet_properties;
use crate::error::{Error, ErrorKind, Result};

/// Rows that are converted at a time.
const ROWS: usize = 256;
/// A row group is written when its rows have so many bytes of JSON, or are so many.
const GROUP_BYTES: usize = 32 << 20;
const GROUP_ROWS: usize = 1 << 14;

/// Whether a file is Parquet, told by its first bytes. Those of a pipe are not read: they would be
/// gone.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut head = [0; 4];
    let mut read = || File::open(path)?.read_exact(&mut head);
    path.is_file() && read().is_ok() && &head == b"PAR1"
}

/// The rows of a Parquet file as JSON lines, and its schema.
///
/// # Errors
/// The file cannot be opened or is damaged.
pub(crate) fn open(path: &Path) -> Result<(SchemaRef, Box<dyn BufRead>)> {
    let file = File::open(path).map_err(|error| Error::io(path.display(), &error))?;
    let builder = guard(|| ParquetRecordBatchReaderBuilder::try_new(file))
        .map_err(|error| error.at(path.display()))?;
    let schema = Arc::clone(builder.schema());
    let reader = guard(|| builder.with_batch_size(ROWS).build())
        .map_err(|error| error.at(path.display()))?;
    let lines = Lines {
        reader,
        lines: Vec::new(),
        at: 0,
    };
    Ok((schema, Box::new(lines)))
}

/// Rows of a table as they are asked for.
struct Lines {
    reader: ParquetRecordBatchReader,
    lines: Vec<u8>,
    at: usize,
}

impl Lines {
    fn next(&mut self) -> Result<bool> {
        self.lines.clear();
        self.at = 0;
        let Some(batch) = guard(|| self.reader.next().transpose())? else {
            return Ok(false);
        };
        guard(|| {
            let mut writer = LineDelimitedWriter::new(&mut self.lines);
            writer.write(&batch)?;
            writer.finish()
        })?;
        Ok(true)
    }
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.lines.len() {
            let is_more = self.next();
            if !is_more.map_err(|error| io::Error::other(error.to_string()))? {
                break;
            }
        }
        Ok(self.lines.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.lines.len());
    }
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut buffer = self.fill_buf()?;
        let read = buffer.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

/// The schema that rows of JSON have.
///
/// # Errors
/// A row cannot be read, or values of one field do not go together in a column.
pub(crate) fn schema_of(rows: impl Iterator<Item = io::Result<Value>>) -> Result<SchemaRef> {
    let rows = rows.map(|row| row.map_err(|error| ArrowError::JsonError(error.to_string())));
    let schema = infer_json_schema_from_iterator(rows).map_err(|error| {
        let remedy = "write JSON lines, or give the rows fields of one type each";
        Error::new(ErrorKind::Malformed, error, remedy)
    })?;
    Ok(Arc::new(schema))
}

/// One schema for tables that have the same columns, without what JSON cannot say: dictionaries
/// become the values that they hold. `lists` are columns of strings that rows may have as well.
///
/// # Errors
/// The tables have different columns.
pub(crate) fn joined(schemas: &[SchemaRef], lists: &[&str]) -> Result<SchemaRef> {
    let plain = schemas.iter().map(plain);
    let schema = Schema::try_merge(plain).map_err(|error| {
        let remedy = "give tables of the same columns, or write JSON lines";
        Error::new(ErrorKind::Usage, error, remedy)
    })?;
    let mut fields = schema.fields().to_vec();
    for name in lists {
        if schema.index_of(name).is_err() {
            let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
            fields.push(Arc::new(Field::new(*name, DataType::List(item), true)));
        }
    }
    Ok(Arc::new(Schema::new(fields)))
}

fn plain(schema: &SchemaRef) -> Schema {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Dictionary(_, value) => {
            Arc::new(field.as_ref().clone().with_data_type((**value).clone()))
        }
        _ => Arc::clone(field),
    };
    Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>())
}

/// A Parquet file of JSON rows.
pub(crate) struct ParquetRows {
    writer: ArrowWriter<OutputFile>,
    decoder: Decoder,
    name: String,
    bytes: usize,
    in_group: usize,
}

impl ParquetRows {
    /// Begins a file.
    ///
    /// # Errors
    /// It cannot be written, or Parquet has no such columns.
    pub(crate) fn create(path: &Path, schema: &SchemaRef) -> Result<Self> {
        let name = path.display().to_string();
        let file = OutputFile::create_at(path)?.unhashed();
        let properties = Some(parquet_properties());
        let writer = ArrowWriter::try_new(file, Arc::clone(schema), properties)
            .map_err(|error| unwritable(&name, &error))?;
        let decoder = ReaderBuilder::new(Arc::clone(schema))
            .with_batch_size(GROUP_ROWS + 1)
            .with_strict_mode(true)
            .build_decoder()
            .map_err(|error| unwritable(&name, &error))?;
        Ok(Self {
            writer,
            decoder,
            name,
            bytes: 0,
            in_group: 0,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// It does not fit the columns, or the disk is full.
    pub(crate) fn row(&mut self, json: &[u8]) -> Result<()> {
        let read = self.decoder.decode(json);
        let read = read.map_err(|error| unwritable(&self.name, &error))?;
        if read < json.len() {
            return Err(unwritable(&self.name, &"a batch took in no more rows"));
        }
        self.bytes += json.len();
        self.in_group += 1;
        if self.bytes >= GROUP_BYTES || self.in_group >= GROUP_ROWS {
            self.group()?;
        }
        Ok(())
    }

    fn group(&mut self) -> Result<()> {
        (self.bytes, self.in_group) = (0, 0);
        let batch = self.decoder.flush();
        let Some(batch) = batch.map_err(|error| unwritable(&self.name, &error))? else {
            return Ok(());
        };
        let written = self.writer.write(&batch);
        written
            .and_then(|()| self.writer.flush())
            .map_err(|error| unwritable(&self.name, &error))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn finish(mut self) -> Result<OutputFile> {
        self.group()?;
        let name = self.name;
        self.writer
            .into_inner()
            .map_err(|error| unwritable(&name, &error))
    }
}

fn unwritable(name: &str, error: &dyn std::fmt::Display) -> Error {
    let remedy = "write JSON lines instead, and check that the disk has room";
    Error::new(ErrorKind::Io, error, remedy).at(name)
}
