//! A run into a folder: its options.

use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use super::progress::{Reporter, clock};
use super::{Exit, Failure};
use crate::io::inputs::{Input, Inputs};
use crate::pipeline::{Estimate, Pipeline, PipelineOptions, Selection, Shard, Start};

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
    #[arg(long, value_name = "N", conflicts_with = "shard")]
    limit: Option<u64>,
    /// Take this share of the records (0.01 is every hundredth), chosen by their ids
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    sample: Option<u32>,
    /// Say what a run would take, reckoned from a small sample, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Bytes of input between two places to resume from
    #[arg(long, value_name = "SIZE", value_parser = parse_size, hide = true)]
    part_size: Option<u64>,
    #[command(flatten)]
    report: Reporter,
}

fn parse_shard(text: &str) -> Result<Shard, String> {
    let parsed = text.split_once('/').and_then(|(index, count)| {
        let (index, count) = (index.parse().ok()?, count.parse().ok()?);
        (index >= 1 && index <= count).then_some(Shard { index, count })
    });
    parsed.ok_or_else(|| "write I/N with I from 1 to N, such as 3/8".into())
}

pub(super) fn parse_size(text: &str) -> Result<u64, String> {
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
    /// Bytes of articles past which a new output file begins.
    pub(super) fn shard_size(&self) -> Option<u64> {
        self.shard_size
    }

    /// The part of the options that these arguments fix.
    pub(super) fn options(&self) -> PipelineOptions {
        let options = PipelineOptions::default();
        PipelineOptions {
            selection: Selection {
                sample: self.sample,
                limit: self.limit,
            },
            shard: self.shard,
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
        self.report.quiet()
    }

    /// Whether nothing is to be written.
    pub(super) fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// Prints what a run would take.
    pub(super) fn estimate(
        &self,
        pipeline: &Pipeline<'_>,
        inputs: &Inputs,
    ) -> Result<Exit, Failure> {
        let estimate = pipeline.estimate(inputs)?;
        let mut out = io::stdout().lock();
        if self.report.is_json() {
            let line = serde_json::to_string(&estimate).map_err(io::Error::from)?;
            writeln!(out, "{line}")?;
            return Ok(Exit::Clean);
        }
        let skipped = inputs.skipped.len();
        let Estimate {
            files,
            bytes,
            records,
            output_bytes,
            working_bytes,
            seconds,
            threads,
            sample_records,
            sample_bytes,
        } = estimate;
        writeln!(
            out,
            "inputs    {files} files, {}; {skipped} files of other kinds are not read",
            size(bytes)
        )?;
        writeln!(out, "records   about {records}")?;
        writeln!(
            out,
            "outputs   about {} as JSON lines; up to {} in the output folder meanwhile",
            size(output_bytes),
            size(working_bytes)
        )?;
        writeln!(
            out,
            "time      about {} on {threads} threads, and more to find copies",
            clock(seconds as f64)
        )?;
        writeln!(
            out,
            "Estimates from {sample_records} records in {} of input; nothing was written.",
            size(sample_bytes)
        )?;
        Ok(Exit::Clean)
    }

    /// Cleans into the folder `out` and tells what came of it. `lasting` says whether the folder
    /// is there when the command has ended.
    pub(super) fn to_out(
        &self,
        pipeline: &Pipeline<'_>,
        inputs: &Inputs,
        out: &Path,
        lasting: bool,
    ) -> Result<Exit, Failure> {
        let resumable = lasting && !inputs.files.iter().any(Input::is_stream);
        self.report
            .watch(out, resumable, |watch| pipeline.run(inputs, out, watch))
    }
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if size < 1000.0 {
            return if unit == "bytes" {
                format!("{bytes} bytes")
            } else {
                format!("{size:.1} {unit}")
            };
        }
        size /= 1000.0;
    }
    format!("{size:.1} TB")
}
