//! Metadata: what the page states about itself, each value with the span that states it.
//!
//! Order of trust, first hit wins: JSON-LD of an article, `meta` elements (Open Graph, Dublin
//! Core and the names that publishing systems use), microdata, `rel` and `time`, classes that
//! name a byline or a date, and last the visible text near the title. The title is the `h1`
//! that says the same as the page's `<title>`, else that `<title>` without the site's name.

mod author;
pub mod date;
mod harvest;
mod json;
mod ld;
mod published;
mod title;
mod value;

use std::borrow::Cow;

use self::harvest::Harvest;
use self::value::Value;
use super::arena::{Arena, NodeKind};
use crate::decision::Field;
use crate::document::{Document, Found};

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
    let mut harvest = Harvest::default();
    for (id, node) in arena.nodes.iter().enumerate() {
        if let NodeKind::Element(tag, ..) = node.kind {
            harvest::element(text, arena, id as u32, tag, &mut harvest);
        }
    }
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
    let mut taken: Vec<crate::document::Span> = Vec::new();
    let mut edits = Vec::new();
    for (field, (value, rule)) in chosen {
        let value = value.trimmed(text);
        if value.span.is_empty() || value.text(text).trim().is_empty() {
            continue;
        }
        let meets = |other: &crate::document::Span| other.intersect(value.span).is_some();
        if !taken.iter().any(meets) {
            edits.clear();
            value.edits(text, &mut edits);
            let known = known_edits(document, value);
            document.edits.extend(
                edits
                    .drain(..)
                    .filter(|edit| !known.iter().any(|span| overlaps(*span, edit.span))),
            );
            taken.push(value.span);
        }
        document.found.push(Found {
            field,
            span: value.span,
            rule,
        });
    }
}

fn overlaps(a: crate::document::Span, b: crate::document::Span) -> bool {
    a.start < b.end && b.start < a.end
}

/// The edits of blocks that fall into a value which is shown.
fn known_edits(document: &Document<'_>, value: Value) -> Vec<crate::document::Span> {
    let spans = document.edits.iter().map(|edit| edit.span);
    spans.filter(|span| overlaps(*span, value.span)).collect()
}
