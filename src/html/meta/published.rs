//! Dates of publication and change, as written, with their time zone.

use super::author::elsewhere;
use super::byline;
use super::harvest::{By, Said};
use super::value::{Coding, Value};
use super::{Chosen, Page, date, ld};
use crate::document::{Marks, Span};
use crate::html::arena::NONE;
use crate::html::tags::Tag;

/// `meta` names, in order of trust.
const META: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "date",
    "pubdate",
    "publish-date",
    "publishdate",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
    "publication_date",
    "article.published",
    "published_time",
];
const META_MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
];
/// Parts of the names of `meta` elements that hold other dates.
const OTHER_DATES: &[&str] = &[
    "modif",
    "updat",
    "expir",
    "event",
    "start",
    "end",
    "creat",
    "review",
    "publisher",
];
/// Most bytes of what a `meta` element says about a date.
const MAX_META: usize = 60;
/// Blocks around the title in which a date is looked for.
const BLOCKS_BEFORE: usize = 4;
const BLOCKS_BEHIND: usize = 8;
/// Most bytes of a line that states a date.
const MAX_LINE: usize = 140;

pub(super) fn choose(page: &Page<'_, '_>, title: Option<Span>) -> Option<Chosen> {
    let named = |value, rule: &'static str| (value, rule.into());
    ld::date(page, "datePublished", false)
        .or_else(|| ld::date(page, "uploadDate", false))
        .map(|value| named(value, "json-ld/datePublished"))
        .or_else(|| meta(page, META))
        .or_else(|| any_meta(page))
        .or_else(|| microdata(page).map(|value| named(value, "microdata/datePublished")))
        .or_else(|| {
            let found = ld::has_work(page)
                .then(|| ld::date(page, "datePublished", true))
                .flatten();
            found.map(|value| named(value, "json-ld/WebPage"))
        })
        .or_else(|| time(page).map(|value| named(value, "html/time")))
        .or_else(|| class(page).map(|value| named(value, "class/date")))
        .or_else(|| address(page).map(|value| named(value, "url/date")))
        .or_else(|| near_title(page, title).map(|value| named(value, "text/date")))
}

pub(super) fn modified(page: &Page<'_, '_>) -> Option<Chosen> {
    ld::date(page, "dateModified", false)
        .map(|value| (value, "json-ld/dateModified".into()))
        .or_else(|| meta(page, META_MODIFIED))
}

fn states_date(page: &Page<'_, '_>, value: Value) -> bool {
    date::find(&value.text(page.text)).is_some()
}

fn meta(page: &Page<'_, '_>, names: &[&str]) -> Option<Chosen> {
    names.iter().find_map(|name| {
        let mut values = page.harvest.metas(page.text, name);
        let value = values.find(|&value| states_date(page, value))?;
        Some((value, format!("meta/{name}").into()))
    })
}

/// A `meta` whose name says in other words that it holds the date of publication.
fn any_meta(page: &Page<'_, '_>) -> Option<Chosen> {
    let named = page.harvest.meta.iter().find(|named| {
        let name = named.name.of(page.text).trim().to_ascii_lowercase();
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
        let publication = name.contains("publish") || name.contains("pubdate");
        (publication || words.next_back() == Some("date"))
            && !OTHER_DATES.iter().any(|word| name.contains(word))
            && named.value.span.len() <= MAX_META
            && states_date(page, named.value)
    })?;
    let name = named.name.of(page.text).trim();
    Some((named.value, format!("meta/{name}").into()))
}

fn said<'a>(page: &'a Page<'_, '_>, by: By) -> impl Iterator<Item = &'a Said> {
    let all = page.harvest.said.iter();
    all.filter(move |said| said.by == by && states_date(page, said.value))
}

fn microdata(page: &Page<'_, '_>) -> Option<Value> {
    said(page, By::ItemProp)
        .filter(|said| {
            let name = said.name.of(page.text);
            ["datePublished", "dateCreated"]
                .iter()
                .any(|wanted| name.eq_ignore_ascii_case(wanted))
        })
        .find(|said| !elsewhere(page, said, false))
        .map(|said| said.value)
}

/// Whether an element stands in a list, a teaser or a part of the page of its own.
fn in_teaser(page: &Page<'_, '_>, said: &Said) -> bool {
    let mut at = page.arena.node(said.node).parent;
    while at != NONE {
        if matches!(
            page.arena.tag(at),
            Tag::Li | Tag::Aside | Tag::Footer | Tag::Nav | Tag::H3
        ) {
            return true;
        }
        at = page.arena.node(at).parent;
    }
    false
}

fn time(page: &Page<'_, '_>) -> Option<Value> {
    said(page, By::Time)
        .find(|said| !in_teaser(page, said) && !elsewhere(page, said, true))
        .map(|said| said.value)
}

fn class(page: &Page<'_, '_>) -> Option<Value> {
    let found = said(page, By::Class)
        .filter(|said| {
            let class = said.name.of(page.text).to_ascii_lowercase();
            let has = |words: &[&str]| words.iter().any(|word| class.contains(word));
            has(&["date", "publish", "posted", "time", "byline"])
                && !has(&["update", "modif", "comment", "event", "related"])
        })
        .find(|said| !in_teaser(page, said) && !elsewhere(page, said, true))?;
    Some(narrowed(page, found.value))
}

/// The date alone where it stands in one piece of the value.
fn narrowed(page: &Page<'_, '_>, value: Value) -> Value {
    let raw = value.span.of(page.text);
    match date::find(raw) {
        Some(found) => Value {
            span: Span::new(
                value.span.start + found.at.start,
                value.span.start + found.at.end,
            ),
            coding: value.coding,
        },
        None => value,
    }
}

/// The date in the page's own address. The address itself is a value as well (canonical), so that
/// a place is taken that only repeats it.
fn address(page: &Page<'_, '_>) -> Option<Value> {
    let canonical = page.harvest.link(page.text, "canonical");
    let own = canonical.map(|value| value.span.of(page.text));
    let metas = ["og:url", "twitter:url", "al:web:url"];
    let metas = metas
        .iter()
        .filter_map(|name| page.harvest.meta(page.text, name));
    let links = page.harvest.links.iter().map(|named| named.value);
    let again = |value: &Value| {
        let is_canonical = canonical.is_some_and(|canonical| canonical.span == value.span);
        !is_canonical && own == Some(value.span.of(page.text))
    };
    let mut values = metas.chain(links.filter(again)).chain(canonical);
    values.find_map(|value| {
        let raw = value.span.of(page.text);
        let found = date::find_in_path(raw)?;
        let span = Span::new(value.span.start + found.start, value.span.start + found.end);
        Some(Value { span, ..value })
    })
}

/// A date in a short line near the title.
fn near_title(page: &Page<'_, '_>, title: Option<Span>) -> Option<Value> {
    let apart = Marks::NAV
        .with(Marks::FOOTER)
        .with(Marks::ASIDE)
        .with(Marks::LIST);
    byline::near_title(page, title, BLOCKS_BEFORE, BLOCKS_BEHIND)
        .filter(|block| !block.marks.any(apart) && page.document.text_of(block).len() <= MAX_LINE)
        .find_map(|block| {
            let mut pieces = page.document.pieces_of(block).iter();
            pieces.find_map(|piece| {
                let found = date::find(piece.span.of(page.text))?;
                let start = piece.span.start;
                Some(Value {
                    span: Span::new(start + found.at.start, start + found.at.end),
                    coding: Coding::Markup,
                })
            })
        })
}
