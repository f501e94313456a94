//! Names of people: what a value holds beside the name, and what is no name.

use super::title::words;
use super::value::{Coding, Value};
use crate::document::Span;

/// Most bytes and words of a name.
const MAX_NAME: usize = 60;
const MAX_WORDS: usize = 6;

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

/// The names in a value without what stands before and behind; `None` where it is no name.
pub(super) fn name_in(text: &str, value: Value) -> Option<Value> {
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

pub(super) fn without_before(text: &str, span: Span) -> Span {
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
