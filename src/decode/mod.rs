//! Bytes to text: which encoding it is, by which evidence, how sure, and what was damaged.

mod bytes;
mod choose;
mod class;
mod declared;
mod detect;
mod groups;
mod latin9;
pub(crate) mod model;
mod readings;
mod repair;
mod replay;
mod sample;
mod segments;
mod seven_bit;
mod soundness;
mod symbol;
mod utf16;
mod utf8;
mod wide;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::Hints;

pub(crate) use repair::repair_shown;
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
    /// Language (ISO 639-1, Chinese with script) whose letters made the reading likely; only when
    /// the bytes themselves decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
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
            language: None,
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
    /// No byte, or NULs only.
    Empty,
    /// Data that is not text.
    Binary {
        /// What it is, e.g. `a PDF document`.
        what: &'static str,
    },
    /// Text in an encoding outside the WHATWG standard.
    Unsupported {
        /// Its name, e.g. `EBCDIC`.
        what: &'static str,
    },
}

impl Undecodable {
    /// The way out.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "check how it was fetched",
            Self::Binary { .. } => "extract its text first or leave it out",
            Self::Unsupported { .. } => "convert it to UTF-8 first",
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the record holds no text"),
            Self::Binary { what } => write!(f, "the record is {what}, not text"),
            Self::Unsupported { what } => {
                write!(f, "the record is text in {what}, which is not supported")
            }
        }
    }
}

impl std::error::Error for Undecodable {}

/// Decodes `bytes`. Total: every input gives a text or says what it is instead.
///
/// A byte order mark wins; valid UTF-8 is UTF-8 whatever is declared; UTF-8 with damage is
/// repaired; a declared encoding is a prior, not a verdict; else the likeliest reading wins.
///
/// ```
/// use lavoir::decode::decode;
/// use lavoir::record::Hints;
///
/// let decoded = decode(b"D\xE9j\xE0 vu, na\xEFve et fran\xE7aise", &Hints::default())?;
/// assert_eq!(decoded.text, "Déjà vu, naïve et française");
/// assert_eq!(decoded.encoding.name, "windows-1252");
/// # Ok::<(), lavoir::decode::Undecodable>(())
/// ```
///
/// # Errors
/// [`Undecodable`] says what the bytes are when they are not text.
pub fn decode<'a>(bytes: &'a [u8], hints: &Hints) -> Result<Decoded<'a>, Undecodable> {
    if let Some(decoded) = choose::plain(bytes, hints) {
        return Ok(decoded);
    }
    let encoding = choose::encoding(bytes, hints)?;
    Ok(replay::read(bytes, encoding))
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}
