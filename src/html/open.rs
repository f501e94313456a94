//! An open element on the way from the root: what it and those around it say about text in it.

use super::arena::{Arena, NodeId, NodeKind};
use super::frame::{self, Layout, Seen};
use super::lex::Range32;
use super::tags::Tag;
use crate::document::{BlockKind, Holds, Marks};

/// An element on the way from the root.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub node: NodeId,
    pub layout: Layout,
    /// Place in the stack of the innermost block-level element, perhaps this one.
    pub block: u32,
    pub kind: BlockKind,
    pub level: u8,
    pub lists: u8,
    pub marks: Marks,
    pub class: Range32,
    pub id: Range32,
    pub label: Range32,
    pub own: Marks,
    pub holds: Holds,
    /// Index into the document's elements, once a block stands in it.
    pub element: Option<u32>,
    pub keeps_space: bool,
    pub in_link: bool,
    pub in_bold: bool,
    /// Inside a row of a data table: blocks do not end, cells are joined.
    pub in_row: bool,
    /// Rows below are those of a data table.
    pub data_table: bool,
    /// The element makes its first block a list item; what follows stands in it.
    pub is_item: bool,
    /// That first block has come.
    pub item_used: bool,
}

impl Frame {
    /// The frame of the document.
    pub fn root() -> Self {
        Self {
            node: 0,
            layout: Layout::Block,
            block: 0,
            kind: BlockKind::Paragraph,
            level: 0,
            lists: 0,
            marks: Marks::default(),
            class: Range32::default(),
            id: Range32::default(),
            label: Range32::default(),
            own: Marks::default(),
            holds: Holds::default(),
            element: None,
            keeps_space: false,
            in_link: false,
            in_bold: false,
            in_row: false,
            data_table: false,
            is_item: false,
            item_used: false,
        }
    }

    /// The frame of an element at place `at` of the stack, inside `up`.
    #[inline]
    pub fn within(
        (up, at): (&Self, usize),
        (text, arena): (&str, &Arena),
        node: NodeId,
        tag: Tag,
        own: &Seen,
        layout: Layout,
    ) -> Self {
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
        Self {
            node,
            layout,
            block: match layout {
                Layout::Block => at as u32,
                _ => up.block,
            },
            kind: kind.unwrap_or(up.kind),
            level,
            lists,
            marks: up.marks.with(own.marks),
            class: own.class,
            id: own.id,
            label: label(text, arena, node, tag, own),
            own: own.marks,
            holds: Holds::default(),
            element: None,
            keeps_space: up.keeps_space || kind == Some(BlockKind::Code),
            in_link: up.in_link || tag == Tag::A,
            in_bold: up.in_bold || matches!(tag, Tag::B | Tag::Strong),
            in_row: up.in_row || (tag == Tag::Tr && up.data_table),
            data_table: match tag {
                Tag::Table => frame::is_data_table(arena, node, own),
                Tag::Caption => false,
                _ => up.data_table,
            },
            is_item: kind == Some(BlockKind::ListItem),
            item_used: false,
        }
    }
}

/// What names an element besides class and id; custom elements have names that say something.
#[inline]
fn label(text: &str, arena: &Arena, node: NodeId, tag: Tag, own: &Seen) -> Range32 {
    let known = own.label.1;
    if tag != Tag::Other || !known.is_empty() {
        return known;
    }
    match arena.node(node).kind {
        NodeKind::Element(_, _, Some(tag)) => {
            let name = arena.tags.get(tag as usize).map(|tag| tag.name);
            let custom = |name: &Range32| name.of(text).contains('-');
            name.filter(custom).unwrap_or_default()
        }
        _ => known,
    }
}
