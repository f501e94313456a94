//! What an element is to the reader: how it is laid out, and its attributes that say so.

use super::arena::{Arena, NodeId, NodeKind, Space};
use super::classes::Says;
use super::lex::{Attr, AttrName, Range32};
use super::reference::decode_value;
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

/// Reads the attributes of the element that a tag makes; the first of each name counts.
#[inline]
pub(super) fn look(text: &str, arena: &Arena, start: Option<u32>) -> Seen {
    let mut seen = Seen::default();
    let Some(tag) = start.and_then(|start| arena.tags.get(start as usize)) else {
        return seen;
    };
    if tag.names & READ == 0 {
        return seen;
    }
    if tag.says.has(Says::EMBED) {
        seen.marks = Marks::EMBED;
    }
    for attr in arena.attrs_of_tag(tag) {
        match attr.known {
            AttrName::Other => {}
            AttrName::Class if seen.class.is_empty() => seen.class = attr.value,
            AttrName::Id if seen.id.is_empty() => seen.id = attr.value,
            _ => look_closer(text, attr, &mut seen),
        }
    }
    seen
}

/// The attributes that say something here.
const READ: u32 = {
    use AttrName::{
        AriaHidden, AriaModal, Class, Hidden, Href, Id, ItemProp, ItemType, Part, Role, Style,
    };
    AriaHidden.bit()
        | AriaModal.bit()
        | Class.bit()
        | Hidden.bit()
        | Href.bit()
        | Id.bit()
        | ItemProp.bit()
        | ItemType.bit()
        | Part.bit()
        | Role.bit()
        | Style.bit()
};

fn look_closer(text: &str, attr: &Attr, seen: &mut Seen) {
    let range = attr.value;
    let value = range.of(text);
    let is_true = || value.trim().eq_ignore_ascii_case("true");
    let mut mark = |mark| seen.marks = seen.marks.with(mark);
    match attr.known {
        AttrName::Href => {
            let start = value.trim_start();
            seen.jumps = start.starts_with(['#']) || start.starts_with("javascript:");
        }
        AttrName::Role => role(value, seen),
        AttrName::Style => style(&decode_value(value), seen),
        AttrName::Hidden if !value.eq_ignore_ascii_case("until-found") => mark(Marks::HIDDEN),
        AttrName::ItemProp => {
            itemprop(value, seen);
            seen.named(2, range);
        }
        AttrName::ItemType => seen.named(3, range),
        AttrName::AriaModal if is_true() => mark(Marks::DIALOG),
        AttrName::AriaHidden if is_true() => mark(Marks::HIDDEN),
        AttrName::Part => seen.named(1, range),
        _ => {}
    }
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
