//! Phrases inside lines: one automaton over all of them, and where a hit may stand.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::compile::Hit;
use super::normalise::{fold_numbers, normalise};
use crate::error::{Error, ErrorKind, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Start,
    End,
    Inside,
}

#[derive(Debug)]
pub(super) struct Automaton {
    search: Option<AhoCorasick>,
    owners: Vec<(usize, Where)>,
}

impl Automaton {
    pub(super) fn new(entries: Vec<(String, usize, Where)>) -> Result<Self> {
        let owners = entries
            .iter()
            .map(|&(_, rule, place)| (rule, place))
            .collect();
        if entries.is_empty() {
            return Ok(Self {
                search: None,
                owners,
            });
        }
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(entries.iter().map(|(text, ..)| text))
            .map_err(|error| {
                Error::new(
                    ErrorKind::Rule,
                    error,
                    "the packs hold too many phrases: split them",
                )
            })?;
        Ok(Self {
            search: Some(search),
            owners,
        })
    }

    pub(super) fn each(&self, text: &str, mut found: impl FnMut(usize, Where, Range<usize>)) {
        for hit in self
            .search
            .iter()
            .flat_map(|ac| ac.find_overlapping_iter(text))
        {
            let (rule, place) = self.owners[hit.pattern().as_usize()];
            found(rule, place, hit.range());
        }
    }

    pub(super) fn inline_hits(&self, line: &str, hits: &mut Vec<Hit>) {
        self.each(line, |rule, _, range| {
            let Some(part) = own_sentence(line, range) else {
                return;
            };
            let part = (part.len() < line.trim().len()).then_some(part);
            let fields = Vec::new();
            let hit = Hit { rule, part, fields };
            if !hits.contains(&hit) {
                hits.push(hit);
            }
        });
    }
}

/// The key of a phrase in the tables: normalised, `{n}` as the folded number.
pub(super) fn phrase_key(phrase: &str, key: &mut String) {
    if phrase.contains("{n}") {
        let mut normal = String::new();
        normalise(&phrase.replace("{n}", "0"), &mut normal);
        fold_numbers(&normal, key);
    } else {
        normalise(phrase, key);
    }
}

/// An inline phrase as it may be typed: both apostrophes, first letter small or capital.
pub(super) fn spellings(phrase: &str) -> impl Iterator<Item = String> {
    let phrase = phrase.trim().replace('\u{2019}', "'");
    let mut chars = phrase.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
    let capital = first.unwrap_or_default() + chars.as_str();
    let mut all = vec![
        phrase.replace('\'', "\u{2019}"),
        capital.replace('\'', "\u{2019}"),
    ];
    all.extend([phrase, capital]);
    all.sort();
    all.dedup();
    all.into_iter()
}

pub(super) fn at_words(text: &str, range: &Range<usize>) -> bool {
    // Scripts without spaces have no word boundary to ask for.
    let spaced = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    let glued = |outer: Option<char>, inner: Option<char>| {
        outer.is_some_and(spaced) && inner.is_some_and(spaced)
    };
    let (before, inside, after) = (
        &text[..range.start],
        &text[range.clone()],
        &text[range.end..],
    );
    !glued(before.chars().next_back(), inside.chars().next())
        && !glued(after.chars().next(), inside.chars().next_back())
}

/// Whether `c` belongs to a script written without spaces between words.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The range with its closing punctuation and the space behind it, if the phrase stands as a
/// sentence of its own: after the start or a sentence end, before the end or a capital.
fn own_sentence(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let before = text[..range.start].trim_end();
    let free = before
        .chars()
        .next_back()
        .is_none_or(|c| ends_sentence(c) || matches!(c, '"' | '»' | '”' | '’' | ')' | ']' | '|'));
    if !free {
        return None;
    }
    let rest = &text[range.end..];
    let after = rest.trim_start_matches([':', '.', '!', '…', ']', ')', '|', ' ', '\u{a0}', '\n']);
    let closes = after
        .chars()
        .next()
        .is_none_or(|c| !c.is_lowercase() && (after.len() < rest.len() || is_unspaced(c)));
    let open = text[..range.start].trim_end_matches(['[', '(', '|']).len();
    closes.then(|| open..text.len() - after.len())
}

/// Whether `c` ends a sentence.
pub fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।'
    )
}
