//! CSV and TSV (RFC 4180, with a header line): one row is one record.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::compression::{Stream, peek};
use super::options::{Fields, ReadOptions};
use super::row::{Columns, Row};
use super::whole::too_large;
use super::{Each, HEAD, read_error};
use crate::error::{Error, ErrorKind, Result};

/// Reads the rows of a table as records. A row that is no record is an error with its line.
pub fn read(stream: Stream<'_>, name: &str, delimiter: u8, options: &ReadOptions, each: Each<'_>) {
    let (layout, stream) = match Layout::read(stream, delimiter, &options.fields) {
        Ok(found) => found,
        Err(error) => {
            each(Err(error.at(name)));
            return;
        }
    };
    let mut rows = Rows::new(stream, layout.delimiter, options.limits.record_bytes);
    // The header line.
    if rows.next().is_none_or(|header| header.is_err()) {
        return;
    }
    read_rows(rows, &layout, name, 1, options, each);
}

/// Reads rows behind the header; the first line of `rows` has the number `first` in its file.
pub(super) fn read_rows(
    mut rows: Rows<'_>,
    layout: &Layout,
    name: &str,
    first: u64,
    options: &ReadOptions,
    each: Each<'_>,
) {
    while let Some(row) = rows.next() {
        let line = first - 1 + rows.line();
        let place = |error: Error| error.at(name).on_line(line as usize);
        let goes_on = match row {
            Ok(()) => {
                let row = layout.row(&rows.record, &options.fields);
                let record = row.and_then(|row| row.record(name, line, options.limits));
                each(record.map_err(place))
            }
            Err(error) => {
                each(Err(place(error.told(options))));
                return;
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// What the header line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    columns: Columns,
}

impl Layout {
    /// Reads the header line of a stream; the stream is given back with it.
    ///
    /// # Errors
    /// There is no header, or none of its columns is a body.
    pub(super) fn read<'a>(
        stream: Stream<'a>,
        delimiter: u8,
        fields: &Fields,
    ) -> Result<(Self, Stream<'a>)> {
        let (head, stream) = peek(stream, HEAD).map_err(|error| read_error("", &error))?;
        let first = head.split(|&b| b == b'\n').next().unwrap_or_default();
        // Spreadsheets of half of Europe write semicolons.
        let delimiter = match delimiter {
            b',' if !first.contains(&b',') && first.contains(&b';') => b';',
            other => other,
        };
        let mut rows = Rows::new(Box::new(&head[..]), delimiter, HEAD);
        if rows.next().is_none_or(|row| row.is_err()) {
            let remedy = "the first line must name the columns";
            return Err(Error::new(ErrorKind::Malformed, "no header line", remedy));
        }
        let names: Vec<_> = rows.record.iter().map(String::from_utf8_lossy).collect();
        let columns = Columns::find(names.iter().map(|name| name.trim()), fields)?;
        Ok((Self { delimiter, columns }, stream))
    }

    fn row<'r>(&self, record: &'r ::csv::ByteRecord, fields: &Fields) -> Result<Row<'r>> {
        let cell = |column: usize| record.get(column).filter(|cell| !cell.is_empty());
        let text = |column: usize| cell(column).map(String::from_utf8_lossy);
        let id = self.columns.id.and_then(text);
        let bodies = self.columns.bodies.iter();
        let body = bodies
            .filter_map(|&(column, form)| Some((cell(column)?, form)))
            .next();
        let Some((body, form)) = body else {
            return Err(id.into_iter().fold(fields.no_body(), Error::in_record));
        };
        Ok(Row {
            id,
            url: self.columns.url.and_then(text),
            body: body.into(),
            form,
            // A table in UTF-8 has pages in UTF-8, whatever their heads say.
            decoded: std::str::from_utf8(body).is_ok(),
        })
    }
}

/// The rows of a stream, none of them held past a limit.
pub(super) struct Rows<'a> {
    reader: ::csv::Reader<Capped<'a>>,
    pub(super) record: ::csv::ByteRecord,
    budget: Rc<Cell<u64>>,
    limit: u64,
}

/// Why a row cannot be read.
pub(super) struct RowError(io::Error);

impl RowError {
    fn told(self, options: &ReadOptions) -> Error {
        if self.0.kind() == io::ErrorKind::QuotaExceeded {
            let mut error = too_large(options.limits);
            error.cause.push_str("; perhaps a quote is not closed");
            return error;
        }
        read_error("", &self.0)
    }
}

impl<'a> Rows<'a> {
    pub(super) fn new(stream: Stream<'a>, delimiter: u8, limit: usize) -> Self {
        let limit = (limit as u64).saturating_add(CSV_BUFFER as u64);
        let budget = Rc::new(Cell::new(limit));
        let capped = Capped {
            stream,
            budget: Rc::clone(&budget),
        };
        let reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            // With the default, the LF of a CRLF would count as part of the next row.
            .terminator(::csv::Terminator::Any(b'\n'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(CSV_BUFFER)
            .from_reader(capped);
        Self {
            reader,
            record: ::csv::ByteRecord::new(),
            budget,
            limit,
        }
    }

    /// Reads the next row that is not empty into `record`.
    pub(super) fn next(&mut self) -> Option<std::result::Result<(), RowError>> {
        loop {
            self.budget.set(self.limit);
            let read = self.read();
            let empty = self.record.len() == 1 && self.record.get(0).is_some_and(<[u8]>::is_empty);
            if !(matches!(read, Some(Ok(()))) && empty) {
                return read;
            }
        }
    }

    fn read(&mut self) -> Option<std::result::Result<(), RowError>> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {
                self.drop_cr();
                Some(Ok(()))
            }
            Ok(false) => None,
            Err(error) => Some(Err(RowError(match error.into_kind() {
                ::csv::ErrorKind::Io(error) => error,
                other => io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}")),
            }))),
        }
    }

    /// Takes the CR of a CRLF off the last cell.
    fn drop_cr(&mut self) {
        let last = self.record.len().wrapping_sub(1);
        let Some(cell) = self
            .record
            .get(last)
            .and_then(|cell| cell.strip_suffix(b"\r"))
        else {
            return;
        };
        let cell = cell.to_vec();
        let position = self.record.position().cloned();
        self.record.truncate(last);
        self.record.push_field(&cell);
        self.record.set_position(position);
    }

    /// The line on which the row in `record` starts, from 1.
    pub(super) fn line(&self) -> u64 {
        let position = self.record.position();
        position.map_or_else(|| self.reader.position().line(), ::csv::Position::line)
    }

    /// Bytes and lines before the next row.
    pub(super) fn position(&self) -> (u64, u64) {
        let position = self.reader.position();
        (position.byte(), position.line())
    }
}

const CSV_BUFFER: usize = 1 << 16;

/// A stream that gives no more than its budget.
struct Capped<'a> {
    stream: Stream<'a>,
    budget: Rc<Cell<u64>>,
}

impl Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        match self.budget.get().checked_sub(read as u64) {
            Some(left) => self.budget.set(left),
            None => return Err(io::ErrorKind::QuotaExceeded.into()),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::ReadLimits;
    use crate::record::Record;

    fn rows_of(text: &[u8], delimiter: u8, limit: usize) -> Vec<Result<Record<'static>>> {
        let options = ReadOptions {
            limits: ReadLimits {
                record_bytes: limit,
                ..ReadLimits::default()
            },
            ..ReadOptions::default()
        };
        let mut rows = Vec::new();
        let stream = Box::new(io::Cursor::new(text.to_vec()));
        read(stream, "x.csv", delimiter, &options, &mut |row| {
            rows.push(row);
            true
        });
        rows
    }

    #[test]
    fn rows_are_named_by_their_line_and_quotes_hold_line_ends() {
        let text =
            b"\xEF\xBB\xBFurl,text\r\nhttp://e,\"two\nlines, \"\"quoted\"\"\"\r\n,short\r\n,\r\n";
        let rows = rows_of(text, b',', 1000);
        let first = rows[0].as_ref().unwrap();
        assert_eq!(&*first.bytes, b"two\nlines, \"quoted\"");
        assert_eq!(
            (&*first.id, first.hints.url.as_deref()),
            ("x.csv:2", Some("http://e"))
        );
        assert_eq!(rows[1].as_ref().unwrap().id, "x.csv:4");
        assert_eq!(rows[2].as_ref().unwrap_err().line, Some(5));
    }

    #[test]
    fn semicolons_and_tabs_part_too_and_other_encodings_are_left_to_the_decoder() {
        let rows = rows_of(b"id;body\n7;caf\xE9\n", b',', 1000);
        let row = rows[0].as_ref().unwrap();
        assert_eq!((&*row.id, row.hints.decoded), ("7", false));
        let rows = rows_of(b"id\thtml\n7\t<p>a, b</p>\n", b'\t', 1000);
        assert_eq!(&*rows[0].as_ref().unwrap().bytes, b"<p>a, b</p>");
    }

    #[test]
    fn a_table_without_a_text_and_a_quote_without_an_end_are_told() {
        let rows = rows_of(b"a,b\n1,2\n", b',', 1000);
        assert!(
            rows[0]
                .as_ref()
                .unwrap_err()
                .remedy
                .contains("--field-text")
        );
        let mut text = b"text\nfirst\n\"never closed\n".to_vec();
        text.resize(1 << 20, b'x');
        let rows = rows_of(&text, b',', 1000);
        assert_eq!(rows.len(), 2);
        let error = rows[1].as_ref().unwrap_err();
        assert_eq!((error.kind, error.line), (ErrorKind::TooLarge, Some(3)));
        assert!(error.cause.contains("quote"));
    }
}
