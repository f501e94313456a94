//! The command line, one command per file. Data goes to standard output, everything else to
//! standard error.

mod check;
mod clean;
mod corpus;
mod dedup;
mod detect;
mod explain;
mod generate;
mod index;
mod init;
mod input;
mod learn;
mod merge;
mod progress;
mod rows;
mod rules;
mod run;
mod settings;
mod terminal;
mod verify;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, Result};
use crate::rules::RulePack;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Clean = 0,
    /// The command did its work and found something: error rows, broken promises, failed examples.
    Findings = 1,
    /// The command could not do its work.
    Error = 2,
    /// Stopped from outside (Ctrl-C).
    Interrupted = 130,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    done, but there are error rows, findings over their limit, failed checks or failed examples
  2    the command could not run: wrong call, unreadable rules, unwritable output
  130  stopped with Ctrl-C; no output was written, --resume goes on";

/// Cleans scraped pages and text, and says why every cut was made.
#[derive(Debug, Parser)]
#[command(name = "lavoir", version, about, after_help = EXIT_CODES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Clean(clean::CleanArgs),
    Check(check::CheckArgs),
    Index(index::IndexArgs),
    Learn(learn::LearnArgs),
    Merge(merge::MergeArgs),
    Dedup(dedup::DedupArgs),
    Detect(detect::DetectArgs),
    Explain(explain::ExplainArgs),
    Verify(verify::VerifyArgs),
    Rules(rules::RulesArgs),
    Init(init::InitArgs),
    Completions(generate::CompletionsArgs),
    Man(generate::ManArgs),
}

fn load_packs(dirs: &[PathBuf], disable: &[String]) -> Result<RulePack> {
    let mut pack = RulePack::builtin()?;
    for dir in dirs {
        pack.extend(RulePack::from_dir(dir)?);
    }
    for id in disable {
        pack.disable(id)?;
    }
    Ok(pack)
}

/// What ends a command before its work is done.
enum Failure {
    /// An error to tell.
    Error(Error),
    /// Whoever reads standard output has gone; nothing is left to do.
    Hangup,
    /// An error that was told already.
    Told,
    /// Ctrl-C, and what is left.
    Interrupted(&'static str),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Hangup,
            _ => Self::Error(Error::io("standard output", &error)),
        }
    }
}

/// Parses the command line, runs the command and gives its exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Clean(args) => clean::run(args),
        Command::Check(args) => check::run(&args),
        Command::Index(args) => index::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Dedup(args) => dedup::run(&args),
        Command::Detect(args) => detect::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
    };
    let exit = result.unwrap_or_else(|failure| match failure {
        Failure::Error(error) => {
            eprintln!("lavoir: {}", terminal::visible(&error.to_string()));
            Exit::Error
        }
        Failure::Told => Exit::Error,
        Failure::Hangup => Exit::Clean,
        Failure::Interrupted(left) => {
            eprintln!("lavoir: stopped; {left}");
            Exit::Interrupted
        }
    });
    ExitCode::from(exit as u8)
}
