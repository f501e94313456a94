//! Rows of plain JSON, read without a parser.
//!
//! What is odd in any way is left to the parser: a fault, a key with an escape, a number past 18
//! digits. So a row that is taken here says what it says there, which a test holds.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2};
use serde::de::IgnoredAny;

use super::row::{Keep, Parsed, Wanted, order_of};

/// Longest number that every kind of integer can hold.
const DIGITS: usize = 18;

/// A value in a row.
#[derive(Debug, Clone)]
enum Value {
    /// What stands between the quotes, and whether it has escapes.
    String(Range<usize>, bool),
    Number(Range<usize>),
    Null,
    Other,
}

impl Wanted<'_> {
    /// Like [`parse`](Self::parse); `None` where that is to decide. A text with escapes goes to
    /// `buffer`.
    pub fn flat<'r>(self, row: &'r [u8], buffer: &'r mut Vec<u8>) -> Option<Parsed<'r>> {
        let mut reader = Reader { row, at: 0 };
        let (mut parsed, mut text) = (Parsed::default(), None);
        reader.expect(b'{')?;
        if reader.peek()? == b'}' {
            reader.at += 1;
            return reader.is_done().then_some(parsed);
        }
        loop {
            reader.expect(b'"')?;
            let (key, has_escapes) = reader.string()?;
            let key = row.get(key).filter(|_| !has_escapes)?;
            if !key.is_ascii() {
                std::str::from_utf8(key).ok()?;
            }
            reader.expect(b':')?;
            let value = reader.value()?;
            self.take(row, key, value, &mut parsed, &mut text)?;
            match reader.peek()? {
                b',' => reader.at += 1,
                b'}' => break,
                _ => return None,
            }
        }
        reader.at += 1;
        if !reader.is_done() {
            return None;
        }
        if let Some((text, has_escapes)) = text {
            let raw = row.get(text)?;
            let bytes: &'r [u8] = if has_escapes {
                unescape(raw, buffer)?;
                buffer
            } else {
                raw
            };
            parsed.text = Some(Cow::Borrowed(std::str::from_utf8(bytes).ok()?));
        }
        Some(parsed)
    }

    /// Takes what is wanted of a value.
    fn take(
        self,
        row: &[u8],
        key: &[u8],
        value: Value,
        parsed: &mut Parsed<'_>,
        text: &mut Option<(Range<usize>, bool)>,
    ) -> Option<()> {
        let fields = self.fields;
        let rank = fields.text.iter().position(|name| name.as_bytes() == key);
        if let Some(rank) = rank
            && (text.is_none() || rank < parsed.rank)
        {
            match value {
                Value::String(range, has_escapes) => {
                    *text = Some((range, has_escapes));
                    parsed.rank = rank;
                }
                Value::Null => {}
                Value::Number(_) | Value::Other => return None,
            }
        } else if self.whole && fields.id.as_bytes() == key {
            parsed.id = name_of(row, value)?;
        } else if self.whole && fields.url.as_bytes() == key {
            parsed.url = name_of(row, value)?;
        } else if self.whole && matches!(&fields.keep, Keep::Field(name) if name.as_bytes() == key)
        {
            parsed.priority = match value {
                Value::String(range, false) => order_of(std::str::from_utf8(row.get(range)?).ok()?),
                Value::Number(range) => Some(integer(row, range)?.parse().ok()?),
                Value::Null => None,
                Value::String(..) | Value::Other => return None,
            };
        }
        Some(())
    }
}

/// The name that a value is; the outer `None` leaves it to the parser.
fn name_of(row: &[u8], value: Value) -> Option<Option<String>> {
    match value {
        Value::String(range, false) => {
            Some(Some(std::str::from_utf8(row.get(range)?).ok()?.to_owned()))
        }
        Value::String(range, true) => {
            let mut name = Vec::new();
            unescape(row.get(range)?, &mut name)?;
            Some(Some(String::from_utf8(name).ok()?))
        }
        Value::Number(range) => Some(Some(integer(row, range)?.to_owned())),
        Value::Null => Some(None),
        Value::Other => None,
    }
}

/// A number that is written as any integer is.
fn integer(row: &[u8], range: Range<usize>) -> Option<&str> {
    let digits = row.get(range)?;
    let is_plain = digits.len() <= DIGITS && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| is_plain)
}

/// Goes through a row.
struct Reader<'r> {
    row: &'r [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is no space; stands on it then.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.row.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        let is_it = self.peek()? == wanted;
        self.at += 1;
        is_it.then_some(())
    }

    fn is_done(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The string whose first quote was passed, without quotes; and whether it has escapes.
    fn string(&mut self) -> Option<(Range<usize>, bool)> {
        let (start, mut has_escapes) = (self.at, false);
        loop {
            let rest = self.row.get(self.at..)?;
            let found = memchr2(b'"', b'\\', rest)?;
            self.at += found;
            if rest[found] == b'"' {
                break;
            }
            has_escapes = true;
            self.at += match rest.get(found + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                b'u' if rest
                    .get(found + 2..found + 6)?
                    .iter()
                    .all(u8::is_ascii_hexdigit) =>
                {
                    6
                }
                _ => return None,
            };
        }
        let range = start..self.at;
        self.at += 1;
        let has_control = |bytes: &[u8]| bytes.iter().fold(false, |any, &b| any | (b < 0x20));
        (!has_control(self.row.get(range.clone())?)).then_some((range, has_escapes))
    }

    fn value(&mut self) -> Option<Value> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                let (range, has_escapes) = self.string()?;
                Some(Value::String(range, has_escapes))
            }
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            b'n' => self.word(b"null").map(|()| Value::Null),
            b't' => self.word(b"true").map(|()| Value::Other),
            b'f' => self.word(b"false").map(|()| Value::Other),
            b'[' | b'{' => {
                let rest = self.row.get(self.at..)?;
                let mut values =
                    serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
                values.next()?.ok()?;
                self.at += values.byte_offset();
                Some(Value::Other)
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let is_it = self.row.get(self.at..)?.starts_with(word);
        self.at += word.len();
        is_it.then_some(())
    }

    /// A number as JSON has them.
    fn number(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let byte = |at: usize| self.row.get(at).copied().unwrap_or(0);
        let digits = |from: usize| {
            let mut at = from;
            while byte(at).is_ascii_digit() {
                at += 1;
            }
            (at > from).then_some(at)
        };
        let first = start + usize::from(byte(start) == b'-');
        let mut at = digits(first)?;
        if byte(first) == b'0' && at > first + 1 {
            return None;
        }
        if byte(at) == b'.' {
            at = digits(at + 1)?;
        }
        if matches!(byte(at), b'e' | b'E') {
            at += 1 + usize::from(matches!(byte(at + 1), b'+' | b'-'));
            at = digits(at)?;
        }
        self.at = at;
        Some(start..at)
    }
}

/// Writes a string without its escapes in place of what `out` held.
fn unescape(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    out.reserve(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (byte, used) = match *rest.get(at + 1)? {
            b'n' => (b'\n', 2),
            b't' => (b'\t', 2),
            b'r' => (b'\r', 2),
            b'b' => (8, 2),
            b'f' => (12, 2),
            b'u' => {
                let (c, used) = character(rest.get(at..)?)?;
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(at + used..)?;
                continue;
            }
            byte => (byte, 2),
        };
        out.push(byte);
        rest = rest.get(at + used..)?;
    }
    out.extend_from_slice(rest);
    Some(())
}

/// The character that one `\uXXXX`, or two for one, stand for, and how long they are.
fn character(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let hex = std::str::from_utf8(escape.get(at + 2..at + 6)?).ok()?;
        u32::from_str_radix(hex, 16).ok()
    };
    let high = unit(0)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 6));
    }
    if escape.get(6..8)? != b"\\u" {
        return None;
    }
    let low = unit(6)?.checked_sub(0xdc00).filter(|&low| low < 0x400)?;
    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
}

#[cfg(test)]
mod tests {
    use super::super::row::Fields;
    use super::*;

    fn all_of(
        parsed: &Parsed<'_>,
    ) -> (Option<String>, Option<String>, Option<String>, Option<i64>) {
        let text = parsed.text.as_deref().map(str::to_owned);
        (parsed.id.clone(), parsed.url.clone(), text, parsed.priority)
    }

    /// Whether the quick way took the whole row; it must say what the parser says.
    fn is_flat(row: &[u8]) -> bool {
        let mut took = false;
        for keep in [Keep::Id, Keep::Field("day".into())] {
            let fields = Fields {
                keep,
                ..Fields::default()
            };
            for whole in [true, false] {
                let wanted = Wanted {
                    fields: &fields,
                    whole,
                };
                let mut buffer = Vec::new();
                let Some(flat) = wanted.flat(row, &mut buffer) else {
                    continue;
                };
                took |= whole;
                let parsed = wanted.parse(row);
                let parsed = parsed.unwrap_or_else(|error| {
                    panic!("{error}: {}", String::from_utf8_lossy(row));
                });
                assert_eq!(
                    all_of(&flat),
                    all_of(&parsed),
                    "{}",
                    String::from_utf8_lossy(row)
                );
            }
        }
        took
    }

    #[test]
    fn plain_rows_are_taken() {
        for row in [
            r#"{}"#,
            r#"{"id":"a","text":"b\n\"c\" é \u00e9 \ud83d\ude00","url":"https://x.example/"}"#,
            r#" { "id" : 12 , "text" : null, "content": "x", "n": -1.5e+3, "a": [1, {"b": "]"}] } "#,
            r#"{"body":"x","text":"y","day":"2026-01-31","id":"a\u002fb","x":true,"y":false}"#,
            r#"{"text":"y","text":"z","id":1,"id":null,"day":20260131}"#,
        ] {
            assert!(is_flat(row.as_bytes()), "{row}");
        }
    }

    #[test]
    fn what_is_odd_is_left_to_the_parser() {
        for row in [
            &br#"{"text":"a"} x"#[..],
            br#"{"text":"a",}"#,
            br#"{"text":"a" "id":1}"#,
            br#"{"text":1}"#,
            br#"{"text":"\ud83d"}"#,
            br#"{"text":"\x"}"#,
            br#"{"te\u0078t":"a"}"#,
            br#"{"text":"a","id":1.5}"#,
            br#"{"text":"a","id":01}"#,
            br#"{"text":"a","n":1.}"#,
            br#"{"text":"a","n":[1,]}"#,
            b"{\"text\":\"a\tb\"}",
            b"{\"text\":\"\xff\"}",
            b"{\"\xff\":\"a\"}",
            br#"["text"]"#,
            br#"{"text":"a"#,
        ] {
            assert!(!is_flat(row), "{}", String::from_utf8_lossy(row));
        }
    }

    proptest::proptest! {
        #[test]
        fn rows_are_read_as_the_parser_reads_them(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "{", "}", "\"text\"", "\"id\"", "\"day\"", ":", ",", "\"", "\\", "\\n", "\\u00e9", "\\ud83d",
                    "\\ude00", "a", "é", " ", "1", "-0", ".5", "e9", "null", "true", "[", "]", "\n", "\u{1}",
                    "\"url\":", "\"content\":\"b\"", "{\"text\":\"", "\"}", "{\"id\":", "123456789012345678901",
                ]),
                0..14,
            ),
        ) {
            is_flat(parts.concat().as_bytes());
        }
    }
}
