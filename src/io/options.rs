//! How records are read: bounds against hostile input, and which fields say what.

use serde::{Deserialize, Serialize};

use super::Format;
use super::inputs::Input;
use crate::error::{Error, ErrorKind};
use crate::record::Form;

/// Bounds on what is read. What is past one of them is an error row, and the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReadLimits {
    /// Longest record in bytes, after decompression.
    pub record_bytes: usize,
    /// Most bytes that one file may hold after decompression, in all its members together.
    pub total_bytes: u64,
    /// How many times its size on disk a file may hold after decompression; looked at from
    /// 64 MiB (`RATIO_FLOOR`) on.
    pub ratio: u64,
    /// How deep archives and compression may be nested in one file.
    pub nesting: usize,
}

/// So many decompressed bytes are no bomb whatever their ratio.
pub const RATIO_FLOOR: u64 = 64 << 20;

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            record_bytes: 64 << 20,
            total_bytes: 1 << 40,
            // DEFLATE cannot pass 1032; text that people write stays below 30, even logs below 100.
            ratio: 250,
            nesting: 4,
        }
    }
}

/// Which fields (of JSON objects, columns of tables) say what; `None` guesses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// The id of the document [guess: `id`].
    pub id: Option<String>,
    /// The address of the page [guess: `url`].
    pub url: Option<String>,
    /// A page. With `text` or `html` given, nothing is guessed for either.
    pub html: Option<String>,
    /// A text.
    pub text: Option<String>,
}

/// Fields that hold a page or a text, best first; the last three say nothing about the form.
const GUESSES: [(&str, Option<Form>); 5] = [
    ("html", Some(Form::Html)),
    ("text", Some(Form::Text)),
    ("content", None),
    ("raw_content", None),
    ("body", None),
];

impl Fields {
    /// Name of the field that holds the id.
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or("id")
    }

    /// Name of the field that holds the address.
    pub fn url(&self) -> &str {
        self.url.as_deref().unwrap_or("url")
    }

    /// The fields that may hold the document, best first, and the form that each stands for.
    pub fn bodies(&self) -> Vec<(&str, Option<Form>)> {
        let html = self.html.as_deref().map(|name| (name, Some(Form::Html)));
        let text = self.text.as_deref().map(|name| (name, Some(Form::Text)));
        let given: Vec<_> = html.into_iter().chain(text).collect();
        if given.is_empty() {
            GUESSES.to_vec()
        } else {
            given
        }
    }

    /// The error for a row in which none of [`bodies`](Self::bodies) holds anything.
    pub(super) fn no_body(&self) -> Error {
        let names: Vec<&str> = self.bodies().iter().map(|(name, _)| *name).collect();
        let cause = format!("no field holds a text: looked for {}", names.join(", "));
        let remedy = "name the field with --field-text or --field-html";
        Error::new(ErrorKind::Malformed, cause, remedy)
    }
}

/// How records are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    /// The format of all inputs, whatever their names say.
    pub format: Option<Format>,
    /// Bounds against hostile input.
    pub limits: ReadLimits,
    /// Which fields say what.
    pub fields: Fields,
}

impl ReadOptions {
    /// How an input holds records.
    pub fn format_of(&self, input: &Input) -> Format {
        self.format.unwrap_or(input.format)
    }
}
