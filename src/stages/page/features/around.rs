//! The blocks before and behind a block.

use super::Table;
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, Text, log, percent};

const NEXT: [[&str; 6]; 4] = [
    [
        "b2-chars",
        "b2-link",
        "b2-ends",
        "b2-kind",
        "b2-evidence",
        "b2-same",
    ],
    [
        "b1-chars",
        "b1-link",
        "b1-ends",
        "b1-kind",
        "b1-evidence",
        "b1-same",
    ],
    [
        "a1-chars",
        "a1-link",
        "a1-ends",
        "a1-kind",
        "a1-evidence",
        "a1-same",
    ],
    [
        "a2-chars",
        "a2-link",
        "a2-ends",
        "a2-kind",
        "a2-evidence",
        "a2-same",
    ],
];

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let blocks = &draft.document.blocks;
    for (names, off) in NEXT.iter().zip([-2isize, -1, 1, 2]) {
        let at = |i: usize| i.checked_add_signed(off).filter(|at| *at < t.len());
        table.push(names[0], |i| at(i).map_or(-1, |at| log(t[at].chars)));
        table.push(names[1], |i| at(i).map_or(-1, |at| t[at].link));
        table.push(names[2], |i| at(i).map_or(-1, |at| log(t[at].ends)));
        table.push(names[3], |i| at(i).map_or(-1, |at| blocks[at].kind as i32));
        table.push(names[4], |i| {
            at(i).map_or(-1, |at| {
                (t[at].evidence >> 6).count_ones() as i32 + t[at].verdict * 8
            })
        });
        table.push(names[5], |i| {
            at(i).map_or(-1, |at| {
                let (a, b) = (facts.element[i], facts.element[at]);
                match () {
                    () if a == b => 3,
                    () if facts.inside[a].look == facts.inside[b].look => 2,
                    () if facts.inside[a].parent == facts.inside[b].parent => 1,
                    () => 0,
                }
            })
        });
    }
    for (names, reach) in [(["w3-link", "w3-plain"], 3), (["w9-link", "w9-plain"], 9)] {
        let sums = window(t, reach);
        table.push(names[0], |i| 100 - percent(sums[i].1, sums[i].0));
        table.push(names[1], |i| log(sums[i].1));
    }
}

/// Characters and plain characters from `reach` blocks before to `reach` behind each block.
fn window(texts: &[Text], reach: usize) -> Vec<(i32, i32)> {
    let mut sums = vec![(0, 0)];
    for text in texts {
        let (chars, plain) = sums[sums.len() - 1];
        sums.push((chars + text.chars, plain + text.plain));
    }
    let of = |i: usize| {
        let (from, to) = (
            sums[i.saturating_sub(reach)],
            sums[(i + reach + 1).min(texts.len())],
        );
        (to.0 - from.0, to.1 - from.1)
    };
    (0..texts.len()).map(of).collect()
}
