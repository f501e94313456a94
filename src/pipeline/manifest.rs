//! The manifest of a run: tool, rules, configuration, inputs, outputs, counts.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::decide::Fate;
use super::options::{Settings, Shard};
use super::parts::Parts;
use super::plan::{Plan, differences, made};
use crate::dedup::DuplicateKind;
use crate::error::{Error, ErrorKind, Result};
use crate::io::inputs::Inputs;
use crate::io::output::{OutputFile, Written};
use crate::provenance::sha256;

/// Name of the manifest in the output folder.
pub const MANIFEST: &str = "manifest.json";

/// The tool and its version.
pub(super) const TOOL: &str = concat!("lavoir ", env!("CARGO_PKG_VERSION"));

/// What a run did. Holds no clock and no machine: the same inputs give the same manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `lavoir` and its version.
    pub tool: String,
    /// Hash of the rule pack.
    pub pack: String,
    /// Hashes of the models' weights, by name.
    pub models: BTreeMap<String, String>,
    /// All that was chosen.
    pub config: Settings,
    /// The files that were read, by name.
    pub inputs: Vec<InputNote>,
    /// Files in the input folders that were not read: their ending says nothing.
    pub skipped: Vec<String>,
    /// How many of what.
    pub counts: Counts,
    /// Clusters of copies by size, and what other thresholds would do.
    #[serde(default, skip_serializing_if = "Figures::is_empty")]
    pub figures: Figures,
    /// The files that were written.
    pub outputs: Vec<Written>,
    /// SHA-256 of this manifest as JSON with `digest` empty.
    pub digest: String,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputNote {
    /// Its name in ids and provenance.
    pub name: String,
    /// Where it was, as given.
    pub path: String,
    /// Its size and SHA-256; none of a stream, or of a file that was not read.
    #[serde(flatten)]
    pub content: Option<Content>,
}

/// What a file held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
}

/// How many of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Records read, error rows among them.
    pub records: u64,
    /// Articles written.
    pub articles: u64,
    /// Records of which no text is left; they have provenance but no article.
    pub empty: u64,
    /// Exact copies left out.
    pub exact: u64,
    /// Near-duplicates left out.
    pub near: u64,
    /// Rows in `errors.jsonl`.
    pub errors: u64,
}

/// Figures about copies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// How many clusters have how many documents.
    pub clusters: BTreeMap<u64, u64>,
    /// Documents with the most copies, and how many those are.
    pub top: Vec<(String, u64)>,
    /// How many near-duplicates would go at other thresholds (thousandths).
    pub what_if: BTreeMap<u32, u64>,
    /// Blocks that sites repeat, and paragraphs that documents share, taken out.
    pub cuts: u64,
}

impl Figures {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Counts {
    /// Counts a document.
    pub(super) fn add(&mut self, fate: &Fate) {
        let count = match fate.copy {
            Some(DuplicateKind::Exact) => &mut self.exact,
            Some(DuplicateKind::Near) => &mut self.near,
            None if fate.empty => &mut self.empty,
            None => &mut self.articles,
        };
        *count += 1;
    }
}

impl Manifest {
    pub(super) fn new(plan: &Plan, inputs: &Inputs, parts: &Parts) -> Self {
        let read = parts.summaries.iter().flat_map(|part| &part.inputs);
        let read: BTreeMap<usize, Content> = read
            .map(|(at, bytes, sha256)| {
                let (bytes, sha256) = (*bytes, sha256.clone());
                (*at, Content { bytes, sha256 })
            })
            .collect();
        let note = |at: usize| {
            let file = inputs.files.get(at)?;
            Some(InputNote {
                name: file.name.clone(),
                path: file.path.to_string_lossy().into_owned(),
                content: read.get(&at).cloned(),
            })
        };
        Self {
            tool: plan.tool.clone(),
            pack: plan.pack.clone(),
            models: plan.models.clone(),
            config: plan.settings.clone(),
            inputs: plan.reads().filter_map(note).collect(),
            skipped: inputs.skipped.clone(),
            counts: Counts::default(),
            figures: Figures::default(),
            outputs: Vec::new(),
            digest: String::new(),
        }
    }

    /// How another run was made in another way: version, rules, models or settings, but for the
    /// shard.
    pub(super) fn differs(&self, other: &Self) -> Vec<String> {
        let made = |manifest: &Self| {
            let settings = Settings {
                shard: manifest
                    .config
                    .shard
                    .map(|shard| Shard { index: 0, ..shard }),
                ..manifest.config.clone()
            };
            made(&manifest.tool, &manifest.pack, &manifest.models, &settings)
        };
        differences(&made(self), &made(other))
    }

    /// The outputs of one kind (`articles`, `provenance`, `errors`), in the order of their rows.
    pub fn files(&self, kind: &str) -> Vec<&str> {
        let of_kind = |path: &&str| {
            let rest = path.strip_prefix(kind);
            rest.is_some_and(|rest| rest.starts_with(['.', '-']))
        };
        let mut names: Vec<&str> = self.outputs.iter().map(|file| &*file.path).collect();
        names.retain(of_kind);
        names.sort_unstable();
        names
    }

    /// The digest that this manifest must have.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn expected_digest(&self) -> Result<String> {
        let bare = Self {
            digest: String::new(),
            ..self.clone()
        };
        Ok(sha256(&bare.json()?))
    }

    fn json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
            .map_err(|error| Error::new(ErrorKind::Io, error, "").at(MANIFEST))
    }

    pub(super) fn write(&mut self, out: &Path) -> Result<()> {
        self.digest = self.expected_digest()?;
        let mut file = OutputFile::create(out, MANIFEST)?;
        file.row(&self.json()?)?;
        file.finish().map(drop)
    }

    /// Reads the manifest of the output folder `out`.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn read(out: &Path) -> Result<Self> {
        Self::read_file(&out.join(MANIFEST))
    }

    pub(super) fn read_file(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::io(path.display(), &error))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let remedy = "the manifest was changed or cut: run `lavoir clean` again";
            Error::new(ErrorKind::Verify, error, remedy).at(path.display())
        })
    }
}
