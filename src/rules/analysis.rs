//! What is found out about a regular expression before it is run: its gate, what its matches begin
//! or end with, the words and groups in it.
//!
//! Finding it out takes a fifth of a millisecond, so the build script does it for the expressions
//! of the built-in packs (it includes this file) and leaves a table.

use std::collections::HashMap;

use regex_syntax::hir::{Hir, HirKind};

use super::aside;
use super::gates::{self, Gate};
use super::grams::bytes_of;
use super::heads::{Found, Heads, Side};
use super::literals::required;

/// What a pattern must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The whole line.
    Line,
    /// The end of the line.
    Tail,
}

/// What is known about a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Analysis {
    pub gate: Gate,
    /// Whether all its matches are in brackets at the end of a line, and the gate is that of these.
    pub aside: bool,
    /// What all its matches begin (end) with, if they are told by that.
    pub known_by: Option<(Side, Found)>,
    /// What they end (begin) with as well, at the other side.
    pub far: Option<Found>,
    /// Words of which a match holds one, as [`bytes_of`] writes them; none if it may hold anything.
    pub words: Vec<Vec<u8>>,
    /// Names of its groups.
    pub groups: Vec<String>,
}

/// Finds out about patterns.
#[derive(Default)]
pub(super) struct Analyst(Heads);

impl Analyst {
    /// # Errors
    /// What is wrong with the pattern.
    pub(super) fn analyse(&self, pattern: &str, anchor: Anchor) -> Result<Analysis, String> {
        let hir = regex_syntax::parse(pattern).map_err(|error| error.to_string())?;
        let bytes = |word: &String| {
            let mut bytes = Vec::new();
            bytes_of(word, &mut bytes);
            bytes
        };
        let aside = match anchor {
            Anchor::Line => None,
            Anchor::Tail => aside::gate(&hir),
        };
        let known_by = self.known_by(&hir, anchor);
        let far = match (anchor, &known_by) {
            (Anchor::Line, Some((Side::Start, _))) => self.0.of(&hir, Side::End),
            (Anchor::Line, Some((Side::End, _))) => self.0.of(&hir, Side::Start),
            _ => None,
        };
        Ok(Analysis {
            far,
            aside: aside.is_some(),
            gate: match anchor {
                Anchor::Line => Gate::of(&hir),
                Anchor::Tail => aside.unwrap_or_else(|| Gate::of_tail(&hir)),
            },
            known_by,
            words: required(&hir).iter().flatten().map(bytes).collect(),
            groups: group_names(&hir),
        })
    }

    /// The side by which lines are told best that a pattern may match, and what they have there.
    fn known_by(&self, hir: &Hir, anchor: Anchor) -> Option<(Side, Found)> {
        let sides = match anchor {
            Anchor::Line => [Side::Start, Side::End].as_slice(),
            Anchor::Tail => &[Side::End],
        };
        let found = sides
            .iter()
            .filter_map(|&side| Some((side, self.0.of(hir, side)?)));
        found.min_by_key(|(_, found)| found.but_signs)
    }
}

fn group_names(hir: &Hir) -> Vec<String> {
    let (mut open, mut names) = (vec![hir], Vec::new());
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Capture(capture) => {
                open.push(&capture.sub);
                names.extend(capture.name.as_deref().map(str::to_owned));
            }
            HirKind::Repetition(repetition) => open.push(&repetition.sub),
            HirKind::Concat(subs) | HirKind::Alternation(subs) => open.extend(subs),
            _ => {}
        }
    }
    names
}

/// Analyses by pattern, as the build script wrote them.
pub(super) struct Table<'t>(HashMap<u128, &'t [u8]>);

impl<'t> Table<'t> {
    /// Reads what [`write_entry`] wrote, one after the other.
    pub(super) fn new(mut bytes: &'t [u8]) -> Self {
        let mut table = HashMap::new();
        while let Some((key, rest)) = bytes.split_first_chunk() {
            let mut rest = Reader(rest);
            let Some(entry) = rest.bytes() else {
                break;
            };
            table.insert(u128::from_le_bytes(*key), entry);
            bytes = rest.0;
        }
        Self(table)
    }

    pub(super) fn get(&self, pattern: &str, anchor: Anchor) -> Option<Analysis> {
        let entry = self.0.get(&key(pattern, anchor))?;
        Reader(entry).analysis()
    }
}

/// Hash of a pattern (FNV-1a with 128 bits).
fn key(pattern: &str, anchor: Anchor) -> u128 {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let bytes = pattern.bytes().chain([anchor as u8]);
    bytes.fold(START, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    })
}

/// Appends a pattern and what is known about it to a table; for the build script.
#[allow(dead_code)]
pub(super) fn write_entry(pattern: &str, anchor: Anchor, analysis: &Analysis, table: &mut Vec<u8>) {
    let mut entry = Vec::new();
    let mut number = |n: u64| entry.extend(n.to_le_bytes());
    analysis.gate.numbers().into_iter().for_each(&mut number);
    let side = match &analysis.known_by {
        None => 0,
        Some((Side::Start, _)) => 1,
        Some((Side::End, _)) => 2,
    };
    let near = analysis.known_by.as_ref().map(|(_, found)| found);
    let far = analysis.far.as_ref();
    let but_signs = |found: Option<&Found>| u64::from(found.is_some_and(|f| f.but_signs));
    number(
        side | but_signs(near) << 2
            | u64::from(analysis.aside) << 3
            | u64::from(far.is_some()) << 4
            | but_signs(far) << 5,
    );
    let groups: Vec<Vec<u8>> = analysis.groups.iter().map(|g| g.clone().into()).collect();
    for list in [&heads_of(near), &heads_of(far), &analysis.words, &groups] {
        entry.extend((list.len() as u64).to_le_bytes());
        for bytes in list {
            entry.extend((bytes.len() as u64).to_le_bytes());
            entry.extend(bytes);
        }
    }
    table.extend(key(pattern, anchor).to_le_bytes());
    table.extend((entry.len() as u64).to_le_bytes());
    table.extend(entry);
}

/// The heads of what was found, as bytes.
fn heads_of(found: Option<&Found>) -> Vec<Vec<u8>> {
    let heads = found.into_iter().flat_map(|found| &found.heads);
    heads
        .map(|head| head.iter().flat_map(|item| item.to_le_bytes()).collect())
        .collect()
}

struct Reader<'t>(&'t [u8]);

impl<'t> Reader<'t> {
    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    fn bytes(&mut self) -> Option<&'t [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn list<T>(&mut self, each: impl Fn(&'t [u8]) -> Option<T>) -> Option<Vec<T>> {
        let len = self.number()?;
        (0..len).map(|_| each(self.bytes()?)).collect()
    }

    fn analysis(&mut self) -> Option<Analysis> {
        let mut numbers = [0; gates::NUMBERS];
        for number in &mut numbers {
            *number = self.number()?;
        }
        let marks = self.number()?;
        let mut found = |but_signs| {
            let heads = self.list(|bytes| {
                let items = bytes.as_chunks().0.iter();
                Some(items.map(|item| u32::from_le_bytes(*item)).collect())
            });
            heads.map(|heads| Found { heads, but_signs })
        };
        let (near, far) = (found(marks & 4 != 0)?, found(marks & 32 != 0)?);
        Some(Analysis {
            gate: Gate::from_numbers(numbers),
            aside: marks & 8 != 0,
            known_by: match marks & 3 {
                1 => Some((Side::Start, near)),
                2 => Some((Side::End, near)),
                _ => None,
            },
            far: Some(far).filter(|_| marks & 16 != 0),
            words: self.list(|bytes| Some(bytes.to_vec()))?,
            groups: self.list(|bytes| String::from_utf8(bytes.to_vec()).ok())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let patterns = [
            (r"(?i)[\W_]*(?:photo|©)\s?: (?<credit>.+)", Anchor::Line),
            (r"\((?<agency>AFP|dpa)\)\.?", Anchor::Tail),
            (r".+", Anchor::Line),
        ];
        let mut bytes = Vec::new();
        let analyses = patterns.map(|(pattern, anchor)| {
            let analysis = Analyst::default().analyse(pattern, anchor).unwrap();
            write_entry(pattern, anchor, &analysis, &mut bytes);
            analysis
        });
        let table = Table::new(&bytes);
        for ((pattern, anchor), analysis) in patterns.into_iter().zip(analyses) {
            assert_eq!(table.get(pattern, anchor), Some(analysis));
        }
        assert_eq!(table.get(".+", Anchor::Tail), None);
        let broken = Table::new(&bytes[..bytes.len() / 2]);
        assert_eq!(broken.get(".+", Anchor::Line), None);
    }
}
