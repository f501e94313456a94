//! HTML tokens as byte spans: the tokenizer of the HTML standard (§ 13.2.5) without copies.
//!
//! The lexer decides only where tokens begin and end. Character references, line-break
//! normalisation and case are left to [`super::reference`] and asked for when needed. States
//! that the tree construction chooses (raw text, script, CDATA) are set by the caller.

use memchr::{memchr, memmem};

pub use super::token::{Attr, AttrName, Range32, TagToken, TextKind, Token};

use super::classes::Says;
use super::tags::Tag;
use super::{raw, scan};
use crate::eight;

/// What the next bytes are, as far as the tree construction decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Markup and text.
    #[default]
    Data,
    /// Text with references up to the end tag (title, textarea).
    Rcdata,
    /// Verbatim text up to the end tag (style, iframe …).
    Rawtext,
    /// A script, with its escaped states.
    Script,
    /// Verbatim to the end of the page.
    Plaintext,
    /// Verbatim up to `]]>`.
    Cdata,
}

/// A token without what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    Text(TextKind),
    Null,
    Start,
    End,
    Comment,
    Doctype(bool),
    Eof,
}

pub(super) const SPACE: u8 = 1;
pub(super) const TAG_NAME_END: u8 = 2;
pub(super) const ATTR_NAME_END: u8 = 4;

/// Byte classes of the tag states. CR counts as white space: the standard turns it into LF
/// before it tokenizes.
pub(super) static CLASS: [u8; 256] = {
    let mut class = [0u8; 256];
    let spaces = [b'\t', b'\n', 0x0c, b'\r', b' '];
    let mut i = 0;
    while i < spaces.len() {
        class[spaces[i] as usize] = SPACE | TAG_NAME_END | ATTR_NAME_END;
        i += 1;
    }
    class[b'/' as usize] = TAG_NAME_END | ATTR_NAME_END;
    class[b'>' as usize] = TAG_NAME_END | ATTR_NAME_END;
    class[b'=' as usize] = ATTR_NAME_END;
    class
};

#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    CLASS[byte as usize] & SPACE != 0
}

/// The tokenizer: a position in the page and the attributes of the tags met so far.
#[derive(Debug)]
pub struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pos: usize,
    /// Up to here there is no markup; saves looking again behind a U+0000.
    text_end: usize,
    /// Whether a U+0000 is in it.
    has_nul: bool,
    state: State,
    last_start: &'t [u8],
    /// The characters, comment or doctype met last.
    pub(super) range: Range32,
    /// The tag met last.
    pub(super) tag: TagToken,
    /// Attributes of all start tags, in page order.
    pub attrs: Vec<Attr>,
}

impl<'t> Lexer<'t> {
    /// A lexer at the start of `text`, behind a byte order mark. What lies beyond 4 GiB is
    /// not read.
    pub fn new(text: &'t str) -> Self {
        let text = first_4_gib(text);
        let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self::within(text, Range32::new(start, text.len()))
    }

    /// A lexer for a part of `text`, as if the page began and ended there.
    pub fn within(text: &'t str, range: Range32) -> Self {
        let text = text.get(..range.end as usize).unwrap_or("");
        let pos = (range.start as usize).min(text.len());
        Self {
            text,
            bytes: text.as_bytes(),
            pos,
            text_end: pos,
            has_nul: false,
            state: State::Data,
            last_start: b"",
            range: Range32::default(),
            tag: TagToken::default(),
            attrs: Vec::with_capacity((text.len() - pos) / 64 + 16),
        }
    }

    /// The page.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Sets how the bytes from here on are read; the end tag that leaves a raw state is that
    /// of the last start tag.
    pub fn set_state(&mut self, state: State) {
        self.state = state;
    }

    /// Sets the name of the last start tag, for a page that begins inside an element.
    pub fn set_last_start(&mut self, name: &'t str) {
        self.last_start = name.as_bytes();
    }

    /// The next token. `in_foreign` tells whether the current node is one of SVG or MathML,
    /// where CDATA sections are text.
    pub fn next(&mut self, in_foreign: impl Fn() -> bool) -> Token {
        let met = self.advance(in_foreign);
        self.token(met)
    }

    /// What was met last, as a token.
    pub(super) fn token(&self, met: Met) -> Token {
        match met {
            Met::Text(kind) => Token::Text(self.range, kind),
            Met::Null => Token::Null(self.range.start),
            Met::Start => Token::Start(self.tag),
            Met::End => Token::End(self.tag),
            Met::Comment => Token::Comment(self.range),
            Met::Doctype(open) => Token::Doctype(self.range, open),
            Met::Eof => Token::Eof,
        }
    }

    /// Goes on to the next token, which stands in `range` or `tag`.
    #[inline]
    pub(super) fn advance(&mut self, in_foreign: impl Fn() -> bool) -> Met {
        loop {
            let met = match self.state {
                State::Data => self.data(&in_foreign),
                other => self.other(other),
            };
            if let Some(met) = met {
                return met;
            }
        }
    }

    fn other(&mut self, state: State) -> Option<Met> {
        match state {
            State::Data => None,
            State::Cdata => self.cdata(),
            State::Plaintext => self.raw_text(TextKind::Raw, self.bytes.len()),
            State::Rcdata => self.raw_text(TextKind::Rcdata, self.raw_end()),
            State::Rawtext => self.raw_text(TextKind::Raw, self.raw_end()),
            State::Script => {
                let end = raw::script_end(self.bytes, self.pos, self.last_start);
                self.raw_text(TextKind::Raw, end)
            }
        }
    }

    fn raw_end(&self) -> usize {
        raw::raw_end(self.bytes, self.pos, self.last_start)
    }

    /// Text up to `end`, where either the appropriate end tag stands or the page ends; both
    /// are lexed in the data state.
    fn raw_text(&mut self, kind: TextKind, end: usize) -> Option<Met> {
        let start = std::mem::replace(&mut self.pos, end);
        self.state = State::Data;
        self.text_end = end;
        self.range = Range32::new(start, end);
        (end > start).then_some(Met::Text(kind))
    }

    #[inline]
    fn data(&mut self, in_foreign: &impl Fn() -> bool) -> Option<Met> {
        if self.pos >= self.bytes.len() {
            return Some(Met::Eof);
        }
        if self.text_end <= self.pos {
            self.find_markup();
        }
        if self.pos < self.text_end {
            return Some(self.text_until(self.text_end, TextKind::Data));
        }
        self.markup(in_foreign)
    }

    /// Finds the next `<` that begins markup, and whether there is a U+0000 before it.
    #[inline]
    fn find_markup(&mut self) {
        let at = scan::skip_space(self.bytes, self.pos);
        self.has_nul = false;
        self.text_end = at;
        if self.bytes.get(at) != Some(&b'<') || !self.opens_markup(at) {
            self.text_end = self.markup_from(at);
            self.has_nul = memchr(0, &self.bytes[at..self.text_end]).is_some();
        }
    }

    fn markup_from(&self, mut at: usize) -> usize {
        while let Some(found) = scan::find(self.bytes, at, b'<') {
            if self.opens_markup(found) {
                return found;
            }
            at = found + 1;
        }
        self.bytes.len()
    }

    #[inline]
    fn opens_markup(&self, lt: usize) -> bool {
        match self.bytes.get(lt + 1) {
            Some(b'!' | b'?') => true,
            Some(b'/') => lt + 2 < self.bytes.len(),
            Some(byte) => byte.is_ascii_alphabetic(),
            None => false,
        }
    }

    /// A run of text or a single U+0000, at most up to `end`.
    #[inline]
    fn text_until(&mut self, end: usize, kind: TextKind) -> Met {
        let start = self.pos;
        let run = &self.bytes[start..end];
        let nul = if self.has_nul { memchr(0, run) } else { None };
        let len = nul.unwrap_or(run.len());
        if len == 0 {
            self.pos = start + 1;
            self.range = Range32::new(start, start + 1);
            return Met::Null;
        }
        self.pos = start + len;
        self.range = Range32::new(start, self.pos);
        Met::Text(kind)
    }

    fn cdata(&mut self) -> Option<Met> {
        if self.text_end <= self.pos {
            let rest = &self.bytes[self.pos..];
            let len = memmem::find(rest, b"]]>").unwrap_or(rest.len());
            self.text_end = self.pos + len;
            self.has_nul = true;
        }
        if self.pos < self.text_end {
            return Some(self.text_until(self.text_end, TextKind::Cdata));
        }
        self.pos = (self.pos + 3).min(self.bytes.len());
        self.text_end = self.pos;
        self.state = State::Data;
        None
    }

    #[inline]
    fn markup(&mut self, in_foreign: &impl Fn() -> bool) -> Option<Met> {
        let lt = self.pos;
        match (self.bytes.get(lt + 1), self.bytes.get(lt + 2)) {
            (Some(b'!'), _) => self.declaration(in_foreign),
            (Some(b'?'), _) => Some(self.bogus_comment(lt + 1)),
            (Some(b'/'), Some(b'>')) => {
                self.pos = lt + 3;
                None
            }
            (Some(b'/'), Some(byte)) if byte.is_ascii_alphabetic() => {
                let before = self.attrs.len();
                let is_whole = self.read_tag(lt, lt + 2).is_some();
                self.attrs.truncate(before);
                self.tag.attrs_to = self.tag.attrs_from;
                self.tag.names = 0;
                Some(if is_whole { Met::End } else { Met::Eof })
            }
            (Some(b'/'), _) => Some(self.bogus_comment(lt + 2)),
            _ => {
                let before = self.attrs.len();
                if self.read_tag(lt, lt + 1).is_none() {
                    self.attrs.truncate(before);
                    return Some(Met::Eof);
                }
                self.last_start = self.tag.name.bytes(self.bytes);
                Some(Met::Start)
            }
        }
    }

    fn bogus_comment(&mut self, from: usize) -> Met {
        let rest = &self.bytes[from..];
        let len = memchr(b'>', rest).unwrap_or(rest.len());
        self.pos = (from + len + 1).min(self.bytes.len());
        self.range = Range32::new(from, from + len);
        Met::Comment
    }

    fn declaration(&mut self, in_foreign: &impl Fn() -> bool) -> Option<Met> {
        let from = self.pos + 2;
        let rest = &self.bytes[from..];
        if rest.starts_with(b"--") {
            let (data_end, next) = raw::comment_end(self.bytes, from + 2);
            self.pos = next;
            self.range = Range32::new(from + 2, data_end);
            return Some(Met::Comment);
        }
        if rest.len() >= 7 && rest[..7].eq_ignore_ascii_case(b"doctype") {
            let rest = &rest[7..];
            let end = memchr(b'>', rest);
            let len = end.unwrap_or(rest.len());
            self.pos = (from + 7 + len + 1).min(self.bytes.len());
            self.range = Range32::new(from + 7, from + 7 + len);
            return Some(Met::Doctype(end.is_none()));
        }
        if rest.starts_with(b"[CDATA[") && in_foreign() {
            self.pos = from + 7;
            self.text_end = self.pos;
            self.state = State::Cdata;
            return None;
        }
        Some(self.bogus_comment(from))
    }

    /// Reads the tag whose name begins at `from`; `None` when the page ends inside it, which drops
    /// the tag.
    fn read_tag(&mut self, lt: usize, from: usize) -> Option<()> {
        let bytes = self.bytes;
        let window = eight::at(bytes, from);
        let end = scan::name_end(bytes, from, window, TAG_NAME_END);
        let mut at = end.or_else(|| self.out_of_input())?;
        let name = Range32::new(from, at);
        let attrs_from = self.attrs.len() as u32;
        let mut self_closing = false;
        let mut names = 0;
        loop {
            match *bytes.get(at).or_else(|| self.out_of_input())? {
                b'>' => break,
                b'/' => {
                    at += 1;
                    self_closing = bytes.get(at) == Some(&b'>');
                }
                byte if is_space(byte) => at = scan::skip_space(bytes, at + 1),
                _ => {
                    let Some((attr, behind)) = attribute(bytes, at) else {
                        return self.out_of_input();
                    };
                    names |= attr.known.bit();
                    self.attrs.push(attr);
                    at = behind;
                }
            }
        }
        self.pos = at + 1;
        self.tag = TagToken {
            span: Range32::new(lt, at + 1),
            name,
            attrs_from,
            attrs_to: self.attrs.len() as u32,
            self_closing,
            tag: Tag::written(bytes, name, window),
            names,
            says: Says::default(),
        };
        Some(())
    }

    fn out_of_input<T>(&mut self) -> Option<T> {
        self.pos = self.bytes.len();
        None
    }
}

/// The attribute whose name begins at `from`, and the place behind it; `None` when the page ends
/// inside it.
#[inline]
fn attribute(bytes: &[u8], from: usize) -> Option<(Attr, usize)> {
    // The first character belongs to the name even when it is `=`.
    let window = eight::at(bytes, from);
    let mut at = scan::name_end(bytes, from, window, ATTR_NAME_END)?;
    let name = Range32::new(from, at);
    let known = AttrName::of(&bytes[from..at], window);
    let mut value = Range32::new(at, at);
    at = scan::skip_space(bytes, at);
    if *bytes.get(at)? == b'=' {
        at = scan::skip_space(bytes, at + 1);
        match *bytes.get(at)? {
            quote @ (b'"' | b'\'') => {
                let end = scan::find(bytes, at + 1, quote)?;
                value = Range32::new(at + 1, end);
                at = end + 1;
            }
            b'>' => value = Range32::new(at, at),
            _ => {
                let start = at;
                while !matches!(*bytes.get(at)?, b'>') && !is_space(bytes[at]) {
                    at += 1;
                }
                value = Range32::new(start, at);
            }
        }
    }
    Some((Attr { name, value, known }, at))
}

/// What 32-bit offsets reach.
fn first_4_gib(text: &str) -> &str {
    let mut limit = text.len().min(u32::MAX as usize - 1);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    &text[..limit]
}
