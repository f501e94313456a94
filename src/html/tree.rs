//! Tree construction: our tokens through html5ever's `TreeBuilder` into any sink.
//!
//! The tree builder is the standard's and unmodified. Only where a page tries to make it
//! quadratic do we step in: elements nested deeper than [`MAX_DEPTH`] are closed at once (as
//! browsers do), and formatting elements that pile up are closed.

use std::cell::RefCell;

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    CharacterTokens, CommentToken, DoctypeToken, EOFToken, EndTag, NullCharacterToken, StartTag,
    Tag as HtmlTag, TagToken as HtmlTagToken, Token as HtmlToken, TokenSink, TokenSinkResult,
};
use html5ever::tree_builder::{Tracer, TreeBuilder};

use super::arena::{Arena, NodeId, NodeKind};
use super::calm::{Answer, Calm};
use super::lex::{Lexer, Met, Range32, State, TagToken, TextKind, Token};
use super::needed::{decoded_attributes, hash_attributes, needed_attributes};
use super::reference::decode_text;
use super::sink::ArenaSink;
use super::tags::{Names, Tag};
use super::watched::{Current, Watched};
use super::white::{leading_black, leading_line_feed, leading_white};
use super::{classes, code, doctype};

/// Elements nested deeper than this become siblings. Blink and WebKit stop at 512.
pub const MAX_DEPTH: u16 = 512;

/// More formatting elements than this opened again for one token are closed.
const MAX_REOPENED: usize = 64;

/// The tree of a page as spans.
pub fn parse(text: &str) -> Arena {
    let mut lexer = Lexer::new(text);
    let arena = drive(&mut lexer, ArenaSink::new(text.len()), true);
    complete(arena, lexer)
}

/// The same tree, every token of it through html5ever's tree builder: what [`parse`] is tested
/// against.
#[doc(hidden)]
pub fn parse_by_builder(text: &str) -> Arena {
    let mut lexer = Lexer::new(text);
    let arena = drive(&mut lexer, ArenaSink::new(text.len()), false);
    complete(arena, lexer)
}

/// The tree of a part of a page that is a page of its own; spans are those of the whole text.
pub(super) fn parse_within(text: &str, range: Range32) -> Arena {
    let mut lexer = Lexer::within(text, range);
    let bytes = range.end as usize - range.start as usize;
    let arena = drive(&mut lexer, ArenaSink::new(bytes), true);
    complete(arena, lexer)
}

fn complete(mut arena: Arena, lexer: Lexer<'_>) -> Arena {
    let text = lexer.text();
    arena.attrs = lexer.attrs;
    classes::note(text, &mut arena);
    arena
}

/// Runs all tokens of `lexer` through a tree builder over `sink`; where all is [`calm`] past it.
///
/// [`calm`]: super::calm
pub(super) fn drive<S: Watched>(lexer: &mut Lexer<'_>, sink: S, calm: bool) -> S::Output {
    let builder = TreeBuilder::new(sink, Default::default());
    let mut driver = Driver {
        text: lexer.text(),
        builder,
        names: Names::default(),
        ignore_line_feed: false,
        split_all: false,
        has_template: false,
        in_columns: false,
        calm: Calm::new(),
        may_be_calm: calm && !S::DECODED,
    };
    loop {
        let mut met = lexer.advance(|| driver.in_foreign());
        let result = driver.feed(&mut met, lexer);
        match result {
            TokenSinkResult::Plaintext => lexer.set_state(State::Plaintext),
            TokenSinkResult::RawData(kind) => lexer.set_state(state_of(kind)),
            _ => {}
        }
        if met == Met::Eof {
            break;
        }
    }
    driver.builder.end();
    driver.builder.sink.finish()
}

fn state_of(kind: RawKind) -> State {
    match kind {
        RawKind::Rcdata => State::Rcdata,
        RawKind::Rawtext => State::Rawtext,
        _ => State::Script,
    }
}

struct Driver<'t, S: Watched> {
    text: &'t str,
    builder: TreeBuilder<S::Handle, S>,
    names: Names,
    /// The next token may begin with a line feed that does not count.
    ignore_line_feed: bool,
    /// In framesets white space and other characters go different ways.
    split_all: bool,
    /// Whether a template was opened.
    has_template: bool,
    /// The last tag was one of table columns, between which white space stands apart.
    in_columns: bool,
    calm: Calm,
    may_be_calm: bool,
}

/// Gathers the nodes that a tree builder holds.
struct Held<S: Watched>(RefCell<Vec<NodeId>>, std::marker::PhantomData<S>);

impl<S: Watched> Tracer for Held<S> {
    type Handle = S::Handle;

    fn trace_handle(&self, handle: &S::Handle) {
        self.0.borrow_mut().push(S::node_of(handle));
    }
}

impl<S: Watched> Driver<'_, S> {
    fn in_foreign(&self) -> bool {
        match self.calm.is_calm() {
            true => self.calm.in_foreign(),
            false => {
                let builder = &self.builder;
                builder.adjusted_current_node_present_but_not_in_html_namespace()
            }
        }
    }

    /// Takes what was met, and what is behind it while all is calm; `met` is the last of it then.
    fn feed(&mut self, met: &mut Met, lexer: &mut Lexer<'_>) -> TokenSinkResult<S::Handle> {
        let mut ignore = std::mem::take(&mut self.ignore_line_feed);
        if self.may_be_calm {
            if *met == Met::Start && !self.calm.is_calm() {
                self.begin_calm(lexer.tag.tag);
            }
            if self.calm.is_calm() {
                self.stretch(met, &mut ignore, lexer);
            }
        }
        let token = lexer.token(*met);
        if let Token::Text(range, kind) = token {
            return self.characters(range, kind, ignore);
        }
        let result = self.feed_other(token, lexer);
        // A U+0000 and a doctype leave text of tables pending.
        if !matches!(token, Token::Null(_) | Token::Doctype(..)) {
            self.builder.sink.clear_texts();
        }
        result
    }

    /// Takes tokens without the tree builder up to one that the tree builder has to take, which
    /// knows of all open elements then.
    fn stretch(&mut self, met: &mut Met, ignore: &mut bool, lexer: &mut Lexer<'_>) {
        let Some(mut arena) = self.builder.sink.arena() else {
            return;
        };
        let (text, calm, arena_mut) = (self.text, &mut self.calm, &mut *arena);
        let answer = loop {
            let skips = std::mem::take(ignore);
            let range = lexer.range;
            let answer = match *met {
                Met::Text(kind) => calm.text(text, arena_mut, range, kind, skips),
                Met::Comment => calm.leaf(arena_mut, NodeKind::Comment(range)),
                Met::Start => calm.start(text, arena_mut, &lexer.tag),
                Met::End => calm.end(text, arena_mut, &lexer.tag),
                Met::Null | Met::Doctype(_) | Met::Eof => Answer::Other,
            };
            match answer {
                Answer::Done => {}
                Answer::Raw(kind) => lexer.set_state(state_of(kind)),
                Answer::SkipLineFeed => *ignore = true,
                Answer::Close | Answer::Other => break answer,
            }
            *met = lexer.advance(|| calm.in_foreign());
        };
        drop(arena);
        for start in std::mem::take(&mut self.calm.formatting) {
            self.remember(start, lexer);
        }
        if answer == Answer::Other {
            self.tell(lexer);
            self.calm.forget();
        }
    }

    /// Notes the attributes of a formatting element, which may be opened again.
    fn remember(&self, start: u32, lexer: &Lexer<'_>) {
        let sink = &self.builder.sink;
        let tag = sink
            .arena()
            .and_then(|arena| arena.tags.get(start as usize).copied());
        if let Some(tag) = tag {
            let attrs = &lexer.attrs[tag.attrs_from as usize..tag.attrs_to as usize];
            sink.remember(hash_attributes(self.text, attrs), start);
        }
    }

    /// Looks whether the next elements are plain nesting.
    fn begin_calm(&mut self, tag: Tag) {
        let has_body = self.builder.sink.has_body();
        if !self.calm.may_begin(tag, has_body) || self.in_foreign() {
            return;
        }
        let held = Held::<S>(RefCell::default(), std::marker::PhantomData);
        self.builder.trace_handles(&held);
        if let Some(arena) = self.builder.sink.arena() {
            self.calm.begin(self.text, &arena, &held.0.into_inner());
        }
    }

    /// Tells the tree builder of the open elements that it does not know of.
    fn tell(&mut self, lexer: &Lexer<'_>) {
        while let Some(open) = self.calm.next_untold() {
            let tag = {
                let Some(arena) = self.builder.sink.arena() else {
                    return;
                };
                let Some(&tag) = arena.tags.get(open.start as usize) else {
                    return;
                };
                tag
            };
            self.builder.sink.adopt(open.node);
            let _ = self.open(tag, open.start, lexer);
            self.builder.sink.clear_texts();
        }
        // What followed the start tags has been seen.
        self.ignore_line_feed = false;
    }

    fn feed_other(&mut self, token: Token, lexer: &Lexer<'_>) -> TokenSinkResult<S::Handle> {
        match token {
            Token::Text(range, kind) => self.characters(range, kind, false),
            Token::Null(at) => {
                self.begin(Current {
                    range: Range32::new(at as usize, at as usize + 1),
                    ..Current::default()
                });
                self.process(NullCharacterToken)
            }
            Token::Start(tag) => self.start_tag(tag, lexer),
            Token::End(tag) => {
                let (name, id) = self.names.get(self.text, tag.name);
                self.in_columns = false;
                self.calm.after_body |= matches!(id, Tag::Body | Tag::Html);
                self.end_tag(name, id)
            }
            Token::Comment(range) => self.comment(range),
            Token::Doctype(range, open) => {
                self.begin(Current::default());
                let doctype = doctype::doctype(range.of(self.text), open);
                self.process(DoctypeToken(doctype))
            }
            Token::Eof => {
                self.begin(Current::default());
                self.process(EOFToken)
            }
        }
    }

    fn process(&self, token: HtmlToken) -> TokenSinkResult<S::Handle> {
        self.builder.process_token(token, 1)
    }

    fn begin(&self, current: Current) {
        self.builder.sink.begin(current);
    }

    fn comment(&mut self, range: Range32) -> TokenSinkResult<S::Handle> {
        self.begin(Current {
            range,
            ..Current::default()
        });
        let data = match S::DECODED {
            true => StrTendril::from_slice(&decode_text(range.of(self.text), TextKind::Raw)),
            false => StrTendril::new(),
        };
        self.process(CommentToken(data))
    }

    /// White space before other characters goes apart where insertion modes treat it apart:
    /// before there is a body, between columns and in framesets.
    fn characters(
        &mut self,
        range: Range32,
        kind: TextKind,
        ignore_line_feed: bool,
    ) -> TokenSinkResult<S::Handle> {
        self.builder.sink.begin_text();
        let mut at = range.start as usize;
        let end = range.end as usize;
        if ignore_line_feed && !S::DECODED {
            at += leading_line_feed(&self.text[at..end], kind);
        }
        let mut white = true;
        let apart = self.in_columns || self.split_all || !self.builder.sink.has_body();
        if !apart && !S::DECODED && at < end {
            let is_white = leading_white(&self.text[at..end], kind) == end - at;
            self.calm.has_text |= !is_white && kind == TextKind::Data;
            self.run(Range32::new(at, end), kind, is_white);
            at = end;
        }
        while at < end {
            let rest = &self.text[at..end];
            let len = match white {
                true => leading_white(rest, kind),
                false if self.split_all => leading_black(rest, kind),
                false => rest.len(),
            };
            if len > 0 {
                self.run(Range32::new(at, at + len), kind, white);
            }
            at += len;
            white = !white;
        }
        self.close_reopened();
        TokenSinkResult::Continue
    }

    fn run(&self, range: Range32, kind: TextKind, white: bool) {
        let characters = match S::DECODED {
            true => StrTendril::from_slice(&decode_text(range.of(self.text), kind)),
            false => code::write(self.builder.sink.add_text(range, kind), white),
        };
        // Text never changes the state of the lexer.
        let _ = self.process(CharacterTokens(characters));
    }

    fn start_tag(&mut self, tag: TagToken, lexer: &Lexer<'_>) -> TokenSinkResult<S::Handle> {
        let number = self.builder.sink.add_tag(tag);
        self.open(tag, number, lexer)
    }

    fn open(
        &mut self,
        tag: TagToken,
        number: u32,
        lexer: &Lexer<'_>,
    ) -> TokenSinkResult<S::Handle> {
        let (name, id) = self.names.get(self.text, tag.name);
        let attrs = &lexer.attrs[tag.attrs_from as usize..tag.attrs_to as usize];
        let mut current = Current {
            start: Some(number),
            name: name.clone(),
            tag: id,
            hash: 0,
            range: tag.span,
        };
        let attrs = match S::DECODED {
            true => decoded_attributes(self.text, attrs),
            false => {
                let foreign = || {
                    let builder = &self.builder;
                    builder.adjusted_current_node_present_but_not_in_html_namespace()
                };
                needed_attributes(self.text, id, attrs, &mut current, foreign)
            }
        };
        self.begin(current);
        let result = self.process(HtmlTagToken(HtmlTag {
            kind: StartTag,
            name: name.clone(),
            self_closing: tag.self_closing,
            attrs,
            had_duplicate_attributes: false,
        }));
        // The tag of the body, be it the first or not, rules out a `frameset`.
        self.calm.has_text |= id == Tag::Body && self.builder.sink.made().is_some();
        // Columns right in a template ignore what else comes, but keep its white space.
        self.has_template |= id == Tag::Template;
        self.split_all |= id == Tag::Frameset || (self.has_template && id == Tag::Col);
        self.in_columns = matches!(id, Tag::Col | Tag::Colgroup);
        let made = self.builder.sink.made();
        self.ignore_line_feed = made.is_some_and(|(_, is_html)| is_html)
            && matches!(id, Tag::Pre | Tag::Listing | Tag::Textarea);
        self.close_reopened();
        let goes_on = matches!(result, TokenSinkResult::Continue);
        let stays_open = |(depth, is_html): (u16, bool)| {
            depth > MAX_DEPTH
                && if is_html {
                    !id.is_void()
                } else {
                    !tag.self_closing
                }
        };
        if made.is_some_and(stays_open) && goes_on {
            let _ = self.end_tag(name, id);
        }
        result
    }

    fn end_tag(&mut self, name: LocalName, tag: Tag) -> TokenSinkResult<S::Handle> {
        self.begin(Current {
            name: name.clone(),
            tag,
            ..Current::default()
        });
        self.process(HtmlTagToken(HtmlTag {
            kind: EndTag,
            name,
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        }))
    }

    fn close_reopened(&mut self) {
        for name in self.builder.sink.take_reopened(MAX_REOPENED) {
            let tag = Tag::from_name(&name);
            let _ = self.end_tag(name, tag);
        }
    }
}
