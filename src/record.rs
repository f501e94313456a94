//! What goes in: the bytes of one page or text, and what is known about them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Whether the bytes are a page or already extracted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// HTML.
    Html,
    /// Plain text.
    Text,
}

/// What the surroundings say about the bytes; all of it may be wrong or missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The file the record came from.
    pub path: Option<String>,
    /// Its place in the file: a line number, a WARC record id.
    pub record: Option<String>,
    /// Address of the page.
    pub url: Option<String>,
    /// Charset label of the HTTP header, or of whoever decoded the bytes before.
    pub charset: Option<String>,
    /// Page or text; guessed from the bytes when absent.
    pub form: Option<Form>,
    /// The text comes from a container that fixes the encoding (JSON is UTF-8): the bytes are
    /// UTF-8 already and a charset named inside the page says nothing.
    pub decoded: bool,
    /// What a web archive says about the record.
    pub archived: Option<Box<Archived>>,
}

/// What a web archive says about a record, as written there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archived {
    /// `WARC-Date`: when it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// `WARC-Payload-Digest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<String>,
    /// `WARC-Block-Digest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_digest: Option<String>,
}

/// One document to clean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// Stable id of the document; never made from a clock or a counter of the engine.
    pub id: String,
    /// The bytes as they were stored.
    pub bytes: Cow<'a, [u8]>,
    /// What is known about them.
    pub hints: Hints,
}

impl<'a> Record<'a> {
    /// A record of already decoded text.
    pub fn text(id: impl Into<String>, text: &'a str) -> Self {
        Self::decoded(id, text, Form::Text)
    }

    /// A record of an already decoded page.
    pub fn html(id: impl Into<String>, html: &'a str) -> Self {
        Self::decoded(id, html, Form::Html)
    }

    fn decoded(id: impl Into<String>, text: &'a str, form: Form) -> Self {
        Self {
            id: id.into(),
            bytes: Cow::Borrowed(text.as_bytes()),
            hints: Hints {
                form: Some(form),
                decoded: true,
                ..Hints::default()
            },
        }
    }
}
