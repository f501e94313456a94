//! The state folder of a run, inside the output folder: the plan, the parts that are done, and
//! the outputs until all of them are complete. Whatever ends a run, what lies here is whole.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::manifest::{MANIFEST, Manifest};
use super::options::Start;
use super::part::{Summary, checked_summary, file_name};
use super::plan::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::io::inputs::Input;
use crate::io::write::{RowKind, Target};

/// Name of the state folder.
pub const STATE: &str = ".lavoir";
const PLAN: &str = "plan.json";
const LOCK: &str = "lock";
const REPLACED: &str = "replaced.json";

/// The state folder of a run that goes on; no other run can have it.
#[derive(Debug)]
pub(super) struct State {
    dir: PathBuf,
    /// The plan that the run began with.
    pub plan: Plan,
    /// Summaries of the parts that are complete.
    pub done: Vec<Option<Summary>>,
    _lock: File,
}

impl State {
    /// Begins a run in the folder `out`, or goes on with one. `cut` cuts the inputs of a run that
    /// begins.
    ///
    /// # Errors
    /// The folder cannot be written; another run is at work in it; it holds something that would
    /// be lost; or what is to be resumed has changed.
    pub(super) fn open(
        out: &Path,
        plan: Plan,
        start: Start,
        files: &[Input],
        cut: impl FnOnce(&mut Plan),
    ) -> Result<Self> {
        let dir = out.join(STATE);
        let fail = |error: io::Error| Error::io(out.display(), &error);
        let unfinished = read_plan(&dir);
        // A merge is begun anew: its parts are copies of what the shards hold.
        let again = plan.merged && matches!(&unfinished, Ok(Some(begun)) if begun.merged);
        if start == Start::Fresh && !again && !matches!(unfinished, Ok(None)) {
            return Err(unfinished_run(out, &dir, &unfinished));
        }
        if start != Start::Force && (again || matches!(unfinished, Ok(None))) {
            nothing_is_lost(out, &plan)?;
        }
        fs::create_dir_all(&dir).map_err(fail)?;
        let lock = lock(&dir)?;
        let mut state = Self {
            done: Vec::new(),
            dir,
            plan,
            _lock: lock,
        };
        match (start, unfinished) {
            (Start::Resume, Ok(Some(begun))) => state.resume(begun, files)?,
            (Start::Resume, Err(error)) => return Err(error),
            _ => state.begin(cut)?,
        }
        Ok(state)
    }

    fn begin(&mut self, cut: impl FnOnce(&mut Plan)) -> Result<()> {
        cut(&mut self.plan);
        self.done = vec![None; self.plan.parts.len()];
        let fail = |error: io::Error| Error::io(self.dir.display(), &error);
        let plan = self.dir.join(PLAN);
        if plan.exists() {
            fs::remove_file(&plan).map_err(fail)?;
        }
        self.sweep(|_| false)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(fail)?;
        let json = serde_json::to_vec(&self.plan).map_err(|error| fail(error.into()))?;
        io::Write::write_all(&mut file, &json).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist(&plan).map_err(|error| fail(error.error))?;
        sync_dir(&self.dir);
        Ok(())
    }

    /// Takes over the plan and the complete parts of a run that was begun.
    fn resume(&mut self, begun: Plan, files: &[Input]) -> Result<()> {
        let done: Vec<Option<Summary>> = (0..begun.parts.len())
            // A part that was damaged is cleaned again.
            .map(|part| checked_summary(&self.part(part)).ok())
            .collect();
        let read = |at: usize| {
            let inputs = done.iter().flatten().flat_map(|summary| &summary.inputs);
            inputs.into_iter().find(|input| input.0 == at)
        };
        let same = |at: usize| {
            let file = begun
                .inputs
                .get(at)
                .and_then(|planned| files.iter().find(|file| file.name == planned.name));
            match (read(at), file) {
                (Some((_, bytes, sha256)), Some(file)) => {
                    super::hash_file(&file.path).is_ok_and(|now| now == (*bytes, sha256.clone()))
                }
                _ => false,
            }
        };
        let changes = begun.changes(&self.plan, same);
        if !changes.is_empty() {
            let shown = changes.iter().take(10).cloned().collect::<Vec<_>>();
            let more = changes.len() - shown.len();
            let more = if more > 0 {
                format!("; and {more} more")
            } else {
                String::new()
            };
            let cause = format!(
                "cannot resume, not all is as it was: {}{more}",
                shown.join("; ")
            );
            let remedy = "restore it and resume, or start anew with --force";
            return Err(Error::new(ErrorKind::Usage, cause, remedy).at(self.dir.display()));
        }
        if begun.inputs.iter().any(|input| input.name == "-") {
            let remedy = "start anew with --force, or write the records to a file first";
            let cause = "cannot resume: standard input cannot be read a second time";
            return Err(Error::new(ErrorKind::Usage, cause, remedy).at(self.dir.display()));
        }
        self.plan = begun;
        self.done = done;
        self.sweep(|name| name == PLAN || self.is_done(name))
    }

    fn is_done(&self, name: &str) -> bool {
        let done = self.done.iter().flatten();
        done.into_iter()
            .any(|summary| file_name(summary.part) == name)
    }

    /// Removes what is not to be kept; the lock stays.
    fn sweep(&self, keep: impl Fn(&str) -> bool) -> Result<()> {
        let sweep = || -> io::Result<()> {
            for entry in fs::read_dir(&self.dir)? {
                let entry = entry?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name == LOCK || name == REPLACED || keep(&name) {
                    continue;
                }
                if entry.file_type()?.is_dir() {
                    fs::remove_dir_all(entry.path())?;
                } else {
                    fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        };
        sweep().map_err(|error| Error::io(self.dir.display(), &error))
    }

    /// The folder itself.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file of a part.
    pub(super) fn part(&self, part: usize) -> PathBuf {
        self.dir.join(file_name(part))
    }

    /// Where the manifest lies that this run's replaces.
    pub(super) fn replaced(&self) -> PathBuf {
        self.dir.join(REPLACED)
    }

    /// An empty folder for outputs that are not complete together.
    pub(super) fn outputs(&self) -> Result<PathBuf> {
        let dir = self.dir.join("out");
        let fail = |error: io::Error| Error::io(dir.display(), &error);
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(fail)?;
        }
        fs::create_dir(&dir).map_err(fail)?;
        Ok(dir)
    }

    /// Removes the folder: the run is finished, or cannot be resumed.
    pub(super) fn remove(self) -> Result<()> {
        let fail = |error: io::Error| Error::io(self.dir.display(), &error);
        // Without its plan a folder is no unfinished run, wherever the removal may break off.
        fs::remove_file(self.dir.join(PLAN)).map_err(fail)?;
        fs::remove_dir_all(&self.dir).map_err(fail)
    }
}

fn lock(dir: &Path) -> Result<File> {
    let path = dir.join(LOCK);
    let fail = |error: &io::Error| Error::io(path.display(), error);
    let file = File::create(&path).map_err(|error| fail(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let remedy = "wait for it, or choose another output folder";
            let cause = "another run is at work in this folder";
            Err(Error::new(ErrorKind::Usage, cause, remedy).at(dir.display()))
        }
        // Some network file systems know no locks; a run is worth more than the guard.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(error)) => Err(fail(&error)),
    }
}

/// Whether an unfinished run lies in the folder `out`.
pub(super) fn is_unfinished(out: &Path) -> bool {
    out.join(STATE).join(PLAN).exists()
}

/// Removes what a run that ended while it cleared up left of its state folder, unless a run is at
/// work there.
pub(super) fn clear_up(out: &Path) -> Result<()> {
    let dir = out.join(STATE);
    if !dir.exists() || is_unfinished(out) {
        return Ok(());
    }
    let Ok(_lock) = lock(&dir) else {
        return Ok(());
    };
    fs::remove_dir_all(&dir).map_err(|error| Error::io(dir.display(), &error))
}

/// The plan of an unfinished run.
fn read_plan(dir: &Path) -> Result<Option<Plan>> {
    let path = dir.join(PLAN);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(path.display(), &error)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        let cause = format!("the plan is not of this version of lavoir, or damaged: {error}");
        let remedy = "resume with the version that began the run, or start anew with --force";
        Error::new(ErrorKind::Usage, cause, remedy).at(path.display())
    })
}

fn unfinished_run(out: &Path, dir: &Path, plan: &Result<Option<Plan>>) -> Error {
    let Ok(Some(plan)) = plan else {
        let cause = "an unfinished run of another version of lavoir lies here";
        let remedy = "resume with that version, or start anew with --force";
        return Error::new(ErrorKind::Usage, cause, remedy).at(out.display());
    };
    let parts = plan.parts.len();
    let done = (0..parts).filter(|&part| dir.join(file_name(part)).exists());
    let done = done.count();
    let cause = format!("an unfinished run lies here: {done} of {parts} parts are done");
    let remedy = "go on with --resume, or start anew with --force";
    Error::new(ErrorKind::Usage, cause, remedy).at(out.display())
}

/// A finished run is replaced only by one over all of its inputs.
fn nothing_is_lost(out: &Path, plan: &Plan) -> Result<()> {
    let lost = |cause: String| {
        let remedy = "choose another output folder, or replace what is there with --force";
        Err(Error::new(ErrorKind::Usage, cause, remedy).at(out.display()))
    };
    if !out.join(MANIFEST).exists() {
        let articles = Target::ALL.map(|target| target.file_name("articles", RowKind::Articles));
        let provenance = ["provenance.jsonl", "errors.jsonl"].map(String::from);
        let mut named = articles.into_iter().chain(provenance);
        return match named.find(|name| out.join(name).exists()) {
            Some(name) => lost(format!("holds {name}, of which no manifest tells")),
            None => Ok(()),
        };
    }
    let Ok(manifest) = Manifest::read(out) else {
        return lost("holds results whose manifest cannot be read".into());
    };
    // A shard reads some of the inputs; which ones is not known yet, but it names all of them.
    let read: std::collections::BTreeSet<&str> =
        plan.inputs.iter().map(|input| &*input.name).collect();
    let gone = manifest
        .inputs
        .iter()
        .find(|input| input.name == "-" || !read.contains(&*input.name));
    match gone {
        Some(input) => lost(format!(
            "holds the results of another run, over {} among others",
            input.name
        )),
        None => Ok(()),
    }
}

/// Makes the names in a folder last through a power cut, where the system can.
pub(super) fn sync_dir(dir: &Path) {
    // Not every file system lets a folder be synced; the files themselves are.
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}
