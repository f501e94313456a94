//! HTML: decoded page → blocks with byte spans.
//!
//! [`lex`] finds tokens, [`tree`] runs them through html5ever's standard tree construction
//! into an [`arena`] of spans, [`segment()`] reads the tree as a reader would.

pub mod arena;
mod calm;
mod classes;
mod code;
pub mod doctype;
mod frame;
mod in_body;
mod inline;
pub mod lex;
pub mod meta;
mod names;
mod needed;
mod open;
mod order;
mod raw;
pub mod reference;
mod scan;
pub mod scraped;
mod segment;
mod sink;
mod stack;
mod state;
pub mod tags;
mod token;
pub mod tree;
mod walk;
mod watched;
mod white;

pub use segment::{segment, segment_with};
