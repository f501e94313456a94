//! Parquet: one row is one record; only the columns that are looked at are read.

use std::fs::File;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use super::arrow::{Rows, choose, guard};
use super::options::{Fields, ReadOptions};
use super::row::Columns;
use super::{Data, Each, read_error};
use crate::error::Result;

/// Rows that are decoded at once.
const BATCH: usize = 64;

/// Reads the rows of a Parquet file.
pub(super) fn read(data: Data<'_>, name: &str, options: &ReadOptions, each: Each<'_>) {
    let opened = data
        .into_file()
        .map_err(|error| read_error(name, &error))
        .and_then(|file| Table::open(file, &options.fields).map_err(|error| error.at(name)));
    match opened {
        Ok(table) => table.read(None, 1, name, options, each),
        Err(error) => {
            each(Err(error));
        }
    }
}

/// An open Parquet file.
pub(super) struct Table {
    file: File,
    metadata: ArrowReaderMetadata,
    columns: Columns,
    wanted: Vec<usize>,
}

impl Table {
    /// Reads the footer and chooses the columns.
    pub(super) fn open(file: File, fields: &Fields) -> Result<Self> {
        let options = ArrowReaderOptions::new;
        let metadata = guard(|| ArrowReaderMetadata::load(&file, options()))?;
        let (columns, wanted) = choose(metadata.schema(), fields)?;
        // Views keep repeated values apart from the rows: a page that says the same a million
        // times over is decoded once.
        let schema = viewed(metadata.schema(), &wanted);
        let footer = Arc::clone(metadata.metadata());
        let metadata =
            guard(|| ArrowReaderMetadata::try_new(footer, options().with_schema(schema)))?;
        Ok(Self {
            file,
            metadata,
            columns,
            wanted,
        })
    }

    /// Rows and compressed bytes of each row group.
    pub(super) fn groups(&self) -> Vec<(u64, u64)> {
        let size = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
        let groups = self.metadata.metadata().row_groups().iter();
        groups
            .map(|group| (size(group.num_rows()), size(group.compressed_size())))
            .collect()
    }

    /// Reads the rows of all or some row groups; the first row has the number `first`.
    pub(super) fn read(
        self,
        groups: Option<Vec<usize>>,
        first: u64,
        name: &str,
        options: &ReadOptions,
        each: Each<'_>,
    ) {
        let columns = self.columns.clone();
        let mut rows = Rows::new(name, options, first);
        let mut reader = match self.reader(groups) {
            Ok(reader) => reader,
            Err(error) => {
                each(Err(error.at(name)));
                return;
            }
        };
        while let Some(batch) = guard(|| reader.next().transpose()).transpose() {
            if !rows.batch(batch, &columns, each) {
                return;
            }
        }
    }

    fn reader(self, groups: Option<Vec<usize>>) -> Result<ParquetRecordBatchReader> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file, self.metadata);
        let mask = ProjectionMask::roots(builder.parquet_schema(), self.wanted);
        let builder = builder.with_projection(mask).with_batch_size(BATCH);
        guard(|| match groups {
            Some(groups) => builder.with_row_groups(groups).build(),
            None => builder.build(),
        })
    }
}

/// The schema with views in place of strings in the wanted columns.
fn viewed(schema: &SchemaRef, wanted: &[usize]) -> SchemaRef {
    let view = |(column, field): (usize, &Arc<Field>)| {
        let kind = match field.data_type() {
            _ if !wanted.contains(&column) => return Arc::clone(field),
            DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
            _ => return Arc::clone(field),
        };
        Arc::new(field.as_ref().clone().with_data_type(kind))
    };
    let fields: Vec<_> = schema.fields().iter().enumerate().map(view).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}
