//! What an element is to the reader: how it is laid out, and its attributes that say so.

use super::arena::{Arena, NodeId, NodeKind, Space};
use super::lex::{Attr, Range32};
use super::reference::decode_value;
use super::silent::Silent;
use super::tags::Tag;
use crate::document::{BlockKind, Marks};

/// How an element is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Part of the line.
    Inline,
    /// Part of the line, but a box of its own: words do not run into it.
    Box,
    /// Begins and ends a block.
    Block,
    /// Nothing in it is text of the page.
    Skip,
}

/// The attributes of an element that matter here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub class: Range32,
    pub id: Range32,
    pub marks: Marks,
    /// A role that makes a table one of layout.
    pub presentation: bool,
    /// A role that makes a table one of data.
    pub grid: bool,
    pub layout: Option<Layout>,
    /// What else names the element, and how well: the less the better.
    pub label: (u8, Range32),
    /// A link into the page itself or to a script.
    pub jumps: bool,
}

/// Reads the attributes of an element; the first of each name counts. `silent` are classes that name
/// no embed.
pub(super) fn look(text: &str, attrs: &[Attr], silent: &mut Silent) -> Seen {
    let mut seen = Seen::default();
    for attr in attrs {
        let is = |wanted: &str| attr.name.of(text).eq_ignore_ascii_case(wanted);
        let value = attr.value;
        let is_true = || value.of(text).trim().eq_ignore_ascii_case("true");
        let first = text.as_bytes().get(attr.name.start as usize);
        let first = first.map_or(0, u8::to_ascii_lowercase);
        // Length and first letter tell nearly all names apart before they are compared.
        match (attr.name.end - attr.name.start, first) {
            (2, b'i') if is("id") && seen.id.is_empty() => seen.id = value,
            (4, b'h') if is("href") => {
                let start = value.of(text).trim_start();
                seen.jumps = start.starts_with(['#']) || start.starts_with("javascript:");
            }
            (4, b'r') if is("role") => role(value.of(text), &mut seen),
            (5, b'c') if is("class") && seen.class.is_empty() => {
                seen.class = value;
                if silent.unless(value.of(text), is_embed) {
                    seen.marks = seen.marks.with(Marks::EMBED);
                }
            }
            (5, b's') if is("style") => style(&decode_value(value.of(text)), &mut seen),
            (6, b'h') if is("hidden") && !value.of(text).eq_ignore_ascii_case("until-found") => {
                seen.marks = seen.marks.with(Marks::HIDDEN);
            }
            (8, b'i') if is("itemprop") => {
                itemprop(value.of(text), &mut seen);
                seen.named(2, value);
            }
            (8, b'i') if is("itemtype") => seen.named(3, value),
            (10, b'a') if is("aria-modal") && is_true() => {
                seen.marks = seen.marks.with(Marks::DIALOG);
            }
            (11, b'a') if is("aria-hidden") && is_true() => {
                seen.marks = seen.marks.with(Marks::HIDDEN);
            }
            (7.., b'd') if names_part(attr.name.of(text)) => seen.named(1, value),
            _ => {}
        }
    }
    seen
}

impl Seen {
    /// Notes a name of the element; the best one stays.
    pub fn named(&mut self, rank: u8, value: Range32) {
        let free = self.label.1.is_empty() || rank < self.label.0;
        if free && (1..=MAX_LABEL).contains(&(value.end - value.start)) {
            self.label = (rank, value);
        }
    }
}

/// Longest value, in bytes, that names a part of a page.
const MAX_LABEL: u32 = 80;

/// Attributes by which programs name the parts of a page where `class` is only a hash.
fn names_part(name: &str) -> bool {
    let Some((data, rest)) = name.split_at_checked(5) else {
        return false;
    };
    data.eq_ignore_ascii_case("data-")
        && [
            "testid",
            "test-id",
            "test",
            "qa",
            "component",
            "component-name",
            "component-type",
            "module",
            "section",
            "block",
            "hook",
            "role",
            "area",
            "region",
            "element",
        ]
        .iter()
        .any(|part| rest.eq_ignore_ascii_case(part))
}

/// Classes by which sites have their posts embedded in other pages; the sites document them.
const EMBEDS: [&str; 10] = [
    "twitter-tweet",
    "twitter-video",
    "instagram-media",
    "tiktok-embed",
    "fb-post",
    "fb-video",
    "reddit-embed-bq",
    "bluesky-embed",
    "mastodon-embed",
    "wp-embedded-content",
];

/// Per byte whether one of [`EMBEDS`] begins with it.
static BEGINS_EMBED: [bool; 256] = {
    let mut begins = [false; 256];
    let mut at = 0;
    while at < EMBEDS.len() {
        begins[EMBEDS[at].as_bytes()[0] as usize] = true;
        at += 1;
    }
    begins
};

fn is_embed(class: &str) -> bool {
    let bytes = class.as_bytes();
    let mut behind_space = true;
    for (at, &byte) in bytes.iter().enumerate() {
        if behind_space && BEGINS_EMBED[usize::from(byte)] {
            let word = bytes[at..].split(u8::is_ascii_whitespace).next();
            if EMBEDS.iter().any(|embed| word == Some(embed.as_bytes())) {
                return true;
            }
        }
        behind_space = byte.is_ascii_whitespace();
    }
    false
}

fn itemprop(value: &str, seen: &mut Seen) {
    let is_body = |word: &str| {
        ["articleBody", "text", "reviewBody", "description"]
            .iter()
            .any(|name| word.eq_ignore_ascii_case(name))
    };
    if value.split_ascii_whitespace().any(is_body) {
        seen.marks = seen.marks.with(Marks::BODY_ITEM);
    }
}

fn role(value: &str, seen: &mut Seen) {
    let word = value.split_ascii_whitespace().next().unwrap_or("");
    let is = |wanted: &str| word.eq_ignore_ascii_case(wanted);
    let mark = match word.len() {
        10 if is("navigation") => Marks::NAV,
        13 if is("complementary") => Marks::ASIDE,
        6 if is("banner") => Marks::HEADER,
        11 if is("contentinfo") => Marks::FOOTER,
        4 if is("main") => Marks::MAIN,
        7 if is("article") => Marks::ARTICLE,
        6 if is("search") => Marks::FORM,
        4 if is("form") => Marks::FORM,
        6 if is("dialog") => Marks::DIALOG,
        11 if is("alertdialog") => Marks::DIALOG,
        6 if is("button") => Marks::CONTROL,
        4 if is("menu") => Marks::NAV,
        7 if is("menubar") => Marks::NAV,
        7 if is("tooltip") => Marks::HIDDEN,
        _ => Marks::default(),
    };
    seen.marks = seen.marks.with(mark);
    seen.presentation = is("presentation") || is("none");
    seen.grid = is("table") || is("grid") || is("treegrid");
}

/// The declarations of an inline style that decide whether and how the element shows.
fn style(value: &str, seen: &mut Seen) {
    for declaration in value.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.split('!').next().unwrap_or("").trim();
        let is = |wanted: &str| value.eq_ignore_ascii_case(wanted);
        let property = property.trim();
        if property.eq_ignore_ascii_case("display") {
            if is("none") {
                seen.marks = seen.marks.with(Marks::HIDDEN);
            }
            seen.layout = match () {
                () if is("inline") => Some(Layout::Inline),
                () if is("inline-block") || is("inline-flex") => Some(Layout::Box),
                () if is("block") || is("flex") || is("grid") || is("table") => Some(Layout::Block),
                () => None,
            };
        } else if property.eq_ignore_ascii_case("visibility") && (is("hidden") || is("collapse")) {
            seen.marks = seen.marks.with(Marks::HIDDEN);
        }
    }
}

/// How an element is laid out by its name.
pub(super) fn layout(tag: Tag, space: Space) -> Layout {
    use Tag::{
        A, Abbr, Annotation, AnnotationXml, Area, Audio, B, Base, Bdi, Bdo, Big, Button, Canvas,
        Cite, Code, Col, Colgroup, Del, Em, Embed, Font, Frame, Head, I, Iframe, Img, Input, Ins,
        Kbd, Label, Link, Mark, Math, Meta, Nobr, Noembed, Noframes, Noscript, Object, Optgroup,
        Option, Other, Output, Picture, Q, Rp, Rt, Ruby, S, Samp, Script, Select, Small, Source,
        Span, Strike, Strong, Style, Sub, Sup, Svg, Template, Textarea, Time, Title, Track, Tt, U,
        Var, Video, Wbr,
    };
    match space {
        Space::Svg => return Layout::Skip,
        Space::MathMl if !matches!(tag, Annotation | AnnotationXml) => return Layout::Inline,
        _ => {}
    }
    match tag {
        A | Abbr | B | Bdi | Bdo | Big | Cite | Code | Del | Em | Font | I | Ins | Kbd | Mark
        | Math | Nobr | Q | Rt | Ruby | S | Samp | Small | Span | Strike | Strong | Sub | Sup
        | Time | Tt | U | Var | Wbr | Other => Layout::Inline,
        Button | Img | Input | Label | Object | Output | Picture | Select | Optgroup => Layout::Box,
        Option => Layout::Block,
        Annotation | AnnotationXml | Area | Audio | Base | Canvas | Col | Colgroup | Embed
        | Frame | Head | Iframe | Link | Meta | Noembed | Noframes | Noscript | Rp | Script
        | Source | Style | Svg | Template | Textarea | Title | Track | Video => Layout::Skip,
        _ => Layout::Block,
    }
}

/// The marks of an element by its name.
pub(super) fn marks(tag: Tag) -> Marks {
    match tag {
        Tag::Nav | Tag::Menu => Marks::NAV,
        Tag::Aside => Marks::ASIDE,
        Tag::Header => Marks::HEADER,
        Tag::Footer => Marks::FOOTER,
        Tag::Main => Marks::MAIN,
        Tag::Article => Marks::ARTICLE,
        Tag::Form | Tag::Search => Marks::FORM,
        Tag::Figure => Marks::FIGURE,
        Tag::Button | Tag::Select | Tag::Label | Tag::Option | Tag::Legend => Marks::CONTROL,
        Tag::Dialog => Marks::DIALOG,
        Tag::Table => Marks::TABLE,
        Tag::Ul | Tag::Ol | Tag::Dl | Tag::Dir => Marks::LIST,
        Tag::Blockquote => Marks::QUOTE,
        _ => Marks::default(),
    }
}

/// The block kind that an element gives its text; `None` keeps that of the element around.
pub(super) fn kind(tag: Tag) -> Option<BlockKind> {
    match tag {
        Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => Some(BlockKind::Heading),
        Tag::Li | Tag::Dt | Tag::Dd => Some(BlockKind::ListItem),
        Tag::Blockquote => Some(BlockKind::Quote),
        Tag::Pre | Tag::Xmp | Tag::Listing | Tag::Plaintext => Some(BlockKind::Code),
        Tag::Figcaption | Tag::Caption => Some(BlockKind::Caption),
        Tag::Article
        | Tag::Section
        | Tag::Main
        | Tag::Nav
        | Tag::Aside
        | Tag::Header
        | Tag::Footer
        | Tag::Form
        | Tag::Table
        | Tag::Ul
        | Tag::Ol
        | Tag::Dl
        | Tag::Body => Some(BlockKind::Paragraph),
        _ => None,
    }
}

/// Most nodes of a table that are looked at to tell data from layout.
const MAX_LOOK: usize = 20_000;
/// Most bytes of text that a cell of a data table has on average.
const MAX_CELL_BYTES: usize = 200;

/// Whether a table holds data: rows of short cells without blocks in them. A nested table, a
/// form or a layout role says layout; header cells or a caption say data.
pub(super) fn is_data_table(arena: &Arena, table: NodeId, seen: &Seen) -> bool {
    if seen.presentation {
        return false;
    }
    let (mut rows, mut cells, mut bytes, mut blocks) = (0usize, 0usize, 0usize, 0usize);
    let mut stated = seen.grid;
    let mut at = table;
    for _ in 0..MAX_LOOK {
        let skip = layout(arena.tag(at), Space::Html) == Layout::Skip;
        let Some(next) = arena.following(table, at, !skip) else {
            break;
        };
        at = next;
        match arena.node(at).kind {
            NodeKind::Element(tag, ..) => match tag {
                Tag::Table
                | Tag::Form
                | Tag::Pre
                | Tag::Article
                | Tag::Section
                | Tag::H1
                | Tag::H2 => return false,
                Tag::Tr => rows += 1,
                Tag::Td => cells += 1,
                Tag::Th => {
                    cells += 1;
                    stated = true;
                }
                Tag::Thead | Tag::Caption => stated = true,
                Tag::P | Tag::Div | Tag::Ul | Tag::Ol | Tag::H3 | Tag::H4 => blocks += 1,
                _ => {}
            },
            NodeKind::Text(range, _) => bytes += (range.end - range.start) as usize,
            _ => {}
        }
    }
    let short = bytes <= cells * MAX_CELL_BYTES;
    let regular = rows >= 2 && cells >= 2 * rows;
    short && blocks <= cells * 2 && ((stated && cells > rows) || regular)
}
