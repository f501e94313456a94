//! The walk over a tree, from which blocks come.
//!
//! One walk in document order, without recursion. Block-level elements end a block, inline
//! ones do not; the text between is one block with the kind of its innermost element.

use super::arena::{Arena, NONE, NodeId, NodeKind};
use super::frame::{self, Layout, Seen};
use super::inline::{Inline, Place, Within};
use super::lex::{AttrName, Range32, TextKind};
use super::open::{BOLD, CODE, Frame, ITEM, ITEM_USED, LINK, ROW};
use super::scan;
use super::segment::span;
use super::tags::Tag;
use super::tree;
use crate::document::{BlockKind, Document, Element, Holds, Lead, Marks, Span};

/// A walk over a tree that gathers blocks.
pub(super) struct Walk<'a, 't> {
    text: &'t str,
    arena: &'a Arena,
    pub document: Document<'t>,
    inline: Inline<'t>,
    stack: Vec<Frame>,
    /// Inside a `noscript`: the element around it.
    outer: Option<Outer>,
}

#[derive(Clone, Copy)]
struct Outer {
    element: Option<u32>,
    depth: u16,
}

impl<'a, 't> Walk<'a, 't> {
    pub fn new(text: &'t str, arena: &'a Arena) -> Self {
        Self {
            text,
            arena,
            document: Document::new(text, true),
            inline: Inline::new(text),
            stack: vec![Frame::root()],
            outer: None,
        }
    }

    pub fn run(&mut self) {
        let mut at = self.arena.node(0).first;
        while at != NONE {
            let node = *self.arena.node(at);
            let entered = match node.kind {
                NodeKind::Text(range, kind) => {
                    self.characters(range, kind);
                    false
                }
                NodeKind::Element(tag, space, start) => {
                    let layout = match self.is_shadow_root(at, tag) {
                        true => Layout::Inline,
                        false => frame::layout(tag, space),
                    };
                    self.enter(at, (tag, start), layout, node.first != NONE)
                }
                _ => false,
            };
            let first = match entered {
                true => self.arena.shown_first(at),
                false => NONE,
            };
            at = match first {
                NONE => self.leave_to_next(at, entered),
                first => first,
            };
        }
        self.flush();
    }

    /// Leaves `at` (and the elements that end with it); gives the node behind.
    fn leave_to_next(&mut self, mut at: NodeId, entered: bool) -> NodeId {
        if entered {
            self.leave();
        }
        loop {
            let node = self.arena.node(at);
            if node.next != NONE {
                return node.next;
            }
            at = node.parent;
            if at != NONE && self.arena.node(at).kind == NodeKind::Fragment {
                at = self.arena.node(at).parent;
            }
            if at == NONE || self.stack.len() <= 1 {
                return NONE;
            }
            self.leave();
        }
    }

    /// Whether an element is a declarative shadow root: a `template` that is shown in the place
    /// of its parent's own contents.
    fn is_shadow_root(&self, node: NodeId, tag: Tag) -> bool {
        let mode = || self.arena.attr(node, AttrName::ShadowRootMode);
        tag == Tag::Template && mode().is_some()
    }

    fn top(&self) -> &Frame {
        // The root's frame is never popped.
        &self.stack[self.stack.len() - 1]
    }

    /// What is shown where scripts do not run: a page of its own inside the page. Often it is
    /// the only place that holds the text; blocks of it are marked.
    fn noscript(&mut self, node: NodeId) {
        let first = self.arena.node(node).first;
        let NodeKind::Text(range, _) = self.arena.node(first).kind else {
            return;
        };
        if first == NONE || !holds_text(range.of(self.text)) {
            return;
        }
        self.flush();
        let to = self.block_frame();
        let element = self.element_of(to);
        let arena = tree::parse_within(self.text, range);
        let mut inside = Walk::new(self.text, &arena);
        std::mem::swap(&mut inside.document, &mut self.document);
        if let Some(root) = inside.stack.first_mut() {
            root.marks = self.top().marks.with(Marks::NOSCRIPT);
        }
        inside.outer = Some(Outer {
            element,
            depth: to as u16,
        });
        inside.run();
        std::mem::swap(&mut inside.document, &mut self.document);
    }

    /// Enters an element; `false` when nothing in it is text of the page.
    fn enter(
        &mut self,
        node: NodeId,
        (tag, start): (Tag, Option<u32>),
        layout: Layout,
        has_children: bool,
    ) -> bool {
        self.count(tag);
        if layout == Layout::Skip {
            if tag == Tag::Noscript && self.outer.is_none() {
                self.noscript(node);
            }
            if tag == Tag::Svg || tag == Tag::Iframe {
                self.inline.part();
            }
            return false;
        }
        let mut own = frame::look(self.text, self.arena, start);
        own.marks = own.marks.with(frame::marks(tag));
        let (up_marks, in_row) = (self.top().marks, self.top().is(ROW));
        let hides = own.marks.has(Marks::HIDDEN) && !up_marks.has(Marks::HIDDEN);
        let layout = own.layout.unwrap_or(layout);
        if hides && (in_row || (layout != Layout::Block && !self.inline.is_empty())) {
            return false;
        }
        match tag {
            Tag::Br => {
                self.line_break(node);
                return false;
            }
            Tag::Hr => self.block_boundary(),
            _ => {}
        }
        if !has_children {
            if layout == Layout::Box {
                self.inline.part();
            }
            if layout == Layout::Block && !matches!(tag, Tag::Td | Tag::Th) {
                self.block_boundary();
            }
        }
        self.begin(tag, layout, &own, hides);
        let page = (self.text, self.arena);
        let mut frame = Frame::within(
            (self.top(), self.stack.len()),
            page,
            node,
            tag,
            &own,
            layout,
        );
        frame.ordinal = match tag {
            Tag::Ol => self.first_ordinal(node),
            Tag::Li => self.next_ordinal(node),
            _ => None,
        };
        self.stack.push(frame);
        true
    }

    /// The number of the first item of an ordered list; none where numbers go down, since Markdown
    /// cannot say so.
    fn first_ordinal(&self, list: NodeId) -> Option<u32> {
        match self.arena.attr(list, AttrName::Reversed) {
            Some(_) => None,
            None => self.number(list, AttrName::Start).or(Some(1)),
        }
    }

    /// The number of the next item of the innermost element, if that is an ordered list.
    fn next_ordinal(&mut self, item: NodeId) -> Option<u32> {
        let own = self.number(item, AttrName::Value);
        let list = self.stack.last_mut()?;
        if self.arena.tag(list.node) != Tag::Ol {
            return None;
        }
        let ordinal = own.or(list.ordinal).filter(|_| list.ordinal.is_some())?;
        list.ordinal = Some(ordinal.saturating_add(1));
        Some(ordinal)
    }

    fn number(&self, node: NodeId, name: AttrName) -> Option<u32> {
        let value = self.arena.attr(node, name)?;
        value.of(self.text).trim().parse().ok()
    }

    /// Counts what is no text.
    fn count(&mut self, tag: Tag) {
        let last = self.stack.len() - 1;
        let holds = &mut self.stack[last].holds;
        let number = match tag {
            Tag::Img => &mut holds.images,
            Tag::Input | Tag::Select | Tag::Textarea | Tag::Button => &mut holds.controls,
            Tag::Iframe | Tag::Video | Tag::Audio | Tag::Embed | Tag::Object => &mut holds.embeds,
            _ => return,
        };
        *number = number.saturating_add(1);
    }

    /// What the start of an element does to the block under way.
    fn begin(&mut self, tag: Tag, layout: Layout, own: &Seen, hides: bool) {
        let in_row = self.top().is(ROW);
        let ends_block = layout == Layout::Block || hides;
        if !in_row && ends_block {
            self.flush();
        } else if in_row && matches!(tag, Tag::Td | Tag::Th) {
            self.inline.cell();
        } else if ends_block || layout == Layout::Box {
            self.inline.part();
        } else {
            self.inline.cross(true);
            if tag == Tag::A {
                self.inline.open_link(own.jumps);
            }
        }
    }

    /// What the end of the innermost element does to the block under way.
    fn leave(&mut self) {
        let Some(frame) = self.stack.last() else {
            return;
        };
        let up_hidden = || match self.stack.len() {
            0 | 1 => false,
            len => self.stack[len - 2].marks.has(Marks::HIDDEN),
        };
        let tag = self.arena.tag(frame.node);
        let (layout, holds) = (frame.layout, frame.holds);
        let in_row = frame.is(ROW) && tag != Tag::Tr;
        let hides = frame.marks.has(Marks::HIDDEN) && !up_hidden();
        let ends_block = layout == Layout::Block || hides;
        if !in_row && ends_block {
            self.flush();
        } else if ends_block || layout == Layout::Box {
            self.inline.part();
        } else {
            self.inline.cross(false);
            if tag == Tag::A {
                self.inline.close_link();
            }
        }
        self.pass_on(holds);
        self.stack.pop();
    }

    /// What an element holds stands in those around it as well.
    fn pass_on(&mut self, own: Holds) {
        if own == Holds::default() {
            return;
        }
        // A block that ended just now may have given the element its number.
        let element = self.stack.last().and_then(|frame| frame.element);
        if let Some(element) = element.and_then(|at| self.document.elements.get_mut(at as usize)) {
            element.holds = own;
        }
        let up = self.stack.len().checked_sub(2);
        if let Some(up) = up.and_then(|up| self.stack.get_mut(up)) {
            let up = &mut up.holds;
            up.images = up.images.saturating_add(own.images);
            up.controls = up.controls.saturating_add(own.controls);
            up.embeds = up.embeds.saturating_add(own.embeds);
        }
    }

    fn block_boundary(&mut self) {
        match self.top().is(ROW) {
            true => self.inline.part(),
            false => self.flush(),
        }
    }

    fn line_break(&mut self, node: NodeId) {
        let Some(tag) = self.arena.tag_span(node) else {
            return self.inline.part();
        };
        let frame = self.top();
        let single = frame.kind == BlockKind::Code;
        if frame.is(ROW) {
            self.inline.part();
        } else if self.inline.at_line_break() && !single {
            self.flush();
        } else {
            self.inline.line_break(&mut self.document, span(tag));
        }
    }

    fn characters(&mut self, range: Range32, kind: TextKind) {
        let start = range.start as usize;
        if start < self.inline.end() {
            // Out of page order: the tree construction moved it before a table.
            self.flush();
        }
        let frame = self.top();
        let within = Within {
            keeps_space: frame.is(CODE) && !frame.is(ROW),
            link: frame.is(LINK),
            bold: frame.is(BOLD),
        };
        if !within.keeps_space {
            let end = range.end as usize;
            let from = scan::skip_space(self.text.as_bytes(), start).min(end);
            if from == end {
                return self.inline.space(start);
            }
            if self.inline.is_empty() {
                self.inline.place = Some(self.place());
            }
            let body = Range32::new(from, end);
            return self
                .inline
                .push(&mut self.document, start, body, kind, within);
        }
        if self.inline.is_empty() {
            self.inline.place = Some(self.place());
        }
        self.inline.push_kept(&mut self.document, range, kind);
    }

    /// Where a block that begins here stands.
    fn place(&self) -> Place {
        let top = self.top();
        let (kind, level) = match top.is(ROW) {
            true => (BlockKind::TableRow, 0),
            false => (top.kind, top.level),
        };
        let frame = self.block_frame();
        let mut lead = Lead::default();
        for inside in self.stack[frame + 1..].iter().rev() {
            let tag = self.arena.tag(inside.node);
            if lead.tag == Tag::Other && tag != Tag::Span {
                lead.tag = tag;
            }
            if lead.class.is_empty() {
                lead.class = span(inside.class);
            }
        }
        Place {
            kind,
            level,
            frame,
            marks: top.marks,
            lead,
        }
    }

    /// Place in the stack of the innermost block-level element.
    fn block_frame(&self) -> usize {
        self.top().block as usize
    }

    fn flush(&mut self) {
        let Some((block, place)) = self.inline.flush(&mut self.document) else {
            return;
        };
        let to = place.frame.min(self.stack.len() - 1);
        block.marks = self.stack[to].marks.with(place.marks);
        if block.kind == BlockKind::ListItem {
            let node = self.stack[..=to]
                .iter_mut()
                .rev()
                .find(|frame| frame.is(ITEM));
            if let Some(item) = node {
                match item.is(ITEM_USED) {
                    true => (block.kind, block.level) = (BlockKind::Paragraph, 0),
                    false => block.ordinal = item.ordinal,
                }
                item.about |= ITEM_USED;
            }
        }
        let element = self.element_of(to);
        if let Some(block) = self.document.blocks.last_mut() {
            block.element = element;
        }
    }

    /// Registers the elements down to place `to` of the stack.
    fn element_of(&mut self, to: usize) -> Option<u32> {
        let to = to.min(self.stack.len() - 1);
        let known = self.stack[..=to]
            .iter()
            .rposition(|frame| frame.element.is_some());
        let mut parent = match known {
            Some(at) => self.stack[at].element,
            None => self.outer.and_then(|outer| outer.element),
        };
        let depth = self.outer.map_or(0, |outer| outer.depth);
        for at in known.map_or(1, |at| at + 1)..=to {
            let frame = &self.stack[at];
            let start = self.arena.tag_span(frame.node).map(span);
            let number = self.document.elements.len() as u32;
            self.document.elements.push(Element {
                parent,
                tag: self.arena.tag(frame.node),
                depth: depth.saturating_add(at as u16),
                marks: frame.own,
                start: start.unwrap_or(Span::new(0, 0)),
                class: span(frame.class),
                id: span(frame.id),
                label: span(frame.label),
                holds: Holds::default(),
            });
            self.stack[at].element = Some(number);
            parent = Some(number);
        }
        parent
    }
}

/// Whether there is anything but tags.
fn holds_text(markup: &str) -> bool {
    let mut rest = markup;
    loop {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if text.contains(char::is_alphanumeric) {
            return true;
        }
        match tag.find('>') {
            Some(end) => rest = &tag[end + 1..],
            None => return false,
        }
    }
}
