//! The line model for plain text: is this line part of the main content?
//!
//! One ensemble of trees sees a line and its surroundings. The features are counts that need no
//! language: shape, prose around, copies in the page, words shared with the longest stretch of
//! prose, what the rules found nearby. Each costs O(1) per line, from prefix sums. The threshold
//! is the page's own, within limits.

mod class;
mod context;
mod flags;
mod repeats;
mod scan;
mod signs;
mod stats;
mod sums;
mod threshold;
mod vocabulary;
mod words;

use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::{Columns, Ensemble, Reader, broken};
use crate::bits::Lines;
use crate::error::Result;
use scan::Counter;
use stats::Lists;
pub use threshold::{Limits, Threshold};
pub use vocabulary::Vocabulary;

/// The built-in weights.
static WEIGHTS: &[u8] = include_bytes!("../../../models/lines.bin");
/// First bytes of a weights file.
const MAGIC: [u8; 8] = *b"lavoirL4";
/// The name of the model in provenance.
pub const NAME: &str = "plain-lines";
/// Number of operating points in a weights file: three profiles times three leanings.
const POINTS: usize = 9;

/// Number of features.
const WIDTH: usize = 112 + vocabulary::WIDTH;

/// What is known about a line before the model speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ruled {
    /// Nobody has decided.
    #[default]
    Open,
    /// It goes, or becomes metadata.
    Removed,
    /// It stays.
    Kept,
}

/// A line as the model sees it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its text.
    pub text: &'a str,
    /// What the stages before decided.
    pub ruled: Ruled,
    /// Groups of rule families that speak of the line, see [`family_bit`].
    pub families: u8,
}

/// The bit of a family in [`Line::families`].
pub fn family_bit(family: &str) -> u8 {
    match family {
        "read-also" | "read-more" | "most-read" => 1,
        "byline" | "date" | "reading-time" | "tags" => 2,
        "caption" | "credit" => 4,
        "comments" => 8,
        "legal" | "copyright" | "consent" | "error-report" => 16,
        "share" | "follow" | "newsletter" | "donation" | "paywall" => 32,
        "ad" => 128,
        _ => 64,
    }
}

/// The lines of one page with everything counted once.
struct Page<'a> {
    lines: &'a [Line<'a>],
    stats: &'a Lists,
    words: &'a [u16],
    /// The families that speak of any line.
    families: u8,
}

impl Page<'_> {
    /// Gives `work` the page of these lines.
    fn with<T>(lines: &[Line<'_>], work: impl FnOnce(&Page<'_>) -> T) -> T {
        let mut read = Lines::default();
        read.read(lines.iter().map(|line| line.text));
        Self::of(lines, &read, work)
    }

    /// The same of lines that have been read.
    fn of<T>(lines: &[Line<'_>], read: &Lines, work: impl FnOnce(&Page<'_>) -> T) -> T {
        Counter::with(|counter| {
            counter.count(lines.iter().map(|line| line.text), read);
            work(&Page {
                lines,
                stats: &counter.lists,
                words: counter.words.slots(),
                families: lines.iter().fold(0, |all, line| all | line.families),
            })
        })
    }

    fn words_of(&self, at: usize) -> &[u16] {
        let (from, to) = self.stats.range[at];
        &self.words[from as usize..to as usize]
    }
}

/// The weights of the line model.
#[derive(Debug, Clone)]
pub struct LineModel {
    /// For whole pages, and for articles that somebody has cut out of theirs.
    ensembles: [Ensemble; 2],
    /// The columns that each asks for.
    asked: [Arc<[bool]>; 2],
    odds: Odds,
    points: [Limits; POINTS],
    /// How much the log-odds say too much, in thousandths as a factor of the odds: lost
    /// paragraphs weigh more in training than lines that are left.
    excess: i32,
    /// The chance of each score without that excess, both in thousandths.
    chances: Vec<i64>,
    vocabulary: Vocabulary,
    hash: String,
}

/// The probability, in thousandths, of log-odds in thousandths.
#[derive(Debug, Clone)]
struct Odds {
    first: i32,
    /// The probability of `first` and the log-odds that follow.
    table: Vec<u16>,
}

impl Odds {
    /// From the log-odds from which a probability of 1, 2 … thousandths holds, ascending.
    fn new(least: &[i16]) -> Self {
        let bound = |odds: Option<&i16>| odds.copied().map_or(0, i32::from);
        let (first, last) = (bound(least.first()) - 1, bound(least.last()));
        let below = |odds: i32| least.partition_point(|&least| i32::from(least) <= odds) as u16;
        Self {
            first,
            table: (first..=last).map(below).collect(),
        }
    }

    fn thousandths(&self, odds: i32) -> i32 {
        let last = self.table.len().saturating_sub(1);
        let at = odds.saturating_sub(self.first).max(0) as usize;
        self.table.get(at.min(last)).copied().map_or(0, i32::from)
    }
}

impl LineModel {
    /// The built-in model.
    ///
    /// # Errors
    /// Only if the built-in weights are broken, which the tests rule out.
    pub fn builtin() -> Result<&'static Self> {
        static MODEL: OnceLock<Result<LineModel>> = OnceLock::new();
        let model = MODEL.get_or_init(|| Self::from_bytes(WEIGHTS));
        model.as_ref().map_err(Clone::clone)
    }

    /// Reads a weights file.
    ///
    /// # Errors
    /// The bytes are no weights of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        if reader.take()? != MAGIC {
            return Err(broken("it does not start with its name"));
        }
        let mut points = [Limits::default(); POINTS];
        for point in &mut points {
            point.least = reader.i16()?.into();
            point.most = reader.i16()?.into();
            point.paragraph = reader.i16()?.into();
            point.share = reader.i16()?.into();
        }
        let excess = i32::from(reader.i16()?).max(1);
        let chance = |score: i64| {
            score * 1_000_000 / (score * 1000 + (1000 - score) * i64::from(excess)).max(1)
        };
        let odds: Vec<i16> = (1..1000).map(|_| reader.i16()).collect::<Result<_>>()?;
        let odds = Odds::new(&odds);
        let vocabulary = Vocabulary::read(&mut reader)?;
        let ensembles = [Ensemble::read(&mut reader)?, Ensemble::read(&mut reader)?];
        Ok(Self {
            vocabulary,
            asked: ensembles
                .each_ref()
                .map(|one| Ensemble::columns_asked([one])),
            ensembles,
            odds,
            points,
            excess,
            chances: (0..=1000).map(chance).collect(),
            hash: crate::hex(&Sha256::digest(bytes)[..8]),
        })
    }

    /// First 16 hex digits of the SHA-256 of the weights.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The thresholds of a page at operating point `index` (profile × 3 + leaning), given the score
    /// and the size, in characters, of each of its lines that may stay.
    pub fn threshold(&self, index: usize, lines: impl Iterator<Item = (i32, usize)>) -> Threshold {
        let mut sizes = [0_i64; 1001];
        for (score, size) in lines {
            sizes[score.clamp(0, 1000) as usize] += size as i64;
        }
        let limits = self.points.get(index).copied().unwrap_or_default();
        Threshold::new(&sizes, &self.chances, self.excess, limits)
    }

    /// The probability, in thousandths, that each line is main content. `cut_out` says that the
    /// lines are an article without its page.
    pub fn scores(&self, lines: &[Line<'_>], cut_out: bool) -> Vec<i32> {
        let mut read = Lines::default();
        read.read(lines.iter().map(|line| line.text));
        self.scores_of(lines, &read, cut_out)
    }

    /// The same of lines that have been read.
    pub(crate) fn scores_of(&self, lines: &[Line<'_>], read: &Lines, cut_out: bool) -> Vec<i32> {
        let which = usize::from(cut_out);
        let mut columns = Columns::only(lines.len(), &self.asked[which]);
        Page::of(lines, read, |page| {
            push(page, &self.vocabulary, &mut columns)
        });
        let odds = self.ensembles[which].score(&columns);
        odds.into_iter()
            .map(|odds| self.odds.thousandths(odds))
            .collect()
    }
}

/// The features of every line.
pub fn columns(lines: &[Line<'_>], vocabulary: &Vocabulary) -> Columns {
    let mut columns = Columns::new(lines.len(), WIDTH);
    Page::with(lines, |page| push(page, vocabulary, &mut columns));
    columns
}

fn push(page: &Page<'_>, vocabulary: &Vocabulary, columns: &mut Columns) {
    context::push(page, columns);
    vocabulary::push(page, vocabulary, columns);
}

/// The slots of a [`Vocabulary`] that each line uses, from which training makes the weights.
pub fn slots(lines: &[Line<'_>]) -> Vec<Vec<u16>> {
    Page::with(lines, |page| {
        let slots = |at: usize| vocabulary::slots(page, at).collect();
        (0..lines.len()).map(slots).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_fit_the_weights() {
        let model = LineModel::builtin().unwrap();
        let lines = [Line {
            text: "One line",
            ruled: Ruled::Open,
            families: 0,
        }];
        for ensemble in &model.ensembles {
            assert_eq!(ensemble.width(), WIDTH);
        }
        assert_eq!(columns(&lines, &model.vocabulary).width(), WIDTH);
        assert_eq!(model.scores(&lines, false).len(), 1);
        assert_eq!(model.scores(&[], true).len(), 0);
    }
}
