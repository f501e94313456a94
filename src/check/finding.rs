//! One thing that is wrong with a data set.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::error::Error;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A line that a rule of safety `exact` knows: an ad marker, a share bar, a credit …
    Boilerplate,
    /// A line that stands twice in its document.
    Repeat,
    /// UTF-8 that was read in another encoding (`Ã©`).
    Mojibake,
    /// Stray characters: C1 controls, zero-width spaces, soft hyphens, entities.
    Characters,
    /// A file that is not UTF-8, or not throughout.
    Encoding,
    /// Tags in the text, or a whole page where text is wanted.
    Markup,
    /// A line that many documents of one site hold.
    Furniture,
    /// A text that another document says as well.
    Duplicate,
    /// No text, or next to none.
    Empty,
    /// A text that breaks off.
    Truncated,
    /// A record that cannot be read.
    Unreadable,
    /// The data set has moved away from its baseline.
    Drift,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Boilerplate,
        Self::Repeat,
        Self::Mojibake,
        Self::Characters,
        Self::Encoding,
        Self::Markup,
        Self::Furniture,
        Self::Duplicate,
        Self::Empty,
        Self::Truncated,
        Self::Unreadable,
        Self::Drift,
    ];

    /// The name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boilerplate => "boilerplate",
            Self::Repeat => "repeat",
            Self::Mojibake => "mojibake",
            Self::Characters => "characters",
            Self::Encoding => "encoding",
            Self::Markup => "markup",
            Self::Furniture => "furniture",
            Self::Duplicate => "duplicate",
            Self::Empty => "empty",
            Self::Truncated => "truncated",
            Self::Unreadable => "unreadable",
            Self::Drift => "drift",
        }
    }

    /// What it means, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Boilerplate => "A line that a rule knows as boilerplate",
            Self::Repeat => "A line that stands twice in its document",
            Self::Mojibake => "UTF-8 that was read in another encoding",
            Self::Characters => "Stray control, zero-width or escaped characters",
            Self::Encoding => "A file that is not UTF-8 throughout",
            Self::Markup => "Markup where plain text is wanted",
            Self::Furniture => "A line that many documents of one site hold",
            Self::Duplicate => "A text that another document says as well",
            Self::Empty => "A document with next to no text",
            Self::Truncated => "A text that breaks off",
            Self::Unreadable => "A record that cannot be read",
            Self::Drift => "The data set has moved away from its baseline",
        }
    }
}

/// One thing that is wrong, and where. Ordered by place, then kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The file, as records name it.
    pub path: String,
    /// Line of the file, from 1; the row of a record where the file holds rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Bytes of the decoded text of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// What is wrong.
    pub kind: Kind,
    /// The rule that found it: of a rule pack, or built in (`check/empty`).
    pub rule: String,
    /// Id of the document.
    pub document: String,
    /// What is wrong, in words.
    pub message: String,
    /// The text in question, shortened.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

impl Finding {
    pub(super) fn unreadable(error: &Error) -> Self {
        Self {
            path: error.path.clone().unwrap_or_default(),
            line: error.line,
            span: None,
            kind: Kind::Unreadable,
            rule: "check/unreadable".into(),
            document: error.record.clone().unwrap_or_default(),
            message: format!("{} ({})", error.cause, error.remedy),
            excerpt: String::new(),
        }
    }

    /// What names this finding from run to run, wherever its line or its file has moved to.
    pub fn fingerprint(&self) -> String {
        let what = match self.excerpt.is_empty() {
            true => &self.message,
            false => &self.excerpt,
        };
        let key = [self.kind.name(), &self.rule, &self.document, what].join("\0");
        format!("{:016x}", xxh3_64(key.as_bytes()))
    }
}

/// Characters of an excerpt.
const EXCERPT: usize = 80;

/// The beginning of `text` on one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if let Some((at, _)) = out.char_indices().nth(EXCERPT) {
            out.truncate(at);
            out.push('…');
            break;
        }
    }
    out
}
