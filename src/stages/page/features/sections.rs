//! What stands below each heading.

use super::Table;
use crate::document::BlockKind;
use crate::stages::draft::Draft;
use crate::stages::page::facts::Facts;
use crate::stages::page::scale::{log, percent};

/// A heading and what stands below it.
#[derive(Clone, Copy, Default)]
struct Section {
    chars: i32,
    prose: i32,
    plain: i32,
    blocks: i32,
    /// Of the heading, or what a block without one has.
    level: i32,
    head_chars: i32,
    link: i32,
    evidence: i32,
    /// The element around the heading's.
    around: u32,
}

/// Adds the features.
pub fn push(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    let t = &facts.texts;
    let blocks = &draft.document.blocks;
    // By the place of the heading plus one.
    let mut sections = vec![Section::default(); t.len() + 1];
    let parent = |at: usize| facts.parent[facts.element[at] as usize];
    sections[0].link = -1;
    sections[0].evidence = -1;
    for (at, (text, block)) in t.iter().zip(blocks).enumerate() {
        if block.kind == BlockKind::Heading {
            let own = &mut sections[at + 1];
            own.level = block.level.into();
            own.head_chars = text.chars;
            own.link = text.link;
            own.evidence = (text.evidence >> 6).count_ones() as i32 + text.verdict * 8;
            own.around = parent(at);
        } else {
            let sum = &mut sections[facts.head[at] as usize];
            sum.chars += text.chars;
            sum.prose += if text.prose { text.plain } else { 0 };
            sum.plain += text.plain;
            sum.blocks += 1;
        }
    }
    // The section of each block: of a heading its own.
    let own = blocks.iter().zip(&facts.head).zip(1..);
    let own: Vec<Section> = own
        .map(|((block, head), next)| match block.kind {
            BlockKind::Heading => sections[next],
            _ => sections[*head as usize],
        })
        .collect();
    table.push_logs("section-chars", own.iter().map(|s| s.chars));
    table.push_each("section-prose", &own, |s| percent(s.prose, s.chars));
    table.push_each("section-plain", &own, |s| percent(s.plain, s.chars));
    table.push_logs("section-blocks", own.iter().map(|s| s.blocks));
    // The one that each block stands in: of a heading the one before.
    let heads = facts.head.iter().map(|head| sections[*head as usize]);
    let heads: Vec<Section> = heads.collect();
    table.push_each("head-level", &heads, |s| s.level);
    let off = facts.head.iter().zip(1..).map(|(head, next)| match head {
        0 => -1,
        head => log(next - *head as i32),
    });
    table.push_all("head-off", off);
    table.push_logs("head-chars", heads.iter().map(|s| s.head_chars));
    table.push_each("head-link", &heads, |s| s.link);
    table.push_each("head-evidence", &heads, |s| s.evidence);
    let near = heads.iter().zip(&facts.around[1]);
    table.push_all(
        "head-near",
        near.map(|(s, around)| (s.around == *around).into()),
    );
}
