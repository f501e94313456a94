//! JSON lines as a corpus to deduplicate: rows stay on disk, as they came.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use super::row::{Fields, Keep, order_of};

use super::corpus::Corpus;
use super::row::Wanted;
use super::scan::Scan;
use super::scanned::{Scanned, ScannedText};
use super::{Addition, Earlier, Options, Outcome, Texts, address, compare_scanned, host};
use crate::io::ReadLimits;
use crate::io::jsonl::{Line, next_line};
use crate::spill::{Spill, read_at};

/// Rows of JSON lines in a file without a name.
#[derive(Debug)]
pub struct Rows {
    file: File,
    entries: Vec<Entry>,
    /// All ids, one behind the other.
    ids: String,
    hosts: Vec<Box<str>>,
    fields: Fields,
    /// The texts, scanned as they came; gone when they were compared.
    scanned: Option<Scanned>,
}

#[derive(Debug)]
struct Entry {
    offset: u64,
    /// Where its id ends.
    id_end: u64,
    priority: i64,
    /// 0 where there is none.
    address: u64,
    len: u32,
    /// Place in the list of hosts.
    host: u32,
}

/// No host is known.
const NO_HOST: u32 = u32::MAX;
/// Bytes of rows that are worked on at a time.
const BATCH: usize = 4 << 20;

/// Hosts that rows have named, by name.
type Hosts = FxHashMap<Box<str>, u32>;

/// A row that was parsed.
struct Read {
    id: Option<String>,
    host: Option<String>,
    address: Option<u64>,
    priority: i64,
    text: ScannedText,
}

/// Lines that are worked on at a time.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Number and place of each line; none where it is too long.
    lines: Vec<(usize, Option<Range<usize>>)>,
}

impl Batch {
    /// Reads lines until there are enough; returns whether there may be more. `number` is that of
    /// the last line that was read.
    fn fill(&mut self, reader: &mut dyn BufRead, number: &mut usize) -> io::Result<bool> {
        self.bytes.clear();
        self.lines.clear();
        let limit = ReadLimits::default().record_bytes;
        while self.bytes.len() < BATCH {
            let start = self.bytes.len();
            *number += 1;
            match next_line(reader, limit, &mut self.bytes)? {
                Line::End => return Ok(false),
                Line::TooLong => self.lines.push((*number, None)),
                Line::Read => self.push(start, *number),
            }
        }
        Ok(true)
    }

    fn push(&mut self, start: usize, number: usize) {
        let line = &self.bytes[start..];
        let mut start = start + line.len() - line.trim_ascii_start().len();
        let end = self.bytes.len() - (line.len() - line.trim_ascii_end().len());
        if number == 1 && self.bytes[start..].starts_with(b"\xEF\xBB\xBF") {
            start += 3;
        }
        if start < end {
            self.lines.push((number, Some(start..end)));
        }
    }
}

impl Rows {
    /// Reads all rows of `inputs` (each a name for messages and a stream). A line that is no row is
    /// reported to `error` as name, line number and cause, and left out. Texts are scanned as they
    /// come, by all threads; their words are not kept where `exact` copies alone are asked for.
    ///
    /// # Errors
    /// When an input cannot be read to its end or a temporary file cannot be written.
    pub fn read(
        inputs: impl IntoIterator<Item = (String, io::Result<Box<dyn BufRead>>)>,
        fields: Fields,
        options: &Options,
        exact: bool,
        mut error: impl FnMut(&str, usize, &str),
    ) -> io::Result<Self> {
        let spill = Spill::of(options);
        let mut scanned = Scanned::new(&spill);
        let mut file = tempfile::tempfile_in(&spill.dir)?;
        let mut rows = Self {
            file: file.try_clone()?,
            entries: Vec::new(),
            ids: String::new(),
            hosts: Vec::new(),
            fields,
            scanned: None,
        };
        let (mut hosts, mut batch, mut offset) = (Hosts::default(), Batch::default(), 0);
        for (name, reader) in inputs {
            let place = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
            let (mut reader, mut number) = (reader.map_err(place)?, 0);
            loop {
                let is_more = batch.fill(&mut reader, &mut number).map_err(place)?;
                let read = rows.parse(&batch, !exact);
                file.write_all(&batch.bytes)?;
                for ((number, line), read) in batch.lines.iter().zip(read) {
                    match (line, read) {
                        (Some(line), Ok(read)) => {
                            scanned.push(&read.text)?;
                            let place = offset + line.start as u64;
                            let name = || format!("{name}:{number}");
                            rows.add(read, place, line.len() as u32, &mut hosts, name);
                        }
                        (_, Err(cause)) => error(&name, *number, &cause),
                        (None, Ok(_)) => {}
                    }
                }
                offset += batch.bytes.len() as u64;
                if !is_more {
                    break;
                }
            }
        }
        rows.scanned = Some(scanned);
        Ok(rows)
    }

    fn parse(&self, batch: &Batch, keeps_words: bool) -> Vec<Result<Read, String>> {
        let read = |scan: &mut Scan, (_, line): &(usize, Option<Range<usize>>)| match line {
            Some(line) => self.parse_row(&batch.bytes[line.clone()], scan, keeps_words),
            None => Err(format!(
                "the line is longer than {} MiB",
                ReadLimits::default().record_bytes >> 20
            )),
        };
        let lines = batch.lines.par_iter();
        lines.map_init(Scan::default, read).collect()
    }

    fn parse_row(&self, row: &[u8], scan: &mut Scan, keeps_words: bool) -> Result<Read, String> {
        let fields = &self.fields;
        let wanted = Wanted {
            fields,
            whole: true,
        };
        let parsed = wanted
            .parse(row)
            .map_err(|error| format!("invalid JSON: {error}"))?;
        let text = parsed.text.ok_or("no field holds a text")?;
        let host = parsed.url.as_deref().and_then(host);
        let latest = || i64::MAX;
        let priority = match &fields.keep {
            Keep::Id => 0,
            Keep::Longest => -(text.len() as i64),
            Keep::Field(_) => parsed.priority.unwrap_or_else(latest),
            Keep::Source(hosts) => {
                let is = |wanted: &String| Some(wanted) == host.as_ref();
                hosts
                    .iter()
                    .position(is)
                    .map_or_else(latest, |at| at as i64)
            }
        };
        Ok(Read {
            id: parsed.id,
            host,
            address: parsed.url.as_deref().and_then(address),
            priority,
            text: ScannedText::of(&text, scan, keeps_words),
        })
    }

    fn add(
        &mut self,
        read: Read,
        offset: u64,
        len: u32,
        hosts: &mut Hosts,
        name: impl FnOnce() -> String,
    ) {
        self.ids.push_str(&read.id.unwrap_or_else(name));
        self.entries.push(Entry {
            offset,
            len,
            id_end: self.ids.len() as u64,
            priority: read.priority,
            address: read.address.unwrap_or(0),
            host: read.host.map_or(NO_HOST, |host| {
                let known = hosts.get(&*host).copied();
                known.unwrap_or_else(|| {
                    let number = self.hosts.len() as u32;
                    self.hosts.push(host.as_str().into());
                    hosts.insert(host.into(), number);
                    number
                })
            }),
        });
    }

    /// Compares the rows, once, as [`compare_with`](super::compare_with) does.
    ///
    /// # Errors
    /// See there.
    pub fn compare(
        &mut self,
        options: &Options,
        earlier: Option<&dyn Earlier>,
        each: impl FnMut(Addition) -> io::Result<()>,
    ) -> io::Result<Outcome> {
        match self.scanned.take() {
            Some(scanned) => {
                let corpus = Corpus::new(&*self, options, scanned.bytes());
                compare_scanned(&corpus, scanned, options, earlier, each)
            }
            None => super::compare_with(&*self, options, earlier, each),
        }
    }

    /// A row as it came, without its line end.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn row(&self, index: usize) -> io::Result<Vec<u8>> {
        let entry = self.entries.get(index).ok_or(io::ErrorKind::NotFound)?;
        let mut row = vec![0; entry.len as usize];
        read_at(&self.file, &mut row, entry.offset)?;
        Ok(row)
    }
}

impl Texts for Rows {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn text(&self, index: usize) -> io::Result<Cow<'_, str>> {
        let row = self.row(index)?;
        let wanted = Wanted {
            fields: &self.fields,
            whole: false,
        };
        let text = wanted.parse(&row)?.text.unwrap_or_default();
        Ok(Cow::Owned(text.into_owned()))
    }

    fn host(&self, index: usize) -> Option<&str> {
        let host = self.entries.get(index)?.host;
        self.hosts.get(host as usize).map(AsRef::as_ref)
    }

    fn address(&self, index: usize) -> Option<u64> {
        self.entries
            .get(index)
            .map(|entry| entry.address)
            .filter(|&address| address != 0)
    }

    fn bytes(&self, index: usize) -> usize {
        self.entries
            .get(index)
            .map_or(0, |entry| entry.len as usize)
    }

    fn priority(&self, index: usize) -> i64 {
        self.entries.get(index).map_or(0, |entry| entry.priority)
    }

    fn id(&self, index: usize) -> &str {
        let start = match index
            .checked_sub(1)
            .and_then(|before| self.entries.get(before))
        {
            Some(before) => before.id_end as usize,
            None => 0,
        };
        let end = self
            .entries
            .get(index)
            .map_or(start, |entry| entry.id_end as usize);
        self.ids.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, fields: Fields) -> (Rows, Vec<(usize, String)>) {
        let mut errors = Vec::new();
        let reader: Box<dyn BufRead> = Box::new(io::Cursor::new(text.to_owned()));
        let inputs = [("x.jsonl".to_owned(), Ok(reader))];
        let options = Options::default();
        let rows = Rows::read(inputs, fields, &options, false, |_, line, cause| {
            errors.push((line, cause.to_owned()));
        });
        (rows.unwrap(), errors)
    }

    #[test]
    fn rows_come_back_byte_for_byte() {
        let row = r#"{ "text":"a\n\u00e9", "n":1.50, "id":7,"url":"https://www.x.example/a"}"#;
        let (rows, errors) = rows(
            &format!("\n{row}\n{{\"content\":\"b\"}}"),
            Fields::default(),
        );
        assert!(errors.is_empty());
        assert_eq!(rows.row(0).unwrap(), row.as_bytes());
        assert_eq!(rows.text(0).unwrap(), "a\né");
        assert_eq!((rows.id(0), rows.host(0)), ("7", Some("x.example")));
        assert_eq!((rows.id(1), &*rows.text(1).unwrap()), ("x.jsonl:3", "b"));
    }

    #[test]
    fn a_bad_line_is_reported_and_the_rest_is_read() {
        let (rows, errors) = rows(
            "{\"text\":\n{\"id\":1}\n[1]\n{\"text\":\"a\"}",
            Fields::default(),
        );
        assert_eq!(rows.len(), 1);
        let lines: Vec<usize> = errors.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }

    #[test]
    fn the_copy_that_stays_is_the_users_choice() {
        let text = "{\"text\":\"ab\",\"day\":\"2026-02-01\"}\n{\"text\":\"abc\",\"day\":\"2026-01-31T10:00:00Z\"}\n{\"text\":\"a\"}";
        let order = |keep| {
            let (rows, _) = rows(
                text,
                Fields {
                    keep,
                    ..Fields::default()
                },
            );
            let mut order: Vec<usize> = (0..3).collect();
            order.sort_by_key(|&at| rows.priority(at));
            order
        };
        assert_eq!(order(Keep::Longest), [1, 0, 2]);
        assert_eq!(order(Keep::Field("day".into())), [1, 0, 2]);
    }
}
