//! `lavoir dedup`: anyone's JSON lines without copies.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Exit, Failure, terminal};
use crate::dedup::jsonl::{Fields, Keep, Rows};
use crate::dedup::{self, DuplicateKind, Options, Removal, Texts};
use crate::error::{Error, ErrorKind, Result};
use crate::io::compression;
use crate::io::inputs::Inputs;
use crate::io::output::OutputFile;

/// Remove copies from JSON lines
///
/// Rows that stay are written as they came, in the order of the input. Texts are compared by what
/// is left after the lines that a host repeats (give `url` for that); each removal is verified on
/// the two texts.
#[derive(Debug, Args)]
pub(super) struct DedupArgs {
    /// JSON lines (also .gz and .zst), files or folders; `-` reads standard input
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Write the rows that stay to this file
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Write `id TAB cluster` for every document; a cluster is named by the copy that stays
    #[arg(long, value_name = "FILE")]
    clusters: Option<PathBuf>,
    /// Write one JSON line per removed document: id, twin, kind, score in thousandths
    #[arg(long, value_name = "FILE")]
    removed: Option<PathBuf>,
    /// Look for exact copies only
    #[arg(long)]
    exact: bool,
    /// The share of the smaller text that its twin must repeat, in thousandths
    #[arg(long, value_name = "N", default_value_t = Options::default().threshold,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    threshold: u32,
    /// Which copy stays: the smallest `id`, the `longest` text, or the smallest value (number or
    /// date) of a field, as in `field:created`
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
    /// Memory for texts held between passes; past it they are read again [MiB]
    #[arg(long, value_name = "MIB", default_value_t = Options::default().memory >> 20)]
    memory: u64,
    /// Threads [default: one per core]
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

fn parse_keep(value: &str) -> std::result::Result<Keep, String> {
    match value.split_once(':') {
        None if value == "id" => Ok(Keep::Id),
        None if value == "longest" => Ok(Keep::Longest),
        Some(("field", name)) if !name.is_empty() => Ok(Keep::Field(name.into())),
        _ => Err("give id, longest, or field:NAME".into()),
    }
}

pub(super) fn run(args: &DedupArgs) -> std::result::Result<Exit, Failure> {
    let (rows, errors) = read(args)?;
    let options = Options {
        near: !args.exact,
        threshold: args.threshold,
        memory: args.memory << 20,
        dir: Some(folder(&args.out).to_path_buf()),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs)
        .build()
        .map_err(|error| Error::new(ErrorKind::Usage, error, "choose fewer --jobs"))?;
    let removals = pool
        .install(|| dedup::deduplicate(&rows, &options))
        .map_err(|error| Error::io("temporary file", &error))?;
    write(args, &rows, &removals)?;
    if !args.quiet {
        summary(&removals, errors);
    }
    Ok(if errors > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Reads all rows; bad lines go to standard error and are counted.
fn read(args: &DedupArgs) -> Result<(Rows, u64)> {
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
        .map(|input| (input.name, compression::open(&input.path)));
    let mut errors = 0;
    let dir = folder(&args.out);
    std::fs::create_dir_all(dir).map_err(|error| Error::io(dir.display(), &error))?;
    let rows = Rows::read(streams, fields, dir, |name, line, cause| {
        errors += 1;
        let remedy = "the line is left out; each must be one JSON object with a text";
        let error = Error::new(ErrorKind::Malformed, cause, remedy)
            .at(name)
            .on_line(line);
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

fn create(file: &Path) -> Result<OutputFile> {
    let name = file.file_name().ok_or_else(|| {
        Error::new(ErrorKind::Usage, "is no file name", "name a file to write").at(file.display())
    })?;
    OutputFile::create(folder(file), &name.to_string_lossy())
}

/// A removed document.
#[derive(Serialize)]
struct Removed<'a> {
    id: &'a str,
    twin: &'a str,
    kind: &'static str,
    score: u32,
}

fn write(args: &DedupArgs, rows: &Rows, removals: &[Option<Removal>]) -> Result<()> {
    let fail = |error: io::Error| Error::io("temporary file", &error);
    let mut kept = create(&args.out)?;
    let mut clusters = args.clusters.as_deref().map(create).transpose()?;
    let mut removed = args.removed.as_deref().map(create).transpose()?;
    for (index, removal) in removals.iter().enumerate() {
        let id = rows.id(index);
        let twin = removal.as_ref().map_or(id, |removal| rows.id(removal.twin));
        if let Some(file) = &mut clusters {
            file.row(format!("{}\t{}", one_line(id), one_line(twin)).as_bytes())?;
        }
        let Some(Removal { kind, score, .. }) = *removal else {
            kept.row(&rows.row(index).map_err(fail)?)?;
            continue;
        };
        if let Some(file) = &mut removed {
            let kind = kind.name();
            file.json(&Removed {
                id,
                twin,
                kind,
                score,
            })?;
        }
    }
    for file in [Some(kept), clusters, removed].into_iter().flatten() {
        file.finish()?;
    }
    Ok(())
}

/// An id as one field of a line.
fn one_line(id: &str) -> String {
    id.replace(['\t', '\n', '\r'], " ")
}

fn summary(removals: &[Option<Removal>], errors: u64) {
    let count = |kind| removals.iter().flatten().filter(|r| r.kind == kind).count();
    let removed = removals.iter().flatten().count();
    let mut line = format!(
        "{} documents: {} stay",
        removals.len(),
        removals.len() - removed
    );
    let (exact, near) = (count(DuplicateKind::Exact), count(DuplicateKind::Near));
    line.push_str(&format!(", {exact} exact copies, {near} near-duplicates"));
    if errors > 0 {
        line.push_str(&format!(", {errors} lines left out"));
    }
    eprintln!("{line}");
}
