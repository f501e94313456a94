//! The pure core: one record in, one article with its provenance out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::article::{Article, TextFormat};
use crate::decision::{Action, Decision};
use crate::render::{Rendered, RenderedBlock, render};

use crate::decode::{Decoded, RepairPolicy, Undecodable, decode, repair_shown};
use crate::document::BlockKind;
use crate::document::{Document, Edit, Extras};
use crate::error::Result;
use crate::language;
use crate::model::blocks::{self, BlockModel};
use crate::model::lines::{self, LineModel};
use crate::provenance::{ArticleNote, BlockLanguage, LanguageNote, Provenance, Source, sha256};
use crate::record::{Form, Record};
use crate::rules::{RulePack, RuleSet};
use crate::stages::content::{Favor, Point, Profile};
use crate::stages::{Stages, decide};
use crate::{html, plain};

/// What the cleaner does; part of the manifest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CleanConfig {
    /// Which stages decide.
    pub stages: Stages,
    /// Which damage is repaired in the text.
    pub repair: RepairPolicy,
    /// How the text is written.
    pub format: TextFormat,
    /// What main-content decisions lean to when in doubt.
    pub favor: Favor,
    /// What the texts are.
    pub profile: Profile,
    /// What is taken out of pages besides the article.
    pub extras: Extras,
}

/// An article and the reason for everything that is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// The article.
    pub article: Article,
    /// Its provenance.
    pub provenance: Provenance,
    /// Where the blocks stand in the article's text.
    pub blocks: Vec<RenderedBlock>,
}

/// Cleans records. Built once, then shared by any number of threads: it does no I/O and holds
/// no state that a record could change.
///
/// ```
/// use lavoir::{Cleaner, Record};
///
/// let cleaner = Cleaner::new()?;
/// let text = "Publicité\n\nLe pont rouvre lundi\n\nAprès deux ans de travaux, le pont qui relie \
///             les deux rives rouvre lundi matin aux voitures comme aux piétons, a dit la mairie.";
/// let cleaned = cleaner.clean(&Record::text("pont", text))?;
/// assert!(cleaned.article.text.starts_with("Le pont rouvre lundi\n\nAprès deux ans"));
/// // The record replays to the same article.
/// let replayed = cleaned.provenance.replay(text.as_bytes()).unwrap();
/// assert_eq!(replayed.text, cleaned.article.text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Cleaner {
    rules: RuleSet,
    config: CleanConfig,
    model: Arc<BlockModel>,
}

impl Cleaner {
    /// A cleaner with the built-in rules and the default configuration.
    ///
    /// # Errors
    /// Only if a built-in rule is broken, which the tests rule out.
    pub fn new() -> Result<Self> {
        Self::with(CleanConfig::default(), &RulePack::builtin()?)
    }

    /// A cleaner with this configuration and these rules.
    ///
    /// # Errors
    /// A rule that does not compile, with its file and line.
    pub fn with(config: CleanConfig, pack: &RulePack) -> Result<Self> {
        Ok(Self {
            rules: RuleSet::compile(pack)?,
            config,
            model: BlockModel::builtin()?,
        })
    }

    /// The same cleaner with other weights for the main content of pages.
    #[must_use]
    pub fn with_block_model(mut self, model: Arc<BlockModel>) -> Self {
        self.model = model;
        self
    }

    /// The compiled rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The models that decide about main content: name and hash of the weights.
    pub fn models(&self) -> BTreeMap<String, String> {
        let pages = (blocks::NAME.to_owned(), self.model.hash().to_string());
        let lines = LineModel::builtin().ok();
        let lines = lines.map(|model| (lines::NAME.to_owned(), model.hash().to_owned()));
        [pages].into_iter().chain(lines).collect()
    }

    /// The configuration.
    pub fn config(&self) -> &CleanConfig {
        &self.config
    }

    /// Decides about every byte of a document; the decisions come in text order and cover it.
    pub fn decide(&self, document: &Document<'_>) -> Vec<Decision> {
        let CleanConfig {
            stages,
            favor,
            profile,
            extras,
            ..
        } = self.config;
        let point = Point { favor, profile };
        decide(document, &self.rules, &self.model, stages, point, extras)
    }

    /// Cleans one record.
    ///
    /// # Errors
    /// The bytes are no text: empty, an image, a PDF … The error says what they are.
    pub fn clean(&self, record: &Record<'_>) -> std::result::Result<Cleaned, Undecodable> {
        let decoded = decode(&record.bytes, &record.hints)?;
        Ok(self.clean_decoded(record, &decoded))
    }

    /// Cleans one record whose bytes have been decoded to `decoded`.
    pub fn clean_decoded(&self, record: &Record<'_>, decoded: &Decoded) -> Cleaned {
        let text: &str = &decoded.text;
        let form = record.hints.form.unwrap_or_else(|| guess_form(text));
        let mut document = match form {
            Form::Html => html::segment_with(text, self.config.extras),
            Form::Text => plain::segment(text),
        };
        document.host = record.hints.url.as_deref().and_then(crate::dedup::host);
        let repairs = repair_shown(text, &self.config.repair, form == Form::Html, || {
            document.shown()
        });
        document.repair(repairs);
        let decisions = self.decide(&document);
        let edits = edits_in_use(document.edits, &decisions);
        let rendered = render(text, &decisions, &edits, self.config.format);
        let language = identify(&rendered);
        let mut metadata = rendered.metadata;
        metadata.language = Some(language.code.to_string());
        let article = Article {
            id: record.id.clone(),
            source: record.hints.url.as_ref().unwrap_or(&record.id).clone(),
            text: rendered.text,
            metadata,
            ..Article::default()
        };
        let provenance = Provenance {
            id: record.id.clone(),
            source: Source::of(record),
            form,
            encoding: decoded.encoding.clone(),
            text_bytes: text.len(),
            pack: self.rules.hash().to_owned(),
            language,
            article: ArticleNote {
                format: self.config.format,
                bytes: article.text.len(),
                sha256: sha256(article.text.as_bytes()),
            },
            duplicate_of: None,
            decisions,
            edits,
        };
        Cleaned {
            article,
            provenance,
            blocks: rendered.blocks,
        }
    }
}

/// The language of most of the text, or where that cannot be told the one that the page declares;
/// and the blocks in other ones.
fn identify(rendered: &Rendered) -> LanguageNote {
    let text = &rendered.text;
    let prose = rendered.blocks.iter().filter(|b| b.kind != BlockKind::Code);
    let prose: Vec<language::Block<'_>> = prose
        .filter_map(|block| Some((block.number, text.get(block.range.clone())?)))
        .collect();
    let (found, others) = language::by_block(text, &prose);
    let declared = rendered.metadata.language.as_deref();
    let declared = declared
        .and_then(|tag| tag.split(['-', '_']).next())
        .filter(|code| {
            matches!(code.len(), 2..=3) && code.bytes().all(|b| b.is_ascii_alphabetic())
        });
    let (code, confidence) = match declared {
        Some(code) if found.code == "und" => (code.to_ascii_lowercase().into(), 0.5),
        _ => (found.code.into(), found.confidence),
    };
    let others = others.into_iter().map(|(block, found)| BlockLanguage {
        block,
        code: found.code.into(),
        confidence: found.confidence,
    });
    LanguageNote {
        blocks: others.filter(|other| other.code != code).collect(),
        code,
        confidence,
    }
}

/// The edits inside spans that reach the article or its metadata.
fn edits_in_use(mut edits: Vec<Edit>, decisions: &[Decision]) -> Vec<Edit> {
    let mut at = 0;
    edits.retain(|Edit { span, .. }| {
        while decisions.get(at).is_some_and(|d| d.span.end < span.end) {
            at += 1;
        }
        // An empty one between two decisions belongs to either.
        let near = decisions
            .iter()
            .skip(at)
            .take(1 + usize::from(span.is_empty()));
        near.filter(|d| d.action != Action::Drop)
            .any(|d| d.span.start <= span.start && span.end <= d.span.end)
    });
    edits
}

/// A page if markup comes early and often, else text.
fn guess_form(text: &str) -> Form {
    let head = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let starts = |tag: &str| {
        head.get(..tag.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(tag))
    };
    if ["<!doctype html", "<html", "<head", "<body", "<?xml", "<!--"]
        .into_iter()
        .any(starts)
    {
        return Form::Html;
    }
    let mut end = text.len().min(1 << 16);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let tags = [
        "</p>", "</div>", "</a>", "<br", "</li>", "</span>", "</h1>", "</td>",
    ];
    let count: usize = tags.iter().map(|tag| head.matches(tag).count()).sum();
    // A text about HTML quotes a few tags; a page has one every few hundred bytes.
    if count >= 3 && count * 400 >= head.len() {
        Form::Html
    } else {
        Form::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_from_text_about_pages() {
        assert_eq!(guess_form("\n<!DOCTYPE HTML><p>x"), Form::Html);
        assert_eq!(guess_form("<p>a</p><p>b</p><p>c</p>"), Form::Html);
        let about = format!("Close it with </p>. {}", "Plain words. ".repeat(40));
        assert_eq!(guess_form(&about), Form::Text);
    }
}
