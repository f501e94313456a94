//! The blocks before and behind a block.

use super::Table;
use crate::model::saturate;
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, Text};
use crate::stages::page::scale::{logs, percent};
use crate::sums::PrefixSums;

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

/// Most blocks of a window to each side.
const REACH: usize = 9;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let of =
        |value: fn(&Text) -> i32| -> Vec<i16> { t.iter().map(|t| saturate(value(t))).collect() };
    let logs_of = |value: fn(&Text) -> i32| {
        let values: Vec<i32> = t.iter().map(value).collect();
        let mut logs_of = vec![0; values.len()];
        logs(&values, &mut logs_of);
        logs_of
    };
    let own = [
        logs_of(|t| t.chars),
        of(|t| t.link),
        logs_of(|t| t.ends),
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
    let both = t.iter().map(|text| (text.chars, text.plain));
    let sums = PrefixSums::<_, REACH>::new(both, |a, b| (a.0 + b.0, a.1 + b.1));
    for (names, reach) in [(["w3-link", "w3-plain"], 3), (["w9-link", "w9-plain"], 9)] {
        let window = sums.around(-reach, reach + 1);
        let window = window.map(|(from, to)| (to.0 - from.0, to.1 - from.1));
        table.push_all(
            names[0],
            window
                .clone()
                .map(|(chars, plain)| 100 - percent(plain, chars)),
        );
        table.push_logs(names[1], window.map(|(_, plain)| plain));
    }
}

/// How alike the elements of each block and the one `off` blocks behind are; -1 where there is none.
fn alike(facts: &Facts, off: usize) -> Vec<i16> {
    let behind = facts.element.iter().skip(off);
    let around = facts.around[1].iter().zip(facts.around[1].iter().skip(off));
    let pairs = facts.element.iter().zip(behind).zip(around);
    let look = |element: u32| facts.inside[element as usize].look;
    let like = pairs.map(|((&a, &b), (of_a, of_b))| match () {
        () if a == b => 3,
        () if look(a) == look(b) => 2,
        () if of_a == of_b => 1,
        () => 0,
    });
    let mut like: Vec<i16> = like.collect();
    like.resize(facts.element.len(), -1);
    like
}
