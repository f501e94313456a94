//! `lavoir clean`: a corpus into a folder, or JSON lines through a pipe.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::corpus::CorpusArgs;
use super::input::{InputArgs, set};
use super::run::RunArgs;
use super::settings::{self, CleanerArgs, shown};
use super::{Exit, Failure};
use crate::article::{Article, TextFormat};
use crate::cleaner::{Cleaned, Cleaner};
use crate::config::Loaded;
use crate::error::{Error, ErrorKind, Result};
use crate::io::inputs::{Inputs, files_from};
use crate::io::write::Target;
use crate::io::write::spans::SpanRows;
use crate::io::{ReadOptions, output::OutputFile};
use crate::pipeline::{Pipeline, PipelineOptions};

/// Clean files, folders or JSON lines
///
/// With --out, a corpus is cleaned and deduplicated into a folder: articles.jsonl,
/// provenance.jsonl, errors.jsonl and manifest.json. Without it, one JSON line per record goes to
/// standard output, in the order of the input.
#[derive(Debug, Args)]
pub(super) struct CleanArgs {
    /// Files, folders or globs (.txt .md .html .jsonl .warc .wet .parquet .arrow .csv .tsv .zip
    /// .tar, also .gz .zst .bz2 .xz .br); `-` or nothing reads standard input
    inputs: Vec<PathBuf>,
    /// Write into this folder
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Read the paths of more inputs from this file, one per line
    #[arg(long, value_name = "LIST")]
    files_from: Vec<PathBuf>,
    /// Format of articles and provenance: jsonl, jsonl.gz, jsonl.zst, parquet, arrow, txt or md
    /// (folders of texts) [default: jsonl]
    #[arg(long, value_name = "FORMAT", requires = "out", value_parser = parse_target)]
    to: Option<Target>,
    /// With `dolma`, write attributes.jsonl beside the provenance records: for each document, in
    /// the same order, `attributes` with lists of [start, end, score] in code points
    #[arg(long, value_name = "FORMAT", requires = "out")]
    provenance_format: Option<ProvenanceFormat>,
    /// Write removed.jsonl: every removed text with its document and rule
    #[arg(long, requires = "out")]
    removed: bool,
    /// Threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Remove copies also when writing to standard output (holds the output until the end)
    #[arg(long)]
    dedup: bool,
    /// Keep copies
    #[arg(long, conflicts_with = "dedup")]
    no_dedup: bool,
    /// Without --out: write the provenance records to this file
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    provenance: Option<PathBuf>,
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    cleaner: CleanerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ProvenanceFormat {
    /// Provenance records
    Records,
    /// Also attributes as the Dolma toolkit reads them
    Dolma,
}

fn parse_target(name: &str) -> std::result::Result<Target, String> {
    let names = Target::ALL.map(Target::name);
    Target::named(name).ok_or_else(|| format!("choose one of {}", names.join(", ")))
}

pub(super) fn run(args: CleanArgs) -> std::result::Result<Exit, Failure> {
    let loaded = load(&args)?;
    if args.cleaner.config.show_config {
        io::stdout().lock().write_all(shown(&loaded)?.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let config = &loaded.config;
    let cleaner = settings::cleaner(config)?;
    let inputs = list_paths(&args.inputs, &args.files_from, args.out.as_deref())?;
    let to_folder = args.out.is_some() || args.dedup;
    let options = PipelineOptions {
        jobs: config.run.jobs,
        target: config.output.to,
        spans: SpanRows {
            attributes: config.output.attributes,
            removed: config.output.removed,
        },
        read: config.input.clone(),
        dedup: (to_folder && config.dedup.enabled).then(|| config.dedup_options()),
        corpus: config.corpus.clone(),
        shard_bytes: config.output.shard_bytes,
        ..args.corpus.options(args.run.options())
    };
    let pipeline = Pipeline::new(&cleaner, options)?;
    if args.run.is_dry() {
        return args.run.estimate(&pipeline, &inputs);
    }
    match (&args.out, args.dedup) {
        (Some(out), _) => args.run.to_out(&pipeline, &inputs, out, true),
        (None, true) => held_back(&args, &pipeline, &inputs),
        (None, false) => Pipe::new(&args)?.run(&pipeline, &inputs),
    }
}

/// The settings of the file, with those of the command line over them.
fn load(args: &CleanArgs) -> Result<Loaded> {
    let mut loaded = args.cleaner.load()?;
    let config = &mut loaded.config;
    set(&mut config.run.jobs, args.jobs);
    if args.to == Some(Target::Md) {
        config.clean.format = TextFormat::Markdown;
    }
    args.input.apply(&mut config.input);
    args.corpus.apply(config);
    let output = &mut config.output;
    set(&mut output.to, args.to);
    output.attributes |= args.provenance_format == Some(ProvenanceFormat::Dolma);
    output.removed |= args.removed;
    output.shard_bytes = args.run.shard_size().or(output.shard_bytes);
    config.dedup.enabled = (config.dedup.enabled || args.dedup) && !args.no_dedup;
    Ok(loaded)
}

/// The inputs that paths, globs and lists name; standard input where they name none. What lies in the
/// folder of outputs is no input, unless it is named itself.
pub(super) fn list_paths(
    names: &[PathBuf],
    lists: &[PathBuf],
    outputs: Option<&Path>,
) -> Result<Inputs> {
    let mut paths = Vec::new();
    for path in names {
        paths.extend(expand(path)?);
    }
    for list in lists {
        paths.extend(files_from(list)?);
    }
    if paths.is_empty() {
        paths.push("-".into());
    }
    let inputs = Inputs::list_beside(&paths, outputs);
    if inputs.files.is_empty() {
        let error = inputs.errors.first().cloned();
        return Err(error.unwrap_or_else(|| {
            let remedy = "see docs/formats.md for what lavoir reads; name a file itself, or its format with --from";
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

/// Without a folder but with deduplication: the output is made aside, then printed.
fn held_back(
    args: &CleanArgs,
    pipeline: &Pipeline<'_>,
    inputs: &Inputs,
) -> std::result::Result<Exit, Failure> {
    let dir = tempfile::tempdir().map_err(|error| Error::io("temporary folder", &error))?;
    let exit = args.run.to_out(pipeline, inputs, dir.path(), false)?;
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
            quiet: args.run.quiet(),
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
            ..Article::default()
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
