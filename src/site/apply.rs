//! Taking furniture out of a cleaned page: decisions, article and provenance stay in step.

use crate::article::Article;
use crate::decision::{Action, Decision, Reason, Stage, Twin};
use crate::document::Span;
use crate::provenance::{Provenance, sha256};
use crate::render::separator;

use super::SiteBlock;

/// A block to take out: its place in the list of blocks, the stage that decides, the family, and
/// the twin that it repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// Place in the list of blocks.
    pub block: usize,
    /// The stage that decides.
    pub stage: Stage,
    /// What is removed: `site`, `repeat`.
    pub kind: &'static str,
    /// What it repeats.
    pub twin: Twin,
}

/// An article's text without the blocks that `is_cut`, whatever the format.
pub fn without(text: &str, blocks: &[SiteBlock], is_cut: impl Fn(usize) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = None;
    for (at, block) in blocks.iter().enumerate() {
        if is_cut(at) {
            continue;
        }
        if let Some(last) = last {
            out.push_str(separator(last, block.kind));
        }
        out.push_str(block.text.of(text));
        last = Some(block.kind);
    }
    out
}

/// Takes blocks out of an article and its provenance: what was kept of them is dropped, with the
/// twin as the reason; the rest keeps its reasons and is numbered anew. What replays is the new
/// text.
pub fn apply(
    article: &mut Article,
    provenance: &mut Provenance,
    blocks: &[SiteBlock],
    cuts: &[Cut],
) {
    if cuts.is_empty() {
        return;
    }
    let is_cut = |at| cuts.iter().any(|cut| cut.block == at);
    article.text = without(&article.text, blocks, is_cut);
    provenance.article.bytes = article.text.len();
    provenance.article.sha256 = sha256(article.text.as_bytes());
    // Numbers of blocks ascend with the text, so do those of the cuts.
    let (mut gone, mut last) = (0, None);
    for decision in &mut provenance.decisions {
        let Some(number) = decision.block else {
            continue;
        };
        let is_cut = |cut: &&Cut| blocks.get(cut.block).is_some_and(|b| b.number == number);
        match cuts.iter().find(is_cut) {
            Some(cut) => {
                gone += u32::from(last != Some(number));
                take_out(decision, cut);
            }
            None => decision.block = Some(number - gone),
        }
        last = Some(number);
    }
    let cut: Vec<u32> = cuts
        .iter()
        .filter_map(|cut| Some(blocks.get(cut.block)?.number))
        .collect();
    provenance.language.blocks.retain_mut(|named| {
        let number = named.block;
        named.block -= cut.iter().filter(|cut| **cut < number).count() as u32;
        !cut.contains(&number)
    });
    drop_unused_edits(provenance);
}

fn take_out(decision: &mut Decision, cut: &Cut) {
    // A value that the block states stays in its field.
    decision.action = if decision.field.is_some() {
        Action::Lift
    } else {
        Action::Drop
    };
    decision.kind = cut.kind.into();
    (decision.block, decision.level, decision.ordinal) = (None, 0, None);
    decision.stage = cut.stage;
    decision.reason = Reason::Twin(cut.twin.clone());
}

/// Edits in spans that are left out do nothing and are not recorded.
fn drop_unused_edits(provenance: &mut Provenance) {
    let mut used = provenance
        .decisions
        .iter()
        .filter(|decision| decision.action != Action::Drop)
        .map(|decision| decision.span)
        .peekable();
    provenance.edits.retain(|edit| {
        while used.next_if(|span| span.end < edit.span.end).is_some() {}
        let inside = |span: &Span| span.start <= edit.span.start && edit.span.end <= span.end;
        used.peek().is_some_and(inside)
    });
}
