//! The title: an `h1` that agrees with what the page calls itself, else that without the name
//! of the site.

use std::sync::LazyLock;

use regex::Regex;

use super::harvest::By;
use super::value::Value;
use super::{Chosen, Page, ld};
use crate::document::Span;

/// Share of common words from which an `h1` is the title of an article.
const LIKE_ARTICLE: f32 = 0.34;
/// The same for pages that do not call themselves an article.
const LIKE_OTHER: f32 = 0.6;
/// Most words of a site's name behind a dash.
const SITE_WORDS: usize = 4;

/// What parts the title from the name of the site.
static SEPARATOR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\s+[|\-–—·•»~⋆]+\s+|\s*[|»｜]\s*|\s+::\s+").ok());

pub(super) fn choose(page: &Page<'_, '_>) -> Option<Chosen> {
    let (text, harvest) = (page.text, page.harvest);
    let site = harvest
        .meta(text, "og:site_name")
        .map(|value| words(&value.text(text)));
    let site = site.unwrap_or_default();
    let named = harvest.title.map(|value| (value, "html/title"));
    let shared = ["og:title", "twitter:title"];
    let shared = shared.iter().find_map(|name| {
        let rule = if *name == "og:title" {
            "meta/og:title"
        } else {
            "meta/twitter:title"
        };
        harvest.meta(text, name).map(|value| (value, rule))
    });
    let headline = ld::headline(page);
    let heads: Vec<(Value, &'static str)> = [named, shared]
        .into_iter()
        .flatten()
        .map(|(value, rule)| (without_site(text, value, &site), rule))
        .collect();
    let mut alike: Vec<Vec<String>> = heads.iter().map(|(v, _)| words(&v.text(text))).collect();
    alike.extend(headline.map(|value| words(&value.text(text))));
    let is_article = headline.is_some() || ld::is_article(page);
    let least = if is_article { LIKE_ARTICLE } else { LIKE_OTHER };
    if let Some(found) = heading(page, &alike, least) {
        return Some((found, "html/h1".into()));
    }
    let (a, b) = (heads.first().copied(), heads.get(1).copied());
    let best = match (a, b) {
        (Some(a), Some(b)) => {
            let common = likeness(&alike[0], &alike[1]) > 0.0;
            let shorter = a.0.span.len() <= b.0.span.len();
            if common && !shorter { b } else { a }
        }
        (a, b) => a
            .or(b)
            .or(headline.map(|value| (value, "json-ld/headline")))?,
    };
    Some((best.0, best.1.into()))
}

/// The `h1` most like what the page calls itself.
fn heading(page: &Page<'_, '_>, alike: &[Vec<String>], least: f32) -> Option<Value> {
    let text = page.text;
    let said = &page.harvest.said;
    let headings: Vec<(Value, Vec<String>)> = said
        .iter()
        .filter(|said| said.by == By::Heading)
        .map(|said| (said.value, words(&said.value.text(text))))
        .collect();
    if alike.is_empty() {
        return headings.first().map(|(value, _)| *value);
    }
    let score = |own: &[String]| {
        let scores = alike.iter().map(|other| likeness(own, other));
        scores.fold(0.0, f32::max)
    };
    let mut best: Option<(f32, &(Value, Vec<String>))> = None;
    for heading in &headings {
        let score = score(&heading.1);
        if best.is_none_or(|(known, _)| score > known) {
            best = Some((score, heading));
        }
    }
    let (score, (value, own)) = best?;
    // A page of scripts has a title of its site alone; a one-word heading may be the title's
    // first word.
    let only = headings.len() == 1 && own.len() >= 5 && score == 0.0;
    let first = own.len() == 1 && alike[0].len() > 1 && alike[0].first() == own.first();
    (score >= least || only || first).then_some(*value)
}

/// The value without the name of the site behind (or what looks like it).
fn without_site(text: &str, value: Value, site: &[String]) -> Value {
    let Some(separator) = SEPARATOR.as_ref() else {
        return value;
    };
    let mut value = value.trimmed(text);
    loop {
        let raw = value.span.of(text);
        let cuts: Vec<_> = separator
            .find_iter(raw)
            .filter(|cut| cut.start() > 0 && cut.end() < raw.len())
            .collect();
        let Some(cut) = cuts.last() else {
            return value;
        };
        let tail = words(&raw[cut.end()..]);
        let head = words(&raw[..cut.start()]);
        let bar = cut.as_str().contains(['|', '»']);
        let long_enough = cuts.len() > 1 || cut.start() * 5 >= (raw.len() - cut.end()) * 3;
        let cuts_it = (!site.is_empty() && tail == site)
            || (bar && !head.is_empty())
            || (tail.len() <= SITE_WORDS && long_enough);
        if !cuts_it {
            return value;
        }
        value.span = Span::new(value.span.start, value.span.start + cut.start());
    }
}

/// The words of a text in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Twice the common words over all words.
fn likeness(a: &[String], b: &[String]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let mut rest: Vec<&String> = b.iter().collect();
    let mut common = 0u16;
    for word in a {
        if let Some(at) = rest.iter().position(|other| *other == word) {
            rest.swap_remove(at);
            common += 1;
        }
    }
    2.0 * f32::from(common) / (a.len() + b.len()) as f32
}
