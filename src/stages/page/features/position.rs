//! Where on the page a block stands.

use super::Table;
use crate::document::BlockKind;
use crate::stages::draft::Draft;
use crate::stages::page::facts::{Facts, Text};
use crate::stages::page::scale::percent;
use crate::stages::title;

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let n = t.len() as i32;
    let rows = || 0..n;
    let bytes = draft.document.text.len() as i32;
    let blocks = &draft.document.blocks;
    let extents = blocks.iter().map(|block| draft.document.extent(block));
    let extents: Vec<(i32, i32)> = extents
        .map(|extent| (extent.start as i32, extent.end as i32))
        .collect();
    table.push_logs("index", rows());
    table.push_logs("from-end", rows().map(|i| n - i));
    table.push_all("index-share", rows().map(|i| percent(i, n)));
    table.push_each("byte-share", &extents, |(start, _)| percent(*start, bytes));
    let mut sum = 0;
    table.push_each("chars-before", t, |text| {
        let before = sum;
        sum += text.chars;
        percent(before, facts.chars)
    });
    let mut sum = 0;
    table.push_each("prose-before", t, |text| {
        let before = sum;
        sum += if text.prose { text.plain } else { 0 };
        percent(before, facts.prose)
    });
    let prose = |text: &Text| text.prose && text.link < 50 && text.verdict != 1;
    let first = t.iter().position(prose).map_or(-1, |i| i as i32);
    let last = t.iter().rposition(prose).map_or(-1, |i| i as i32);
    table.push_logs("first-prose", rows().map(|i| i - first));
    table.push_logs("last-prose", rows().map(|i| i - last));
    let h1 = blocks
        .iter()
        .position(|block| block.kind == BlockKind::Heading && block.level == 1);
    for (name, from) in [("off-h1", h1), ("off-title", title::named(draft))] {
        match from {
            Some(from) => table.push_logs(name, rows().map(|i| i - from as i32)),
            None => table.push_same(name, -99),
        }
    }
    let next = extents.get(1..).unwrap_or_default();
    let gaps = extents
        .iter()
        .zip(next)
        .map(|((_, end), (start, _))| start - end);
    table.push_logs("markup-before", std::iter::once(0).chain(gaps.clone()));
    table.push_logs("markup-after", gaps.chain([0]));
}
