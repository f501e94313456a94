//! A page as a `scraper` document, for CSS selectors, joined with the byte spans of our lexer.
//!
//! The same lexer and tree construction as for the span arena, with characters and attributes
//! decoded. The start tag's place in the page joins the two trees: a selector names elements,
//! the arena knows their text.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell, RefMut};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use rustc_hash::FxHashMap;
use scraper::{Html, HtmlTreeSink, Selector};

use super::arena::{Arena, NONE, NodeId, NodeKind};
use super::lex::{Lexer, Range32, TagToken, TextKind};
use super::tags::Tag;
use super::tree::{drive, parse};
use super::watched::{Current, Watched};
use crate::document::Span;

type Id = <HtmlTreeSink as TreeSink>::Handle;

/// A page that CSS selectors can be asked of.
#[derive(Debug)]
pub struct Scraped {
    /// The page as `scraper` has it.
    pub html: Html,
    starts: FxHashMap<Id, Span>,
    arena: Arena,
    node_at: FxHashMap<usize, NodeId>,
}

/// An element that a selector names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its start tag.
    pub start: Span,
    /// The runs of text in it, ascending; also those that are not shown.
    pub texts: Vec<Span>,
}

impl Scraped {
    /// Parses a decoded page.
    pub fn new(text: &str) -> Self {
        let mut lexer = Lexer::new(text);
        let (html, starts) = drive(&mut lexer, ScrapedSink::new(), false);
        let arena = parse(text);
        let mut node_at = FxHashMap::default();
        for at in 0..arena.nodes.len() as NodeId {
            if let Some(span) = arena.tag_span(at) {
                node_at.entry(span.start as usize).or_insert(at);
            }
        }
        Self {
            html,
            starts,
            arena,
            node_at,
        }
    }

    /// The start tag of an element; `None` where the page has none for it.
    pub fn start(&self, id: Id) -> Option<Span> {
        self.starts.get(&id).copied()
    }

    /// The elements that `selector` names, in document order. Those that the page has no start
    /// tag for are left out.
    pub fn select(&self, selector: &Selector) -> Vec<Selected> {
        let named = self.html.select(selector);
        named
            .filter_map(|element| {
                let start = self.start(element.id())?;
                let node = self.node_at.get(&start.start).copied()?;
                let texts = self.texts(node);
                Some(Selected { start, texts })
            })
            .collect()
    }

    fn texts(&self, root: NodeId) -> Vec<Span> {
        let mut texts = Vec::new();
        let mut at = root;
        while let Some(next) = self.arena.following(root, at, true) {
            at = next;
            if let NodeKind::Text(range, _) = self.arena.node(at).kind {
                texts.push(Span::new(range.start as usize, range.end as usize));
            }
        }
        texts.sort_unstable();
        texts
    }
}

/// `scraper`'s own sink, which notes besides where start tags stand.
struct ScrapedSink {
    inner: HtmlTreeSink,
    current: RefCell<Current>,
    starts: RefCell<FxHashMap<Id, Span>>,
    depths: RefCell<FxHashMap<Id, u16>>,
    reopened: RefCell<Vec<LocalName>>,
    made: Cell<Option<Id>>,
}

impl ScrapedSink {
    fn new() -> Self {
        Self {
            inner: HtmlTreeSink::new(Html::new_document()),
            current: RefCell::default(),
            starts: RefCell::default(),
            depths: RefCell::default(),
            reopened: RefCell::default(),
            made: Cell::new(None),
        }
    }

    fn set_depth(&self, parent: Id, child: &NodeOrText<Id>) {
        if let NodeOrText::AppendNode(child) = child {
            let mut depths = self.depths.borrow_mut();
            let depth = depths.get(&parent).copied().unwrap_or(0);
            depths.insert(*child, depth.saturating_add(1));
        }
    }
}

impl Watched for ScrapedSink {
    const DECODED: bool = true;

    fn begin(&self, current: Current) {
        self.reopened.borrow_mut().clear();
        self.made.set(None);
        *self.current.borrow_mut() = current;
    }

    fn begin_text(&self) {
        self.begin(Current::default());
    }

    fn clear_texts(&self) {}

    fn add_text(&self, _: Range32, _: TextKind) -> u32 {
        0
    }

    fn add_tag(&self, _: TagToken) -> u32 {
        0
    }

    fn has_body(&self) -> bool {
        false
    }

    fn made(&self) -> Option<(u16, bool)> {
        let made = self.made.get()?;
        let depth = self.depths.borrow().get(&made).copied()?;
        let is_html = self.inner.elem_name(&made).ns == ns!(html);
        Some((depth, is_html))
    }

    fn arena(&self) -> Option<RefMut<'_, Arena>> {
        None
    }

    fn node_of(_: &Id) -> NodeId {
        NONE
    }

    fn adopt(&self, _: NodeId) {}

    fn remember(&self, _: u64, _: u32) {}

    fn take_reopened(&self, more_than: usize) -> Vec<LocalName> {
        let mut reopened = self.reopened.borrow_mut();
        match reopened.len() > more_than {
            true => std::mem::take(&mut *reopened),
            false => Vec::new(),
        }
    }
}

impl TreeSink for ScrapedSink {
    type Handle = Id;
    type Output = (Html, FxHashMap<Id, Span>);
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        (self.inner.finish(), self.starts.into_inner())
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        self.inner.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        self.inner.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Id {
        let local = name.local.clone();
        let is_html = name.ns == ns!(html);
        let id = self.inner.create_element(name, attrs, flags);
        let current = self.current.borrow();
        let is_image = current.name == local_name!("image") && local == local_name!("img");
        let same = current.name == local || (!is_html && current.name.eq_ignore_ascii_case(&local));
        if current.start.is_some() && (same || is_image) {
            // The last element made for a tag is its own; those before were opened again.
            if let Some(before) = self.made.replace(Some(id)) {
                self.starts.borrow_mut().remove(&before);
                self.reopened.borrow_mut().push(local);
            }
            let span = Span::new(current.range.start as usize, current.range.end as usize);
            self.starts.borrow_mut().insert(id, span);
        } else if Tag::from_name(&local).is_formatting() {
            self.reopened.borrow_mut().push(local);
        }
        id
    }

    fn create_comment(&self, text: StrTendril) -> Id {
        self.inner.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Id {
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.set_depth(*parent, &child);
        self.inner.append(parent, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, prev: &Id, child: NodeOrText<Id>) {
        self.set_depth(*prev, &child);
        self.inner.append_based_on_parent_node(element, prev, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.inner.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &Id) -> Id {
        self.inner.get_template_contents(target)
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        self.inner.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &Id) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        self.inner.reparent_children(node, new_parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_name_spans() {
        let page =
            "<div><p class=ad>Buy &amp; <b>now</b></p><p>Text</p><p class='x ad'>More</p></div>";
        let scraped = Scraped::new(page);
        let selected = scraped.select(&Selector::parse("p.ad").unwrap());
        let texts: Vec<Vec<&str>> = selected
            .iter()
            .map(|one| one.texts.iter().map(|span| span.of(page)).collect())
            .collect();
        assert_eq!(texts, [vec!["Buy &amp; ", "now"], vec!["More"]]);
        assert_eq!(selected[0].start.of(page), "<p class=ad>");
    }

    #[test]
    fn the_tree_is_that_of_scraper() {
        let page =
            "<table><b>x<tr><td>a<svg viewBox=1><path D=2 /></svg></table><a x=1><p><a x=2>&lt;";
        let scraped = Scraped::new(page);
        assert_eq!(scraped.html.html(), Html::parse_document(page).html());
    }
}
