//! Tree construction where nothing is unusual: well nested elements of the body.
//!
//! Most of a page is plain nesting, for which the standard's tree construction does no more
//! than put an element below another and close it again. Such stretches go into the arena
//! without the tree builder. It is told of an element that is still open only when something
//! comes that is left to it: a form, a table, an end tag that closes another element. Then the
//! start tags of the open elements are handed to it in their order, which brings it to the
//! state it would have come to, and the elements it makes of them are those that stand in the
//! arena already. Rules are those of "in body" (§ 13.2.6.4.7) and of foreign content.

use html5ever::tokenizer::states::RawKind;

use super::arena::{Arena, NONE, NodeId, NodeKind, Space};
use super::in_body::{Start, is_implied, is_plain, start_in_head, start_of};
use super::lex::{Range32, TagToken, TextKind};
use super::stack::{self, MAX_FORMATTING, Open};
use super::tags::Tag;
use super::tree::MAX_DEPTH;
use super::white::{leading_line_feed, leading_white};

/// Handles that may be asked for at once, and so many more for each token: what is spent on
/// asking stays in proportion to the page.
const ALLOWANCE: i32 = 4096;
const PER_TOKEN: i32 = 16;

/// What is to be done with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing more.
    Done,
    /// The lexer has to read raw text.
    Raw(RawKind),
    /// A line feed right behind does not count.
    SkipLineFeed,
    /// It is for the tree builder, which knows of all open elements; one of them, the
    /// innermost, is closed.
    Close,
    /// It is for the tree builder.
    Other,
}

/// The stack of open elements, as far as it is known.
#[derive(Debug)]
pub(super) struct Calm {
    open: Vec<Open>,
    /// So many of them the tree builder knows of.
    told: usize,
    /// Whether the stack is known and all is usual.
    is_calm: bool,
    /// Whether a `frameset` can no longer replace the body.
    pub has_text: bool,
    /// Whether the body has been closed.
    pub after_body: bool,
    /// Handles that may still be asked for.
    allowance: i32,
    /// Start tags of formatting elements with attributes, by number.
    pub formatting: Vec<u32>,
}

impl Calm {
    pub fn new() -> Self {
        Self {
            open: Vec::new(),
            told: 0,
            is_calm: false,
            has_text: false,
            after_body: false,
            allowance: ALLOWANCE,
            formatting: Vec::new(),
        }
    }

    /// Whether the stack is known.
    pub fn is_calm(&self) -> bool {
        self.is_calm
    }

    /// Whether it is worth asking the tree builder for its stack.
    pub fn may_begin(&mut self, tag: Tag, has_body: bool) -> bool {
        self.allowance = self.allowance.saturating_add(PER_TOKEN);
        let is_usual = match has_body {
            true => self.has_text && !self.after_body && start_of(tag) != Start::Other,
            false => start_in_head(tag) != Start::Other,
        };
        is_usual && self.allowance > 0
    }

    /// The next element that the tree builder has to be told of.
    pub fn next_untold(&mut self) -> Option<Open> {
        let open = self.open.get(self.told).copied();
        self.told += usize::from(open.is_some());
        open
    }

    /// Something comes whose effects on the stack are not known.
    pub fn forget(&mut self) {
        self.is_calm = false;
        self.open.clear();
        self.told = 0;
    }

    /// Whether the current node is one of SVG.
    pub fn in_foreign(&self) -> bool {
        self.open.last().is_some_and(|top| top.space != Space::Html)
    }

    /// Takes over from the tree builder: `handles` are the document, its open elements, its
    /// active formatting elements (which must all be open), the `head` and perhaps a form.
    pub fn begin(&mut self, text: &str, arena: &Arena, handles: &[NodeId]) {
        self.forget();
        self.allowance -= handles.len() as i32;
        let tag = |node: NodeId| arena.tag(node);
        let known = match handles {
            [_, known @ .., head, form] if tag(*form) == Tag::Form && tag(*head) == Tag::Head => {
                known
            }
            [_, known @ .., head] if tag(*head) == Tag::Head => known,
            _ => return,
        };
        self.is_calm = self.take_over(text, arena, known).is_some();
        if !self.is_calm {
            self.open.clear();
        }
        self.told = self.open.len();
    }

    fn take_over(&mut self, text: &str, arena: &Arena, handles: &[NodeId]) -> Option<()> {
        if let [html, head] = *handles
            && (arena.tag(html), arena.tag(head)) == (Tag::Html, Tag::Head)
        {
            for (tag, node) in [(Tag::Html, html), (Tag::Head, head)] {
                self.push(arena.node(node).depth, tag, Space::Html, node, NONE);
            }
            return Some(());
        }
        let is_formatting = |node: &NodeId| arena.tag(*node).is_formatting();
        let tail = handles.iter().rev().take_while(|node| is_formatting(node));
        let tail_from = handles.len() - tail.count();
        if handles.len() - tail_from > 2 * MAX_FORMATTING as usize {
            return None;
        }
        let mut open_to = handles.len();
        for (at, node) in handles.iter().enumerate().skip(tail_from) {
            if handles[..at].contains(node) {
                open_to = open_to.min(at);
            } else if at > open_to || !handles[at + 1..].contains(node) {
                // A formatting element that is to be opened again, or none of the list.
                return None;
            }
        }
        let [_, body, ..] = handles[..open_to] else {
            return None;
        };
        let mut in_cell = true;
        for &node in &handles[..open_to] {
            let NodeKind::Element(tag, Space::Html, start) = arena.node(node).kind else {
                return None;
            };
            in_cell = match tag {
                Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr => false,
                Tag::Td | Tag::Th => true,
                Tag::Html | Tag::Body | Tag::Form => in_cell,
                Tag::Other => {
                    let name = arena.tags.get(start? as usize)?.name;
                    is_plain(name.of(text)).then_some(in_cell)?
                }
                _ => match start_of(tag) {
                    Start::Void | Start::Rule | Start::Raw(_) | Start::Other | Start::Svg => {
                        return None;
                    }
                    _ => in_cell,
                },
            };
            let depth = arena.node(node).depth;
            self.push(depth, tag, Space::Html, node, start.unwrap_or(NONE));
        }
        (in_cell && arena.tag(body) == Tag::Body).then_some(())
    }

    fn push(&mut self, depth: u16, tag: Tag, space: Space, node: NodeId, start: u32) {
        let open = Open::within(self.open.last(), depth, tag, space, node, start);
        self.open.push(open);
    }

    /// Adds characters to the current node, without a line feed first where that does not count.
    #[inline]
    pub fn text(
        &mut self,
        text: &str,
        arena: &mut Arena,
        range: Range32,
        kind: TextKind,
        ignore_line_feed: bool,
    ) -> Answer {
        let mut range = range;
        if ignore_line_feed {
            range.start += leading_line_feed(range.of(text), kind) as u32;
        }
        if range.is_empty() {
            return Answer::Done;
        }
        let in_head = self.open.last().is_some_and(|top| top.tag == Tag::Head);
        if in_head && leading_white(range.of(text), kind) < range.len() {
            return Answer::Other;
        }
        self.leaf(arena, NodeKind::Text(range, kind))
    }

    /// Adds characters or a comment to the current node.
    #[inline]
    pub fn leaf(&self, arena: &mut Arena, kind: NodeKind) -> Answer {
        let Some(top) = self.open.last() else {
            return Answer::Other;
        };
        let last = arena.node(top.node).last;
        if let (NodeKind::Text(range, kind), Some(before)) =
            (kind, arena.nodes.get_mut(last as usize))
            && let NodeKind::Text(old, old_kind) = &mut before.kind
            && old.end == range.start
            && *old_kind == kind
        {
            old.end = range.end;
            return Answer::Done;
        }
        arena.add_last(top.node, kind);
        Answer::Done
    }

    /// A start tag.
    pub fn start(&mut self, text: &str, arena: &mut Arena, token: &TagToken) -> Answer {
        let Some(top) = self.open.last() else {
            return Answer::Other;
        };
        if top.depth >= MAX_DEPTH || top.text_only {
            return Answer::Other;
        }
        if top.space != Space::Html {
            return self.start_in_svg(text, arena, token);
        }
        let tag = token.tag;
        if top.tag == Tag::Head {
            let start = start_in_head(tag);
            return match start {
                Start::Other => Answer::Other,
                _ => self.add_html(arena, start, token),
            };
        }
        let start = start_of(tag);
        let Some(len) = stack::opens_below(&self.open, start, tag, text, token.name) else {
            return Answer::Other;
        };
        if len < self.told {
            return Answer::Other;
        }
        self.open.truncate(len);
        let has_attrs = token.attrs_to > token.attrs_from;
        if has_attrs && tag != Tag::A && matches!(start, Start::Formatting) {
            self.formatting.push(arena.tags.len() as u32);
        }
        self.add_html(arena, start, token)
    }

    #[inline]
    fn add_html(&mut self, arena: &mut Arena, start: Start, token: &TagToken) -> Answer {
        let space = match start {
            Start::Svg => Space::Svg,
            _ => Space::Html,
        };
        let stays = match start {
            Start::Void | Start::Rule => false,
            Start::Svg => !token.self_closing,
            _ => true,
        };
        self.add(arena, space, token, stays);
        match start {
            Start::Raw(kind) => Answer::Raw(kind),
            Start::Pre => Answer::SkipLineFeed,
            _ => Answer::Done,
        }
    }

    #[inline]
    fn add(&mut self, arena: &mut Arena, space: Space, token: &TagToken, stays: bool) {
        let Some(top) = self.open.last() else { return };
        let (start, tag) = (arena.tags.len() as u32, token.tag);
        arena.tags.push(*token);
        let node = arena.add_last(top.node, NodeKind::Element(tag, space, Some(start)));
        let depth = top.depth.saturating_add(1);
        if stays {
            self.push(depth, tag, space, node, start);
        }
    }

    fn start_in_svg(&mut self, text: &str, arena: &mut Arena, token: &TagToken) -> Answer {
        let tag = token.tag;
        let html_inside = |name: &str| {
            ["desc", "foreignobject"]
                .iter()
                .any(|other| other.eq_ignore_ascii_case(name))
        };
        match tag {
            Tag::Other if html_inside(token.name.of(text)) => return Answer::Other,
            Tag::Other | Tag::A | Tag::Style | Tag::Svg | Tag::Title => {}
            _ => return Answer::Other,
        }
        self.add(arena, Space::Svg, token, !token.self_closing);
        if let Some(top) = self.open.last_mut()
            && !token.self_closing
        {
            top.text_only = tag == Tag::Title;
        }
        Answer::Done
    }

    /// An end tag.
    pub fn end(&mut self, text: &str, arena: &Arena, token: &TagToken) -> Answer {
        let (tag, name) = (token.tag, token.name);
        let mut len = self.open.len();
        let Some(mut top) = self.open.last() else {
            return Answer::Other;
        };
        let implies = match start_of(tag) {
            _ if top.space != Space::Html => false,
            Start::Block => tag != Tag::P,
            Start::Pre | Start::Heading | Start::Item | Start::Definition | Start::Button => true,
            Start::Select => true,
            Start::Choice => tag == Tag::Optgroup,
            Start::Formatting | Start::Inline | Start::Raw(_) => false,
            _ if top.tag == tag && start_in_head(tag) != Start::Other => false,
            _ => return Answer::Other,
        };
        while implies && top.tag != tag && is_implied(top.tag) && top.space == Space::Html {
            len -= 1;
            let Some(around) = len.checked_sub(1).and_then(|at| self.open.get(at)) else {
                return Answer::Other;
            };
            top = around;
        }
        let same = top.tag == tag
            && (tag != Tag::Other || {
                let start = arena.tags.get(top.start as usize);
                start.is_some_and(|start| start.name.of(text).eq_ignore_ascii_case(name.of(text)))
            });
        if !same {
            return Answer::Other;
        }
        if len > self.told {
            self.open.truncate(len - 1);
            return Answer::Done;
        }
        if len < self.told || tag.is_formatting() {
            return Answer::Other;
        }
        // What was opened in it was never told of and is closed with it.
        self.open.truncate(len - 1);
        self.told = len - 1;
        Answer::Close
    }
}
