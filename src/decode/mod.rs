//! Bytes to text: which encoding it is, by which evidence, how sure, and what was damaged.

mod bytes;
mod repair;
mod replay;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::Hints;

pub use repair::{RepairPolicy, repair};
pub use replay::redecode;

/// Decoded text and how it was decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<'a> {
    /// The text, without byte order mark; borrowed when the bytes are valid UTF-8.
    pub text: Cow<'a, str>,
    /// How the bytes were read.
    pub encoding: Encoding,
}

/// How bytes were read as text: part of every provenance record. Together with the bytes it
/// gives the same text again, see [`redecode`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// WHATWG name, e.g. `UTF-8`, `windows-1252`, `UTF-16LE`.
    pub name: String,
    /// What the choice rests on.
    pub evidence: Evidence,
    /// How sure the choice is, 0 to 1 in steps of 0.01.
    pub confidence: f64,
    /// Runs of bytes that are not valid in the encoding and were repaired or replaced.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repairs: u32,
    /// Single-byte encoding in which bad runs were read; without it they became U+FFFD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repaired_as: Option<String>,
    /// Bytes of a character cut off at the end, left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut_tail: u32,
    /// NUL bytes left out of text that is not UTF-16.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub nuls: u32,
    /// Where one file holds several encodings: from which byte on which encoding holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
}

/// From byte `start` of the source on, the encoding is `name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Offset in the source bytes.
    pub start: usize,
    /// WHATWG name.
    pub name: String,
}

impl Encoding {
    /// An encoding without damage; the confidence is rounded to two decimals.
    pub fn new(name: &str, evidence: Evidence, confidence: f64) -> Self {
        Self {
            name: name.to_owned(),
            evidence,
            confidence: (confidence.clamp(0.0, 1.0) * 100.0).round() / 100.0,
            repairs: 0,
            repaired_as: None,
            cut_tail: 0,
            nuls: 0,
            segments: Vec::new(),
        }
    }
}

/// What the choice of an encoding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// A byte order mark.
    Bom,
    /// The charset of the HTTP header.
    Http,
    /// A `meta` element of the page.
    Meta,
    /// An XML declaration.
    Xml,
    /// The bytes themselves.
    Detected,
    /// Nothing speaks for another encoding, or the container fixes it.
    Assumed,
}

/// Bytes that are not decoded, and what they are instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecodable {
    /// No byte, or white space and NULs only.
    Empty,
    /// A file format that is not text.
    Binary {
        /// What it is, e.g. `a PDF document`.
        what: &'static str,
    },
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the record holds no text: check how it was fetched"),
            Self::Binary { what } => write!(
                f,
                "this is {what}, not text: extract its text first or leave it out"
            ),
        }
    }
}

impl std::error::Error for Undecodable {}

/// Decodes `bytes`; total, never panics.
///
/// # Errors
/// [`Undecodable`] says what the bytes are when they are not text.
pub fn decode<'a>(bytes: &'a [u8], hints: &Hints) -> Result<Decoded<'a>, Undecodable> {
    if bytes.is_empty() {
        return Err(Undecodable::Empty);
    }
    if let Some(what) = bytes::binary(bytes) {
        return Err(Undecodable::Binary { what });
    }
    let encoding = choose(bytes, hints);
    Ok(replay::read(bytes, encoding))
}

fn choose(bytes: &[u8], hints: &Hints) -> Encoding {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Encoding::new(encoding.name(), Evidence::Bom, 1.0);
    }
    if hints.decoded {
        return Encoding::new("UTF-8", Evidence::Assumed, 1.0);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Encoding::new("UTF-8", Evidence::Detected, 1.0);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    Encoding::new(guess.name(), Evidence::Detected, 0.9)
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}
