//! What the first pass notes of a page.

use xxhash_rust::xxh3::xxh3_64;

use super::SiteBlock;
use crate::cleaner::Cleaned;
use crate::decision::{Action, Decision};
use crate::document::{BlockKind, Span};
use crate::rules::normalise::normalise;

/// The blocks that stayed of a cleaned record, in the order of the article.
pub fn blocks(cleaned: &Cleaned) -> Vec<SiteBlock> {
    let text = &cleaned.article.text;
    let mut decisions = cleaned.provenance.decisions.iter().peekable();
    let mut normal = String::new();
    let mut notes = Vec::with_capacity(cleaned.blocks.len());
    for block in &cleaned.blocks {
        let (mut span, mut fills) = (None::<Span>, false);
        let is_before = |decision: &&Decision| decision.block.is_none_or(|at| at <= block.number);
        while let Some(decision) = decisions.next_if(is_before) {
            if decision.action != Action::Keep || decision.block != Some(block.number) {
                continue;
            }
            fills |= decision.field.is_some();
            let start = span.map_or(decision.span.start, |span| span.start);
            span = Some(Span::new(start, decision.span.end));
        }
        let rendered = text.get(block.range.clone()).unwrap_or_default();
        normalise(rendered, &mut normal);
        notes.push(SiteBlock {
            number: block.number,
            kind: block.kind,
            text: block.range.clone().into(),
            span: span.unwrap_or_default(),
            hash: hash(&normal),
            words: words(&normal),
            fills,
        });
    }
    notes
}

/// The lines of a text as blocks; the text begins at `start` of what spans are counted in.
pub(crate) fn lines(text: &str, start: usize) -> Vec<SiteBlock> {
    let mut normal = String::new();
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|whole| {
        let line = whole.trim();
        let from = at + whole.len() - whole.trim_start().len();
        at += whole.len();
        normalise(line, &mut normal);
        SiteBlock {
            number: 0,
            kind: BlockKind::Paragraph,
            text: Span::new(from, from + line.len()),
            span: Span::new(start + from, start + from + line.len()),
            hash: hash(&normal),
            words: words(&normal),
            fills: false,
        }
    });
    lines.filter(|line| line.hash != 0).collect()
}

/// Hash of a normalised text; 0 where it is empty.
fn hash(normal: &str) -> u64 {
    match normal {
        "" => 0,
        normal => xxh3_64(normal.as_bytes()),
    }
}

/// Words of a normalised text; six characters beyond ASCII without a space count as one.
fn words(normal: &str) -> u32 {
    let word = |word: &str| {
        if word.is_ascii() {
            1
        } else {
            (word.chars().count() as u32).div_ceil(12)
        }
    };
    normal.split(' ').map(word).sum()
}
