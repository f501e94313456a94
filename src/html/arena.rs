//! The element tree as an arena of spans: what html5ever's tree construction builds, without
//! a copy of any text or attribute.

use super::lex::{Attr, AttrName, Range32, TagToken, TextKind};
use super::tags::Tag;

/// Index of a node; the document is node 0.
pub type NodeId = u32;

/// No node.
pub const NONE: NodeId = u32::MAX;

/// The namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Space {
    /// HTML.
    #[default]
    Html,
    /// SVG.
    Svg,
    /// MathML.
    MathMl,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// The root.
    Document,
    /// The contents of a `template`.
    Fragment,
    /// An element; `None` when the tree construction made it without a tag of its own.
    Element(Tag, Space, Option<u32>),
    /// A run of characters.
    Text(Range32, TextKind),
    /// A comment.
    Comment(Range32),
}

/// A node and its place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its parent, or [`NONE`].
    pub parent: NodeId,
    /// The sibling before it, or [`NONE`].
    pub prev: NodeId,
    /// The sibling behind it, or [`NONE`].
    pub next: NodeId,
    /// Its first child, or [`NONE`].
    pub first: NodeId,
    /// Its last child, or [`NONE`].
    pub last: NodeId,
    /// Distance from the root when it was inserted.
    pub depth: u16,
}

/// The tree of a page.
#[derive(Debug, Default)]
pub struct Arena {
    /// All nodes; those without parent (but the first) are not in the tree.
    pub nodes: Vec<Node>,
    /// The start tags that made elements.
    pub tags: Vec<TagToken>,
    /// The attributes of all start tags.
    pub attrs: Vec<Attr>,
    /// Further `html` and `body` tags, whose attributes count where the first has none.
    pub more_tags: Vec<(NodeId, u32)>,
    /// Whether the page's doctype asks for quirks mode.
    pub quirks: bool,
}

impl Arena {
    /// An empty tree for a page of so many bytes: most pages have fewer nodes than one per 56 bytes
    /// and half as many tags.
    pub(super) fn new(bytes: usize) -> Self {
        let mut arena = Self::default();
        arena.nodes.reserve(bytes / 56 + 16);
        arena.tags.reserve(bytes / 112 + 16);
        arena.add(NodeKind::Document);
        arena
    }

    pub(super) fn add(&mut self, kind: NodeKind) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node {
            kind,
            parent: NONE,
            prev: NONE,
            next: NONE,
            first: NONE,
            last: NONE,
            depth: 0,
        });
        id
    }

    /// The node with this index; the document for an index that there is not.
    #[inline]
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&self.nodes[0])
    }

    #[inline]
    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        let known = (id as usize) < self.nodes.len();
        &mut self.nodes[if known { id as usize } else { 0 }]
    }

    /// The start tag that made an element.
    #[inline]
    pub(super) fn tag_of(&self, id: NodeId) -> Option<&TagToken> {
        match self.node(id).kind {
            NodeKind::Element(_, _, Some(tag)) => self.tags.get(tag as usize),
            _ => None,
        }
    }

    /// The attributes of the tag that made an element.
    #[inline]
    pub fn attrs_of(&self, id: NodeId) -> &[Attr] {
        self.tag_of(id).map_or(&[], |tag| self.attrs_of_tag(tag))
    }

    #[inline]
    pub(super) fn attrs_of_tag(&self, tag: &TagToken) -> &[Attr] {
        self.attrs
            .get(tag.attrs_from as usize..tag.attrs_to as usize)
            .unwrap_or_default()
    }

    /// The span of the start tag that made an element.
    pub fn tag_span(&self, id: NodeId) -> Option<Range32> {
        self.tag_of(id).map(|tag| tag.span)
    }

    /// The value of an attribute as written: the first of that name.
    #[inline]
    pub fn attr(&self, id: NodeId, name: AttrName) -> Option<Range32> {
        let tag = self.tag_of(id)?;
        if tag.names & name.bit() == 0 {
            return None;
        }
        let mut attrs = self.attrs_of_tag(tag).iter();
        attrs.find(|attr| attr.known == name).map(|attr| attr.value)
    }

    /// The element of a node, [`Tag::Other`] for what is none.
    #[inline]
    pub fn tag(&self, id: NodeId) -> Tag {
        match self.node(id).kind {
            NodeKind::Element(tag, ..) => tag,
            _ => Tag::Other,
        }
    }

    /// The first child of `id`, or [`NONE`]; of a `template` that of its contents.
    #[inline]
    pub fn shown_first(&self, id: NodeId) -> NodeId {
        let first = self.node(id).first;
        match first != NONE && self.node(first).kind == NodeKind::Fragment {
            true => self.node(first).first,
            false => first,
        }
    }

    /// The node behind `id` in document order within `root`: into the children where
    /// `descend`, else past them.
    #[inline]
    pub fn following(&self, root: NodeId, id: NodeId, descend: bool) -> Option<NodeId> {
        let mut at = id;
        if descend && self.node(at).first != NONE {
            return Some(self.node(at).first);
        }
        while at != root && at != NONE {
            if self.node(at).next != NONE {
                return Some(self.node(at).next);
            }
            at = self.node(at).parent;
        }
        None
    }

    pub(super) fn append(&mut self, parent: NodeId, child: NodeId) {
        let last = self.node(parent).last;
        let depth = self.node(parent).depth.saturating_add(1);
        let node = self.node_mut(child);
        node.parent = parent;
        node.prev = last;
        node.next = NONE;
        node.depth = depth;
        match last {
            NONE => self.node_mut(parent).first = child,
            _ => self.node_mut(last).next = child,
        }
        self.node_mut(parent).last = child;
    }

    /// Adds a node as the last child of another.
    #[inline]
    pub(super) fn add_last(&mut self, parent: NodeId, kind: NodeKind) -> NodeId {
        let id = self.nodes.len() as NodeId;
        let up = self.node_mut(parent);
        let depth = up.depth.saturating_add(1);
        let prev = std::mem::replace(&mut up.last, id);
        match prev {
            NONE => up.first = id,
            _ => self.node_mut(prev).next = id,
        }
        self.nodes.push(Node {
            kind,
            parent,
            prev,
            next: NONE,
            first: NONE,
            last: NONE,
            depth,
        });
        id
    }

    pub(super) fn insert_before(&mut self, sibling: NodeId, child: NodeId) {
        let Node {
            parent,
            prev,
            depth,
            ..
        } = *self.node(sibling);
        let node = self.node_mut(child);
        node.parent = parent;
        node.prev = prev;
        node.next = sibling;
        node.depth = depth;
        self.node_mut(sibling).prev = child;
        match prev {
            NONE => self.node_mut(parent).first = child,
            _ => self.node_mut(prev).next = child,
        }
    }

    pub(super) fn detach(&mut self, id: NodeId) {
        let Node {
            parent, prev, next, ..
        } = *self.node(id);
        if parent == NONE {
            return;
        }
        match prev {
            NONE => self.node_mut(parent).first = next,
            _ => self.node_mut(prev).next = next,
        }
        match next {
            NONE => self.node_mut(parent).last = prev,
            _ => self.node_mut(next).prev = prev,
        }
        let node = self.node_mut(id);
        (node.parent, node.prev, node.next) = (NONE, NONE, NONE);
    }

    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        while self.node(from).first != NONE {
            let child = self.node(from).first;
            self.detach(child);
            self.append(to, child);
        }
    }
}
