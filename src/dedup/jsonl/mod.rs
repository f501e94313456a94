//! JSON lines as a corpus to deduplicate: rows stay on disk, as they came.

mod parse;
mod reader;

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use super::row::{Fields, Keep, order_of};
pub use super::store::Source;
pub use reader::RowReader;

use super::batch::Batch;
use super::column::Column;
use super::corpus::Corpus;
use super::ids::Ids;
use super::row::Wanted;
use super::scanned::Scanned;
use super::store::Store;
use super::{Addition, Earlier, Options, Outcome, Texts, compare_scanned};
use crate::error::{Error, ErrorKind};
use crate::io::ReadLimits;
use crate::io::jsonl::utf16_remedy;
use crate::spill::Spill;
use parse::{ScannedRow, Tools};

/// Rows of JSON lines.
#[derive(Debug)]
pub struct Rows {
    pub(super) store: Store,
    places: Vec<Place>,
    ids: Ids,
    repeated_ids: usize,
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

/// Where a row stands in the store. The address is in two halves: twelve bytes, not sixteen.
#[derive(Debug, Clone, Copy)]
struct Place {
    low: u32,
    high: u32,
    len: u32,
}

impl Place {
    fn address(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }
}

/// Hosts that rows have named, by name.
type Hosts = FxHashMap<Box<str>, u32>;

impl Rows {
    /// Reads all rows of `inputs` (each a name for messages and a source). A line that is no row is
    /// reported to `error` and left out, and so is what comes behind a fault of an input. Texts are scanned as they
    /// come, by all threads; their words are not kept where `exact` copies alone are asked for.
    ///
    /// # Errors
    /// When an input cannot be opened or a temporary file cannot be written.
    pub fn read(
        inputs: impl IntoIterator<Item = (String, io::Result<Source>)>,
        fields: Fields,
        options: &Options,
        exact: bool,
        mut error: impl FnMut(Error),
    ) -> io::Result<Self> {
        let spill = Spill::of(options);
        let mut scanned = Scanned::new(&spill);
        let mut rows = Self::new(Store::new(spill.dir), fields);
        let (mut hosts, mut batch) = (Hosts::default(), Batch::default());
        let limit = ReadLimits::default().record_bytes;
        for (name, source) in inputs {
            let place = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
            let mut source = source.map_err(place)?;
            let copies = rows.store.begin(&name, &source).map_err(place)?;
            batch.begin();
            let begin = rows.store.end();
            let mut is_more = true;
            while is_more {
                is_more = batch.fill(source.reader(), limit);
                let read = rows.parse(&batch, !exact);
                let start = if copies {
                    rows.store.end()
                } else {
                    begin + batch.at()
                };
                for ((number, line), read) in batch.lines.iter().zip(read) {
                    match (line, read) {
                        (Some(line), Ok(read)) => {
                            scanned.push(&read.text)?;
                            let place = start + line.start as u64;
                            let name = || format!("{name}:{number}");
                            rows.add(read, place, line.len() as u32, &mut hosts, name);
                        }
                        (line, Err(cause)) => {
                            let line = line.clone().and_then(|line| batch.bytes().get(line));
                            let remedy = remedy_of(line.unwrap_or_default());
                            let no_row = Error::new(ErrorKind::Malformed, cause, remedy);
                            error(no_row.at(&name).on_line(*number));
                        }
                        (None, Ok(_)) => {}
                    }
                }
                if copies {
                    rows.store.copy(batch.bytes())?;
                }
            }
            if let Some((number, cause)) = batch.broken() {
                error(Error::io(&name, &cause).on_line(number));
            }
            if !copies {
                rows.store.pass(batch.at() + batch.bytes().len() as u64);
            }
        }
        rows.repeated_ids = rows.ids.make_unique();
        rows.scanned = Some(scanned);
        Ok(rows)
    }

    fn new(store: Store, fields: Fields) -> Self {
        Self {
            store,
            places: Vec::new(),
            ids: Ids::default(),
            repeated_ids: 0,
            priorities: Column::default(),
            addresses: Column::default(),
            hosts_of: Column::default(),
            hosts: Vec::new(),
            fields,
            scanned: None,
        }
    }

    fn parse(&self, batch: &Batch, keeps_words: bool) -> Vec<Result<ScannedRow, String>> {
        let read = |tools: &mut Tools, (_, line): &(usize, Option<Range<usize>>)| match line {
            Some(line) => ScannedRow::of(
                &batch.bytes()[line.clone()],
                &self.fields,
                tools,
                keeps_words,
            ),
            None => Err(format!(
                "the line is longer than {} MiB",
                ReadLimits::default().record_bytes >> 20
            )),
        };
        let lines = batch.lines.par_iter();
        lines.map_init(Tools::default, read).collect()
    }

    fn add(
        &mut self,
        read: ScannedRow,
        offset: u64,
        len: u32,
        hosts: &mut Hosts,
        name: impl FnOnce() -> String,
    ) {
        let index = self.places.len();
        let id = read.id.unwrap_or_else(name);
        self.ids.push(&id);
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
                let corpus = Corpus::scanned(&*self, options, &mut scanned)?;
                compare_scanned(&corpus, scanned, options, earlier, each)
            }
            None => super::compare_with(&*self, options, earlier, each),
        }
    }

    /// A row as it came, without its line end.
    ///
    /// # Errors
    /// When the input or its copy cannot be read.
    pub fn row(&self, index: usize) -> io::Result<Vec<u8>> {
        let place = self.places.get(index).ok_or(io::ErrorKind::NotFound)?;
        let mut row = vec![0; place.len as usize];
        self.store.read(&mut row, place.address())?;
        Ok(row)
    }

    /// Reads rows in order, as they came.
    pub fn reader(&self) -> RowReader<'_> {
        RowReader::new(self)
    }

    /// How many rows have an id that came before; they are named by it and their number among those
    /// that have it: `id#2`.
    pub fn repeated_ids(&self) -> usize {
        self.repeated_ids
    }

    /// Fails if a file from which rows are read again is not what it was.
    ///
    /// # Errors
    /// See above.
    pub fn is_unchanged(&self) -> io::Result<()> {
        self.store.is_unchanged()
    }
}

/// The way out for a line that is no row.
fn remedy_of(line: &[u8]) -> &'static str {
    let no_json = "the line is left out; each must be one JSON object with a text";
    utf16_remedy(line).unwrap_or(no_json)
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
        let mut buffer = Vec::new();
        let text = match wanted.flat(&row, &mut buffer) {
            Some(parsed) => parsed.text,
            None => wanted.parse(&row)?.text,
        };
        Ok(Cow::Owned(text.unwrap_or_default().into_owned()))
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
        self.ids.get(index)
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
        let source = Source::Stream(Box::new(io::Cursor::new(text.to_owned())));
        let inputs = [("x.jsonl".to_owned(), Ok(source))];
        let options = Options {
            memory,
            ..Options::default()
        };
        let rows = Rows::read(inputs, fields, &options, false, |error| {
            errors.push((error.line.unwrap(), error.cause));
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
