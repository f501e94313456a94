//! What JSON-LD states, of the article and not of what stands around it.

use super::Chosen;
use super::Page;
use super::harvest::Harvest;
use super::json::{Json, Kind};
use super::value::{Coding, Value};

/// Members whose objects are not the page's own article.
const APART: &[&str] = &[
    "comment",
    "suggestedAnswer",
    "acceptedAnswer",
    "review",
    "reviews",
    "itemReviewed",
    "hasPart",
    "mentions",
    "citation",
    "associatedMedia",
    "video",
    "isPartOf",
    "itemListElement",
];

/// An object of a script.
#[derive(Clone, Copy)]
pub(super) struct Object<'h> {
    pub json: &'h Json,
    pub at: usize,
}

/// The objects that have one of the types that `wanted` accepts, in page order.
pub(super) fn objects<'h>(
    text: &'h str,
    harvest: &'h Harvest,
    wanted: fn(&str) -> bool,
) -> impl Iterator<Item = Object<'h>> + 'h {
    harvest.json.iter().flat_map(move |json| {
        let nodes = json.nodes.iter().enumerate();
        nodes
            .filter(move |(at, node)| {
                node.kind == Kind::Object && has_type(text, json, *at, wanted)
            })
            .filter(move |(at, _)| !stands_apart(text, json, *at))
            .map(move |(at, _)| Object { json, at })
    })
}

fn has_type(text: &str, json: &Json, at: usize, wanted: fn(&str) -> bool) -> bool {
    let Some(kind) = json.get(text, at, "@type") else {
        return false;
    };
    match json.nodes[kind].kind {
        Kind::String => wanted(json.nodes[kind].span.of(text)),
        _ => json
            .children(kind)
            .take(8)
            .any(|kind| wanted(json.nodes[kind].span.of(text))),
    }
}

/// Most containers that are climbed.
const MAX_CLIMB: usize = 12;

fn stands_apart(text: &str, json: &Json, mut at: usize) -> bool {
    for _ in 0..MAX_CLIMB {
        let node = &json.nodes[at];
        if APART.contains(&node.key.of(text)) {
            return true;
        }
        if node.parent == at {
            return false;
        }
        at = node.parent;
    }
    false
}

/// Types whose author and date are those of the page.
pub(super) fn is_work(name: &str) -> bool {
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    [
        "Article",
        "Posting",
        "Report",
        "Recipe",
        "Question",
        "HowTo",
        "Story",
        "CreativeWork",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
}

/// Types whose date is that of the page.
pub(super) fn is_dated(name: &str) -> bool {
    is_work(name)
        || name.ends_with("Review")
        || name.ends_with("VideoObject")
        || name.ends_with("Episode")
}

fn is_page(name: &str) -> bool {
    name.ends_with("WebPage")
}

/// The string (or the first string of a list) at a member.
pub(super) fn string(text: &str, object: Object<'_>, key: &str) -> Option<Value> {
    let at = object.json.get(text, object.at, key)?;
    as_string(object.json, at)
}

pub(super) fn as_string(json: &Json, at: usize) -> Option<Value> {
    let node = match json.nodes[at].kind {
        Kind::String => json.nodes[at],
        Kind::Array => {
            let mut inside = json.children(at);
            json.nodes[inside.find(|&at| json.nodes[at].kind == Kind::String)?]
        }
        _ => return None,
    };
    Some(Value {
        span: node.span,
        coding: Coding::Json,
    })
}

/// The first value of `key` that is not blank.
fn first(page: &Page<'_, '_>, wanted: fn(&str) -> bool, key: &str) -> Option<Value> {
    objects(page.text, page.harvest, wanted)
        .filter_map(|object| string(page.text, object, key))
        .find(|value| !value.span.of(page.text).trim().is_empty())
}

/// The headline of the article.
pub(super) fn headline(page: &Page<'_, '_>) -> Option<Value> {
    first(page, |_| true, "headline")
}

/// Whether the page calls itself an article.
pub(super) fn is_article(page: &Page<'_, '_>) -> bool {
    let kind = page.harvest.meta(page.text, "og:type");
    kind.is_some_and(|kind| kind.span.of(page.text).eq_ignore_ascii_case("article"))
        || page
            .harvest
            .meta(page.text, "article:published_time")
            .is_some()
}

/// Whether JSON-LD describes a work.
pub(super) fn has_work(page: &Page<'_, '_>) -> bool {
    objects(page.text, page.harvest, is_dated).next().is_some()
}

/// A date of the work, or with `of_page` of the page.
pub(super) fn date(page: &Page<'_, '_>, key: &str, of_page: bool) -> Option<Value> {
    let wanted = if of_page { is_page } else { is_dated };
    objects(page.text, page.harvest, wanted)
        .filter_map(|object| string(page.text, object, key))
        .find(|value| super::date::find(&value.text(page.text)).is_some())
}

/// The name of the publisher.
pub(super) fn publisher(page: &Page<'_, '_>) -> Option<Chosen> {
    let found = objects(page.text, page.harvest, |_| true).find_map(|object| {
        let json = object.json;
        let at = json.get(page.text, object.at, "publisher")?;
        let name = json.get(page.text, at, "name");
        as_string(json, name.unwrap_or(at))
    });
    found.map(|value| (value, "json-ld/publisher".into()))
}

/// The statement that the text is not free to read.
pub(super) fn paywall(page: &Page<'_, '_>) -> Option<Chosen> {
    objects(page.text, page.harvest, is_work).find_map(|object| {
        let at = object
            .json
            .get(page.text, object.at, "isAccessibleForFree")?;
        let span = object.json.nodes[at].span;
        let coding = Coding::Json;
        span.of(page.text)
            .eq_ignore_ascii_case("false")
            .then(|| (Value { span, coding }, "json-ld/isAccessibleForFree".into()))
    })
}
