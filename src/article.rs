//! The article: a clean text, its metadata, and what other documents share with it.

use serde::{Deserialize, Serialize};

use crate::document::Span;
use crate::metadata::Metadata;

/// How the text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TextFormat {
    /// Blocks parted by an empty line, items and rows by a line end.
    #[default]
    Text,
    /// Markdown: headings, lists, quotes and code marked.
    Markdown,
}

/// A clean article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Id of the document.
    pub id: String,
    /// The text.
    pub text: String,
    /// Where it came from: the address of the page, or else the record's id.
    pub source: String,
    /// What the rules lifted out and the page says about itself.
    pub metadata: Metadata,
    /// Who else published the article: publishers or hosts of the copies that went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_published_by: Vec<String>,
    /// Paragraphs that other documents have too, when these are to be flagged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<RepeatedParagraph>,
}

/// A paragraph that other documents have too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedParagraph {
    /// Bytes of the article's text.
    pub span: Span,
    /// How many documents have it.
    pub documents: u32,
    /// The first of them.
    pub first: String,
}
