//! Encoding and repair, from bytes to clean text.

mod languages;
mod oracle;
mod properties;
mod table;
