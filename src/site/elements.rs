//! The elements of a page that a selector can name, with what is kept in them.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::SiteBlock;
use crate::document::Span;
use crate::html::arena::{Arena, NONE, NodeId, NodeKind};
use crate::html::lex::AttrName;
use crate::html::tree::parse;

/// Ancestors of a text that are looked at.
const DEPTH: usize = 64;
/// Names of one element that are looked at.
const NAMES: usize = 6;
/// Elements that can stand by themselves, so that a rule's example can show them.
const TAGS: [&str; 14] = [
    "aside",
    "blockquote",
    "div",
    "dl",
    "figure",
    "footer",
    "form",
    "header",
    "nav",
    "ol",
    "p",
    "section",
    "span",
    "ul",
];

/// What one selector names on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteElement {
    /// `#id`, `tag.class` or `.class`.
    pub selector: String,
    /// The blocks that stand in its elements, ascending places in the list of the page's blocks.
    pub blocks: Vec<u32>,
}

/// What selectors name on a decoded page: elements that hold kept blocks, but less than half of the
/// words.
pub fn elements(text: &str, blocks: &[SiteBlock]) -> Vec<SiteElement> {
    let arena = parse(text);
    let mut places: Vec<(Span, u32)> = (0..)
        .zip(blocks)
        .filter(|(_, block)| !block.span.is_empty())
        .map(|(at, block)| (block.span, at))
        .collect();
    places.sort_unstable();
    let all: u32 = blocks.iter().map(|block| block.words).sum();
    let mut named: FxHashMap<String, Vec<u32>> = FxHashMap::default();
    for (node, extent) in extents(&arena) {
        let names = names(&arena, text, node);
        if names.is_empty() {
            continue;
        }
        let from = places.partition_point(|(span, _)| span.start < extent.start);
        let inside = places[from..]
            .iter()
            .take_while(|(span, _)| span.start < extent.end)
            .filter(|(span, _)| span.end <= extent.end)
            .map(|(_, at)| *at);
        for name in names {
            named.entry(name).or_default().extend(inside.clone());
        }
    }
    let mut elements = Vec::new();
    for (selector, mut inside) in named {
        inside.sort_unstable();
        inside.dedup();
        let words: u32 = inside.iter().map(|&at| blocks[at as usize].words).sum();
        if !inside.is_empty() && words < all.div_ceil(2) {
            let blocks = inside;
            elements.push(SiteElement { selector, blocks });
        }
    }
    elements.sort_unstable_by(|a, b| a.selector.cmp(&b.selector));
    elements
}

/// From where to where the text of each element goes.
fn extents(arena: &Arena) -> Vec<(NodeId, Span)> {
    let mut extents: FxHashMap<NodeId, Span> = FxHashMap::default();
    for node in &arena.nodes {
        let NodeKind::Text(range, _) = node.kind else {
            continue;
        };
        let mut at = node.parent;
        for _ in 0..DEPTH {
            if at == NONE {
                break;
            }
            let text = Span::new(range.start as usize, range.end as usize);
            let extent = extents.entry(at).or_insert(text);
            *extent = Span::new(extent.start.min(text.start), extent.end.max(text.end));
            at = arena.node(at).parent;
        }
    }
    let mut extents: Vec<_> = extents.into_iter().collect();
    extents.sort_unstable();
    extents
}

/// The selectors for an element: names that need no escapes.
fn names(arena: &Arena, text: &str, node: NodeId) -> Vec<String> {
    let Some(start) = arena.tag_span(node) else {
        return Vec::new();
    };
    let value = |name| arena.attr(node, name).map_or("", |value| value.of(text));
    let mut names = Vec::new();
    let id = value(AttrName::Id).trim();
    if is_plain(id) {
        names.push(format!("#{id}"));
    }
    let tag = start.of(text).trim_start_matches('<');
    let tag: String = tag
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let tag = tag.to_ascii_lowercase();
    let tag = if TAGS.contains(&&*tag) { &*tag } else { "" };
    let classes = value(AttrName::Class).split_ascii_whitespace();
    let classes = classes.filter(|class| is_plain(class)).take(NAMES);
    names.extend(classes.map(|class| format!("{tag}.{class}")));
    names
}

fn is_plain(name: &str) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    name.len() < 80
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && name.bytes().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Record, site};

    #[test]
    fn elements_hold_their_blocks() {
        let prose = |n: usize| {
            format!(
                "On day {n} the ferry ran {n} times between the two towns, and the council counted {n}0 \
                 people on board of it before night fell on the quay, it said in its report."
            )
        };
        let [one, two, three, four] = [3, 5, 7, 8].map(prose);
        let page = format!(
            "<title>The ferry</title><main class=all><article id=post-1><h1>The ferry</h1><p>{one}</p>\
             <div class='promo box:wide'><p>{two}</p></div><p>{three}</p><p>{four}</p></article></main>"
        );
        let cleaned = Cleaner::new()
            .unwrap()
            .clean(&Record::html("a", &page))
            .unwrap();
        let blocks = site::blocks(&cleaned);
        let found = elements(&page, &blocks);
        let promo = found
            .iter()
            .find(|element| element.selector == "div.promo")
            .unwrap();
        let texts = promo
            .blocks
            .iter()
            .map(|&at| blocks[at as usize].text.of(&cleaned.article.text));
        assert!(texts.eq([two]));
        let selectors: Vec<&str> = found.iter().map(|element| &*element.selector).collect();
        assert!(
            !selectors.contains(&"#post-1") && !selectors.contains(&"main.all"),
            "{selectors:?}"
        );
        assert!(selectors.iter().all(|selector| !selector.contains(':')));
    }
}
