//! The line model for plain text: is this line part of the main content?
//!
//! One ensemble of trees sees a line and its surroundings. The features are counts that need no
//! language: shape, prose around, copies in the page, words shared with the longest stretch of
//! prose, what the rules found nearby. Each costs O(1) per line, from prefix sums. The threshold
//! is the page's own, within limits.

mod class;
mod context;
mod flags;
mod known;
mod repeats;
mod scan;
mod signs;
mod stats;
mod sums;
mod vocabulary;

use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::{Columns, Ensemble, Reader, broken};
use crate::error::Result;
use scan::Counter;
use stats::Stats;
pub use vocabulary::Vocabulary;

/// The built-in weights.
static WEIGHTS: &[u8] = include_bytes!("../../../models/lines.bin");
/// First bytes of a weights file.
const MAGIC: [u8; 8] = *b"lavoirL3";
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
    stats: Vec<Stats>,
    words: Vec<u16>,
    /// The families that speak of any line.
    families: u8,
}

impl<'a> Page<'a> {
    fn new(lines: &'a [Line<'a>]) -> Self {
        let bytes: usize = lines.iter().map(|line| line.text.len()).sum();
        let mut words = Vec::with_capacity(bytes / 6);
        let stats = Counter::with(|counter| {
            let lines = lines.iter();
            lines
                .map(|line| counter.scan(line.text, &mut words))
                .collect()
        });
        Self {
            lines,
            stats,
            words,
            families: lines.iter().fold(0, |all, line| all | line.families),
        }
    }

    fn words_of(&self, at: usize) -> &[u16] {
        let Stats { from, to, .. } = self.stats[at];
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

/// Between what the threshold of a page may lie, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// The least threshold.
    pub least: i32,
    /// The greatest threshold.
    pub most: i32,
    /// The greatest threshold for a line as long as a paragraph, whose loss is worse.
    pub paragraph: i32,
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

    /// The limits of the threshold at operating point `index` (profile × 3 + leaning).
    pub fn limits(&self, index: usize) -> Limits {
        self.points.get(index).copied().unwrap_or_default()
    }

    /// The threshold of a page, in thousandths, given the score and the size of each of its lines
    /// that may stay: half of the 1.5th power of the F1 that the best selection lets expect.
    ///
    /// With exact chances for all lines, the expected F1 of a selection is best when all lines stay
    /// whose chance is at least half of that F1 (Lipton et al. 2014, "Optimal thresholding of
    /// classifiers to maximize F1 measure"). Where little is expected, chances are less exact and
    /// too low, hence the power (measured on the development pages).
    pub fn page_threshold(&self, lines: impl Iterator<Item = (i32, usize)>) -> i32 {
        let mut sizes = [0_i64; 1001];
        let mut expected = 0;
        for (score, size) in lines {
            let score = score.clamp(0, 1000) as usize;
            sizes[score] += size as i64;
            expected += self.chances[score] * size as i64;
        }
        let (mut best, mut right, mut kept) = (0, 0, 0);
        for (&size, chance) in sizes.iter().zip(&self.chances).rev() {
            if size > 0 {
                right += chance * size;
                kept += size * 1000;
                best = best.max(2000 * right / (kept + expected).max(1));
            }
        }
        let excess = i64::from(self.excess);
        let wanted = best * (best * 1000).isqrt() / 2000;
        (wanted * excess * 1000 / (wanted * excess + (1000 - wanted) * 1000).max(1)) as i32
    }

    /// The probability, in thousandths, that each line is main content. `cut_out` says that the
    /// lines are an article without its page.
    pub fn scores(&self, lines: &[Line<'_>], cut_out: bool) -> Vec<i32> {
        let which = usize::from(cut_out);
        let mut columns = Columns::only(lines.len(), &self.asked[which]);
        push(lines, &self.vocabulary, &mut columns);
        let odds = self.ensembles[which].score(&columns);
        odds.into_iter()
            .map(|odds| self.odds.thousandths(odds))
            .collect()
    }
}

/// The features of every line.
pub fn columns(lines: &[Line<'_>], vocabulary: &Vocabulary) -> Columns {
    let mut columns = Columns::new(lines.len(), WIDTH);
    push(lines, vocabulary, &mut columns);
    columns
}

fn push(lines: &[Line<'_>], vocabulary: &Vocabulary, columns: &mut Columns) {
    let page = Page::new(lines);
    context::push(&page, columns);
    vocabulary::push(&page, vocabulary, columns);
}

/// The slots of a [`Vocabulary`] that each line uses, from which training makes the weights.
pub fn slots(lines: &[Line<'_>]) -> Vec<Vec<u16>> {
    let page = Page::new(lines);
    (0..lines.len())
        .map(|at| vocabulary::slots(&page, at).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_follows_what_a_page_lets_expect() {
        let model = LineModel::builtin().unwrap();
        let sure = model.page_threshold([(990, 500), (980, 400), (10, 100)].into_iter());
        let unsure = model.page_threshold([(300, 500), (200, 400), (10, 100)].into_iter());
        assert!(unsure < sure && sure <= 1000, "{unsure} {sure}");
        assert_eq!(model.page_threshold(std::iter::empty()), 0);
    }

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
