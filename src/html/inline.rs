//! The text of one block under way: pieces, and the white space and marks between them.

use std::borrow::Cow;

use memchr::{memchr2, memchr3, memrchr};

use super::lex::{Range32, TextKind, is_space};
use super::reference::reference;
use crate::document::{Block, BlockKind, Document, Edit, Lead, Marks, Piece, Span};
use crate::render::LINE_BREAK;

/// Most cells of a table row whose empty ones are shown.
const MAX_EMPTY_CELLS: u32 = 32;

/// Where the block stands; taken when its first characters come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub kind: BlockKind,
    pub level: u8,
    pub frame: usize,
    /// What the inline elements around the first characters are.
    pub marks: Marks,
    pub lead: Lead,
}

/// What characters belong to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Within {
    /// White space is content.
    pub keeps_space: bool,
    pub link: bool,
    pub bold: bool,
}

/// What lies between the last characters and the next.
#[derive(Debug, Clone, Copy, Default)]
struct Between {
    /// White space, as its first byte.
    space: Option<Span>,
    /// Something that parts words without white space.
    parted: bool,
    /// Elements end and begin there.
    closed: bool,
    opened: bool,
    /// A link ends there.
    link_closed: bool,
    /// Cells of a data table that begin there.
    cells: u32,
}

/// Gathers the pieces of a block.
pub(super) struct Inline<'t> {
    text: &'t str,
    pieces: Vec<Piece>,
    pub place: Option<Place>,
    link_bytes: u32,
    bold_bytes: u32,
    links: u16,
    jumps: u16,
    between: Between,
    last: Option<char>,
    /// Whether there is more than white space (which references may stand for).
    shows: bool,
    first_edit: usize,
}

impl<'t> Inline<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            pieces: Vec::new(),
            place: None,
            link_bytes: 0,
            bold_bytes: 0,
            links: 0,
            jumps: 0,
            between: Between::default(),
            last: None,
            shows: false,
            first_edit: 0,
        }
    }

    /// Whether the block has no characters yet.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// One past the last byte so far.
    pub fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.span.end)
    }

    /// An inline element begins or ends here.
    pub fn cross(&mut self, opens: bool) {
        match opens {
            true => self.between.opened = true,
            false => self.between.closed = true,
        }
    }

    /// A link ends here.
    pub fn close_link(&mut self) {
        self.between.link_closed = true;
    }

    /// A link begins here; two links side by side are never one word.
    pub fn open_link(&mut self, jumps: bool) {
        self.links = self.links.saturating_add(1);
        self.jumps = self.jumps.saturating_add(u16::from(jumps));
        self.between.parted |= self.between.link_closed;
    }

    /// Words before and behind are apart, even without white space.
    pub fn part(&mut self) {
        self.between.parted = true;
    }

    /// A cell of a data table begins.
    pub fn cell(&mut self) {
        self.between.cells += 1;
    }

    /// A line ends inside the block; `tag` is the `<br>`.
    pub fn line_break(&mut self, document: &mut Document<'t>, tag: Span) {
        if self.pieces.is_empty() {
            return;
        }
        self.push_edit(document, tag, LINE_BREAK.to_string(), "html/br");
        self.between = Between::default();
        self.last = Some(LINE_BREAK);
    }

    /// Whether the last that came was a line break (and white space).
    pub fn at_line_break(&self) -> bool {
        self.last == Some(LINE_BREAK)
    }

    /// Drops a line break at the end.
    pub fn drop_line_break(&mut self, document: &mut Document<'t>) {
        while self.at_line_break() {
            if let Some(edit) = self.pieces.pop().and_then(|piece| piece.edit) {
                document.edits.truncate(edit as usize);
            }
            let ends_so = self.pieces.last().and_then(|piece| piece.edit);
            let again = ends_so
                .and_then(|edit| document.edits.get(edit as usize))
                .is_some_and(|edit| edit.rule == "html/br");
            self.last = again.then_some(LINE_BREAK);
        }
    }

    /// Adds characters, white space among them as it is.
    pub fn push_kept(&mut self, document: &mut Document<'t>, range: Range32, kind: TextKind) {
        self.push_run(
            document,
            range.start as usize,
            range.end as usize,
            kind,
            true,
        );
        self.between = Between::default();
        self.last = range.of(self.text).chars().next_back();
    }

    /// Adds characters; before the first of them, which is no white space, there is white space
    /// from `start` on.
    pub fn push(
        &mut self,
        document: &mut Document<'t>,
        start: usize,
        range: Range32,
        kind: TextKind,
        within: Within,
    ) {
        let (from, end) = (range.start as usize, range.end as usize);
        if start < from {
            self.space(start);
        }
        let bytes = &self.text.as_bytes()[from..end];
        let black = bytes.iter().rposition(|&byte| !is_space(byte));
        let to = from + black.map_or(0, |last| last + 1);
        self.join(document, from);
        self.push_run(document, from, to, kind, false);
        self.last = self.text[from..to].chars().next_back();
        let bytes = (to - from) as u32;
        self.link_bytes += if within.link { bytes } else { 0 };
        self.bold_bytes += if within.bold { bytes } else { 0 };
        if to < end {
            self.space(to);
        }
    }

    /// White space begins at `at`.
    #[inline]
    pub fn space(&mut self, at: usize) {
        if !self.pieces.is_empty() && self.between.space.is_none() && !self.at_line_break() {
            self.between.space = Some(Span::new(at, at + 1));
        }
    }

    /// Closes the gap before characters at `from`.
    fn join(&mut self, document: &mut Document<'t>, from: usize) {
        let between = std::mem::take(&mut self.between);
        let is_first = self.pieces.is_empty();
        let cells = between.cells.min(MAX_EMPTY_CELLS) as usize;
        if is_first && cells < 2 {
            return;
        }
        if cells > 0 {
            let text = match is_first {
                true => "| ".repeat(cells - 1),
                false => " |".repeat(cells) + " ",
            };
            if is_first {
                self.first_edit = document.edits.len();
            }
            let at = self.gap_before(from);
            self.push_edit(document, at, text, "html/cell");
        } else if let Some(space) = between.space {
            self.push_piece(space, None);
        } else if between.parted || (between.closed && between.opened && self.changes_case(from)) {
            let at = self.gap_before(from);
            self.push_edit(document, at, " ".into(), "html/space");
        }
    }

    /// A small letter or digit before and a capital behind: two words, not one.
    fn changes_case(&self, from: usize) -> bool {
        let next = self.text[from..].chars().next();
        self.last
            .is_some_and(|last| last.is_lowercase() || last.is_ascii_digit())
            && next.is_some_and(char::is_uppercase)
    }

    /// The tag or the white space right before `from`.
    fn gap_before(&self, from: usize) -> Span {
        let floor = self.end();
        let before = &self.text.as_bytes()[floor.min(from)..from];
        let start = match before.last() {
            Some(b'>') => memrchr(b'<', before),
            Some(byte) if byte.is_ascii_whitespace() => Some(before.len() - 1),
            _ => None,
        };
        start.map_or(Span::new(from, from), |at| Span::new(floor + at, from))
    }

    fn push_run(
        &mut self,
        document: &mut Document<'t>,
        start: usize,
        end: usize,
        kind: TextKind,
        keeps_space: bool,
    ) {
        let bytes = self.text.as_bytes();
        let references = matches!(kind, TextKind::Data | TextKind::Rcdata);
        if self.pieces.is_empty() {
            self.first_edit = document.edits.len();
        }
        let (mut from, mut at) = (start, start);
        while at < end {
            let rest = &bytes[at..end];
            let found = match (references, keeps_space) {
                (true, true) => memchr2(b'&', b'\r', rest),
                (true, false) => memchr2(b'&', b'\n', rest),
                (false, true) => memchr2(b'\r', 0, rest),
                (false, false) => memchr3(b'\r', 0, b'\n', rest),
            };
            let Some(found) = found else { break };
            at += found;
            if !keeps_space && matches!(bytes[at], b'\n' | b'\r') {
                let run = self.break_run(from, at, end);
                if self.joins_wide(run, from, end) {
                    self.push_piece(Span::new(from, run.start), None);
                    self.push_edit(document, run, String::new(), "html/cjk-break");
                    from = run.end;
                }
                at = run.end;
                continue;
            }
            let Some((len, edit)) = self.replacement(at, end) else {
                at += 1;
                continue;
            };
            self.push_piece(Span::new(from, at), None);
            let span = Span::new(at, at + len);
            let (text, rule) = edit;
            let before = Span::new(from, at).of(self.text);
            self.shows = self.shows || shows(before) || shows(&text);
            self.push_edit(document, span, text, rule);
            at += len;
            from = at;
        }
        let rest = Span::new(from, end);
        self.shows = self.shows || shows(rest.of(self.text));
        self.push_piece(rest, None);
    }

    /// The white space around the line break at `at`.
    fn break_run(&self, from: usize, at: usize, end: usize) -> Span {
        let before = self.text[from..at].trim_end_matches(is_html_space);
        let behind = self.text[at..end].trim_start_matches(is_html_space);
        Span::new(from + before.len(), end - behind.len())
    }

    /// Whether wide characters (Chinese, Japanese) stand on both sides of a line break: such
    /// lines join without a space.
    fn joins_wide(&self, run: Span, from: usize, end: usize) -> bool {
        let before = self.text[from..run.start].chars().next_back();
        let behind = self.text[run.end..end].chars().next();
        before.is_some_and(is_wide) && behind.is_some_and(is_wide)
    }

    /// What stands instead of the `&`, CR or NUL at `at`, and how many bytes it replaces.
    fn replacement(&self, at: usize, end: usize) -> Option<(usize, (String, &'static str))> {
        let run = &self.text[at..end];
        if let Some(rest) = run.strip_prefix('\r') {
            let len = 1 + usize::from(rest.starts_with('\n'));
            return Some((len, ("\n".into(), "html/newline")));
        }
        if run.starts_with('\0') {
            let text = char::REPLACEMENT_CHARACTER.to_string();
            return Some((1, (text, "html/nul")));
        }
        let found = reference(run, false)?;
        let mut text = String::new();
        found.push_to(&mut text);
        Some((found.len, (text, "html/entity")))
    }

    fn push_piece(&mut self, span: Span, edit: Option<u32>) {
        if span.is_empty() && edit.is_none() {
            return;
        }
        if edit.is_none()
            && let Some(last) = self.pieces.last_mut()
            && last.edit.is_none()
            && last.span.end == span.start
        {
            last.span.end = span.end;
            return;
        }
        self.pieces.push(Piece { span, edit });
    }

    fn push_edit(
        &mut self,
        document: &mut Document<'t>,
        span: Span,
        text: String,
        rule: &'static str,
    ) {
        let number = document.edits.len() as u32;
        document.edits.push(Edit {
            span,
            text,
            rule: Cow::Borrowed(rule),
        });
        self.push_piece(span, Some(number));
    }

    /// Ends the block and adds it to the document.
    pub fn flush<'d>(&mut self, document: &'d mut Document<'t>) -> Option<(&'d mut Block, Place)> {
        if self.pieces.is_empty() {
            // Links without text have been counted perhaps.
            (self.place, self.last) = (None, None);
            (self.links, self.jumps) = (0, 0);
            self.between = Between::default();
            return None;
        }
        self.drop_line_break(document);
        let place = self.place.take();
        self.between = Between::default();
        self.last = None;
        let link_bytes = std::mem::take(&mut self.link_bytes);
        let bold_bytes = std::mem::take(&mut self.bold_bytes);
        let links = std::mem::take(&mut self.links);
        let jumps = std::mem::take(&mut self.jumps);
        if !std::mem::take(&mut self.shows) && !self.pieces.is_empty() {
            self.pieces.clear();
            document.edits.truncate(self.first_edit);
        }
        let place = place.filter(|_| !self.pieces.is_empty());
        let added = place.map(|place| {
            let at = document.push_block(place.kind, place.level, &self.pieces);
            (at, place)
        });
        self.pieces.clear();
        let (at, place) = added?;
        let block = document.blocks.get_mut(at)?;
        block.link_bytes = link_bytes;
        block.inline = Lead {
            bold_bytes,
            links,
            jumps,
            ..place.lead
        };
        Some((block, place))
    }
}

/// Whether there is more than white space.
fn shows(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace())
}

fn is_html_space(c: char) -> bool {
    c.is_ascii() && is_space(c as u8)
}

/// Characters of scripts written without spaces between words: Han, Kana, their punctuation
/// and full-width forms. Hangul has spaces.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{30ff}' | '\u{31c0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
