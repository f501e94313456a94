//! Rendering: the article's text and metadata from the decisions.
//!
//! It needs the decoded text, the decisions and the edits, nothing else; so a provenance record
//! replays to the same bytes.

use std::fmt::Write as _;
use std::ops::Range;

use crate::article::TextFormat;
use crate::decision::{Action, Decision, Field};
use crate::document::{BlockKind, Edit, Span};
use crate::metadata::Metadata;

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
        }
        if let (Action::Keep, Some(number)) = (decision.action, decision.block) {
            if block.is_none_or(|(have, _)| have != number) {
                writer.block(block.map(|(_, first)| first), &mut buffer, &mut out);
                block = Some((number, decision));
            }
            edited(text, decision.span, edits, &mut buffer);
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
            metadata.put(field, collapsed);
        }
    }
    filling.clear();
}

/// Appends the text of `span` with the edits inside it.
pub fn edited(text: &str, span: Span, edits: &[Edit], out: &mut String) {
    let mut at = span.start;
    let first = edits.partition_point(|edit| edit.span.start < span.start);
    for edit in edits[first..]
        .iter()
        .take_while(|edit| edit.span.end <= span.end)
    {
        if edit.span.start < at {
            continue;
        }
        out.push_str(Span::new(at, edit.span.start).of(text));
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(Span::new(at, span.end).of(text));
}

/// Appends `text` with every run of white space as one space (as `\n` if it holds a line break
/// made by an edit, U+2028) and none at the ends.
fn collapse(text: &str, out: &mut String) {
    let from = out.len();
    for line in text.split(LINE_BREAK) {
        if out.len() > from {
            out.push('\n');
        }
        collapse_line(line, out);
    }
    while out.len() > from && out.ends_with(char::is_whitespace) {
        out.pop();
    }
}

/// Appends the words of `line` with one space between them. Words that a single space parts already
/// are copied together.
fn collapse_line(line: &str, out: &mut String) {
    let (mut at, mut begun) = (0, false);
    loop {
        let rest = line.get(at..).unwrap_or("");
        let words = rest.trim_start_matches(is_collapsed);
        if words.is_empty() {
            return;
        }
        let len = spaced_words(words);
        if begun {
            out.push(' ');
        }
        begun = true;
        out.push_str(words.get(..len).unwrap_or(""));
        at += rest.len() - words.len() + len;
    }
}

/// Bytes up to the first white space in `text` (which begins with a word) that is not one space
/// between words.
fn spaced_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' if bytes
                .get(at + 1)
                .is_none_or(|next| !next.is_ascii_graphic()) =>
            {
                return at;
            }
            b'\t'..=b'\r' => return at,
            0x80.. => {
                let c = text.get(at..).and_then(|rest| rest.chars().next());
                match c {
                    Some(c) if !is_collapsed(c) => at += c.len_utf8(),
                    _ => return at,
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// White space that becomes one plain space. An ideographic space is a character of the text: it
/// parts the words of a title.
fn is_collapsed(c: char) -> bool {
    c.is_whitespace() && c != '\u{3000}'
}

/// What an edit writes where a reader sees a line break inside a paragraph (`<br>`).
pub const LINE_BREAK: char = '\u{2028}';

#[derive(Debug, Default)]
struct Writer {
    format: TextFormat,
    last: Option<BlockKind>,
    clean: String,
}

impl Writer {
    /// Writes the block gathered in `buffer` and clears it.
    fn block(&mut self, first: Option<&Decision>, buffer: &mut String, rendered: &mut Rendered) {
        let Some(first) = first else {
            buffer.clear();
            return;
        };
        let kind = BlockKind::from_name(&first.kind).unwrap_or(BlockKind::Paragraph);
        self.clean.clear();
        if kind.keeps_space() {
            let lines = buffer.replace(LINE_BREAK, "\n");
            self.clean
                .push_str(lines.trim_matches(['\n', '\r']).trim_end());
        } else {
            collapse(buffer, &mut self.clean);
        }
        buffer.clear();
        if self.clean.is_empty() {
            return;
        }
        let out = &mut rendered.text;
        if let Some(last) = self.last {
            out.push_str(separator(last, kind));
        }
        self.last = Some(kind);
        let start = out.len();
        match self.format {
            TextFormat::Text => out.push_str(&self.clean),
            TextFormat::Markdown => self.markdown(kind, first.level, out),
        }
        let range = start..out.len();
        rendered
            .blocks
            .extend(first.block.map(|number| RenderedBlock {
                number,
                kind,
                range,
            }));
    }

    fn markdown(&self, kind: BlockKind, level: u8, out: &mut String) {
        let text = self.clean.as_str();
        // Writing to a `String` cannot fail.
        let _ = match kind {
            BlockKind::Title => write!(out, "# {text}"),
            BlockKind::Heading => {
                let marks = "#".repeat(usize::from(level.clamp(1, 6)));
                write!(out, "{marks} {text}")
            }
            BlockKind::ListItem => {
                let indent = "  ".repeat(usize::from(level.saturating_sub(1)));
                let item = text.trim_start_matches(['-', '*', '•', '·']).trim_start();
                write!(
                    out,
                    "{indent}- {}",
                    item.replace('\n', &format!("\n{indent}  "))
                )
            }
            BlockKind::Quote => write!(out, "> {}", text.replace('\n', "\n> ")),
            BlockKind::Code => write!(out, "```\n{text}\n```"),
            BlockKind::TableRow => write!(out, "| {text} |"),
            _ => write!(out, "{text}"),
        };
    }
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
