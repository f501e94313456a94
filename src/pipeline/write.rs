//! The second pass: parts and decisions become outputs, each complete before any takes its place.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::ThreadPool;
use rayon::prelude::*;

use super::decide::Decisions;
use super::manifest::{Counts, MANIFEST, Manifest};
use super::part::{Entry, Header, PartReader, Section};
use super::parts::Parts;
use super::state::{State, sync_dir};
use crate::error::{Error, Result};
use crate::io::output::{OutputFile, Written};

/// Documents that go into the same output files: from the one of this number in this part on.
#[derive(Debug, Clone, Copy)]
struct Piece {
    part: usize,
    first: u64,
    end: u64,
}

/// What the second pass needs.
pub(super) struct Writing<'a> {
    pub parts: &'a Parts,
    pub decisions: &'a Decisions<'a>,
    /// Whether what the first pass noted is written as well, for merging.
    pub notes: bool,
    pub stop: &'a AtomicBool,
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Articles,
    Provenance,
    Notes,
}

impl Writing<'_> {
    /// Writes articles and provenance into `dir`, in files of about `shard_bytes` of articles.
    ///
    /// # Errors
    /// A file cannot be written, a part not read, or the run is stopped.
    pub(super) fn outputs(
        &self,
        dir: &Path,
        shard_bytes: Option<u64>,
        pool: &ThreadPool,
    ) -> Result<(Counts, Vec<Written>)> {
        let (counts, pieces) = self.survey(shard_bytes)?;
        let mut files = Vec::new();
        let kinds = [Kind::Articles, Kind::Provenance, Kind::Notes];
        let most = if self.notes { 3 } else { 2 };
        for kind in kinds.into_iter().take(most) {
            for (number, piece) in pieces.iter().enumerate() {
                files.push((kind, name(kind, shard_bytes.map(|_| number)), *piece));
            }
        }
        let write =
            |(kind, name, piece): &(Kind, String, Piece)| self.file(dir, name, *kind, *piece);
        // The order of the list is kept.
        let written: Result<Vec<Written>> =
            pool.install(|| files.par_iter().with_max_len(1).map(write).collect());
        Ok((counts, written?))
    }

    /// Counts, and finds where each output file begins; reads no row.
    fn survey(&self, shard_bytes: Option<u64>) -> Result<(Counts, Vec<Piece>)> {
        let mut counts = Counts::default();
        let start = |part, first| Piece {
            part,
            first,
            end: u64::MAX,
        };
        let mut pieces = vec![start(0, 0)];
        let mut bytes = 0;
        self.parts.each_document(|number, header, _, part| {
            self.go_on()?;
            let fate = self.decisions.fate(number, header.empty);
            counts.add(&fate);
            if fate.copy.is_none() && !fate.empty {
                let row = header.sections[Section::Article as usize] as u64 + 1;
                if bytes > 0 && shard_bytes.is_some_and(|most| bytes + row > most) {
                    if let Some(last) = pieces.last_mut() {
                        last.end = number;
                    }
                    pieces.push(start(part, number));
                    bytes = 0;
                }
                bytes += row;
            }
            Ok(())
        })?;
        Ok((counts, pieces))
    }

    fn file(&self, dir: &Path, name: &str, kind: Kind, piece: Piece) -> Result<Written> {
        let mut file = OutputFile::create(dir, name)?;
        let mut number = self.parts.first_document(piece.part);
        'parts: for part in piece.part..self.parts.len() {
            let mut reader = self.parts.open(part)?;
            while let Some(entry) = reader.next()? {
                self.go_on()?;
                let Entry::Document(header) = entry else {
                    continue;
                };
                if number >= piece.end {
                    break 'parts;
                }
                if number >= piece.first {
                    self.row(&mut file, kind, number, &header, &mut reader)?;
                }
                number += 1;
            }
        }
        file.finish()
    }

    /// Writes the error rows: what could not be listed, then what could not be read, in order.
    pub(super) fn errors(&self, dir: &Path, listing: &[Error]) -> Result<Written> {
        let mut file = OutputFile::create(dir, "errors.jsonl")?;
        for error in listing {
            file.json(error)?;
        }
        for (part, summary) in self.parts.summaries.iter().enumerate() {
            if summary.errors == 0 {
                continue;
            }
            let mut reader = self.parts.open(part)?;
            while let Some(entry) = reader.next()? {
                if let Entry::Error(row) = entry {
                    file.row(&row)?;
                }
            }
        }
        file.finish()
    }

    /// Writes the row of a document.
    fn row(
        &self,
        file: &mut OutputFile,
        kind: Kind,
        number: u64,
        header: &Header,
        reader: &mut PartReader,
    ) -> Result<()> {
        let section = match kind {
            Kind::Articles => {
                let fate = self.decisions.fate(number, header.empty);
                if fate.copy.is_some() || fate.empty {
                    return Ok(());
                }
                Section::Article
            }
            Kind::Provenance => Section::Provenance,
            Kind::Notes => Section::Observed,
        };
        if kind == Kind::Notes || !self.decisions.changes(number) {
            return file.row(reader.section(header, section)?.as_bytes());
        }
        let article = reader.section(header, Section::Article)?;
        let provenance = reader.section(header, Section::Provenance)?;
        let rewrite = self.decisions.rewrite(number, [&article, &provenance]);
        let [article, provenance] =
            rewrite.map_err(|error| Error::io("the state folder", &error))?;
        file.row(if kind == Kind::Articles {
            &article
        } else {
            &provenance
        })
    }

    fn go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(super::stopped());
        }
        Ok(())
    }
}

/// Name of an output file: numbered when there may be several.
fn name(kind: Kind, number: Option<usize>) -> String {
    let stem = match kind {
        Kind::Articles => "articles",
        Kind::Provenance => "provenance",
        Kind::Notes => "notes",
    };
    match number {
        Some(number) => format!("{stem}-{number:05}.jsonl"),
        None => format!("{stem}.jsonl"),
    }
}

/// Gives the complete outputs in `from` their places in `out`, the manifest last. Files of an
/// earlier run that this one did not write go. `unlisted` are outputs that no manifest names.
///
/// # Errors
/// A file cannot be moved; the run can be resumed then.
pub(super) fn publish(
    state: &State,
    from: &Path,
    out: &Path,
    manifest: &Manifest,
    unlisted: &[&str],
) -> Result<()> {
    let fail = |error: std::io::Error| Error::io(out.display(), &error);
    // What is replaced is known from its manifest, also when this is broken off and done again.
    let replaced = state.replaced();
    if out.join(MANIFEST).exists() {
        fs::rename(out.join(MANIFEST), &replaced).map_err(fail)?;
    }
    let before = Manifest::read_file(&replaced)
        .map(|old| old.outputs)
        .unwrap_or_default();
    let new: BTreeSet<&str> = manifest.outputs.iter().map(|file| &*file.path).collect();
    for old in before.iter().filter(|old| !new.contains(&*old.path)) {
        // Somebody may have taken it away; only a plain name can be one of ours.
        let plain = Path::new(&old.path).file_name() == Some(std::ffi::OsStr::new(&old.path));
        if plain && out.join(&old.path).exists() {
            fs::remove_file(out.join(&old.path)).map_err(fail)?;
        }
    }
    for name in new.into_iter().chain(unlisted.iter().copied()) {
        fs::rename(from.join(name), out.join(name)).map_err(fail)?;
    }
    sync_dir(out);
    fs::rename(from.join(MANIFEST), out.join(MANIFEST)).map_err(fail)?;
    sync_dir(out);
    Ok(())
}
