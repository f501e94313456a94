//! What the tree construction tells a sink besides what the tree builder does, and asks of it.

use std::cell::RefMut;

use html5ever::LocalName;
use html5ever::tree_builder::TreeSink;

use super::arena::{Arena, NodeId};
use super::lex::{Range32, TagToken, TextKind};
use super::tags::Tag;

/// The token that the tree builder is working on.
#[derive(Debug, Clone)]
pub(super) struct Current {
    /// For start tags their number in the arena.
    pub start: Option<u32>,
    /// Name and element of a tag.
    pub name: LocalName,
    /// See `name`.
    pub tag: Tag,
    /// Stands for the attributes of a formatting element; 0 when it has none.
    pub hash: u64,
    /// Data of a comment, position of all else.
    pub range: Range32,
}

impl Default for Current {
    fn default() -> Self {
        Self {
            start: None,
            name: LocalName::default(),
            tag: Tag::Other,
            hash: 0,
            range: Range32::default(),
        }
    }
}

/// What the driver has to know of a sink.
pub(super) trait Watched: TreeSink {
    /// Whether characters and attributes are passed decoded; else as numbers (see [`code`]).
    const DECODED: bool;

    /// Announces the token that comes next.
    fn begin(&self, current: Current);

    /// Announces a run of characters.
    fn begin_text(&self);

    /// Forgets the text runs noted so far: the token behind them has been processed.
    fn clear_texts(&self);

    /// Notes a text run; gives its number.
    fn add_text(&self, range: Range32, kind: TextKind) -> u32;

    /// Notes a start tag; gives its number.
    fn add_tag(&self, tag: TagToken) -> u32;

    /// Whether there is a `body` element.
    fn has_body(&self) -> bool;

    /// Depth of the element that the current tag made, if it made one, and whether it is HTML.
    fn made(&self) -> Option<(u16, bool)>;

    /// The arena, where the sink builds one.
    fn arena(&self) -> Option<RefMut<'_, Arena>>;

    /// The node of a handle, where there is an arena.
    fn node_of(handle: &Self::Handle) -> NodeId;

    /// The element that comes next stands in the arena already.
    fn adopt(&self, node: NodeId);

    /// Notes the first tag of a formatting element with attributes of this hash.
    fn remember(&self, hash: u64, start: u32);

    /// The names of the elements opened again for the current token, when they are many.
    fn take_reopened(&self, more_than: usize) -> Vec<LocalName>;
}
