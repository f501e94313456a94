//! JSON lines as a corpus to deduplicate: rows stay on disk, as they came.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;

use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::spill::read_at;
use super::{Texts, address, host};

/// Which fields of a row say what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The id, a string or number; rows without one are named by file and line.
    pub id: String,
    /// The text: the first of these that a row has.
    pub text: Vec<String>,
    /// The address, for the host.
    pub url: String,
    /// What decides which copy stays.
    pub keep: Keep,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            id: "id".into(),
            text: ["text", "content", "raw_content", "body"]
                .map(String::from)
                .into(),
            url: "url".into(),
            keep: Keep::Id,
        }
    }
}

/// Which copy of a cluster stays; ties go to the smallest id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    #[default]
    /// The one with the smallest id.
    Id,
    /// The longest text.
    Longest,
    /// The one whose field of this name holds the smallest number or the earliest date
    /// (`2026-01-31…`); rows without it come last.
    Field(String),
    /// The one from the host that stands first in this list; other hosts come last.
    Source(Vec<String>),
}

/// Rows of JSON lines in a file without a name.
#[derive(Debug)]
pub struct Rows {
    file: File,
    entries: Vec<Entry>,
    /// All ids, one behind the other.
    ids: String,
    hosts: Vec<Box<str>>,
    fields: Fields,
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

/// Hosts that rows have named, by name.
type Hosts = FxHashMap<Box<str>, u32>;

impl Rows {
    /// Reads all rows of `inputs` (each a name for messages and a stream); `dir` is where the
    /// temporary file lies. A line that is no row is reported to `error` as name, line number
    /// and cause, and left out.
    ///
    /// # Errors
    /// When an input cannot be read to its end or the temporary file cannot be written.
    pub fn read(
        inputs: impl IntoIterator<Item = (String, io::Result<Box<dyn BufRead>>)>,
        fields: Fields,
        dir: &Path,
        mut error: impl FnMut(&str, usize, &str),
    ) -> io::Result<Self> {
        let file = tempfile::tempfile_in(dir)?;
        let mut rows = Self {
            file: file.try_clone()?,
            entries: Vec::new(),
            ids: String::new(),
            hosts: Vec::new(),
            fields,
        };
        let mut hosts = Hosts::default();
        let mut writer = BufWriter::with_capacity(1 << 18, file);
        let (mut line, mut offset) = (Vec::new(), 0);
        for (name, reader) in inputs {
            let place = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
            let mut reader = reader.map_err(place)?;
            for number in 1.. {
                line.clear();
                if reader.read_until(b'\n', &mut line).map_err(place)? == 0 {
                    break;
                }
                let row = line.trim_ascii();
                if row.is_empty() {
                    continue;
                }
                match rows.add(row, offset, &mut hosts, || format!("{name}:{number}")) {
                    Ok(()) => {
                        writer.write_all(row)?;
                        offset += row.len() as u64;
                    }
                    Err(cause) => error(&name, number, &cause),
                }
            }
        }
        writer.flush()?;
        Ok(rows)
    }

    fn add(
        &mut self,
        row: &[u8],
        offset: u64,
        hosts: &mut Hosts,
        name: impl FnOnce() -> String,
    ) -> Result<(), String> {
        let fields = &self.fields;
        let parsed = Wanted {
            fields,
            whole: true,
        }
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
        let len = u32::try_from(row.len()).map_err(|_| "the row is longer than 4 GiB")?;
        self.ids.push_str(&parsed.id.unwrap_or_else(name));
        self.entries.push(Entry {
            offset,
            len,
            id_end: self.ids.len() as u64,
            priority,
            address: parsed.url.as_deref().and_then(address).unwrap_or(0),
            host: host.map_or(NO_HOST, |host| {
                let known = hosts.get(&*host).copied();
                known.unwrap_or_else(|| {
                    let number = self.hosts.len() as u32;
                    self.hosts.push(host.as_str().into());
                    hosts.insert(host.into(), number);
                    number
                })
            }),
        });
        Ok(())
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

/// What is taken from a row: everything, or only the text.
#[derive(Clone, Copy)]
struct Wanted<'f> {
    fields: &'f Fields,
    whole: bool,
}

#[derive(Default)]
struct Parsed<'r> {
    id: Option<String>,
    url: Option<String>,
    text: Option<Cow<'r, str>>,
    priority: Option<i64>,
    /// Place of the text's field in the list of names.
    rank: usize,
}

impl Wanted<'_> {
    fn parse(self, row: &[u8]) -> serde_json::Result<Parsed<'_>> {
        let mut deserializer = serde_json::Deserializer::from_slice(row);
        let parsed = self.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(parsed)
    }
}

impl<'r> DeserializeSeed<'r> for Wanted<'_> {
    type Value = Parsed<'r>;

    fn deserialize<D: Deserializer<'r>>(self, deserializer: D) -> Result<Parsed<'r>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// A string that borrows from the row where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Text<'r>(#[serde(borrow)] Option<Cow<'r, str>>);

impl<'r> Visitor<'r> for Wanted<'_> {
    type Value = Parsed<'r>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("one JSON object per line")
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<Parsed<'r>, A::Error> {
        let fields = self.fields;
        let mut parsed = Parsed::default();
        while let Some(key) = map.next_key::<Cow<'r, str>>()? {
            let rank = fields.text.iter().position(|name| *name == key);
            if let Some(rank) = rank
                && (parsed.text.is_none() || rank < parsed.rank)
            {
                if let Some(text) = map.next_value::<Text<'r>>()?.0 {
                    parsed.text = Some(text);
                    parsed.rank = rank;
                }
            } else if self.whole && *key == *fields.id {
                parsed.id = name_of(map.next_value()?);
            } else if self.whole && *key == *fields.url {
                parsed.url = name_of(map.next_value()?);
            } else if self.whole && matches!(&fields.keep, Keep::Field(name) if **name == *key) {
                parsed.priority = order_of_value(&map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(parsed)
    }
}

fn name_of(value: Value) -> Option<String> {
    match value {
        Value::String(name) => Some(name),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number as it is; a date as its digits, down to the second.
fn order_of_value(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(date) => order_of(date),
        _ => None,
    }
}

/// The digits of a date that begins with the year, down to the second: earlier dates are smaller.
pub fn order_of(date: &str) -> Option<i64> {
    let digits = date.bytes().filter(u8::is_ascii_digit).take(14);
    let digits: Vec<i64> = digits.map(|digit| i64::from(digit - b'0')).collect();
    let padded = digits.iter().copied().chain(std::iter::repeat(0)).take(14);
    (!digits.is_empty()).then(|| padded.fold(0, |order, digit| order * 10 + digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, fields: Fields) -> (Rows, Vec<(usize, String)>) {
        let mut errors = Vec::new();
        let reader: Box<dyn BufRead> = Box::new(io::Cursor::new(text.to_owned()));
        let inputs = [("x.jsonl".to_owned(), Ok(reader))];
        let rows = Rows::read(inputs, fields, &std::env::temp_dir(), |_, line, cause| {
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
