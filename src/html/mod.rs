//! HTML: decoded page → blocks with byte spans.
//!
//! [`lex`] finds tokens, [`tree`] runs them through html5ever's standard tree construction
//! into an [`arena`] of spans, [`segment()`] reads the tree as a reader would.

pub mod arena;
mod code;
mod doctype;
pub mod lex;
mod raw;
pub mod reference;
mod sink;
pub mod tags;
pub mod tree;

/// TEMPORARY
pub fn segment(text: &str) -> crate::document::Document<'_> {
    crate::plain::segment(text)
}
