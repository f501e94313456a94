//! Authors: names, never a line around them, from the most trusted statement of the page.

use super::byline::byline;
use super::harvest::{By, Said, runs};
use super::json::Kind;
use super::ld::{self, Object};
use super::name::name_in;
use super::title::words;
use super::value::{Coding, Value};
use super::{Chosen, Page};
use crate::document::Span;
use crate::html::arena::NONE;
use crate::html::lex::AttrName;
use crate::html::tags::Tag;

/// Most works in JSON-LD whose authors are looked at.
const MAX_WORKS: usize = 16;
/// Most authors of one article.
const MAX_AUTHORS: usize = 10;
/// `meta` names, in order of trust.
const META: &[&str] = &[
    "author",
    "article:author",
    "sailthru.author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "citation_author",
    "article:author_name",
];
pub(super) fn choose(page: &Page<'_, '_>, title: Option<Span>) -> Vec<Chosen> {
    let stated = from_json(page);
    if !stated.is_empty() {
        return all(stated, "json-ld/author");
    }
    let mut named = Vec::new();
    for name in META {
        let found = page.harvest.metas(page.text, name);
        let found = distinct(
            page.text,
            found.filter_map(|value| name_in(page.text, value)),
        );
        if !found.is_empty() {
            let rule = format!("meta/{name}");
            named = found
                .into_iter()
                .map(|value| (value, rule.clone().into()))
                .collect();
            break;
        }
    }
    // The name of the site is an author only where the page shows no other.
    if named
        .first()
        .is_some_and(|(value, _)| !is_site(page, *value))
    {
        return named;
    }
    let one = microdata(page)
        .map(|value| (value, "microdata/author"))
        .or_else(|| by_rel(page).map(|value| (value, "rel/author")))
        .or_else(|| by_class(page).map(|value| (value, "class/author")))
        .or_else(|| byline(page, title).map(|value| (value, "text/byline")));
    match one {
        Some((value, rule)) => vec![(value, rule.into())],
        None => named,
    }
}

fn is_site(page: &Page<'_, '_>, value: Value) -> bool {
    let site = page.harvest.meta(page.text, "og:site_name");
    site.is_some_and(|site| words(&site.text(page.text)) == words(&value.text(page.text)))
}

fn all(values: Vec<Value>, rule: &'static str) -> Vec<Chosen> {
    values
        .into_iter()
        .map(|value| (value, rule.into()))
        .collect()
}

fn distinct(text: &str, values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    for value in values {
        let same = |known: &Value| known.text(text) == value.text(text);
        if out.len() < MAX_AUTHORS && !out.iter().any(same) {
            out.push(value);
        }
    }
    out
}
fn from_json(page: &Page<'_, '_>) -> Vec<Value> {
    for object in ld::objects(page.text, page.harvest, ld::is_work).take(MAX_WORKS) {
        let members = ["author", "creator"];
        let at = members
            .iter()
            .find_map(|key| object.json.get(page.text, object.at, key));
        let Some(at) = at else { continue };
        let mut names = Vec::new();
        match object.json.nodes[at].kind {
            Kind::Array => {
                let people = object.json.children(at).take(MAX_AUTHORS);
                names.extend(people.filter_map(|at| person(page, Object { at, ..object })));
            }
            _ => names.extend(person(page, Object { at, ..object })),
        }
        let names = names
            .into_iter()
            .filter_map(|value| name_in(page.text, value));
        let names = distinct(page.text, names);
        if !names.is_empty() {
            return names;
        }
    }
    Vec::new()
}

/// The name of a person, who may be described elsewhere under the same `@id`.
fn person(page: &Page<'_, '_>, object: Object<'_>) -> Option<Value> {
    let json = object.json;
    if json.nodes[object.at].kind != Kind::Object {
        return ld::as_string(json, object.at);
    }
    if let Some(name) = ld::string(page.text, object, "name") {
        return Some(name);
    }
    let id = ld::string(page.text, object, "@id")?.span.of(page.text);
    let objects = page.harvest.json.iter().flat_map(|json| {
        let all = json.nodes.iter().enumerate();
        all.filter(|(_, node)| node.kind == Kind::Object)
            .map(move |(at, _)| Object { json, at })
    });
    objects
        .filter(|&object| {
            let own = ld::string(page.text, object, "@id");
            own.is_some_and(|own| own.span.of(page.text) == id)
        })
        .find_map(|object| ld::string(page.text, object, "name"))
}

/// Whether an element stands where other people are named: comments, teasers of other pages.
pub(super) fn elsewhere(page: &Page<'_, '_>, said: &Said, with_comments: bool) -> bool {
    const APART: &[&str] = &[
        "related", "sidebar", "recent", "popular", "widget", "footer",
    ];
    let mut at = page.arena.node(said.node).parent;
    let mut hops = 0;
    while at != NONE && hops < 40 && page.arena.tag(at) != Tag::Body {
        if matches!(page.arena.tag(at), Tag::Footer | Tag::Aside) && page.arena.tag(at) != said.tag
        {
            return true;
        }
        if let Some(class) = page.arena.attr(at, AttrName::Class) {
            let class = class.of(page.text).to_ascii_lowercase();
            // `with-sidebar`, `has-footer` name the frame around both.
            let frame = |name: &&str| {
                ["with", "has", "no-"]
                    .iter()
                    .any(|part| name.contains(part))
            };
            let mut names = class.split_ascii_whitespace().filter(|name| !frame(name));
            let apart = names.any(|name| {
                APART.iter().any(|word| name.contains(word))
                    || (with_comments && name.contains("comment"))
            });
            if apart {
                return true;
            }
        }
        at = page.arena.node(at).parent;
        hops += 1;
    }
    false
}

fn said<'a>(page: &'a Page<'_, '_>, by: By) -> impl Iterator<Item = &'a Said> {
    page.harvest.said.iter().filter(move |said| said.by == by)
}

/// `itemprop=author`, or the `name` inside one.
fn microdata(page: &Page<'_, '_>) -> Option<Value> {
    let text = page.text;
    let is = |span: Span, wanted: &str| {
        let mut words = span.of(text).split_ascii_whitespace();
        words.any(|word| word.eq_ignore_ascii_case(wanted))
    };
    let in_author = |said: &Said| {
        let mut at = page.arena.node(said.node).parent;
        (0..4).any(|_| {
            let prop = page.arena.attr(at, AttrName::ItemProp);
            let found = prop.is_some_and(|prop| prop.of(text).eq_ignore_ascii_case("author"));
            at = page.arena.node(at).parent;
            found
        })
    };
    said(page, By::ItemProp)
        .filter(|said| is(said.name, "author") || (is(said.name, "name") && in_author(said)))
        .filter(|said| !elsewhere(page, said, false))
        .find_map(|said| {
            let shown = said.value.coding == Coding::Markup;
            let inside = || name_inside(page, said, 1);
            if shown {
                inside()
            } else {
                name_in(text, said.value)
            }
        })
}

fn by_rel(page: &Page<'_, '_>) -> Option<Value> {
    said(page, By::Rel)
        .filter(|said| !elsewhere(page, said, true))
        .find_map(|said| name_inside(page, said, 1))
}

/// The first run of text inside an element that is a name of so many words.
fn name_inside(page: &Page<'_, '_>, said: &Said, least_words: usize) -> Option<Value> {
    runs(page.text, page.arena, said.node)
        .filter_map(|value| name_in(page.text, value))
        .find(|value| words(&value.text(page.text)).len() >= least_words)
}

/// Parts of class names whose element holds more or other than the name.
const NOT_NAMES: &[&str] = &[
    "comment",
    "related",
    "bio",
    "avatar",
    "image",
    "date",
    "box",
    "social",
    "desc",
    "info",
    "meta",
    "title",
    "job",
    "role",
    "link-",
    "count",
    "img",
    "photo",
    "about",
    "review",
    "testimonial",
    "quote",
];

/// Class names whose element holds just a name, be it of one word.
const JUST_NAMES: &[&str] = &[
    "username",
    "bigusername",
    "user-name",
    "author-name",
    "author__name",
    "authorname",
    "creator",
    "post-author-name",
    "byline-name",
    "poster-name",
    "hnuser",
    "submitter",
    "author-username",
];

fn by_class(page: &Page<'_, '_>) -> Option<Value> {
    said(page, By::Class).find_map(|said| {
        let class = said.name.of(page.text).to_ascii_lowercase();
        let mut names = class.split_ascii_whitespace();
        let least_words = match () {
            () if class
                .split_ascii_whitespace()
                .any(|name| JUST_NAMES.contains(&name)) =>
            {
                1
            }
            () if names.any(|name| {
                (name.contains("author") || name.contains("byline"))
                    && !NOT_NAMES.iter().any(|part| name.contains(part))
            }) =>
            {
                2
            }
            () => return None,
        };
        if elsewhere(page, said, true) {
            return None;
        }
        name_inside(page, said, least_words)
    })
}
