//! An open element on the way from the root: what it and those around it say about text in it.

use super::arena::{Arena, NodeId, NodeKind};
use super::frame::{self, Layout, Seen};
use super::lex::Range32;
use super::tags::Tag;
use crate::document::{BlockKind, Holds, Marks};

/// White space is content.
pub(super) const CODE: u8 = 1;
/// Inside a link.
pub(super) const LINK: u8 = 2;
/// Inside an element that sets its text in bold.
pub(super) const BOLD: u8 = 4;
/// Inside a row of a data table: blocks do not end, cells are joined.
pub(super) const ROW: u8 = 8;
/// Rows below are those of a data table.
const DATA: u8 = 16;
/// The element makes its first block a list item; what follows stands in it.
pub(super) const ITEM: u8 = 32;
/// That first block has come.
pub(super) const ITEM_USED: u8 = 64;
/// What holds for elements inside as well.
const INHERITED: u8 = CODE | LINK | BOLD | ROW | DATA;

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
    /// The number of an item of an ordered list; of such a list, that of its next item.
    pub ordinal: Option<u32>,
    /// What text in it is, as a set of [`CODE`] and the like.
    pub about: u8,
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
            ordinal: None,
            about: 0,
        }
    }

    /// Whether text in it is this.
    #[inline]
    pub const fn is(&self, about: u8) -> bool {
        self.about & about != 0
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
        let inherited = up.about & INHERITED;
        let mut about = match tag {
            Tag::A => inherited | LINK,
            Tag::B | Tag::Strong => inherited | BOLD,
            Tag::Tr if up.is(DATA) => inherited | ROW,
            Tag::Table if frame::is_data_table(arena, node, own) => inherited | DATA,
            Tag::Table | Tag::Caption => inherited & !DATA,
            _ => inherited,
        };
        about |= match kind {
            Some(BlockKind::Code) => CODE,
            Some(BlockKind::ListItem) => ITEM,
            _ => 0,
        };
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
            ordinal: None,
            about,
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
