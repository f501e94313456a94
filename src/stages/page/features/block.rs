//! What a block is by itself: its characters, its kind, its marks, and what the classes around it
//! say.

use super::Table;
use crate::document::{BlockKind, Marks};
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, REACH, log, percent};
use crate::stages::page::words::GROUPS;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    own(draft, facts, table);
    marks(draft, facts, table);
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
