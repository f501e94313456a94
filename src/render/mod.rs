//! Rendering: the article's text and metadata from the decisions.
//!
//! It needs the decoded text, the decisions and the edits, nothing else; so a provenance record
//! replays to the same bytes.

mod markdown;
mod space;

use std::ops::Range;

use crate::article::TextFormat;
use crate::decision::{Action, Decision, Field};
use crate::document::{BlockKind, Edit, Span};
use crate::html::meta::date;
use crate::metadata::Metadata;
use markdown::{Items, Links};
use space::collapse;

/// What rendering gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rendered {
    /// The article's text.
    pub text: String,
    /// The values that spans fill; `language` is not among them.
    pub metadata: Metadata,
    /// Where each block stands in the text.
    pub blocks: Vec<RenderedBlock>,
}

/// A block in an article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedBlock {
    /// Its number in the decisions.
    pub number: u32,
    /// What it is to a reader.
    pub kind: BlockKind,
    /// Bytes of the article's text.
    pub range: Range<usize>,
}

/// What stands between two blocks of these kinds.
pub const fn separator(before: BlockKind, kind: BlockKind) -> &'static str {
    match (before, kind) {
        (BlockKind::ListItem, BlockKind::ListItem) | (BlockKind::TableRow, BlockKind::TableRow) => {
            "\n"
        }
        _ => "\n\n",
    }
}

/// Renders the article from the decoded text, the decisions (in text order) and the edits
/// (ascending). Edits outside kept and lifted spans do nothing.
pub fn render(text: &str, decisions: &[Decision], edits: &[Edit], format: TextFormat) -> Rendered {
    let page = Page { text, edits };
    let mut out = Rendered::default();
    let mut writer = Writer {
        format,
        ..Writer::default()
    };
    let mut block: Option<(u32, &Decision)> = None;
    let mut value: Option<(u32, Field)> = None;
    let (mut buffer, mut filling) = (String::new(), String::new());
    for decision in decisions {
        if let Some(number) = decision.value {
            let field = decision.field.map(|field| (number, field));
            if value != field {
                put_value(&mut out.metadata, value, &mut filling);
                value = field;
            }
            edited(text, decision.span, edits, &mut filling);
            writer.links.found(decision);
        }
        if let (Action::Keep, Some(number)) = (decision.action, decision.block) {
            if block.is_none_or(|(have, _)| have != number) {
                writer.block(block.map(|(_, first)| first), &mut buffer, &mut out);
                block = Some((number, decision));
            }
            writer.keep(&page, decision, &mut buffer);
        }
    }
    put_value(&mut out.metadata, value, &mut filling);
    writer.block(block.map(|(_, first)| first), &mut buffer, &mut out);
    out
}

fn put_value(metadata: &mut Metadata, value: Option<(u32, Field)>, filling: &mut String) {
    if let Some((_, field)) = value {
        let mut collapsed = String::new();
        collapse(filling, &mut collapsed);
        if !collapsed.is_empty() {
            metadata.put(field, written(field, collapsed));
        }
    }
    filling.clear();
}

/// How a value stands in its field: dates as ISO 8601, where they read one way only.
fn written(field: Field, value: String) -> String {
    match field {
        Field::Published | Field::Modified => date::iso(&value).unwrap_or(value),
        _ => value,
    }
}

/// The decoded text and its edits.
struct Page<'a> {
    text: &'a str,
    edits: &'a [Edit],
}

/// Appends the text of `span` with the edits inside it.
pub fn edited(text: &str, span: Span, edits: &[Edit], out: &mut String) {
    each_piece(text, span, edits, |piece, _| out.push_str(piece));
}

/// Gives `put` the text of `span` with the edits inside it, piece by piece, and whether a piece is
/// an edit's.
fn each_piece(text: &str, span: Span, edits: &[Edit], mut put: impl FnMut(&str, bool)) {
    let mut at = span.start;
    let first = edits.partition_point(|edit| edit.span.start < span.start);
    for edit in edits[first..]
        .iter()
        .take_while(|edit| edit.span.end <= span.end)
    {
        if edit.span.start < at {
            continue;
        }
        put(Span::new(at, edit.span.start).of(text), false);
        put(&edit.text, true);
        at = edit.span.end;
    }
    put(Span::new(at, span.end).of(text), false);
}

/// What an edit writes where a reader sees a line break inside a paragraph (`<br>`).
pub const LINE_BREAK: char = '\u{2028}';

#[derive(Debug, Default)]
struct Writer {
    format: TextFormat,
    last: Option<BlockKind>,
    links: Links,
    items: Items,
}

impl Writer {
    /// Appends a kept span of the block that is gathered in `buffer`.
    fn keep(&mut self, page: &Page<'_>, decision: &Decision, buffer: &mut String) {
        let kind = kind_of(decision);
        if self.format == TextFormat::Text || kind.keeps_space() {
            return edited(page.text, decision.span, page.edits, buffer);
        }
        self.links.enter(page, decision.span, buffer);
        match kind {
            BlockKind::TableRow => markdown::row(page, decision.span, buffer),
            _ => edited(page.text, decision.span, page.edits, buffer),
        }
        self.links.leave(decision.span);
    }

    /// Writes the block gathered in `buffer` and clears it.
    fn block(&mut self, first: Option<&Decision>, buffer: &mut String, rendered: &mut Rendered) {
        let Some(first) = first else {
            buffer.clear();
            return;
        };
        self.links.close(buffer);
        let kind = kind_of(first);
        let out = &mut rendered.text;
        let before = out.len();
        if let Some(last) = self.last {
            out.push_str(separator(last, kind));
        }
        let start = out.len();
        clean(kind, buffer, out);
        buffer.clear();
        if out.len() == start {
            out.truncate(before);
            return;
        }
        if self.format == TextFormat::Markdown {
            buffer.push_str(out.get(start..).unwrap_or(""));
            out.truncate(start);
            match kind {
                BlockKind::ListItem => self.items.put(buffer, first.level, first.ordinal, out),
                _ => {
                    self.items.end();
                    markdown::block(buffer, kind, first.level, self.last, out);
                }
            }
            buffer.clear();
        }
        self.last = Some(kind);
        let range = start..out.len();
        rendered
            .blocks
            .extend(first.block.map(|number| RenderedBlock {
                number,
                kind,
                range,
            }));
    }
}

/// Appends the text of a block as it stands in the article.
fn clean(kind: BlockKind, text: &str, out: &mut String) {
    if kind.keeps_space() {
        let lines = text.replace(LINE_BREAK, "\n");
        out.push_str(lines.trim_matches(['\n', '\r']).trim_end());
    } else {
        collapse(text, out);
    }
}

fn kind_of(decision: &Decision) -> BlockKind {
    BlockKind::from_name(&decision.kind).unwrap_or(BlockKind::Paragraph)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{Reason, Stage};

    fn keep(start: usize, end: usize, kind: &str, block: u32) -> Decision {
        Decision {
            span: Span::new(start, end),
            action: Action::Keep,
            kind: kind.into(),
            block: Some(block),
            value: None,
            level: 2,
            ordinal: None,
            field: None,
            stage: Stage::Content,
            reason: Reason::rule("content/kept"),
        }
    }

    #[test]
    fn blocks_join_their_spans_and_collapse_space() {
        let text = "<h2>A  title</h2><p>one<b> two</b>\n three &amp; four</p>";
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            Span::new(start, start + part.len())
        };
        let edit = Edit {
            span: at("&amp;"),
            text: "&".into(),
            rule: "html/entity".into(),
        };
        let kept = |part: &str, kind: &str, block| {
            let span = at(part);
            keep(span.start, span.end, kind, block)
        };
        let decisions = [
            kept("A  title", "heading", 0),
            kept("one", "paragraph", 1),
            kept(" two", "paragraph", 1),
            kept("\n three &amp; four", "paragraph", 1),
        ];
        let plain = render(
            text,
            &decisions,
            std::slice::from_ref(&edit),
            TextFormat::Text,
        );
        assert_eq!(plain.text, "A title\n\none two three & four");
        let markdown = render(text, &decisions, &[edit], TextFormat::Markdown);
        assert_eq!(markdown.text, "## A title\n\none two three & four");
    }

    #[test]
    fn values_come_from_lifted_spans() {
        let text = "Europe 1 avec AFP . 1 min";
        let lift = |start, end, field, value| Decision {
            action: Action::Lift,
            block: None,
            field: Some(field),
            value: Some(value),
            ..keep(start, end, "byline", 0)
        };
        let decisions = [
            lift(0, 8, Field::Publisher, 1),
            lift(14, 17, Field::Agency, 2),
            lift(20, 25, Field::ReadingTime, 3),
        ];
        let metadata = render(text, &decisions, &[], TextFormat::Text).metadata;
        assert_eq!(metadata.publisher.as_deref(), Some("Europe 1"));
        assert_eq!(metadata.agency.as_deref(), Some("AFP"));
        assert_eq!(metadata.reading_time, Some(1));
    }
}
