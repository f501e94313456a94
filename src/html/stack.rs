//! The stack of open elements where all is calm: what the rules ask about those around an element,
//! and which of them a start tag closes.

use super::arena::{NodeId, Space};
use super::in_body::{Start, bounds_item, is_plain, start_of};
use super::lex::Range32;
use super::tags::Tag;

/// With so many formatting elements open, the tree builder may drop equal ones.
pub(super) const MAX_FORMATTING: u8 = 3;

/// A `p` is in button scope.
const P: u8 = 1;
/// A `button` is open.
const BUTTON: u8 = 2;
/// A link is open.
const LINK: u8 = 4;
/// A `select` is open.
const SELECT: u8 = 8;

/// An open element and what the rules ask about those around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub node: NodeId,
    pub tag: Tag,
    pub space: Space,
    /// Number of its start tag.
    pub start: u32,
    /// Distance from the root.
    pub depth: u16,
    /// What is open, as a set of [`P`] and the like.
    around: u8,
    /// Formatting elements that are open.
    formatting: u8,
    /// An element of SVG whose contents are HTML: only text is taken.
    pub text_only: bool,
}

impl Open {
    /// An element inside `up`.
    #[inline]
    pub fn within(
        up: Option<&Self>,
        depth: u16,
        tag: Tag,
        space: Space,
        node: NodeId,
        start: u32,
    ) -> Self {
        let (around, formatting) = up.map_or((0, 0), |up| (up.around, up.formatting));
        let is_html = space == Space::Html;
        let around = match tag {
            _ if !is_html => around & !P,
            Tag::P => around | P,
            Tag::A => around | LINK,
            Tag::Button => (around & !P) | BUTTON,
            Tag::Select => (around & !P) | SELECT,
            Tag::Td | Tag::Th | Tag::Table => around & !P,
            _ => around,
        };
        let is_formatting = is_html && tag.is_formatting();
        Self {
            node,
            tag,
            space,
            start,
            depth,
            around,
            formatting: formatting.saturating_add(u8::from(is_formatting)),
            text_only: false,
        }
    }

    /// Whether one of a set of elements is open.
    #[inline]
    const fn has(&self, set: u8) -> bool {
        self.around & set != 0
    }
}

/// How many open elements stay open when an element begins; `None` when the rules ask for
/// more than closing the innermost one or two.
#[inline]
pub(super) fn opens_below(
    open: &[Open],
    start: Start,
    tag: Tag,
    text: &str,
    name: Range32,
) -> Option<usize> {
    let mut len = open.len();
    let top = open.last()?;
    match start {
        Start::Choice if top.has(SELECT) => return without_choice(open, tag),
        Start::Other | Start::Choice => return None,
        _ if top.has(SELECT) => return None,
        Start::Formatting if tag == Tag::A && top.has(LINK) => return None,
        Start::Formatting if top.formatting >= MAX_FORMATTING => return None,
        Start::Button if top.has(BUTTON) => return None,
        Start::Inline if tag == Tag::Other && !is_plain(name.of(text)) => return None,
        Start::Item => len = without_item(open, &[Tag::Li])?,
        Start::Definition => len = without_item(open, &[Tag::Dd, Tag::Dt])?,
        _ => {}
    }
    let closes_p = matches!(
        start,
        Start::Block | Start::Pre | Start::Heading | Start::Item | Start::Definition | Start::Rule
    );
    if closes_p && open.get(len.checked_sub(1)?)?.has(P) {
        len -= 1;
        if open.get(len)?.tag != Tag::P {
            return None;
        }
    }
    let around = open.get(len.checked_sub(1)?)?;
    let is_heading = |start| matches!(start, Start::Heading);
    let nested = is_heading(start) && is_heading(start_of(around.tag));
    (!nested).then_some(len)
}

/// How many open elements stay open when an item begins: the one before is closed.
fn without_item(open: &[Open], closed: &[Tag]) -> Option<usize> {
    for (at, other) in open.iter().enumerate().rev() {
        if closed.contains(&other.tag) {
            return (at + 1 == open.len()).then_some(at);
        }
        if bounds_item(other.tag) {
            break;
        }
    }
    Some(open.len())
}

/// The same for one of what a `select` offers, which closes the one before.
fn without_choice(open: &[Open], tag: Tag) -> Option<usize> {
    let closes =
        |other: Tag| other == Tag::Option || (other == Tag::Optgroup && tag == Tag::Optgroup);
    let kept = open.iter().rposition(|other| !closes(other.tag))?;
    let around = open.get(kept)?.tag;
    matches!(around, Tag::Select | Tag::Optgroup).then_some(kept + 1)
}
