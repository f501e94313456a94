//! All places of a page that may state metadata, as spans, in page order.

use super::json::Json;
use super::value::{Coding, Value};
use crate::document::Span;
use crate::html::arena::{Arena, NONE, NodeId, NodeKind, Space};
use crate::html::classes::{self, Says};
use crate::html::frame::{Layout, layout};
use crate::html::lex::{AttrName, Range32, TagToken};
use crate::html::tags::Tag;

/// Most bytes of the text of an element that states a value.
const MAX_VALUE: usize = 400;
/// Most values of one sort that are looked at.
const MAX_EACH: usize = 400;
/// Most nodes that are looked at for the text of one element.
const MAX_NODES: usize = 64;

/// A `meta` or `link` element: what it names and what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub name: Span,
    pub value: Value,
}

/// An element in the page that says something by its attributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub node: NodeId,
    pub tag: Tag,
    /// `itemprop`, else `rel`, else `class`.
    pub by: By,
    pub name: Span,
    pub value: Value,
}

/// Which attribute names what an element says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    ItemProp,
    Rel,
    Class,
    Time,
    Heading,
}

/// What a page states about itself.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    pub meta: Vec<Named>,
    pub links: Vec<Named>,
    pub title: Option<Value>,
    pub language: Option<Value>,
    pub said: Vec<Said>,
    pub json: Vec<Json>,
}

impl Harvest {
    /// The first `meta` with this name that says something.
    pub fn meta(&self, text: &str, name: &str) -> Option<Value> {
        self.metas(text, name).next()
    }

    pub fn metas<'a>(&'a self, text: &'a str, name: &'a str) -> impl Iterator<Item = Value> + 'a {
        self.meta
            .iter()
            .filter(move |named| named.name.of(text).trim().eq_ignore_ascii_case(name))
            .map(|named| named.value)
    }

    pub fn link(&self, text: &str, rel: &str) -> Option<Value> {
        self.links
            .iter()
            .find(|named| {
                let mut words = named.name.of(text).split_ascii_whitespace();
                words.any(|word| word.eq_ignore_ascii_case(rel))
            })
            .map(|named| named.value)
    }
}

/// Gathers from all elements.
pub(super) fn gather(text: &str, arena: &Arena) -> Harvest {
    let mut out = Harvest::default();
    for (node, of) in (0..).zip(&arena.nodes) {
        let NodeKind::Element(tag, _, start) = of.kind else {
            continue;
        };
        match tag {
            Tag::Meta => meta(text, arena, node, &mut out),
            Tag::Link => link(text, arena, node, &mut out),
            Tag::Title if out.title.is_none() => out.title = content(text, arena, node),
            Tag::Html => {
                let lang = attribute(text, arena, node, AttrName::Lang);
                let lang = lang.or_else(|| attribute(text, arena, node, AttrName::XmlLang));
                out.language = lang;
            }
            Tag::Script => script(text, arena, node, &mut out),
            Tag::H1 | Tag::Time => said(text, arena, node, tag, &mut out),
            _ => {
                let start = start.and_then(|start| arena.tags.get(start as usize));
                if start.is_some_and(says) {
                    said(text, arena, node, tag, &mut out);
                }
            }
        }
    }
    out
}

/// Whether a start tag may say something by its attributes.
#[inline]
fn says(tag: &TagToken) -> bool {
    tag.names & (AttrName::ItemProp.bit() | AttrName::Rel.bit()) != 0 || tag.says.has(Says::HINT)
}

fn attribute(text: &str, arena: &Arena, node: NodeId, name: AttrName) -> Option<Value> {
    let value = Value {
        span: span(arena.attr(node, name)?),
        coding: Coding::Attribute,
    };
    let value = value.trimmed(text);
    (!value.span.is_empty()).then_some(value)
}

fn meta(text: &str, arena: &Arena, node: NodeId, out: &mut Harvest) {
    let Some(value) = attribute(text, arena, node, AttrName::Content) else {
        return;
    };
    let names = [
        AttrName::Property,
        AttrName::Name,
        AttrName::ItemProp,
        AttrName::HttpEquiv,
    ];
    if let Some(name) = attribute(text, arena, node, AttrName::ItemProp) {
        push(out, node, Tag::Meta, By::ItemProp, name.span, Some(value));
    }
    for name in names
        .into_iter()
        .filter_map(|name| attribute(text, arena, node, name))
    {
        if out.meta.len() < MAX_EACH {
            out.meta.push(Named {
                name: name.span,
                value,
            });
        }
    }
}

fn link(text: &str, arena: &Arena, node: NodeId, out: &mut Harvest) {
    let rel = attribute(text, arena, node, AttrName::Rel);
    if let (Some(rel), Some(value)) = (rel, attribute(text, arena, node, AttrName::Href))
        && out.links.len() < MAX_EACH
    {
        out.links.push(Named {
            name: rel.span,
            value,
        });
    }
}

fn script(text: &str, arena: &Arena, node: NodeId, out: &mut Harvest) {
    let kind = attribute(text, arena, node, AttrName::Type);
    let is_json = kind.is_some_and(|kind| {
        let kind = kind.text(text).to_ascii_lowercase();
        kind.starts_with("application/ld+json")
    });
    let first = arena.node(node).first;
    if let NodeKind::Text(range, _) = arena.node(first).kind
        && is_json
        && first != NONE
        && out.json.len() < MAX_EACH
    {
        out.json.push(Json::parse(text, span(range)));
    }
}

/// Elements in the page: microdata, `rel=author`, `time`, headings, classes that name a byline
/// or a date.
fn said(text: &str, arena: &Arena, node: NodeId, tag: Tag, out: &mut Harvest) {
    if out.said.len() >= MAX_EACH * 4 {
        return;
    }
    if tag == Tag::H1 {
        push(
            out,
            node,
            tag,
            By::Heading,
            Span::default(),
            content(text, arena, node),
        );
        return;
    }
    for attr in arena.attrs_of(node) {
        let by = match attr.known {
            AttrName::ItemProp => By::ItemProp,
            AttrName::Rel => By::Rel,
            AttrName::Class => By::Class,
            _ => continue,
        };
        let named = span(attr.value);
        let wanted = match by {
            By::ItemProp => true,
            By::Rel => named
                .of(text)
                .split_ascii_whitespace()
                .any(|word| word == "author"),
            _ => classes::hints(named.of(text)),
        };
        if wanted {
            let value = stated(text, arena, node, by);
            push(out, node, tag, by, named, value);
        }
    }
    if tag == Tag::Time {
        let value = attribute(text, arena, node, AttrName::Datetime);
        let value = value.or_else(|| content(text, arena, node));
        push(out, node, tag, By::Time, Span::default(), value);
    }
}

fn push(out: &mut Harvest, node: NodeId, tag: Tag, by: By, name: Span, value: Option<Value>) {
    if let Some(value) = value {
        out.said.push(Said {
            node,
            tag,
            by,
            name,
            value,
        });
    }
}

/// What an element states: `content` or `datetime` of microdata, else its text.
fn stated(text: &str, arena: &Arena, node: NodeId, by: By) -> Option<Value> {
    if by == By::ItemProp {
        let attributes = [AttrName::Content, AttrName::Datetime];
        let found = attributes
            .into_iter()
            .find_map(|name| attribute(text, arena, node, name));
        if found.is_some() {
            return found;
        }
    }
    content(text, arena, node)
}

/// The text inside an element when it is short: from its first to its last character.
pub(super) fn content(text: &str, arena: &Arena, root: NodeId) -> Option<Value> {
    let mut found: Option<Span> = None;
    let mut at = root;
    for _ in 0..MAX_NODES {
        let skips = match arena.node(at).kind {
            NodeKind::Element(tag, space, _) => {
                at != root && (space != Space::Html || layout(tag, space) == Layout::Skip)
            }
            _ => false,
        };
        let Some(next) = arena.following(root, at, !skips) else {
            let value = found?;
            let (start, end) = (value.start, value.end);
            let value = Value {
                span: value,
                coding: Coding::Markup,
            };
            let fits = start < end && end - start <= MAX_VALUE * 4;
            return fits
                .then(|| value.trimmed(text))
                .filter(|value| !value.span.is_empty() && value.text(text).len() <= MAX_VALUE);
        };
        at = next;
        if let NodeKind::Text(range, _) = arena.node(at).kind {
            let run = range.of(text);
            if !run.trim().is_empty() {
                let run = span(range);
                let start = found.map_or(run.start, |found| found.start);
                if run.end <= start {
                    return None;
                }
                found = Some(Span::new(start, run.end));
            }
        }
    }
    None
}

/// The first runs of text inside an element.
pub(super) fn runs<'a>(
    text: &'a str,
    arena: &'a Arena,
    root: NodeId,
) -> impl Iterator<Item = Value> + 'a {
    let skips = move |at: NodeId| match arena.node(at).kind {
        NodeKind::Element(tag, space, _) => layout(tag, space) == Layout::Skip,
        _ => false,
    };
    let first = arena.following(root, root, true);
    let nodes = std::iter::successors(first, move |&at| arena.following(root, at, !skips(at)));
    nodes
        .take(MAX_NODES)
        .filter_map(move |at| match arena.node(at).kind {
            NodeKind::Text(range, _) if !range.of(text).trim().is_empty() => Some(Value {
                span: span(range),
                coding: Coding::Markup,
            }),
            _ => None,
        })
}

fn span(range: Range32) -> Span {
    Span::new(range.start as usize, range.end as usize)
}
