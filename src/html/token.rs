//! What the tokenizer finds: tokens as byte spans of the page.

use super::classes::Says;
pub use super::names::AttrName;
use super::tags::Tag;

/// A half-open byte range of the page; pages are cut at 4 GiB, so 32 bits are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range32 {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Range32 {
    /// The range `[start, end)`; offsets come from a text of less than 4 GiB.
    #[inline]
    pub const fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// The text of the range; empty where it does not fit.
    #[inline]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }

    /// The bytes of the range; none where it does not fit.
    #[inline]
    pub(super) fn bytes(self, text: &[u8]) -> &[u8] {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// Bytes of the range.
    #[inline]
    pub(super) const fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether the range holds no byte.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }
}

/// How the characters of a text run are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextKind {
    /// Character references count; U+0000 comes as [`Token::Null`].
    #[default]
    Data,
    /// Character references count; U+0000 reads as U+FFFD.
    Rcdata,
    /// Verbatim; U+0000 reads as U+FFFD.
    Raw,
    /// Verbatim; U+0000 comes as [`Token::Null`].
    Cdata,
}

/// The name and value spans of one attribute; the value is without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attr {
    /// The name as written.
    pub name: Range32,
    /// The value as written, empty when there is none.
    pub value: Range32,
    /// Which attribute it is, of those that are asked for.
    pub known: AttrName,
}

/// A start or end tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TagToken {
    /// From `<` to behind `>`.
    pub span: Range32,
    /// The name as written.
    pub name: Range32,
    /// First of its attributes in [`Lexer::attrs`](super::lex::Lexer::attrs).
    pub attrs_from: u32,
    /// One past the last of its attributes; end tags have none.
    pub attrs_to: u32,
    /// Written with `/>`.
    pub self_closing: bool,
    /// The element of that name.
    pub tag: Tag,
    /// Which of the known attributes a start tag has.
    pub(super) names: u32,
    /// What its classes say.
    pub(super) says: Says,
}

/// One token of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A run of characters, never empty.
    Text(Range32, TextKind),
    /// A U+0000 in data or CDATA.
    Null(u32),
    /// A start tag.
    Start(TagToken),
    /// An end tag.
    End(TagToken),
    /// The data of a comment, without its marks.
    Comment(Range32),
    /// What stands between `<!DOCTYPE` and `>`; the flag says that `>` is missing.
    Doctype(Range32, bool),
    /// The end of the page.
    Eof,
}
