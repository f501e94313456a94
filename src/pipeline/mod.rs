//! A corpus, in two streaming passes: parts of the inputs are cleaned onto disk, the whole corpus
//! is looked at, and the outputs are written, in input order whatever the number of threads.
//!
//! The [plan](plan) cuts the inputs into parts. The [first pass](first) cleans each part into a
//! file of the [state folder](state); a part that is there is complete, so a run that was ended,
//! however, goes on behind the last one. [Decisions](decide) about the whole corpus stand between
//! the passes. The [second pass](write) writes the outputs aside and gives them their places when
//! all are complete, the manifest last.

mod claims;
mod clock;
mod croissant;
mod cuts;
mod decide;
mod estimate;
mod finished;
mod first;
mod manifest;
mod merge;
mod options;
mod ordered;
mod part;
mod parts;
mod plan;
mod second;
mod select;
mod state;
mod texts;
mod verify;
mod write;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use sha2::{Digest, Sha256};

pub use clock::{TIMES, Times, now};
pub use croissant::CROISSANT;
pub use estimate::Estimate;
pub use manifest::{Content, Counts, Figures, InputNote, MANIFEST, Manifest};
pub use merge::{MergeOptions, merge};
pub use options::{
    CorpusOptions, DedupSettings, Paragraphs, PipelineOptions, Settings, Shard, Start,
};
pub use select::Selection;
pub use state::STATE;
pub use verify::{Finding, Report, verify};

use crate::cleaner::{Cleaned, Cleaner};
use crate::decode::decode;
use crate::error::{Error, ErrorKind, Result};
use crate::index::Index;
use crate::io::inputs::{Input, Inputs};
use crate::record::Record;
use crate::site::SiteMemory;
use clock::Clock;
use first::FirstPass;
use ordered::{Push, ordered};
use part::Summary;
use plan::Plan;
use second::SecondPass;
use state::State;

/// Runs records through a [`Cleaner`], in parallel and in order.
///
/// ```
/// use lavoir::pipeline::PipelineOptions;
/// use lavoir::{Cleaner, Pipeline, Record};
///
/// let cleaner = Cleaner::new()?;
/// let pipeline = Pipeline::new(&cleaner, PipelineOptions::default())?;
/// let records = (0..100).map(|n| Ok(Record::text(format!("doc-{n}"), "A line of text.")));
/// let mut ids = Vec::new();
/// pipeline.clean(records, |result| {
///     ids.push(result.map(|cleaned| cleaned.article.id));
///     Ok(())
/// })?;
/// assert_eq!(ids.len(), 100);
/// assert_eq!(ids[42].as_deref().ok(), Some("doc-42"));
/// # Ok::<(), lavoir::Error>(())
/// ```
#[derive(Debug)]
pub struct Pipeline<'c> {
    cleaner: &'c Cleaner,
    options: PipelineOptions,
    pool: rayon::ThreadPool,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The run is planned.
    Planned {
        /// Bytes of all inputs.
        bytes: u64,
        /// Parts of the first pass.
        parts: usize,
        /// Parts that an earlier run has done.
        done: usize,
    },
    /// There is nothing to do: what is to be resumed is finished.
    Finished,
    /// This file is being read.
    Reading(&'a str),
    /// So far the first pass is.
    Cleaned {
        /// Records that are done, error rows among them.
        records: u64,
        /// Error rows.
        errors: u64,
        /// Bytes of the inputs whose parts are complete.
        bytes: u64,
    },
    /// All records are cleaned; copies are looked for.
    Deduplicating,
    /// The outputs are being written.
    Writing,
}

/// What the outside gives to a run: where progress goes, and a switch to stop it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Called from any thread.
    pub progress: &'a (dyn Fn(Progress<'_>) + Sync),
    /// Set from outside to end the run; it can be resumed then.
    pub stop: &'a AtomicBool,
}

impl<'c> Pipeline<'c> {
    /// A pipeline over a cleaner.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub fn new(cleaner: &'c Cleaner, options: PipelineOptions) -> Result<Self> {
        let pool = pool(options.jobs)?;
        Ok(Self {
            cleaner,
            options,
            pool,
        })
    }

    /// Cleans records in parallel; `each` gets the results in the order of the records, on the
    /// thread of the caller, which also reads the records.
    ///
    /// # Errors
    /// The first error that `each` returns; it ends the run.
    pub fn clean<'r>(
        &self,
        records: impl Iterator<Item = Result<Record<'r>>>,
        each: impl FnMut(Result<Cleaned>) -> Result<()>,
    ) -> Result<()> {
        self.clean_fed(
            |push| {
                for record in records {
                    if !push(record) {
                        break;
                    }
                }
            },
            |_, cleaned| cleaned,
            each,
        )
    }

    /// Like [`clean`](Self::clean), for a reader that pushes records itself.
    fn clean_fed<'r, T: Send>(
        &self,
        feed: impl FnOnce(Push<'_, 'r>),
        look: impl Fn(&str, Cleaned) -> T + Sync,
        mut each: impl FnMut(Result<T>) -> Result<()>,
    ) -> Result<()> {
        let clean = |batch: Vec<Result<Record<'r>>>| -> Vec<Result<T>> {
            let clean = |record| clean_one(self.cleaner, record, &look);
            batch.into_iter().map(clean).collect()
        };
        ordered(&self.pool, feed, clean, |results| {
            results.into_iter().try_for_each(&mut each)
        })
    }

    /// Cleans the records of all files; `each` gets the results in order, `reading` the name of
    /// each file as its reading starts. What cannot be read comes as an error in its place.
    ///
    /// # Errors
    /// The first error that `each` returns; it ends the run.
    pub fn clean_inputs(
        &self,
        inputs: &Inputs,
        reading: impl Fn(&str),
        each: impl FnMut(Result<Cleaned>) -> Result<()>,
    ) -> Result<()> {
        self.look_at_inputs(inputs, reading, |_, cleaned| cleaned, each)
    }

    /// Like [`clean_inputs`](Self::clean_inputs); `each` gets what `look` makes of the decoded text of
    /// a record and what it was cleaned to.
    ///
    /// # Errors
    /// The first error that `each` returns; it ends the run.
    pub fn look_at_inputs<T: Send>(
        &self,
        inputs: &Inputs,
        reading: impl Fn(&str),
        look: impl Fn(&str, Cleaned) -> T + Sync,
        each: impl FnMut(Result<T>) -> Result<()>,
    ) -> Result<()> {
        let options = &self.options;
        let mut left = options.selection.limit.unwrap_or(u64::MAX);
        self.clean_fed(
            |push| {
                for input in &inputs.files {
                    if left == 0 {
                        return;
                    }
                    reading(&input.name);
                    let mut goes_on = true;
                    crate::io::read(input, &options.read, &mut |record| {
                        if options.selection.samples(&record) {
                            left -= 1;
                            goes_on = push(record);
                        }
                        goes_on && left > 0
                    });
                    if !goes_on {
                        return;
                    }
                }
            },
            look,
            each,
        )
    }

    /// Cleans a corpus into the folder `out`: articles, provenance, error rows and a manifest,
    /// each appearing whole and the manifest last. A run that is ended before, however, leaves a
    /// state folder from which it can be resumed.
    ///
    /// # Errors
    /// The folder cannot be written or holds something that would be lost, what is to be resumed
    /// has changed, or the run was stopped ([`ErrorKind::Stopped`]). A record that cannot be read
    /// is no error but a row in `errors.jsonl`.
    pub fn run(&self, inputs: &Inputs, out: &Path, watch: Watch<'_>) -> Result<Manifest> {
        let clock = Clock::start();
        let memory = match &self.options.site_memory {
            Some(path) => SiteMemory::open(path)?,
            None => SiteMemory::default(),
        };
        let against = self.options.against.as_deref();
        let index = against.map(Index::open_or_create).transpose()?;
        let plan = Plan::new(self.cleaner, &self.options, inputs);
        if self.options.start == Start::Resume
            && !state::is_unfinished(out)
            && let Some(manifest) = finished::finished(out, &plan, inputs, &self.pool)
        {
            state::clear_up(out)?;
            (watch.progress)(Progress::Finished);
            return Ok(manifest);
        }
        let cut = |plan: &mut Plan| plan.cut(inputs, self.options.part_bytes, &self.pool);
        let mut state = State::open(out, plan, self.options.start, &inputs.files, cut)?;
        let second = SecondPass {
            pool: &self.pool,
            // Copies may be in other shards; they are found when all are merged.
            dedup: self
                .options
                .dedup
                .as_ref()
                .filter(|_| self.options.shard.is_none()),
            memory: &memory,
            index: index.as_ref(),
            inputs,
            out,
            watch,
            clock: &clock,
            resumed_parts: state.done.iter().flatten().count(),
        };
        let result = self.first_pass(inputs, &state, watch).and_then(|done| {
            state.done = done;
            second.run(&state)
        });
        // A stream cannot be read again, so there is nothing to go on from.
        if result.is_ok() || inputs.files.iter().any(Input::is_stream) {
            state.remove()?;
        }
        result
    }

    fn first_pass(
        &self,
        inputs: &Inputs,
        state: &State,
        watch: Watch<'_>,
    ) -> Result<Vec<Option<Summary>>> {
        let pass = FirstPass {
            cleaner: self.cleaner,
            options: &self.options,
            pool: &self.pool,
            inputs,
            state,
            watch,
        };
        pass.run()
    }
}

/// The error of a run that was stopped from outside.
fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "stopped", "go on with --resume")
}

fn pool(jobs: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|error| Error::new(ErrorKind::Io, error, "use fewer --jobs"))
}

/// Size and SHA-256 of a file.
fn hash_file(path: &Path) -> Result<(u64, String)> {
    let fail = |error: std::io::Error| Error::io(path.display(), &error);
    let mut file = File::open(path).map_err(fail)?;
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).map_err(fail)?;
        if read == 0 {
            return Ok((bytes, crate::hex(&hasher.finalize())));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Cleans one record. A panic would be a bug; it costs the record an error row, not the run.
fn clean_one<T>(
    cleaner: &Cleaner,
    record: Result<Record<'_>>,
    look: impl Fn(&str, Cleaned) -> T,
) -> Result<T> {
    let record = record?;
    let place = |error: Error| {
        let error = match &record.hints.path {
            Some(path) => error.at(path),
            None => error,
        };
        let line = record.hints.record.as_ref().and_then(|r| r.parse().ok());
        line.into_iter()
            .fold(error, Error::on_line)
            .in_record(&record.id)
    };
    let clean = || {
        let decoded = decode(&record.bytes, &record.hints)?;
        let cleaned = cleaner.clean_decoded(&record, &decoded);
        Ok(look(&decoded.text, cleaned))
    };
    match catch_unwind(AssertUnwindSafe(clean)) {
        Ok(Ok(looked)) => Ok(looked),
        Ok(Err(undecodable)) => Err(place(Error::undecodable(&undecodable))),
        Err(_) => {
            let remedy = "this is a bug in lavoir: please report it with the record";
            Err(place(Error::new(
                ErrorKind::Malformed,
                "the cleaner broke off",
                remedy,
            )))
        }
    }
}
