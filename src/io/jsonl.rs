//! JSON lines: one object per line with `html` or `text` (also `content`, `raw_content`,
//! `body`), and if there are any `id` and `url`.

use std::borrow::Cow;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::ReadLimits;
use super::whole::too_large;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Form, Hints, Record};

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow, default)]
    id: Option<Id<'a>>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    html: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    content: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    raw_content: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    body: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Number(serde_json::Number),
}

/// Reads the lines of a stream as records. A line that is no record is an error with its number,
/// and reading goes on.
pub fn read(
    mut reader: Box<dyn BufRead + Send>,
    name: &str,
    limits: ReadLimits,
    each: &mut dyn FnMut(Result<Record<'static>>) -> bool,
) {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let place = |error: Error| error.at(name).on_line(number);
        let goes_on = match next_line(&mut reader, limits.record_bytes, &mut line) {
            Ok(Line::End) => return,
            Ok(Line::TooLong) => each(Err(place(too_large(limits)))),
            Ok(Line::Read) if line.iter().all(u8::is_ascii_whitespace) => true,
            Ok(Line::Read) => each(parse(&line, name, number).map_err(place)),
            Err(error) => {
                each(Err(place(Error::io(name, &error))));
                return;
            }
        };
        if !goes_on {
            return;
        }
    }
}

enum Line {
    Read,
    TooLong,
    End,
}

/// Reads up to the next `\n`; a line past `limit` is passed over without being held.
fn next_line(reader: &mut dyn BufRead, limit: usize, line: &mut Vec<u8>) -> io::Result<Line> {
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
        too_long |= line.len() + part.len() > limit;
        if too_long {
            line.clear();
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

fn parse(line: &[u8], name: &str, number: usize) -> Result<Record<'static>> {
    let row: Row<'_> = serde_json::from_slice(line).map_err(|error| {
        let remedy = "each line must be one JSON object with `html` or `text`";
        Error::new(
            ErrorKind::Malformed,
            format!("invalid JSON: {error}"),
            remedy,
        )
    })?;
    let id = match row.id {
        Some(Id::Text(id)) => id.into_owned(),
        Some(Id::Number(id)) => id.to_string(),
        None => format!("{name}:{number}"),
    };
    let any = || row.content.or(row.raw_content).or(row.body);
    let (form, text) = if let Some(html) = row.html {
        (Some(Form::Html), html)
    } else if let Some(text) = row.text {
        (Some(Form::Text), text)
    } else if let Some(text) = any() {
        (None, text)
    } else {
        let remedy = "give the page as `html` or the text as `text`";
        return Err(
            Error::new(ErrorKind::Malformed, "no field holds a text", remedy).in_record(id),
        );
    };
    Ok(Record {
        id,
        bytes: text.into_owned().into_bytes().into(),
        hints: Hints {
            path: Some(name.to_owned()),
            record: Some(number.to_string()),
            url: row.url.map(Cow::into_owned),
            charset: None,
            form,
            decoded: true,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str, limit: usize) -> Vec<Result<Record<'static>>> {
        let mut rows = Vec::new();
        let reader = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let limits = ReadLimits {
            record_bytes: limit,
        };
        read(reader, "x.jsonl", limits, &mut |row| {
            rows.push(row);
            true
        });
        rows
    }

    #[test]
    fn a_bad_line_is_an_error_with_its_number_and_the_rest_goes_on() {
        let rows = read_all(
            "{\"id\":7,\"text\":\"a\"}\n\n{\"id\":\n{\"html\":\"b\"}",
            1000,
        );
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
        let rows = read_all(&long, 100);
        assert_eq!(rows[0].as_ref().unwrap_err().kind, ErrorKind::TooLarge);
        assert_eq!(&*rows[1].as_ref().unwrap().bytes, b"b");
    }
}
