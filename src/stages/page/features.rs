//! The features of the first level: the block itself and where it stands.

use super::facts::{Container, Facts, Inside, REACH, Text, log, percent};
use super::hints;
use super::words::GROUPS;
use crate::document::{BlockKind, Marks};
use crate::model::Columns;
use crate::stages::draft::Draft;

/// A table of features that knows their names.
#[derive(Debug)]
pub struct Table {
    /// The values.
    pub columns: Columns,
    /// A name per column.
    pub names: Vec<&'static str>,
}

impl Table {
    /// An empty table for `rows` blocks.
    pub fn new(rows: usize) -> Self {
        Self {
            columns: Columns::new(rows, 320),
            names: Vec::with_capacity(320),
        }
    }

    /// Adds a feature.
    pub fn push(&mut self, name: &'static str, value: impl FnMut(usize) -> i32) {
        self.names.push(name);
        self.columns.push(value);
    }

    /// Adds a feature of the page: the same for all blocks.
    pub fn push_same(&mut self, name: &'static str, value: i32) {
        self.names.push(name);
        self.columns.push_same(value);
    }
}

/// Fills the table.
pub fn first_level(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    own(draft, facts, table);
    marks(draft, facts, table);
    elements(facts, table);
    containers(facts, table);
    position(draft, facts, table);
    sections(draft, facts, table);
    neighbours(draft, facts, table);
    page(draft, facts, table);
    hints::push(draft, facts, table);
}

fn own(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    table.push("chars", |i| log(t[i].chars));
    table.push("words", |i| log(t[i].words));
    table.push("word-length", |i| percent(t[i].letters, t[i].words * 10));
    table.push("letters", |i| percent(t[i].letters, t[i].chars));
    table.push("upper", |i| percent(t[i].upper, t[i].letters));
    table.push("digits", |i| percent(t[i].digits, t[i].chars));
    table.push("unspaced", |i| percent(t[i].unspaced, t[i].letters));
    table.push("punctuation", |i| percent(t[i].punctuation, t[i].chars));
    table.push("commas", |i| log(t[i].commas));
    table.push("ends", |i| log(t[i].ends));
    table.push("sentence", |i| log(t[i].chars / t[i].ends.max(1)));
    table.push("lines", |i| log(t[i].lines));
    table.push("bars", |i| log(t[i].bars));
    table.push("years", |i| t[i].years);
    table.push("link", |i| t[i].link);
    table.push("plain", |i| log(t[i].plain));
    table.push("first", |i| t[i].first.into());
    table.push("last", |i| t[i].last.into());
    table.push("copyright", |i| t[i].copyright.into());
    table.push("at-sign", |i| t[i].at_sign.into());
    table.push("money", |i| t[i].money.into());
    table.push("closed", |i| t[i].closed.into());
    table.push("prose", |i| t[i].prose.into());
    table.push("titled", |i| t[i].titled.into());
    table.push("copies", |i| log(t[i].copies));
    table.push("verdict", |i| t[i].verdict);
    // The first six families go with a text, the others are boilerplate.
    table.push("evidence-text", |i| {
        (t[i].evidence & 0x3f).count_ones() as i32
    });
    table.push("evidence-boilerplate", |i| {
        (t[i].evidence >> 6).count_ones() as i32
    });
    table.push("family", |i| match t[i].evidence >> 6 {
        0 => 0,
        families => families.trailing_zeros() as i32 + 1,
    });
    table.push("label", |i| label(draft.text(i)));
    let blocks = &draft.document.blocks;
    table.push("own-level", |i| blocks[i].level.into());
    table.push("lead-tag", |i| blocks[i].inline.tag as i32);
    table.push("bold", |i| t[i].bold);
    table.push("links", |i| log(blocks[i].inline.links.into()));
    table.push("jumps", |i| {
        percent(blocks[i].inline.jumps.into(), blocks[i].inline.links.into())
    });
    for (name, kind) in KINDS {
        table.push(name, |i| (blocks[i].kind == kind).into());
    }
}

/// Most bytes of a label ("Read more:") before a text.
const LABEL: usize = 32;

/// Bytes before the colon of a label; 0 without one.
fn label(text: &str) -> i32 {
    let head = text.trim_start().as_bytes();
    let colon = head.iter().take(LABEL).position(|byte| *byte == b':');
    let is_address = |at: usize| head.get(at + 1) == Some(&b'/');
    colon
        .filter(|&at| !is_address(at))
        .map_or(0, |at| at as i32)
}

const KINDS: [(&str, BlockKind); 7] = [
    ("is-paragraph", BlockKind::Paragraph),
    ("is-heading", BlockKind::Heading),
    ("is-item", BlockKind::ListItem),
    ("is-row", BlockKind::TableRow),
    ("is-quote", BlockKind::Quote),
    ("is-code", BlockKind::Code),
    ("is-caption", BlockKind::Caption),
];

const MARKS: [(&str, Marks); 17] = [
    ("in-hidden", Marks::HIDDEN),
    ("in-nav", Marks::NAV),
    ("in-aside", Marks::ASIDE),
    ("in-header", Marks::HEADER),
    ("in-footer", Marks::FOOTER),
    ("in-main", Marks::MAIN),
    ("in-article", Marks::ARTICLE),
    ("in-form", Marks::FORM),
    ("in-figure", Marks::FIGURE),
    ("in-control", Marks::CONTROL),
    ("in-dialog", Marks::DIALOG),
    ("in-noscript", Marks::NOSCRIPT),
    ("in-table", Marks::TABLE),
    ("in-list", Marks::LIST),
    ("in-blockquote", Marks::QUOTE),
    ("in-body-item", Marks::BODY_ITEM),
    ("in-embed", Marks::EMBED),
];

fn marks(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let blocks = &draft.document.blocks;
    for (name, mark) in MARKS {
        table.push(name, |i| blocks[i].marks.has(mark).into());
    }
    for (group, (name, _)) in GROUPS.iter().enumerate() {
        table.push(name, |i| match facts.lead[i] >> group & 1 {
            0 => facts.near[facts.element[i]][group].into(),
            _ => i32::from(REACH) + 1,
        });
    }
}

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

fn elements(facts: &Facts, table: &mut Table) {
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
    // The largest part of the page around the block that is less than half of it.
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
    // The most repeated element on the way up: posts, cards, comments.
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

fn containers(facts: &Facts, table: &mut Table) {
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
    table.push("tight-start", |i| log(i as i32 - tight.first));
    table.push("tight-end", |i| log(tight.last - i as i32));
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
    let e = |i: usize| facts.element[i];
    table.push(names[0], |i| (main.shared[e(i)] == main.depth).into());
    table.push(names[1], |i| {
        let i = i as i32;
        log(if i < main.first {
            i - main.first
        } else {
            (i - main.last).max(0)
        })
    });
    table.push(names[2], |i| main.depth - main.shared[e(i)]);
    table.push_same(names[3], percent(main.prose, facts.prose));
    table.push_same(names[4], percent(main.chars, facts.chars));
    table.push(names[5], |i| facts.depth[e(i)] - main.shared[e(i)]);
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

fn position(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let n = t.len() as i32;
    let mut before = Vec::with_capacity(t.len());
    let mut sums = (0, 0);
    for text in t {
        before.push(sums);
        sums.0 += text.chars;
        sums.1 += if text.prose { text.plain } else { 0 };
    }
    let bytes = draft.document.text.len() as i32;
    let blocks = &draft.document.blocks;
    let start = |i: usize| draft.document.extent(&blocks[i]).start as i32;
    table.push("index", |i| log(i as i32));
    table.push("from-end", |i| log(n - i as i32));
    table.push("index-share", |i| percent(i as i32, n));
    table.push("byte-share", |i| percent(start(i), bytes));
    table.push("chars-before", |i| percent(before[i].0, facts.chars));
    table.push("prose-before", |i| percent(before[i].1, facts.prose));
    let prose = |i: &usize| t[*i].prose && t[*i].link < 50 && t[*i].verdict != 1;
    let first = (0..t.len()).find(prose).map_or(-1, |i| i as i32);
    let last = (0..t.len()).rev().find(prose).map_or(-1, |i| i as i32);
    table.push("first-prose", |i| log(i as i32 - first));
    table.push("last-prose", |i| log(i as i32 - last));
    let h1 = blocks
        .iter()
        .position(|block| block.kind == BlockKind::Heading && block.level == 1);
    let h1 = h1.map_or(-1, |i| i as i32);
    table.push("off-h1", |i| if h1 < 0 { -99 } else { log(i as i32 - h1) });
    let title = super::super::title::named(draft).map_or(-1, |i| i as i32);
    table.push("off-title", |i| {
        if title < 0 {
            -99
        } else {
            log(i as i32 - title)
        }
    });
    let gaps: Vec<i32> = (0..t.len())
        .map(|i| match i {
            0 => 0,
            _ => start(i) - draft.document.extent(&blocks[i - 1]).end as i32,
        })
        .collect();
    table.push("markup-before", |i| log(gaps[i]));
    table.push("markup-after", |i| {
        gaps.get(i + 1).map_or(0, |gap| log(*gap))
    });
}

/// What stands below each heading.
fn sections(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let blocks = &draft.document.blocks;
    let mut head = Vec::with_capacity(t.len());
    let mut last: Option<usize> = None;
    for (at, block) in blocks.iter().enumerate() {
        head.push(last);
        if block.kind == BlockKind::Heading {
            last = Some(at);
        }
    }
    // Of each section: characters, prose, plain text, blocks; by its heading's place plus one.
    let mut sums = vec![(0, 0, 0, 0); t.len() + 1];
    for (at, text) in t.iter().enumerate() {
        if blocks[at].kind != BlockKind::Heading {
            let sum = &mut sums[head[at].map_or(0, |head| head + 1)];
            sum.0 += text.chars;
            sum.1 += if text.prose { text.plain } else { 0 };
            sum.2 += text.plain;
            sum.3 += 1;
        }
    }
    let section = |i: usize| match blocks[i].kind {
        BlockKind::Heading => sums[i + 1],
        _ => sums[head[i].map_or(0, |head| head + 1)],
    };
    table.push("section-chars", |i| log(section(i).0));
    table.push("section-prose", |i| percent(section(i).1, section(i).0));
    table.push("section-plain", |i| percent(section(i).2, section(i).0));
    table.push("section-blocks", |i| log(section(i).3));
    let of = |i: usize| head[i].map(|head| (&t[head], &blocks[head], head));
    table.push("head-level", |i| {
        of(i).map_or(0, |(_, block, _)| block.level.into())
    });
    table.push("head-off", |i| {
        of(i).map_or(-1, |(.., head)| log((i - head) as i32))
    });
    table.push("head-chars", |i| {
        of(i).map_or(0, |(text, ..)| log(text.chars))
    });
    table.push("head-link", |i| of(i).map_or(-1, |(text, ..)| text.link));
    let spoken = |text: &Text| (text.evidence >> 6).count_ones() as i32 + text.verdict * 8;
    table.push("head-evidence", |i| {
        of(i).map_or(-1, |(text, ..)| spoken(text))
    });
    table.push("head-near", |i| {
        let (a, b) = (
            facts.element[i],
            of(i).map_or(0, |(.., head)| facts.element[head]),
        );
        (facts.inside[a].parent == facts.inside[b].parent).into()
    });
}

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

fn neighbours(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
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

fn page(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let blocks = &draft.document.blocks;
    let n = blocks.len() as i32;
    let count =
        |test: &dyn Fn(usize) -> bool| (0..blocks.len()).filter(|&i| test(i)).count() as i32;
    let kind = |kind: BlockKind| count(&|i| blocks[i].kind == kind);
    let all = &facts.inside[0];
    let elements = |mark: Marks| facts.inside.iter().filter(|e| e.marks.has(mark)).count() as i32;
    let plain = percent(all.plain, all.chars);
    let most = facts
        .inside
        .iter()
        .map(|e| e.same * e.prose.min(1000) / 1000)
        .max();
    let values = [
        ("page-blocks", log(n)),
        ("page-chars", log(facts.chars)),
        ("page-prose", log(facts.prose)),
        ("page-prose-share", percent(facts.prose, facts.chars)),
        ("page-plain", plain),
        ("page-headings", percent(all.headings, n)),
        ("page-items", percent(kind(BlockKind::ListItem), n)),
        ("page-rows", percent(kind(BlockKind::TableRow), n)),
        ("page-code", log(kind(BlockKind::Code))),
        ("page-articles", log(elements(Marks::ARTICLE))),
        ("page-main", elements(Marks::MAIN).min(2)),
        ("page-body-items", log(elements(Marks::BODY_ITEM))),
        ("page-forms", log(elements(Marks::FORM))),
        ("page-money", percent(count(&|i| facts.texts[i].money), n)),
        (
            "page-text",
            percent(facts.chars, draft.document.text.len() as i32 / 10),
        ),
        ("page-repeat", log(most.unwrap_or(0))),
        (
            "page-paragraphs",
            percent(count(&|i| facts.texts[i].prose), n),
        ),
    ];
    for (name, value) in values {
        table.push_same(name, value);
    }
}
