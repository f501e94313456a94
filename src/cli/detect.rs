//! `lavoir detect`: the encoding of files, the evidence for it, and what is damaged.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Exit, Failure};
use crate::decode::{Encoding, Evidence, Segment, decode};
use crate::error::{Error, ErrorKind};
use crate::io::inputs::files_from;
use crate::record::Hints;

/// Print the encoding of files
#[derive(Debug, Args)]
pub(super) struct DetectArgs {
    /// Files; - is standard input
    #[arg(required_unless_present = "files_from")]
    files: Vec<PathBuf>,
    /// Read the names of files from this list, one per line; - is standard input
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// One JSON object per file
    #[arg(long)]
    json: bool,
}

/// What is wrong with the bytes of a file.
#[derive(Debug, Serialize)]
struct Damage {
    /// Runs of bytes repaired or replaced.
    repairs: u32,
    /// Bytes of a character cut off at the end.
    cut_tail: u32,
    /// NULs left out.
    nuls: u32,
    #[serde(skip_serializing_if = "<[Segment]>::is_empty")]
    segments: Vec<Segment>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    path: &'a str,
    encoding: Option<&'a str>,
    confidence: f64,
    evidence: Option<Evidence>,
    damage: Option<Damage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(args: &DetectArgs) -> Result<Exit, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut exit = Exit::Clean;
    let mut files = args.files.clone();
    if let Some(list) = &args.files_from {
        files.extend(files_from(list)?);
    }
    for path in &files {
        let found = match read(path) {
            Ok(bytes) => decode(&bytes, &Hints::default())
                .map(|decoded| decoded.encoding)
                .map_err(|error| Error::undecodable(&error).to_string()),
            Err(error) => Err(error.to_string()),
        };
        if found.is_err() {
            exit = Exit::Findings;
        }
        match args.json {
            true => write_json(&mut out, path, &found)?,
            false => write_line(&mut out, path, &found)?,
        }
    }
    out.flush()?;
    Ok(exit)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

fn write_json(
    out: &mut impl Write,
    path: &Path,
    found: &Result<Encoding, String>,
) -> Result<(), Failure> {
    let encoding = found.as_ref().ok();
    let row = Row {
        path: &path.to_string_lossy(),
        encoding: encoding.map(|e| e.name.as_str()),
        confidence: encoding.map_or(0.0, |e| e.confidence),
        evidence: encoding.map(|e| e.evidence),
        damage: encoding.map(|e| Damage {
            repairs: e.repairs,
            cut_tail: e.cut_tail,
            nuls: e.nuls,
            segments: e.segments.clone(),
        }),
        error: found.as_ref().err().cloned(),
    };
    let line = serde_json::to_string(&row).map_err(|error| {
        let remedy = "report this as a bug with the file";
        Error::new(ErrorKind::Io, error, remedy).at(path.display())
    })?;
    writeln!(out, "{line}")?;
    Ok(())
}

fn write_line(
    out: &mut impl Write,
    path: &Path,
    found: &Result<Encoding, String>,
) -> io::Result<()> {
    let path = super::terminal::visible(&path.to_string_lossy()).to_string();
    match found {
        Ok(encoding) => writeln!(out, "{path}: {}", summary(encoding)),
        Err(error) => writeln!(out, "{path}: {error}"),
    }
}

fn summary(encoding: &Encoding) -> String {
    let mut text = format!(
        "{} ({}, {:.2})",
        encoding.name,
        evidence(encoding.evidence),
        encoding.confidence
    );
    for (count, one, many) in [
        (encoding.repairs, "bad run", "bad runs"),
        (
            encoding.cut_tail,
            "byte of a cut character at the end",
            "bytes of a cut character at the end",
        ),
        (encoding.nuls, "NUL left out", "NULs left out"),
    ] {
        if count > 0 {
            let what = if count == 1 { one } else { many };
            text.push_str(&format!(", {count} {what}"));
        }
    }
    for segment in &encoding.segments {
        text.push_str(&format!(", {} from byte {}", segment.name, segment.start));
    }
    text
}

fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Bom => "byte order mark",
        Evidence::Http => "HTTP header",
        Evidence::Meta => "meta",
        Evidence::Xml => "XML declaration",
        Evidence::Detected => "detected",
        Evidence::Assumed => "assumed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_the_damage() {
        let mut encoding = Encoding::new("UTF-8", Evidence::Detected, 0.98);
        assert_eq!(summary(&encoding), "UTF-8 (detected, 0.98)");
        encoding.repairs = 2;
        encoding.nuls = 1;
        let wanted = "UTF-8 (detected, 0.98), 2 bad runs, 1 NUL left out";
        assert_eq!(summary(&encoding), wanted);
    }

    #[test]
    fn json_rows_have_the_documented_fields() {
        let mut out = Vec::new();
        let found = Ok(Encoding::new("KOI8-R", Evidence::Meta, 0.9));
        assert!(write_json(&mut out, Path::new("a.html"), &found).is_ok());
        let row: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(row["encoding"], "KOI8-R");
        assert_eq!(row["evidence"], "meta");
        assert_eq!(row["damage"]["repairs"], 0);
    }
}
