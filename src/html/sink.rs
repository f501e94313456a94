//! The sink that builds the span arena.

use std::borrow::Cow;
use std::cell::{Cell, RefCell, RefMut};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, Namespace, QualName, local_name, ns};
use rustc_hash::{FxHashMap, FxHashSet};

use super::arena::{Arena, NONE, NodeId, NodeKind, Space};
use super::code;
use super::lex::{Range32, TagToken, TextKind};
use super::needed::LINK;
use super::tags::Tag;
use super::watched::{Current, Watched};

static HTML: Namespace = ns!(html);
static SVG: Namespace = ns!(svg);
static MATHML: Namespace = ns!(mathml);

/// A node as the tree builder holds it; the name goes along so that asking for it is free.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    id: NodeId,
    space: Space,
    name: LocalName,
}

impl Handle {
    fn nameless(id: NodeId) -> Self {
        Self {
            id,
            space: Space::Html,
            name: LocalName::default(),
        }
    }
}

impl ElemName for &Handle {
    #[inline]
    fn ns(&self) -> &Namespace {
        match self.space {
            Space::Html => &HTML,
            Space::Svg => &SVG,
            Space::MathMl => &MATHML,
        }
    }

    #[inline]
    fn local_name(&self) -> &LocalName {
        &self.name
    }
}

#[derive(Default)]
struct Inner {
    arena: Arena,
    texts: Vec<(Range32, TextKind)>,
    current: Current,
    /// Formatting elements by the hash of their attributes, to know those of a clone.
    tag_of_hash: FxHashMap<u64, u32>,
    reopened: Vec<LocalName>,
    integration_points: FxHashSet<NodeId>,
}

/// The sink that builds the span arena.
pub(super) struct ArenaSink {
    inner: RefCell<Inner>,
    made: Cell<NodeId>,
    /// The node that the next element is, where it has one already.
    adopted: Cell<NodeId>,
    has_body: Cell<bool>,
    reopened: Cell<usize>,
}

impl ArenaSink {
    /// A sink for a page of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let inner = Inner {
            arena: Arena::new(bytes),
            ..Inner::default()
        };
        Self {
            inner: RefCell::new(inner),
            made: Cell::new(NONE),
            adopted: Cell::new(NONE),
            has_body: Cell::new(false),
            reopened: Cell::new(0),
        }
    }
}

impl ArenaSink {
    fn forget_reopened(&self) {
        if self.reopened.replace(0) > 0 {
            self.inner.borrow_mut().reopened.clear();
        }
    }
}

impl Inner {
    /// The tag behind a new element: the current one, or for an element that is opened again
    /// the first with the same attributes.
    fn tag_of(&mut self, name: &QualName, attrs: &[Attribute]) -> (Tag, Option<u32>, bool) {
        let current = &self.current;
        let is_current = current.start.is_some()
            && (current.name == name.local
                || (current.name == local_name!("image") && name.local == local_name!("img"))
                || (name.ns != ns!(html) && current.name.eq_ignore_ascii_case(&name.local)));
        let tag = match is_current {
            true if current.name == name.local => current.tag,
            _ => Tag::from_name(&name.local),
        };
        if !tag.is_formatting() || name.ns != ns!(html) {
            let start = current.start.filter(|_| is_current);
            return (tag, start, is_current);
        }
        let hash = attrs.first().map_or(0, |attr| code::read_hash(&attr.value));
        if is_current && hash == current.hash {
            return (tag, current.start, true);
        }
        let start = match hash & LINK {
            0 => self.tag_of_hash.get(&hash).copied(),
            _ => Some(hash as u32),
        };
        (tag, start, false)
    }

    /// The run behind a number; U+FFFD is what the tree builder makes of a U+0000.
    fn text_of(&self, text: &str) -> (Range32, TextKind) {
        match text {
            "\u{fffd}" => (self.current.range, TextKind::Raw),
            _ => {
                let run = self.texts.get(code::read(text) as usize);
                run.copied().unwrap_or_default()
            }
        }
    }

    /// The node for a child; `None` when it is text that went to the text node `before`, with
    /// which it is one run in the page.
    fn add(&mut self, before: NodeId, child: NodeOrText<Handle>) -> Option<NodeId> {
        let text = match child {
            NodeOrText::AppendNode(handle) => return Some(handle.id),
            NodeOrText::AppendText(text) => text,
        };
        let (range, kind) = self.text_of(&text);
        if let Some(node) = self.arena.nodes.get_mut(before as usize)
            && let NodeKind::Text(old, old_kind) = &mut node.kind
            && old.end == range.start
            && *old_kind == kind
        {
            old.end = range.end;
            return None;
        }
        Some(self.arena.add(NodeKind::Text(range, kind)))
    }
}

impl Watched for ArenaSink {
    const DECODED: bool = false;

    fn begin(&self, current: Current) {
        self.inner.borrow_mut().current = current;
        self.made.set(NONE);
        self.forget_reopened();
    }

    fn begin_text(&self) {
        if self.made.replace(NONE) != NONE || self.reopened.get() > 0 {
            self.inner.borrow_mut().current = Current::default();
            self.forget_reopened();
        } else {
            self.inner.borrow_mut().current.start = None;
        }
    }

    fn clear_texts(&self) {
        self.inner.borrow_mut().texts.clear();
    }

    fn add_text(&self, range: Range32, kind: TextKind) -> u32 {
        let texts = &mut self.inner.borrow_mut().texts;
        texts.push((range, kind));
        texts.len() as u32 - 1
    }

    fn add_tag(&self, tag: TagToken) -> u32 {
        let tags = &mut self.inner.borrow_mut().arena.tags;
        tags.push(tag);
        tags.len() as u32 - 1
    }

    fn has_body(&self) -> bool {
        self.has_body.get()
    }

    fn made(&self) -> Option<(u16, bool)> {
        let made = self.made.get();
        if made == NONE {
            return None;
        }
        let inner = self.inner.borrow();
        let node = inner.arena.node(made);
        let is_html = matches!(node.kind, NodeKind::Element(_, Space::Html, _));
        Some((node.depth, is_html))
    }

    fn arena(&self) -> Option<RefMut<'_, Arena>> {
        Some(RefMut::map(self.inner.borrow_mut(), |inner| {
            &mut inner.arena
        }))
    }

    fn node_of(handle: &Handle) -> NodeId {
        handle.id
    }

    fn adopt(&self, node: NodeId) {
        self.adopted.set(node);
    }

    fn remember(&self, hash: u64, start: u32) {
        let tags = &mut self.inner.borrow_mut().tag_of_hash;
        tags.entry(hash).or_insert(start);
    }

    fn take_reopened(&self, more_than: usize) -> Vec<LocalName> {
        if self.reopened.get() <= more_than {
            return Vec::new();
        }
        self.reopened.set(0);
        std::mem::take(&mut self.inner.borrow_mut().reopened)
    }
}

impl TreeSink for ArenaSink {
    type Handle = Handle;
    type Output = Arena;
    type ElemName<'a> = &'a Handle;

    fn finish(self) -> Arena {
        self.inner.into_inner().arena
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle::nameless(0)
    }

    #[inline]
    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a Handle {
        target
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let mut inner = self.inner.borrow_mut();
        let (tag, start, is_current) = inner.tag_of(&name, &attrs);
        let space = match () {
            () if name.ns == HTML => Space::Html,
            () if name.ns == SVG => Space::Svg,
            () => Space::MathMl,
        };
        let id = match self.adopted.replace(NONE) {
            NONE => inner.arena.add(NodeKind::Element(tag, space, start)),
            known => known,
        };
        if is_current {
            let hash = inner.current.hash;
            if hash != 0
                && hash & LINK == 0
                && let Some(start) = start
            {
                inner.tag_of_hash.entry(hash).or_insert(start);
            }
            self.made.set(id);
        } else if tag.is_formatting() {
            inner.reopened.push(name.local.clone());
            self.reopened.set(inner.reopened.len());
        }
        if tag == Tag::Body {
            self.has_body.set(true);
        }
        if flags.template {
            let fragment = inner.arena.add(NodeKind::Fragment);
            inner.arena.append(id, fragment);
        }
        if flags.mathml_annotation_xml_integration_point {
            inner.integration_points.insert(id);
        }
        Handle {
            id,
            space,
            name: name.local,
        }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        let mut inner = self.inner.borrow_mut();
        let range = inner.current.range;
        Handle::nameless(inner.arena.add(NodeKind::Comment(range)))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let mut inner = self.inner.borrow_mut();
        if let NodeOrText::AppendNode(child) = &child
            && inner.arena.node(child.id).parent == parent.id
        {
            return;
        }
        let last = inner.arena.node(parent.id).last;
        if let Some(child) = inner.add(last, child) {
            inner.arena.append(parent.id, child);
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        prev_element: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let has_parent = self.inner.borrow().arena.node(element.id).parent != NONE;
        match has_parent {
            true => self.append_before_sibling(element, child),
            false => self.append(prev_element, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        Handle::nameless(self.inner.borrow().arena.node(target.id).first)
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.borrow_mut().arena.quirks = mode == QuirksMode::Quirks;
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let mut inner = self.inner.borrow_mut();
        if let NodeOrText::AppendNode(handle) = &child {
            inner.arena.detach(handle.id);
        }
        let before = *inner.arena.node(sibling.id);
        if before.parent == NONE {
            return;
        }
        if let Some(child) = inner.add(before.prev, child) {
            inner.arena.insert_before(sibling.id, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, _: Vec<Attribute>) {
        let mut inner = self.inner.borrow_mut();
        if let Some(tag) = inner.current.start {
            inner.arena.more_tags.push((target.id, tag));
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.inner.borrow_mut().arena.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut inner = self.inner.borrow_mut();
        inner.arena.move_children(node.id, new_parent.id);
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        let inner = self.inner.borrow();
        inner.integration_points.contains(&handle.id)
    }
}
