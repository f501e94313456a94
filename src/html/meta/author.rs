//! Authors: names, never a line around them.

use super::harvest::{By, Said, runs};
use super::json::Kind;
use super::ld::{self, Object};
use super::title::words;
use super::value::{Coding, Value};
use super::{Chosen, Page};
use crate::document::{Block, BlockKind, Marks, Span};
use crate::html::arena::NONE;
use crate::html::tags::Tag;

/// Most works in JSON-LD whose authors are looked at.
const MAX_WORKS: usize = 16;
/// Most authors of one article.
const MAX_AUTHORS: usize = 10;
/// Most bytes and words of a name.
const MAX_NAME: usize = 60;
const MAX_WORDS: usize = 6;
/// Blocks around the title in which a byline is looked for.
const BLOCKS_BEFORE: usize = 4;
const BLOCKS_BEHIND: usize = 14;

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

/// What stands before a name.
const BEFORE: &[&str] = &[
    "written by",
    "posted by",
    "words by",
    "story by",
    "text by",
    "recipe by",
    "article by",
    "started by",
    "by",
    "author",
    "von",
    "par",
    "por",
    "di",
    "door",
];

/// What is no name.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "editor",
    "guest",
    "anonymous",
    "author",
    "unknown",
    "staff",
    "by",
    "team",
    "user",
    "website",
    "default",
    "wpengine",
    "null",
    "undefined",
    "none",
    "webmaster",
    "moderator",
    "view profile",
    "view all posts",
    "about the author",
    "authors",
    "posted by",
    "topic author",
    "the author",
    "sign in",
    "log in",
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

/// The names in a value without what stands before and behind; `None` where it is no name.
fn name_in(text: &str, value: Value) -> Option<Value> {
    let mut value = value.trimmed(text);
    value.span = without_before(text, value.span);
    let raw = value.span.of(text);
    let cuts = [
        " | ",
        " • ",
        " · ",
        "|",
        "•",
        ", updated",
        ", published",
        " on ",
    ];
    let cut = cuts.iter().filter_map(|cut| raw.find(cut)).min();
    let end = value.span.start + cut.unwrap_or(raw.len());
    let tail = Span::new(value.span.start, end).of(text);
    let kept = tail.trim_end_matches(|c: char| c.is_whitespace() || ",;:-–|".contains(c));
    value.span = Span::new(value.span.start, value.span.start + kept.len());
    let name = value.text(text);
    let is_name = !name.trim().is_empty()
        && name.len() <= MAX_NAME
        && !name.contains("://")
        && !name.contains("www.")
        && (value.coding == Coding::Json || !name.contains('@'))
        && !has_year(&name);
    let words = words(&name);
    let nobody = NOBODY.contains(&words.join(" ").as_str());
    (is_name && !words.is_empty() && words.len() <= MAX_WORDS && !nobody).then_some(value)
}

fn has_year(name: &str) -> bool {
    name.as_bytes()
        .windows(4)
        .any(|window| window.iter().all(u8::is_ascii_digit))
}

fn without_before(text: &str, span: Span) -> Span {
    let raw = span.of(text);
    for before in BEFORE {
        let Some(head) = raw.get(..before.len()) else {
            continue;
        };
        let rest = &raw[before.len()..];
        if head.eq_ignore_ascii_case(before) && rest.starts_with([' ', ':', '\n', '\t', '\u{a0}']) {
            let body = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
            return Span::new(span.end - body.len(), span.end);
        }
    }
    span
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
        if let Some(class) = page.arena.attr(page.text, at, "class") {
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
            let prop = page.arena.attr(text, at, "itemprop");
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

/// A line near the title that begins with `By` and goes on with a name.
fn byline(page: &Page<'_, '_>, title: Option<Span>) -> Option<Value> {
    let apart = Marks::NAV.with(Marks::FOOTER).with(Marks::HIDDEN);
    let mut announced = false;
    for block in near_title(page, title, BLOCKS_BEFORE, BLOCKS_BEHIND) {
        if block.marks.any(apart) {
            continue;
        }
        let text = page.document.text_of(block).trim();
        let begins = begins_byline(text);
        let dated = text.len() <= 100 && super::date::find(text).is_some();
        if announced || begins == Begins::WithName || dated {
            let pieces = page.document.pieces_of(block).iter();
            let found = pieces
                .filter(|piece| piece.edit.is_none())
                .find_map(|piece| piece_name(page.text, piece.span, dated));
            if found.is_some() {
                return found;
            }
        }
        announced = begins == Begins::Alone;
    }
    None
}

/// The blocks around the title, or around the first heading of the page.
pub(super) fn near_title<'a>(
    page: &'a Page<'_, '_>,
    title: Option<Span>,
    before: usize,
    behind: usize,
) -> impl Iterator<Item = &'a Block> {
    let blocks = &page.document.blocks;
    let shown = title.and_then(|title| {
        let mut spans = blocks.iter().map(|block| page.document.extent(block));
        spans.position(|span| span.intersect(title).is_some())
    });
    let headed = || {
        let is_title = |block: &Block| block.kind == BlockKind::Heading && block.level == 1;
        blocks.iter().position(is_title)
    };
    let at = shown.or_else(headed);
    let take = if at.is_some() { before + behind } else { 0 };
    let from = at.unwrap_or(0).saturating_sub(before);
    blocks.iter().skip(from).take(take)
}

#[derive(PartialEq)]
enum Begins {
    WithName,
    Alone,
    Not,
}

fn begins_byline(text: &str) -> Begins {
    const OPENERS: &[&str] = &[
        "written by",
        "posted by",
        "words by",
        "article by",
        "by",
        "von",
        "par",
    ];
    for opener in OPENERS {
        let Some(head) = text.get(..opener.len()) else {
            continue;
        };
        if !head.eq_ignore_ascii_case(opener) {
            continue;
        }
        let rest = text[opener.len()..].trim_start_matches(|c: char| c.is_whitespace() || c == ':');
        if rest.is_empty() {
            return Begins::Alone;
        }
        if rest.len() < text.len() - opener.len()
            && rest.starts_with(char::is_uppercase)
            && text.len() <= 120
        {
            return Begins::WithName;
        }
    }
    Begins::Not
}

/// The name at the start of a piece: capitalised words; with `alone` nothing but a name.
fn piece_name(text: &str, span: Span, alone: bool) -> Option<Value> {
    const SMALL: &[&str] = &[
        "de", "van", "von", "der", "den", "da", "di", "la", "le", "al", "bin",
    ];
    let raw = span.of(text);
    let lead = raw.len() - raw.trim_start().len();
    let whole = Span::new(span.start + lead, span.end);
    let span = without_before(text, whole);
    let alone = alone && span == whole;
    let (mut end, mut count) = (0, 0);
    for word in span.of(text).split_inclusive(char::is_whitespace) {
        let bare = word.trim();
        let named = bare.starts_with(char::is_uppercase) || (count > 0 && SMALL.contains(&bare));
        if !named || count == 4 {
            break;
        }
        end += word.len();
        count += 1;
        if bare.ends_with([',', ';', ':', '–', '|']) {
            break;
        }
    }
    let value = Value {
        span: Span::new(span.start, span.start + end),
        coding: Coding::Markup,
    };
    let name = name_in(text, value).filter(|_| count >= 2)?;
    let is_whole = end == span.len();
    let is_date = super::date::find(span.of(text)).is_some();
    (!alone || (is_whole && count <= 3 && !is_date)).then_some(name)
}
