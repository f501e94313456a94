//! The provenance record: what a document was, what was decided about every byte of it, and how
//! to get the article back from the source.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::article::TextFormat;
use crate::decision::{Action, Decision};
use crate::decode::{Encoding, redecode};
use crate::document::Edit;
use crate::record::{Archived, Form, Record};
use crate::render::{Rendered, render};

/// One record per document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Id of the document; the same as in the article.
    pub id: String,
    /// Where the bytes came from.
    pub source: Source,
    /// Whether it was read as a page or as text.
    pub form: Form,
    /// How the bytes were decoded.
    pub encoding: Encoding,
    /// Length of the decoded text in bytes of UTF-8.
    pub text_bytes: usize,
    /// Hash of the rule pack.
    pub pack: String,
    /// Language of the article and how sure that is.
    pub language: LanguageNote,
    /// What the article's text must be.
    pub article: ArticleNote,
    /// Set when the article was left out because another document says the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<DuplicateOf>,
    /// Decisions in text order; their spans cover the decoded text without gap or overlap.
    pub decisions: Vec<Decision>,
    /// Changes inside kept and lifted spans, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
}

/// Where the bytes came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The file, as named in the manifest's inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its place in the file: a line or row number, a `WARC-Record-ID`, a member of an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Address of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the web archive says about the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<Archived>,
    /// Length of the record in bytes.
    pub bytes: usize,
    /// SHA-256 of the record's bytes, lower-case hex.
    pub sha256: String,
}

/// Language as identified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LanguageNote {
    /// ISO 639-1, `und` when unsure.
    pub code: Cow<'static, str>,
    /// 0 to 1.
    pub confidence: f64,
    /// Kept blocks that are surely in another language, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<BlockLanguage>,
}

/// Language of a block, where it is not that of the article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockLanguage {
    /// Number of the block in the decisions.
    pub block: u32,
    /// ISO 639-1.
    pub code: Cow<'static, str>,
    /// 0 to 1.
    pub confidence: f64,
}

/// What the article's text must be after replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleNote {
    /// How it was rendered.
    pub format: TextFormat,
    /// Length in bytes.
    pub bytes: usize,
    /// SHA-256 of the text, lower-case hex.
    pub sha256: String,
}

/// The document that stays in place of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateOf {
    /// Its id.
    pub id: String,
    /// `exact` or `near`.
    pub kind: Cow<'static, str>,
    /// Verified likeness, in thousandths.
    pub score: u32,
    /// Whether it is no document of this corpus but of an index of what was kept before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub earlier: bool,
    /// Paragraphs of this document that the twin repeats, each with the paragraph of the twin;
    /// counted from 0 over the lines of the two articles that hold a letter or digit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paragraphs: Vec<(u32, u32)>,
}

/// A promise of a provenance record that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Source {
    /// The source note of a record.
    pub fn of(record: &Record<'_>) -> Self {
        Self {
            path: record.hints.path.clone(),
            record: record.hints.record.clone(),
            url: record.hints.url.clone(),
            archived: record.hints.archived.as_deref().cloned(),
            bytes: record.bytes.len(),
            sha256: sha256(&record.bytes),
        }
    }
}

impl Provenance {
    /// Gets the article back from the source bytes, and checks every promise on the way.
    ///
    /// # Errors
    /// The first promise that does not hold: other bytes, a gap or overlap, another text.
    pub fn replay(&self, bytes: &[u8]) -> Result<Rendered, Broken> {
        let broken = |what: String| Err(Broken(what));
        if bytes.len() != self.source.bytes {
            let (now, then) = (bytes.len(), self.source.bytes);
            return broken(format!("the source has {now} bytes, not {then}"));
        }
        if sha256(bytes) != self.source.sha256 {
            return broken("the source's SHA-256 is another one: its bytes have changed".into());
        }
        let text = redecode(bytes, &self.encoding).map_err(Broken)?;
        if text.len() != self.text_bytes {
            let (now, then) = (text.len(), self.text_bytes);
            return broken(format!("the decoded text has {now} bytes, not {then}"));
        }
        self.conserves(&text)?;
        let rendered = render(&text, &self.decisions, &self.edits, self.article.format);
        if rendered.text.len() != self.article.bytes
            || sha256(rendered.text.as_bytes()) != self.article.sha256
        {
            return broken("replay gives another text than the recorded one".into());
        }
        Ok(rendered)
    }

    /// Checks that the decisions cover `text` without gap or overlap, on character boundaries,
    /// that edits ascend inside it, and that blocks with a language of their own are kept.
    ///
    /// # Errors
    /// The first span that is out of place.
    pub fn conserves(&self, text: &str) -> Result<(), Broken> {
        let mut at = 0;
        for (row, decision) in self.decisions.iter().enumerate() {
            let span = decision.span;
            let wrong = |what: &str| {
                Err(Broken(format!(
                    "decision {row}: span [{}, {}] {what}",
                    span.start, span.end
                )))
            };
            match span.start.cmp(&at) {
                std::cmp::Ordering::Less => return wrong("overlaps the one before"),
                std::cmp::Ordering::Greater => return wrong("leaves a gap before it"),
                std::cmp::Ordering::Equal => {}
            }
            if span.is_empty() || !text.is_char_boundary(span.end) {
                return wrong("is empty or cuts a character");
            }
            if (decision.action == Action::Keep) != decision.block.is_some() {
                return wrong("is kept without a block, or has a block without being kept");
            }
            at = span.end;
        }
        if at != text.len() {
            let len = text.len();
            return Err(Broken(format!("decisions end at byte {at} of {len}")));
        }
        self.names_kept_blocks()?;
        let mut at = 0;
        for edit in &self.edits {
            let Edit { span, .. } = edit;
            if span.start < at || span.end < span.start || text.get(span.start..span.end).is_none()
            {
                let (start, end) = (span.start, span.end);
                return Err(Broken(format!("edit [{start}, {end}] is out of place")));
            }
            at = span.end;
        }
        Ok(())
    }

    /// Checks that the blocks with a language of their own ascend and are kept.
    fn names_kept_blocks(&self) -> Result<(), Broken> {
        let mut named = self
            .language
            .blocks
            .iter()
            .map(|named| named.block)
            .peekable();
        for number in self.decisions.iter().filter_map(|decision| decision.block) {
            named.next_if_eq(&number);
        }
        named.next().map_or(Ok(()), |number| {
            Err(Broken(format!(
                "block {number} has a language, but is not kept"
            )))
        })
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    crate::hex(&Sha256::digest(bytes))
}
