//! lavoir cleans scraped pages and text: it decodes them, removes boilerplate and repeats, and
//! says for every character it left out which rule took it and why.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod decision;
pub mod document;
pub mod html;
pub mod record;
