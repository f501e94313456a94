//! The features of the second level: what the first one says about the blocks around.

use rustc_hash::FxHashMap;

use super::facts::{Facts, log, percent};
use super::features::Table;
use crate::document::BlockKind;
use crate::model::saturate;
use crate::stages::draft::Draft;

/// Sums over a set of blocks: characters, and those that the first level keeps.
type Sums = (i64, i64);

/// Adds the features; `scores` and `chances` (thousandths) are those of the first level.
pub fn second_level(
    draft: &Draft<'_, '_>,
    facts: &Facts,
    scores: &[i32],
    chances: &[i32],
    table: &mut Table,
) {
    let weights: Vec<i64> = facts
        .texts
        .iter()
        .map(|text| i64::from(text.chars) + 3)
        .collect();
    let mass: Vec<Sums> = (0..weights.len())
        .map(|i| (weights[i], weights[i] * i64::from(chances[i])))
        .collect();
    table.push("s", |i| scores[i] / 4);
    around(scores, &mass, table);
    elements(facts, &mass, table);
    alike(draft, facts, &mass, table);
    sections(draft, scores, &mass, table);
    page(chances, &mass, table);
    container(facts, chances, table);
    let shared = facts.words.shared(|at| chances[at] >= 500);
    table.push("topic-kept", |i| shared[i]);
}

/// Mean chance in thousandths; -1 of nothing.
fn mean(sums: Sums) -> i32 {
    match sums.0 {
        0 => -1,
        chars => (sums.1 / chars) as i32,
    }
}

fn without(all: Sums, own: Sums) -> Sums {
    (all.0 - own.0, all.1 - own.1)
}

fn around(scores: &[i32], mass: &[Sums], table: &mut Table) {
    let names = [
        "s-b4", "s-b3", "s-b2", "s-b1", "s-a1", "s-a2", "s-a3", "s-a4",
    ];
    let own: Vec<i16> = scores.iter().map(|score| saturate(score / 4)).collect();
    for (name, off) in names.into_iter().zip([-4isize, -3, -2, -1, 1, 2, 3, 4]) {
        table.push_shifted(name, &own, off, -3000);
    }
    let mut sums = vec![(0, 0)];
    for own in mass {
        let last: Sums = sums[sums.len() - 1];
        sums.push((last.0 + own.0, last.1 + own.1));
    }
    let n = mass.len();
    let between = |from: usize, to: usize| without(sums[to.min(n)], sums[from.min(n)]);
    for (names, reach) in [(["m-b8", "m-a8"], 8), (["m-b20", "m-a20"], 20)] {
        table.push(names[0], |i| mean(between(i.saturating_sub(reach), i)));
        table.push(names[1], |i| mean(between(i + 1, i + 1 + reach)));
    }
    let all = sums[n].1.max(1);
    table.push("kept-before", |i| (sums[i].1 * 100 / all) as i32);
    table.push("kept-after", |i| ((all - sums[i + 1].1) * 100 / all) as i32);
}

fn elements(facts: &Facts, mass: &[Sums], table: &mut Table) {
    let mut sums = vec![(0, 0); facts.inside.len()];
    for (at, own) in mass.iter().enumerate() {
        let sum = &mut sums[facts.element[at]];
        *sum = (sum.0 + own.0, sum.1 + own.1);
    }
    for at in (1..sums.len()).rev() {
        let child: Sums = sums[at];
        let around = &mut sums[facts.inside[at].parent];
        *around = (around.0 + child.0, around.1 + child.1);
    }
    let mut around: Vec<usize> = facts.element.clone();
    for (name, further) in [
        ("m-e0", 0),
        ("m-e1", 1),
        ("m-e2", 1),
        ("m-e3", 1),
        ("m-e5", 2),
    ] {
        for element in &mut around {
            for _ in 0..further {
                *element = facts.inside[*element].parent;
            }
        }
        table.push(name, |i| mean(without(sums[around[i]], mass[i])));
    }
    let repeat = |i: usize| facts.inside[facts.element[i]].repeat.2;
    table.push("m-repeat", |i| mean(without(sums[repeat(i)], mass[i])));
    let among = |i: usize| without(sums[facts.inside[repeat(i)].parent], sums[repeat(i)]);
    table.push("m-among", |i| mean(among(i)));
    table.push("part-of-kept", |i| {
        let all = sums[0].1.max(1);
        (sums[facts.ancestor(i, 1)].1 * 100 / all) as i32
    });
}

/// Blocks that look alike: same element, same element around it, same kind.
fn alike(draft: &Draft<'_, '_>, facts: &Facts, mass: &[Sums], table: &mut Table) {
    let key = |i: usize| {
        let own = &facts.inside[facts.element[i]];
        let around = &facts.inside[own.parent];
        let kind = draft.document.blocks[i].kind as u8;
        (own.look, around.look, kind)
    };
    let mut sums: FxHashMap<(u32, u32, u8), (Sums, i32)> = FxHashMap::default();
    for (i, own) in mass.iter().enumerate() {
        let (sum, count) = sums.entry(key(i)).or_default();
        *sum = (sum.0 + own.0, sum.1 + own.1);
        *count += 1;
    }
    let of: Vec<(Sums, i32)> = (0..mass.len())
        .map(|i| sums.get(&key(i)).copied().unwrap_or_default())
        .collect();
    table.push("m-alike", |i| mean(without(of[i].0, mass[i])));
    table.push("alike", |i| log(of[i].1));
}

fn sections(draft: &Draft<'_, '_>, scores: &[i32], mass: &[Sums], table: &mut Table) {
    let blocks = &draft.document.blocks;
    let mut head = None;
    let mut below = vec![(0, 0); mass.len() + 1];
    let mut heads = Vec::with_capacity(mass.len());
    for (at, block) in blocks.iter().enumerate() {
        heads.push(head);
        if block.kind == BlockKind::Heading {
            head = Some(at);
        } else {
            let sum: &mut Sums = &mut below[head.map_or(0, |head| head + 1)];
            *sum = (sum.0 + mass[at].0, sum.1 + mass[at].1);
        }
    }
    table.push("m-section", |i| match blocks[i].kind {
        BlockKind::Heading => mean(below[i + 1]),
        _ => mean(without(below[heads[i].map_or(0, |head| head + 1)], mass[i])),
    });
    table.push("s-head", |i| {
        heads[i].map_or(-3000, |head| scores[head] / 4)
    });
}

fn page(chances: &[i32], mass: &[Sums], table: &mut Table) {
    let all = mass
        .iter()
        .fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    let likely = |i: &usize| chances[*i] >= 500;
    let first = (0..mass.len()).find(likely).map_or(-1, |i| i as i32);
    let last = (0..mass.len()).rev().find(likely).map_or(-1, |i| i as i32);
    table.push("kept-first", |i| log(i as i32 - first));
    table.push("kept-last", |i| log(i as i32 - last));
    let count = (0..mass.len()).filter(likely).count() as i32;
    let unsure: i64 = (0..mass.len())
        .filter(|&i| (200..800).contains(&chances[i]))
        .map(|i| mass[i].0)
        .sum();
    let inner: i64 = (first.max(0)..=last).map(|i| mass[i as usize].0).sum();
    let kept: i64 = (0..mass.len()).filter(likely).map(|i| mass[i].0).sum();
    let values = [
        ("page-mean", mean(all)),
        ("page-mass", log((all.1 / 1000).min(1 << 30) as i32)),
        ("page-kept", log(count)),
        ("page-kept-share", percent(kept as i32, all.0 as i32)),
        ("page-unsure", percent(unsure as i32, all.0 as i32)),
        ("page-dense", percent(kept as i32, inner as i32)),
        ("page-best", chances.iter().copied().max().unwrap_or(0)),
    ];
    for (name, value) in values {
        table.push_same(name, value);
    }
}

/// The element that holds most of what the first level keeps.
fn container(facts: &Facts, chances: &[i32], table: &mut Table) {
    let main = facts.container(88, |i| facts.texts[i].chars * chances[i] / 1000);
    let e = |i: usize| facts.element[i];
    table.push("kept-in", |i| (main.shared[e(i)] == main.depth).into());
    table.push("kept-near", |i| main.depth - main.shared[e(i)]);
    table.push("kept-below", |i| facts.depth[e(i)] - main.shared[e(i)]);
}
