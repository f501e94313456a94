//! The elements around a block, from the inside out, the largest part of the page that holds it,
//! and the element that repeats: posts, cards, comments.

use super::Table;
use crate::model::saturate;
use crate::stages::page::facts::{Facts, Inside};
use crate::stages::page::scale::{log, percent};

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

/// What the columns tell of an element, made once for all blocks in it.
type Row = [i16; 16];

const TAG: usize = 0;
const CHARS: usize = 1;
const PROSE: usize = 2;
const PLAIN: usize = 3;
const BLOCKS: usize = 4;
/// Where [`AROUND`] has the place of the block in the element, which is no value of the element.
const INDEX: usize = 5;
const SHARE: usize = 6;
const SAME: usize = 7;
const IMAGES: usize = 8;
const CONTROLS: usize = 9;
const EMBEDS: usize = 10;
const TURN: usize = 11;
const TOP: usize = 12;
const ALL: usize = 13;
const ALL_PROSE: usize = 14;
const DEPTH: usize = 15;

/// The rows of all elements.
fn rows(facts: &Facts) -> Vec<Row> {
    let most = masses(facts).max();
    let most = most.unwrap_or(0);
    let none = percent(0, most);
    let row = |(at, e): (usize, &Inside)| {
        let around = &facts.inside[facts.parent[at] as usize];
        let top = match group_mass(e, around) {
            0 => none,
            mass => percent(mass, most),
        };
        let mut row = [0; 16];
        for (place, value) in [
            (TAG, facts.tag[at]),
            (CHARS, log(e.chars)),
            (PROSE, percent(e.prose, e.chars)),
            (PLAIN, percent(e.plain, e.chars)),
            (BLOCKS, log(e.blocks)),
            (SHARE, percent(e.prose, facts.prose)),
            (SAME, log(e.same)),
            (IMAGES, log(e.images)),
            (CONTROLS, log(e.controls)),
            (EMBEDS, e.embeds.min(3)),
            (TURN, log(e.turn)),
            (TOP, top),
            (ALL, percent(around.chars, facts.chars)),
            (ALL_PROSE, percent(around.prose, facts.prose)),
            (DEPTH, facts.depth[at]),
        ] {
            row[place] = saturate(value);
        }
        row
    };
    facts.inside.iter().enumerate().map(row).collect()
}

/// Adds the features.
pub fn push(facts: &Facts, table: &mut Table) {
    let rows = rows(facts);
    let rows = Rows { facts, rows: &rows };
    let of: [Vec<Row>; 5] = std::array::from_fn(|up| rows.of(&facts.around[up]));
    rows.push(table, "depth", &of[0], DEPTH);
    for (names, up) in AROUND.iter().zip([0, 1, 2, 4]) {
        describe(&rows, table, names, &facts.around[up], &of[up]);
    }
    for (names, up) in [
        (["e0-images", "e0-controls", "e0-embeds"], 0),
        (["e1-images", "e1-controls", "e1-embeds"], 1),
        (["e3-images", "e3-controls", "e3-embeds"], 3),
    ] {
        for (name, value) in names.into_iter().zip([IMAGES, CONTROLS, EMBEDS]) {
            rows.push(table, name, &of[up], value);
        }
    }
    part(&rows, table);
    repeats(&rows, table);
}

/// The elements of a page with their rows.
struct Rows<'a> {
    facts: &'a Facts,
    rows: &'a [Row],
}

impl Rows<'_> {
    /// The rows of these elements, one per block.
    fn of(&self, elements: &[u32]) -> Vec<Row> {
        elements.iter().map(|&e| self.rows[e as usize]).collect()
    }

    /// Adds one value of each of `of`.
    fn push(&self, table: &mut Table, name: &'static str, of: &[Row], value: usize) {
        table.push_each(name, of, |row| row[value & 15].into());
    }

    /// How far into its element each block stands.
    fn push_index(&self, table: &mut Table, name: &'static str, elements: &[u32]) {
        let index = |(at, &e): (i32, &u32)| at - self.facts.inside[e as usize].first;
        table.push_logs(name, (0..).zip(elements).map(index));
    }
}

/// The largest part of the page around the block that is less than half of it.
fn part(rows: &Rows<'_>, table: &mut Table) {
    let facts = rows.facts;
    let mut part: Vec<u32> = vec![0; facts.inside.len()];
    for (at, inside) in facts.inside.iter().enumerate().skip(1) {
        let around = part[facts.parent[at] as usize];
        let small = inside.chars * 2 < facts.chars;
        part[at] = if around == 0 && small {
            at as u32
        } else {
            around
        };
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
    let parts: Vec<u32> = facts.element.iter().map(|&e| part[e as usize]).collect();
    let of = rows.of(&parts);
    describe(rows, table, &names, &parts, &of);
    rows.push(table, "part-images", &of, IMAGES);
    rows.push(table, "part-controls", &of, CONTROLS);
    rows.push(table, "part-depth", &of, DEPTH);
}

/// The most repeated element on the way up: posts, cards, comments.
fn repeats(rows: &Rows<'_>, table: &mut Table) {
    let facts = rows.facts;
    let repeat = |e: &u32| facts.inside[*e as usize].repeat;
    table.push_logs("repeat", facts.element.iter().map(|e| repeat(e).0));
    table.push_each("repeat-up", &facts.element, |e| repeat(e).1);
    let of = rows.of(&facts.each);
    rows.push(table, "repeat-chars", &of, CHARS);
    rows.push(table, "repeat-plain", &of, PLAIN);
    rows.push(table, "repeat-prose", &of, PROSE);
    rows.push(table, "repeat-blocks", &of, BLOCKS);
    rows.push(table, "repeat-turn", &of, TURN);
    rows.push_index(table, "repeat-at", &facts.each);
    rows.push(table, "repeat-images", &of, IMAGES);
    rows.push(table, "repeat-controls", &of, CONTROLS);
    rows.push(table, "repeat-top", &of, TOP);
    rows.push(table, "repeat-all", &of, ALL);
    rows.push(table, "repeat-all-prose", &of, ALL_PROSE);
}

/// Plain text in the elements that look like `each` and stand side by side with it, in `around`.
fn group_mass(each: &Inside, around: &Inside) -> i32 {
    match each.same {
        0..=2 => 0,
        _ => around.plain,
    }
}

/// The same of all elements.
fn masses(facts: &Facts) -> impl Iterator<Item = i32> {
    let elements = facts.inside.iter().zip(&facts.parent);
    elements.map(|(each, around)| group_mass(each, &facts.inside[*around as usize]))
}

fn describe(
    rows: &Rows<'_>,
    table: &mut Table,
    names: &[&'static str; 8],
    elements: &[u32],
    of: &[Row],
) {
    for (value, name) in names.iter().enumerate() {
        match value {
            INDEX => rows.push_index(table, name, elements),
            _ => rows.push(table, name, of, value),
        }
    }
}
