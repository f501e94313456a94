//! How a corpus is run, and the part of it that the manifest records.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::select::Selection;
use crate::cleaner::{CleanConfig, Cleaner};
use crate::dedup;
use crate::dedup::jsonl::Keep;
use crate::io::ReadOptions;
use crate::io::write::Target;
use crate::io::write::spans::SpanRows;

/// Bytes of input that make a part.
const PART_BYTES: u64 = 32 << 20;

/// How a corpus is run.
#[derive(Debug, Clone)]
pub struct PipelineOptions {
    /// Threads; 0 takes one per core. Does not change a byte of the output.
    pub jobs: usize,
    /// How records are read.
    pub read: ReadOptions,
    /// Format of articles and provenance.
    pub target: Target,
    /// Which rows about spans are written beside them.
    pub spans: SpanRows,
    /// Whether and how copies are removed. Its `memory` is the bound for all that is kept over
    /// the whole corpus and does not change a byte of the output.
    pub dedup: Option<dedup::Options>,
    /// What else is decided over the whole corpus.
    pub corpus: CorpusOptions,
    /// What earlier crawls taught about sites: a file that `lavoir learn` wrote.
    pub site_memory: Option<PathBuf>,
    /// The index of what was kept before; what stays of this run is added when it is finished.
    pub against: Option<PathBuf>,
    /// Which records are taken.
    pub selection: Selection,
    /// One of several runs over the same inputs; copies are left to the merging.
    pub shard: Option<Shard>,
    /// Bytes of articles past which a new output file begins; `None` writes one file.
    pub shard_bytes: Option<u64>,
    /// Bytes of input that are cleaned between two places to resume from. Does not change a byte
    /// of the output.
    pub part_bytes: u64,
    /// What to do with what lies in the output folder.
    pub start: Start,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        Self {
            jobs: 0,
            read: ReadOptions::default(),
            target: Target::default(),
            spans: SpanRows::default(),
            dedup: Some(dedup::Options::default()),
            corpus: CorpusOptions::default(),
            site_memory: None,
            against: None,
            selection: Selection::default(),
            shard: None,
            shard_bytes: None,
            part_bytes: PART_BYTES,
            start: Start::Fresh,
        }
    }
}

/// What a run does with what an earlier one left in the output folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Start {
    /// Replaces a finished run over the same inputs; anything else that could be lost is an error.
    #[default]
    Fresh,
    /// Goes on with an unfinished run; begins one where there is none.
    Resume,
    /// Drops an unfinished run, replaces a finished one.
    Force,
}

/// One of several runs over the same inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u32,
    /// Of how many.
    pub count: u32,
}

/// All that was chosen for a run and can change its output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the cleaner was told to do.
    pub clean: CleanConfig,
    /// How records were read.
    pub read: ReadOptions,
    /// Format of articles and provenance.
    pub target: Target,
    /// Which rows about spans are written beside them.
    pub spans: SpanRows,
    /// Whether and how copies were removed.
    pub dedup: Option<DedupSettings>,
    /// What else was decided over the whole corpus.
    #[serde(default)]
    pub corpus: CorpusOptions,
    /// SHA-256 of what earlier crawls taught about sites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_memory: Option<String>,
    /// The index that was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Which records were taken.
    pub selection: Selection,
    /// Bytes of articles past which a new output file begins.
    pub shard_bytes: Option<u64>,
    /// Set when this run is one of several.
    pub shard: Option<Shard>,
}

/// How copies were removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DedupSettings {
    /// Whether near-duplicates were looked for.
    pub near: bool,
    /// The share of the smaller text that its twin must repeat, in thousandths.
    pub threshold: u32,
}

impl Settings {
    pub(super) fn new(cleaner: &Cleaner, options: &PipelineOptions) -> Self {
        let settings = |dedup: &dedup::Options| DedupSettings {
            near: dedup.near,
            threshold: dedup.threshold,
        };
        Self {
            clean: cleaner.config().clone(),
            read: options.read.clone(),
            target: options.target,
            spans: options.spans,
            dedup: options.dedup.as_ref().map(settings),
            corpus: options.corpus.clone(),
            site_memory: options
                .site_memory
                .as_deref()
                .and_then(|path| super::hash_file(path).ok())
                .map(|(_, sha256)| sha256),
            against: options
                .against
                .as_deref()
                .map(|path| path.to_string_lossy().into_owned()),
            selection: options.selection,
            shard_bytes: options.shard_bytes,
            shard: options.shard,
        }
    }
}

/// What is decided over the whole corpus beside copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CorpusOptions {
    /// Whether what a site repeats from page to page is taken out.
    pub site: bool,
    /// Which copy stays; `field` is the date of publication, whatever its name.
    pub keep: Keep,
    /// What happens to paragraphs that several documents have.
    pub paragraphs: Paragraphs,
}

impl Default for CorpusOptions {
    fn default() -> Self {
        Self {
            site: true,
            keep: Keep::default(),
            paragraphs: Paragraphs::default(),
        }
    }
}

/// What happens to paragraphs that several documents have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Paragraphs {
    /// They stay.
    #[default]
    Keep,
    /// They stay; the article's row names them.
    Flag,
    /// They go from every document but the first one.
    KeepFirst,
    /// They go from every document.
    Drop,
}
