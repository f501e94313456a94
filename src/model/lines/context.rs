//! The features: a line, its surroundings and its page.

use std::ops::Range;

use super::repeats::{self, Repeats};
use super::stats::Stats;
use super::{Page, Ruled, Sums, best_stretch, distance, share};
use crate::model::{Columns, saturate};

/// Farthest line that a distance counts.
const FAR: i32 = 60;
/// The same for what a rule spoke of: a comment section may be long.
const FAR_RULE: i32 = 250;
/// Longest line, in characters, of a run of short lines.
const SHORT: i32 = 60;
/// What a line that is no prose costs a stretch of prose, in characters: a lenient and a strict
/// reading.
const COSTS: [i32; 2] = [40, 150];
/// Most lines without prose inside a run of prose.
const GAP: usize = 4;

/// Everything that the columns ask for, counted once per page.
struct Context<'p> {
    page: &'p Page<'p>,
    count: usize,
    chars: Sums,
    prose: Sums,
    closed: Sums,
    removed: Sums,
    evidence: Sums,
    copied: Sums,
    stretches: [Range<usize>; 2],
    repeats: Repeats,
}

pub(super) fn is_prose(stats: &Stats) -> bool {
    (stats.chars >= 90 || stats.unspaced * 2 > stats.letters && stats.chars >= 45) && stats.ends > 0
}

fn prose_chars(stats: &Stats) -> i32 {
    if is_prose(stats) { stats.chars } else { 0 }
}

impl<'p> Context<'p> {
    fn new(page: &'p Page<'p>) -> Self {
        let stats = || page.stats.iter();
        let copies = repeats::copies(&page.stats);
        let stretch =
            |cost: i32| {
                best_stretch(stats().zip(page.lines).map(|(stats, line)| {
                    match prose_chars(stats) {
                        _ if line.ruled == Ruled::Removed => -cost,
                        0 => -cost,
                        chars => chars.min(600),
                    }
                }))
            };
        let stretches = COSTS.map(stretch);
        Self {
            count: page.stats.len(),
            chars: Sums::new(stats().map(|s| s.chars)),
            prose: Sums::new(stats().map(prose_chars)),
            closed: Sums::new(stats().map(|s| (s.close == 5 && s.words >= 4).into())),
            removed: Sums::new(
                page.lines
                    .iter()
                    .map(|l| (l.ruled == Ruled::Removed).into()),
            ),
            evidence: Sums::new(page.lines.iter().map(|l| (l.families != 0).into())),
            copied: Sums::new(copies.iter().map(|c| (c.exact > 1).into())),
            repeats: Repeats {
                shapes: repeats::shapes(&page.stats),
                heads: repeats::heads(&page.stats),
                topic: repeats::topic(page, &stretches[0]),
                titled: repeats::titled(page),
                copies,
            },
            stretches,
            page,
        }
    }

    fn at(&self, at: usize) -> &Stats {
        &self.page.stats[at]
    }

    fn stats(&self) -> impl ExactSizeIterator<Item = &'p Stats> {
        self.page.stats.iter()
    }
}

/// Adds the columns.
pub(super) fn push(page: &Page<'_>, columns: &mut Columns) {
    let context = Context::new(page);
    own(&context, columns);
    around(&context, columns);
    runs(&context, columns);
    place(&context, columns);
    context.repeats.push(page, columns);
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
        let lines = context.page.lines.iter();
        columns.push_all(lines.map(|line| i32::from(line.families >> bit & 1)));
    }
}

/// The lines before and after.
fn around(context: &Context<'_>, columns: &mut Columns) {
    let values = |value: fn(&Stats) -> i32| -> Vec<i16> {
        context
            .stats()
            .map(|stats| saturate(value(stats)))
            .collect()
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
    for sums in [
        &context.closed,
        &context.removed,
        &context.evidence,
        &context.copied,
    ] {
        columns.push_all(sums.before(3));
        columns.push_all(sums.after(3));
        let both = sums.before(10).zip(sums.after(10));
        columns.push_all(both.map(|(before, after)| before + after));
    }
}

/// Mean length, in characters, of the `COUNT` lines before and after; -1 where there are none.
fn means<const COUNT: usize>(context: &Context<'_>, columns: &mut Columns) {
    let mean = |sum: i32, lines: usize| match lines {
        0 => -1,
        // A division by a constant is cheap.
        lines if lines == COUNT => sum / COUNT as i32,
        lines => sum / lines as i32,
    };
    let before = context.chars.before(COUNT).enumerate();
    columns.push_all(before.map(|(at, sum)| mean(sum, at.min(COUNT))));
    let after = context.chars.after(COUNT).enumerate();
    let count = context.count;
    columns.push_all(after.map(|(at, sum)| mean(sum, (count - 1 - at).min(COUNT))));
}

/// Runs of short lines, and how far the nearest lines of some kind are.
fn runs(context: &Context<'_>, columns: &mut Columns) {
    let short = |at: usize| context.at(at).chars <= SHORT;
    let (before, after) = nearest(context.count, FAR, |at| !short(at));
    columns.push(|at| if short(at) { before[at] } else { 0 });
    columns.push(|at| if short(at) { after[at] } else { 0 });
    let (before, after) = nearest(context.count, FAR, |at| is_prose(context.at(at)));
    columns.push(|at| before[at]);
    columns.push(|at| after[at]);
    let size = |at: Option<usize>| {
        at.and_then(|at| context.page.stats.get(at))
            .map_or(-1, |stats| stats.chars)
    };
    let by = |far: i32| (far < FAR).then_some(far as usize);
    columns.push(|at| size(by(before[at]).and_then(|far| at.checked_sub(far))));
    columns.push(|at| size(by(after[at]).map(|far| at + far)));
    let removed = |at: usize| context.page.lines[at].ruled == Ruled::Removed;
    let (before, after) = nearest(context.count, FAR, removed);
    columns.push(|at| before[at]);
    columns.push(|at| after[at]);
    for bit in 0..8 {
        let speaks = |at: usize| context.page.lines[at].families >> bit & 1 != 0;
        let (before, after) = nearest(context.count, FAR_RULE, speaks);
        columns.push(|at| before[at]);
        columns.push(|at| after[at]);
    }
}

/// Lines to the nearest line before and after (not the line itself) that `is`; at most `most`.
fn nearest(count: usize, most: i32, is: impl Fn(usize) -> bool) -> (Vec<i32>, Vec<i32>) {
    let is: Vec<bool> = (0..count).map(is).collect();
    if !is.contains(&true) {
        return (vec![most; count], vec![most; count]);
    }
    let next = |far: i32, is: bool| if is { 1 } else { (far + 1).min(most) };
    let (mut before, mut after) = (Vec::with_capacity(count), vec![most; count]);
    let mut far = most;
    for &is in &is {
        before.push(far);
        far = next(far, is);
    }
    far = most;
    for (after, &is) in after.iter_mut().zip(&is).rev() {
        *after = far;
        far = next(far, is);
    }
    (before, after)
}

/// Where the line stands: in the page, and against its best stretches of prose.
fn place(context: &Context<'_>, columns: &mut Columns) {
    let (count, all) = (context.count as i32, context.chars.all());
    for stretch in &context.stretches {
        columns.push(|at| distance(stretch, at));
        let chars = context.chars.over(stretch.start, stretch.end);
        let since = context.chars.since(stretch.start);
        columns.push_all(since.map(|since| share(since, chars)));
    }
    columns.push(|at| share(at as i32, count));
    columns.push_all(context.chars.since(0).map(|since| share(since, all)));
    columns.push(|at| (at as i32).min(FAR));
    columns.push(|at| (count - 1 - at as i32).min(FAR));
    let prose = context.prose.all();
    columns.push_all(context.prose.since(0).map(|since| share(since, prose)));
    let runs = prose_runs(context);
    columns.push(|at| runs[at].0);
    columns.push(|at| share(runs[at].0, prose));
    columns.push(|at| runs[at].1);
    let kept = |at: usize| context.page.lines[at].ruled == Ruled::Kept;
    let (before, after) = nearest(context.count, FAR_RULE, kept);
    columns.push(|at| before[at]);
    columns.push(|at| after[at]);
    // The only value that all lines of a page share: with more of them trees learn single pages.
    columns.push_same(share(prose, all));
}

/// Prose with at most [`GAP`] other lines between is one run. Per line the characters of prose of
/// the run that it stands in or that ends right before it, and the lines since it ended.
fn prose_runs(context: &Context<'_>) -> Vec<(i32, i32)> {
    let is_prose = |at: usize| prose_chars(context.at(at)) > 0;
    let mut runs = vec![(0, FAR); context.count];
    let mut at = 0;
    while at < context.count {
        if !is_prose(at) {
            at += 1;
            continue;
        }
        let (start, mut last, mut chars) = (at, at, 0);
        while at < context.count && at - last <= GAP {
            if is_prose(at) {
                last = at;
                chars += prose_chars(context.at(at));
            }
            at += 1;
        }
        for (line, run) in runs.iter_mut().enumerate().take(at).skip(start) {
            *run = (chars, line.saturating_sub(last) as i32);
        }
    }
    runs
}
