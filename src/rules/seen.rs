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
    places: Vec<Place>,
}

/// A line that fits: its bytes, zeros and its length.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Short([u64; 6]);

/// Sixty-four bytes, what a processor fetches at once.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Place {
    line: Short,
    key: u64,
    /// `None` where there are none, which is most often so.
    hits: Option<Box<Hits>>,
}

#[derive(Debug)]
struct Hits(Vec<Hit>);

impl Short {
    /// `None` for a line that is too long; the empty line is none, either.
    pub(super) fn of(line: &str) -> Option<Self> {
        let mut bytes = [0; MAX_BYTES + 1];
        bytes
            .get_mut(..line.len())?
            .copy_from_slice(line.as_bytes());
        let len = u8::try_from(line.len()).ok()?;
        if !(1..=MAX_BYTES).contains(&line.len()) {
            return None;
        }
        bytes[MAX_BYTES] = len;
        let (words, _) = bytes.as_chunks::<8>();
        let mut short = Self::default();
        for (to, word) in short.0.iter_mut().zip(words) {
            *to = u64::from_le_bytes(*word);
        }
        Some(short)
    }

    /// Equality without the call that comparing arrays is.
    fn is(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }

    fn place(&self) -> usize {
        let mix = |hash: u64, word: &u64| (hash.rotate_left(5) ^ word).wrapping_mul(MIX);
        let hash = self.0.iter().fold(0, mix);
        (hash.wrapping_mul(SPREAD) >> (u64::BITS - PLACES.trailing_zeros())) as usize
    }
}

impl Seen {
    /// What the rules found in `line`, added to the empty list `hits`, and the line's key, if it is
    /// remembered.
    pub(super) fn recall(&mut self, rules: Id, line: &Short, hits: &mut Vec<Hit>) -> Option<u64> {
        if self.rules != Some(rules) {
            self.places.clear();
            self.places.resize_with(PLACES, Place::default);
            self.rules = Some(rules);
        }
        let place = self.places.get(line.place())?;
        if !place.line.is(line) {
            return None;
        }
        if let Some(found) = &place.hits {
            hits.extend_from_slice(&found.0);
        }
        Some(place.key)
    }

    /// Remembers what the rules of the last question found in `line`.
    pub(super) fn remember(&mut self, line: Short, key: u64, hits: &[Hit]) {
        if let Some(place) = self.places.get_mut(line.place()) {
            let hits = (!hits.is_empty()).then(|| Box::new(Hits(hits.to_vec())));
            *place = Place { line, key, hits };
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
