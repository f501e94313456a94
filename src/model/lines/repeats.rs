//! What a line shares with the others: copies, first words, shapes, the words of the topic.

use std::ops::Range;

use super::context::is_prose;
use super::stats::Stats;
use super::vocabulary::{LONG, SLOT_BITS};
use super::{Page, Ruled, share};
use crate::model::Columns;

/// How many lines before and after are looked at for the same shape.
const NEAR: usize = 12;
/// Spreads the bits of a shape: an odd number close to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Words of the title, and of a line, that are compared.
const TITLE_WORDS: usize = 40;
const LINE_WORDS: usize = 40;

/// How often a line stands in the page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Copies {
    /// With its numbers.
    pub exact: i32,
    /// Whatever its numbers.
    pub folded: i32,
    /// Lines since the first one; 0 for the first one itself.
    pub since: i32,
}

/// Counts per line, made once per page.
pub(super) struct Repeats {
    pub copies: Vec<Copies>,
    /// How many lines of the page start with the same word.
    pub heads: Vec<i32>,
    /// How many lines have the same shape: in the page, and near.
    pub shapes: Vec<(i32, i32)>,
    /// Share of its words, in thousandths, that other lines of the stretch use, and how many.
    pub topic: Vec<(i32, i32)>,
    /// Words shared with the title; -1 where there is none.
    pub titled: Vec<i32>,
}

impl Repeats {
    /// Adds the columns.
    pub(super) fn push(&self, page: &Page<'_>, columns: &mut Columns) {
        columns.push(|at| self.copies[at].exact);
        columns.push(|at| self.copies[at].folded);
        columns.push(|at| self.copies[at].since);
        columns.push(|at| self.heads[at]);
        let head = |at: usize| page.stats.get(at).map_or(0, |stats| stats.head);
        columns.push(|at| {
            let own = head(at);
            i32::from(own == head(at.wrapping_sub(1))) + 2 * i32::from(own == head(at + 1))
        });
        columns.push(|at| self.topic[at].0);
        columns.push(|at| self.topic[at].1);
        columns.push(|at| self.shapes[at].0);
        columns.push(|at| self.shapes[at].1);
        columns.push(|at| self.titled[at]);
    }
}

/// How often each line stands in the page.
pub(super) fn copies(stats: &[Stats]) -> Vec<Copies> {
    let exact = Counts::of(stats, |s| s.hash);
    let folded = Counts::of(stats, |s| s.folded);
    let row = |at: usize| Copies {
        exact: exact.count(at),
        folded: folded.count(at),
        since: (at - exact.first(at)) as i32,
    };
    (0..stats.len()).map(row).collect()
}

/// How many lines of the page start with the same word.
pub(super) fn heads(stats: &[Stats]) -> Vec<i32> {
    let heads = Counts::of(stats, |s| s.head);
    (0..stats.len()).map(|at| heads.count(at)).collect()
}

/// How often the value of each line comes, in an open table of twice as many slots.
struct Counts {
    /// Value, how often, and the first line that has it.
    slots: Vec<(u64, i32, u32)>,
    /// The slot of each line.
    lines: Vec<u32>,
}

impl Counts {
    fn of(stats: &[Stats], value: impl Fn(&Stats) -> u64) -> Self {
        let size = (stats.len() * 2).next_power_of_two();
        let mut slots = vec![(0, 0, 0); size];
        let mut slot_of = |(line, stats): (usize, &Stats)| {
            let value = value(stats);
            // The values are products, so that their upper bits are the best.
            let mut slot = (value.rotate_left(20) as usize) & (size - 1);
            while slots[slot].1 > 0 && slots[slot].0 != value {
                slot = (slot + 1) & (size - 1);
            }
            if slots[slot].1 == 0 {
                slots[slot] = (value, 0, line as u32);
            }
            slots[slot].1 += 1;
            slot as u32
        };
        Self {
            lines: stats.iter().enumerate().map(&mut slot_of).collect(),
            slots,
        }
    }

    fn slot(&self, line: usize) -> &(u64, i32, u32) {
        &self.slots[self.lines[line] as usize]
    }

    fn count(&self, line: usize) -> i32 {
        self.slot(line).1
    }

    fn first(&self, line: usize) -> usize {
        self.slot(line).2 as usize
    }
}

/// How many lines have the same shape: in the page, and at most [`NEAR`] lines away.
pub(super) fn shapes(stats: &[Stats]) -> Vec<(i32, i32)> {
    let shapes = Counts::of(stats, |s| u64::from(shape(s)).wrapping_mul(SPREAD));
    let mut near = vec![0_i32; shapes.slots.len()];
    let mut row = |at: usize| {
        if at == 0 {
            for slot in shapes.lines.iter().take(NEAR) {
                near[*slot as usize] += 1;
            }
        }
        if let Some(slot) = shapes.lines.get(at + NEAR) {
            near[*slot as usize] += 1;
        }
        if let Some(gone) = at.checked_sub(NEAR + 1) {
            near[shapes.lines[gone] as usize] -= 1;
        }
        (shapes.count(at), near[shapes.lines[at] as usize])
    };
    (0..stats.len()).map(&mut row).collect()
}

/// How a line opens and closes, its size, and whether capitals and digits prevail.
fn shape(stats: &Stats) -> u32 {
    let size = 32 - (stats.words as u32).leading_zeros();
    let capitals = share(stats.capitals, stats.words.max(1)) / 250;
    let digits = i32::from(stats.digits > 0) + i32::from(stats.digits * 2 > stats.letters);
    let parts = [stats.first, stats.close, size as i32, capitals, digits];
    parts.iter().fold(0, |key, &part| key * 16 + part as u32)
}

/// Per line the share of its words, in thousandths, that other lines of the stretch use, and how
/// many such words it has.
pub(super) fn topic(page: &Page<'_>, stretch: &Range<usize>) -> Vec<(i32, i32)> {
    let mut counts = vec![0_u8; 1 << SLOT_BITS];
    for at in stretch.clone() {
        if is_prose(&page.stats[at]) {
            for slot in long_words(page, at) {
                counts[slot] = counts[slot].saturating_add(1);
            }
        }
    }
    let row = |at: usize| {
        let own = stretch.contains(&at) && is_prose(&page.stats[at]);
        let least = if own { 2 } else { 1 };
        let (mut words, mut shared) = (0, 0);
        for slot in long_words(page, at) {
            words += 1;
            shared += i32::from(counts[slot] >= least);
        }
        (share(shared, words), shared)
    };
    (0..page.stats.len()).map(row).collect()
}

/// The slots of the words of a line that say something about the topic.
fn long_words(page: &Page<'_>, at: usize) -> impl Iterator<Item = usize> {
    let words = page.words_of(at).iter();
    words.filter_map(|&word| (word & LONG != 0).then_some(usize::from(word & !LONG)))
}

/// Per line how many of its words the first line that surely stays (the title) has; -1 without
/// such a line.
pub(super) fn titled(page: &Page<'_>) -> Vec<i32> {
    let title = page.lines.iter().position(|l| l.ruled == Ruled::Kept);
    let Some(title) = title.map(|at| page.words_of(at)) else {
        return vec![-1; page.stats.len()];
    };
    let long = |word: &&u16| **word & LONG != 0;
    let mut of_title = vec![false; 1 << SLOT_BITS];
    for &word in title.iter().filter(long).take(TITLE_WORDS) {
        of_title[usize::from(word & !LONG)] = true;
    }
    let shared = |at: usize| {
        let words = page.words_of(at).iter().filter(long).take(LINE_WORDS);
        let shared = words.filter(|word| of_title[usize::from(**word & !LONG)]);
        shared.count() as i32
    };
    (0..page.stats.len()).map(shared).collect()
}
