//! The first pass: every part is read, cleaned and put on disk.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use rayon::ThreadPool;

use super::options::PipelineOptions;
use super::ordered::{Push, Read, ordered};
use super::part::{Chunk, PartWriter, Summary};
use super::plan::{Plan, PlannedUnit, Stat};
use super::state::State;
use super::{Progress, Watch, clean_one, hash_file, stopped};
use crate::cleaner::{Cleaned, Cleaner};
use crate::decode::redecode;
use crate::error::{Error, ErrorKind, Result};
use crate::io::Unit;
use crate::io::inputs::{Input, Inputs};
use crate::io::write::spans::SpanRows;

/// What the first pass needs.
pub(super) struct FirstPass<'a> {
    pub cleaner: &'a Cleaner,
    pub options: &'a PipelineOptions,
    pub pool: &'a ThreadPool,
    pub inputs: &'a Inputs,
    pub state: &'a State,
    pub watch: Watch<'a>,
}

/// How far the pass is, for all who work on it.
#[derive(Default)]
struct Tally {
    records: AtomicU64,
    errors: AtomicU64,
    bytes: AtomicU64,
    /// Set when one part failed: the others need not go on.
    failed: AtomicBool,
}

impl FirstPass<'_> {
    /// Cleans the parts that are not done yet; gives the summaries of all.
    ///
    /// # Errors
    /// A part cannot be written, or the run is stopped; parts that are complete stay.
    pub(super) fn run(&self) -> Result<Vec<Option<Summary>>> {
        let tally = Tally::default();
        let plan = &self.state.plan;
        let mut todo = Vec::new();
        for (part, done) in self.state.done.iter().enumerate() {
            match done {
                Some(summary) => tally.add(summary.records(), summary.errors, plan.bytes(part)),
                None => todo.push(part),
            }
        }
        (self.watch.progress)(Progress::Planned {
            bytes: (0..plan.parts.len()).map(|part| plan.bytes(part)).sum(),
            parts: plan.parts.len(),
            done: plan.parts.len() - todo.len(),
        });
        self.show(&tally);
        let done = Mutex::new(self.state.done.clone());
        let next = AtomicUsize::new(0);
        let lane = || -> Result<()> {
            while let Some(&part) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
                let summary = self.part(part, &tally).inspect_err(|_| {
                    tally.failed.store(true, Ordering::Relaxed);
                })?;
                let mut done = done
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                done[part] = Some(summary);
            }
            Ok(())
        };
        let lanes = self.lanes();
        let results: Vec<Result<()>> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..lanes).map(|_| scope.spawn(lane)).collect();
            let mut results = vec![lane()];
            results.extend(others.into_iter().map(|other| {
                let bug = |_| Err(Error::new(ErrorKind::Io, "a thread broke off", ""));
                other.join().unwrap_or_else(bug)
            }));
            results
        });
        // The cause, not its consequence.
        let mut failures: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
        failures.sort_by_key(|error| error.kind == ErrorKind::Stopped);
        match failures.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(done
                .into_inner()
                .unwrap_or_else(std::sync::PoisonError::into_inner)),
        }
    }

    /// How many parts are worked on at a time: while one waits for the disk, another one keeps
    /// the threads busy. A limit counts records in order, so parts must come one after another.
    fn lanes(&self) -> usize {
        match self.pool.current_num_threads() {
            _ if self.options.selection.limit.is_some() => 1,
            1 => 1,
            threads => 2 + threads / 16,
        }
    }

    /// Reads, cleans and writes one part.
    fn part(&self, part: usize, tally: &Tally) -> Result<Summary> {
        let plan: &Plan = &self.state.plan;
        let mut writer = PartWriter::create(self.state.dir(), part)?;
        let mut read = Vec::new();
        let mut left = self.left(tally);
        let watch = self.watch;
        ordered(
            self.pool,
            |push| {
                for unit in plan.units(part) {
                    if left == 0 || self.must_stop(tally) {
                        return;
                    }
                    let Some(input) = self.inputs.files.get(unit.input) else {
                        continue;
                    };
                    (watch.progress)(Progress::Reading(&input.name));
                    self.read(input, unit, &mut left, tally, push);
                    if self.is_first(unit)
                        && let Ok((bytes, sha256)) = hash_file(&input.path)
                    {
                        read.push((unit.input, bytes, sha256));
                    }
                }
            },
            |batch| self.chunk(batch, tally),
            |chunk| {
                let chunk = chunk?;
                if self.must_stop(tally) {
                    return Err(stopped());
                }
                let (records, errors) = chunk.records();
                writer.push(&chunk)?;
                tally.add(records, errors, 0);
                self.show(tally);
                Ok(())
            },
        )?;
        if self.must_stop(tally) {
            return Err(stopped());
        }
        for (at, bytes, sha256) in read {
            writer.input(at, bytes, sha256);
        }
        let summary = writer.finish()?;
        tally.add(0, 0, plan.bytes(part));
        self.show(tally);
        Ok(summary)
    }

    /// How many records may still be taken.
    fn left(&self, tally: &Tally) -> u64 {
        let limit = self.options.selection.limit;
        limit.map_or(u64::MAX, |limit| {
            limit.saturating_sub(tally.records.load(Ordering::Relaxed))
        })
    }

    /// Whether this unit is the one with which the hash of its input is taken.
    fn is_first(&self, unit: &PlannedUnit) -> bool {
        let units = &self.state.plan.units;
        let at = units.partition_point(|other| other.input < unit.input);
        let is_file = self
            .inputs
            .files
            .get(unit.input)
            .is_some_and(|input| !input.is_stream());
        is_file && units.get(at) == Some(unit)
    }

    /// Reads one unit; a file that changes meanwhile is told.
    fn read(
        &self,
        input: &Input,
        unit: &PlannedUnit,
        left: &mut u64,
        tally: &Tally,
        push: Push<'_, 'static>,
    ) {
        let before = Stat::of(&input.path);
        let selection = self.options.selection;
        let unit = Unit {
            input: input.clone(),
            part: unit.part.clone(),
        };
        crate::io::read_unit(&unit, &self.options.read, &mut |record: Read<'static>| {
            if self.must_stop(tally) {
                return false;
            }
            if !selection.samples(&record) {
                return true;
            }
            *left -= 1;
            push(record) && *left > 0
        });
        let after = Stat::of(&input.path);
        if before.is_some() && after.is_some() && before != after && *left > 0 {
            let remedy = "run again when nothing writes into it any more";
            let error = Error::new(ErrorKind::Io, "the file changed while it was read", remedy);
            *left -= 1;
            push(Err(error.at(&input.name)));
        }
    }

    /// Cleans a batch, on any thread.
    fn chunk(&self, batch: Vec<Read<'_>>, tally: &Tally) -> Result<Chunk> {
        let mut chunk = Chunk::default();
        for record in batch {
            if self.must_stop(tally) {
                return Err(stopped());
            }
            let wanted = self.options.spans != SpanRows::default();
            let bytes = record
                .as_ref()
                .ok()
                .filter(|_| wanted)
                .map(|r| r.bytes.clone());
            let result = clean_one(self.cleaner, record, |_, cleaned| cleaned);
            let spans = match (&result, bytes) {
                (Ok(cleaned), Some(bytes)) => self.spans(cleaned, &bytes)?,
                _ => String::new(),
            };
            chunk.push(&result, &spans)?;
        }
        Ok(chunk)
    }

    /// What rows about the spans of a document need.
    fn spans(&self, cleaned: &Cleaned, bytes: &[u8]) -> Result<String> {
        let provenance = &cleaned.provenance;
        let row = |error: &dyn std::fmt::Display| {
            let remedy = "this is a bug in lavoir: please report it with the record";
            Error::new(ErrorKind::Malformed, error, remedy).in_record(&provenance.id)
        };
        let text = redecode(bytes, &provenance.encoding).map_err(|error| row(&error))?;
        let rows = self.options.spans.measure(&text, provenance);
        rows.map_err(|error| row(&error))
    }

    fn must_stop(&self, tally: &Tally) -> bool {
        self.watch.stop.load(Ordering::Relaxed) || tally.failed.load(Ordering::Relaxed)
    }

    fn show(&self, tally: &Tally) {
        (self.watch.progress)(Progress::Cleaned {
            records: tally.records.load(Ordering::Relaxed),
            errors: tally.errors.load(Ordering::Relaxed),
            bytes: tally.bytes.load(Ordering::Relaxed),
        });
    }
}

impl Tally {
    fn add(&self, records: u64, errors: u64, bytes: u64) {
        self.records.fetch_add(records, Ordering::Relaxed);
        self.errors.fetch_add(errors, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}
