//! `lavoir check`: what is still dirty in a data set, against limits.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::clean::list_paths;
use super::input::InputArgs;
use super::settings::{ConfigArgs, RulesOptions, rules, shown};
use super::{Exit, Failure};
use crate::check::{Baseline, Checker, Kind, Outcome};
use crate::config::Loaded;
use crate::error::{Error, ErrorKind, Result};
use crate::io::output::OutputFile;
use crate::report::{self, ReportFormat};

/// Find what is still dirty in a data set
///
/// Texts are looked through for lines that rules know as boilerplate, damaged characters and
/// encodings, markup, lines that a site repeats, copies, empty and broken-off texts. The exit code
/// is 1 when more documents have a kind of finding than the configuration allows ([check.limits],
/// by default none).
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Files, folders or globs, as for `clean`; `-` or nothing reads JSON lines from standard input
    inputs: Vec<PathBuf>,
    /// Read the paths of more inputs from this file, one per line
    #[arg(long, value_name = "LIST")]
    files_from: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    report: ReportFormat,
    /// Write the report to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Accept the data set as it is, or report only what is new since then
    #[arg(long, value_name = "WHAT")]
    baseline: Option<BaselineArg>,
    /// Where the baseline is [default: .lavoir-baseline.json beside the configuration file]
    #[arg(long, value_name = "FILE")]
    baseline_file: Option<PathBuf>,
    /// Do not look for this kind of finding
    #[arg(long, value_name = "KIND", value_parser = parse_kind)]
    skip: Vec<Kind>,
    /// Threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    rules: RulesOptions,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum BaselineArg {
    /// Store the findings and the shape of the data set
    Write,
    /// Leave out what is stored, and report drift away from it
    Compare,
}

fn parse_kind(name: &str) -> std::result::Result<Kind, String> {
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    known.ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("one of {}", names.join(", "))
    })
}

pub(super) fn run(args: &CheckArgs) -> std::result::Result<Exit, Failure> {
    let Loaded { config, file } = load(args)?;
    if args.config.show_config {
        let loaded = Loaded { config, file };
        io::stdout().lock().write_all(shown(&loaded)?.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let read = config.input.clone();
    let (check, clean) = (config.check.clone(), &config.clean);
    let pack = rules(&config)?;
    let checker = Checker::new(check, clean, &pack, config.dedup_options(), read)?;
    let inputs = list_paths(&args.inputs, &args.files_from, None)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(config.run.jobs)
        .build()
        .map_err(|error| Error::new(ErrorKind::Usage, error, "choose fewer --jobs"))?;
    let mut outcome = pool.install(|| checker.run(&inputs))?;
    let path = &config.check.baseline;
    match args.baseline {
        Some(BaselineArg::Write) => Baseline::of(&outcome).write(path)?,
        Some(BaselineArg::Compare) => {
            outcome = outcome.compare(&Baseline::read(path)?, &config.check);
        }
        None => {}
    }
    print(args, &outcome)?;
    if args.baseline == Some(BaselineArg::Write) {
        eprintln!("wrote {}", path.display());
        return Ok(Exit::Clean);
    }
    Ok(match outcome.exceeded().next() {
        Some(_) => Exit::Findings,
        None => Exit::Clean,
    })
}

fn load(args: &CheckArgs) -> Result<Loaded> {
    let mut loaded = args.config.load()?;
    let config = &mut loaded.config;
    args.rules.apply(config);
    args.input.apply(&mut config.input);
    config.check.skip.extend_from_slice(&args.skip);
    if let Some(file) = &args.baseline_file {
        config.check.baseline.clone_from(file);
    }
    if let Some(jobs) = args.jobs {
        config.run.jobs = jobs;
    }
    Ok(loaded)
}

fn print(args: &CheckArgs, outcome: &Outcome) -> std::result::Result<(), Failure> {
    let Some(path) = &args.out else {
        let mut out = BufWriter::new(io::stdout().lock());
        report::write(args.report, outcome, &mut out)?;
        out.flush()?;
        return Ok(());
    };
    let mut bytes = Vec::new();
    report::write(args.report, outcome, &mut bytes)?;
    let mut file = OutputFile::create_at(path)?;
    file.write(&bytes)?;
    file.finish()?;
    Ok(())
}
