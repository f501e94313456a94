//! A row of JSON as far as deduplication looks at it.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// What is taken from a row: everything, or only the text.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'f> {
    /// Which fields those are.
    pub fields: &'f Fields,
    /// Everything.
    pub whole: bool,
}

/// What a row says.
#[derive(Debug, Default)]
pub(super) struct Parsed<'r> {
    pub id: Option<String>,
    pub url: Option<String>,
    pub text: Option<Cow<'r, str>>,
    /// The value of the field that decides which copy stays.
    pub priority: Option<i64>,
    /// Place of the text's field in the list of names.
    pub(super) rank: usize,
}

impl Wanted<'_> {
    /// Parses a row.
    pub fn parse(self, row: &[u8]) -> serde_json::Result<Parsed<'_>> {
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
