//! The gate: what is still dirty in a data set, against limits that the configuration sets.
//!
//! Each text is looked at alone ([`document`]), then against the others ([`furniture`], copies),
//! then the whole against a stored [`baseline`]. Nothing is changed.

pub mod baseline;
mod config;
mod copies;
mod document;
mod finding;
mod furniture;
pub mod statistics;

use std::collections::BTreeMap;

use rayon::prelude::*;

pub use baseline::Baseline;
pub use config::{CheckConfig, Limits};
pub use finding::{Finding, Kind};
pub use statistics::Statistics;

use crate::cleaner::{CleanConfig, Cleaner};
use crate::dedup;
use crate::error::{Error, Result};
use crate::io::ReadOptions;
use crate::io::inputs::{Input, Inputs};
use crate::record::Record;
use crate::rules::RulePack;
use copies::Copies;
use furniture::Furniture;

/// Records that are looked at in one go.
const BATCH: usize = 512;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Documents looked at, unreadable ones among them.
    pub documents: u64,
    /// What was found, by file, line and kind.
    pub findings: Vec<Finding>,
    /// For each kind that was looked for, how many documents have it against how many may.
    pub tallies: BTreeMap<Kind, Tally>,
    /// What the data set looks like.
    pub statistics: Statistics,
    /// Findings that the baseline knows already; not in `findings`.
    pub known: u64,
}

/// Documents with a kind of finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Documents that have it.
    pub documents: u64,
    /// Documents that may have it.
    pub allowed: u64,
}

impl Outcome {
    /// The kinds that more documents have than may.
    pub fn exceeded(&self) -> impl Iterator<Item = (Kind, Tally)> + '_ {
        let over = |(_, tally): &(&Kind, &Tally)| tally.documents > tally.allowed;
        self.tallies
            .iter()
            .filter(over)
            .map(|(kind, tally)| (*kind, *tally))
    }

    /// Leaves out what the baseline knows and adds what has drifted away from it.
    #[must_use]
    pub fn compare(mut self, baseline: &Baseline, config: &CheckConfig) -> Self {
        let before = self.findings.len();
        self.findings.retain(|finding| !baseline.knows(finding));
        self.known = (before - self.findings.len()) as u64;
        if config.looks_for(Kind::Drift) {
            self.findings
                .extend(baseline.drift(&self.statistics, config.drift));
        }
        self.tally(config);
        self
    }

    fn tally(&mut self, config: &CheckConfig) {
        self.findings.sort();
        self.findings.dedup();
        self.tallies.clear();
        for kind in Kind::ALL.into_iter().filter(|&kind| config.looks_for(kind)) {
            let mut documents: Vec<(&str, &str)> = self
                .findings
                .iter()
                .filter(|finding| finding.kind == kind)
                .map(|finding| (&*finding.path, &*finding.document))
                .collect();
            documents.sort_unstable();
            documents.dedup();
            let tally = Tally {
                documents: documents.len() as u64,
                allowed: config.limits.allowed(kind, self.documents),
            };
            self.tallies.insert(kind, tally);
        }
    }
}

/// Looks through data sets.
#[derive(Debug)]
pub struct Checker {
    cleaner: Cleaner,
    config: CheckConfig,
    dedup: dedup::Options,
    read: ReadOptions,
}

impl Checker {
    /// A checker with these rules; of the cleaning it takes which damage counts.
    ///
    /// # Errors
    /// A rule that does not compile, with its file and line.
    pub fn new(
        config: CheckConfig,
        clean: &CleanConfig,
        pack: &RulePack,
        dedup: dedup::Options,
        read: ReadOptions,
    ) -> Result<Self> {
        let mut clean = clean.clone();
        // The gate asks for what is certain: no model speaks.
        clean.stages.content = false;
        Ok(Self {
            cleaner: Cleaner::with(clean, pack)?,
            config,
            dedup,
            read,
        })
    }

    /// Looks through all records of the inputs, in parallel on the current pool of threads.
    ///
    /// # Errors
    /// Only of temporary files; what cannot be read is a finding.
    pub fn run(&self, inputs: &Inputs) -> Result<Outcome> {
        let mut sweep = Sweep::new(self)?;
        for error in &inputs.errors {
            sweep.unreadable(error);
        }
        for input in &inputs.files {
            let mut batch = Vec::new();
            let mut failed = None;
            crate::io::read(input, &self.read, &mut |record| {
                batch.push(record);
                if batch.len() >= BATCH {
                    failed = sweep.take(input, std::mem::take(&mut batch)).err();
                }
                failed.is_none()
            });
            failed.map_or(Ok(()), Err)?;
            sweep.take(input, batch)?;
        }
        sweep.finish()
    }
}

/// One run over a data set.
struct Sweep<'c> {
    checker: &'c Checker,
    outcome: Outcome,
    furniture: Furniture,
    copies: Copies,
}

impl<'c> Sweep<'c> {
    fn new(checker: &'c Checker) -> Result<Self> {
        Ok(Self {
            checker,
            outcome: Outcome::default(),
            furniture: Furniture::new(
                checker.config.furniture_documents,
                checker.dedup.memory / 4,
            )?,
            copies: Copies::new()?,
        })
    }

    /// Looks at records of a file. Findings name it by its path as given, so that an annotation
    /// finds it.
    fn take(&mut self, input: &Input, batch: Vec<Result<Record<'static>>>) -> Result<()> {
        let checker = self.checker;
        let path = input.path.to_string_lossy().replace('\\', "/");
        let path = path.trim_start_matches("./");
        let look = |record: Result<Record<'_>>| {
            let record = record.map_err(|error| error.at(path))?;
            document::look(&checker.cleaner, &checker.config, &record, path)
        };
        let seen: Vec<Result<document::Seen>> = batch.into_par_iter().map(look).collect();
        for seen in seen {
            match seen {
                Ok(seen) => self.document(seen)?,
                Err(error) => self.unreadable(&error),
            }
        }
        Ok(())
    }

    fn document(&mut self, seen: document::Seen) -> Result<()> {
        let config = &self.checker.config;
        self.outcome.documents += 1;
        self.outcome.statistics.add(&seen.text, seen.language);
        if config.looks_for(Kind::Furniture) && !seen.text.is_empty() {
            self.furniture.add(&seen)?;
        }
        if config.looks_for(Kind::Duplicate) && !seen.text.is_empty() {
            self.copies.add(&seen)?;
        }
        self.outcome.findings.extend(seen.findings);
        Ok(())
    }

    fn unreadable(&mut self, error: &Error) {
        self.outcome.documents += 1;
        if self.checker.config.looks_for(Kind::Unreadable) {
            self.outcome.findings.push(Finding::unreadable(error));
        }
    }

    fn finish(mut self) -> Result<Outcome> {
        self.outcome.findings.extend(self.furniture.findings()?);
        let copies = self.copies.findings(&self.checker.dedup)?;
        self.outcome.findings.extend(copies);
        self.outcome.tally(&self.checker.config);
        Ok(self.outcome)
    }
}
