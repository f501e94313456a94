//! Checks an output folder against its manifest and its sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::claims::Claims;
use super::hash_file;
use super::manifest::{InputNote, MANIFEST, Manifest};
use crate::article::Article;
use crate::error::{Error, ErrorKind, Result};
use crate::io::ReadOptions;
use crate::io::inputs::{Input, Inputs};
use crate::io::write::{RowKind, RowsBack, rows_of};
use crate::provenance::Provenance;
use crate::record::Record;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or record.
    pub place: String,
    /// What does not hold.
    pub what: String,
}

/// How many documents were checked, and what does not hold.
#[derive(Debug, Default)]
pub struct Report {
    /// Documents replayed from their sources.
    pub replayed: u64,
    /// What does not hold; empty when all is well.
    pub findings: Vec<Finding>,
}

/// Checks that every output has the size and hash of the manifest, that every provenance record
/// conserves and replays from its source, that the articles are what replay gives, that each
/// cluster of copies keeps exactly one, and that articles say of other documents what those say:
/// who published copies, and which paragraphs they share. Sources are read where the manifest says, or below
/// `source` if given.
///
/// # Errors
/// The folder holds no readable manifest, or a file cannot be opened.
pub fn verify(out: &Path, source: Option<&Path>) -> Result<Report> {
    let manifest = Manifest::read(out)?;
    let mut report = Report::default();
    if manifest.expected_digest()? != manifest.digest {
        report.add(MANIFEST, "its digest does not fit: it was changed");
    }
    for output in &manifest.outputs {
        let path = out.join(&output.path);
        let (bytes, sha256) = hash_file(&path)?;
        if (bytes, &sha256) != (output.bytes, &output.sha256) {
            report.add(
                &output.path,
                "its size or SHA-256 is not that of the manifest",
            );
        }
    }
    let mut rows = Rows::open(out, &manifest)?;
    // With the limits of the run: what was past them then is not held now.
    let options = &manifest.config.read;
    for input in &manifest.inputs {
        report.check_input(input, options, source, &mut rows)?;
    }
    report.check_rest(rows)?;
    Ok(report)
}

impl Report {
    fn add(&mut self, place: &str, what: impl Into<String>) {
        self.findings.push(Finding {
            place: place.into(),
            what: what.into(),
        });
    }

    /// Reads one source again and replays its records.
    fn check_input(
        &mut self,
        note: &InputNote,
        options: &ReadOptions,
        source: Option<&Path>,
        rows: &mut Rows,
    ) -> Result<()> {
        if note.path == "-" {
            return Ok(());
        }
        let path = source.map_or_else(|| PathBuf::from(&note.path), |dir| dir.join(&note.name));
        let Some(mut input) = Inputs::list(&[path]).files.pop() else {
            self.add(&note.name, format!("the source is not at {}", note.path));
            return Ok(());
        };
        input.name.clone_from(&note.name);
        self.check_records(&input, options, rows)
    }

    fn check_records(
        &mut self,
        input: &Input,
        options: &ReadOptions,
        rows: &mut Rows,
    ) -> Result<()> {
        let mut result = Ok(());
        crate::io::read(input, options, &mut |record| {
            let Ok(record) = record else {
                return true;
            };
            result = self.check_record(&record, rows);
            result.is_ok()
        });
        result
    }

    /// Replays a record if it is the next one of the provenance; else it was an error row.
    fn check_record(&mut self, record: &Record<'_>, rows: &mut Rows) -> Result<()> {
        let hints = &record.hints;
        let next =
            |row: &Provenance| row.source.path == hints.path && row.source.record == hints.record;
        if rows.next.as_ref().is_some_and(next)
            && let Some(row) = rows.advance()?
        {
            self.replayed += 1;
            self.replay(&row, &record.bytes, rows)?;
        }
        Ok(())
    }

    fn replay(&mut self, row: &Provenance, bytes: &[u8], rows: &mut Rows) -> Result<()> {
        let rendered = match row.replay(bytes) {
            Ok(rendered) => rendered,
            Err(broken) => {
                self.add(&row.id, broken.0);
                return rows.skip_article(row);
            }
        };
        rows.claims.document(row, &rendered.metadata);
        let written = row.duplicate_of.is_none() && !rendered.text.is_empty();
        let article = if written { rows.article()? } else { None };
        match article {
            None if written => self.add(&row.id, "its article is missing"),
            None => {}
            Some(article) => {
                rows.claims.article(row, &article);
                let mut metadata = rendered.metadata;
                metadata.language = Some(row.language.code.to_string());
                if article.id != row.id {
                    self.add(
                        &row.id,
                        format!("the article in its place is {}", article.id),
                    );
                } else if article.text != rendered.text {
                    self.add(&row.id, "the article's text is not what replay gives");
                } else if article.metadata != metadata {
                    self.add(&row.id, "the article's metadata is not what replay gives");
                }
            }
        }
        Ok(())
    }

    /// What is left when all sources are read, and whether each cluster keeps one.
    fn check_rest(&mut self, mut rows: Rows) -> Result<()> {
        let mut is_whole = true;
        while let Some(row) = rows.advance()? {
            if row.source.path.as_deref() == Some("-") {
                is_whole = false;
                rows.skip_article(&row)?;
            } else {
                self.add(&row.id, "its source does not hold this record");
            }
        }
        if rows.article()?.is_some() {
            self.add("articles.jsonl", "holds an article without provenance");
        }
        let claims = std::mem::take(&mut rows.claims);
        // What came through a pipe cannot be asked again.
        for (id, what) in claims.broken().into_iter().filter(|_| is_whole) {
            self.add(&id, what);
        }
        for (id, twin) in &rows.twins {
            if rows.stays.get(twin) != Some(&true) {
                self.add(id, format!("its twin {twin} does not stay in the corpus"));
            }
        }
        Ok(())
    }
}

/// The provenance and article files, read side by side, one after another where there are
/// several.
struct Rows {
    provenance: RowsBack,
    articles: RowsBack,
    next: Option<Provenance>,
    stays: BTreeMap<String, bool>,
    twins: Vec<(String, String)>,
    claims: Claims,
}

impl Rows {
    fn open(out: &Path, manifest: &Manifest) -> Result<Self> {
        let mut rows = Self {
            provenance: rows(out, manifest.files("provenance"), RowKind::Provenance),
            articles: rows(out, manifest.files("articles"), RowKind::Articles),
            next: None,
            stays: BTreeMap::new(),
            twins: Vec::new(),
            claims: Claims::default(),
        };
        rows.next = parse(rows.provenance.next(), "provenance.jsonl")?;
        Ok(rows)
    }

    /// The next provenance record.
    fn advance(&mut self) -> Result<Option<Provenance>> {
        let row = self.next.take();
        if let Some(row) = &row {
            self.next = parse(self.provenance.next(), "provenance.jsonl")?;
            let stays = row.duplicate_of.is_none() && row.article.bytes > 0;
            self.stays.insert(row.id.clone(), stays);
            if let Some(twin) = row.duplicate_of.as_ref().filter(|twin| !twin.earlier) {
                self.twins.push((row.id.clone(), twin.id.clone()));
            }
        }
        Ok(row)
    }

    /// The next article.
    fn article(&mut self) -> Result<Option<Article>> {
        parse(self.articles.next(), "articles.jsonl")
    }

    /// Passes over the article of a record that cannot be replayed.
    fn skip_article(&mut self, row: &Provenance) -> Result<()> {
        if row.duplicate_of.is_none() && row.article.bytes > 0 {
            self.article()?;
        }
        Ok(())
    }
}

/// The rows of some outputs in a folder, in order.
fn rows(out: &Path, names: Vec<&str>, kind: RowKind) -> RowsBack {
    let paths: Vec<PathBuf> = names.into_iter().map(|name| out.join(name)).collect();
    let rows = move |path: PathBuf| {
        rows_of(&path, kind).unwrap_or_else(|error| Box::new(std::iter::once(Err(error))))
    };
    Box::new(paths.into_iter().flat_map(rows))
}

fn parse<T: DeserializeOwned>(line: Option<Result<String>>, file: &str) -> Result<Option<T>> {
    let damaged = |error: &dyn std::fmt::Display| {
        let remedy = "the file was changed or cut: run `lavoir clean` again";
        Error::new(ErrorKind::Verify, error, remedy).at(file)
    };
    match line {
        None => Ok(None),
        Some(Ok(line)) => serde_json::from_str(&line)
            .map(Some)
            .map_err(|error| damaged(&error)),
        Some(Err(error)) => Err(damaged(&error)),
    }
}
