//! Decisions that need the whole corpus: they are made between the passes.
//!
//! [`observe`] runs in the first pass, once per document and on any thread; what it notes comes
//! back in order. [`decide`] sees all documents: it takes out what sites repeat, finds copies of
//! what is left, and paragraphs that documents share. The second pass asks [`Decisions`],
//! document by document. What grows with the corpus goes to disk past the memory bound, but for a
//! few words per document.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use rayon::ThreadPool;
use rustc_hash::{FxHashMap, FxHashSet};

use super::cuts::{self, CutRow, Repeats};
use super::manifest::Figures;
use super::options::{CorpusOptions, Paragraphs};
use super::parts::Parts;
use super::texts::{Observed, OnlyText, PartTexts};
use crate::article::Article;
use crate::cleaner::Cleaned;
use crate::decision::{Stage, Twin};
use crate::dedup::{self, Known, Outcome, Texts, matched_paragraphs};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::provenance::{DuplicateOf, Provenance};
use crate::site::{Cut, SiteBlock, SiteMemory, apply};
use crate::spill::{Shelf, Spill};

/// What decisions about the whole corpus need of a document beside its text.
pub(super) fn observe(cleaned: &Cleaned) -> Vec<u8> {
    // Plain data, which JSON can always hold.
    serde_json::to_vec(&Observed::of(cleaned)).unwrap_or_default()
}

/// Documents that are named as having the most copies.
const TOP: usize = 10;
/// Of the memory one part in so many is used whatever is held already.
const LEAST: u64 = 4;

/// What the decisions are made with.
pub(super) struct Deciding<'a> {
    /// Whether and how copies are removed.
    pub dedup: Option<&'a dedup::Options>,
    /// What else is decided over the whole corpus.
    pub corpus: &'a CorpusOptions,
    /// What earlier crawls taught about sites.
    pub memory: &'a SiteMemory,
    /// The documents that were kept before.
    pub index: Option<&'a Index>,
    /// Where temporary files go.
    pub dir: &'a Path,
    /// Bytes of memory that the first pass left in use.
    pub held: u64,
}

/// What the corpus says about its documents, by their number in input order.
pub(super) struct Decisions<'p> {
    texts: Option<PartTexts<'p>>,
    outcome: Outcome,
    /// Names of those who published copies, by index of the one that stays.
    publishers: FxHashMap<usize, Vec<String>>,
    /// Documents of which the cuts leave nothing, by number.
    emptied: FxHashSet<u64>,
    memory: &'p SiteMemory,
    /// What is to be added to the index: a file of rows.
    pub additions: Option<cuts::Additions>,
}

/// What becomes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    /// How it is a copy, if it is one.
    pub copy: Option<dedup::DuplicateKind>,
    /// Whether no text is left of it.
    pub empty: bool,
}

impl Decisions<'_> {
    /// What becomes of a document.
    pub(super) fn fate(&self, number: u64, empty: bool) -> Fate {
        Fate {
            copy: self.index(number).and_then(|index| self.copy(index)),
            empty: empty || self.emptied.contains(&number),
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        self.texts.as_ref()?.index(number)
    }

    fn copy(&self, index: usize) -> Option<dedup::DuplicateKind> {
        if let Some(known) = self.outcome.known.get(&index) {
            return Some(known.kind);
        }
        let removal = self.outcome.removals.get(index)?.as_ref();
        removal.map(|removal| removal.kind)
    }

    /// Whether the rows of a document are not as the first pass left them.
    pub(super) fn changes(&self, number: u64) -> bool {
        let Some((texts, index)) = self.texts.as_ref().zip(self.index(number)) else {
            return false;
        };
        self.copy(index).is_some()
            || texts.has_cuts(index)
            || texts.has_flags(index)
            || self.publishers.contains_key(&index)
    }

    /// The rows of a document as they are to be written.
    ///
    /// # Errors
    /// A part cannot be read or a row is damaged.
    pub(super) fn rewrite(&self, number: u64, rows: [&str; 2]) -> io::Result<[String; 2]> {
        if let Some(rows) = self.only_named(number, rows)? {
            return Ok(rows);
        }
        let mut article: Article = serde_json::from_str(rows[0])?;
        let mut provenance: Provenance = serde_json::from_str(rows[1])?;
        if let Some((texts, index)) = self.texts.as_ref().zip(self.index(number)) {
            let (blocks, rows) = texts.cuts(index)?;
            let cuts: Vec<Cut> = rows.iter().map(|row| self.cut(texts, row)).collect();
            apply(&mut article, &mut provenance, &blocks, &cuts);
            provenance.duplicate_of = self.duplicate_of(texts, index, &article.text)?;
            article.repeated = texts.flagged(index)?;
            if let Some(names) = self.publishers.get(&index) {
                article.also_published_by.clone_from(names);
            }
        }
        Ok([
            serde_json::to_string(&article)?,
            serde_json::to_string(&provenance)?,
        ])
    }

    /// The rows of a document of which nothing changes but that its twin is named: the record is
    /// not taken apart for that.
    fn only_named(&self, number: u64, rows: [&str; 2]) -> io::Result<Option<[String; 2]>> {
        let Some((texts, index)) = self.texts.as_ref().zip(self.index(number)) else {
            return Ok(None);
        };
        if !texts.cuts(index)?.1.is_empty()
            || !texts.flagged(index)?.is_empty()
            || self.publishers.contains_key(&index)
        {
            return Ok(None);
        }
        let article: OnlyText = serde_json::from_str(rows[0])?;
        let mut provenance = rows[1].to_owned();
        if let Some(twin) = self.duplicate_of(texts, index, &article.text)? {
            // A key only at the top level: in strings its quotes would be escaped.
            let at = provenance
                .find(",\"decisions\":[")
                .unwrap_or(provenance.len() - 1);
            let json = serde_json::to_string(&twin)?;
            provenance.insert_str(at, &format!(",\"duplicate_of\":{json}"));
        }
        Ok(Some([rows[0].to_owned(), provenance]))
    }

    fn cut(&self, texts: &PartTexts<'_>, row: &CutRow) -> Cut {
        let (stage, kind) = if row.is_paragraph() {
            (Stage::Dedup, "repeat")
        } else {
            (Stage::Site, "site")
        };
        let (id, span) = match row.twin() {
            cuts::CutTwin::Document(index, span) => (texts.id(index).to_owned(), span),
            cuts::CutTwin::Memory(key) => match self.memory.get(key) {
                Some(sighting) => (sighting.id.clone(), sighting.span),
                None => (String::new(), Default::default()),
            },
        };
        Cut {
            block: row.block as usize,
            stage,
            kind,
            twin: Twin {
                rule: row.rule(),
                id: Some(id),
                span,
            },
        }
    }

    fn duplicate_of(
        &self,
        texts: &PartTexts<'_>,
        index: usize,
        text: &str,
    ) -> io::Result<Option<DuplicateOf>> {
        if let Some(Known { id, kind, score }) = self.outcome.known.get(&index) {
            return Ok(Some(DuplicateOf {
                id: id.clone(),
                kind: kind.name().into(),
                score: *score,
                earlier: true,
                paragraphs: Vec::new(),
            }));
        }
        let Some(Some(removal)) = self.outcome.removals.get(index) else {
            return Ok(None);
        };
        let paragraphs = match removal.kind {
            dedup::DuplicateKind::Exact => Vec::new(),
            dedup::DuplicateKind::Near => matched_paragraphs(text, &texts.text(removal.twin)?),
        };
        Ok(Some(DuplicateOf {
            id: texts.id(removal.twin).to_owned(),
            kind: removal.kind.name().into(),
            score: removal.score,
            earlier: false,
            paragraphs,
        }))
    }

    /// What is told of the decisions in the manifest.
    pub(super) fn figures(&self) -> Figures {
        let Some(texts) = &self.texts else {
            return Figures::default();
        };
        let top = self.outcome.top(TOP).into_iter();
        let cuts = (0..texts.len()).map(|index| texts.count_cuts(index)).sum();
        Figures {
            clusters: self.outcome.sizes(),
            top: top
                .map(|(index, copies)| (texts.id(index).to_owned(), copies))
                .collect(),
            what_if: self.outcome.what_if.iter().copied().collect(),
            cuts,
        }
    }
}

impl<'a> Deciding<'a> {
    /// Decides about all documents.
    ///
    /// # Errors
    /// A part or the index cannot be read, or a temporary file not be written.
    pub(super) fn run<'p>(&self, parts: &'p Parts, pool: &ThreadPool) -> Result<Decisions<'p>>
    where
        'a: 'p,
    {
        let mut decisions = Decisions {
            texts: None,
            outcome: Outcome::default(),
            publishers: FxHashMap::default(),
            emptied: FxHashSet::default(),
            memory: self.memory,
            additions: None,
        };
        let paragraphs = self.corpus.paragraphs;
        if self.dedup.is_none() && !self.corpus.site && paragraphs == Paragraphs::Keep {
            return Ok(decisions);
        }
        let mut texts = PartTexts::new(parts, &self.corpus.keep)?;
        let decide = || -> io::Result<()> {
            if self.corpus.site {
                let rows = cuts::site(&texts, self.memory, &self.spill())?;
                texts.set_cuts(rows);
            }
            if self.dedup.is_some() {
                decisions.outcome = self.copies(&texts, &mut decisions.additions)?;
            }
            if paragraphs != Paragraphs::Keep {
                let outcome = &decisions.outcome;
                let stays = |index| outcome.removals.is_empty() || outcome.stays(index);
                let repeats = Repeats {
                    paragraphs,
                    options: self.options(),
                };
                let rows = repeats.find(&texts, &self.spill(), stays)?;
                if paragraphs == Paragraphs::Flag {
                    texts.set_flags(rows);
                } else {
                    texts.set_cuts(rows);
                }
            }
            decisions.emptied = texts.emptied()?;
            decisions.publishers = publishers(&texts, &decisions.outcome);
            Ok(())
        };
        pool.install(decide)
            .map_err(|error| Error::io("the state folder", &error))?;
        decisions.texts = Some(texts);
        Ok(decisions)
    }

    /// How the corpus is compared, in what the bound leaves.
    fn options(&self) -> dedup::Options {
        let options = self.dedup.cloned().unwrap_or_default();
        dedup::Options {
            dir: Some(self.dir.to_path_buf()),
            memory: options
                .memory
                .saturating_sub(self.held)
                .max(options.memory / LEAST),
            ..options
        }
    }

    fn spill(&self) -> Spill {
        Spill {
            dir: self.dir.to_path_buf(),
            memory: usize::try_from(self.options().memory).unwrap_or(usize::MAX / 2),
        }
    }

    fn copies(
        &self,
        texts: &PartTexts<'_>,
        additions: &mut Option<cuts::Additions>,
    ) -> io::Result<Outcome> {
        let options = self.options();
        let Some(index) = self.index else {
            return dedup::compare(texts, &options);
        };
        let mut file = cuts::Additions::create(self.dir)?;
        let outcome = dedup::compare_with(texts, &options, Some(index), |addition| {
            file.push(&addition)
        })?;
        *additions = Some(file);
        Ok(outcome)
    }
}

/// Who else published a document that stays: the names of its copies.
fn publishers(texts: &PartTexts<'_>, outcome: &Outcome) -> FxHashMap<usize, Vec<String>> {
    let mut names: FxHashMap<usize, BTreeSet<&str>> = FxHashMap::default();
    for (index, removal) in outcome.removals.iter().enumerate() {
        let Some(removal) = removal else {
            continue;
        };
        if let Some(name) = texts.publisher(index)
            && texts.publisher(removal.twin) != Some(name)
        {
            names.entry(removal.twin).or_default().insert(name);
        }
    }
    let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
    names
        .into_iter()
        .map(|(index, names)| (index, owned(names)))
        .collect()
}

/// The blocks of a document and the cuts among them.
pub(super) type BlocksAndCuts = (Vec<SiteBlock>, Vec<CutRow>);

/// The cuts of all documents, by index.
pub(super) type Cuts = Shelf;
