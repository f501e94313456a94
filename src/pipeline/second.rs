//! The second pass: decisions about the whole corpus, the outputs, and their places.

use std::path::Path;
use std::sync::atomic::Ordering;

use rayon::ThreadPool;

use super::clock::{Clock, TIMES};
use super::croissant::{self, CROISSANT};
use super::decide::Deciding;
use super::manifest::{Counts, Manifest};
use super::options::{CorpusOptions, Paragraphs};
use super::parts::Parts;
use super::state::State;
use super::write::{Writing, publish};
use super::{Progress, Watch, stopped};
use crate::dedup;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::io::inputs::Inputs;
use crate::io::output::OutputFile;
use crate::site::SiteMemory;

/// What the second pass needs.
pub(super) struct SecondPass<'a> {
    pub pool: &'a ThreadPool,
    /// Whether and how copies are removed.
    pub dedup: Option<&'a dedup::Options>,
    /// What earlier crawls taught about sites.
    pub memory: &'a SiteMemory,
    /// The index of what was kept before.
    pub index: Option<&'a Index>,
    pub inputs: &'a Inputs,
    pub out: &'a Path,
    pub watch: Watch<'a>,
    pub clock: &'a Clock,
    /// Parts that an earlier run had done.
    pub resumed_parts: usize,
}

impl SecondPass<'_> {
    /// Decides, writes the outputs, and gives them their places.
    ///
    /// # Errors
    /// A part cannot be read, an output not written, or the run is stopped; it can be resumed.
    pub(super) fn run(&self, state: &State) -> Result<Manifest> {
        let parts = Parts::of(state)?;
        (self.watch.progress)(Progress::Deduplicating);
        // Copies, and other pages of a site, may be in other shards; all is decided when they are
        // merged.
        let is_shard = state.plan.settings.shard.is_some();
        let none = CorpusOptions {
            site: false,
            paragraphs: Paragraphs::Keep,
            ..CorpusOptions::default()
        };
        let deciding = Deciding {
            dedup: self.dedup.filter(|_| !is_shard),
            corpus: if is_shard {
                &none
            } else {
                &state.plan.settings.corpus
            },
            memory: self.memory,
            index: self.index,
            dir: state.dir(),
            held: crate::spill::resident(),
        };
        let mut decisions = deciding.run(&parts, self.pool)?;
        let additions = decisions.additions.take();
        (self.watch.progress)(Progress::Writing);
        let dir = state.outputs()?;
        let writing = Writing {
            parts: &parts,
            decisions: &decisions,
            is_shard,
            target: state.plan.settings.target,
            spans: state.plan.settings.spans,
            stop: self.watch.stop,
        };
        let mut manifest = Manifest::new(&state.plan, self.inputs, &parts);
        let shard_bytes = state.plan.settings.shard_bytes;
        let (counts, outputs) = writing.outputs(&dir, shard_bytes, self.pool)?;
        let errors = writing.errors(&dir, &self.inputs.errors)?;
        manifest.counts = Counts {
            records: parts.records().0,
            errors: errors.rows,
            ..counts
        };
        manifest.figures = decisions.figures();
        manifest.outputs = outputs;
        manifest.outputs.push(errors);
        manifest.outputs.sort_by(|a, b| a.path.cmp(&b.path));
        self.describe(&dir, &mut manifest)?;
        manifest.write(&dir)?;
        self.clock
            .write(&dir, self.pool.current_num_threads(), self.resumed_parts)?;
        if self.watch.stop.load(Ordering::Relaxed) {
            return Err(stopped());
        }
        publish(state, &dir, self.out, &manifest, &[TIMES])?;
        // The outputs are there: what breaks off from here on is done again by a resumed run, and
        // a document says nothing against itself.
        if let (Some(index), Some(additions)) = (self.index, additions) {
            let rows = additions
                .rows()
                .map_err(|error| Error::io("the state folder", &error))?;
            index.add(rows)?;
        }
        Ok(manifest)
    }

    /// Writes the description of the outputs; it is one of them.
    fn describe(&self, dir: &Path, manifest: &mut Manifest) -> Result<()> {
        let description = croissant::describe(manifest, croissant::source_date());
        let json = serde_json::to_vec_pretty(&description)
            .map_err(|error| Error::io(CROISSANT, &std::io::Error::other(error)))?;
        let mut file = OutputFile::create(dir, CROISSANT)?;
        file.row(&json)?;
        manifest.outputs.push(file.finish()?);
        manifest.outputs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }
}
