//! `lavoir completions` and `lavoir man`: made from the command's own definition.

use std::io::{self, Write};

use clap::{Args, CommandFactory};

use super::{Cli, Exit, Failure};

/// Print completions for a shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
pub(super) struct ManArgs {}

pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lavoir", &mut out);
    io::stdout().write_all(&out)?;
    Ok(Exit::Clean)
}

pub(super) fn man(_: &ManArgs) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut out)?;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        clap_mangen::Man::new(sub.clone()).render(&mut out)?;
    }
    io::stdout().write_all(&out)?;
    Ok(Exit::Clean)
}
