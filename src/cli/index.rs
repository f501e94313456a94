//! `lavoir index`: what was kept before.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, Failure, terminal};
use crate::error::Error;
use crate::index::Index;

/// Look after an index of what was kept before
///
/// `lavoir clean --against INDEX` and `lavoir dedup --against INDEX` make it and add to it.
#[derive(Debug, Args)]
pub(super) struct IndexArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what the index holds, as JSON
    Info {
        /// The index
        index: PathBuf,
    },
    /// Check that the index is whole and its parts agree
    Check {
        /// The index
        index: PathBuf,
    },
    /// Join what many runs added, and give free space back
    Compact {
        /// The index
        index: PathBuf,
    },
}

pub(super) fn run(args: &IndexArgs) -> Result<Exit, Failure> {
    match &args.command {
        Command::Info { index } => info(index),
        Command::Check { index } => check(index),
        Command::Compact { index } => {
            Index::open(index)?.compact()?;
            info(index)
        }
    }
}

fn info(path: &Path) -> Result<Exit, Failure> {
    let info = Index::open(path)?.info()?;
    let json = serde_json::to_string_pretty(&info)
        .map_err(|error| Error::io(path.display(), &error.into()))?;
    println!("{json}");
    Ok(Exit::Clean)
}

fn check(path: &Path) -> Result<Exit, Failure> {
    let findings = Index::open(path)?.check()?;
    for finding in &findings {
        println!("{}", terminal::visible(finding));
    }
    Ok(if findings.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}
