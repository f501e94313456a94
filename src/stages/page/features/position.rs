//! Where on the page a block stands.

use super::Table;
use crate::document::BlockKind;
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, log, percent};
use crate::stages::title;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
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
    let title = title::named(draft).map_or(-1, |i| i as i32);
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
