//! What a block is by itself: its characters, its kind, its marks, and what the classes around it
//! say.

use super::Table;
use crate::document::{BlockKind, Marks};
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, REACH};
use crate::stages::page::scale::{log, percent};
use crate::stages::page::words::GROUPS;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    own(draft, facts, table);
    marks(draft, facts, table);
}

fn own(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let each = || t.iter();
    table.push_logs("chars", each().map(|t| t.chars));
    table.push_logs("words", each().map(|t| t.words));
    table.push_each("word-length", t, |t| percent(t.letters, t.words * 10));
    table.push_each("letters", t, |t| percent(t.letters, t.chars));
    table.push_each("upper", t, |t| percent(t.upper, t.letters));
    table.push_each("digits", t, |t| percent(t.digits, t.chars));
    table.push_each("unspaced", t, |t| percent(t.unspaced, t.letters));
    table.push_each("punctuation", t, |t| percent(t.punctuation, t.chars));
    table.push_logs("commas", each().map(|t| t.commas));
    table.push_logs("ends", each().map(|t| t.ends));
    table.push_logs("sentence", each().map(|t| t.chars / t.ends.max(1)));
    table.push_logs("lines", each().map(|t| t.lines));
    table.push_logs("bars", each().map(|t| t.bars));
    table.push_each("years", t, |t| t.years);
    table.push_each("link", t, |t| t.link);
    table.push_logs("plain", each().map(|t| t.plain));
    table.push_each("first", t, |t| t.first.into());
    table.push_each("last", t, |t| t.last.into());
    table.push_each("copyright", t, |t| t.copyright.into());
    table.push_each("at-sign", t, |t| t.at_sign.into());
    table.push_each("money", t, |t| t.money.into());
    table.push_each("closed", t, |t| t.closed.into());
    table.push_each("prose", t, |t| t.prose.into());
    table.push_each("titled", t, |t| t.titled.into());
    table.push_logs("copies", each().map(|t| t.copies));
    table.push_each("verdict", t, |t| t.verdict);
    // The first six families go with a text, the others are boilerplate.
    table.push_each("evidence-text", t, |t| {
        (t.evidence & 0x3f).count_ones() as i32
    });
    table.push_each("evidence-boilerplate", t, |t| {
        (t.evidence >> 6).count_ones() as i32
    });
    table.push_each("family", t, |t| match t.evidence >> 6 {
        0 => 0,
        families => families.trailing_zeros() as i32 + 1,
    });
    let blocks = &draft.document.blocks;
    table.push_each("label", blocks, |block| {
        label(draft.document.text_of(block))
    });
    table.push_each("own-level", blocks, |block| block.level.into());
    table.push_each("lead-tag", blocks, |block| block.inline.tag as i32);
    table.push_each("bold", t, |t| t.bold);
    table.push_each("links", blocks, |block| log(block.inline.links.into()));
    table.push_each("jumps", blocks, |block| {
        percent(block.inline.jumps.into(), block.inline.links.into())
    });
    let kinds: Vec<BlockKind> = blocks.iter().map(|block| block.kind).collect();
    for (name, kind) in KINDS {
        table.push_each(name, &kinds, |own| (*own == kind).into());
    }
}

/// Most bytes of a label ("Read more:") before a text.
const LABEL: usize = 32;

/// Bytes before the colon of a label; 0 without one.
fn label(text: &str) -> i32 {
    let head = text.trim_start().as_bytes();
    let colon = memchr::memchr(b':', head.get(..LABEL).unwrap_or(head));
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
    let marks: Vec<Marks> = blocks.iter().map(|block| block.marks).collect();
    let any = marks
        .iter()
        .fold(Marks::default(), |all, own| all.with(*own));
    for (name, mark) in MARKS {
        match any.has(mark) {
            true => table.push_each(name, &marks, |own| own.has(mark).into()),
            false => table.push_same(name, 0),
        }
    }
    let near: Vec<[u8; GROUPS.len()]> = facts
        .element
        .iter()
        .zip(&facts.lead)
        .map(near(facts))
        .collect();
    let mut any = [0; GROUPS.len()];
    for near in &near {
        for (any, near) in any.iter_mut().zip(near) {
            *any |= near;
        }
    }
    for (group, (name, _)) in GROUPS.iter().enumerate() {
        match any[group] {
            0 => table.push_same(name, 0),
            _ => table.push_each(name, &near, |near| near[group].into()),
        }
    }
}

/// How near each group of terms is to a block, by its element and what its own start names.
fn near(facts: &Facts) -> impl Fn((&u32, &u64)) -> [u8; GROUPS.len()] + '_ {
    |(&element, &lead)| {
        let (mut near, mut lead) = (facts.near[element as usize], lead);
        while lead != 0 {
            near[lead.trailing_zeros() as usize] = REACH + 1;
            lead &= lead - 1;
        }
        near
    }
}
