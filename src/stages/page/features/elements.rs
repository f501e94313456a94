//! The elements around a block, from the inside out, the largest part of the page that holds it,
//! and the element that repeats: posts, cards, comments.

use super::Table;
use crate::stages::page::facts::{Facts, Inside, log, percent};

/// Names of the features of the elements around a block, from the inside out.
const AROUND: [[&str; 8]; 4] = [
    [
        "e0-tag",
        "e0-chars",
        "e0-prose",
        "e0-plain",
        "e0-blocks",
        "e0-index",
        "e0-share",
        "e0-same",
    ],
    [
        "e1-tag",
        "e1-chars",
        "e1-prose",
        "e1-plain",
        "e1-blocks",
        "e1-index",
        "e1-share",
        "e1-same",
    ],
    [
        "e2-tag",
        "e2-chars",
        "e2-prose",
        "e2-plain",
        "e2-blocks",
        "e2-index",
        "e2-share",
        "e2-same",
    ],
    [
        "e4-tag",
        "e4-chars",
        "e4-prose",
        "e4-plain",
        "e4-blocks",
        "e4-index",
        "e4-share",
        "e4-same",
    ],
];

/// Adds the features.
pub fn push(facts: &Facts, table: &mut Table) {
    table.push("depth", |i| facts.depth[facts.element[i]]);
    for (names, up) in AROUND.iter().zip([0, 1, 2, 4]) {
        let around: Vec<usize> = (0..facts.texts.len())
            .map(|i| facts.ancestor(i, up))
            .collect();
        describe(facts, table, names, &around);
    }
    for (names, up) in [
        (["e0-images", "e0-controls", "e0-embeds"], 0),
        (["e1-images", "e1-controls", "e1-embeds"], 1),
        (["e3-images", "e3-controls", "e3-embeds"], 3),
    ] {
        let e = |i: usize| &facts.inside[facts.ancestor(i, up)];
        table.push(names[0], |i| log(e(i).images));
        table.push(names[1], |i| log(e(i).controls));
        table.push(names[2], |i| e(i).embeds.min(3));
    }
    part(facts, table);
    repeats(facts, table);
}

/// The largest part of the page around the block that is less than half of it.
fn part(facts: &Facts, table: &mut Table) {
    let mut part = vec![0; facts.inside.len()];
    for at in 1..part.len() {
        let inside = &facts.inside[at];
        let around = part[inside.parent];
        let small = inside.chars * 2 < facts.chars;
        part[at] = if around == 0 && small { at } else { around };
    }
    let names = [
        "part-tag",
        "part-chars",
        "part-prose",
        "part-plain",
        "part-blocks",
        "part-index",
        "part-share",
        "part-same",
    ];
    let parts: Vec<usize> = facts.element.iter().map(|&e| part[e]).collect();
    describe(facts, table, &names, &parts);
    table.push("part-images", |i| log(facts.inside[parts[i]].images));
    table.push("part-controls", |i| log(facts.inside[parts[i]].controls));
    table.push("part-depth", |i| facts.depth[parts[i]]);
}

/// The most repeated element on the way up: posts, cards, comments.
fn repeats(facts: &Facts, table: &mut Table) {
    let repeat = |i: usize| facts.inside[facts.element[i]].repeat;
    table.push("repeat", |i| log(repeat(i).0));
    table.push("repeat-up", |i| repeat(i).1);
    let each = |i: usize| &facts.inside[repeat(i).2];
    table.push("repeat-chars", |i| log(each(i).chars));
    table.push("repeat-plain", |i| percent(each(i).plain, each(i).chars));
    table.push("repeat-prose", |i| percent(each(i).prose, each(i).chars));
    table.push("repeat-blocks", |i| log(each(i).blocks));
    table.push("repeat-turn", |i| log(each(i).turn));
    table.push("repeat-at", |i| log(i as i32 - each(i).first));
    table.push("repeat-images", |i| log(each(i).images));
    table.push("repeat-controls", |i| log(each(i).controls));
    let most = facts.inside.iter().map(|e| group_mass(facts, e)).max();
    table.push("repeat-top", |i| {
        percent(group_mass(facts, each(i)), most.unwrap_or(0))
    });
    let around = |i: usize| &facts.inside[each(i).parent];
    table.push("repeat-all", |i| percent(around(i).chars, facts.chars));
    table.push("repeat-all-prose", |i| {
        percent(around(i).prose, facts.prose)
    });
}

/// Plain text in the elements that look like `each` and stand side by side with it.
fn group_mass(facts: &Facts, each: &Inside) -> i32 {
    match each.same {
        0..=2 => 0,
        _ => facts.inside[each.parent].plain,
    }
}

fn describe(facts: &Facts, table: &mut Table, names: &[&'static str; 8], of: &[usize]) {
    let e = |i: usize| &facts.inside[of[i]];
    table.push(names[0], |i| facts.tag[of[i]]);
    table.push(names[1], |i| log(e(i).chars));
    table.push(names[2], |i| percent(e(i).prose, e(i).chars));
    table.push(names[3], |i| percent(e(i).plain, e(i).chars));
    table.push(names[4], |i| log(e(i).blocks));
    table.push(names[5], |i| log(i as i32 - e(i).first));
    table.push(names[6], |i| percent(e(i).prose, facts.prose));
    table.push(names[7], |i| log(e(i).same));
}
