//! A value that the page states, as a span and the edits that turn it into text.

use std::borrow::Cow;

use memchr::{memchr, memchr3};

use super::json;
use crate::document::{Edit, Span};
use crate::html::reference::reference;

/// Most bytes of a tag inside a value.
const MAX_TAG: usize = 1000;

/// How the characters of a value are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// An attribute's value.
    Attribute,
    /// Text of an element, perhaps with markup in it.
    Markup,
    /// A JSON string in a script.
    Json,
}

/// A value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub span: Span,
    pub coding: Coding,
}

impl Value {
    /// Calls `change` for each change of characters: span, replacement, rule.
    fn changes(self, text: &str, mut change: impl FnMut(Span, Cow<'static, str>, &'static str)) {
        let bytes = text.as_bytes();
        let mut at = self.span.start;
        let end = self.span.end.min(bytes.len());
        while at < end {
            let Some(found) = memchr3(b'&', b'\\', b'<', &bytes[at..end]) else {
                break;
            };
            at += found;
            let rest = &text[at..end];
            let mut step = 1;
            match bytes[at] {
                b'&' => {
                    if let Some(found) = reference(rest, self.coding == Coding::Attribute) {
                        let mut to = String::new();
                        found.push_to(&mut to);
                        step = found.len;
                        change(Span::new(at, at + step), to.into(), "html/entity");
                    }
                }
                b'\\' if self.coding == Coding::Json => {
                    if let Some((len, c)) = json::escape(rest) {
                        step = len.min(rest.len());
                        change(
                            Span::new(at, at + step),
                            c.to_string().into(),
                            "json/escape",
                        );
                    }
                }
                b'<' if self.coding != Coding::Attribute => {
                    let len = tag_len(rest);
                    if len > 0 {
                        step = len;
                        change(
                            Span::new(at, at + step),
                            between(rest).into(),
                            "html/markup",
                        );
                    }
                }
                _ => {}
            }
            at += step;
        }
    }

    /// The value as text, white space as written.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        let raw = self.span.of(text);
        if memchr3(b'&', b'\\', b'<', raw.as_bytes()).is_none() {
            return Cow::Borrowed(raw);
        }
        let mut out = String::with_capacity(raw.len());
        let mut at = self.span.start;
        self.changes(text, |span, to, _| {
            out.push_str(Span::new(at, span.start).of(text));
            out.push_str(&to);
            at = span.end;
        });
        out.push_str(Span::new(at, self.span.end).of(text));
        Cow::Owned(out)
    }

    /// The edits of the value.
    pub fn edits(self, text: &str, out: &mut Vec<Edit>) {
        self.changes(text, |span, to, rule| {
            out.push(Edit {
                span,
                text: to.into_owned(),
                rule: rule.into(),
            });
        });
    }

    /// Without white space at the ends.
    pub fn trimmed(self, text: &str) -> Self {
        let raw = self.span.of(text);
        let start = self.span.start + raw.len() - raw.trim_start().len();
        let end = self.span.end - (raw.len() - raw.trim_end().len());
        Self {
            span: Span::new(start, end.max(start)),
            coding: self.coding,
        }
    }
}

/// Length of the tag or comment at the start of `text`, 0 where `<` is a character.
fn tag_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.get(1) {
        Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!') => {
            memchr(b'>', &bytes[..bytes.len().min(MAX_TAG)]).map_or(0, |at| at + 1)
        }
        _ => 0,
    }
}

/// What a reader sees instead of a tag: a space where it parts words.
fn between(tag: &str) -> &'static str {
    let name = tag.trim_start_matches(['<', '/']);
    let parts = ["br", "p>", "div", "li", "h1", "h2"];
    let begins = |part: &&str| {
        let head = name.get(..part.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(part))
    };
    if parts.iter().any(begins) { " " } else { "" }
}
