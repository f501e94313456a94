//! `lavoir dedup`: anyone's rows, JSON lines or Parquet, without copies.

mod write;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::corpus::sources;
use super::rows::open;
use super::run::parse_size;
use super::{Exit, Failure, terminal};
use crate::dedup::jsonl::{Fields, Keep, Rows};
use crate::dedup::{DuplicateKind, Earlier, Options, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::index::Index;
use crate::io::inputs::Inputs;

/// Remove copies from JSON lines or Parquet
///
/// Rows that stay are written as they came, in the order of the input. Texts are compared by what
/// is left after the lines that a host repeats (give `url` for that); each removal is verified on
/// the two texts.
#[derive(Debug, Args)]
pub(super) struct DedupArgs {
    /// JSON lines (also packed: .gz, .zst, …) or Parquet, files or folders; `-` reads JSON lines
    /// from standard input
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Write the rows that stay to this file: JSON lines (packed if its name ends in .gz or .zst), or
    /// Parquet if it ends in .parquet
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Write `id TAB cluster` for every document; a cluster is named by the copy that stays, and a
    /// row whose id came before by `id#2`, `id#3` …
    #[arg(long, value_name = "FILE")]
    clusters: Option<PathBuf>,
    /// Write one JSON line per removed document: id, twin, kind, score in thousandths, and for
    /// near-duplicates which of its paragraphs stand where in the twin
    #[arg(long, value_name = "FILE")]
    removed: Option<PathBuf>,
    /// Write figures as JSON: clusters by size, documents with the most copies, and what other
    /// thresholds would remove
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write one JSON line per paragraph that three documents or more have, with its place in the
    /// text (bytes) and the first document that has it
    #[arg(long, value_name = "FILE")]
    repeated: Option<PathBuf>,
    /// Compare with the index of what was kept before, and add what stays; it is made if need be
    #[arg(long, value_name = "INDEX")]
    against: Option<PathBuf>,
    /// With --against: add nothing
    #[arg(long, requires = "against")]
    read_only: bool,
    /// Add to each row that stays the hosts of its copies, as `also_published_by`
    #[arg(long)]
    also_published_by: bool,
    /// Look for exact copies only
    #[arg(long)]
    exact: bool,
    /// The share of the smaller text that its twin must repeat, in thousandths
    #[arg(long, value_name = "N", default_value_t = Options::default().threshold,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    threshold: u32,
    /// Which copy stays: the smallest `id`, the `longest` text, the smallest value (number or
    /// date) of a field, as in `field:created`, or the one from the host that comes first in a
    /// list, as in `source:first.example,second.example`
    #[arg(long, value_name = "WHICH", default_value = "id", value_parser = parse_keep)]
    keep: Keep,
    /// The field that holds the text [default: text, content, raw_content or body]
    #[arg(long, value_name = "NAME")]
    text_field: Option<String>,
    /// The field that holds the id
    #[arg(long, value_name = "NAME", default_value = "id")]
    id_field: String,
    /// The field that holds the address
    #[arg(long, value_name = "NAME", default_value = "url")]
    url_field: String,
    /// Memory for all that grows with the corpus but a few words per document (k, M, G: powers of
    /// 1024; a number alone: MiB); past it, temporary files beside the output are used
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = parse_memory)]
    memory: u64,
    /// Threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

/// A size; a number alone stands for MiB, as it did before there were units.
fn parse_memory(value: &str) -> std::result::Result<u64, String> {
    match value.parse::<u64>() {
        Ok(mebibytes) => Ok(mebibytes.saturating_mul(1 << 20)),
        Err(_) => parse_size(value),
    }
}

fn parse_keep(value: &str) -> std::result::Result<Keep, String> {
    match value.split_once(':') {
        None if value == "id" => Ok(Keep::Id),
        None if value == "longest" => Ok(Keep::Longest),
        Some(("field", name)) if !name.is_empty() => Ok(Keep::Field(name.into())),
        Some(("source", hosts)) if !sources(hosts).is_empty() => Ok(Keep::Source(sources(hosts))),
        _ => Err("give id, longest, field:NAME, or source:HOST,HOST".into()),
    }
}

pub(super) fn run(args: &DedupArgs) -> std::result::Result<Exit, Failure> {
    let options = Options {
        near: !args.exact,
        threshold: args.threshold,
        memory: args.memory,
        dir: Some(folder(&args.out).to_path_buf()),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs.unwrap_or_default())
        .build()
        .map_err(|error| Error::new(ErrorKind::Usage, error, "choose fewer --jobs"))?;
    let (mut rows, errors) = pool.install(|| read(args, &options))?;
    let index = args.against.as_deref();
    let index = index.map(Index::open_or_create).transpose()?;
    let fail = |error: io::Error| Error::io("temporary file", &error);
    let mut additions = Vec::new();
    let compare = || {
        let earlier = index.as_ref().map(|index| index as &dyn Earlier);
        rows.compare(&options, earlier, |addition| {
            additions.push(addition);
            Ok(())
        })
    };
    let outcome = pool.install(compare).map_err(fail)?;
    pool.install(|| write::write(args, &rows, &options, &outcome))?;
    if let Some(index) = index.filter(|_| !args.read_only) {
        index.add(additions.into_iter().map(Ok))?;
    }
    if !args.quiet {
        summary(&outcome, errors, rows.repeated_ids());
    }
    Ok(if errors > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Reads all rows; what cannot be read goes to standard error and is counted.
fn read(args: &DedupArgs, options: &Options) -> Result<(Rows, u64)> {
    let inputs = Inputs::list(&args.inputs);
    if let Some(error) = inputs.errors.into_iter().next() {
        return Err(error);
    }
    let mut fields = Fields {
        id: args.id_field.clone(),
        url: args.url_field.clone(),
        keep: args.keep.clone(),
        ..Fields::default()
    };
    if let Some(name) = &args.text_field {
        fields.text = vec![name.clone()];
    }
    let streams = inputs
        .files
        .into_iter()
        .map(|input| (input.name, open(&input.path)));
    let mut errors = 0;
    let dir = folder(&args.out);
    std::fs::create_dir_all(dir).map_err(|error| Error::io(dir.display(), &error))?;
    let exact = args.exact && args.against.is_none();
    let rows = Rows::read(streams, fields, options, exact, |error| {
        errors += 1;
        eprintln!("lavoir: {}", terminal::visible(&error.to_string()));
    });
    let rows = rows.map_err(|error| Error::new(ErrorKind::Io, error, "check input and output"))?;
    Ok((rows, errors))
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// How many documents went for a reason of this kind.
fn count(outcome: &Outcome, kind: DuplicateKind) -> usize {
    let removed = outcome
        .removals
        .iter()
        .flatten()
        .filter(|r| r.kind == kind)
        .count();
    removed
        + outcome
            .known
            .values()
            .filter(|known| known.kind == kind)
            .count()
}

fn summary(outcome: &Outcome, errors: u64, repeated_ids: usize) {
    let documents = outcome.removals.len();
    let (exact, near) = (
        count(outcome, DuplicateKind::Exact),
        count(outcome, DuplicateKind::Near),
    );
    let stay = documents - exact - near;
    let mut line = format!("{documents} documents: {stay} stay");
    line.push_str(&format!(", {exact} exact copies, {near} near-duplicates"));
    if !outcome.known.is_empty() {
        line.push_str(&format!(
            ", {} of them known from before",
            outcome.known.len()
        ));
    }
    if repeated_ids > 0 {
        line.push_str(&format!(", {repeated_ids} ids came again (id#2, …)"));
    }
    if errors > 0 {
        line.push_str(&format!(", {errors} lines left out"));
    }
    eprintln!("{line}");
}
