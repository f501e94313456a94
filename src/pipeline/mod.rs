//! A corpus: records are read, cleaned in parallel, deduplicated and written, in input order
//! whatever the number of threads.

mod manifest;
mod spool;
mod verify;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use rayon::prelude::*;

pub use manifest::{Counts, InputNote, MANIFEST, Manifest};
pub use verify::{Finding, Report, verify};

use crate::cleaner::{Cleaned, Cleaner};
use crate::dedup;
use crate::error::{Error, ErrorKind, Result};
use crate::io::ReadOptions;
use crate::io::inputs::Inputs;
use crate::io::output::{OutputFile, Written};
use crate::provenance::DuplicateOf;
use crate::record::Record;
use spool::Spool;

/// Records that a batch holds per thread, and their bytes.
const BATCH_RECORDS: usize = 64;
const BATCH_BYTES: usize = 4 << 20;
/// Batches read ahead of the cleaning.
const READ_AHEAD: usize = 2;

/// How a corpus is run; nothing here changes a byte of the output but `dedup`.
#[derive(Debug, Clone)]
pub struct PipelineOptions {
    /// Threads; 0 takes one per core.
    pub jobs: usize,
    /// How records are read.
    pub read: ReadOptions,
    /// Whether and how copies are removed.
    pub dedup: Option<dedup::Options>,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        Self {
            jobs: 0,
            read: ReadOptions::default(),
            dedup: Some(dedup::Options::default()),
        }
    }
}

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
    /// This file is being read.
    Reading(&'a str),
    /// So many records are done, error rows among them.
    Cleaned(u64),
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
    /// Set from outside to end the run; nothing is written then.
    pub stop: &'a AtomicBool,
}

impl<'c> Pipeline<'c> {
    /// A pipeline over a cleaner.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub fn new(cleaner: &'c Cleaner, options: PipelineOptions) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build()
            .map_err(|error| Error::new(ErrorKind::Io, error, "use fewer --jobs"))?;
        Ok(Self {
            cleaner,
            options,
            pool,
        })
    }

    /// Cleans records in parallel; `each` gets the results in the order of the records. Reading
    /// runs ahead on a thread of its own.
    ///
    /// # Errors
    /// The first error that `each` returns; it ends the run.
    pub fn clean<'r>(
        &self,
        records: impl Iterator<Item = Result<Record<'r>>> + Send,
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
            each,
        )
    }

    /// Like [`clean`](Self::clean), for a reader that pushes records itself; `push` returns
    /// `false` when no more are wanted.
    fn clean_fed<'r>(
        &self,
        feed: impl FnOnce(&mut dyn FnMut(Result<Record<'r>>) -> bool) + Send,
        mut each: impl FnMut(Result<Cleaned>) -> Result<()>,
    ) -> Result<()> {
        let (sender, receiver) = mpsc::sync_channel::<Vec<Result<Record<'r>>>>(READ_AHEAD);
        let threads = self.pool.current_num_threads();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut batch = Batch::new(threads);
                let mut open = true;
                feed(&mut |record| {
                    if let Some(full) = batch.push(record) {
                        open = sender.send(full).is_ok();
                    }
                    open
                });
                // A closed channel means that the run has ended early; its error is told there.
                let _ = sender.send(batch.records);
            });
            for batch in receiver {
                let clean = |record: Result<Record<'r>>| clean_one(self.cleaner, record);
                let results: Vec<Result<Cleaned>> = self
                    .pool
                    .install(|| batch.into_par_iter().map(clean).collect());
                for result in results {
                    each(result)?;
                }
            }
            Ok(())
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
        reading: impl Fn(&str) + Sync,
        each: impl FnMut(Result<Cleaned>) -> Result<()>,
    ) -> Result<()> {
        let options = &self.options.read;
        let reading = &reading;
        self.clean_fed(
            move |push| {
                for input in &inputs.files {
                    reading(&input.name);
                    let mut goes_on = true;
                    crate::io::read(input, options, &mut |record| {
                        goes_on = push(record);
                        goes_on
                    });
                    if !goes_on {
                        return;
                    }
                }
            },
            each,
        )
    }

    /// Cleans a corpus into the folder `out`: `articles.jsonl`, `provenance.jsonl`,
    /// `errors.jsonl` and `manifest.json`, each appearing whole and the manifest last.
    ///
    /// # Errors
    /// The folder cannot be written, or the run was stopped. A record that cannot be read is no
    /// error but a row in `errors.jsonl`.
    pub fn run(&self, inputs: &Inputs, out: &Path, watch: Watch<'_>) -> Result<Manifest> {
        let mut manifest = Manifest::new(self.cleaner, &self.options, inputs);
        let mut errors = inputs.errors.clone();
        let mut spool = Spool::create(out)?;
        let mut done = 0;
        self.clean_inputs(
            inputs,
            |name| (watch.progress)(Progress::Reading(name)),
            |result| {
                if watch.stop.load(Ordering::Relaxed) {
                    return Err(stopped());
                }
                done += 1;
                (watch.progress)(Progress::Cleaned(done));
                match result {
                    Ok(cleaned) => spool.push(&cleaned),
                    Err(error) => {
                        errors.push(error);
                        Ok(())
                    }
                }
            },
        )?;
        manifest.counts.records = done;
        manifest.counts.errors = errors.len() as u64;
        (watch.progress)(Progress::Deduplicating);
        let twins = self.twins(&mut spool)?;
        (watch.progress)(Progress::Writing);
        let mut files = Files::create(out)?;
        for error in &errors {
            files.errors.json(error)?;
        }
        for (at, twin) in twins.iter().enumerate() {
            if watch.stop.load(Ordering::Relaxed) {
                return Err(stopped());
            }
            files.document(&mut spool, at, twin.as_ref(), &mut manifest.counts)?;
        }
        manifest.outputs = files.finish()?;
        manifest.write(out)?;
        Ok(manifest)
    }

    /// For each spooled document the one that stays in its place.
    fn twins(&self, spool: &mut Spool) -> Result<Vec<Option<DuplicateOf>>> {
        let mut twins = vec![None; spool.len()];
        let Some(options) = &self.options.dedup else {
            return Ok(twins);
        };
        let texts = spool.texts()?;
        let removals = self
            .pool
            .install(|| dedup::deduplicate(&texts, options))
            .map_err(|error| Error::io("the spool file", &error))?;
        for (at, removal) in removals.into_iter().enumerate() {
            twins[texts.document(at)] = removal.map(|removal| DuplicateOf {
                id: dedup::Texts::id(&texts, removal.twin).to_owned(),
                kind: removal.kind.name().into(),
                score: removal.score,
            });
        }
        Ok(twins)
    }
}

/// The files of a run, beside their places until all of them are complete.
struct Files {
    articles: OutputFile,
    errors: OutputFile,
    provenance: OutputFile,
}

impl Files {
    fn create(out: &Path) -> Result<Self> {
        Ok(Self {
            articles: OutputFile::create(out, "articles.jsonl")?,
            errors: OutputFile::create(out, "errors.jsonl")?,
            provenance: OutputFile::create(out, "provenance.jsonl")?,
        })
    }

    /// Writes the rows of a spooled document.
    fn document(
        &mut self,
        spool: &mut Spool,
        at: usize,
        twin: Option<&DuplicateOf>,
        counts: &mut Counts,
    ) -> Result<()> {
        let empty = spool.is_empty_text(at);
        counts.add(twin, empty);
        let (article, provenance) = spool.rows(at)?;
        if twin.is_none() && !empty {
            self.articles.row(article.as_bytes())?;
        }
        let mut provenance = provenance.to_owned();
        if let Some(twin) = twin {
            spool::insert_duplicate_of(&mut provenance, twin)?;
        }
        self.provenance.row(provenance.as_bytes())
    }

    fn finish(self) -> Result<Vec<Written>> {
        let files = [self.articles, self.errors, self.provenance];
        files.into_iter().map(OutputFile::finish).collect()
    }
}

/// The error of a run that was stopped from outside.
fn stopped() -> Error {
    let remedy = "nothing was written; run it again";
    Error::new(ErrorKind::Usage, "stopped", remedy)
}

/// Cleans one record. A panic would be a bug; it costs the record an error row, not the run.
fn clean_one(cleaner: &Cleaner, record: Result<Record<'_>>) -> Result<Cleaned> {
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
    match catch_unwind(AssertUnwindSafe(|| cleaner.clean(&record))) {
        Ok(Ok(cleaned)) => Ok(cleaned),
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

/// Records on their way to the threads.
struct Batch<'r> {
    records: Vec<Result<Record<'r>>>,
    bytes: usize,
    threads: usize,
}

impl<'r> Batch<'r> {
    fn new(threads: usize) -> Self {
        Self {
            records: Vec::new(),
            bytes: 0,
            threads,
        }
    }

    /// Adds a record; gives the batch away when it is full.
    fn push(&mut self, record: Result<Record<'r>>) -> Option<Vec<Result<Record<'r>>>> {
        self.bytes += record.as_ref().map_or(0, |record| record.bytes.len());
        self.records.push(record);
        let full = self.records.len() >= BATCH_RECORDS * self.threads
            || self.bytes >= BATCH_BYTES * self.threads;
        full.then(|| {
            self.bytes = 0;
            std::mem::take(&mut self.records)
        })
    }
}
