//! A rule file as it is written: one TOML file per rule, its examples are its tests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decision::{Action, Field};

/// The content of a rule file. Unknown keys are an error.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// What the junk is, in one sentence.
    pub summary: String,
    /// Why the rule is safe, and the trap it avoids.
    pub why: String,
    /// What a line must look like; any of the matchers may hit.
    #[serde(rename = "match")]
    pub matchers: Matchers,
    /// What happens to a hit; `keep` wins over the others.
    pub action: Action,
    /// Whether the rule acts alone.
    pub safety: Safety,
    /// Where in the document it may act.
    #[serde(default)]
    pub place: Place,
    /// For `lift` without named groups: the field that takes the whole line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// Lines below the hit that go with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<Take>,
    /// Tests: at least one hit and one line that must stay.
    #[serde(default)]
    pub example: Vec<Example>,
}

/// The matchers of a rule. Phrases are compared in normalised form, see
/// [`normalise`](super::normalise::normalise); `{n}` in a phrase stands for a number.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matchers {
    /// The whole line is the phrase.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub line: Vec<String>,
    /// The line starts with the phrase.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub start: Vec<String>,
    /// The line ends with the phrase.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub end: Vec<String>,
    /// The phrase stands somewhere in the line, at word boundaries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<String>,
    /// The phrase stands in a paragraph as a sentence of its own and is cut out of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inline: Vec<String>,
    /// Regular expressions over the whole trimmed line; named groups are metadata fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regex: Vec<String>,
    /// Regular expressions anchored at the end of the line; what they match is cut off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tail_regex: Vec<String>,
    /// CSS selectors, in packs of one site: the blocks of the page that stand wholly inside an
    /// element that one names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selector: Vec<String>,
    /// Longest line, in characters, for `start`, `end`, `contains` and `regex`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<usize>,
}

impl Matchers {
    /// Default of [`max_chars`](Self::max_chars).
    pub const MAX_CHARS: usize = 120;
    /// Longest line a `regex` is tried on unless `max_chars` says otherwise.
    pub const MAX_REGEX_CHARS: usize = 400;

    /// Whether no matcher is given.
    pub fn is_empty(&self) -> bool {
        self.all().all(<[String]>::is_empty)
    }

    /// Every list of phrases and patterns.
    pub fn all(&self) -> impl Iterator<Item = &[String]> {
        [
            &self.line,
            &self.start,
            &self.end,
            &self.contains,
            &self.inline,
            &self.regex,
            &self.tail_regex,
            &self.selector,
        ]
        .into_iter()
        .map(Vec::as_slice)
    }
}

/// Whether a rule acts alone or only speaks to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Acts alone.
    Exact,
    /// One feature for the main-content decision.
    Evidence,
}

/// Where in a document a rule may act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Everywhere.
    #[default]
    Any,
    /// Up to the first paragraph of prose, or between it and the second.
    Head,
    /// After the last paragraph of prose.
    Tail,
}

/// Lines that a head takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// At most so many title-shaped lines below the hit.
    pub lines: usize,
}

/// One test of a rule.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The text that goes in.
    #[serde(rename = "in")]
    pub input: String,
    /// What the rule alone leaves of it.
    #[serde(rename = "out")]
    pub output: String,
    /// Fields the rule fills.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<Field, String>,
}
