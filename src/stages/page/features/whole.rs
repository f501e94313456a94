//! The page as a whole.

use super::Table;
use crate::document::{BlockKind, Marks};
use crate::stages::draft::Draft;
use crate::stages::page::facts::Facts;
use crate::stages::page::scale::{log, percent};

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
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
