//! A run into a folder: its options, its end, and what is told about it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Exit, Failure};
use crate::io::inputs::{Input, Inputs};
use crate::pipeline::{
    Manifest, Pipeline, PipelineOptions, Progress, STATE, Selection, Shard, Start, Watch,
};

/// How long a run may take to end by itself after Ctrl-C.
const GRACE: Duration = Duration::from_secs(2);

/// What is left of a run that was stopped.
const RESUMABLE: &str = "go on with --resume";
const NOTHING: &str = "nothing was written";

/// The options of a run into a folder.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Go on with an unfinished run in the output folder
    #[arg(long, requires = "out")]
    resume: bool,
    /// Drop an unfinished run, or replace results over other inputs
    #[arg(long, requires = "out", conflicts_with = "resume")]
    force: bool,
    /// Be one of N runs over the same inputs (3/8 is the third of eight); `lavoir merge` joins them
    #[arg(long, value_name = "I/N", requires = "out", value_parser = parse_shard)]
    shard: Option<Shard>,
    /// Begin a new output file after so many bytes of articles (k, M, G: powers of 1024)
    #[arg(long, value_name = "SIZE", requires = "out", value_parser = parse_size)]
    shard_size: Option<u64>,
    /// Take the first N records
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Take this share of the records (0.01 is every hundredth), chosen by their ids
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    sample: Option<u32>,
    /// Bytes of input between two places to resume from
    #[arg(long, value_name = "SIZE", value_parser = parse_size, hide = true)]
    part_size: Option<u64>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

fn parse_shard(text: &str) -> Result<Shard, String> {
    let parsed = text.split_once('/').and_then(|(index, count)| {
        let (index, count) = (index.parse().ok()?, count.parse().ok()?);
        (index >= 1 && index <= count).then_some(Shard { index, count })
    });
    parsed.ok_or_else(|| "write I/N with I from 1 to N, such as 3/8".into())
}

fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err("write a number of bytes, or one with k, M, G or T".into()),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "write a whole number, such as 256M")?;
    let bytes = number.checked_mul(1 << shift).filter(|&bytes| bytes > 0);
    bytes.ok_or_else(|| "the size must be above 0 and below 16 EiB".into())
}

fn parse_rate(text: &str) -> Result<u32, String> {
    let rate: f64 = text.parse().map_err(|_| "write a number from 0 to 1")?;
    if !(0.0..=1.0).contains(&rate) {
        return Err("write a number from 0 to 1".into());
    }
    Ok((rate * 1e6).round() as u32)
}

impl RunArgs {
    /// The part of the options that these arguments fix.
    pub(super) fn options(&self) -> PipelineOptions {
        let options = PipelineOptions::default();
        PipelineOptions {
            selection: Selection {
                sample: self.sample,
                limit: self.limit,
            },
            shard: self.shard,
            shard_bytes: self.shard_size,
            part_bytes: self.part_size.unwrap_or(options.part_bytes),
            start: match (self.resume, self.force) {
                (true, _) => Start::Resume,
                (_, true) => Start::Force,
                _ => Start::Fresh,
            },
            ..options
        }
    }

    pub(super) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Cleans into the folder `out` and tells what came of it.
    pub(super) fn to_out(
        &self,
        pipeline: &Pipeline<'_>,
        inputs: &Inputs,
        out: &Path,
        lasting: bool,
    ) -> Result<Exit, Failure> {
        let resumable = lasting && !inputs.files.iter().any(Input::is_stream);
        let (stop, ended) = stop_on_interrupt((!resumable).then(|| out.join(STATE)));
        let bar = progress_bar(self.quiet);
        let watch = Watch {
            progress: &|progress| show(&bar, progress),
            stop: &stop,
        };
        let result = pipeline.run(inputs, out, watch);
        ended.store(true, Ordering::SeqCst);
        bar.finish_and_clear();
        if stop.load(Ordering::SeqCst) && result.is_err() {
            return Err(Failure::Interrupted(left(resumable)));
        }
        let manifest = result?;
        if !self.quiet {
            summary(&manifest, inputs, lasting.then_some(out));
        }
        Ok(if manifest.counts.errors > 0 {
            Exit::Findings
        } else {
            Exit::Clean
        })
    }
}

fn left(resumable: bool) -> &'static str {
    if resumable { RESUMABLE } else { NOTHING }
}

/// Makes Ctrl-C end the run. The first flag asks for it; where the run does not set the second
/// one in time (it may wait for a stream or a slow disk) the process ends as it is: what lies on
/// disk is whole at any time. `discard` is the state folder of a run that cannot be resumed.
fn stop_on_interrupt(discard: Option<PathBuf>) -> (Arc<AtomicBool>, Arc<AtomicBool>) {
    let flags = (Arc::default(), Arc::default());
    let (stop, ended): (Arc<AtomicBool>, Arc<AtomicBool>) = flags.clone();
    // Without a handler Ctrl-C ends the process as ever, so a failure to set one is no error.
    let _ = ctrlc::set_handler(move || {
        stop.store(true, Ordering::SeqCst);
        let step = Duration::from_millis(10);
        let mut waited = Duration::ZERO;
        while waited < GRACE {
            if ended.load(Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(step);
            waited += step;
        }
        if let Some(state) = &discard {
            // What cannot be removed does no harm: --force passes over it.
            let _ = std::fs::remove_dir_all(state);
        }
        eprintln!("lavoir: stopped; {}", left(discard.is_none()));
        std::process::exit(Exit::Interrupted as i32);
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
        Progress::Cleaned { records, .. } => bar.set_position(records),
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
