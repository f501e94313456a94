//! The article: what is rendered from the decisions, and its metadata.
//!
//! Rendering needs the decoded text, the decisions and the edits, nothing else; so a provenance
//! record replays to the same bytes.

use std::fmt::Write as _;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::decision::{Action, Decision, Field};
use crate::document::{BlockKind, Edit, Span};

/// How the text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TextFormat {
    /// Blocks parted by an empty line, items and rows by a line end.
    #[default]
    Text,
    /// Markdown: headings, lists, quotes and code marked.
    Markdown,
}

/// A clean article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Id of the document.
    pub id: String,
    /// The text.
    pub text: String,
    /// Where it came from: the address of the page, or else the record's id.
    pub source: String,
    /// What the rules lifted out and the page says about itself.
    pub metadata: Metadata,
    /// Who else published the article: publishers or hosts of the copies that went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_published_by: Vec<String>,
    /// Paragraphs that other documents have too, when these are to be flagged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<RepeatedParagraph>,
}

/// A paragraph that other documents have too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedParagraph {
    /// Bytes of the article's text.
    pub span: Span,
    /// How many documents have it.
    pub documents: u32,
    /// The first of them.
    pub first: String,
}

/// A caption and the credit that stood with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// The text of the caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who made or owns the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

/// Metadata of an article. Every value but `language` is the text of a span that the provenance
/// record names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The lede.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standfirst: Option<String>,
    /// Authors, as named.
    pub authors: Vec<String>,
    /// Paper or site that published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// News agency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Date of publication; ISO 8601 where the source allows, else as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Date of the last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Language of the text, ISO 639-1, `und` when unsure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Reading time in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_time: Option<u32>,
    /// Captions and credits of pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<Caption>,
    /// Tags and topics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Section of the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Canonical address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Name of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_name: Option<String>,
    /// Address of the main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Whether a notice says that the text stops at a paywall.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Metadata {
    /// The text of field `field`, for rule examples and tests; several values joined by `; `.
    pub fn get(&self, field: Field) -> Option<String> {
        let captions = |part: fn(&Caption) -> Option<&String>| {
            let all: Vec<&str> = self
                .captions
                .iter()
                .filter_map(part)
                .map(|s| &**s)
                .collect();
            (!all.is_empty()).then(|| all.join("; "))
        };
        let joined = |all: &[String]| (!all.is_empty()).then(|| all.join("; "));
        match field {
            Field::Title => self.title.clone(),
            Field::Standfirst => self.standfirst.clone(),
            Field::Author => joined(&self.authors),
            Field::Publisher => self.publisher.clone(),
            Field::Agency => self.agency.clone(),
            Field::Published => self.date.clone(),
            Field::Modified => self.modified.clone(),
            Field::ReadingTime => self.reading_time.map(|minutes| minutes.to_string()),
            Field::Caption => captions(|c| c.text.as_ref()),
            Field::Credit => captions(|c| c.credit.as_ref()),
            Field::Tag => joined(&self.tags),
            Field::Section => self.section.clone(),
            Field::Canonical => self.canonical.clone(),
            Field::SiteName => self.site_name.clone(),
            Field::Image => self.image.clone(),
            Field::Language => self.language.clone(),
            Field::License => self.license.clone(),
            Field::Paywall => self.truncated.then(|| "true".into()),
        }
    }

    /// Puts a value into its field; the first value of a single field stays.
    pub fn put(&mut self, field: Field, value: String) {
        let single = match field {
            Field::Title => &mut self.title,
            Field::Standfirst => &mut self.standfirst,
            Field::Publisher => &mut self.publisher,
            Field::Agency => &mut self.agency,
            Field::Published => &mut self.date,
            Field::Modified => &mut self.modified,
            Field::Section => &mut self.section,
            Field::Canonical => &mut self.canonical,
            Field::SiteName => &mut self.site_name,
            Field::Image => &mut self.image,
            Field::Language => &mut self.language,
            Field::License => &mut self.license,
            Field::Author => return push_new(&mut self.authors, value),
            Field::Tag => return push_new(&mut self.tags, value),
            Field::Paywall => {
                self.truncated = true;
                return;
            }
            Field::ReadingTime => {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                self.reading_time = self.reading_time.or(digits.parse().ok());
                return;
            }
            Field::Caption => {
                let (text, credit) = (Some(value), None);
                return self.captions.push(Caption { text, credit });
            }
            Field::Credit => return self.put_credit(value),
        };
        single.get_or_insert(value);
    }

    /// A credit belongs to the caption right before it; its label ("Foto:") is not part of it.
    fn put_credit(&mut self, value: String) {
        let credit = Some(without_label(&value).to_owned());
        match self.captions.last_mut() {
            Some(caption) if caption.credit.is_none() => caption.credit = credit,
            _ => self.captions.push(Caption { text: None, credit }),
        }
    }
}

/// A value without the one or two words and the colon before it.
fn without_label(value: &str) -> &str {
    let Some((label, rest)) = value.split_once([':', '：']) else {
        return value;
    };
    let wordy = label
        .chars()
        .all(|c| c.is_alphabetic() || c.is_whitespace() || c == '/');
    let short = label.split_whitespace().count() <= 2 && label.chars().count() <= 20;
    if wordy && short && !rest.trim().is_empty() && !rest.starts_with("//") {
        rest.trim()
    } else {
        value
    }
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

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
        let mut words = line.split(is_collapsed).filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            out.push_str(first);
        }
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
    }
    while out.len() > from && out.ends_with(char::is_whitespace) {
        out.pop();
    }
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
    fn credits_lose_their_label_and_nothing_else() {
        assert_eq!(without_label("Foto: Rolf Tessmann"), "Rolf Tessmann");
        assert_eq!(without_label("写真：岬日報"), "岬日報");
        assert_eq!(
            without_label("AFP / © A. B. via AFP"),
            "AFP / © A. B. via AFP"
        );
        assert_eq!(
            without_label("See https://example.org"),
            "See https://example.org"
        );
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
