//! Metadata: what the page states about itself, each value with the span that states it.
//!
//! Order of trust, first hit wins: JSON-LD of an article, `meta` elements (Open Graph, Dublin
//! Core and the names that publishing systems use), microdata, `rel` and `time`, classes that
//! name a byline or a date, and last the visible text near the title. The title is the `h1`
//! that says the same as the page's `<title>`, else that `<title>` without the site's name.

mod about;
mod author;
mod byline;
pub mod date;
mod harvest;
pub(super) mod json;
mod ld;
mod name;
mod published;
mod title;
mod value;

use std::borrow::Cow;

use self::harvest::Harvest;
use self::value::{Coding, Value};
use super::arena::Arena;
use super::lex::{AttrName, Range32};
use super::tags::Tag;
use crate::decision::Field;
use crate::document::{Document, Edit, Extras, Found, Span};

/// What the choosers look at.
struct Page<'a, 't> {
    text: &'t str,
    arena: &'a Arena,
    harvest: &'a Harvest,
    document: &'a Document<'t>,
}

/// A chosen value.
type Chosen = (Value, Cow<'static, str>);

/// Finds the metadata of a page and adds it to its document; the edits of values come behind
/// those of the blocks, out of order.
pub(super) fn find<'t>(text: &'t str, arena: &Arena, document: &mut Document<'t>) {
    let harvest = harvest::gather(text, arena);
    let page = Page {
        text,
        arena,
        harvest: &harvest,
        document,
    };
    let mut chosen: Vec<(Field, Chosen)> = Vec::new();
    let mut put = |field, found: Option<Chosen>| chosen.extend(found.map(|found| (field, found)));
    let title = title::choose(&page);
    let named = title.as_ref().map(|(value, _)| value.span);
    put(Field::Title, title);
    for author in author::choose(&page, named) {
        put(Field::Author, Some(author));
    }
    put(Field::Published, published::choose(&page, named));
    put(Field::Modified, published::modified(&page));
    for (field, names) in NAMES {
        let found = names.iter().find_map(|name| {
            let value = harvest.meta(text, name)?;
            Some((value, Cow::Owned(format!("meta/{name}"))))
        });
        put(*field, found);
    }
    put(Field::Publisher, ld::publisher(&page));
    for tag in harvest.metas(text, "article:tag") {
        put(Field::Tag, Some((tag, "meta/article:tag".into())));
    }
    let canonical = harvest.link(text, "canonical");
    let canonical = canonical.map(|value| (value, "link/canonical".into()));
    let address = harvest
        .meta(text, "og:url")
        .map(|value| (value, "meta/og:url".into()));
    put(Field::Canonical, canonical.or(address));
    let license = harvest.link(text, "license");
    put(
        Field::License,
        license.map(|value| (value, "link/license".into())),
    );
    let language = harvest.language.map(|value| (value, "html/lang".into()));
    put(Field::Language, language);
    put(Field::Paywall, ld::paywall(&page));
    let about = about::find(&page);
    document.about = about;
    add(text, document, chosen);
}

/// Most addresses of one sort.
const MAX_ADDRESSES: usize = 2000;

/// Adds the addresses of links and pictures, where `extras` asks.
pub(super) fn addresses<'t>(
    text: &'t str,
    arena: &Arena,
    extras: Extras,
    document: &mut Document<'t>,
) {
    let sorts = [
        (extras.links, Tag::A, AttrName::Href, Field::Link, "html/a"),
        (
            extras.images,
            Tag::Img,
            AttrName::Src,
            Field::Picture,
            "html/img",
        ),
    ];
    let mut chosen = Vec::new();
    for (_, tag, name, field, rule) in sorts.into_iter().filter(|sort| sort.0) {
        let nodes = (0..arena.nodes.len() as u32).filter(|&at| arena.tag(at) == tag);
        let values = nodes.filter_map(|at| arena.attr(at, name));
        let span = |range: Range32| Span::new(range.start as usize, range.end as usize);
        let leads = |span: &Span| {
            let address = span.of(text).trim_start();
            !address.is_empty()
                && !address.starts_with(['#'])
                && !address.starts_with("data:")
                && !address.starts_with("javascript:")
        };
        for span in values.map(span).filter(leads).take(MAX_ADDRESSES) {
            let coding = Coding::Attribute;
            chosen.push((field, (Value { span, coding }, Cow::Borrowed(rule))));
        }
    }
    add(text, document, chosen);
}

/// Fields that `meta` elements state without more ado.
const NAMES: &[(Field, &[&str])] = &[
    (Field::SiteName, &["og:site_name", "application-name"]),
    (Field::Image, &["og:image", "og:image:url", "twitter:image"]),
    (Field::Section, &["article:section"]),
    (
        Field::Standfirst,
        &["og:description", "description", "twitter:description"],
    ),
    (Field::License, &["dcterms.license", "dc.rights.license"]),
];

/// Adds values to the document; a value whose edits would meet others is left out, as is a
/// second use of the same span.
fn add(text: &str, document: &mut Document<'_>, chosen: Vec<(Field, Chosen)>) {
    let of_blocks = document.edits.len();
    let mut taken: Vec<Span> = Vec::new();
    for (field, (value, rule)) in chosen {
        let value = value.trimmed(text);
        if value.span.is_empty() || value.text(text).trim().is_empty() {
            continue;
        }
        if !taken.iter().any(|other| overlaps(*other, value.span)) {
            let mut edits = Vec::new();
            value.edits(text, &mut edits);
            let known = edits_within(&document.edits[..of_blocks], value.span);
            edits.retain(|edit| !known.iter().any(|known| overlaps(known.span, edit.span)));
            document.edits.append(&mut edits);
            taken.push(value.span);
        }
        document.found.push(Found {
            field,
            span: value.span,
            rule,
        });
    }
}

fn overlaps(a: Span, b: Span) -> bool {
    a.start < b.end && b.start < a.end
}

/// The edits of blocks that fall into a value which is shown.
fn edits_within(edits: &[Edit], span: Span) -> Vec<Edit> {
    let from = edits.partition_point(|edit| edit.span.end <= span.start);
    let to = edits.partition_point(|edit| edit.span.start < span.end);
    edits.get(from..to).unwrap_or(&[]).to_vec()
}

#[cfg(test)]
mod tests {
    use crate::decision::Field;
    use crate::html::segment;

    /// The values of a field with their rules.
    fn found(page: &str, field: Field) -> Vec<String> {
        let document = segment(page);
        let of_field = document.found.iter().filter(|found| found.field == field);
        of_field
            .map(|found| {
                let mut text = String::new();
                crate::render::edited(page, found.span, &document.edits, &mut text);
                format!("{} {text}", found.rule)
            })
            .collect()
    }

    #[test]
    fn titles_lose_the_name_of_the_site() {
        let cases = [
            (
                "<title>A fine title | The Paper</title>",
                "html/title A fine title",
            ),
            (
                "<title>A &amp; B - Paper</title><h1>A &amp; <i>B</i></h1>",
                "html/h1 A & B",
            ),
            (
                "<title>Paper</title><meta property=og:title content='X y'>",
                "html/title Paper",
            ),
            (
                "<title>Bridge reopens - Paper</title><h1>Paper</h1><h1>Bridge reopens</h1>",
                "html/h1 Bridge reopens",
            ),
        ];
        for (page, wanted) in cases {
            assert_eq!(found(page, Field::Title), [wanted], "{page}");
        }
    }

    #[test]
    fn json_ld_is_unescaped_and_only_of_the_article() {
        let page = r##"<script type="application/ld+json">{"@graph":[
            {"@type":"Comment","author":{"name":"No One"}},
            {"@type":["NewsArticle"],"headline":"x","author":[{"@id":"#p"},"Zo\u00eb &amp; Co"],
             "datePublished":"2020-05-06T07:08:09+02:00","comment":{"@type":"Article","author":"Nobody"}},
            {"@type":"Person","@id":"#p","name":"Ada B."}]}</script>"##;
        let authors = ["json-ld/author Ada B.", "json-ld/author Zoë & Co"];
        assert_eq!(found(page, Field::Author), authors);
        let dates = ["json-ld/datePublished 2020-05-06T07:08:09+02:00"];
        assert_eq!(found(page, Field::Published), dates);
    }

    #[test]
    fn bylines_give_names_and_nothing_else() {
        let cases = [
            (
                "<meta name=author content='By Ada Lovelace'>",
                vec!["meta/author Ada Lovelace"],
            ),
            ("<meta name=author content=admin>", vec![]),
            (
                "<span class=post-author>By <a>Ada Lovelace</a> | 3 min</span>",
                vec!["class/author Ada Lovelace"],
            ),
            (
                "<div class=comments><span class=author>Ada Lovelace</span></div>",
                vec![],
            ),
            (
                "<h1>T</h1><p>By Ada Lovelace, 5 May 2020</p>",
                vec!["text/byline Ada Lovelace"],
            ),
            ("<h1>T</h1><p>By the river it was cold.</p>", vec![]),
            (
                "<i itemprop=author itemscope><b itemprop=name>Ada</b></i>",
                vec!["microdata/author Ada"],
            ),
        ];
        for (page, wanted) in cases {
            assert_eq!(found(page, Field::Author), wanted, "{page}");
        }
    }

    #[test]
    fn dates_come_from_machines_first() {
        let cases = [
            (
                "<time datetime=2020-01-02>x</time><meta name=date content='3 Feb 2021'>",
                vec!["meta/date 3 Feb 2021"],
            ),
            (
                "<time datetime=2020-01-02>x</time>",
                vec!["html/time 2020-01-02"],
            ),
            ("<ul><li><time datetime=2020-01-02>x</time></ul>", vec![]),
            (
                "<link rel=canonical href=https://x.org/2019/03/04/a>",
                vec!["url/date 2019/03/04"],
            ),
            (
                "<h1>T</h1><p>Posted on March 4, 2019 by X</p>",
                vec!["text/date March 4, 2019"],
            ),
        ];
        for (page, wanted) in cases {
            assert_eq!(found(page, Field::Published), wanted, "{page}");
        }
    }
}
