//! lavoir cleans scraped pages and text: it decodes them, removes boilerplate and repeats, and
//! says for every character it left out which rule took it and why.
//!
//! The way of a document, each step in a module of its name:
//!
//! - [`record`]: bytes and what is known about them,
//! - [`decode`]: bytes → text, with the evidence for the encoding,
//! - [`html`] and [`plain`]: text → blocks, as spans ([`document`]),
//! - [`stages`]: what happens to each block ([`decision`]), with [`rules`] as data and [`model`]
//!   for what no rule settles,
//! - [`render`]: the [`article`] and its [`metadata`] from the decisions,
//! - [`provenance`]: the record from which the article can be had again,
//! - [`dedup`]: articles that say the same.
//!
//! [`check`] finds what is still dirty in a data set, [`report`] writes that down for people and
//! tools.
//!
//! [`Cleaner`] takes one record that way; it is pure. [`pipeline`] takes a corpus, reads and
//! writes files ([`io`]) and runs in parallel.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod article;
mod bits;
pub mod check;
pub mod cleaner;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod config;
pub mod decision;
pub mod decode;
pub mod dedup;
pub mod document;
mod eight;
pub mod error;
pub mod html;
pub mod index;
pub mod io;
pub mod language;
pub mod metadata;
pub mod model;
pub mod pipeline;
pub mod plain;
pub mod provenance;
pub mod record;
pub mod render;
pub mod report;
pub mod rules;
mod runs;
pub mod site;
mod spill;
pub mod stages;
mod sums;
mod terms;
mod vectors;
mod visible;

pub use article::Article;
pub use cleaner::{CleanConfig, Cleaned, Cleaner};
pub use error::{Error, ErrorKind, Result};
pub use pipeline::Pipeline;
pub use provenance::Provenance;
pub use record::{Form, Hints, Record};

/// Bytes as lower-case hex.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
