//! The features of the second level: what the first one says about the lines around, about lines
//! that look alike, and about the page.

use rustc_hash::FxHashMap;

use super::{Page, Ruled, best_stretch, distance, share};
use crate::model::Columns;

/// Most characters that a line counts for.
const CHARS: i32 = 400;
/// The chance, in thousandths, from which a line adds to the best stretch: a lenient and a strict
/// reading.
const LEAST: [i32; 2] = [350, 650];
/// Chances, in thousandths, of lines that are surely content, or surely not.
const SURE: [i32; 2] = [850, 100];
/// Farthest line that a distance counts.
const FAR: i32 = 60;

/// Number of features that the second level adds.
pub(super) const WIDTH: usize = 30;

/// Characters, and characters times chance.
type Mass = (i64, i64);

/// Adds the columns; `odds` are the scores of the first level, `chances` the same in thousandths.
pub(super) fn push(page: &Page<'_>, odds: &[i32], chances: &[i32], columns: &mut Columns) {
    let mass: Vec<Mass> = page
        .stats
        .iter()
        .zip(chances)
        .map(|(stats, &chance)| {
            let chars = i64::from(stats.chars.min(CHARS)) + 3;
            (chars, chars * i64::from(chance))
        })
        .collect();
    around(odds, &mass, columns);
    stretches(page, chances, columns);
    sure(chances, columns);
    alike(page, &mass, columns);
}

fn mean((chars, sum): Mass) -> i32 {
    sum.checked_div(chars).map_or(-1, |mean| mean as i32)
}

/// The line's own score, those around it, and means over windows.
fn around(odds: &[i32], mass: &[Mass], columns: &mut Columns) {
    columns.push(|at| odds[at]);
    for by in [-3, -2, -1, 1, 2, 3] {
        columns.push(|at| {
            let other = at.checked_add_signed(by).and_then(|at| odds.get(at));
            other.copied().unwrap_or(-12_000)
        });
    }
    let mut sums = vec![(0, 0)];
    let mut sum = (0, 0);
    sums.extend(mass.iter().map(|own| {
        sum = (sum.0 + own.0, sum.1 + own.1);
        sum
    }));
    let count = mass.len();
    let over = |from: usize, to: usize| {
        let (from, to) = (sums[from.min(count)], sums[to.min(count)]);
        (to.0 - from.0, to.1 - from.1)
    };
    for reach in [3, 8, 25] {
        columns.push(|at| mean(over(at.saturating_sub(reach), at)));
        columns.push(|at| mean(over(at + 1, at + 1 + reach)));
    }
    let all = sum.1.max(1);
    columns.push(|at| (sums[at].1 * 1000 / all) as i32);
    columns.push(|at| ((all - sums[at + 1].1) * 1000 / all) as i32);
    columns.push(|at| (mass[at].1 * 1000 / all) as i32);
    // Values that all lines of a page share.
    columns.push(|_| mean(sum));
    columns.push(|_| (all / 100_000).min(30_000) as i32);
}

/// Where the line stands against the best stretches by score, and how much of all they hold.
fn stretches(page: &Page<'_>, chances: &[i32], columns: &mut Columns) {
    let rows = || page.stats.iter().zip(page.lines).zip(chances);
    for least in LEAST {
        let weight = |((stats, line), chance): ((&super::Stats, &super::Line<'_>), &i32)| {
            let chance = match line.ruled {
                Ruled::Removed => 0,
                _ => *chance,
            };
            (chance - least) * (stats.chars.min(CHARS) + 3) / 100
        };
        let stretch = best_stretch(rows().map(weight));
        columns.push(|at| distance(&stretch, at));
        columns.push(|at| {
            let (from, to) = (stretch.start as i32, stretch.end as i32);
            share(at as i32 - from, to - from).clamp(-3000, 4000)
        });
    }
}

/// How far the nearest lines are that are surely content, or surely not.
fn sure(chances: &[i32], columns: &mut Columns) {
    let is = [
        |chance: i32| chance >= SURE[0],
        |chance: i32| chance <= SURE[1],
    ];
    for is in is {
        let (before, after) = super::context::nearest(chances.len(), FAR, |at| is(chances[at]));
        columns.push(|at| before[at]);
        columns.push(|at| after[at]);
    }
}

/// What the other lines score that begin with the same word, that have the same shape, and that
/// have the same text.
fn alike(page: &Page<'_>, mass: &[Mass], columns: &mut Columns) {
    let shape = |at: usize| {
        let s = &page.stats[at];
        let size = 32 - (s.words as u32).leading_zeros();
        let capitals = share(s.capitals, s.words.max(1)) / 250;
        let digits = i32::from(s.digits > 0) + i32::from(s.digits * 2 > s.letters);
        let parts = [s.first, s.close, size as i32, capitals, digits];
        parts
            .iter()
            .fold(0_u64, |key, &part| key * 16 + part as u64)
    };
    let keys: [&dyn Fn(usize) -> u64; 3] = [&|at| page.stats[at].head, &shape, &|at| {
        page.stats[at].folded
    }];
    for (key, counted) in keys.into_iter().zip([false, true, false]) {
        let mut sums: FxHashMap<u64, (Mass, i32)> = FxHashMap::default();
        for (at, own) in mass.iter().enumerate() {
            let (sum, count) = sums.entry(key(at)).or_default();
            *sum = (sum.0 + own.0, sum.1 + own.1);
            *count += 1;
        }
        let rows: Vec<(Mass, i32)> = (0..mass.len())
            .map(|at| sums.get(&key(at)).copied().unwrap_or_default())
            .collect();
        columns.push(|at| {
            let ((chars, sum), own) = (rows[at].0, mass[at]);
            mean((chars - own.0, sum - own.1))
        });
        if counted {
            columns.push(|at| rows[at].1);
        }
    }
}
