//! The rows of articles: whole, and as a folder of texts has them in its index.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An article's row.
#[derive(Serialize, Deserialize)]
pub(super) struct ArticleRow<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    #[serde(borrow)]
    pub metadata: &'a RawValue,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub also_published_by: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<&'a RawValue>,
}

/// The same row with its text in a file.
#[derive(Serialize, Deserialize)]
pub(super) struct IndexRow<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The text's file, below the folder.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    pub bytes: usize,
    #[serde(borrow)]
    pub sha256: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    #[serde(borrow)]
    pub metadata: &'a RawValue,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub also_published_by: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<&'a RawValue>,
}

impl<'a> ArticleRow<'a> {
    /// The row of the index, when the text stands in `file` and has this hash.
    pub(super) fn in_file(self, file: &'a str, sha256: String) -> IndexRow<'a> {
        IndexRow {
            id: self.id,
            file: file.into(),
            bytes: self.text.len(),
            sha256: sha256.into(),
            source: self.source,
            metadata: self.metadata,
            also_published_by: self.also_published_by,
            repeated: self.repeated,
        }
    }
}

impl<'a> IndexRow<'a> {
    /// The article's row again.
    pub(super) fn with_text(self, text: String) -> ArticleRow<'a> {
        ArticleRow {
            id: self.id,
            text: text.into(),
            source: self.source,
            metadata: self.metadata,
            also_published_by: self.also_published_by,
            repeated: self.repeated,
        }
    }
}
