//! Where a block stands to the element that seems to hold the main content: by prose, by text that
//! is no link, and by what the page itself says.

use super::Table;
use crate::document::Marks;
use crate::stages::page::facts::{Container, Facts, log, percent};

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
    let t = &facts.texts;
    let open = |i: usize| t[i].verdict != 1;
    let prose = |i: usize| if t[i].prose && open(i) { t[i].plain } else { 0 };
    let tight = facts.container(80, prose);
    let wide = facts.container(94, |i| {
        if open(i) {
            t[i].plain * (100 - t[i].link) / 100
        } else {
            0
        }
    });
    let said = said(facts);
    for (names, container) in MAINS.iter().zip([&tight, &wide, &said]) {
        place(facts, table, names, container);
    }
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
    let of = facts
        .element
        .iter()
        .map(|&e| (main.shared[e], facts.depth[e]));
    let of: Vec<(i32, i32)> = of.collect();
    table.push_each(names[0], &of, |(shared, _)| (*shared == main.depth).into());
    table.push(names[1], |i| {
        let i = i as i32;
        log(if i < main.first {
            i - main.first
        } else {
            (i - main.last).max(0)
        })
    });
    table.push_each(names[2], &of, |(shared, _)| main.depth - shared);
    table.push_same(names[3], percent(main.prose, facts.prose));
    table.push_same(names[4], percent(main.chars, facts.chars));
    table.push_each(names[5], &of, |(shared, depth)| depth - shared);
    table.push_same(names[6], {
        percent(facts.inside[main.element].plain, main.chars)
    });
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
    let (first, last) = (first as i32, last as i32);
    table.push("stretch", |i| {
        let i = i as i32;
        log(if i < first {
            i - first
        } else {
            (i - last).max(0)
        })
    });
}
