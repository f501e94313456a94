//! What the gate looks for, and how much of it may be there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Kind;

/// The gate: what may still be dirty in a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CheckConfig {
    /// Kinds of findings that are not looked for.
    pub skip: Vec<Kind>,
    /// Characters below which a document counts as empty.
    pub min_chars: usize,
    /// Documents of one site that hold a line before it counts as furniture.
    pub furniture_documents: u32,
    /// How far median length (as a share of it) and the share of a language may move away from
    /// the baseline.
    pub drift: f64,
    /// Where the baseline is, below the folder of the configuration file.
    pub baseline: PathBuf,
    /// The share of documents (0 to 1) that may have a finding of each kind.
    pub limits: Limits,
}

impl Default for CheckConfig {
    fn default() -> Self {
        Self {
            skip: Vec::new(),
            min_chars: 1,
            furniture_documents: 3,
            drift: 0.2,
            baseline: PathBuf::from(".lavoir-baseline.json"),
            limits: Limits::default(),
        }
    }
}

impl CheckConfig {
    /// Whether findings of this kind are wanted.
    pub fn looks_for(&self, kind: Kind) -> bool {
        !self.skip.contains(&kind)
    }
}

/// The share of documents (0 to 1) that may have a finding of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Lines that a rule knows.
    pub boilerplate: f64,
    /// Lines that stand twice in a document.
    pub repeat: f64,
    /// UTF-8 that was read in another encoding.
    pub mojibake: f64,
    /// Stray control, zero-width or escaped characters.
    pub characters: f64,
    /// Files that are not UTF-8 throughout.
    pub encoding: f64,
    /// Tags or pages where text is wanted.
    pub markup: f64,
    /// Lines that many documents of one site hold.
    pub furniture: f64,
    /// Texts that another document says as well.
    pub duplicate: f64,
    /// Documents with next to no text.
    pub empty: f64,
    /// Texts that break off.
    pub truncated: f64,
    /// Records that cannot be read.
    pub unreadable: f64,
}

impl Limits {
    /// How many of `documents` may have a finding of this kind; any drift is too much.
    pub fn allowed(&self, kind: Kind, documents: u64) -> u64 {
        let share = match kind {
            Kind::Boilerplate => self.boilerplate,
            Kind::Repeat => self.repeat,
            Kind::Mojibake => self.mojibake,
            Kind::Characters => self.characters,
            Kind::Encoding => self.encoding,
            Kind::Markup => self.markup,
            Kind::Furniture => self.furniture,
            Kind::Duplicate => self.duplicate,
            Kind::Empty => self.empty,
            Kind::Truncated => self.truncated,
            Kind::Unreadable => self.unreadable,
            Kind::Drift => 0.0,
        };
        // Rounded so that 0.29 of 100 is 29, whatever the nearest float of 0.29 is.
        let allowed = (share * documents as f64 + 1e-9).floor();
        allowed.clamp(0.0, documents as f64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_documents_is_allowed() {
        let limits = Limits {
            boilerplate: 0.29,
            empty: 2.0,
            ..Limits::default()
        };
        assert_eq!(limits.allowed(Kind::Boilerplate, 100), 29);
        assert_eq!(limits.allowed(Kind::Boilerplate, 3), 0);
        assert_eq!(limits.allowed(Kind::Empty, 7), 7);
        assert_eq!(limits.allowed(Kind::Duplicate, 1000), 0);
    }
}
