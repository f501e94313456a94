//! What stands below each heading.

use super::Table;
use crate::document::BlockKind;
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, Text, log, percent};

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
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
