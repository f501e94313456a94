//! What rows say about other documents: who else published an article, and which of its paragraphs
//! others have.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::texts::publisher;
use crate::article::Article;
use crate::dedup::paragraph_hash;
use crate::metadata::Metadata;
use crate::provenance::Provenance;

/// Something that does not hold: the id of a document, and what.
pub(super) type Broken = (String, String);

/// What articles claim, and what speaks for it.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Publishers of copies, by the id of the document that stays.
    copies: BTreeMap<String, BTreeSet<String>>,
    /// Its publisher and what it lists, by the id of each article.
    articles: BTreeMap<String, (Option<String>, Vec<String>)>,
    paragraphs: FxHashMap<u128, Paragraph>,
    broken: Vec<Broken>,
}

/// A paragraph that articles flag.
#[derive(Debug)]
struct Paragraph {
    ids: BTreeSet<String>,
    /// In how many documents it is said to stand, and which is the first of them.
    documents: u32,
    first: String,
}

impl Claims {
    /// Notes a document with the metadata that replay gives.
    pub(super) fn document(&mut self, row: &Provenance, metadata: &Metadata) {
        if let Some(twin) = row.duplicate_of.as_ref().filter(|twin| !twin.earlier)
            && let Some(name) = publisher(metadata, row.source.url.as_deref())
        {
            let names = self.copies.entry(twin.id.clone()).or_default();
            names.insert(name);
        }
    }

    /// Notes what an article claims.
    pub(super) fn article(&mut self, row: &Provenance, article: &Article) {
        let own = publisher(&article.metadata, row.source.url.as_deref());
        let listed = article.also_published_by.clone();
        self.articles.insert(row.id.clone(), (own, listed));
        for flag in &article.repeated {
            let range = flag.span.start..flag.span.end;
            let Some(text) = article.text.get(range) else {
                let what = "a flagged paragraph does not lie in its text";
                self.broken.push((row.id.clone(), what.into()));
                continue;
            };
            let paragraph = self
                .paragraphs
                .entry(paragraph_hash(text))
                .or_insert_with(|| Paragraph {
                    ids: BTreeSet::new(),
                    documents: flag.documents,
                    first: flag.first.clone(),
                });
            if (paragraph.documents, &paragraph.first) != (flag.documents, &flag.first) {
                let what = "another document says something else about a paragraph that it flags";
                self.broken.push((row.id.clone(), what.into()));
            }
            paragraph.ids.insert(row.id.clone());
        }
    }

    /// What does not hold when all documents are noted.
    pub(super) fn broken(mut self) -> Vec<Broken> {
        for (id, (own, listed)) in self.articles {
            let mut names = self.copies.remove(&id).unwrap_or_default();
            if let Some(own) = &own {
                names.remove(own);
            }
            if !names.iter().eq(&listed) {
                let what = format!(
                    "is said to be published by {listed:?} as well, but its copies name {names:?}"
                );
                self.broken.push((id, what));
            }
        }
        for paragraph in self.paragraphs.into_values() {
            let found = paragraph.ids.len();
            if found == paragraph.documents as usize && paragraph.ids.contains(&paragraph.first) {
                continue;
            }
            let what = format!(
                "a flagged paragraph is said to stand in {} documents, the first of them {}, but {found} \
                 flag it",
                paragraph.documents, paragraph.first
            );
            self.broken
                .extend(paragraph.ids.into_iter().next().map(|id| (id, what)));
        }
        self.broken.sort();
        self.broken
    }
}
