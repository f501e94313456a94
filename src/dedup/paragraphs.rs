//! Paragraphs that several documents share: legal notices, author bios, calls to subscribe.

use std::io;
use std::ops::Range;

use rayon::prelude::*;

use super::corpus::Corpus;
use super::scan::Scan;
use super::{Options, Texts};
use crate::spill::{Row, Sorted, rows};

/// Which paragraphs count as repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParagraphOptions {
    /// Documents that a paragraph must stand in.
    pub documents: usize,
    /// Words (characters, in scripts without spaces) that it must have: short lines repeat by
    /// chance.
    pub words: usize,
}

impl Default for ParagraphOptions {
    fn default() -> Self {
        Self {
            documents: 3,
            words: 12,
        }
    }
}

/// A paragraph of a document that other documents have too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// Index of the document.
    pub document: usize,
    /// Bytes of its text.
    pub range: Range<usize>,
    /// Index of the first document, in the order of (priority, id), that has it, and where.
    pub first: (usize, Range<usize>),
    /// How many documents have it.
    pub documents: u32,
}

impl Repeated {
    /// Whether this is the first place where the paragraph stands.
    pub fn is_first(&self) -> bool {
        (self.document, &self.range) == (self.first.0, &self.first.1)
    }
}

/// A paragraph in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    hash: u64,
    rank: u32,
    start: u32,
    end: u32,
}

/// A repeated paragraph, with the first place where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Repeat {
    rank: u32,
    start: u32,
    end: u32,
    first: u32,
    first_start: u32,
    first_end: u32,
    documents: u32,
}

rows! {
    Place { hash: u64, rank: u32, start: u32, end: u32 }
    Repeat { rank: u32, start: u32, end: u32, first: u32, first_start: u32, first_end: u32, documents: u32 }
}

/// Finds the paragraphs (lines) that several of the documents that `stays` share, and gives them
/// to `each`, document by document in the order of (priority, id).
///
/// # Errors
/// When a text cannot be read, a temporary file cannot be written, or the first error of `each`.
pub fn repeated_paragraphs<T: Texts + ?Sized>(
    texts: &T,
    options: &Options,
    paragraphs: ParagraphOptions,
    stays: impl Fn(usize) -> bool + Sync,
    mut each: impl FnMut(&[Repeated]) -> io::Result<()>,
) -> io::Result<()> {
    let corpus = Corpus::new(texts, options, 0);
    let repeats = repeats(&corpus, paragraphs, stays)?;
    repeats.groups(
        |repeat| repeat.rank,
        |repeats| {
            let repeated = |repeat: &Repeat| Repeated {
                document: corpus.index(repeat.rank),
                range: repeat.start as usize..repeat.end as usize,
                first: (
                    corpus.index(repeat.first),
                    repeat.first_start as usize..repeat.first_end as usize,
                ),
                documents: repeat.documents,
            };
            each(&repeats.iter().map(repeated).collect::<Vec<_>>())
        },
    )
}

fn repeats<T: Texts + ?Sized>(
    corpus: &Corpus<'_, T>,
    options: ParagraphOptions,
    stays: impl Fn(usize) -> bool + Sync,
) -> io::Result<Sorted<Repeat>> {
    let mut places = corpus.spill.sorter::<Place>(3);
    let ranks = corpus.ranks();
    for batch in corpus.batches() {
        let read = batch
            .into_par_iter()
            .map_init(Scan::default, |scan, index| {
                let index = index as usize;
                if !stays(index) {
                    return io::Result::Ok(Vec::new());
                }
                let text = corpus.texts.text(index)?;
                let rank = ranks[index];
                Ok(long_lines(&text, rank, options.words, scan))
            });
        for found in read.collect::<io::Result<Vec<Vec<Place>>>>()? {
            places.extend(found)?;
        }
    }
    let mut repeats = corpus.spill.sorter::<Repeat>(3);
    places.finish()?.groups(
        |place| place.hash,
        |same| {
            let documents = same.chunk_by(|a, b| a.rank == b.rank).count();
            if documents < options.documents {
                return Ok(());
            }
            let first = same[0];
            repeats.extend(same.iter().map(|place| Repeat {
                rank: place.rank,
                start: place.start,
                end: place.end,
                first: first.rank,
                first_start: first.start,
                first_end: first.end,
                documents: documents as u32,
            }))
        },
    )?;
    repeats.finish()
}

/// Hash of the normal form of a paragraph.
pub(crate) fn paragraph_hash(text: &str) -> u128 {
    let mut scan = Scan::default();
    scan.words(text);
    scan.digest().into()
}

fn long_lines(text: &str, rank: u32, words: usize, scan: &mut Scan) -> Vec<Place> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        // A word needs two bytes or more with the space behind it.
        if bare.len() + 1 >= words * 2 {
            scan.words(bare);
            if scan.words.len() >= words {
                places.push(Place {
                    hash: scan.digest().0[0],
                    rank,
                    start: start as u32,
                    end: (start + bare.len()) as u32,
                });
            }
        }
        start += line.len();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::Text;
    use super::*;

    #[test]
    fn what_three_documents_share_is_found_and_the_first_place_named() {
        let notice = "This text was first published by the bureau and may be shared under its terms by anybody.";
        let texts: Vec<Text> = (0..4)
            .map(|n| {
                let own = format!("Document {n} says something of its own that no other document of this corpus says, {n}.");
                let text = if n == 3 { own } else { format!("{own}\n\n{notice}") };
                Text::new(format!("d{n}"), text)
            })
            .collect();
        for memory in [0, 1 << 20] {
            let options = Options {
                memory,
                ..Options::default()
            };
            let mut found = Vec::new();
            let paragraphs = ParagraphOptions::default();
            repeated_paragraphs(
                &texts[..],
                &options,
                paragraphs,
                |_| true,
                |repeated| {
                    found.extend(repeated.to_vec());
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(
                found.iter().map(|r| r.document).collect::<Vec<_>>(),
                [0, 1, 2]
            );
            assert!(found[0].is_first() && !found[1].is_first());
            assert!(found.iter().all(|r| r.documents == 3 && r.first.0 == 0));
            assert_eq!(&texts[2].text[found[2].range.clone()], notice);
        }
    }
}
