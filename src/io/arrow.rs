//! Arrow IPC, file and stream, and the cells of Arrow's tables: one row is one record.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::{FileReader, FileReaderBuilder, StreamReader};
use arrow_schema::{DataType, SchemaRef};

use super::options::{Fields, ReadOptions};
use super::row::{Columns, Row};
use super::{Data, Each, read_error};
use crate::error::{Error, ErrorKind, Result};

/// Reads the rows of an Arrow file or stream.
pub(super) fn read(data: Data<'_>, name: &str, options: &ReadOptions, each: Each<'_>) {
    let opened = data
        .into_file()
        .map_err(|error| read_error(name, &error))
        .and_then(|file| Batches::open(file, &options.fields).map_err(|e| e.at(name)));
    match opened {
        Ok(batches) => {
            let rows = Rows::new(name, options, 1);
            rows.read(batches, usize::MAX, each);
        }
        Err(error) => {
            each(Err(error));
        }
    }
}

/// The batches of a file, cut to the columns that are looked at.
pub(super) struct Batches {
    source: Batched,
    columns: Columns,
}

enum Batched {
    File(Box<FileReader<BufReader<File>>>),
    Stream(Box<StreamReader<BufReader<File>>>),
}

impl Batches {
    /// Opens an Arrow file, or a stream kept in a file.
    pub(super) fn open(mut file: File, fields: &Fields) -> Result<Self> {
        let mut head = Vec::new();
        let is_file = (&mut file)
            .take(6)
            .read_to_end(&mut head)
            .and_then(|_| file.rewind())
            .map_err(|error| read_error("", &error))
            .map(|()| head == b"ARROW1")?;
        let again = file.try_clone().map_err(|error| read_error("", &error))?;
        let reader = BufReader::new(file);
        if is_file {
            let probe = guard(|| FileReaderBuilder::new().build(reader))?;
            let (columns, wanted) = choose(&probe.schema(), fields)?;
            drop(probe);
            let reader = BufReader::new(again);
            let builder = FileReaderBuilder::new().with_projection(wanted);
            let source = Batched::File(Box::new(guard(|| builder.build(reader))?));
            return Ok(Self { source, columns });
        }
        let stream = guard(|| StreamReader::try_new(reader, None))?;
        let columns = Columns::find(names(&stream.schema()).into_iter(), fields)?;
        let source = Batched::Stream(Box::new(stream));
        Ok(Self { source, columns })
    }

    /// Goes to a batch.
    pub(super) fn seek(&mut self, batch: usize) -> Result<()> {
        match &mut self.source {
            Batched::File(reader) => guard(|| reader.set_index(batch)),
            Batched::Stream(_) => Ok(()),
        }
    }

    pub(super) fn next(&mut self) -> Option<Result<RecordBatch>> {
        let next = match &mut self.source {
            Batched::File(reader) => guard(|| reader.next().transpose()),
            Batched::Stream(reader) => guard(|| reader.next().transpose()),
        };
        next.transpose()
    }
}

/// The columns, numbered within those that are wanted, and which are wanted.
pub(super) fn choose(schema: &SchemaRef, fields: &Fields) -> Result<(Columns, Vec<usize>)> {
    let mut columns = Columns::find(names(schema).into_iter(), fields)?;
    let bodies = columns.bodies.iter().map(|(column, _)| *column);
    let mut wanted: Vec<usize> = columns
        .id
        .into_iter()
        .chain(columns.url)
        .chain(bodies)
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let place = |column: &mut usize| {
        *column = wanted.partition_point(|other| other < column);
    };
    columns.id.iter_mut().for_each(place);
    columns.url.iter_mut().for_each(place);
    columns
        .bodies
        .iter_mut()
        .for_each(|(column, _)| place(column));
    Ok((columns, wanted))
}

fn names(schema: &SchemaRef) -> Vec<&str> {
    let fields = schema.fields().iter();
    fields.map(|field| field.name().as_str()).collect()
}

/// Runs a decoder. Those of tables panic on some damaged files; that is an error of the file.
pub(super) fn guard<T, E: std::fmt::Display>(
    decode: impl FnOnce() -> std::result::Result<T, E>,
) -> Result<T> {
    let remedy = "the file is damaged or cut short: fetch it again";
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(result) => result.map_err(|error| Error::new(ErrorKind::Malformed, error, remedy)),
        Err(_) => {
            let cause = "the table's decoder broke off";
            Err(Error::new(ErrorKind::Malformed, cause, remedy))
        }
    }
}

/// The rows of one file on their way to records.
pub(super) struct Rows<'a> {
    name: &'a str,
    options: &'a ReadOptions,
    /// Number of the next row, from 1.
    number: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(name: &'a str, options: &'a ReadOptions, first: u64) -> Self {
        let number = first;
        Self {
            name,
            options,
            number,
        }
    }

    /// Reads `count` batches, or up to the end.
    pub(super) fn read(mut self, mut batches: Batches, count: usize, each: Each<'_>) {
        for _ in 0..count {
            let Some(batch) = batches.next() else { return };
            if !self.batch(batch, &batches.columns, each) {
                return;
            }
        }
    }

    /// Reads the rows of a batch; `false` to stop. A batch that cannot be read ends the file:
    /// how many rows it had is not known.
    pub(super) fn batch(
        &mut self,
        batch: Result<RecordBatch>,
        columns: &Columns,
        each: Each<'_>,
    ) -> bool {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                each(Err(error
                    .at(self.name)
                    .in_record(format!("row {}", self.number))));
                return false;
            }
        };
        for row in 0..batch.num_rows() {
            let number = self.number;
            self.number += 1;
            let record = self
                .row(&batch, row, columns)
                .and_then(|row| row.record(self.name, number, self.options.limits))
                .map_err(|error| {
                    let id = error.record.clone();
                    error
                        .at(self.name)
                        .in_record(id.unwrap_or_else(|| format!("row {number}")))
                });
            if !each(record) {
                return false;
            }
        }
        true
    }

    fn row<'b>(&self, batch: &'b RecordBatch, row: usize, columns: &Columns) -> Result<Row<'b>> {
        let value = |column: usize| cell(batch.columns().get(column)?.as_ref(), row);
        let text = |column: usize| value(column).map(Cell::into_text);
        let id = columns.id.and_then(text);
        let bodies = columns.bodies.iter();
        let body = bodies
            .filter_map(|&(column, form)| Some((value(column)?, form)))
            .next();
        let Some((body, form)) = body else {
            let error = self.options.fields.no_body();
            return Err(id.into_iter().fold(error, Error::in_record));
        };
        let (body, decoded): (Cow<'b, [u8]>, bool) = match body {
            Cell::Text(text) => (text.as_bytes().into(), true),
            Cell::Bytes(bytes) => (bytes.into(), false),
            Cell::Number(number) => (number.into_bytes().into(), true),
        };
        Ok(Row {
            id,
            url: columns.url.and_then(text),
            body,
            form,
            decoded,
        })
    }
}

enum Cell<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Number(String),
}

impl<'a> Cell<'a> {
    fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes),
            Self::Number(number) => number.into(),
        }
    }
}

/// The value of a cell, if it has one and of a type that can be text or a number.
fn cell(array: &dyn Array, row: usize) -> Option<Cell<'_>> {
    if array.is_null(row) {
        return None;
    }
    macro_rules! number {
        ($kind:ty) => {
            Cell::Number(array.as_primitive::<$kind>().value(row).to_string())
        };
    }
    Some(match array.data_type() {
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row)),
        DataType::Binary => Cell::Bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Cell::Bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => Cell::Bytes(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => Cell::Bytes(array.as_fixed_size_binary().value(row)),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary_opt()?;
            let key = cell(dictionary.keys(), row)?.into_text().parse().ok()?;
            return cell(dictionary.values().as_ref(), key);
        }
        _ => return None,
    })
}

/// Rows of each batch of a file, for splitting; empty for a stream.
pub(super) fn batch_rows(file: File, fields: &Fields) -> Result<Vec<u64>> {
    let mut batches = Batches::open(file, fields)?;
    let Batched::File(_) = batches.source else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    while let Some(batch) = batches.next() {
        rows.push(batch?.num_rows() as u64);
    }
    Ok(rows)
}
