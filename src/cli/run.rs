//! A run into a folder: its options.

use std::path::Path;

use clap::Args;

use super::progress::Reporter;
use super::{Exit, Failure};
use crate::io::inputs::{Input, Inputs};
use crate::pipeline::{Pipeline, PipelineOptions, Selection, Shard, Start};

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
        self.report.quiet()
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
