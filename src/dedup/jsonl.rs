//! JSON lines as a corpus to deduplicate: rows stay on disk, as they came.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use super::row::{Fields, Keep, order_of};

use super::column::Column;
use super::corpus::{Corpus, left};
use super::row::Wanted;
use super::scan::Scan;
use super::scanned::{Scanned, ScannedText};
use super::{Addition, Earlier, Options, Outcome, Texts, address, compare_scanned, host};
use crate::io::ReadLimits;
use crate::io::jsonl::{Line, next_line};
use crate::spill::{Ends, Spill, read_at};

/// Rows of JSON lines in a file without a name.
#[derive(Debug)]
pub struct Rows {
    file: File,
    places: Vec<Place>,
    /// All ids, one behind the other.
    ids: String,
    id_ends: Ends,
    priorities: Column<i64>,
    /// 0 where there is none.
    addresses: Column<u64>,
    /// Place in the list of hosts, from 1; 0 where there is none.
    hosts_of: Column<u32>,
    hosts: Vec<Box<str>>,
    fields: Fields,
    /// The texts, scanned as they came; gone when they were compared.
    scanned: Option<Scanned>,
}

/// Where a row stands in the file. The offset is in two halves: twelve bytes, not sixteen.
#[derive(Debug, Clone, Copy)]
struct Place {
    low: u32,
    high: u32,
    len: u32,
}

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
            places: Vec::new(),
            ids: String::new(),
            id_ends: Ends::default(),
            priorities: Column::default(),
            addresses: Column::default(),
            hosts_of: Column::default(),
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
        let index = self.places.len();
        let id = read.id.unwrap_or_else(name);
        self.ids.push_str(&id);
        self.id_ends.push(id.len() as u32);
        self.places.push(Place {
            low: offset as u32,
            high: (offset >> 32) as u32,
            len,
        });
        self.priorities.set(index, read.priority);
        self.addresses.set(index, read.address.unwrap_or(0));
        let Some(host) = read.host else {
            return;
        };
        let known = hosts.get(&*host).copied();
        let number = known.unwrap_or_else(|| {
            self.hosts.push(host.as_str().into());
            let number = self.hosts.len() as u32;
            hosts.insert(host.into(), number);
            number
        });
        self.hosts_of.set(index, number);
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
            Some(mut scanned) => {
                let memory = Spill::of(options).memory;
                // Words that stay in memory must not take it from what sorts.
                if left(memory, self.len(), scanned.bytes()) < memory / 4 {
                    scanned.unload()?;
                }
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
        let place = self.places.get(index).ok_or(io::ErrorKind::NotFound)?;
        let mut row = vec![0; place.len as usize];
        let offset = u64::from(place.high) << 32 | u64::from(place.low);
        read_at(&self.file, &mut row, offset)?;
        Ok(row)
    }
}

impl Texts for Rows {
    fn len(&self) -> usize {
        self.places.len()
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
        let number = self.hosts_of.get(index).checked_sub(1)?;
        self.hosts.get(number as usize).map(AsRef::as_ref)
    }

    fn address(&self, index: usize) -> Option<u64> {
        Some(self.addresses.get(index)).filter(|&address| address != 0)
    }

    fn bytes(&self, index: usize) -> usize {
        self.places.get(index).map_or(0, |place| place.len as usize)
    }

    fn priority(&self, index: usize) -> i64 {
        self.priorities.get(index)
    }

    fn id(&self, index: usize) -> &str {
        let place = self.id_ends.get(index);
        let id = place.and_then(|place| self.ids.get(place.start as usize..place.end as usize));
        id.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, fields: Fields) -> (Rows, Vec<(usize, String)>) {
        rows_within(text, fields, Options::default().memory)
    }

    fn rows_within(text: &str, fields: Fields, memory: u64) -> (Rows, Vec<(usize, String)>) {
        let mut errors = Vec::new();
        let reader: Box<dyn BufRead> = Box::new(io::Cursor::new(text.to_owned()));
        let inputs = [("x.jsonl".to_owned(), Ok(reader))];
        let options = Options {
            memory,
            ..Options::default()
        };
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

    #[test]
    fn documents_that_take_all_memory_are_compared_alike() {
        let word = |n: u32| format!("w{}", n.wrapping_mul(2_654_435_761) >> 12);
        // Every third text is the one before it with its first words gone.
        let row = |n: u32| {
            let (base, from) = if n % 3 == 2 { (n - 1, 4) } else { (n, 0) };
            let text: Vec<String> = (from..90).map(|at| word(base * 90 + at)).collect();
            format!("{{\"id\":\"{n:04}\",\"text\":\"{}\"}}\n", text.join(" "))
        };
        let text: String = (0..240).map(row).collect();
        let compare = |memory: u64| {
            let (mut rows, _) = rows_within(&text, Fields::default(), memory);
            let options = Options {
                memory,
                ..Options::default()
            };
            rows.compare(&options, None, |_| Ok(())).unwrap()
        };
        let whole = compare(1 << 30);
        assert_eq!(whole.removals.iter().flatten().count(), 80);
        assert_eq!(compare(20_000), whole);
        assert_eq!(compare(0), whole);
    }
}
