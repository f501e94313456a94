//! `lavoir clean`: a corpus into a folder, or JSON lines through a pipe.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::{CleanerArgs, Exit, Failure};
use crate::article::{Article, Metadata};
use crate::cleaner::{Cleaned, Cleaner};
use crate::dedup;
use crate::error::{Error, ErrorKind, Result};
use crate::io::inputs::{Inputs, files_from};
use crate::io::{ReadLimits, ReadOptions, output::OutputFile};
use crate::pipeline::{Manifest, Pipeline, PipelineOptions, Progress, Watch};

/// Clean files, folders or JSON lines
///
/// With --out, a corpus is cleaned and deduplicated into a folder: articles.jsonl,
/// provenance.jsonl, errors.jsonl and manifest.json. Without it, one JSON line per record goes to
/// standard output, in the order of the input.
#[derive(Debug, Args)]
pub(super) struct CleanArgs {
    /// Files, folders or globs (.txt .md .html .jsonl, also .gz and .zst); `-` or nothing reads
    /// JSON lines (`id`, `url`, and `html` or `text`) from standard input
    inputs: Vec<PathBuf>,
    /// Write into this folder
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Read the paths of more inputs from this file, one per line
    #[arg(long, value_name = "LIST")]
    files_from: Vec<PathBuf>,
    /// Threads [default: one per core]
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
    /// Remove copies also when writing to standard output (holds the output until the end)
    #[arg(long)]
    dedup: bool,
    /// Keep copies
    #[arg(long, conflicts_with = "dedup")]
    no_dedup: bool,
    /// Without --out: write the provenance records to this file
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    provenance: Option<PathBuf>,
    /// Longest record in bytes after decompression; a longer one becomes an error row
    #[arg(long, value_name = "BYTES", default_value_t = ReadLimits::default().record_bytes)]
    max_record_bytes: usize,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    cleaner: CleanerArgs,
}

pub(super) fn run(args: CleanArgs) -> std::result::Result<Exit, Failure> {
    let cleaner = args.cleaner.build()?;
    let inputs = list_inputs(&args)?;
    let to_folder = args.out.is_some() || args.dedup;
    let options = PipelineOptions {
        jobs: args.jobs,
        read: ReadOptions {
            limits: ReadLimits {
                record_bytes: args.max_record_bytes,
                ..ReadLimits::default()
            },
            ..ReadOptions::default()
        },
        dedup: (to_folder && !args.no_dedup).then(dedup::Options::default),
    };
    let pipeline = Pipeline::new(&cleaner, options)?;
    match (&args.out, args.dedup) {
        (Some(out), _) => to_out(&args, &pipeline, &inputs, out).map(|(exit, _)| exit),
        (None, true) => held_back(&args, &pipeline, &inputs),
        (None, false) => Pipe::new(&args)?.run(&pipeline, &inputs),
    }
}

fn list_inputs(args: &CleanArgs) -> Result<Inputs> {
    let mut paths = Vec::new();
    for path in &args.inputs {
        paths.extend(expand(path)?);
    }
    for list in &args.files_from {
        paths.extend(files_from(list)?);
    }
    if paths.is_empty() {
        paths.push("-".into());
    }
    let inputs = Inputs::list(&paths);
    if inputs.files.is_empty() {
        let error = inputs.errors.first().cloned();
        return Err(error.unwrap_or_else(|| {
            let remedy = "lavoir reads .txt .md .html .jsonl, also .gz and .zst";
            let place = paths[0].display();
            Error::new(ErrorKind::Usage, "no file to clean", remedy).at(place)
        }));
    }
    Ok(inputs)
}

/// A path as it is, or what it matches where no file has that name and it looks like a glob.
fn expand(path: &Path) -> Result<Vec<PathBuf>> {
    let pattern = path.to_string_lossy();
    if path.exists() || !pattern.contains(['*', '?', '[']) {
        return Ok(vec![path.to_path_buf()]);
    }
    let usage = |cause: String| {
        let remedy = "check the pattern; quote it so that the shell leaves it alone";
        Error::new(ErrorKind::Usage, cause, remedy).at(&pattern)
    };
    let matches = glob::glob(&pattern).map_err(|error| usage(error.to_string()))?;
    let paths: Vec<PathBuf> = matches.filter_map(std::result::Result::ok).collect();
    if paths.is_empty() {
        return Err(usage("matches no file".into()));
    }
    Ok(paths)
}

/// Cleans into the folder `out` and tells what came of it.
fn to_out(
    args: &CleanArgs,
    pipeline: &Pipeline<'_>,
    inputs: &Inputs,
    out: &Path,
) -> std::result::Result<(Exit, Manifest), Failure> {
    let (stop, writing) = stop_on_interrupt();
    let bar = progress_bar(args.quiet);
    let watch = Watch {
        progress: &|progress| {
            writing.store(progress == Progress::Writing, Ordering::Relaxed);
            show(&bar, progress);
        },
        stop: &stop,
    };
    let result = pipeline.run(inputs, out, watch);
    bar.finish_and_clear();
    if stop.load(Ordering::Relaxed) && result.is_err() {
        return Err(Failure::Interrupted);
    }
    let manifest = result?;
    if !args.quiet {
        summary(&manifest, inputs, args.out.as_deref());
    }
    let exit = if manifest.counts.errors > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    };
    Ok((exit, manifest))
}

/// Makes Ctrl-C end the run: at once while no output file is begun (the spool has no name and
/// goes with the process), else by the first flag; the second flag says that files are written.
fn stop_on_interrupt() -> (Arc<AtomicBool>, Arc<AtomicBool>) {
    let flags = (Arc::default(), Arc::default());
    let (stop, writing): (Arc<AtomicBool>, Arc<AtomicBool>) = flags.clone();
    // Without a handler Ctrl-C ends the process as ever, so a failure to set one is no error.
    let _ = ctrlc::set_handler(move || {
        stop.store(true, Ordering::Relaxed);
        if !writing.load(Ordering::Relaxed) {
            eprintln!("lavoir: stopped; nothing was written");
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    flags
}

fn progress_bar(quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if quiet {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} records, {per_sec} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, progress: Progress<'_>) {
    match progress {
        Progress::Reading(name) => bar.set_message(super::terminal::visible(name).into_owned()),
        Progress::Cleaned(done) => bar.set_position(done),
        Progress::Deduplicating => bar.set_message("looking for copies"),
        Progress::Writing => bar.set_message("writing"),
    }
}

fn summary(manifest: &Manifest, inputs: &Inputs, out: Option<&Path>) {
    let counts = manifest.counts;
    let mut line = format!("{} records: {} articles", counts.records, counts.articles);
    let rest = [
        (counts.exact, "exact copies"),
        (counts.near, "near-duplicates"),
        (counts.empty, "without text"),
        (counts.errors, "errors"),
    ];
    for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
        line.push_str(&format!(", {count} {what}"));
    }
    eprintln!("{line}");
    if !inputs.skipped.is_empty() {
        let count = inputs.skipped.len();
        eprintln!("{count} files of other kinds were not read; the manifest lists them");
    }
    if let (Some(out), true) = (out, counts.errors > 0) {
        eprintln!("see {}", out.join("errors.jsonl").display());
    }
}

/// Without a folder but with deduplication: the output is made aside, then printed.
fn held_back(
    args: &CleanArgs,
    pipeline: &Pipeline<'_>,
    inputs: &Inputs,
) -> std::result::Result<Exit, Failure> {
    let dir = tempfile::tempdir().map_err(|error| Error::io("temporary folder", &error))?;
    let (exit, _) = to_out(args, pipeline, inputs, dir.path())?;
    let copy = |from: &str, to: &mut dyn Write| -> io::Result<u64> {
        io::copy(&mut File::open(dir.path().join(from))?, to)
    };
    copy("articles.jsonl", &mut io::stdout().lock())?;
    copy("errors.jsonl", &mut io::stderr().lock())?;
    if let Some(path) = &args.provenance {
        let mut file = File::create(path).map_err(|error| Error::io(path.display(), &error))?;
        copy("provenance.jsonl", &mut file).map_err(|error| Error::io(path.display(), &error))?;
    }
    Ok(exit)
}

/// JSON lines through standard output.
struct Pipe {
    out: BufWriter<io::Stdout>,
    provenance: Option<OutputFile>,
    errors: u64,
    quiet: bool,
}

/// The line of a record that could not be read: nothing is lost, not even the order.
#[derive(Serialize)]
struct Failed<'a> {
    #[serde(flatten)]
    article: Article,
    error: &'a Error,
}

impl Pipe {
    fn new(args: &CleanArgs) -> Result<Self> {
        let provenance = args.provenance.as_ref().map(|path| {
            let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
            let name = path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy();
            OutputFile::create(dir.unwrap_or(Path::new(".")), &name)
        });
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, io::stdout()),
            provenance: provenance.transpose()?,
            errors: 0,
            quiet: args.quiet,
        })
    }

    fn run(
        mut self,
        pipeline: &Pipeline<'_>,
        inputs: &Inputs,
    ) -> std::result::Result<Exit, Failure> {
        let mut failure = None;
        for error in &inputs.errors {
            self.error(error)?;
        }
        let result = pipeline.clean_inputs(
            inputs,
            |_| {},
            |result| {
                self.line(result).map_err(|error| {
                    failure = Some(error);
                    Error::new(ErrorKind::Io, "standard output is gone", "")
                })
            },
        );
        if let Some(failure) = failure {
            return Err(failure);
        }
        result?;
        self.out.flush()?;
        if let Some(provenance) = self.provenance {
            provenance.finish()?;
        }
        Ok(if self.errors > 0 {
            Exit::Findings
        } else {
            Exit::Clean
        })
    }

    fn line(&mut self, result: Result<Cleaned>) -> std::result::Result<(), Failure> {
        match result {
            Ok(cleaned) => {
                if let Some(file) = &mut self.provenance {
                    file.json(&cleaned.provenance)?;
                }
                self.json(&cleaned.article)
            }
            Err(error) => self.error(&error),
        }
    }

    fn error(&mut self, error: &Error) -> std::result::Result<(), Failure> {
        self.errors += 1;
        if !self.quiet {
            eprintln!("lavoir: {}", super::terminal::visible(&error.to_string()));
        }
        let article = Article {
            id: error.record.clone().unwrap_or_default(),
            source: error.path.clone().unwrap_or_default(),
            text: String::new(),
            metadata: Metadata::default(),
        };
        self.json(&Failed { article, error })
    }

    fn json(&mut self, row: &impl Serialize) -> std::result::Result<(), Failure> {
        serde_json::to_writer(&mut self.out, row).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}

/// Cleans one file with its records and gives those that `wanted` asks for.
pub(super) fn records_of(
    cleaner: &Cleaner,
    path: &Path,
    mut each: impl FnMut(crate::record::Record<'static>, std::result::Result<Cleaned, Error>) -> bool,
) -> Result<()> {
    let inputs = Inputs::list(&[path.to_path_buf()]);
    if let Some(error) = inputs.errors.into_iter().next() {
        return Err(error);
    }
    let mut failed = None;
    for input in &inputs.files {
        crate::io::read(input, &ReadOptions::default(), &mut |record| match record {
            Ok(record) => {
                let cleaned = cleaner
                    .clean(&record)
                    .map_err(|undecodable| Error::undecodable(&undecodable).at(path.display()));
                each(record, cleaned)
            }
            Err(error) => {
                failed = Some(error);
                false
            }
        });
    }
    failed.map_or(Ok(()), Err)
}
