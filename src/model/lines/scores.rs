//! The features of the second ensemble: the first one's scores around a line.

use super::{Line, Ruled, Sums, best_stretch, distance, share};
use crate::model::Columns;

/// Log-odds, in thousandths, at which a score is cut off.
const SURE: i32 = 6000;
/// The score of a line that the rules removed or kept.
const REMOVED: i32 = -2500;
/// Longest line, in characters, that weighs more for being longer.
const WEIGHTY: i32 = 400;

/// Adds the columns of the second ensemble.
pub(super) fn push(lines: &[Line<'_>], first: &[i32], columns: &mut Columns) {
    let score = |(line, &score): (&Line<'_>, &i32)| match line.ruled {
        Ruled::Open => score.clamp(-SURE, SURE),
        Ruled::Removed => REMOVED,
        Ruled::Kept => SURE,
    };
    let scores: Vec<i32> = lines.iter().zip(first).map(score).collect();
    // The first column is the number of characters.
    let chars: Vec<i32> = (0..lines.len())
        .map(|at| columns.get(0, at).into())
        .collect();
    let weight = |at: usize| chars[at].min(WEIGHTY) + 10;
    near(&scores, columns);
    windows(&scores, &weight, columns);
    stretches(&scores, &weight, columns);
}

/// The scores of the neighbours.
fn near(scores: &[i32], columns: &mut Columns) {
    for by in -3..=3_isize {
        columns.push(|at| {
            let other = at.checked_add_signed(by).and_then(|at| scores.get(at));
            other.copied().unwrap_or(-SURE)
        });
    }
}

/// Means over windows, weighed by length and plain.
fn windows(scores: &[i32], weight: &dyn Fn(usize) -> i32, columns: &mut Columns) {
    let all = 0..scores.len();
    let plain = Sums::new(scores.iter().map(|score| score / 4));
    let weighed = Sums::new(all.clone().map(|at| scores[at] / 100 * weight(at)));
    let weights = Sums::new(all.map(weight));
    let mean = |from: usize, to: usize| {
        let sum = i64::from(weighed.over(from, to)) * 100;
        sum.checked_div(weights.over(from, to).into())
            .map_or(-SURE, |mean| mean as i32)
    };
    let flat = |from: usize, to: usize| {
        let lines = to.min(scores.len()).saturating_sub(from) as i32;
        (plain.over(from, to) * 4)
            .checked_div(lines)
            .unwrap_or(-SURE)
    };
    for count in [3, 8, 20] {
        columns.push(|at| mean(at.saturating_sub(count), at));
        columns.push(|at| mean(at + 1, at + 1 + count));
        columns.push(|at| flat(at.saturating_sub(count), at));
        columns.push(|at| flat(at + 1, at + 1 + count));
    }
    for count in [6, 15] {
        columns.push(|at| greatest(scores, at.saturating_sub(count), at));
        columns.push(|at| greatest(scores, at + 1, at + 1 + count));
    }
}

fn greatest(scores: &[i32], from: usize, to: usize) -> i32 {
    let range = scores.get(from..to.min(scores.len())).unwrap_or(&[]);
    range.iter().copied().max().unwrap_or(-SURE)
}

/// Where the line stands against the best stretches of the page by score.
fn stretches(scores: &[i32], weight: &dyn Fn(usize) -> i32, columns: &mut Columns) {
    let good = Sums::new((0..scores.len()).map(|at| if scores[at] > 0 { weight(at) } else { 0 }));
    // The higher the offset, the less a doubtful line costs the stretch.
    for offset in [-1000, 500, 2000] {
        let weighed = |at: usize| (scores[at] + offset).clamp(-3000, 3000) / 10 * (weight(at) + 20);
        let stretch = best_stretch((0..scores.len()).map(weighed));
        let (from, to) = (stretch.start, stretch.end);
        columns.push(|at| distance(&stretch, at));
        columns.push(|at| share((at as i32) - from as i32, (to - from) as i32).clamp(-500, 1500));
    }
    columns.push(|at| share(good.over(0, at), good.all()));
}
