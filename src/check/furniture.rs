//! Lines that many documents of one site hold.

use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use super::document::Seen;
use super::finding::excerpt;
use super::{Finding, Kind};

/// Counts lines by site. A document of which the same text came before does not count: a copy
/// repeats everything and says nothing about the site.
#[derive(Debug)]
pub(super) struct Furniture {
    wanted: usize,
    texts: FxHashSet<u64>,
    documents: Vec<Finding>,
    lines: FxHashMap<u64, Line>,
}

/// A line of a site: the documents that hold it, and its text once these are enough.
#[derive(Debug, Default)]
struct Line {
    documents: Vec<u32>,
    excerpt: Box<str>,
}

impl Furniture {
    /// Lines in so many documents of a site are reported.
    pub(super) fn new(documents: u32) -> Self {
        Self {
            wanted: documents.max(2) as usize,
            texts: FxHashSet::default(),
            documents: Vec::new(),
            lines: FxHashMap::default(),
        }
    }

    pub(super) fn add(&mut self, seen: &Seen) {
        let Some(host) = &seen.host else { return };
        if !self.texts.insert(xxh3_64(seen.text.as_bytes())) {
            return;
        }
        let document = self.documents.len() as u32;
        let place = seen.finding(Kind::Furniture, "check/furniture", String::new());
        self.documents.push(place);
        for line in seen.text.lines().map(str::trim) {
            if line.is_empty() {
                continue;
            }
            let key = xxh3_64([host, line].join("\0").as_bytes());
            let entry = self.lines.entry(key).or_default();
            if entry.documents.last() == Some(&document) {
                continue;
            }
            entry.documents.push(document);
            if entry.documents.len() == self.wanted {
                entry.excerpt = excerpt(line).into();
            }
        }
    }

    /// One finding per document and line, with how often the site has it.
    pub(super) fn findings(self) -> Vec<Finding> {
        let often = |line: &Line| line.documents.len() >= self.wanted;
        let mut findings = Vec::new();
        for line in self.lines.into_values().filter(often) {
            let count = line.documents.len();
            for document in line.documents {
                findings.push(Finding {
                    message: format!("{count} documents of the site hold this line"),
                    excerpt: line.excerpt.to_string(),
                    ..self.documents[document as usize].clone()
                });
            }
        }
        findings
    }
}
