//! The end of a draft: what the stages said about blocks becomes decisions over spans, which cover
//! the text.

use std::ops::Range;
use std::sync::Arc;

use super::draft::{Draft, Verdict};
use crate::decision::{Action, Decision, Reason, Stage};
use crate::document::{Block, BlockKind, Found, Piece, Span};

/// Turns verdicts into decisions over spans.
pub(super) struct Finish<'a, 'd, 't> {
    draft: &'a Draft<'d, 't>,
    found: std::iter::Peekable<std::vec::IntoIter<&'a Found>>,
    out: Vec<Decision>,
    at: usize,
    block: u32,
    /// One past the last byte of the block under way.
    block_end: usize,
    /// A value that the pieces under way state, and its number.
    stating: Option<(&'a Found, u32)>,
    value: u32,
    gap: (Arc<str>, Reason),
    kept: Reason,
    /// The names of the kinds that have come up.
    kinds: Vec<(BlockKind, Arc<str>)>,
}

impl<'a, 'd, 't> Finish<'a, 'd, 't> {
    pub fn new(draft: &'a Draft<'d, 't>) -> Self {
        let document = draft.document;
        let mut found: Vec<_> = document.found.iter().collect();
        found.retain(|found| !found.span.is_empty() && draft.shows(found));
        found.sort_by_key(|found| (found.span, found.field));
        let gap = if document.is_html {
            ("markup".into(), Reason::rule("segment/markup"))
        } else {
            ("space".into(), Reason::rule("segment/space"))
        };
        Self {
            draft,
            found: found.into_iter().peekable(),
            out: Vec::with_capacity(draft.states.len() * 2 + 1),
            at: 0,
            block: 0,
            block_end: 0,
            stating: None,
            value: 0,
            gap,
            kept: Reason::rule("content/kept"),
            kinds: Vec::new(),
        }
    }

    /// The name of a kind, made once.
    fn name(&mut self, kind: BlockKind) -> Arc<str> {
        if let Some((_, name)) = self.kinds.iter().find(|(have, _)| *have == kind) {
            return name.clone();
        }
        let name: Arc<str> = kind.name().into();
        self.kinds.push((kind, name.clone()));
        name
    }

    /// All decisions in text order; together they cover the text.
    pub fn run(mut self) -> Vec<Decision> {
        for at in 0..self.draft.states.len() {
            self.block(at);
        }
        self.gap_to(self.draft.document.text.len());
        self.out
    }

    /// The decisions of one block: its parts, and what lies between them.
    fn block(&mut self, at: usize) {
        let state = &self.draft.states[at];
        let document = self.draft.document;
        let block = &document.blocks[at];
        self.block_end = document.extent(block).end;
        self.stating = None;
        let kept_before = self.out.len();
        let base = self.template(at, state.verdict.as_ref());
        if let (true, [piece]) = (state.parts.is_empty(), document.pieces_of(block))
            && self.is_plain(piece)
        {
            self.block += u32::from(base.action == Action::Keep);
            self.gap_to(piece.span.start);
            self.at = piece.span.end;
            self.out.push(Decision {
                span: piece.span,
                ..base
            });
            return;
        }
        if state.parts.is_empty() {
            self.whole(block, &base);
        } else {
            self.parts(at, base);
        }
        let kept = |d: &Decision| d.action == Action::Keep && d.block == Some(self.block);
        if self.out[kept_before.min(self.out.len())..].iter().any(kept) {
            self.block += 1;
        }
    }

    /// Lays a decision over all pieces of a block; those that touch are one span.
    fn whole(&mut self, block: &Block, decision: &Decision) {
        let mut pieces = self.draft.document.pieces_of(block).iter().peekable();
        while let Some(piece) = pieces.next() {
            let mut span = piece.span;
            while let Some(next) = pieces.next_if(|next| next.span.start == span.end) {
                span.end = next.span.end;
            }
            self.push(span, decision);
        }
    }

    /// Lays the decisions of the parts of block `at` over its pieces, and `base` over what lies between.
    fn parts(&mut self, at: usize, base: Decision) {
        let (state, document) = (&self.draft.states[at], self.draft.document);
        let mut parts: Vec<(Range<usize>, Decision)> = Vec::new();
        let mut from = 0;
        let len = self.draft.text(at).len();
        for (range, verdict) in &state.parts {
            if from < range.start {
                parts.push((from..range.start, base.clone()));
            }
            parts.push((range.clone(), self.template(at, Some(verdict))));
            from = range.end;
        }
        if from < len {
            parts.push((from..len, base));
        }
        self.pieces(&document.blocks[at], &parts);
    }

    /// Whether a piece is a decision as it stands: verbatim, behind a gap, without metadata in it.
    fn is_plain(&mut self, piece: &Piece) -> bool {
        let next = self.found.peek();
        piece.edit.is_none()
            && !piece.span.is_empty()
            && self.at < piece.span.start
            && next.is_none_or(|found| found.span.start >= piece.span.end)
    }

    /// The decision that a verdict makes of a span of block `at`; the span is filled in later.
    fn template(&mut self, at: usize, verdict: Option<&Verdict>) -> Decision {
        let state = &self.draft.states[at];
        let action = verdict.map_or(Action::Keep, |verdict| verdict.action);
        let kept = action == Action::Keep;
        let field = if kept {
            state.field
        } else {
            verdict.and_then(|verdict| verdict.field)
        };
        if field.is_some() {
            self.value += 1;
        }
        let block = &self.draft.document.blocks[at];
        Decision {
            span: Span::new(0, 0),
            action,
            kind: match verdict {
                Some(verdict) if !kept => verdict.kind.clone(),
                _ => self.name(self.draft.kind(at)),
            },
            block: kept.then_some(self.block),
            value: field.is_some().then_some(self.value),
            level: if kept { block.level } else { 0 },
            ordinal: block.ordinal.filter(|_| kept),
            field,
            stage: verdict.map_or(Stage::Content, |verdict| verdict.stage),
            reason: verdict.map_or_else(|| self.kept.clone(), |verdict| verdict.reason.clone()),
        }
    }

    /// Lays the decisions of `parts` over the pieces of a block. A replaced piece goes with the
    /// part that holds its first byte.
    fn pieces(&mut self, block: &Block, parts: &[(Range<usize>, Decision)]) {
        let document = self.draft.document;
        let (mut offset, mut part) = (0, 0);
        for piece in document.pieces_of(block) {
            let replaced = piece
                .edit
                .map(|edit| document.edits[edit as usize].text.len());
            let len = replaced.unwrap_or(piece.span.len());
            let end = offset + len;
            while part + 1 < parts.len() && parts[part].0.end <= offset {
                part += 1;
            }
            if replaced.is_some() {
                self.push(piece.span, &parts[part].1);
            } else {
                let mut from = offset;
                while from < end {
                    let to = if part + 1 < parts.len() {
                        parts[part].0.end.min(end)
                    } else {
                        end
                    };
                    let start = piece.span.start + from - offset;
                    self.push(Span::new(start, start + to - from), &parts[part].1);
                    from = to;
                    if from < end {
                        part += 1;
                    }
                }
            }
            offset = end;
        }
    }

    /// Adds a span of a block; metadata that it states (an author's name, a date) fills its field,
    /// also where several pieces hold it (a title with a line break in it).
    fn push(&mut self, span: Span, template: &Decision) {
        let mut from = span.start;
        self.gap_to(from);
        while template.field.is_none() && from < span.end {
            if let Some((found, value)) = self.stating.take_if(|(found, _)| found.span.end > from) {
                let to = found.span.end.min(span.end);
                self.add(Span::new(from, to), &stated(template, found, value));
                self.stating = Some((found, value)).filter(|_| to < found.span.end);
                from = to;
                continue;
            }
            let start = from.max(self.at);
            while self
                .found
                .next_if(|found| found.span.start < start)
                .is_some()
            {}
            let end = self.block_end;
            let inside = |found: &&Found| found.span.start < span.end && found.span.end <= end;
            let Some(found) = self.found.next_if(inside) else {
                break;
            };
            self.add(Span::new(from, found.span.start), template);
            self.value += 1;
            self.stating = Some((found, self.value));
            from = found.span.start;
        }
        self.add(Span::new(from, span.end), template);
    }

    /// Adds a span of a block, the gap before it first.
    fn add(&mut self, span: Span, template: &Decision) {
        // Overlap cannot come from a segmenter; if it did, the first decision stands.
        let span = Span::new(span.start.max(self.at), span.end);
        if span.is_empty() {
            return;
        }
        self.gap_to(span.start);
        self.at = span.end;
        if let Some(last) = self.out.last_mut()
            && last.span.end == span.start
            && same(last, template)
        {
            last.span.end = span.end;
            return;
        }
        let mut decision = template.clone();
        decision.span = span;
        self.out.push(decision);
    }

    /// Covers what lies before `end` and belongs to no block: markup or space, with the metadata
    /// that stands in it.
    fn gap_to(&mut self, end: usize) {
        while self.at < end {
            let at = self.at;
            while self.found.next_if(|found| found.span.start < at).is_some() {}
            let (to, found) = match self.found.peek().copied() {
                Some(found) if found.span.start == self.at && found.span.end <= end => {
                    (found.span.end, Some(found))
                }
                Some(found) if found.span.end <= end => (found.span.start, None),
                _ => (end, None),
            };
            self.value += u32::from(found.is_some());
            self.out.push(Decision {
                span: Span::new(self.at, to),
                action: found.map_or(Action::Drop, |_| Action::Lift),
                kind: found.map_or_else(|| self.gap.0.clone(), |_| "metadata".into()),
                block: None,
                value: found.map(|_| self.value),
                level: 0,
                ordinal: None,
                field: found.map(|found| found.field),
                stage: Stage::Segment,
                reason: found
                    .map_or_else(|| self.gap.1.clone(), |found| Reason::rule(&*found.rule)),
            });
            self.at = to;
        }
    }
}

/// What becomes of a part of a block that states a value.
fn stated(template: &Decision, found: &Found, value: u32) -> Decision {
    let mut stated = template.clone();
    (stated.field, stated.value) = (Some(found.field), Some(value));
    if template.action == Action::Drop {
        stated.action = Action::Lift;
        stated.kind = "metadata".into();
        stated.stage = Stage::Segment;
        stated.reason = Reason::rule(&*found.rule);
    }
    stated
}

fn same(a: &Decision, b: &Decision) -> bool {
    a.action == b.action
        && a.block == b.block
        && a.value == b.value
        && a.kind == b.kind
        && a.field == b.field
        && a.stage == b.stage
        && a.reason == b.reason
}
