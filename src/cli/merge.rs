//! `lavoir merge`: the shards of a job array become one output folder.

use std::path::PathBuf;

use clap::Args;

use super::progress::Reporter;
use super::{Exit, Failure};
use crate::pipeline::{MergeOptions, merge};

/// Join the shards of a job array, and remove copies over all of them
///
/// The folders are those of `lavoir clean … --shard 1/N`, `2/N` … The articles are those of one run
/// over all inputs.
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// The output folders of all shards, in any order
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
    /// Write into this folder
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Replace results over other inputs
    #[arg(long)]
    force: bool,
    /// Threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Bytes for what is kept over the whole corpus (k, M, G: powers of 1024) [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = super::run::parse_size)]
    memory: Option<u64>,
    #[command(flatten)]
    report: Reporter,
}

pub(super) fn run(args: &MergeArgs) -> Result<Exit, Failure> {
    let options = MergeOptions {
        jobs: args.jobs.unwrap_or_default(),
        memory: args.memory,
        force: args.force,
    };
    args.report.watch(&args.out, true, |watch| {
        merge(&args.dirs, &args.out, &options, watch)
    })
}
