//! What `lavoir dedup` writes: rows that stay, clusters, removed documents, figures, repeated
//! paragraphs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{DedupArgs, count};
use crate::cli::rows::Kept;
use crate::dedup::jsonl::Rows;
use crate::dedup::{
    DuplicateKind, Options, Outcome, ParagraphOptions, Texts, matched_paragraphs,
    repeated_paragraphs,
};
use crate::error::{Error, ErrorKind, Result};
use crate::io::inputs::Inputs;
use crate::io::output::OutputFile;

/// A removed document.
#[derive(Serialize)]
struct Removed<'a> {
    id: &'a str,
    twin: &'a str,
    kind: &'static str,
    score: u32,
    /// Whether the twin is in the index, not in these documents.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    earlier: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paragraphs: Vec<(u32, u32)>,
}

/// Figures about copies.
#[derive(Serialize)]
struct Figures<'a> {
    documents: usize,
    exact: usize,
    near: usize,
    clusters: BTreeMap<u64, u64>,
    top: Vec<(&'a str, u64)>,
    what_if: BTreeMap<u32, u64>,
}

/// A paragraph that several documents have.
#[derive(Serialize)]
struct RepeatedRow<'a> {
    id: &'a str,
    span: [usize; 2],
    documents: u32,
    first: &'a str,
    first_span: [usize; 2],
}

/// Writes the rows that stay and what else was asked for; all files appear at once.
pub(super) fn write(
    args: &DedupArgs,
    rows: &Rows,
    options: &Options,
    outcome: &Outcome,
) -> Result<()> {
    let fail = |error: io::Error| Error::io("input or temporary file", &error);
    let lists = args.also_published_by.then_some("also_published_by");
    let staying = (0..rows.len()).filter(|&index| outcome.stays(index));
    let inputs: Vec<PathBuf> = Inputs::list(&args.inputs)
        .files
        .into_iter()
        .map(|input| input.path)
        .collect();
    let mut kept = Kept::create(
        &args.out,
        &inputs,
        lists.as_slice(),
        staying.map(|index| rows.row(index)),
    )?;
    let mut clusters = args
        .clusters
        .as_deref()
        .map(OutputFile::create_at)
        .transpose()?
        .map(OutputFile::unhashed);
    let mut removed = args
        .removed
        .as_deref()
        .map(OutputFile::create_at)
        .transpose()?;
    let publishers = publishers(args, rows, outcome);
    let mut reader = rows.reader();
    let mut line = String::new();
    for index in 0..rows.len() {
        let id = rows.id(index);
        let gone = why(rows, outcome, index);
        if let Some(file) = &mut clusters {
            let twin = gone.as_ref().map_or(id, |gone| gone.twin);
            line.clear();
            line.extend([&*one_line(id), "\t", &one_line(twin)]);
            file.row(line.as_bytes())?;
        }
        let Some(mut gone) = gone else {
            let row = reader.row(index).map_err(fail)?;
            kept.row(&with_publishers(row, publishers.get(&index)))?;
            continue;
        };
        if let Some(file) = &mut removed {
            if let (Some(Some(removal)), "near") = (outcome.removals.get(index), gone.kind) {
                let texts = rows
                    .text(index)
                    .and_then(|text| Ok((text, rows.text(removal.twin)?)));
                let (text, twin) = texts.map_err(fail)?;
                gone.paragraphs = matched_paragraphs(&text, &twin);
            }
            file.json(&gone)?;
        }
    }
    let report = args
        .report
        .as_deref()
        .map(|path| report(path, rows, outcome))
        .transpose()?;
    let repeated = args.repeated.as_deref();
    let repeated = repeated
        .map(|path| repeated_rows(path, rows, options, outcome))
        .transpose()?;
    let changed = |error| Error::new(ErrorKind::Io, error, "run again when the file is complete");
    rows.is_unchanged().map_err(changed)?;
    for file in [Some(kept.finish()?), clusters, removed, report, repeated]
        .into_iter()
        .flatten()
    {
        file.finish()?;
    }
    Ok(())
}

/// Why a document goes, if it does.
fn why<'a>(rows: &'a Rows, outcome: &'a Outcome, index: usize) -> Option<Removed<'a>> {
    let (twin, kind, score, earlier) = match outcome.known.get(&index) {
        Some(known) => (&*known.id, known.kind, known.score, true),
        None => {
            let removal = outcome.removals.get(index)?.as_ref()?;
            (rows.id(removal.twin), removal.kind, removal.score, false)
        }
    };
    Some(Removed {
        id: rows.id(index),
        twin,
        kind: kind.name(),
        score,
        earlier,
        paragraphs: Vec::new(),
    })
}

/// The hosts of the copies of each document that stays, its own left out.
fn publishers<'a>(
    args: &DedupArgs,
    rows: &'a Rows,
    outcome: &Outcome,
) -> BTreeMap<usize, BTreeSet<&'a str>> {
    let mut publishers: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    if !args.also_published_by {
        return publishers;
    }
    for (index, removal) in outcome.removals.iter().enumerate() {
        if let Some(removal) = removal
            && let Some(host) = rows.host(index)
            && rows.host(removal.twin) != Some(host)
        {
            publishers.entry(removal.twin).or_default().insert(host);
        }
    }
    publishers
}

/// A row with the hosts before its closing brace; all else stays as it came.
fn with_publishers<'r>(row: &'r [u8], hosts: Option<&BTreeSet<&str>>) -> Cow<'r, [u8]> {
    let (Some(hosts), Some(inside)) = (hosts, row.strip_suffix(b"}")) else {
        return Cow::Borrowed(row);
    };
    // Plain strings, which JSON can always hold.
    let list = serde_json::to_string(hosts).unwrap_or_default();
    let mut row = inside.to_vec();
    row.extend_from_slice(format!(",\"also_published_by\":{list}}}").as_bytes());
    Cow::Owned(row)
}

fn report(path: &Path, rows: &Rows, outcome: &Outcome) -> Result<OutputFile> {
    let top = outcome.top(10).into_iter();
    let mut file = OutputFile::create_at(path)?;
    file.json(&Figures {
        documents: rows.len(),
        exact: count(outcome, DuplicateKind::Exact),
        near: count(outcome, DuplicateKind::Near),
        clusters: outcome.sizes(),
        top: top
            .map(|(index, copies)| (rows.id(index), copies))
            .collect(),
        what_if: outcome.what_if.iter().copied().collect(),
    })?;
    Ok(file)
}

fn repeated_rows(
    path: &Path,
    rows: &Rows,
    options: &Options,
    outcome: &Outcome,
) -> Result<OutputFile> {
    let mut file = OutputFile::create_at(path)?;
    let (paragraphs, stays) = (ParagraphOptions::default(), |index| outcome.stays(index));
    let found = repeated_paragraphs(rows, options, paragraphs, stays, |repeats| {
        for repeat in repeats {
            let (first, first_range) = &repeat.first;
            let row = RepeatedRow {
                id: rows.id(repeat.document),
                span: [repeat.range.start, repeat.range.end],
                documents: repeat.documents,
                first: rows.id(*first),
                first_span: [first_range.start, first_range.end],
            };
            file.json(&row)
                .map_err(|error| io::Error::other(error.to_string()))?;
        }
        Ok(())
    });
    found.map_err(|error| Error::io("temporary file", &error))?;
    Ok(file)
}

/// An id as one field of a line.
fn one_line(id: &str) -> Cow<'_, str> {
    if id.contains(['\t', '\n', '\r']) {
        Cow::Owned(id.replace(['\t', '\n', '\r'], " "))
    } else {
        Cow::Borrowed(id)
    }
}
