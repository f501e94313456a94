//! Single-byte encodings that read the bytes of a sample alike: they are one candidate.

use super::detect::Favour;
use super::model::{BROKEN, Model, SINGLE_BYTE, least_costs};
use super::sample::Sample;

/// What all costs hold more, that none is below nothing: 27 encodings at once give `16 ln 27`.
pub(super) const CERTAIN: f32 = 56.0;

/// Encodings that read the bytes that occur alike.
pub(super) struct Group {
    /// The commonest of them, an index into [`SINGLE_BYTE`].
    pub first: usize,
    /// Bit `i`: `SINGLE_BYTE[i]` is one of them.
    pub encodings: u32,
    /// How many of the bytes that occur are no character.
    broken: u32,
}

impl Group {
    pub fn encoding(&self) -> &'static encoding_rs::Encoding {
        SINGLE_BYTE[self.first].0
    }

    /// What it costs before anything is read: the more of its encodings can write a language
    /// (bits of `languages`), the likelier is one of them.
    pub fn handicap(&self, languages: u32) -> u32 {
        let encodings = SINGLE_BYTE.iter().enumerate();
        let able = encodings.filter(|(i, _)| self.encodings & languages & (1 << i) != 0);
        let share: f32 = able
            .map(|(_, (_, cost))| (-(*cost as f32) / 16.0).exp())
            .sum();
        let cost = CERTAIN - 16.0 * share.max(f32::MIN_POSITIVE).ln();
        cost as u32 + self.broken * BROKEN
    }

    /// No reading of the pairs can cost less.
    fn bound(&self, pairs: &[(u8, u8)]) -> u32 {
        let table = |(i, table): (usize, &'static Vec<u8>)| {
            (self.encodings & (1 << i) != 0).then_some(table)
        };
        let cost = |table: &Vec<u8>| -> u32 {
            let at = |&(before, next): &(u8, u8)| usize::from(before) << 8 | usize::from(next);
            let cost = |pair| table.get(at(pair)).map_or(0, |&cost| u32::from(cost));
            pairs.iter().map(cost).sum()
        };
        let tables = least_costs().iter().enumerate().filter_map(table);
        self.handicap(u32::MAX) + tables.map(cost).min().unwrap_or(0)
    }
}

/// The groups for a sample with what reading `pairs` costs each at least, cheapest first.
pub(super) fn ranked(sample: &Sample<'_>, model: &Model, pairs: &[(u8, u8)]) -> Vec<(u32, Group)> {
    let groups = groups(sample, model).into_iter();
    let mut groups: Vec<(u32, Group)> = groups.map(|g| (g.bound(pairs), g)).collect();
    groups.sort_by_key(|(bound, group)| (*bound, group.first));
    groups
}

fn groups(sample: &Sample<'_>, model: &Model) -> Vec<Group> {
    let seen: Vec<usize> = (0..128).filter(|&i| sample.seen[i]).collect();
    let mut groups: Vec<Group> = Vec::new();
    for (i, upper) in model.upper.iter().enumerate() {
        let alike = groups.iter_mut().find(|group| {
            let other = &model.upper[group.first];
            seen.iter().all(|&b| upper[b] == other[b])
        });
        match alike {
            Some(group) => group.encodings |= 1 << i,
            None => groups.push(Group {
                first: i,
                encodings: 1 << i,
                broken: seen.iter().filter(|&&b| is_broken(upper[b])).count() as u32,
            }),
        }
    }
    groups
}

fn is_broken(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}' | '\u{FFFD}')
}

/// Whether a declared encoding reads the sample as the group does.
pub(super) fn is_favoured(group: &Group, favour: Favour, sample: &Sample<'_>) -> bool {
    favour.is_some_and(|(codec, _)| super::detect::reads_alike(codec, group.encoding(), sample))
}
