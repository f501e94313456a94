//! The words of a text that are compared: hashes, line by line.

use super::scan::{Line, Scan};

/// The compared words of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// Hashes of the words.
    pub hashes: Box<[u32]>,
    /// Where each line ends in `hashes`.
    pub ends: Box<[u32]>,
}

impl Words {
    /// The words of some lines of a text.
    pub fn of<'s>(scan: &'s Scan, lines: impl Iterator<Item = &'s Line>) -> Self {
        let mut hashes = Vec::with_capacity(scan.tokens.len());
        let mut ends = Vec::with_capacity(scan.lines.len());
        for line in lines {
            hashes.extend(scan.line(line).iter().map(|token| token.hash));
            ends.push(hashes.len() as u32);
        }
        Self {
            hashes: hashes.into(),
            ends: ends.into(),
        }
    }

    /// Bytes in memory.
    pub fn size(&self) -> usize {
        size_of_val(&*self.hashes) + size_of_val(&*self.ends)
    }

    /// Whether a line begins (or the text ends) before the word `at`.
    pub fn is_line_break(&self, at: usize) -> bool {
        at == 0 || self.ends.binary_search(&(at as u32)).is_ok()
    }
}
