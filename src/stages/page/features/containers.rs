//! Where a block stands to the element that seems to hold the main content: by prose, by text that
//! is no link, and by what the page itself says.

use super::Table;
use crate::document::Marks;
use crate::stages::page::facts::{Container, Facts};
use crate::stages::page::scale::percent;

const MAINS: [[&str; 7]; 3] = [
    [
        "tight-in",
        "tight-off",
        "tight-near",
        "tight-share",
        "tight-chars",
        "tight-below",
        "tight-plain",
    ],
    [
        "wide-in",
        "wide-off",
        "wide-near",
        "wide-share",
        "wide-chars",
        "wide-below",
        "wide-plain",
    ],
    [
        "said-in",
        "said-off",
        "said-near",
        "said-share",
        "said-chars",
        "said-below",
        "said-plain",
    ],
];

/// Adds the features.
pub fn push(facts: &Facts, table: &mut Table) {
    let open = facts.texts.iter().map(|t| (t, t.verdict != 1));
    let prose = open.clone().map(|(t, open)| match t.prose && open {
        true => t.plain,
        false => 0,
    });
    let plain = open.map(|(t, open)| match open {
        true => t.plain * (100 - t.link) / 100,
        false => 0,
    });
    let tight = facts.container(80, prose);
    let wide = facts.container(94, plain);
    let said = said(facts);
    for (names, container) in MAINS.iter().zip([&tight, &wide, &said]) {
        place(facts, table, names, container);
    }
    let rows = || 0..facts.texts.len() as i32;
    table.push_logs("tight-start", rows().map(|i| i - tight.first));
    table.push_logs("tight-end", rows().map(|i| tight.last - i));
    stretch(facts, table);
}

/// The element that the page itself says is the main one and that holds most prose.
fn said(facts: &Facts) -> Container {
    let says = Marks::MAIN.with(Marks::ARTICLE).with(Marks::BODY_ITEM);
    let mut best = (0, 0);
    for (at, inside) in facts.inside.iter().enumerate() {
        if inside.marks.any(says) && inside.prose >= best.0 {
            best = (inside.prose, at);
        }
    }
    facts.around(best.1)
}

fn place(facts: &Facts, table: &mut Table, names: &[&'static str; 7], main: &Container) {
    let shared = &main.shared;
    table.push_each(names[0], shared, |shared| (*shared == main.depth).into());
    table.push_logs(names[1], off(facts, main.first, main.last));
    table.push_each(names[2], shared, |shared| main.depth - shared);
    table.push_same(names[3], percent(main.prose, facts.prose));
    table.push_same(names[4], percent(main.chars, facts.chars));
    table.push_all(names[5], below(facts, main));
    table.push_same(names[6], {
        percent(facts.inside[main.element].plain, main.chars)
    });
}

/// How far each block is from the blocks from `first` to `last`, negative before them.
fn off(facts: &Facts, first: i32, last: i32) -> impl Iterator<Item = i32> {
    (0..facts.texts.len() as i32).map(move |i| match i < first {
        true => i - first,
        false => (i - last).max(0),
    })
}

/// How far below the element that is around both each block's own is.
pub fn below(facts: &Facts, main: &Container) -> impl Iterator<Item = i32> {
    let depth = facts.element.iter().map(|e| facts.depth[*e as usize]);
    depth
        .zip(&main.shared)
        .map(|(depth, shared)| depth - shared)
}

/// The stretch of blocks with most text and fewest links.
fn stretch(facts: &Facts, table: &mut Table) {
    let (mut best, mut sum, mut from) = ((0, 0, 0), 0, 0);
    for (at, text) in facts.texts.iter().enumerate() {
        if text.verdict == 1 {
            continue;
        }
        sum += text.plain - text.chars * text.link / 100 - 50;
        if sum < 0 {
            (sum, from) = (0, at + 1);
        } else if sum > best.0 {
            best = (sum, from, at);
        }
    }
    let (_, first, last) = best;
    table.push_logs("stretch", off(facts, first as i32, last as i32));
}
