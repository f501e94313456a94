//! The tree → blocks, as a reader sees the page.
//!
//! One walk in document order, without recursion. Block-level elements end a block, inline
//! ones do not; the text between is one block with the kind of its innermost element.

use super::arena::{Arena, NONE, NodeId, NodeKind};
use super::frame::{self, Layout, Seen};
use super::inline::{Inline, Place};
use super::lex::{Range32, TextKind};
use super::tags::Tag;
use super::{meta, order, tree};
use crate::document::{BlockKind, Document, Element, Marks, Span};

/// Cuts a decoded page into blocks. Bytes beyond 4 GiB are not looked at.
pub fn segment(text: &str) -> Document<'_> {
    let arena = tree::parse(text);
    let mut walk = Walk::new(text, &arena);
    walk.run();
    let mut document = walk.document;
    order::ascend(&mut document);
    meta::find(text, &arena, &mut document);
    order::sort_edits(&mut document);
    document
}

/// An element on the way from the root.
#[derive(Clone, Copy)]
struct Frame {
    node: NodeId,
    layout: Layout,
    kind: BlockKind,
    level: u8,
    lists: u8,
    marks: Marks,
    own: Seen,
    /// Index into the document's elements, once a block stands in it.
    element: Option<u32>,
    keeps_space: bool,
    in_link: bool,
    /// Inside a row of a data table: blocks do not end, cells are joined.
    in_row: bool,
    /// Rows below are those of a data table.
    data_table: bool,
    /// The element makes its first block a list item; what follows stands in it.
    is_item: bool,
    /// That first block has come.
    item_used: bool,
}

struct Walk<'a, 't> {
    text: &'t str,
    arena: &'a Arena,
    document: Document<'t>,
    inline: Inline<'t>,
    stack: Vec<Frame>,
}

impl<'a, 't> Walk<'a, 't> {
    fn new(text: &'t str, arena: &'a Arena) -> Self {
        let root = Frame {
            node: 0,
            layout: Layout::Block,
            kind: BlockKind::Paragraph,
            level: 0,
            lists: 0,
            marks: Marks::default(),
            own: Seen::default(),
            element: None,
            keeps_space: false,
            in_link: false,
            in_row: false,
            data_table: false,
            is_item: false,
            item_used: false,
        };
        Self {
            text,
            arena,
            document: Document::new(text, true),
            inline: Inline::new(text),
            stack: vec![root],
        }
    }

    fn run(&mut self) {
        let mut at = self.arena.node(0).first;
        while at != NONE {
            let node = *self.arena.node(at);
            let entered = match node.kind {
                NodeKind::Text(range, kind) => {
                    self.characters(range, kind);
                    false
                }
                NodeKind::Element(tag, space, _) => {
                    let layout = frame::layout(tag, space);
                    self.enter(at, tag, layout, node.first != NONE)
                }
                _ => false,
            };
            at = match entered && node.first != NONE {
                true => node.first,
                false => self.leave_to_next(at, entered),
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
            if at == NONE || self.stack.len() <= 1 {
                return NONE;
            }
            self.leave();
        }
    }

    fn top(&self) -> &Frame {
        // The root's frame is never popped.
        &self.stack[self.stack.len() - 1]
    }

    /// Enters an element; `false` when nothing in it is text of the page.
    fn enter(&mut self, node: NodeId, tag: Tag, layout: Layout, has_children: bool) -> bool {
        if layout == Layout::Skip {
            if tag == Tag::Svg || tag == Tag::Iframe {
                self.inline.part();
            }
            return false;
        }
        let mut own = frame::look(self.text, self.arena.attrs_of(node));
        own.marks = own.marks.with(frame::marks(tag));
        let up = *self.top();
        let hides = own.marks.has(Marks::HIDDEN) && !up.marks.has(Marks::HIDDEN);
        let layout = own.layout.unwrap_or(layout);
        if hides && (up.in_row || (layout != Layout::Block && !self.inline.is_empty())) {
            return false;
        }
        match tag {
            Tag::Br => self.line_break(node),
            Tag::Hr => self.block_boundary(),
            _ => {}
        }
        if !has_children {
            if layout == Layout::Box {
                self.inline.part();
            }
            if layout == Layout::Block && !matches!(tag, Tag::Br | Tag::Td | Tag::Th) {
                self.block_boundary();
            }
        }
        let frame = self.frame(node, tag, layout, own, up);
        self.begin(tag, &frame, hides);
        self.stack.push(frame);
        true
    }

    fn frame(&self, node: NodeId, tag: Tag, layout: Layout, own: Seen, up: Frame) -> Frame {
        let kind = frame::kind(tag);
        let lists = match tag {
            Tag::Ul | Tag::Ol | Tag::Dl | Tag::Dir | Tag::Menu => up.lists.saturating_add(1),
            Tag::Td | Tag::Article | Tag::Body => 0,
            _ => up.lists,
        };
        let level = match kind {
            Some(BlockKind::Heading) => tag.heading_level(),
            Some(BlockKind::ListItem) => lists.max(1),
            Some(_) => 0,
            None => up.level,
        };
        Frame {
            node,
            layout,
            kind: kind.unwrap_or(up.kind),
            level,
            lists,
            marks: up.marks.with(own.marks),
            own,
            element: None,
            keeps_space: up.keeps_space || kind == Some(BlockKind::Code),
            in_link: up.in_link || tag == Tag::A,
            in_row: up.in_row || (tag == Tag::Tr && up.data_table),
            data_table: match tag {
                Tag::Table => frame::is_data_table(self.arena, node, &own),
                Tag::Caption => false,
                _ => up.data_table,
            },
            is_item: kind == Some(BlockKind::ListItem),
            item_used: false,
        }
    }

    /// What the start of an element does to the block under way.
    fn begin(&mut self, tag: Tag, frame: &Frame, hides: bool) {
        let up = *self.top();
        let ends_block = frame.layout == Layout::Block || hides;
        if !up.in_row && tag != Tag::Br && ends_block {
            self.flush();
        } else if up.in_row && matches!(tag, Tag::Td | Tag::Th) {
            self.inline.cell();
        } else if ends_block || frame.layout == Layout::Box {
            self.inline.part();
        } else {
            self.inline.cross(true);
            if tag == Tag::A && up.in_link {
                self.inline.part();
            }
        }
    }

    /// What the end of the innermost element does to the block under way.
    fn leave(&mut self) {
        let Some(frame) = self.stack.last().copied() else {
            return;
        };
        let up_hidden = match self.stack.len() {
            0 | 1 => false,
            len => self.stack[len - 2].marks.has(Marks::HIDDEN),
        };
        let tag = self.arena.tag(frame.node);
        let in_row = frame.in_row && tag != Tag::Tr;
        let hides = frame.marks.has(Marks::HIDDEN) && !up_hidden;
        let ends_block = (frame.layout == Layout::Block || hides) && tag != Tag::Br;
        if !in_row && ends_block {
            self.flush();
        } else if ends_block || frame.layout == Layout::Box {
            self.inline.part();
        } else {
            self.inline.cross(false);
        }
        self.stack.pop();
    }

    fn block_boundary(&mut self) {
        match self.top().in_row {
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
        if frame.in_row {
            self.inline.part();
        } else if self.inline.at_line_break() && !single {
            self.flush();
        } else {
            self.inline.line_break(&mut self.document, span(tag));
        }
    }

    fn characters(&mut self, range: Range32, kind: TextKind) {
        let frame = *self.top();
        let start = range.start as usize;
        if start < self.inline.end() {
            // Out of page order: the tree construction moved it before a table.
            self.flush();
        }
        if self.inline.place.is_none() || self.inline.is_empty() {
            self.inline.place = Some(Place {
                kind: if frame.in_row {
                    BlockKind::TableRow
                } else {
                    frame.kind
                },
                level: if frame.in_row { 0 } else { frame.level },
                frame: self.block_frame(),
            });
        }
        let keeps_space = frame.keeps_space && !frame.in_row;
        self.inline
            .push(&mut self.document, range, kind, keeps_space, frame.in_link);
    }

    /// Place in the stack of the innermost block-level element.
    fn block_frame(&self) -> usize {
        self.stack
            .iter()
            .rposition(|frame| frame.layout == Layout::Block)
            .unwrap_or(0)
    }

    fn flush(&mut self) {
        let Some((block, place)) = self.inline.flush(&mut self.document) else {
            return;
        };
        let to = place.frame.min(self.stack.len() - 1);
        block.marks = self.stack[to].marks;
        if block.kind == BlockKind::ListItem {
            let node = self.stack[..=to]
                .iter_mut()
                .rev()
                .find(|frame| frame.is_item);
            if let Some(item) = node {
                if item.item_used {
                    (block.kind, block.level) = (BlockKind::Paragraph, 0);
                }
                item.item_used = true;
            }
        }
        let element = self.element_of(to);
        if let Some(block) = self.document.blocks.last_mut() {
            block.element = element;
        }
    }

    /// Registers the elements down to place `to` of the stack.
    fn element_of(&mut self, to: usize) -> Option<u32> {
        let mut parent = None;
        for at in 1..=to.min(self.stack.len() - 1) {
            let frame = self.stack[at];
            if frame.element.is_none() {
                let start = self.arena.tag_span(frame.node).map(span);
                let number = self.document.elements.len() as u32;
                self.document.elements.push(Element {
                    parent,
                    tag: self.arena.tag(frame.node),
                    depth: at as u16,
                    marks: frame.own.marks,
                    start: start.unwrap_or(Span::new(0, 0)),
                    class: frame.own.class,
                    id: frame.own.id,
                });
                self.stack[at].element = Some(number);
            }
            parent = self.stack[at].element;
        }
        parent
    }
}

fn span(range: Range32) -> Span {
    Span::new(range.start as usize, range.end as usize)
}
