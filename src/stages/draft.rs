//! Decisions under way: what the stages have said about each block so far.

use std::ops::Range;
use std::sync::Arc;

use super::finish::Finish;
use super::page::{Text, count};
use super::shape::Shape;
use crate::bits::Lines;
use crate::decision::{Action, Decision, Field, Reason, Stage};
use crate::document::{Block, BlockKind, Document, Found};
use crate::rules::{Ends, Hit};

/// What a stage says about a block or a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What happens to it.
    pub action: Action,
    /// The family of what is removed; for kept blocks the block kind is used instead.
    pub kind: Arc<str>,
    /// The field it fills.
    pub field: Option<Field>,
    /// The stage that speaks.
    pub stage: Stage,
    /// Why.
    pub reason: Reason,
}

/// A rule that matched a block but does not act alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Index into the rule set.
    pub rule: usize,
    /// What the rule found; it is lifted when the block goes.
    pub hit: Hit,
}

/// What is known about a block.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The decision about the whole block; `None` while nobody has spoken.
    pub verdict: Option<Verdict>,
    /// Decisions about parts of it (bytes of the block's text), ascending, not overlapping.
    pub parts: Vec<(Range<usize>, Verdict)>,
    /// Rules that only speak to the model.
    pub evidence: Vec<Evidence>,
    /// The kind it is rendered as, when a stage found a better one.
    pub kind: Option<BlockKind>,
    /// The field that a kept block fills as well.
    pub field: Option<Field>,
}

/// A document with what the stages have decided so far.
#[derive(Debug)]
pub struct Draft<'d, 't> {
    /// The document.
    pub document: &'d Document<'t>,
    /// Counts per block.
    pub shapes: Vec<Shape>,
    /// Decisions per block.
    pub states: Vec<State>,
    /// Per block a number that is the same for all texts that are the same once normalised.
    pub(super) keys: Vec<u64>,
    /// What the characters of each block are, where it stands on a page.
    pub(super) texts: Vec<Text>,
    /// The bytes of the texts of all blocks, where they do not stand on a page.
    pub(super) lines: Lines,
}

impl<'d, 't> Draft<'d, 't> {
    /// A draft without decisions.
    pub fn new(document: &'d Document<'t>) -> Self {
        let all = document.blocks.iter().map(|block| document.text_of(block));
        let (mut texts, mut lines) = (Vec::new(), Lines::default());
        let shapes = if document.is_html {
            texts.reserve(document.blocks.len());
            let shape = |text| {
                let counts = count(text);
                let shape = Shape::counted(text, &counts);
                texts.push(counts);
                shape
            };
            all.map(shape).collect()
        } else {
            lines.read(all.clone());
            Shape::of_all(all, &lines)
        };
        Self {
            document,
            shapes,
            states: document.blocks.iter().map(|_| State::default()).collect(),
            keys: Vec::new(),
            texts,
            lines,
        }
    }

    /// The text of block `at`.
    #[inline]
    pub fn text(&self, at: usize) -> &'d str {
        self.document.text_of(&self.document.blocks[at])
    }

    /// Makes the keys of the blocks, if they are not known yet.
    pub(super) fn know_keys(&mut self) {
        if self.keys.len() < self.states.len() {
            let mut buffer = String::new();
            let key = |at| Ends::of(self.text(at), &mut buffer).key();
            self.keys = (0..self.states.len()).map(key).collect();
        }
    }

    /// Whether block `at` is not removed (so far).
    #[inline]
    pub fn stays(&self, at: usize) -> bool {
        let verdict = self.states[at].verdict.as_ref();
        verdict.is_none_or(|verdict| verdict.action == Action::Keep)
    }

    /// Whether nobody has decided about block `at`.
    #[inline]
    pub fn is_open(&self, at: usize) -> bool {
        self.states[at].verdict.is_none()
    }

    /// The block that is the title, once it is known.
    pub fn title(&self) -> Option<usize> {
        let titled = |state: &State| state.field == Some(Field::Title);
        self.states.iter().position(titled)
    }

    /// Whether block `at` stays and is a paragraph of prose.
    #[inline]
    pub fn is_prose(&self, at: usize) -> bool {
        self.stays(at) && self.shapes[at].is_prose()
    }

    /// The kind block `at` is rendered as.
    #[inline]
    pub fn kind(&self, at: usize) -> BlockKind {
        self.states[at]
            .kind
            .unwrap_or(self.document.blocks[at].kind)
    }

    /// Whether a found value counts: an address only where the text behind it (of a picture: or
    /// before it) stays.
    pub(super) fn shows(&self, found: &Found) -> bool {
        let of_picture = found.field == Field::Picture;
        if !of_picture && found.field != Field::Link {
            return true;
        }
        let blocks = &self.document.blocks;
        let ends_before = |block: &Block| self.document.extent(block).end <= found.span.start;
        let next = blocks.partition_point(ends_before);
        let stays = |at: usize| at < blocks.len() && self.stays(at);
        stays(next) || (of_picture && next > 0 && stays(next - 1))
    }

    /// Removes block `at`, unless somebody has decided about it.
    pub fn remove(&mut self, at: usize, stage: Stage, kind: impl Into<Arc<str>>, reason: Reason) {
        self.states[at].verdict.get_or_insert_with(|| Verdict {
            action: Action::Drop,
            kind: kind.into(),
            field: None,
            stage,
            reason,
        });
    }

    /// All decisions in text order; together they cover the text.
    pub fn finish(self) -> Vec<Decision> {
        Finish::new(&self).run()
    }
}
