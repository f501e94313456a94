//! The manifest of a run: tool, rules, configuration, inputs, outputs, counts.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::PipelineOptions;
use crate::cleaner::{CleanConfig, Cleaner};
use crate::error::{Error, ErrorKind, Result};
use crate::io::inputs::Inputs;
use crate::io::{Fields, Format};
use crate::io::output::{OutputFile, Written};
use crate::provenance::{DuplicateOf, sha256};

/// Name of the manifest in the output folder.
pub const MANIFEST: &str = "manifest.json";

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
    /// What the cleaner was told to do.
    pub config: CleanConfig,
    /// Whether copies were removed, and from which score on (thousandths).
    pub dedup: Option<u32>,
    /// Which fields of rows were taken for what.
    pub fields: Fields,
    /// The files that were read, by name.
    pub inputs: Vec<InputNote>,
    /// Files in the input folders that were not read: their ending says nothing.
    pub skipped: Vec<String>,
    /// How many of what.
    pub counts: Counts,
    /// The files that were written.
    pub outputs: Vec<Written>,
    /// SHA-256 of this manifest as JSON with `digest` empty.
    pub digest: String,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputNote {
    /// Its name in ids and provenance.
    pub name: String,
    /// Where it was, as given.
    pub path: String,
    /// How it was read.
    pub format: Format,
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

impl Counts {
    /// Counts a document.
    pub(super) fn add(&mut self, twin: Option<&DuplicateOf>, empty: bool) {
        let count = match twin {
            Some(twin) if twin.kind == "exact" => &mut self.exact,
            Some(_) => &mut self.near,
            None if empty => &mut self.empty,
            None => &mut self.articles,
        };
        *count += 1;
    }
}

impl Manifest {
    pub(super) fn new(cleaner: &Cleaner, options: &PipelineOptions, inputs: &Inputs) -> Self {
        let note = |file: &crate::io::inputs::Input| InputNote {
            name: file.name.clone(),
            path: file.path.to_string_lossy().into_owned(),
            format: file.format,
        };
        Self {
            tool: concat!("lavoir ", env!("CARGO_PKG_VERSION")).into(),
            pack: cleaner.rules().hash().into(),
            models: cleaner.models(),
            config: cleaner.config().clone(),
            dedup: options.dedup.as_ref().map(|dedup| dedup.threshold),
            fields: options.read.fields.clone(),
            inputs: inputs.files.iter().map(note).collect(),
            skipped: inputs.skipped.clone(),
            counts: Counts::default(),
            outputs: Vec::new(),
            digest: String::new(),
        }
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
        let path = out.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(|error| Error::io(path.display(), &error))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let remedy = "the manifest was changed or cut: run `lavoir clean` again";
            Error::new(ErrorKind::Verify, error, remedy).at(path.display())
        })
    }
}
