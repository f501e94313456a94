//! The tree → blocks, as a reader sees the page.
//!
//! One walk in document order, without recursion. Block-level elements end a block, inline
//! ones do not; the text between is one block with the kind of its innermost element.

use super::arena::{Arena, NONE, NodeId, NodeKind};
use super::frame::{self, Layout, Seen};
use super::inline::{Inline, Place, Within};
use super::lex::{Range32, TextKind};
use super::tags::Tag;
use super::{meta, order, state, tree};
use crate::document::{BlockKind, Document, Element, Extras, Holds, Lead, Marks, Span};

/// Cuts a decoded page into blocks. Bytes beyond 4 GiB are not looked at.
pub fn segment(text: &str) -> Document<'_> {
    segment_with(text, Extras::default())
}

/// The same with the addresses of links and pictures as found values, where `extras` asks.
pub fn segment_with(text: &str, extras: Extras) -> Document<'_> {
    let arena = tree::parse(text);
    let mut walk = Walk::new(text, &arena);
    walk.run();
    let mut document = walk.document;
    state::find(text, &arena, &mut document);
    order::ascend(&mut document);
    meta::find(text, &arena, &mut document);
    meta::addresses(text, &arena, extras, &mut document);
    order::sort_edits(&mut document);
    document
}

/// An element on the way from the root.
#[derive(Clone, Copy)]
struct Frame {
    node: NodeId,
    layout: Layout,
    kind: BlockKind,
    level: u8,
    lists: u8,
    marks: Marks,
    class: Range32,
    id: Range32,
    label: Range32,
    own: Marks,
    holds: Holds,
    /// Index into the document's elements, once a block stands in it.
    element: Option<u32>,
    keeps_space: bool,
    in_link: bool,
    in_bold: bool,
    /// Inside a row of a data table: blocks do not end, cells are joined.
    in_row: bool,
    /// Rows below are those of a data table.
    data_table: bool,
    /// The element makes its first block a list item; what follows stands in it.
    is_item: bool,
    /// That first block has come.
    item_used: bool,
}

struct Walk<'a, 't> {
    text: &'t str,
    arena: &'a Arena,
    document: Document<'t>,
    inline: Inline<'t>,
    stack: Vec<Frame>,
    /// Inside a `noscript`: the element around it.
    outer: Option<Outer>,
}

#[derive(Clone, Copy)]
struct Outer {
    element: Option<u32>,
    depth: u16,
}

impl<'a, 't> Walk<'a, 't> {
    fn new(text: &'t str, arena: &'a Arena) -> Self {
        let root = Frame {
            node: 0,
            layout: Layout::Block,
            kind: BlockKind::Paragraph,
            level: 0,
            lists: 0,
            marks: Marks::default(),
            class: Range32::default(),
            id: Range32::default(),
            label: Range32::default(),
            own: Marks::default(),
            holds: Holds::default(),
            element: None,
            keeps_space: false,
            in_link: false,
            in_bold: false,
            in_row: false,
            data_table: false,
            is_item: false,
            item_used: false,
        };
        Self {
            text,
            arena,
            document: Document::new(text, true),
            inline: Inline::new(text),
            stack: vec![root],
            outer: None,
        }
    }

    fn run(&mut self) {
        let mut at = self.arena.node(0).first;
        while at != NONE {
            let node = *self.arena.node(at);
            let entered = match node.kind {
                NodeKind::Text(range, kind) => {
                    self.characters(range, kind);
                    false
                }
                NodeKind::Element(tag, space, _) => {
                    let layout = match self.is_shadow_root(at, tag) {
                        true => Layout::Inline,
                        false => frame::layout(tag, space),
                    };
                    self.enter(at, tag, layout, node.first != NONE)
                }
                _ => false,
            };
            let first = match entered {
                true => self.arena.shown_first(at),
                false => NONE,
            };
            at = match first {
                NONE => self.leave_to_next(at, entered),
                first => first,
            };
        }
        self.flush();
    }

    /// Leaves `at` (and the elements that end with it); gives the node behind.
    fn leave_to_next(&mut self, mut at: NodeId, entered: bool) -> NodeId {
        if entered {
            self.leave();
        }
        loop {
            let node = self.arena.node(at);
            if node.next != NONE {
                return node.next;
            }
            at = node.parent;
            if at != NONE && self.arena.node(at).kind == NodeKind::Fragment {
                at = self.arena.node(at).parent;
            }
            if at == NONE || self.stack.len() <= 1 {
                return NONE;
            }
            self.leave();
        }
    }

    /// Whether an element is a declarative shadow root: a `template` that is shown in the place
    /// of its parent's own contents.
    fn is_shadow_root(&self, node: NodeId, tag: Tag) -> bool {
        let mode = || self.arena.attr(self.text, node, "shadowrootmode");
        tag == Tag::Template && mode().is_some()
    }

    fn top(&self) -> &Frame {
        // The root's frame is never popped.
        &self.stack[self.stack.len() - 1]
    }

    /// What is shown where scripts do not run: a page of its own inside the page. Often it is
    /// the only place that holds the text; blocks of it are marked.
    fn noscript(&mut self, node: NodeId) {
        let first = self.arena.node(node).first;
        let NodeKind::Text(range, _) = self.arena.node(first).kind else {
            return;
        };
        if first == NONE || !holds_text(range.of(self.text)) {
            return;
        }
        self.flush();
        let to = self.block_frame();
        let element = self.element_of(to);
        let arena = tree::parse_within(self.text, range);
        let mut inside = Walk::new(self.text, &arena);
        std::mem::swap(&mut inside.document, &mut self.document);
        if let Some(root) = inside.stack.first_mut() {
            root.marks = self.top().marks.with(Marks::NOSCRIPT);
        }
        inside.outer = Some(Outer {
            element,
            depth: to as u16,
        });
        inside.run();
        std::mem::swap(&mut inside.document, &mut self.document);
    }

    /// Enters an element; `false` when nothing in it is text of the page.
    fn enter(&mut self, node: NodeId, tag: Tag, layout: Layout, has_children: bool) -> bool {
        self.count(tag);
        if layout == Layout::Skip {
            if tag == Tag::Noscript && self.outer.is_none() {
                self.noscript(node);
            }
            if tag == Tag::Svg || tag == Tag::Iframe {
                self.inline.part();
            }
            return false;
        }
        let mut own = frame::look(self.text, self.arena.attrs_of(node));
        own.marks = own.marks.with(frame::marks(tag));
        let up = *self.top();
        let hides = own.marks.has(Marks::HIDDEN) && !up.marks.has(Marks::HIDDEN);
        let layout = own.layout.unwrap_or(layout);
        if hides && (up.in_row || (layout != Layout::Block && !self.inline.is_empty())) {
            return false;
        }
        match tag {
            Tag::Br => {
                self.line_break(node);
                return false;
            }
            Tag::Hr => self.block_boundary(),
            _ => {}
        }
        if !has_children {
            if layout == Layout::Box {
                self.inline.part();
            }
            if layout == Layout::Block && !matches!(tag, Tag::Td | Tag::Th) {
                self.block_boundary();
            }
        }
        let frame = self.frame(node, tag, layout, own, &up);
        self.begin(tag, &frame, &own, hides);
        self.stack.push(frame);
        true
    }

    /// Counts what is no text.
    fn count(&mut self, tag: Tag) {
        let last = self.stack.len() - 1;
        let holds = &mut self.stack[last].holds;
        let number = match tag {
            Tag::Img => &mut holds.images,
            Tag::Input | Tag::Select | Tag::Textarea | Tag::Button => &mut holds.controls,
            Tag::Iframe | Tag::Video | Tag::Audio | Tag::Embed | Tag::Object => &mut holds.embeds,
            _ => return,
        };
        *number = number.saturating_add(1);
    }

    fn frame(&self, node: NodeId, tag: Tag, layout: Layout, own: Seen, up: &Frame) -> Frame {
        let kind = frame::kind(tag);
        let lists = match tag {
            Tag::Ul | Tag::Ol | Tag::Dl | Tag::Dir | Tag::Menu => up.lists.saturating_add(1),
            Tag::Td | Tag::Article | Tag::Body => 0,
            _ => up.lists,
        };
        let level = match kind {
            Some(BlockKind::Heading) => tag.heading_level(),
            Some(BlockKind::ListItem) => lists.max(1),
            Some(_) => 0,
            None => up.level,
        };
        Frame {
            node,
            layout,
            kind: kind.unwrap_or(up.kind),
            level,
            lists,
            marks: up.marks.with(own.marks),
            class: own.class,
            id: own.id,
            label: self.label(node, tag, &own),
            own: own.marks,
            holds: Holds::default(),
            element: None,
            keeps_space: up.keeps_space || kind == Some(BlockKind::Code),
            in_link: up.in_link || tag == Tag::A,
            in_bold: up.in_bold || matches!(tag, Tag::B | Tag::Strong),
            in_row: up.in_row || (tag == Tag::Tr && up.data_table),
            data_table: match tag {
                Tag::Table => frame::is_data_table(self.arena, node, &own),
                Tag::Caption => false,
                _ => up.data_table,
            },
            is_item: kind == Some(BlockKind::ListItem),
            item_used: false,
        }
    }

    /// What names an element besides class and id; custom elements have names that say something.
    fn label(&self, node: NodeId, tag: Tag, own: &Seen) -> Range32 {
        let known = own.label.1;
        if tag != Tag::Other || !known.is_empty() {
            return known;
        }
        match self.arena.node(node).kind {
            NodeKind::Element(_, _, Some(tag)) => {
                let name = self.arena.tags.get(tag as usize).map(|tag| tag.name);
                let custom = |name: &Range32| name.of(self.text).contains('-');
                name.filter(custom).unwrap_or_default()
            }
            _ => known,
        }
    }

    /// What the start of an element does to the block under way.
    fn begin(&mut self, tag: Tag, frame: &Frame, own: &Seen, hides: bool) {
        let up = *self.top();
        let ends_block = frame.layout == Layout::Block || hides;
        if !up.in_row && ends_block {
            self.flush();
        } else if up.in_row && matches!(tag, Tag::Td | Tag::Th) {
            self.inline.cell();
        } else if ends_block || frame.layout == Layout::Box {
            self.inline.part();
        } else {
            self.inline.cross(true);
            if tag == Tag::A {
                self.inline.open_link(own.jumps);
            }
        }
    }

    /// What the end of the innermost element does to the block under way.
    fn leave(&mut self) {
        let Some(frame) = self.stack.last().copied() else {
            return;
        };
        let up_hidden = match self.stack.len() {
            0 | 1 => false,
            len => self.stack[len - 2].marks.has(Marks::HIDDEN),
        };
        let tag = self.arena.tag(frame.node);
        let in_row = frame.in_row && tag != Tag::Tr;
        let hides = frame.marks.has(Marks::HIDDEN) && !up_hidden;
        let ends_block = frame.layout == Layout::Block || hides;
        if !in_row && ends_block {
            self.flush();
        } else if ends_block || frame.layout == Layout::Box {
            self.inline.part();
        } else {
            self.inline.cross(false);
            if tag == Tag::A {
                self.inline.close_link();
            }
        }
        self.pass_on(&frame);
        self.stack.pop();
    }

    /// What an element holds stands in those around it as well.
    fn pass_on(&mut self, frame: &Frame) {
        // A block that ended just now may have given the element its number.
        let element = self.stack.last().and_then(|frame| frame.element);
        if let Some(element) = element.and_then(|at| self.document.elements.get_mut(at as usize)) {
            element.holds = frame.holds;
        }
        let up = self.stack.len().checked_sub(2);
        if let Some(up) = up.and_then(|up| self.stack.get_mut(up)) {
            let (own, up) = (frame.holds, &mut up.holds);
            up.images = up.images.saturating_add(own.images);
            up.controls = up.controls.saturating_add(own.controls);
            up.embeds = up.embeds.saturating_add(own.embeds);
        }
    }

    fn block_boundary(&mut self) {
        match self.top().in_row {
            true => self.inline.part(),
            false => self.flush(),
        }
    }

    fn line_break(&mut self, node: NodeId) {
        let Some(tag) = self.arena.tag_span(node) else {
            return self.inline.part();
        };
        let frame = self.top();
        let single = frame.kind == BlockKind::Code;
        if frame.in_row {
            self.inline.part();
        } else if self.inline.at_line_break() && !single {
            self.flush();
        } else {
            self.inline.line_break(&mut self.document, span(tag));
        }
    }

    fn characters(&mut self, range: Range32, kind: TextKind) {
        let start = range.start as usize;
        if start < self.inline.end() {
            // Out of page order: the tree construction moved it before a table.
            self.flush();
        }
        let frame = self.top();
        let within = Within {
            keeps_space: frame.keeps_space && !frame.in_row,
            link: frame.in_link,
            bold: frame.in_bold,
        };
        if self.inline.is_empty() {
            self.inline.place = Some(self.place());
        }
        self.inline.push(&mut self.document, range, kind, within);
    }

    /// Where a block that begins here stands.
    fn place(&self) -> Place {
        let top = self.top();
        let (kind, level) = match top.in_row {
            true => (BlockKind::TableRow, 0),
            false => (top.kind, top.level),
        };
        let frame = self.block_frame();
        let mut lead = Lead::default();
        for inside in self.stack[frame + 1..].iter().rev() {
            let tag = self.arena.tag(inside.node);
            if lead.tag == Tag::Other && tag != Tag::Span {
                lead.tag = tag;
            }
            if lead.class.is_empty() {
                lead.class = span(inside.class);
            }
        }
        Place {
            kind,
            level,
            frame,
            marks: top.marks,
            lead,
        }
    }

    /// Place in the stack of the innermost block-level element.
    fn block_frame(&self) -> usize {
        self.stack
            .iter()
            .rposition(|frame| frame.layout == Layout::Block)
            .unwrap_or(0)
    }

    fn flush(&mut self) {
        let Some((block, place)) = self.inline.flush(&mut self.document) else {
            return;
        };
        let to = place.frame.min(self.stack.len() - 1);
        block.marks = self.stack[to].marks.with(place.marks);
        if block.kind == BlockKind::ListItem {
            let node = self.stack[..=to]
                .iter_mut()
                .rev()
                .find(|frame| frame.is_item);
            if let Some(item) = node {
                if item.item_used {
                    (block.kind, block.level) = (BlockKind::Paragraph, 0);
                }
                item.item_used = true;
            }
        }
        let element = self.element_of(to);
        if let Some(block) = self.document.blocks.last_mut() {
            block.element = element;
        }
    }

    /// Registers the elements down to place `to` of the stack.
    fn element_of(&mut self, to: usize) -> Option<u32> {
        let to = to.min(self.stack.len() - 1);
        let known = self.stack[..=to]
            .iter()
            .rposition(|frame| frame.element.is_some());
        let mut parent = match known {
            Some(at) => self.stack[at].element,
            None => self.outer.and_then(|outer| outer.element),
        };
        let depth = self.outer.map_or(0, |outer| outer.depth);
        for at in known.map_or(1, |at| at + 1)..=to {
            let frame = &self.stack[at];
            let start = self.arena.tag_span(frame.node).map(span);
            let number = self.document.elements.len() as u32;
            self.document.elements.push(Element {
                parent,
                tag: self.arena.tag(frame.node),
                depth: depth.saturating_add(at as u16),
                marks: frame.own,
                start: start.unwrap_or(Span::new(0, 0)),
                class: span(frame.class),
                id: span(frame.id),
                label: span(frame.label),
                holds: Holds::default(),
            });
            self.stack[at].element = Some(number);
            parent = Some(number);
        }
        parent
    }
}

/// Whether there is anything but tags.
fn holds_text(markup: &str) -> bool {
    let mut rest = markup;
    loop {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if text.contains(char::is_alphanumeric) {
            return true;
        }
        match tag.find('>') {
            Some(end) => rest = &tag[end + 1..],
            None => return false,
        }
    }
}

fn span(range: Range32) -> Span {
    Span::new(range.start as usize, range.end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(page: &str) -> Vec<String> {
        let document = segment(page);
        let show = |block: &crate::document::Block| {
            let text = document
                .text_of(block)
                .split([' ', '\n'])
                .collect::<Vec<_>>();
            let text = text
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>();
            format!("{}{} {}", block.kind.name(), block.level, text.join(" "))
        };
        document.blocks.iter().map(show).collect()
    }

    #[test]
    fn kinds_and_levels() {
        let page = "<h2>Head</h2><p>Text <b>bold</b>, more<ul><li>one<li><p>two</p><p>more</p>\
                    <ol><li>deep</ol></ul><dl><dt>t<dd>d</dl><blockquote><p>q</blockquote>\
                    <figure><img><figcaption>cap</figcaption></figure><pre>a\n  b</pre>";
        let wanted = [
            "heading2 Head",
            "paragraph0 Text bold, more",
            "list-item1 one",
            "list-item1 two",
            "paragraph0 more",
            "list-item2 deep",
            "list-item1 t",
            "list-item1 d",
            "quote0 q",
            "caption0 cap",
            "code0 a b",
        ];
        assert_eq!(blocks(page), wanted);
    }

    #[test]
    fn tables_of_data_are_rows_and_tables_of_layout_are_not() {
        let data = "<table><caption>C</caption><tr><th>a<th>b<tr><td>1<td><p>2</p><p>x</p></table>";
        assert_eq!(
            blocks(data),
            ["caption0 C", "table-row0 a | b", "table-row0 1 | 2 x"]
        );
        let empty = "<table><tr><th>a<th>b<th>c<tr><td>1<td><td>3</table>";
        assert_eq!(
            blocks(empty),
            ["table-row0 a | b | c", "table-row0 1 | | 3"]
        );
        let layout = "<table role=presentation><tr><td>a<td>b</table><table><tr><td><p>c</table>";
        assert_eq!(
            blocks(layout),
            ["paragraph0 a", "paragraph0 b", "paragraph0 c"]
        );
    }

    #[test]
    fn words_stay_apart_and_together() {
        let cases = [
            ("<p>a<b>b</b>c", "ab c".replace(' ', "")),
            ("<p>a <b> b</b>\n c", "a b c".into()),
            ("<a>one</a><a>two</a>", "one two".into()),
            ("<span>Read</span><span>More</span>", "Read More".into()),
            ("<p>x<img>y", "x y".into()),
            ("<p>x<wbr>y<sup>2</sup>", "xy2".into()),
            ("<button>a</button><button>b</button>", "a b".into()),
            (
                "<p>caf&eacute;&nbsp;noir &lt;b&gt;",
                "café\u{a0}noir <b>".into(),
            ),
            ("<p>日本\n  語 x\n y", "日本語 x y".into()),
            ("<p>a<!-- c --><script>x</script>b", "ab".into()),
        ];
        for (page, wanted) in cases {
            assert_eq!(blocks(page), [format!("paragraph0 {wanted}")], "{page}");
        }
    }

    #[test]
    fn breaks_are_lines_and_two_part_paragraphs() {
        let document = segment("<p>a<br>b<br/> <br>c<br>");
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert_eq!(texts, ["a\u{2028}b", "c"]);
    }

    #[test]
    fn what_is_not_shown_is_marked_or_left_out() {
        let page = "<head><title>t</title></head><p>a <span hidden>no</span>b</p>\
                    <div style='color:red; DISPLAY : none'>h1</div><div aria-hidden=true>h2</div>\
                    <nav>n</nav><template>t</template><svg><text>s</text></svg><p>z";
        let document = segment(page);
        let marks = document
            .blocks
            .iter()
            .map(|block| (document.text_of(block), block.marks));
        let wanted = [
            ("a b", Marks::default()),
            ("h1", Marks::HIDDEN),
            ("h2", Marks::HIDDEN),
            ("n", Marks::NAV),
            ("z", Marks::default()),
        ];
        assert_eq!(marks.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_shadow_root_is_shown() {
        let page = "<x-card><template shadowrootmode=open><style>p{}</style><p>a</p><p>b <slot>\
                    </slot></p></template>c</x-card><template><p>no</template><p>d";
        assert_eq!(
            blocks(page),
            [
                "paragraph0 a",
                "paragraph0 b",
                "paragraph0 c",
                "paragraph0 d"
            ]
        );
        let open = "<div><template shadowrootmode=closed></template></div><p>e";
        assert_eq!(blocks(open), ["paragraph0 e"]);
    }

    #[test]
    fn noscript_is_a_page_inside() {
        let page = "<main><noscript><div class=x><p>in</p></div></noscript><p>a<noscript><img>\
                    </noscript>b</p></main>";
        let document = segment(page);
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert_eq!(texts, ["in", "ab"]);
        assert!(
            document.blocks[0]
                .marks
                .has(Marks::NOSCRIPT.with(Marks::MAIN))
        );
        let element = document.blocks[0]
            .element
            .and_then(|at| document.elements.get(at as usize));
        assert_eq!(element.map(|element| element.tag), Some(Tag::P));
    }

    #[test]
    fn blocks_know_the_elements_around_them() {
        let page = "<body><div id=m class='post body'><p>a</p></div>";
        let document = segment(page);
        let block = &document.blocks[0];
        let p = document.elements[block.element.unwrap() as usize];
        let div = document.elements[p.parent.unwrap() as usize];
        assert_eq!((p.tag, div.tag), (Tag::P, Tag::Div));
        assert_eq!((div.class.of(page), div.id.of(page)), ("post body", "m"));
        assert_eq!(div.start.of(page), "<div id=m class='post body'>");
        assert_eq!(div.depth + 1, p.depth);
    }

    #[test]
    fn text_moved_before_a_table_stays_in_page_order() {
        let document = segment("<p>x</p><table><tr><td>cell</td></tr>late</table><p>y");
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert_eq!(texts, ["x", "cell", "late", "y"]);
    }
}
