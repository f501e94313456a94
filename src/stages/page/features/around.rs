//! The blocks before and behind a block.

use super::Table;
use crate::model::saturate;
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
    let of =
        |value: fn(&Text) -> i32| -> Vec<i16> { t.iter().map(|t| saturate(value(t))).collect() };
    let own = [
        of(|t| log(t.chars)),
        of(|t| t.link),
        of(|t| log(t.ends)),
        draft
            .document
            .blocks
            .iter()
            .map(|block| block.kind as i16)
            .collect(),
        of(|t| (t.evidence >> 6).count_ones() as i32 + t.verdict * 8),
    ];
    let same = [1, 2].map(|off| alike(facts, off));
    for (names, off) in NEXT.iter().zip([-2isize, -1, 1, 2]) {
        for (name, own) in names.iter().zip(&own) {
            table.push_shifted(name, own, off, -1);
        }
        let same = &same[off.unsigned_abs() - 1];
        table.push_shifted(names[5], same, off.min(0), -1);
    }
    for (names, reach) in [(["w3-link", "w3-plain"], 3), (["w9-link", "w9-plain"], 9)] {
        let sums = window(t, reach);
        table.push(names[0], |i| 100 - percent(sums[i].1, sums[i].0));
        table.push(names[1], |i| log(sums[i].1));
    }
}

/// How alike the elements of each block and the one `off` blocks behind are; -1 where there is none.
fn alike(facts: &Facts, off: usize) -> Vec<i16> {
    let behind = facts.element.iter().skip(off);
    let pairs = facts.element.iter().zip(behind);
    let like = pairs.map(|(&a, &b)| match () {
        () if a == b => 3,
        () if facts.inside[a].look == facts.inside[b].look => 2,
        () if facts.inside[a].parent == facts.inside[b].parent => 1,
        () => 0,
    });
    let mut like: Vec<i16> = like.collect();
    like.resize(facts.element.len(), -1);
    like
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
