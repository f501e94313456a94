//! The features of the second level: what the first one says about the blocks around.

use rustc_hash::FxHashMap;

use super::facts::Facts;
use super::features::{Table, below};
use super::scale::{log, percent};
use crate::document::{Block, BlockKind};
use crate::model::saturate;
use crate::stages::draft::Draft;
use crate::sums::PrefixSums;

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
    let blocks = facts.texts.iter().zip(chances);
    let mass = blocks.map(|(text, chance)| {
        let weight = i64::from(text.chars) + 3;
        (weight, weight * i64::from(*chance))
    });
    let mass: Vec<Sums> = mass.collect();
    table.push_each("s", scores, |score| score / 4);
    around(scores, &mass, table);
    elements(facts, &mass, table);
    alike(draft, facts, &mass, table);
    sections(draft, facts, scores, &mass, table);
    page(chances, &mass, table);
    container(facts, chances, table);
    let shared = facts.words.shared(|at| chances[at] >= 500);
    table.push_each("topic-kept", &shared, |shared| *shared);
}

/// Mean chance in thousandths; -1 of nothing.
#[inline]
fn mean(sums: Sums) -> i32 {
    match sums.0 {
        0 => -1,
        chars => (sums.1 / chars) as i32,
    }
}

#[inline]
fn without(all: Sums, own: Sums) -> Sums {
    (all.0 - own.0, all.1 - own.1)
}

#[inline]
fn with(all: Sums, own: Sums) -> Sums {
    (all.0 + own.0, all.1 + own.1)
}

/// Most blocks to one side whose mean is a feature.
const REACH: usize = 20;

fn around(scores: &[i32], mass: &[Sums], table: &mut Table) {
    let names = [
        "s-b4", "s-b3", "s-b2", "s-b1", "s-a1", "s-a2", "s-a3", "s-a4",
    ];
    let own: Vec<i16> = scores.iter().map(|score| saturate(score / 4)).collect();
    for (name, off) in names.into_iter().zip([-4isize, -3, -2, -1, 1, 2, 3, 4]) {
        table.push_shifted(name, &own, off, -3000);
    }
    let sums = PrefixSums::<Sums, REACH>::new(mass.iter().copied(), with);
    let between = |from: isize, to: isize| {
        let both = sums.around(from, to);
        both.map(|(from, to)| mean(without(*to, *from)))
    };
    for (names, reach) in [(["m-b8", "m-a8"], 8), (["m-b20", "m-a20"], 20)] {
        table.push_all(names[0], between(-reach, 0));
        table.push_all(names[1], between(1, 1 + reach));
    }
    let all = sums.before(mass.len()).1.max(1);
    let before = sums.upto(0).map(|sum| (sum.1 * 100 / all) as i32);
    table.push_all("kept-before", before);
    let after = sums.upto(1).map(|sum| ((all - sum.1) * 100 / all) as i32);
    table.push_all("kept-after", after);
}

fn elements(facts: &Facts, mass: &[Sums], table: &mut Table) {
    let mut sums = vec![(0, 0); facts.inside.len()];
    for (element, own) in facts.element.iter().zip(mass) {
        let sum = &mut sums[*element as usize];
        *sum = with(*sum, *own);
    }
    for (at, parent) in facts.parent.iter().enumerate().skip(1).rev() {
        let child: Sums = sums[at];
        let around = &mut sums[*parent as usize];
        *around = with(*around, child);
    }
    let of =
        |elements: &'_ [u32]| -> Vec<Sums> { elements.iter().map(|e| sums[*e as usize]).collect() };
    let names = ["m-e0", "m-e1", "m-e2", "m-e3", "", "m-e5"];
    for (name, around) in names.into_iter().zip(&facts.around) {
        if !name.is_empty() {
            let blocks = around.iter().zip(mass);
            let mean = blocks.map(|(e, own)| mean(without(sums[*e as usize], *own)));
            table.push_all(name, mean);
        }
    }
    let repeat = of(&facts.each);
    let others = repeat.iter().zip(mass);
    table.push_all(
        "m-repeat",
        others.map(|(all, own)| mean(without(*all, *own))),
    );
    let among = facts
        .each
        .iter()
        .map(|e| sums[facts.parent[*e as usize] as usize]);
    let others = among.zip(&repeat);
    table.push_all("m-among", others.map(|(all, own)| mean(without(all, *own))));
    let all = sums.first().map_or(0, |sum| sum.1).max(1);
    table.push_each("part-of-kept", &facts.around[1], |e| {
        (sums[*e as usize].1 * 100 / all) as i32
    });
}

/// Blocks that look alike: same element, same element around it, same kind.
fn alike(draft: &Draft<'_, '_>, facts: &Facts, mass: &[Sums], table: &mut Table) {
    let look = |e: u32| u64::from(facts.inside[e as usize].look);
    let elements = facts.element.iter().zip(&facts.around[1]);
    let keys = elements
        .zip(&draft.document.blocks)
        .map(|((own, around), block)| {
            let looks = look(*own) << 32 | look(*around);
            (looks, block.kind as u8)
        });
    let mut places: FxHashMap<(u64, u8), u32> = FxHashMap::default();
    places.reserve(mass.len());
    let mut sums: Vec<(Sums, i32)> = Vec::new();
    let mut before = None;
    let mut place = 0;
    let mut of = Vec::with_capacity(mass.len());
    for (key, own) in keys.zip(mass) {
        // Mostly the block before looks the same.
        if before != Some(key) {
            before = Some(key);
            place = *places.entry(key).or_insert(sums.len() as u32);
            if place as usize == sums.len() {
                sums.push(((0, 0), 0));
            }
        }
        let (sum, count) = &mut sums[place as usize];
        *sum = with(*sum, *own);
        *count += 1;
        of.push(place);
    }
    let others = of.iter().zip(mass);
    table.push_all(
        "m-alike",
        others.map(|(place, own)| mean(without(sums[*place as usize].0, *own))),
    );
    table.push_logs("alike", of.iter().map(|place| sums[*place as usize].1));
}

fn sections(
    draft: &Draft<'_, '_>,
    facts: &Facts,
    scores: &[i32],
    mass: &[Sums],
    table: &mut Table,
) {
    let blocks = || draft.document.blocks.iter().zip(&facts.head);
    let is_head = |block: &Block| block.kind == BlockKind::Heading;
    let mut below: Vec<Sums> = vec![(0, 0); mass.len() + 1];
    for ((block, head), own) in blocks().zip(mass) {
        if !is_head(block) {
            let sum = &mut below[*head as usize];
            *sum = with(*sum, *own);
        }
    }
    let own = blocks().zip(mass).zip(1..);
    table.push_all(
        "m-section",
        own.map(|(((block, head), own), next)| match is_head(block) {
            true => mean(below[next]),
            false => mean(without(below[*head as usize], *own)),
        }),
    );
    table.push_each("s-head", &facts.head, |head| match head {
        0 => -3000,
        head => scores[*head as usize - 1] / 4,
    });
}

fn page(chances: &[i32], mass: &[Sums], table: &mut Table) {
    let is_likely = |chance: &i32| *chance >= 500;
    let first = chances.iter().position(is_likely).map_or(-1, |i| i as i32);
    let last = chances.iter().rposition(is_likely).map_or(-1, |i| i as i32);
    let rows = || 0..mass.len() as i32;
    table.push_logs("kept-first", rows().map(|i| i - first));
    table.push_logs("kept-last", rows().map(|i| i - last));
    let (mut all, mut kept, mut unsure, mut count) = ((0, 0), 0, 0, 0);
    for (chance, own) in chances.iter().zip(mass) {
        all = with(all, *own);
        kept += if is_likely(chance) { own.0 } else { 0 };
        unsure += if (200..800).contains(chance) {
            own.0
        } else {
            0
        };
        count += i32::from(is_likely(chance));
    }
    let inner = mass.get(first.max(0) as usize..(last + 1) as usize);
    let inner: i64 = inner.unwrap_or_default().iter().map(|own| own.0).sum();
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
    let blocks = facts.texts.iter().zip(chances);
    let main = facts.container(88, blocks.map(|(text, chance)| text.chars * chance / 1000));
    let shared = &main.shared;
    table.push_each("kept-in", shared, |shared| (*shared == main.depth).into());
    table.push_each("kept-near", shared, |shared| main.depth - shared);
    table.push_all("kept-below", below(facts, &main));
}
