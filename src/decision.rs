//! Decisions about spans: what happens to them, and the reason.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::document::Span;

/// What happens to a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Stays in the article.
    Keep,
    /// Left out.
    Drop,
    /// Left out of the text, its value goes to a metadata field.
    Lift,
}

/// The stage that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Segmentation: markup, white space between blocks, hidden parts of a page.
    Segment,
    /// A rule of a rule pack.
    Rules,
    /// A repeat inside the page.
    Repeats,
    /// What the site repeats on its pages.
    Site,
    /// The main-content decision.
    Content,
    /// Paragraphs repeated across documents.
    Dedup,
}

/// A metadata field that a span can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Title of the article.
    Title,
    /// The lede below the title.
    Standfirst,
    /// One author's name.
    Author,
    /// The paper or site that published the article.
    Publisher,
    /// A news agency, e.g. AFP.
    Agency,
    /// Date of publication.
    Published,
    /// Date of the last change.
    Modified,
    /// Reading time in minutes.
    ReadingTime,
    /// The text of a caption.
    Caption,
    /// The credit of a photo.
    Credit,
    /// A tag or topic.
    Tag,
    /// The section of the paper.
    Section,
    /// Canonical address of the page.
    Canonical,
    /// Name of the site.
    SiteName,
    /// Address of the main image.
    Image,
    /// Language as declared by the page (BCP 47).
    Language,
    /// Licence of the text.
    License,
    /// A notice that the text stops at a paywall.
    Paywall,
    /// A comment of a reader, when asked for.
    Comment,
    /// The address that a link of the text leads to, when asked for.
    Link,
    /// The address of a picture in the text, when asked for.
    Picture,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 21] = [
        Self::Title,
        Self::Standfirst,
        Self::Author,
        Self::Publisher,
        Self::Agency,
        Self::Published,
        Self::Modified,
        Self::ReadingTime,
        Self::Caption,
        Self::Credit,
        Self::Tag,
        Self::Section,
        Self::Canonical,
        Self::SiteName,
        Self::Image,
        Self::Language,
        Self::License,
        Self::Paywall,
        Self::Comment,
        Self::Link,
        Self::Picture,
    ];

    /// The name used in rules and provenance, e.g. `reading_time`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Standfirst => "standfirst",
            Self::Author => "author",
            Self::Publisher => "publisher",
            Self::Agency => "agency",
            Self::Published => "published",
            Self::Modified => "modified",
            Self::ReadingTime => "reading_time",
            Self::Caption => "caption",
            Self::Credit => "credit",
            Self::Tag => "tag",
            Self::Section => "section",
            Self::Canonical => "canonical",
            Self::SiteName => "site_name",
            Self::Image => "image",
            Self::Language => "language",
            Self::License => "license",
            Self::Paywall => "paywall",
            Self::Comment => "comment",
            Self::Link => "link",
            Self::Picture => "picture",
        }
    }

    /// The field with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// Why a decision was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A rule by id: from a rule pack (`fr/ad/continue-after-ad`) or built in
    /// (`segment/markup`).
    Rule(Arc<str>),
    /// The span repeats another one.
    Twin(Twin),
    /// A model's score against its threshold.
    Model(ModelReason),
}

impl Reason {
    /// The reason with this rule id.
    pub fn rule(id: impl Into<Arc<str>>) -> Self {
        Self::Rule(id.into())
    }
}

/// The text that a removed span repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// The built-in rule that found the repeat, e.g. `repeats/title-copy`.
    pub rule: Arc<str>,
    /// The other document; absent when the twin stands in the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The span that stays, in the decoded text of the twin's document.
    pub span: Span,
}

/// What a model said about a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelReason {
    /// Name of the model, e.g. `plain-lines`.
    pub name: Cow<'static, str>,
    /// First 16 hex digits of the SHA-256 of the weights.
    pub hash: Arc<str>,
    /// The score of the block, in thousandths.
    pub score: i32,
    /// The score from which a block is kept, in thousandths.
    pub threshold: i32,
}

/// One row of a provenance record: a span of the decoded text and what happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Bytes of the decoded text.
    pub span: Span,
    /// What happens to them.
    pub action: Action,
    /// Kept: the block kind (`paragraph`). Removed: the family (`ad`, `read-also`, `markup`).
    pub kind: Arc<str>,
    /// Kept: the number of the block in the article; spans with the same number are one block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<u32>,
    /// With a field: the number of the value; spans with the same number are one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u32>,
    /// Kept: heading level or list depth, where it has one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub level: u8,
    /// Kept: the number of an item of an ordered list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<u32>,
    /// Lifted (or kept and also metadata): the field the span fills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The stage that decided.
    pub stage: Stage,
    /// Why.
    pub reason: Reason,
}

fn is_zero(level: &u8) -> bool {
    *level == 0
}
