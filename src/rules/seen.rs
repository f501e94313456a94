//! What the rules found in short lines of late: menus and labels come again and again, in a page and
//! from page to page, and are looked at once.

use std::sync::atomic::{AtomicU64, Ordering};

use super::compile::Hit;

/// Longest line, in bytes, that is remembered.
const MAX_BYTES: usize = 47;
/// Lines that are remembered at once; each has one place.
const PLACES: usize = 4096;
/// Odd numbers without a pattern, of FxHash and of xxHash.
const MIX: u64 = 0x517c_c1b7_2722_0a95;
const SPREAD: u64 = 0x9e37_79b1_85eb_ca87;

/// Tells one set of rules from another as long as the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u64);

impl Id {
    pub(super) fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// Lines and what a set of rules found in them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    rules: Option<Id>,
    /// A part of the hash of each line, the few bytes that most questions end with; 0 for none.
    tags: Vec<u16>,
    places: Vec<Place>,
    /// What was found in the lines whose places say so.
    hits: Vec<Vec<Hit>>,
}

/// A line that fits: its bytes, zeros and its length.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Short([u64; 6]);

/// Sixty-four bytes, what a processor fetches at once.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Place {
    line: Short,
    key: u64,
}

impl Short {
    /// `None` for a line that is too long; the empty line is none, either.
    pub(super) fn of(line: &str) -> Option<Self> {
        let bytes = line.as_bytes();
        let len = u8::try_from(bytes.len()).ok()?;
        if !(1..=MAX_BYTES).contains(&bytes.len()) {
            return None;
        }
        let mut words = [0; 6];
        let (chunks, rest) = bytes.as_chunks();
        for (to, chunk) in words.iter_mut().zip(chunks) {
            *to = u64::from_le_bytes(*chunk);
        }
        if let Some(to) = words.get_mut(chunks.len()).filter(|_| !rest.is_empty()) {
            *to = match bytes.last_chunk() {
                Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
                None => rest
                    .iter()
                    .rev()
                    .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            };
        }
        words[5] |= u64::from(len) << 56;
        Some(Self(words))
    }

    /// Equality without the call that comparing arrays is.
    fn is(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }

    /// The place of the line and its tag.
    fn place(&self) -> (usize, u16) {
        let mix = |hash: u64, word: &u64| (hash.rotate_left(5) ^ word).wrapping_mul(MIX);
        let hash = self.0.iter().fold(0, mix).wrapping_mul(SPREAD);
        let place = hash >> (u64::BITS - PLACES.trailing_zeros());
        (place as usize, (hash >> 32) as u16 & TAG | KNOWN)
    }
}

/// Bits of a tag: of the hash, that there is a line, and that something was found in it.
const TAG: u16 = 0x3fff;
const KNOWN: u16 = 0x4000;
const HAS_HITS: u16 = 0x8000;

impl Seen {
    /// What the rules found in `line`, added to the empty list `hits`, and the line's key, if it is
    /// remembered.
    pub(super) fn recall(&mut self, rules: Id, line: &Short, hits: &mut Vec<Hit>) -> Option<u64> {
        if self.rules != Some(rules) {
            self.forget();
            self.rules = Some(rules);
        }
        let (at, tag) = line.place();
        let known = self.tags.get(at).copied()?;
        if known & !HAS_HITS != tag {
            return None;
        }
        let place = self.places.get(at).filter(|place| place.line.is(line))?;
        if known & HAS_HITS != 0 {
            hits.extend_from_slice(self.hits.get(at).map_or(&[], Vec::as_slice));
        }
        Some(place.key)
    }

    #[cold]
    fn forget(&mut self) {
        *self = Self {
            rules: None,
            tags: vec![0; PLACES],
            places: vec![Place::default(); PLACES],
            hits: vec![Vec::new(); PLACES],
        };
    }

    /// Remembers what the rules of the last question found in `line`.
    pub(super) fn remember(&mut self, line: Short, key: u64, hits: &[Hit]) {
        let (at, tag) = line.place();
        let (Some(known), Some(place)) = (self.tags.get_mut(at), self.places.get_mut(at)) else {
            return;
        };
        *place = Place { line, key };
        *known = tag;
        if !hits.is_empty()
            && let Some(kept) = self.hits.get_mut(at)
        {
            *known |= HAS_HITS;
            kept.clear();
            kept.extend_from_slice(hits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compile::{RuleSet, Scratch};
    use super::super::pack::RulePack;
    use super::*;

    fn set(phrase: &str) -> RuleSet {
        let text = format!(
            "summary='s'\nwhy='w'\naction='drop'\nsafety='exact'\nmatch={{line=['{phrase}']}}\n"
        );
        RuleSet::compile(&RulePack::single("t/ad/x.toml", &text).unwrap()).unwrap()
    }

    #[test]
    fn what_is_recalled_is_what_is_found() {
        let sets = [
            set("share"),
            set("{n} comments"),
            RuleSet::compile(&RulePack::builtin().unwrap()).unwrap(),
        ];
        let mut lines: Vec<String> = (0..9000).map(|n| format!("{n} comments")).collect();
        let some = [
            "Share",
            " Share ",
            "share\0",
            "Photo: AFP",
            "© 2024 The Paper",
            "",
            "日本語",
        ];
        lines.extend(some.map(str::to_owned));
        lines.extend((40..60).map(|len| "x".repeat(len)));
        let mut scratch = Scratch::default();
        for at in (0..lines.len()).chain(8000..lines.len()).rev() {
            let rules = &sets[at / 1000 % 3];
            let (mut found, mut fresh) = (Vec::new(), Vec::new());
            for _ in 0..2 {
                found.clear();
                fresh.clear();
                let key = rules.hits(&lines[at], &mut scratch, &mut found);
                let other = rules.hits(&lines[at], &mut Scratch::default(), &mut fresh);
                assert_eq!((key, &found), (other, &fresh), "{}", lines[at]);
            }
        }
    }

    #[test]
    fn a_line_is_its_bytes_and_its_length() {
        let [one, other] = ["a", "a\0"].map(|line| Short::of(line).unwrap());
        assert!(one.is(&one) && !one.is(&other));
        assert!(Short::of(&"x".repeat(MAX_BYTES)).is_some());
        assert!(Short::of(&"x".repeat(MAX_BYTES + 1)).is_none());
        assert!(Short::of(&"x".repeat(300)).is_none() && Short::of("").is_none());
        assert_eq!(size_of::<Place>(), 64);
    }
}
