//! Two texts word by word: what one repeats of the other, and where slots were filled.

use std::cell::OnceCell;
use std::io;
use std::ops::Range;

use super::runs::{Places, Run, runs};
use super::scan::Scan;
use super::words::Words;

/// Words on either side of a gap that may be one place written differently.
const GAP: usize = 48;
/// From this likeness (thousandths of common letter pairs) on, a gap is noise: OCR, spelling.
const ALIKE: u32 = 550;
/// Filled slots per thousand repeated words from which on two texts are one template.
const SLOTS: u32 = 65;
/// A document joins a survivor that it was not directly linked to from this score on.
const JOIN: u32 = 300;
/// Fewer repeated words are no evidence.
const WORDS: usize = 8;

/// Lines that two texts each have beside the one they share.
const OTHER_LINES: usize = 4;

/// What a comparison found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Weighted share of the smaller text that the other repeats, in thousandths.
    pub score: u32,
    /// The pair is evidence for a cluster.
    pub links: bool,
    /// The pair may be survivor and copy in a cluster that others have linked.
    pub joins: bool,
    /// What they have in common is a template or a quotation, whatever the score.
    pub is_other: bool,
}

/// A text to compare: its words by hash, and how they are written when that is asked for.
#[derive(Debug)]
pub(super) struct Side<'c> {
    words: Words<'c>,
    /// Logarithms of the rarity of each word.
    weights: Vec<u16>,
    spelling: OnceCell<Spelling>,
    places: OnceCell<Places>,
}

/// How the words of a text are written.
#[derive(Debug)]
pub(super) struct Spelling {
    scan: Scan,
    /// The words that are compared, by their numbers in the whole text.
    kept: Vec<u32>,
}

impl Spelling {
    /// The lines of a text whose `words` are compared; they are some of its lines, in order, and
    /// equal lines are all or none of them compared.
    pub fn new(text: &str, words: &Words<'_>) -> Self {
        let mut scan = Scan::default();
        scan.spelled(text);
        let mut kept = Vec::with_capacity(words.hashes().len());
        let mut wanted = words.lines().peekable();
        for line in scan.lines() {
            let own = scan.words.get(line.clone());
            if wanted.next_if(|line| own == Some(line)).is_some() {
                kept.extend(line.map(|word| word as u32));
            }
        }
        Self { scan, kept }
    }

    /// The compared lines in normal form.
    pub fn text(&self, words: &Words<'_>) -> String {
        let mut text = Vec::new();
        let mut kept = self.kept.iter();
        for line in words.lines() {
            for word in kept.by_ref().take(line.len()) {
                text.extend_from_slice(self.scan.spelling(*word as usize));
                text.push(b' ');
            }
            text.pop();
            text.push(b'\n');
        }
        String::from_utf8(text).unwrap_or_default()
    }

    fn spellings(&self, range: Range<usize>) -> impl Iterator<Item = &[u8]> {
        let kept = self.kept.get(range).unwrap_or_default().iter();
        kept.map(|word| self.scan.spelling(*word as usize))
    }

    fn has_number(&self, range: Range<usize>) -> bool {
        self.spellings(range)
            .any(|word| word.iter().all(u8::is_ascii_digit))
    }

    fn letters(&self, range: Range<usize>) -> Vec<u8> {
        self.spellings(range).flatten().copied().collect()
    }
}

impl<'c> Side<'c> {
    /// A text of these words.
    pub fn new(words: Words<'c>, weights: Vec<u16>) -> Self {
        Self {
            words,
            weights,
            spelling: OnceCell::new(),
            places: OnceCell::new(),
        }
    }

    fn hashes(&self) -> &[u32] {
        self.words.hashes()
    }

    /// The words.
    pub fn words(&self) -> &Words<'c> {
        &self.words
    }

    /// Whether the words are whole lines.
    fn is_lines(&self, range: &Range<usize>) -> bool {
        self.words.is_line_break(range.start) && self.words.is_line_break(range.end)
    }

    /// How many lines are mostly covered, and how many are not.
    fn lines(&self, covered: &[bool]) -> (usize, usize) {
        let (mut start, mut lines) = (0, (0, 0));
        for &end in self.words.ends() {
            let line = covered.get(start..end as usize).unwrap_or_default();
            let count = line.iter().filter(|&&is_covered| is_covered).count();
            if count * 2 > line.len() {
                lines.0 += 1;
            } else {
                lines.1 += 1;
            }
            start = end as usize;
        }
        lines
    }

    fn spelling(&self, read: impl Fn() -> io::Result<Spelling>) -> io::Result<&Spelling> {
        if let Some(spelling) = self.spelling.get() {
            return Ok(spelling);
        }
        let spelling = read()?;
        Ok(self.spelling.get_or_init(|| spelling))
    }

    fn share(&self, covered: &[bool]) -> Share {
        let mut share = Share::default();
        for (&weight, &is_covered) in self.weights.iter().zip(covered) {
            let weight = u64::from(weight) * u64::from(weight);
            share.total += weight;
            if is_covered {
                share.covered += weight;
                share.words += 1;
            }
        }
        share
    }
}

/// How much of a text another one repeats.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    covered: u64,
    total: u64,
    words: usize,
}

/// Which words of two texts are repeated in each other.
#[derive(Debug, Clone)]
struct Cover {
    a: Vec<bool>,
    b: Vec<bool>,
}

impl Cover {
    fn add(&mut self, in_a: Range<usize>, in_b: Range<usize>) {
        self.a[in_a].fill(true);
        self.b[in_b].fill(true);
    }
}

/// Judges pairs of texts.
pub(super) struct Judge {
    pub threshold: u32,
}

impl Judge {
    /// Compares two texts; `spell` reads the first (`false`) or second one again.
    pub fn compare(
        &self,
        a: &Side<'_>,
        b: &Side<'_>,
        spell: impl Fn(bool) -> io::Result<Spelling>,
    ) -> io::Result<Verdict> {
        let places = a.places.get_or_init(|| Places::new(a.hashes()));
        let runs = runs(a.hashes(), places, b.hashes());
        let mut cover = Cover {
            a: vec![false; a.hashes().len()],
            b: vec![false; b.hashes().len()],
        };
        for run in &runs {
            cover.add(run.a..run.a + run.len, run.b..run.b + run.len);
        }
        let gaps = gaps(&runs, a.hashes().len(), b.hashes().len());
        if gaps.is_empty() {
            return Ok(self.verdict(a, b, &cover, 0));
        }
        let mut most = cover.clone();
        for gap in &gaps {
            most.add(gap.a.clone(), gap.b.clone());
        }
        if !self.verdict(a, b, &most, 0).joins {
            return Ok(Verdict::default());
        }
        let spellings = (a.spelling(|| spell(false))?, b.spelling(|| spell(true))?);
        let fill = |gap: &Gap| fill_gap((a, spellings.0), (b, spellings.1), gap, &mut cover);
        let slots = gaps.iter().map(fill).sum();
        Ok(self.verdict(a, b, &cover, slots))
    }

    fn verdict(&self, a: &Side<'_>, b: &Side<'_>, cover: &Cover, slots: u32) -> Verdict {
        let is_quote = is_quote(a.lines(&cover.a), b.lines(&cover.b));
        let (a, b) = (a.share(&cover.a), b.share(&cover.b));
        let Share {
            covered,
            total,
            words,
        } = if a.total <= b.total { a } else { b };
        if words < WORDS {
            return Verdict::default();
        }
        let score = (covered * 1000 / total.max(1)) as u32;
        let is_template = u64::from(slots) * 1000 > u64::from(SLOTS) * words as u64;
        Verdict {
            score,
            links: score >= self.threshold && !is_template && !is_quote,
            joins: score >= JOIN.min(self.threshold) && !is_template && !is_quote,
            is_other: is_template || is_quote,
        }
    }
}

/// Whether two texts of several lines have just one in common: a statement that both quote.
/// Takes how many lines of each are repeated and not repeated.
fn is_quote(a: (usize, usize), b: (usize, usize)) -> bool {
    a.0 <= 1 && b.0 <= 1 && a.1.min(b.1) >= OTHER_LINES
}

/// The words between two matches, in both texts; neither range is empty.
#[derive(Debug, Clone)]
struct Gap {
    a: Range<usize>,
    b: Range<usize>,
}

/// The gaps between `runs`, and before the first and after the last, that are short enough to be
/// one place written differently.
fn gaps(runs: &[Run], end_a: usize, end_b: usize) -> Vec<Gap> {
    let edge = |a, b| Run { a, b, len: 0 };
    let before = std::iter::once(edge(0, 0)).chain(runs.iter().copied());
    let after = runs.iter().copied().chain([edge(end_a, end_b)]);
    before
        .zip(after)
        .map(|(one, two)| Gap {
            a: one.a + one.len..two.a,
            b: one.b + one.len..two.b,
        })
        .filter(|gap| (1..=GAP).contains(&gap.a.len()) && (1..=GAP).contains(&gap.b.len()))
        .collect()
}

/// Aligns the words of a gap, covers what is equal or noise, and counts the filled slots.
fn fill_gap(
    a: (&Side<'_>, &Spelling),
    b: (&Side<'_>, &Spelling),
    gap: &Gap,
    cover: &mut Cover,
) -> u32 {
    let mut slots = 0;
    let (mut from_a, mut from_b) = (gap.a.start, gap.b.start);
    let equal = equal_words(a.0, b.0, gap);
    for (to_a, to_b) in equal.into_iter().chain([(gap.a.end, gap.b.end)]) {
        let (in_a, in_b) = (from_a..to_a, from_b..to_b);
        if !in_a.is_empty() && !in_b.is_empty() {
            if a.0.is_lines(&in_a) && b.0.is_lines(&in_b) {
                // Another headline or paragraph, no slot.
            } else if is_slot(a.1, in_a.clone(), b.1, in_b.clone()) {
                slots += 1;
            } else {
                cover.add(in_a, in_b);
            }
        }
        if to_a < gap.a.end && to_b < gap.b.end {
            cover.add(to_a..to_a + 1, to_b..to_b + 1);
        }
        (from_a, from_b) = (to_a + 1, to_b + 1);
    }
    slots
}

/// The longest common subsequence of the words of a gap.
fn equal_words(a: &Side<'_>, b: &Side<'_>, gap: &Gap) -> Vec<(usize, usize)> {
    let (a, b) = (&a.hashes()[gap.a.clone()], &b.hashes()[gap.b.clone()]);
    let (rows, columns) = (a.len(), b.len());
    // longest[i][j]: how many words the tails from i and j have in common.
    let mut longest = [[0_u8; GAP + 1]; GAP + 1];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            longest[i][j] = if a[i] == b[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut equal = Vec::new();
    while i < rows && j < columns {
        if a[i] == b[j] {
            equal.push((gap.a.start + i, gap.b.start + j));
            i += 1;
            j += 1;
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    equal
}

/// Whether two differing places hold different things (a filled slot) and not one thing written
/// differently.
fn is_slot(a: &Spelling, in_a: Range<usize>, b: &Spelling, in_b: Range<usize>) -> bool {
    if a.has_number(in_a.clone()) && b.has_number(in_b.clone()) {
        return true;
    }
    let (a, b) = (a.letters(in_a), b.letters(in_b));
    // One letter of a short word has no pair in common with its twin.
    let is_one_off = a.len() == b.len() && a.iter().zip(&b).filter(|(x, y)| x != y).count() <= 1;
    !is_one_off && likeness(&a, &b) < ALIKE
}

/// The share of letter pairs that two words have in common (Dice's coefficient), in thousandths.
fn likeness(a: &[u8], b: &[u8]) -> u32 {
    let pairs = |bytes: &[u8]| {
        let mut pairs: Vec<[u8; 2]> = bytes.windows(2).map(|w| [w[0], w[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let (a, b) = (pairs(a), pairs(b));
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    (2000 * common / (a.len() + b.len())) as u32
}
