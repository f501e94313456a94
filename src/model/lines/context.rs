//! The features: a line, its surroundings and its page.

use std::ops::Range;

use super::flags::Flags;
use super::repeats;
use super::stats::Lists;
use super::sums::{Sums, best_stretch, distance, quotient, share, thousandths};
use super::{Page, Ruled};
use crate::model::{Columns, saturate};

/// Farthest line that a distance counts.
const FAR: i16 = 60;
/// The same for what a rule spoke of: a comment section may be long.
const FAR_RULE: i16 = 250;
/// Longest line, in characters, of a run of short lines.
const SHORT: i32 = 60;
/// What a line that is no prose costs a stretch of prose, in characters: a lenient and a strict
/// reading.
const COSTS: [i32; 2] = [40, 150];
/// Most characters of prose that one line counts for in a stretch.
const COUNTS: i32 = 600;
/// Most lines without prose inside a run of prose.
const GAP: usize = 4;

/// Everything that the columns ask for, counted once per page.
pub(super) struct Context<'p> {
    pub page: &'p Page<'p>,
    count: usize,
    chars: Sums,
    /// Of the words of each line those with a capital, in thousandths.
    pub capitals: Vec<i16>,
    families: Vec<u8>,
    /// Characters of each line of prose; 0 for others.
    pub prose_chars: Vec<i32>,
    prose: Sums,
    removed: Flags,
    /// The best stretches of prose.
    pub stretches: [Range<usize>; 2],
}

/// Characters of each line of prose; 0 for others.
fn prose_chars(stats: &Lists) -> Vec<i32> {
    let letters = stats.unspaced.iter().zip(&stats.letters);
    let lines = stats.chars.iter().zip(&stats.ends).zip(letters);
    let chars = lines.map(|((&chars, &ends), (&unspaced, &letters))| {
        let is_long = (chars >= 90) | ((unspaced * 2 > letters) & (chars >= 45));
        if is_long & (ends > 0) { chars } else { 0 }
    });
    chars.collect()
}

impl<'p> Context<'p> {
    fn new(page: &'p Page<'p>) -> Self {
        let prose_chars = prose_chars(page.stats);
        let removed = Flags::new(page.lines.iter().map(|l| l.ruled == Ruled::Removed));
        let stretch = |cost: i32| {
            let lines = prose_chars.iter().zip(removed.set());
            best_stretch(lines.map(|(&chars, removed)| match chars {
                _ if *removed => -cost,
                0 => -cost,
                chars => chars.min(COUNTS),
            }))
        };
        Self {
            count: page.stats.len(),
            chars: Sums::new(page.stats.chars.iter().copied()),
            capitals: shares(&page.stats.capitals, &page.stats.words)
                .map(saturate)
                .collect(),
            families: page.lines.iter().map(|line| line.families).collect(),
            prose: Sums::new(prose_chars.iter().copied()),
            stretches: COSTS.map(stretch),
            prose_chars,
            removed,
            page,
        }
    }

    /// The lines of which rules of some family of `bits` speak.
    fn of_families(&self, bits: u8) -> Flags {
        Flags::new(self.families.iter().map(|families| families & bits != 0))
    }
}

/// Adds the columns.
pub(super) fn push(page: &Page<'_>, columns: &mut Columns) {
    let context = Context::new(page);
    let copies = repeats::Copies::of(page.stats);
    own(&context, columns);
    around(&context, copies.any_exact(), columns);
    runs(&context, columns);
    place(&context, columns);
    repeats::push(&context, &copies, columns);
}

/// [`thousandths`] of each part and its whole.
#[inline]
fn shares(parts: &[i32], wholes: &[i32]) -> impl Iterator<Item = i32> {
    let both = parts.iter().zip(wholes);
    both.map(|(part, whole)| thousandths(*part, *whole))
}

/// The line itself.
fn own(context: &Context<'_>, columns: &mut Columns) {
    let stats = &context.page.stats;
    let same = |value: &i32| *value;
    columns.push_each(&stats.chars, same);
    columns.push_each(&stats.words, same);
    columns.push_all(shares(&stats.letters, &stats.chars));
    columns.push_all(shares(&stats.upper, &stats.letters));
    columns.push_each(&context.capitals, |share| i32::from(*share));
    columns.push_all(shares(&stats.digits, &stats.chars));
    let letters = || stats.letters.iter().zip(&stats.digits).map(|(a, b)| a + b);
    let others = stats.chars.iter().zip(letters());
    columns.push_all(others.map(|(all, letters)| thousandths(all - letters, *all)));
    columns.push_each(&stats.ends, same);
    columns.push_each(&stats.commas, same);
    columns.push_each(&stats.separators, same);
    columns.push_each(&stats.quotes, same);
    columns.push_each(&stats.links, same);
    columns.push_each(&stats.first, same);
    columns.push_each(&stats.close, same);
    columns.push_each(&stats.longest, same);
    let tenths = letters().zip(&stats.words);
    columns.push_all(
        tenths.map(|(letters, words)| {
            quotient(f64::from(letters) * 10.0, (*words).max(1)).unwrap_or(0)
        }),
    );
    columns.push_all(shares(&stats.unspaced, &stats.letters));
    for bit in 0..8 {
        match context.page.families >> bit & 1 {
            0 => columns.push_same(0),
            _ => columns.push_each(&context.families, |families| (families >> bit & 1).into()),
        }
    }
}

/// The lines before and after.
fn around(context: &Context<'_>, copied: Flags, columns: &mut Columns) {
    let stats = &context.page.stats;
    let short = |values: &[i32]| -> Vec<i16> { values.iter().map(|v| saturate(*v)).collect() };
    let (chars, close) = (short(&stats.chars), short(&stats.close));
    for by in [-2, -1, 1, 2] {
        for values in [&chars, &close, &context.capitals] {
            columns.push_shifted(values, by, -1);
        }
    }
    for count in [1, 3, 8, 25] {
        columns.push_all(context.prose.before(count));
        columns.push_all(context.prose.after(count));
    }
    means::<2>(context, columns);
    means::<8>(context, columns);
    means::<30>(context, columns);
    let closed = stats.close.iter().zip(&stats.words);
    Flags::new(closed.map(|(close, words)| (*close == 5) & (*words >= 4))).push_near(columns);
    context.removed.push_near(columns);
    context.of_families(u8::MAX).push_near(columns);
    copied.push_near(columns);
}

/// Mean length, in characters, of the `COUNT` lines before and after; -1 where there are none.
fn means<const COUNT: usize>(context: &Context<'_>, columns: &mut Columns) {
    let (before, after) = (context.chars.before(COUNT), context.chars.after(COUNT));
    columns.push_with(|rows| {
        write_means::<COUNT>(rows, before.clone());
        few_means(rows.iter_mut().zip(before).take(COUNT));
    });
    columns.push_with(|rows| {
        write_means::<COUNT>(rows, after.clone());
        few_means(rows.iter_mut().zip(after).rev().take(COUNT));
    });
}

/// A division by a constant is cheap.
#[inline]
fn write_means<const COUNT: usize>(rows: &mut [i16], sums: impl Iterator<Item = i32>) {
    for (row, sum) in rows.iter_mut().zip(sums) {
        *row = saturate(sum / COUNT as i32);
    }
}

/// The first line has no other one on its side, the second has one …
fn few_means<'r>(sums: impl Iterator<Item = (&'r mut i16, i32)>) {
    for (lines, (row, sum)) in (0..).zip(sums) {
        *row = saturate(sum.checked_div(lines).unwrap_or(-1));
    }
}

/// Runs of short lines, and how far the nearest lines of some kind are.
fn runs(context: &Context<'_>, columns: &mut Columns) {
    let lengths = &context.page.stats.chars;
    columns.push_with(|rows| short_runs(rows.iter_mut().zip(lengths)));
    columns.push_with(|rows| short_runs(rows.iter_mut().zip(lengths).rev()));
    let prose = &context.prose_chars;
    Flags::new(prose.iter().map(|chars| *chars > 0)).push_nearest(FAR, columns);
    columns.push_with(|rows| nearest_prose(rows.iter_mut().zip(prose)));
    columns.push_with(|rows| nearest_prose(rows.iter_mut().zip(prose).rev()));
    context.removed.push_nearest(FAR, columns);
    for bit in 0..8 {
        match context.page.families >> bit & 1 {
            0 => (0..2).for_each(|_| columns.push_same(FAR_RULE.into())),
            _ => context
                .of_families(1 << bit)
                .push_nearest(FAR_RULE, columns),
        }
    }
}

/// For a short line, how many lines ago the last longer one was.
#[inline]
fn short_runs<'r>(rows: impl Iterator<Item = (&'r mut i16, &'r i32)>) {
    let far = i32::from(FAR);
    let mut last = -far;
    for (at, (row, chars)) in (0..).zip(rows) {
        let short = *chars <= SHORT;
        *row = saturate(if short { (at - last).min(far) } else { 0 });
        last = if short { last } else { at };
    }
}

/// The characters of the last line of prose, if it is not too far away; else -1.
#[inline]
fn nearest_prose<'r>(rows: impl Iterator<Item = (&'r mut i16, &'r i32)>) {
    let (mut last, mut found) = (-i32::from(FAR), -1);
    for (at, (row, &chars)) in (0..).zip(rows) {
        let near = at - last < FAR.into();
        *row = saturate(if near { found } else { -1 });
        let is_prose = chars > 0;
        last = if is_prose { at } else { last };
        found = if is_prose { chars } else { found };
    }
}

/// Where the line stands: in the page, and against its best stretches of prose.
fn place(context: &Context<'_>, columns: &mut Columns) {
    let (count, all) = (context.count as i32, context.chars.all());
    let chars = &context.chars;
    for stretch in &context.stretches {
        columns.push(|at| distance(stretch, at));
        let over = chars.over(stretch.start, stretch.end);
        let since = chars.since(stretch.start);
        columns.push_all(since.map(|since| thousandths(since, over)));
    }
    columns.push(|at| thousandths(at as i32, count));
    columns.push_all(chars.since(0).map(|since| thousandths(since, all)));
    columns.push(|at| (at as i32).min(FAR.into()));
    columns.push(|at| (count - 1 - at as i32).min(FAR.into()));
    let prose = context.prose.all();
    let since = context.prose.since(0);
    columns.push_all(since.map(|since| thousandths(since, prose)));
    let (chars, since) = prose_runs(&context.prose_chars);
    columns.push_each(&chars, |chars| *chars);
    columns.push_each(&chars, |chars| thousandths(*chars, prose));
    columns.push_each(&since, |since| *since);
    let kept = context.page.lines.iter();
    let kept = Flags::new(kept.map(|line| line.ruled == Ruled::Kept));
    kept.push_nearest(FAR_RULE, columns);
    // The only value that all lines of a page share: with more of them trees learn single pages.
    columns.push_same(share(prose, all));
}

/// Prose with at most [`GAP`] other lines between is one run. Per line the characters of prose of
/// the run that it stands in or that ends right before it, and the lines since it ended.
fn prose_runs(prose_chars: &[i32]) -> (Vec<i32>, Vec<i32>) {
    let count = prose_chars.len();
    let (mut all, mut since) = (vec![0; count], vec![FAR.into(); count]);
    let mut at = 0;
    while at < count {
        if prose_chars[at] == 0 {
            at += 1;
            continue;
        }
        let (start, mut last, mut chars) = (at, at, 0);
        while at < count && at - last <= GAP {
            if prose_chars[at] > 0 {
                last = at;
                chars += prose_chars[at];
            }
            at += 1;
        }
        all[start..at].fill(chars);
        since[start..=last].fill(0);
        let behind = since[last..at].iter_mut().zip(0..);
        behind.for_each(|(since, lines)| *since = lines);
    }
    (all, since)
}
