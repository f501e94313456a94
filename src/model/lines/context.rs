//! The features: a line, its surroundings and its page.

use std::ops::Range;

use super::flags::Flags;
use super::repeats;
use super::stats::Stats;
use super::sums::{Sums, Whole, best_stretch, distance, share};
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
struct Context<'p> {
    page: &'p Page<'p>,
    count: usize,
    chars: Sums,
    /// Characters of each line of prose; 0 for others.
    prose_chars: Vec<i32>,
    prose: Sums,
    removed: Flags,
    stretches: [Range<usize>; 2],
}

pub(super) fn is_prose(stats: &Stats) -> bool {
    (stats.chars >= 90 || stats.unspaced * 2 > stats.letters && stats.chars >= 45) && stats.ends > 0
}

fn prose_chars(stats: &Stats) -> i32 {
    if is_prose(stats) { stats.chars } else { 0 }
}

impl<'p> Context<'p> {
    fn new(page: &'p Page<'p>) -> Self {
        let prose_chars: Vec<i32> = page.stats.iter().map(prose_chars).collect();
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
            chars: Sums::new(page.stats.iter().map(|s| s.chars)),
            prose: Sums::new(prose_chars.iter().copied()),
            stretches: COSTS.map(stretch),
            prose_chars,
            removed,
            page,
        }
    }

    fn stats(&self) -> impl ExactSizeIterator<Item = &'p Stats> {
        self.page.stats.iter()
    }

    fn lines(&self, of: impl Fn(&super::Line<'_>) -> bool) -> Flags {
        Flags::new(self.page.lines.iter().map(of))
    }
}

/// Adds the columns.
pub(super) fn push(page: &Page<'_>, columns: &mut Columns) {
    let context = Context::new(page);
    let copies = repeats::Copies::of(&page.stats);
    own(&context, columns);
    around(&context, copies.any_exact(), columns);
    runs(&context, columns);
    place(&context, columns);
    repeats::push(page, &copies, &context.stretches[0], columns);
}

/// The line itself.
fn own(context: &Context<'_>, columns: &mut Columns) {
    let stats = &context.page.stats;
    columns.push_each(stats, |s| s.chars);
    columns.push_each(stats, |s| s.words);
    columns.push_each(stats, |s| share(s.letters, s.chars));
    columns.push_each(stats, |s| share(s.upper, s.letters));
    columns.push_each(stats, |s| share(s.capitals, s.words));
    columns.push_each(stats, |s| share(s.digits, s.chars));
    columns.push_each(stats, |s| share(s.chars - s.letters - s.digits, s.chars));
    columns.push_each(stats, |s| s.ends);
    columns.push_each(stats, |s| s.commas);
    columns.push_each(stats, |s| s.separators);
    columns.push_each(stats, |s| s.quotes);
    columns.push_each(stats, |s| s.links);
    columns.push_each(stats, |s| s.first);
    columns.push_each(stats, |s| s.close);
    columns.push_each(stats, |s| s.longest);
    columns.push_each(stats, |s| (s.letters + s.digits) * 10 / s.words.max(1));
    columns.push_each(stats, |s| share(s.unspaced, s.letters));
    for bit in 0..8 {
        match context.page.families >> bit & 1 {
            0 => columns.push_same(0),
            _ => columns.push_each(context.page.lines, |line| (line.families >> bit & 1).into()),
        }
    }
}

/// The lines before and after.
fn around(context: &Context<'_>, copied: Flags, columns: &mut Columns) {
    let values = |value: fn(&Stats) -> i32| -> Vec<i16> {
        let values = context.stats().map(|stats| saturate(value(stats)));
        values.collect()
    };
    let near = [
        values(|s| s.chars),
        values(|s| s.close),
        values(|s| share(s.capitals, s.words)),
    ];
    for by in [-2, -1, 1, 2] {
        for values in &near {
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
    let closed = |stats: &Stats| stats.close == 5 && stats.words >= 4;
    Flags::new(context.stats().map(closed)).push_near(columns);
    context.removed.push_near(columns);
    context.lines(|line| line.families != 0).push_near(columns);
    copied.push_near(columns);
}

/// Mean length, in characters, of the `COUNT` lines before and after; -1 where there are none.
fn means<const COUNT: usize>(context: &Context<'_>, columns: &mut Columns) {
    columns.push_with(|rows| {
        write_means::<COUNT>(rows.iter_mut(), context.chars.before(COUNT));
    });
    columns.push_with(|rows| {
        write_means::<COUNT>(rows.iter_mut().rev(), context.chars.after(COUNT).rev());
    });
}

/// The first line has no other one on its side, the second has one …
#[inline]
fn write_means<'r, const COUNT: usize>(
    rows: impl Iterator<Item = &'r mut i16>,
    sums: impl Iterator<Item = i32>,
) {
    let mut rows = rows.zip(sums);
    for (lines, (row, sum)) in (0..COUNT as i32).zip(&mut rows) {
        *row = saturate(sum.checked_div(lines).unwrap_or(-1));
    }
    // A division by a constant is cheap.
    rows.for_each(|(row, sum)| *row = saturate(sum / COUNT as i32));
}

/// Runs of short lines, and how far the nearest lines of some kind are.
fn runs(context: &Context<'_>, columns: &mut Columns) {
    let stats = &context.page.stats;
    columns.push_with(|rows| short_runs(rows.iter_mut().zip(stats)));
    columns.push_with(|rows| short_runs(rows.iter_mut().zip(stats).rev()));
    let prose = &context.prose_chars;
    Flags::new(prose.iter().map(|chars| *chars > 0)).push_nearest(FAR, columns);
    columns.push_with(|rows| nearest_prose(rows.iter_mut().zip(prose)));
    columns.push_with(|rows| nearest_prose(rows.iter_mut().zip(prose).rev()));
    context.removed.push_nearest(FAR, columns);
    for bit in 0..8 {
        match context.page.families >> bit & 1 {
            0 => (0..2).for_each(|_| columns.push_same(FAR_RULE.into())),
            _ => context
                .lines(|line| line.families >> bit & 1 != 0)
                .push_nearest(FAR_RULE, columns),
        }
    }
}

/// For a short line, how many lines ago the last longer one was.
#[inline]
fn short_runs<'r>(rows: impl Iterator<Item = (&'r mut i16, &'r Stats)>) {
    let mut far = FAR;
    for (row, stats) in rows {
        let short = stats.chars <= SHORT;
        *row = if short { far } else { 0 };
        far = if short { (far + 1).min(FAR) } else { 1 };
    }
}

/// The characters of the last line of prose, if it is not too far away; else -1.
#[inline]
fn nearest_prose<'r>(rows: impl Iterator<Item = (&'r mut i16, &'r i32)>) {
    let (mut far, mut last) = (FAR, -1);
    for (row, &chars) in rows {
        *row = if far < FAR { last } else { -1 };
        far = (far + 1).min(FAR);
        if chars > 0 {
            (far, last) = (1, saturate(chars));
        }
    }
}

/// Where the line stands: in the page, and against its best stretches of prose.
fn place(context: &Context<'_>, columns: &mut Columns) {
    let (count, all) = (context.count as i32, context.chars.all());
    for stretch in &context.stretches {
        columns.push(|at| distance(stretch, at));
        let chars = Whole::new(context.chars.over(stretch.start, stretch.end));
        let since = context.chars.since(stretch.start);
        columns.push_all(since.map(|since| chars.share(since)));
    }
    let (lines, chars) = (Whole::new(count), Whole::new(all));
    columns.push(|at| lines.share(at as i32));
    columns.push_all(context.chars.since(0).map(|since| chars.share(since)));
    columns.push(|at| (at as i32).min(FAR.into()));
    columns.push(|at| (count - 1 - at as i32).min(FAR.into()));
    let prose = context.prose.all();
    let whole = Whole::new(prose);
    columns.push_all(context.prose.since(0).map(|since| whole.share(since)));
    let (chars, since) = prose_runs(&context.prose_chars);
    columns.push_each(&chars, |chars| *chars);
    columns.push_each(&chars, |chars| whole.share(*chars));
    columns.push_each(&since, |since| *since);
    let kept = context.lines(|line| line.ruled == Ruled::Kept);
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
