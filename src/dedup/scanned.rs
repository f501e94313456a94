//! What is kept of texts that were scanned: the words that are compared, and who says exactly the
//! same.

use std::io;

use super::scan::Scan;
use super::words::Words;
use crate::spill::{Row, Shelf, Sorter, Spill, rows};

/// The hash of a normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest(pub [u64; 2]);

impl From<Digest> for u128 {
    fn from(Digest([high, low]): Digest) -> Self {
        Self::from(high) << 64 | Self::from(low)
    }
}

/// The hash of a normal form, and who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Owned {
    high: u64,
    low: u64,
    index: u32,
}
rows! { Owned { high: u64, low: u64, index: u32 } }

/// A text that was scanned.
#[derive(Debug)]
pub(super) struct ScannedText {
    /// None where it has no letter or digit.
    digest: Option<Digest>,
    words: Words<'static>,
}

impl ScannedText {
    /// Scans a text.
    pub fn of(text: &str, scan: &mut Scan, keeps_words: bool) -> Self {
        scan.words(text);
        let words = if keeps_words {
            Words::of(scan)
        } else {
            Words((&[][..]).into())
        };
        Self {
            digest: (!scan.words.is_empty()).then(|| scan.digest()),
            words,
        }
    }
}

/// Texts that were scanned, by index.
#[derive(Debug)]
pub(super) struct Scanned {
    words: Shelf,
    digests: Sorter<Owned>,
    count: u32,
}

impl Scanned {
    /// Of no text.
    pub fn new(spill: &Spill) -> Self {
        Self {
            words: spill.shelf(3),
            digests: spill.sorter(1),
            count: 0,
        }
    }

    /// Adds the text of the next index.
    pub fn push(&mut self, text: &ScannedText) -> io::Result<()> {
        self.words.push(&text.words.0)?;
        if let Some(Digest([high, low])) = text.digest {
            let index = self.count;
            self.digests.push(Owned { high, low, index })?;
        }
        self.count += 1;
        Ok(())
    }

    /// Puts the words on disk that are in memory.
    pub fn unload(&mut self) -> io::Result<()> {
        self.words.unload()
    }

    /// Bytes of memory in use.
    pub fn bytes(&self) -> usize {
        self.words.bytes()
    }

    /// Gives each normal form with the indices of the documents that have it; returns the words of
    /// all texts.
    pub fn groups(mut self, mut each: impl FnMut(Digest, &[u32])) -> io::Result<Shelf> {
        self.words.finish()?;
        let mut indices = Vec::new();
        self.digests.finish()?.groups(
            |owned| (owned.high, owned.low),
            |same| {
                indices.clear();
                indices.extend(same.iter().map(|owned| owned.index));
                each(Digest([same[0].high, same[0].low]), &indices);
                Ok(())
            },
        )?;
        Ok(self.words)
    }
}
