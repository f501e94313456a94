//! `lavoir init`: a configuration file with every key.

use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use super::{Exit, Failure};
use crate::config::{FILE, schema, template};
use crate::error::{Error, ErrorKind};

/// Write a lavoir.toml with every key, explained
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Print the JSON Schema of the file instead
    #[arg(long)]
    schema: bool,
}

pub(super) fn run(args: &InitArgs) -> Result<Exit, Failure> {
    if args.schema {
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &schema()).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(Exit::Clean);
    }
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(Path::new(FILE));
    let mut file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let remedy = "edit it, or move it away first";
            Error::new(ErrorKind::Usage, "is there already", remedy).at(FILE)
        }
        _ => Error::io(FILE, &error),
    })?;
    file.write_all(template()?.as_bytes())
        .map_err(|error| Error::io(FILE, &error))?;
    eprintln!("wrote {FILE}");
    Ok(Exit::Clean)
}
