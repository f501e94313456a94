//! Markup that somebody's extraction left in the text: HTML tags, Markdown emphasis and links.

use crate::document::Span;

/// Elements whose tags are taken for markup. Others may be anything: generics, placeholders,
/// addresses in angle brackets.
const TAGS: [&str; 32] = [
    "a",
    "article",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "div",
    "em",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "td",
    "tr",
    "ul",
];
/// Elements that stand in running text; the tags of others part words.
const INLINE: [&str; 11] = [
    "a", "b", "code", "em", "font", "i", "small", "span", "strong", "sub", "sup",
];
/// Elements that have no end tag.
const VOID: [&str; 3] = ["br", "hr", "img"];
/// Fewest signs of a ruler.
const RULER: usize = 3;
/// Longest address of a link, in bytes.
const ADDRESS_BYTES: usize = 2_000;
/// Longest tag, in bytes.
const TAG_BYTES: usize = 500;

struct Tag<'t> {
    span: Span,
    name: &'t str,
    closes: bool,
}

/// Which marks of markup a text holds at all; most hold none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    any: bool,
    tags: bool,
    bold: [bool; MARKS.len()],
    links: bool,
}

/// What stands around words in bold.
const MARKS: [&str; 2] = ["**", "__"];

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        // Most texts lack the characters altogether.
        let any = memchr::memchr3(b'*', b'_', b']', bytes).is_some();
        let has = |sign: &str| any && memchr::memmem::find(bytes, sign.as_bytes()).is_some();
        let (bold, links) = (MARKS.map(has), has("]("));
        let tags = memchr::memchr(b'<', bytes).is_some();
        Self {
            any: tags || links || bold.contains(&true),
            tags,
            bold,
            links,
        }
    }
}

/// Calls `found` with what in `span` is markup, ascending: the span, what stands instead, the
/// rule. `signs` are those of the whole text.
pub(super) fn find(
    text: &str,
    signs: Signs,
    span: Span,
    mut found: impl FnMut(Span, &str, &'static str),
) {
    let line = span.of(text);
    if is_ruler(line) {
        found(span, "", "plain/ruler");
        return;
    }
    if !signs.any {
        return;
    }
    if signs.tags && memchr::memchr(b'<', line.as_bytes()).is_some() {
        tags(line, span.start, &mut found);
    }
    for (mark, _) in MARKS.iter().zip(signs.bold).filter(|(_, has)| *has) {
        if line.contains(mark) {
            emphasis(line, mark, span.start, &mut found);
        }
    }
    if signs.links && line.contains("](") {
        links(line, span.start, &mut found);
    }
}

/// Tags that are markup and not mentioned: a tag without end tag, or one that its own end tag
/// closes on the same line.
fn tags(line: &str, offset: usize, found: &mut impl FnMut(Span, &str, &'static str)) {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'<', &line.as_bytes()[from..]).map(|at| at + from) {
        from = at + 1;
        if let Some(tag) = tag(line, at) {
            from = tag.span.end;
            all.push(tag);
        }
    }
    let only_tags = all.iter().map(|tag| tag.span.len()).sum::<usize>() == line.len();
    for (index, tag) in all.iter().enumerate() {
        let void = VOID.iter().any(|name| tag.name.eq_ignore_ascii_case(name));
        let twin = |other: &Tag<'_>| {
            other.closes != tag.closes && other.name.eq_ignore_ascii_case(tag.name)
        };
        let paired = if tag.closes {
            all[..index].iter().any(twin)
        } else {
            all[index + 1..].iter().any(twin)
        };
        if void || paired || only_tags {
            let inline = INLINE
                .iter()
                .any(|name| tag.name.eq_ignore_ascii_case(name));
            let span = Span::new(tag.span.start + offset, tag.span.end + offset);
            found(span, if inline { "" } else { " " }, "plain/tag");
        }
    }
}

/// The tag of a known element that starts at byte `at`.
fn tag(line: &str, at: usize) -> Option<Tag<'_>> {
    let rest = &line[at + 1..];
    let closes = rest.starts_with('/');
    let rest = &rest[usize::from(closes)..];
    let name = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
    if !TAGS.iter().any(|tag| name.eq_ignore_ascii_case(tag)) {
        return None;
    }
    let after = &rest[name.len()..];
    if !after.starts_with([' ', '>', '/', '\t']) {
        return None;
    }
    let end = memchr::memchr2(b'>', b'<', after.as_bytes()).filter(|&end| end < TAG_BYTES)?;
    let start = at + 1 + usize::from(closes) + name.len();
    (after.as_bytes()[end] == b'>').then_some(Tag {
        span: Span::new(at, start + end + 1),
        name,
        closes,
    })
}

/// Whether a line is a ruler or the underline of a heading: one sign again and again.
#[inline]
fn is_ruler(line: &str) -> bool {
    let Some(&sign) = line.as_bytes().first() else {
        return false;
    };
    if !matches!(sign, b'-' | b'=' | b'_' | b'~') {
        return false;
    }
    let mut signs = line.bytes().filter(|byte| *byte != b' ');
    signs.all(|other| other == sign) && line.bytes().filter(|byte| *byte == sign).count() >= RULER
}

/// `**bold**` and `__bold__`: the marks on both sides of words, but not inside one (`__init__`).
fn emphasis(
    line: &str,
    mark: &str,
    offset: usize,
    found: &mut impl FnMut(Span, &str, &'static str),
) {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut from = 0;
    while let Some(open) = line[from..].find(mark).map(|at| at + from) {
        let inner = open + 2;
        let Some(close) = line[inner..].find(mark).map(|at| at + inner) else {
            return;
        };
        let bold = &line[inner..close];
        from = close;
        let code = mark == "__"
            && (line[..open].ends_with(word)
                || line[close + 2..].starts_with(word)
                || !bold.contains(' '));
        if bold.starts_with(char::is_alphanumeric) && !bold.ends_with(char::is_whitespace) && !code
        {
            for at in [open, close] {
                found(
                    Span::new(at + offset, at + offset + 2),
                    "",
                    "plain/markdown",
                );
            }
            from = close + 2;
        }
    }
}

/// `[words](address)`: all but the words; of a picture, `![words](address)`, the words as well,
/// with the link that it stands in.
fn links(line: &str, offset: usize, found: &mut impl FnMut(Span, &str, &'static str)) {
    let mut from = 0;
    while let Some(middle) = line[from..].find("](").map(|at| at + from) {
        let open = line[from..middle].rfind('[').map(|at| at + from);
        let target = &line[middle + 2..];
        let reach = &target.as_bytes()[..target.len().min(ADDRESS_BYTES)];
        let close = memchr::memchr(b')', reach).map(|at| at + middle + 2);
        let address = target.starts_with("http") || target.starts_with('/');
        let picture = |open: usize| open > from && line[..open].ends_with('!');
        if let (Some(open), Some(close), true) = (open.filter(|&o| picture(o)), close, address) {
            let (start, end) = linked(line, open - 1, close + 1);
            found(
                Span::new(start + offset, end + offset),
                "",
                "plain/markdown",
            );
            from = end;
        } else if let (Some(open), Some(close), true) = (open, close, address) {
            found(
                Span::new(open + offset, open + offset + 1),
                "",
                "plain/markdown",
            );
            found(
                Span::new(middle + offset, close + offset + 1),
                "",
                "plain/markdown",
            );
            from = close;
        } else {
            from = middle + 2;
        }
    }
}

/// The picture at `start..end` with the link around it.
fn linked(line: &str, start: usize, end: usize) -> (usize, usize) {
    let link = line[end..].strip_prefix("](");
    let close = link.and_then(|target| target.find(')'));
    match (line[..start].ends_with('['), close) {
        (true, Some(close)) => (start - 1, end + 2 + close + 1),
        _ => (start, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(line: &str) -> String {
        let (mut out, mut at) = (String::new(), 0);
        let mut edits = Vec::new();
        let text = format!("x{line}");
        let span = Span::new(1, text.len());
        find(&text, Signs::of(&text), span, |span, with, _| {
            edits.push((span, with.to_owned()))
        });
        for (span, with) in edits {
            out += &line[at..span.start - 1];
            out += &with;
            at = span.end - 1;
        }
        out + &line[at..]
    }

    #[test]
    fn tags_left_in_text_go_and_mentioned_ones_stay() {
        assert_eq!(cleaned("a <b>bold</b> word"), "a bold word");
        assert_eq!(cleaned("one<br/>two"), "one two");
        assert_eq!(cleaned("<div class=\"x\">"), " ");
        assert_eq!(cleaned("the <b> tag is old"), "the <b> tag is old");
        assert_eq!(cleaned("Vec<i32> and a < b"), "Vec<i32> and a < b");
    }

    #[test]
    fn markdown_goes_where_it_is_complete() {
        assert_eq!(cleaned("a **bold** word"), "a bold word");
        assert_eq!(cleaned("2 ** 3 ** 4"), "2 ** 3 ** 4");
        assert_eq!(
            cleaned("see [the page](https://example.org/a)."),
            "see the page."
        );
        assert_eq!(cleaned("f[i](x)"), "f[i](x)");
        assert_eq!(cleaned("a __bold word__ here"), "a bold word here");
        assert_eq!(
            cleaned("call __init__ and a__b__c"),
            "call __init__ and a__b__c"
        );
    }

    #[test]
    fn pictures_and_rulers_are_no_text() {
        assert_eq!(cleaned("![a bridge](/a.png)Text"), "Text");
        assert_eq!(
            cleaned("[![a bridge](https://e.org/a.png)](https://e.org/b) Text"),
            " Text"
        );
        assert_eq!(cleaned("What![^1](x)"), "What![^1](x)");
        for ruler in ["---", "=======", "- - -", "___"] {
            assert_eq!(cleaned(ruler), "");
        }
        assert_eq!(cleaned("-- "), "-- ");
        assert_eq!(cleaned("* * *"), "* * *", "a pause in a story");
        assert_eq!(cleaned("- - x"), "- - x");
    }
}
