//! The features: a line, its surroundings and its page.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::stats::{Stats, WORD_BITS};
use super::{Page, Ruled, Sums, best_stretch, distance, share};
use crate::model::Columns;

/// Farthest line that a distance counts.
const FAR: i32 = 60;
/// The same for what a rule spoke of: a comment section may be long.
const FAR_RULE: i32 = 250;
/// Longest line, in characters, of a run of short lines.
const SHORT: i32 = 60;
/// What a line that is no prose costs a stretch of prose, in characters: a lenient and a strict
/// reading.
const COSTS: [i32; 2] = [40, 150];

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
    /// How often the line stands in the page, with its numbers and without.
    copies: Vec<(i32, i32, bool)>,
    heads: Vec<i32>,
    topic: Vec<(i32, i32)>,
}

fn is_prose(stats: &Stats) -> bool {
    (stats.chars >= 90 || stats.unspaced * 2 > stats.letters && stats.chars >= 45) && stats.ends > 0
}

fn prose_chars(stats: &Stats) -> i32 {
    if is_prose(stats) { stats.chars } else { 0 }
}

impl<'p> Context<'p> {
    fn new(page: &'p Page<'p>) -> Self {
        let stats = || page.stats.iter();
        let copies = copies(&page.stats);
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
            copied: Sums::new(copies.iter().map(|c| (c.0 > 1).into())),
            heads: heads(&page.stats),
            topic: topic(page, &stretches[0]),
            stretches,
            copies,
            page,
        }
    }

    fn at(&self, at: usize) -> &Stats {
        &self.page.stats[at]
    }

    /// A value of the line `by` lines away; -1 beyond the ends of the page.
    fn near(&self, at: usize, by: isize, value: fn(&Stats) -> i32) -> i32 {
        let other = at
            .checked_add_signed(by)
            .and_then(|at| self.page.stats.get(at));
        other.map_or(-1, value)
    }
}

/// Adds the columns.
pub(super) fn push(page: &Page<'_>, columns: &mut Columns) {
    let context = Context::new(page);
    own(&context, columns);
    around(&context, columns);
    runs(&context, columns);
    place(&context, columns);
    repeats(&context, columns);
}

/// The line itself.
fn own(context: &Context<'_>, columns: &mut Columns) {
    let mut push = |value: fn(&Stats) -> i32| columns.push(|at| value(context.at(at)));
    push(|s| s.chars);
    push(|s| s.words);
    push(|s| share(s.letters, s.chars));
    push(|s| share(s.upper, s.letters));
    push(|s| share(s.capitals, s.words));
    push(|s| share(s.digits, s.chars));
    push(|s| share(s.chars - s.letters - s.digits, s.chars));
    push(|s| s.ends);
    push(|s| s.commas);
    push(|s| s.separators);
    push(|s| s.quotes);
    push(|s| s.links);
    push(|s| s.first);
    push(|s| s.close);
    push(|s| s.longest);
    push(|s| (s.letters + s.digits) * 10 / s.words.max(1));
    push(|s| share(s.unspaced, s.letters));
    for bit in 0..8 {
        columns.push(|at| i32::from(context.page.lines[at].families >> bit & 1));
    }
}

/// The lines before and after.
fn around(context: &Context<'_>, columns: &mut Columns) {
    for by in [-2, -1, 1, 2] {
        columns.push(|at| context.near(at, by, |s| s.chars));
        columns.push(|at| context.near(at, by, |s| s.close));
        columns.push(|at| context.near(at, by, |s| share(s.capitals, s.words)));
    }
    for count in [1, 3, 8, 25] {
        columns.push(|at| context.prose.before(at, count));
        columns.push(|at| context.prose.after(at, count));
    }
    for count in [2, 8, 30] {
        columns.push(|at| mean(context, at.saturating_sub(count), at));
        columns.push(|at| mean(context, at + 1, at + 1 + count));
    }
    for sums in [
        &context.closed,
        &context.removed,
        &context.evidence,
        &context.copied,
    ] {
        columns.push(|at| sums.before(at, 3));
        columns.push(|at| sums.after(at, 3));
        columns.push(|at| sums.before(at, 10) + sums.after(at, 10));
    }
}

/// Mean length of the lines `from..to`, in characters.
fn mean(context: &Context<'_>, from: usize, to: usize) -> i32 {
    let lines = to
        .min(context.count)
        .saturating_sub(from.min(context.count));
    context
        .chars
        .over(from, to)
        .checked_div(lines as i32)
        .unwrap_or(-1)
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
pub(super) fn nearest(count: usize, most: i32, is: impl Fn(usize) -> bool) -> (Vec<i32>, Vec<i32>) {
    let scan = |lines: &mut dyn Iterator<Item = usize>| {
        let (mut out, mut far) = (vec![0; count], most);
        for at in lines {
            out[at] = far;
            far = if is(at) { 1 } else { (far + 1).min(most) };
        }
        out
    };
    (scan(&mut (0..count)), scan(&mut (0..count).rev()))
}

/// Where the line stands: in the page, and against its best stretches of prose.
fn place(context: &Context<'_>, columns: &mut Columns) {
    let (count, all) = (context.count as i32, context.chars.all());
    for stretch in &context.stretches {
        let (from, to) = (stretch.start, stretch.end);
        columns.push(|at| distance(stretch, at));
        columns.push(|at| share(context.chars.over(from, at), context.chars.over(from, to)));
    }
    columns.push(|at| share(at as i32, count));
    columns.push(|at| share(context.chars.over(0, at), all));
    columns.push(|at| (at as i32).min(FAR));
    columns.push(|at| (count - 1 - at as i32).min(FAR));
    // The only value that all lines of a page share: with more of them trees learn single pages.
    columns.push(|_| share(context.prose.all(), all));
}

/// Copies in the page, and words shared with it.
fn repeats(context: &Context<'_>, columns: &mut Columns) {
    columns.push(|at| context.copies[at].0);
    columns.push(|at| context.copies[at].1);
    columns.push(|at| i32::from(context.copies[at].2));
    columns.push(|at| context.heads[at]);
    let head = |at: usize| context.page.stats.get(at).map_or(0, |stats| stats.head);
    columns.push(|at| {
        let own = head(at);
        i32::from(own == head(at.wrapping_sub(1))) + 2 * i32::from(own == head(at + 1))
    });
    columns.push(|at| context.topic[at].0);
    columns.push(|at| context.topic[at].1);
}

/// How often each line stands in the page (with its numbers, without them) and whether this is
/// the first time.
fn copies(stats: &[Stats]) -> Vec<(i32, i32, bool)> {
    let mut exact: FxHashMap<u64, i32> = FxHashMap::default();
    let mut folded: FxHashMap<u64, i32> = FxHashMap::default();
    let firsts: Vec<bool> = stats
        .iter()
        .map(|stats| {
            *folded.entry(stats.folded).or_default() += 1;
            let count = exact.entry(stats.hash).or_default();
            *count += 1;
            *count == 1
        })
        .collect();
    let row = |(stats, first): (&Stats, bool)| (exact[&stats.hash], folded[&stats.folded], first);
    stats.iter().zip(firsts).map(row).collect()
}

/// How many lines of the page start with the same word.
fn heads(stats: &[Stats]) -> Vec<i32> {
    let mut counts: FxHashMap<u64, i32> = FxHashMap::default();
    for stats in stats {
        *counts.entry(stats.head).or_default() += 1;
    }
    stats.iter().map(|stats| counts[&stats.head]).collect()
}

/// Per line the share of its words, in thousandths, that other lines of the stretch use, and how
/// many such words it has.
fn topic(page: &Page<'_>, stretch: &Range<usize>) -> Vec<(i32, i32)> {
    let mut counts = vec![0_u8; 1 << WORD_BITS];
    for at in stretch.clone() {
        if is_prose(&page.stats[at]) {
            for &word in page.words_of(at) {
                let count = &mut counts[usize::from(word)];
                *count = count.saturating_add(1);
            }
        }
    }
    let row = |at: usize| {
        let words = page.words_of(at);
        let own = stretch.contains(&at) && is_prose(&page.stats[at]);
        let least = if own { 2 } else { 1 };
        let shared = words
            .iter()
            .filter(|&&word| counts[usize::from(word)] >= least)
            .count();
        (share(shared as i32, words.len() as i32), shared as i32)
    };
    (0..page.stats.len()).map(row).collect()
}
