//! JSON lines: one object per line with `html` or `text` (or the fields that the options name),
//! and if there are any `id` and `url`.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::compression::Stream;
use super::options::{Fields, ReadOptions};
use super::row::Row;
use super::whole::too_large;
use super::{Each, read_error};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Form;

/// Reads the lines of a stream as records; the first of them has the number `first` in its file.
/// A line that is no record is an error with its number, and reading goes on.
pub fn read(mut stream: Stream<'_>, name: &str, first: u64, options: &ReadOptions, each: Each<'_>) {
    let wanted = Wanted::new(&options.fields);
    let limits = options.limits;
    let mut line = Vec::new();
    for number in first.. {
        line.clear();
        let place = |error: Error| error.at(name).on_line(number as usize);
        let goes_on = match next_line(&mut stream, limits.record_bytes, &mut line) {
            Ok(Line::End) => return,
            Ok(Line::TooLong) => each(Err(place(too_large(limits)))),
            Ok(Line::Read) if line.trim_ascii().is_empty() => true,
            Ok(Line::Read) => {
                let row = wanted.parse(&line, number == 1);
                let record = row.and_then(|row| row.record(name, number, limits));
                each(record.map_err(place))
            }
            Err(error) => {
                each(Err(place(read_error(name, &error))));
                return;
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// What was found of a line.
pub(crate) enum Line {
    Read,
    TooLong,
    End,
}

/// Appends what comes up to the next `\n`; a line past `limit` is passed over without being held.
pub(crate) fn next_line(
    reader: &mut dyn BufRead,
    limit: usize,
    line: &mut Vec<u8>,
) -> io::Result<Line> {
    let start = line.len();
    let (mut any, mut too_long) = (false, false);
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(match (any, too_long) {
                (false, _) => Line::End,
                (true, true) => Line::TooLong,
                (true, false) => Line::Read,
            });
        }
        any = true;
        let end = memchr::memchr(b'\n', buffer);
        let part = &buffer[..end.unwrap_or(buffer.len())];
        too_long |= line.len() - start + part.len() > limit;
        if too_long {
            line.truncate(start);
        } else {
            line.extend_from_slice(part);
        }
        let used = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(if too_long { Line::TooLong } else { Line::Read });
        }
    }
}

/// The way out for a line that is no JSON because the file is UTF-16: JSON has no NUL.
pub(crate) fn utf16_remedy(line: &[u8]) -> Option<&'static str> {
    memchr::memchr(0, line)?;
    Some(
        "JSON lines are UTF-8, and this looks like UTF-16: iconv -f UTF-16 -t UTF-8 makes the one of the other",
    )
}

/// The keys that are looked for: id, address, then bodies, best first.
struct Wanted<'f> {
    fields: &'f Fields,
    names: Vec<&'f str>,
    forms: Vec<Option<Form>>,
}

/// Where the bodies start in [`Wanted::names`].
const BODIES: usize = 2;
/// Names that are looked for at most.
const SLOTS: usize = 8;

type Slots<'a> = [Option<Scalar<'a>>; SLOTS];

impl<'f> Wanted<'f> {
    fn new(fields: &'f Fields) -> Self {
        let bodies = fields.bodies();
        let names = [fields.id(), fields.url()].into_iter();
        Self {
            fields,
            names: names.chain(bodies.iter().map(|(name, _)| *name)).collect(),
            forms: bodies.iter().map(|(_, form)| *form).collect(),
        }
    }

    fn parse<'a>(&self, line: &'a [u8], is_first: bool) -> Result<Row<'a>> {
        let invalid = |error: serde_json::Error| {
            let no_json = "each line must be one JSON object with `html` or `text`";
            let remedy = utf16_remedy(line).unwrap_or(no_json);
            let cause = format!("invalid JSON: {error}");
            Error::new(ErrorKind::Malformed, cause, remedy)
        };
        let bom = line.strip_prefix(b"\xEF\xBB\xBF").filter(|_| is_first);
        let mut parser = serde_json::Deserializer::from_slice(bom.unwrap_or(line));
        let mut slots = self.deserialize(&mut parser).map_err(invalid)?;
        parser.end().map_err(invalid)?;
        let id = slots[0].take().map(Scalar::into_text);
        let url = match slots[1].take() {
            Some(Scalar::Text(url)) => Some(url),
            _ => None,
        };
        let bodies = slots[BODIES..].iter_mut().zip(&self.forms);
        let body = bodies
            .filter_map(|(slot, form)| Some((slot.take()?.into_body()?, *form)))
            .next();
        let Some((body, form)) = body else {
            let error = self.fields.no_body();
            return Err(id.into_iter().fold(error, Error::in_record));
        };
        Ok(Row {
            id,
            url,
            body,
            form,
            decoded: true,
        })
    }
}

impl<'de> DeserializeSeed<'de> for &Wanted<'_> {
    type Value = Slots<'de>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Slots<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &Wanted<'_> {
    type Value = Slots<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Slots<'de>, A::Error> {
        let mut slots = Slots::default();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match self.names.iter().position(|name| *name == key.0) {
                Some(slot) if slot < SLOTS => slots[slot] = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(slots)
    }
}

/// A key; borrowed unless it has escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A value that says something.
enum Scalar<'a> {
    Text(Cow<'a, str>),
    Number(String),
    Other,
}

impl<'de> serde::Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Text(text.to_owned().into()))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Number(number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Other)
    }

    fn visit_unit<E>(self) -> std::result::Result<Scalar<'de>, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(
        self,
        mut seq: A,
    ) -> std::result::Result<Scalar<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Scalar<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

impl<'a> Scalar<'a> {
    fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.into(),
            Self::Other => Cow::Borrowed(""),
        }
    }

    fn into_body(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Text(Cow::Borrowed(text)) => Some(text.as_bytes().into()),
            Self::Text(Cow::Owned(text)) => Some(text.into_bytes().into()),
            Self::Number(_) | Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::ReadLimits;
    use crate::record::Record;

    fn rows_of(text: &str, options: &ReadOptions) -> Vec<Result<Record<'static>>> {
        let mut rows = Vec::new();
        let stream = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        read(stream, "x.jsonl", 1, options, &mut |row| {
            rows.push(row);
            true
        });
        rows
    }

    #[test]
    fn a_bad_line_is_an_error_with_its_number_and_the_rest_goes_on() {
        let text = "{\"id\":7,\"text\":\"a\"}\n\n{\"id\":\n{\"html\":\"b\"}";
        let rows = rows_of(text, &ReadOptions::default());
        assert_eq!(rows[0].as_ref().unwrap().id, "7");
        let error = rows[1].as_ref().unwrap_err();
        assert_eq!(
            (error.path.as_deref(), error.line),
            (Some("x.jsonl"), Some(3))
        );
        assert_eq!(rows[2].as_ref().unwrap().id, "x.jsonl:4");
        assert_eq!(rows[2].as_ref().unwrap().hints.form, Some(Form::Html));
    }

    #[test]
    fn a_line_past_the_limit_is_passed_over() {
        let long = format!("{{\"text\":\"{}\"}}\n{{\"text\":\"b\"}}", "a".repeat(500));
        let limits = ReadLimits {
            record_bytes: 100,
            ..ReadLimits::default()
        };
        let rows = rows_of(
            &long,
            &ReadOptions {
                limits,
                ..ReadOptions::default()
            },
        );
        assert_eq!(rows[0].as_ref().unwrap_err().kind, ErrorKind::TooLarge);
        assert_eq!(&*rows[1].as_ref().unwrap().bytes, b"b");
    }

    #[test]
    fn fields_are_guessed_in_order_or_named() {
        let guess = |line: &str| {
            let row = rows_of(line, &ReadOptions::default()).remove(0);
            row.map(|record| String::from_utf8(record.bytes.into_owned()).unwrap())
        };
        assert_eq!(guess(r#"{"text":"t","html":"h"}"#).unwrap(), "h");
        assert_eq!(guess(r#"{"html":null,"body":"b"}"#).unwrap(), "b");
        assert_eq!(
            guess(r#"{"html":{"a":[1]},"raw_content":"r\n"}"#).unwrap(),
            "r\n"
        );
        let error = guess(r#"{"id":"x","article":"a"}"#).unwrap_err();
        assert_eq!(error.record.as_deref(), Some("x"));
        assert!(error.remedy.contains("--field-text"));
        let name = |name: &str| Some(name.to_owned());
        let options = ReadOptions {
            fields: Fields {
                id: name("key"),
                url: name("link"),
                text: name("article"),
                html: None,
            },
            ..ReadOptions::default()
        };
        let line = r#"{"key":3,"link":"http://e","text":"no","article":"yes"}"#;
        let record = rows_of(line, &options).remove(0).unwrap();
        assert_eq!((&*record.id, &*record.bytes), ("3", &b"yes"[..]));
        assert_eq!(record.hints.url.as_deref(), Some("http://e"));
    }
}
