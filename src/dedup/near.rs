//! Near-duplicates: sketches, candidates, verification.

use std::io;
use std::rc::Rc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::align::{Judge, Side, Spelling};
use super::candidates::{Mine, Posting, Search};
use super::corpus::{BATCH_TEXTS, Corpus, Distinct};
use super::entry::{Counted, Entry};
use super::outcome::what_if;
use super::rarity::Rarity;
use super::shingles::{Shared, Sketch};
use super::words::Words;
use super::{
    Addition, DuplicateKind, Earlier, Known, Options, Outcome, Removal, Texts, against, clusters,
    site,
};
use crate::spill::{Shelf, Sorted};

/// The distinct documents, by their place in `ranks`.
pub(super) struct Near<'c, 't, T: ?Sized> {
    corpus: &'c Corpus<'t, T>,
    ranks: Vec<u32>,
    /// Compared words; by index while nothing is stripped, else by document.
    words: Shelf,
    /// What was taken out of them, if anything was.
    site: Option<Site>,
    /// Documents that are known from before; empty where none is.
    gone: Vec<bool>,
    rarity: Rarity,
}

/// What is known of documents as pages of their hosts.
struct Site {
    speaks: Vec<bool>,
    /// The keys of the lines of each, two words a key; only where an index asks for them.
    lines: Option<Shelf>,
}

impl<'c, 't, T: Texts + ?Sized> Near<'c, 't, T> {
    /// Takes what hosts repeat out of the words. `earlier` has documents of the same hosts.
    pub fn read(
        corpus: &'c Corpus<'t, T>,
        words: Shelf,
        ranks: Vec<u32>,
        earlier: Option<&dyn Earlier>,
    ) -> io::Result<Self> {
        let least = if earlier.is_some() { 1 } else { 2 };
        let hosts = site::hosts(corpus, &ranks, least);
        let mut near = Self::new(corpus, words, ranks);
        if hosts.is_empty() {
            return Ok(near);
        }
        let index = |page: u32| corpus.index(near.ranks[page as usize]);
        let is_known = |page: u32| match earlier {
            Some(earlier) => earlier.is_counted(corpus.texts.id(index(page))),
            None => Ok(false),
        };
        let pages = site::Pages {
            words: &near.words,
            index: &index,
            hosts: &hosts,
            earlier,
            is_known: &is_known,
            spill: &corpus.spill,
        };
        let stripped = pages.strip()?;
        let lines = match earlier {
            None => None,
            Some(_) => {
                let mut lines = corpus.spill.shelf(1);
                for page in 0..hosts.len() as u32 {
                    let keys = pages.keys(page)?;
                    let halves = keys
                        .iter()
                        .flat_map(|key| [*key as u32, (key >> 32) as u32]);
                    lines.push(&halves.collect::<Vec<_>>())?;
                }
                lines.finish()?;
                Some(lines)
            }
        };
        near.site = Some(Site {
            speaks: stripped.speaks,
            lines,
        });
        near.words = stripped.words;
        Ok(near)
    }

    fn new(corpus: &'c Corpus<'t, T>, words: Shelf, ranks: Vec<u32>) -> Self {
        let rarity = Rarity {
            documents: ranks.len() as u64,
        };
        Self {
            corpus,
            ranks,
            words,
            site: None,
            gone: Vec::new(),
            rarity,
        }
    }

    /// Whether a document has text of its own beside what its host repeats.
    fn speaks(&self, doc: u32) -> bool {
        let site = self.site.as_ref();
        site.is_some_and(|site| site.speaks[doc as usize])
    }

    /// The keys of the lines of a document.
    fn lines(&self, doc: u32) -> io::Result<Vec<u64>> {
        let Some(lines) = self.site.as_ref().and_then(|site| site.lines.as_ref()) else {
            return Ok(Vec::new());
        };
        let record = lines.get(doc as usize)?;
        let key = |two: &[u32]| u64::from(two[0]) | u64::from(two[1]) << 32;
        Ok(record.chunks_exact(2).map(key).collect())
    }

    fn words(&self, doc: u32) -> io::Result<Words<'_>> {
        let number = if self.site.is_some() {
            doc as usize
        } else {
            self.corpus.index(self.ranks[doc as usize])
        };
        self.words.get(number).map(Words)
    }

    fn spelling(&self, doc: u32, words: &Words<'_>) -> io::Result<Spelling> {
        let index = self.corpus.index(self.ranks[doc as usize]);
        Ok(Spelling::new(&self.corpus.texts.text(index)?, words))
    }

    /// Sketches all documents: who has which shingle, and by document what waits for the counts.
    fn sketch(&self) -> io::Result<(Sorted<Posting>, Shelf)> {
        let mut postings = self.corpus.spill.sorter::<Posting>(2);
        let mut counted = self.corpus.spill.shelf(1);
        let documents = self.ranks.len() as u32;
        for from in (0..documents).step_by(BATCH_TEXTS as usize) {
            let batch = from..documents.min(from + BATCH_TEXTS);
            let sketch = |doc| {
                let sketch = match self.gone.get(doc as usize) {
                    Some(true) => Sketch::default(),
                    _ => Sketch::new(self.words(doc)?.hashes()),
                };
                Ok((doc, sketch))
            };
            let sketches = batch.into_par_iter().map(sketch);
            for (doc, sketch) in sketches.collect::<io::Result<Vec<(u32, Sketch)>>>()? {
                counted.push(&Counted::record(&sketch))?;
                let posting = |&shingle: &u64| Posting { shingle, doc };
                postings.extend(sketch.shingles.iter().map(posting))?;
            }
        }
        counted.finish()?;
        Ok((postings.finish()?, counted))
    }

    /// The shingles of each document that others have too, by document.
    fn shared(&self, postings: &Sorted<Posting>) -> io::Result<Sorted<Mine>> {
        let mut mine = self.corpus.spill.sorter::<Mine>(2);
        let in_memory = postings.in_memory().is_some();
        let mut place = 0;
        postings.groups(
            |posting| posting.shingle,
            |same| {
                let shingle = same[0].shingle;
                if same.len() > 1 {
                    let shared = Shared::new(shingle, same.len()).0;
                    let place = if in_memory {
                        place
                    } else {
                        Shared::rest(shingle)
                    };
                    mine.extend(same.iter().map(|posting| Mine {
                        doc: posting.doc,
                        shared,
                        place,
                    }))?;
                }
                place += same.len() as u32;
                Ok(())
            },
        )?;
        mine.finish()
    }

    /// What is known of each document beside its words.
    fn entries(&self, mine: &Sorted<Mine>, counted: &Shelf) -> io::Result<Shelf> {
        let mut entries = self.corpus.spill.shelf(2);
        let mut rows = mine.iter()?.peekable();
        for doc in 0..self.ranks.len() as u32 {
            let mut shared = Vec::new();
            let here = |row: &io::Result<Mine>| row.as_ref().map_or(true, |row| row.doc == doc);
            while let Some(row) = rows.next_if(here) {
                shared.push(Shared(row?.shared));
            }
            let record = counted.get(doc as usize)?;
            let entry = Entry::new(&Counted::of(&record), &shared, self.rarity);
            entries.push(&entry.0)?;
        }
        entries.finish()?;
        Ok(entries)
    }

    /// Removes documents that earlier ones repeat.
    pub fn drop_known(
        &mut self,
        earlier: &dyn Earlier,
        own: &FxHashSet<u32>,
        options: &Options,
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        let (postings, _) = self.sketch()?;
        let against = against::Against {
            earlier,
            own,
            spill: &self.corpus.spill,
            judge: Judge {
                threshold: options.threshold,
            },
            documents: self.ranks.len() as u64,
        };
        let index = |doc: u32| self.corpus.index(self.ranks[doc as usize]);
        let found = against.run(
            &postings,
            |doc| self.corpus.texts.address(index(doc)),
            |doc| self.words(doc),
            |doc, words| self.spelling(doc, words),
        )?;
        let mut gone = vec![false; self.ranks.len()];
        for found in found {
            let (id, _) = earlier.document(found.earlier)?;
            gone[found.doc as usize] = true;
            let known = Known {
                id,
                kind: DuplicateKind::Near,
                score: found.score,
            };
            outcome.known.insert(index(found.doc), known);
        }
        self.gone = gone;
        Ok(())
    }

    /// Gives what is to be known of the documents that stay, and of those that go as pages of their
    /// hosts.
    pub fn additions(
        &self,
        distinct: &[Distinct],
        outcome: &Outcome,
        each: &mut impl FnMut(Addition) -> io::Result<()>,
    ) -> io::Result<()> {
        for (doc, one) in (0..).zip(distinct) {
            let index = self.corpus.index(one.rank);
            if !outcome.stays(index) {
                let lines = self.lines(doc)?;
                if !lines.is_empty() {
                    each(Addition {
                        id: self.corpus.texts.id(index).to_owned(),
                        lines,
                        speaks: self.speaks(doc),
                        ..Addition::default()
                    })?;
                }
                continue;
            }
            let words = self.words(doc)?;
            each(Addition {
                id: self.corpus.texts.id(index).to_owned(),
                digest: one.digest.into(),
                address: self.corpus.texts.address(index),
                text: self.spelling(doc, &words)?.text(&words),
                shingles: Sketch::new(words.hashes()).shingles,
                lines: self.lines(doc)?,
                speaks: self.speaks(doc),
                stays: true,
            })?;
        }
        Ok(())
    }

    /// Removes near-duplicates.
    pub fn drop_near(&self, options: &Options, outcome: &mut Outcome) -> io::Result<()> {
        let (entries, partners) = {
            let (postings, counted) = self.sketch()?;
            let mine = self.shared(&postings)?;
            let entries = self.entries(&mine, &counted)?;
            drop(counted);
            let search = Search {
                spill: &self.corpus.spill,
                rarity: self.rarity,
                entries: &entries,
            };
            let partners = search.run(&mine, &postings)?;
            (entries, partners)
        };
        let judge = Judge {
            threshold: options.threshold,
        };
        let side = |doc: u32| {
            let words = self.words(doc)?;
            let weights = self
                .rarity
                .of_words(&words, &Entry(entries.get(doc as usize)?));
            Ok(Side::new(words, weights))
        };
        let addresses = self.addresses()?;
        let (links, known) = clusters::stars::<Sides<'_>>(&partners, &addresses, |sides, a, b| {
            let (in_a, in_b) = (sides.get(a, side)?, sides.get(b, side)?);
            judge.compare(&in_a, &in_b, |is_b| {
                let (doc, side) = if is_b { (b, &in_b) } else { (a, &in_a) };
                self.spelling(doc, side.words())
            })
        })?;
        outcome.what_if = what_if(self.ranks.len(), &known);
        let index = |doc: u32| self.corpus.index(self.ranks[doc as usize]);
        for link in links {
            outcome.removals[index(link.removed)] = Some(Removal {
                twin: index(link.survivor),
                kind: DuplicateKind::Near,
                score: link.score,
            });
        }
        Ok(())
    }

    /// Documents of one address, each with the first one of it.
    fn addresses(&self) -> io::Result<Vec<(u32, u32)>> {
        let texts = self.corpus.texts;
        let mut sorter = self.corpus.spill.sorter::<Posting>(1);
        for (doc, &rank) in (0..).zip(&self.ranks) {
            let is_gone = self.gone.get(doc as usize) == Some(&true);
            let address = texts.address(self.corpus.index(rank));
            if let Some(shingle) = address.filter(|_| !is_gone) {
                sorter.push(Posting { shingle, doc })?;
            }
        }
        let mut pairs = Vec::new();
        sorter.finish()?.groups(
            |posting| posting.shingle,
            |same| {
                pairs.extend(same.iter().skip(1).map(|other| (same[0].doc, other.doc)));
                Ok(())
            },
        )?;
        Ok(pairs)
    }
}

/// Texts that were read for a comparison and may be needed for the next one.
#[derive(Debug, Default)]
struct Sides<'c>(FxHashMap<u32, Rc<Side<'c>>>);

impl<'c> Sides<'c> {
    /// As many as a family of copies asks for again and again.
    const MOST: usize = 64;

    fn get(
        &mut self,
        doc: u32,
        read: impl Fn(u32) -> io::Result<Side<'c>>,
    ) -> io::Result<Rc<Side<'c>>> {
        if let Some(side) = self.0.get(&doc) {
            return Ok(Rc::clone(side));
        }
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let side = Rc::new(read(doc)?);
        self.0.insert(doc, Rc::clone(&side));
        Ok(side)
    }
}
