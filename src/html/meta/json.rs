//! JSON as a flat list of spans, for JSON-LD: tolerant, without recursion and without copies.

use crate::document::Span;

/// What a JSON value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::html) enum Kind {
    Object,
    Array,
    /// The span is without the quotes.
    String,
    /// A number, `true`, `false` or `null`.
    Other,
}

/// A value and its place.
#[derive(Debug, Clone, Copy)]
pub(in crate::html) struct Node {
    pub kind: Kind,
    /// The member's name without quotes; empty in arrays.
    pub key: Span,
    pub span: Span,
    /// Index of the container, the node's own index at the top.
    pub parent: usize,
    /// One past the last node inside it.
    pub end: usize,
}

/// The values of one script, each behind its container.
#[derive(Debug, Default)]
pub(in crate::html) struct Json {
    pub nodes: Vec<Node>,
}

impl Json {
    /// Reads the JSON in `text[span]`; what comes behind an error is left out.
    pub fn parse(text: &str, span: Span) -> Self {
        let mut parser = Parser {
            bytes: &text.as_bytes()[..span.end.min(text.len())],
            at: span.start,
            nodes: Vec::new(),
            open: Vec::new(),
            key: Span::new(0, 0),
        };
        while parser.step().is_some() {}
        let end = parser.nodes.len();
        for at in parser.open {
            parser.nodes[at].end = end;
        }
        Self {
            nodes: parser.nodes,
        }
    }

    /// The values directly inside `at`.
    pub fn children(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes.get(at).map_or(0, |node| node.end);
        let inside = move |next: &usize| *next < end;
        let first = Some(at + 1).filter(inside);
        std::iter::successors(first, move |&next| {
            let node = self.nodes.get(next)?;
            Some(node.end.max(next + 1)).filter(inside)
        })
    }

    /// The member `key` of the object `at`.
    pub fn get(&self, text: &str, at: usize, key: &str) -> Option<usize> {
        let node = self.nodes.get(at)?;
        if node.kind != Kind::Object {
            return None;
        }
        self.children(at)
            .find(|&child| self.nodes[child].key.of(text) == key)
    }
}

struct Parser<'t> {
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
    open: Vec<usize>,
    key: Span,
}

impl Parser<'_> {
    /// Reads one token; `None` at the end.
    fn step(&mut self) -> Option<()> {
        match *self.bytes.get(self.at)? {
            b'{' => self.container(Kind::Object),
            b'[' => self.container(Kind::Array),
            b'}' | b']' => {
                if let Some(at) = self.open.pop() {
                    self.nodes[at].end = self.nodes.len();
                }
                self.at += 1;
            }
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' if !self.open.is_empty() => self.literal(),
            _ => self.at += 1,
        }
        Some(())
    }

    fn container(&mut self, kind: Kind) {
        let at = self.at;
        let number = self.push(kind, Span::new(at, at + 1));
        self.open.push(number);
        self.at += 1;
    }

    fn push(&mut self, kind: Kind, span: Span) -> usize {
        let number = self.nodes.len();
        self.nodes.push(Node {
            kind,
            key: std::mem::replace(&mut self.key, Span::new(0, 0)),
            span,
            parent: self.open.last().copied().unwrap_or(number),
            end: number + 1,
        });
        number
    }

    fn string(&mut self) -> Option<()> {
        let start = self.at + 1;
        let mut at = start;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.bytes.get(at..)?)?;
            if self.bytes[at] == b'"' {
                break;
            }
            at += 2;
        }
        self.at = at + 1;
        let span = Span::new(start, at);
        let mut next = self.at;
        while self.bytes.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        let in_object = self.open.last().map(|&at| self.nodes[at].kind) == Some(Kind::Object);
        if in_object && self.bytes.get(next) == Some(&b':') {
            self.key = span;
            self.at = next + 1;
        } else if !self.open.is_empty() {
            self.push(Kind::String, span);
        }
        Some(())
    }

    fn literal(&mut self) {
        let start = self.at;
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        while self.bytes.get(self.at).is_some_and(part) {
            self.at += 1;
        }
        self.push(Kind::Other, Span::new(start, self.at));
    }
}

/// The JSON escape at the start of `text` (which begins with `\`): its length and meaning.
pub(in crate::html) fn escape(text: &str) -> Option<(usize, char)> {
    let simple = |c| Some((2, c));
    match *text.as_bytes().get(1)? {
        b'n' => simple('\n'),
        b't' => simple('\t'),
        b'r' => simple('\r'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'"' => simple('"'),
        b'\\' => simple('\\'),
        b'/' => simple('/'),
        b'u' => {
            let high = unit(text, 2)?;
            if (0xd800..0xdc00).contains(&high)
                && text.get(6..8) == Some("\\u")
                && let Some(low) = unit(text, 8).filter(|low| (0xdc00..0xe000).contains(low))
            {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Some((12, char::from_u32(code)?));
            }
            Some((6, char::from_u32(high).unwrap_or('\u{fffd}')))
        }
        _ => None,
    }
}

fn unit(text: &str, at: usize) -> Option<u32> {
    u32::from_str_radix(text.get(at..at + 4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_name() {
        let text = r#"<!-- [{"a": 1, "b": {"c": "x\"y", "d": [1, "z"]}, "e": true}, "#;
        let json = Json::parse(text, Span::new(0, text.len()));
        let b = json.get(text, 1, "b").unwrap();
        let c = json.get(text, b, "c").unwrap();
        assert_eq!(json.nodes[c].span.of(text), r#"x\"y"#);
        let d = json.get(text, b, "d").unwrap();
        assert_eq!(json.children(d).count(), 2);
        let e = json.get(text, 1, "e").unwrap();
        assert_eq!(json.nodes[e].span.of(text), "true");
        assert!(json.get(text, 1, "c").is_none());
    }

    #[test]
    fn escapes_have_their_length() {
        assert_eq!(escape("\\u00e9t"), Some((6, 'é')));
        assert_eq!(escape("\\ud83d\\ude00"), Some((12, '😀')));
        assert_eq!(escape("\\ud83dx"), Some((6, '\u{fffd}')));
        assert_eq!(escape("\\/"), Some((2, '/')));
        assert_eq!(escape("\\x"), None);
    }
}
