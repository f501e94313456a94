//! What a page says about itself as a whole: its kind, and what JSON-LD quotes of its text.

use super::Page;
use super::json::{Json, Kind};
use super::value::{Coding, Value};
use crate::document::About;

/// Fewest bytes of a quoted text; shorter ones are slogans.
const MIN_QUOTE: usize = 60;
/// Most bytes of quoted text that are looked at.
const MAX_QUOTES: usize = 1 << 18;

/// Reads it.
pub(super) fn find(page: &Page<'_, '_>) -> About {
    let mut about = About {
        og_type: og_type(page),
        ..About::default()
    };
    let mut room = MAX_QUOTES;
    for json in &page.harvest.json {
        for at in 0..json.nodes.len() {
            types(page.text, json, at, &mut about);
            quote(page.text, json, at, &mut room, &mut about);
        }
    }
    about
}

fn og_type(page: &Page<'_, '_>) -> u8 {
    let Some(value) = page.harvest.meta(page.text, "og:type") else {
        return 0;
    };
    let kind = value.span.of(page.text).to_ascii_lowercase();
    match kind.trim() {
        "article" => 1,
        "website" => 2,
        kind if kind.starts_with("product") || kind.ends_with(":product") => 3,
        _ => 4,
    }
}

/// The types of the node at `at` if it is the value of `@type`.
fn types(text: &str, json: &Json, at: usize, about: &mut About) {
    let node = &json.nodes[at];
    let of_list = || {
        let parent = &json.nodes[node.parent];
        parent.kind == Kind::Array && parent.key.of(text) == "@type"
    };
    if node.kind == Kind::String && (node.key.of(text) == "@type" || of_list()) {
        about.types |= group(node.span.of(text));
    }
}

/// The group of a schema.org type as a bit; 0 for one that says nothing.
fn group(name: &str) -> u32 {
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    let at = match name {
        "DiscussionForumPosting" | "QAPage" | "SocialMediaPosting" | "Comment" => 2,
        "ItemList" | "CollectionPage" | "OfferCatalog" | "SearchResultsPage"
        | "ProductCollection" => 3,
        "FAQPage" => 4,
        "LocalBusiness" | "PostalAddress" | "OpeningHoursSpecification" | "Service" => 5,
        "WebSite" | "SearchAction" => 6,
        "Review" | "AggregateRating" => 7,
        "Event" | "JobPosting" | "Course" => 8,
        "Recipe"
        | "HowTo"
        | "SoftwareApplication"
        | "VideoObject"
        | "PodcastEpisode"
        | "Movie"
        | "Book" => 9,
        "Product" | "ProductGroup" | "Offer" | "AggregateOffer" => 1,
        _ if name.ends_with("Article") || name.ends_with("BlogPosting") || name == "Report" => 0,
        _ => return 0,
    };
    1 << at
}

/// The text at `at` if it is one that the page shows.
fn quote(text: &str, json: &Json, at: usize, room: &mut usize, about: &mut About) {
    let node = &json.nodes[at];
    let size = node.span.len();
    if node.kind != Kind::String || size < MIN_QUOTE || size > *room {
        return;
    }
    let describes = match node.key.of(text) {
        "articleBody" | "text" | "reviewBody" => false,
        "description" => true,
        _ => return,
    };
    *room -= size;
    let value = Value {
        span: node.span,
        coding: Coding::Json,
    };
    let words = value.text(text).into_owned();
    about.quotes.push((words, describes));
}
