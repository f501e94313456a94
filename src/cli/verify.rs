//! `lavoir verify`: an output folder against its manifest and sources.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Failure, terminal};

/// Check an output folder: hashes, conservation, and replay from the sources
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The output folder of `lavoir clean`
    out: PathBuf,
    /// Look for the sources below this folder instead of where they were
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    let report = crate::pipeline::verify(&args.out, args.source.as_deref())?;
    let mut out = io::stdout().lock();
    for finding in &report.findings {
        let line = format!("{}: {}", finding.place, finding.what);
        writeln!(out, "FAILED {}", terminal::visible(&line))?;
    }
    let (replayed, failed) = (report.replayed, report.findings.len());
    if failed > 0 {
        eprintln!("lavoir: {replayed} documents replayed, {failed} checks FAILED");
        return Ok(Exit::Findings);
    }
    writeln!(
        out,
        "ok: {replayed} documents replayed byte for byte, nothing lost"
    )?;
    Ok(Exit::Clean)
}
