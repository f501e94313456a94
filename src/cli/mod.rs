//! The command line, one command per file. Data goes to standard output, everything else to
//! standard error.

mod clean;
mod dedup;
mod detect;
mod explain;
mod generate;
mod rules;
mod run;
mod terminal;
mod verify;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::article::TextFormat;
use crate::cleaner::{CleanConfig, Cleaner};
use crate::error::{Error, Result};
use crate::rules::RulePack;
use crate::stages::content::{Favor, Profile};

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
  1    done, but there are error rows, failed checks or failed examples
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
    Dedup(dedup::DedupArgs),
    Detect(detect::DetectArgs),
    Explain(explain::ExplainArgs),
    Verify(verify::VerifyArgs),
    Rules(rules::RulesArgs),
    Completions(generate::CompletionsArgs),
    Man(generate::ManArgs),
}

/// The options that make a cleaner; the same for every command that cleans.
#[derive(Debug, Args)]
struct CleanerArgs {
    /// Add the rule pack in this folder; later packs win
    #[arg(long = "rules", value_name = "DIR")]
    packs: Vec<PathBuf>,
    /// Switch off a rule by id, or all rules below a folder (fr/ad)
    #[arg(long, value_name = "ID")]
    disable: Vec<String>,
    /// How the article's text is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: FormatArg,
    /// What to lean to when in doubt
    #[arg(long, value_name = "LEANING", default_value = "balanced")]
    favor: FavorArg,
    /// What the texts are
    #[arg(long, value_name = "PROFILE", default_value = "auto")]
    profile: ProfileArg,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FavorArg {
    /// Lose no paragraph, leave more boilerplate
    Safe,
    /// In between
    Balanced,
    /// Leave little boilerplate, lose a paragraph now and then
    Tight,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ProfileArg {
    /// Anything
    Auto,
    /// Articles already cut out of their pages
    Article,
    /// Whole pages of every kind: forums, products, listings as well
    Mixed,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FormatArg {
    /// Plain text
    Text,
    /// Markdown
    Markdown,
}

impl CleanerArgs {
    fn build(&self) -> Result<Cleaner> {
        let config = CleanConfig {
            format: match self.format {
                FormatArg::Text => TextFormat::Text,
                FormatArg::Markdown => TextFormat::Markdown,
            },
            favor: match self.favor {
                FavorArg::Safe => Favor::Safe,
                FavorArg::Balanced => Favor::Balanced,
                FavorArg::Tight => Favor::Tight,
            },
            profile: match self.profile {
                ProfileArg::Auto => Profile::Auto,
                ProfileArg::Article => Profile::Article,
                ProfileArg::Mixed => Profile::Mixed,
            },
            ..CleanConfig::default()
        };
        Cleaner::with(config, &load_packs(&self.packs, &self.disable)?)
    }
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
        Command::Dedup(args) => dedup::run(&args),
        Command::Detect(args) => detect::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
    };
    let exit = result.unwrap_or_else(|failure| match failure {
        Failure::Error(error) => {
            eprintln!("lavoir: {}", terminal::visible(&error.to_string()));
            Exit::Error
        }
        Failure::Hangup => Exit::Clean,
        Failure::Interrupted(left) => {
            eprintln!("lavoir: stopped; {left}");
            Exit::Interrupted
        }
    });
    ExitCode::from(exit as u8)
}
