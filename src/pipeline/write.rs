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
use crate::io::write::spans::{self, SpanRows};
use crate::io::write::{RowKind, RowWriter, Target, folder_of};

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
    pub target: Target,
    pub spans: SpanRows,
    /// Whether this is one of several runs: what merging needs is written as well, and nothing
    /// that depends on the whole corpus.
    pub is_shard: bool,
    pub stop: &'a AtomicBool,
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
        for kind in self.kinds() {
            for (number, piece) in pieces.iter().enumerate() {
                files.push((kind, stem(kind, shard_bytes.map(|_| number)), *piece));
            }
        }
        let write =
            |(kind, stem, piece): &(RowKind, String, Piece)| self.file(dir, stem, *kind, *piece);
        // The order of the list is kept.
        let written: Result<Vec<Written>> =
            pool.install(|| files.par_iter().with_max_len(1).map(write).collect());
        Ok((counts, written?))
    }

    fn kinds(&self) -> impl Iterator<Item = RowKind> {
        let SpanRows {
            attributes,
            removed,
        } = self.spans;
        let (shard, whole) = (self.is_shard, !self.is_shard);
        let kinds = [
            (RowKind::Articles, true),
            (RowKind::Provenance, true),
            (RowKind::Notes, shard),
            (RowKind::Spans, shard && (attributes || removed)),
            (RowKind::Attributes, whole && attributes),
            (RowKind::Removed, whole && removed),
        ];
        kinds
            .into_iter()
            .filter_map(|(kind, wanted)| wanted.then_some(kind))
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

    fn file(&self, dir: &Path, stem: &str, kind: RowKind, piece: Piece) -> Result<Written> {
        let mut file = self.target.create(dir, stem, kind)?;
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
                    self.row(&mut *file, kind, number, &header, &mut reader)?;
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

    /// Writes the rows of a document.
    fn row(
        &self,
        file: &mut dyn RowWriter,
        kind: RowKind,
        number: u64,
        header: &Header,
        reader: &mut PartReader,
    ) -> Result<()> {
        let fate = self.decisions.fate(number, header.empty);
        match kind {
            RowKind::Notes => return file.row(&reader.section(header, Section::Observed)?),
            RowKind::Spans => return file.row(&reader.section(header, Section::Spans)?),
            RowKind::Articles if fate.copy.is_some() || fate.empty => return Ok(()),
            RowKind::Articles if !self.decisions.changes(number) => {
                return file.row(&reader.section(header, Section::Article)?);
            }
            _ => {}
        }
        let fail = |error: std::io::Error| Error::io("the state folder", &error);
        let provenance = if self.decisions.changes(number) {
            let article = reader.section(header, Section::Article)?;
            let row = reader.section(header, Section::Provenance)?;
            let [article, row] = self
                .decisions
                .rewrite(number, [&article, &row])
                .map_err(fail)?;
            if kind == RowKind::Articles {
                return file.row(&article);
            }
            row
        } else {
            reader.section(header, Section::Provenance)?
        };
        if kind == RowKind::Provenance {
            return file.row(&provenance);
        }
        let spans = reader.section(header, Section::Spans)?;
        let rows = spans::rows(kind, &spans, &provenance).map_err(|error| fail(error.into()))?;
        rows.iter().try_for_each(|row| file.row(row))
    }

    fn go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(super::stopped());
        }
        Ok(())
    }
}

/// Name of an output file without its ending: numbered when there may be several.
fn stem(kind: RowKind, number: Option<usize>) -> String {
    let stem = kind.stem();
    match number {
        Some(number) => format!("{stem}-{number:05}"),
        None => stem.into(),
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
            folder_of(&old.path).map_or(Ok(()), |folder| remove_folder(&out.join(folder)))?;
        }
    }
    for name in new.into_iter().chain(unlisted.iter().copied()) {
        if let Some(folder) = folder_of(name) {
            remove_folder(&out.join(folder))?;
            fs::rename(from.join(folder), out.join(folder)).map_err(fail)?;
        }
        fs::rename(from.join(name), out.join(name)).map_err(fail)?;
    }
    sync_dir(out);
    fs::rename(from.join(MANIFEST), out.join(MANIFEST)).map_err(fail)?;
    sync_dir(out);
    Ok(())
}

/// Removes a folder of texts, if it is there.
fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io(path.display(), &error))
        }
        _ => Ok(()),
    }
}
