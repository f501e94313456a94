//! Phrases: tables of whole lines and of the ends of lines, one automaton over parts of lines, and
//! where a hit may stand.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;

use super::compile::{Hit, Scratch};
use super::filter::{Filter, Index, Runs, first_items, known_by};
use super::gates::Look;
use super::inside::Words;
use super::items::Ends;
use super::normalise::{fold_numbers, normalise};
use super::pack::Rule;
use super::schema::Matchers;
use crate::error::{Error, ErrorKind, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Start,
    End,
    Inside,
}

/// The phrases that are compared with whole lines or their ends, in normalised form.
#[derive(Debug)]
pub(super) struct Phrases {
    lines: FxHashMap<Box<str>, Vec<usize>>,
    /// Whole lines by both of their ends.
    whole: Index,
    parts: Vec<Part>,
    starts: Runs,
    ends: Runs,
    inside: Option<AhoCorasick>,
    /// What a line must hold for a pattern of `inside`.
    inside_words: Words,
    /// The part of each pattern of `inside`.
    inside_parts: Vec<usize>,
}

#[derive(Debug)]
struct Part {
    text: String,
    rule: usize,
    place: Where,
    max_chars: usize,
}

/// The phrases at one end of lines, by the hash of their first (or last) items.
fn anchored(parts: &[Part], place: Where) -> Runs {
    let of_place = parts.iter().enumerate().filter(|(_, p)| p.place == place);
    let entry = |(at, part): (usize, &Part)| {
        let ends = Ends::of_normal(&part.text);
        let items = match place {
            Where::End => ends.tail(),
            _ => ends.head(),
        };
        Some((first_items(items, known_by(ends.len()))?, at))
    };
    Runs::new(of_place.filter_map(entry).collect())
}

impl Phrases {
    /// The phrases of all rules.
    pub(super) fn new(rules: &[Rule]) -> Result<Self> {
        let mut lines: FxHashMap<Box<str>, Vec<usize>> = FxHashMap::default();
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        let mut key = String::new();
        for (index, rule) in rules.iter().enumerate() {
            let matchers = &rule.file.matchers;
            for phrase in &matchers.line {
                phrase_key(phrase, &mut key);
                whole.push((Ends::of_normal(&key).key(), index));
                let owners = lines.entry(key.as_str().into()).or_default();
                if !owners.contains(&index) {
                    owners.push(index);
                }
            }
            parts_of(matchers, index, &mut parts);
        }
        let inside = |at: &usize| parts[*at].place == Where::Inside;
        let inside: Vec<usize> = (0..parts.len()).filter(inside).collect();
        Ok(Self {
            lines,
            whole: Index::new(whole),
            starts: anchored(&parts, Where::Start),
            ends: anchored(&parts, Where::End),
            inside_words: Words::new(inside.iter().map(|&at| parts[at].text.as_str())),
            inside: automaton(inside.iter().map(|&at| &parts[at].text), false)?,
            inside_parts: inside,
            parts,
        })
    }

    /// Adds the rules whose phrases `line` is, begins or ends with or holds.
    pub(super) fn hits(
        &self,
        line: &str,
        look: Option<&Look>,
        ends: &Ends,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) {
        let Scratch {
            normal,
            folded,
            tried,
            ..
        } = scratch;
        // Most lines hold no phrase, and a few letters tell.
        tried.clear();
        self.starts.each(ends.head(), |at| tried.push(at));
        self.ends.each(ends.tail(), |at| tried.push(at));
        let is_like_one = !tried.is_empty() || !self.whole.get(ends.key()).is_empty();
        let inside = self.inside_words.may_be_in(line, look);
        if !is_like_one && !inside {
            return;
        }
        normalise(line, normal);
        if normal.is_empty() {
            return;
        }
        self.hits_of(normal, tried, inside, hits);
        if fold_numbers(normal, folded) {
            self.hits_of(folded, tried, inside, hits);
        }
    }

    /// Adds what `text` hits; `likely` are the phrases that it may begin or end with, and `inside` says
    /// whether it may hold one.
    fn hits_of(&self, text: &str, likely: &[usize], inside: bool, hits: &mut Vec<Hit>) {
        for &rule in self.lines.get(text).into_iter().flatten() {
            add_whole(rule, hits);
        }
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        for &at in likely {
            let Part { text: phrase, .. } = &self.parts[at];
            if self.parts[at].place == Where::Start && text.starts_with(phrase) {
                found.push((0..phrase.len(), at));
            } else if self.parts[at].place == Where::End && text.ends_with(phrase) {
                found.push((text.len() - phrase.len()..text.len(), at));
            }
        }
        let search = self.inside.iter().filter(|_| inside);
        for hit in search.flat_map(|all| all.find_overlapping_iter(text)) {
            found.push((hit.range(), self.inside_parts[hit.pattern().as_usize()]));
        }
        if found.is_empty() {
            return;
        }
        // In the order in which a reader finds them.
        found.sort_unstable_by_key(|(range, at)| (range.end, range.start, *at));
        let chars = text.chars().count();
        for (range, at) in found {
            let part = &self.parts[at];
            if chars <= part.max_chars && at_words(text, &range) {
                add_whole(part.rule, hits);
            }
        }
    }
}

/// The phrases of parts of lines that a rule has.
fn parts_of(matchers: &Matchers, rule: usize, parts: &mut Vec<Part>) {
    let lists = [
        (&matchers.start, Where::Start),
        (&matchers.end, Where::End),
        (&matchers.contains, Where::Inside),
    ];
    for (list, place) in lists {
        for phrase in list {
            let mut text = String::new();
            phrase_key(phrase, &mut text);
            if !text.is_empty() {
                parts.push(Part {
                    text,
                    rule,
                    place,
                    max_chars: matchers.max_chars.unwrap_or(Matchers::MAX_CHARS),
                });
            }
        }
    }
}

/// An automaton over phrases; `None` where there are none.
fn automaton(
    phrases: impl Iterator<Item = impl AsRef<[u8]>>,
    ignore_case: bool,
) -> Result<Option<AhoCorasick>> {
    let mut phrases = phrases.peekable();
    if phrases.peek().is_none() {
        return Ok(None);
    }
    let built = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(ignore_case)
        .build(phrases);
    built.map(Some).map_err(|error| {
        let remedy = "the packs hold too many phrases: split them";
        Error::new(ErrorKind::Rule, error, remedy)
    })
}

fn add_whole(rule: usize, hits: &mut Vec<Hit>) {
    let same = |hit: &Hit| hit.rule == rule && hit.part.is_none();
    if !hits.iter().any(same) {
        hits.push(Hit {
            rule,
            part: None,
            fields: Vec::new(),
        });
    }
}

/// Bytes that are looked at together.
const GRAM: usize = 8;

/// Phrases inside paragraphs, as they are written.
#[derive(Debug)]
pub(super) struct Inline {
    search: Option<AhoCorasick>,
    owners: Vec<usize>,
    /// The grams of all phrases.
    grams: Filter,
    /// Of so many grams in a row, one at least is looked at; 0 where phrases are too short.
    step: usize,
}

impl Inline {
    pub(super) fn new(rules: &[Rule]) -> Result<Self> {
        let (mut owners, mut texts) = (Vec::new(), Vec::new());
        for (index, rule) in rules.iter().enumerate() {
            for text in rule.file.matchers.inline.iter().flat_map(|p| spellings(p)) {
                owners.push(index);
                texts.push(text);
            }
        }
        let grams = |text: &String| text.as_bytes().windows(GRAM).map(gram).collect::<Vec<_>>();
        let hashes: Vec<u64> = texts.iter().flat_map(grams).collect();
        let shortest = texts.iter().map(String::len).min().unwrap_or(0);
        Ok(Self {
            search: automaton(texts.iter(), true)?,
            owners,
            grams: Filter::new(&hashes),
            step: (shortest + 1).saturating_sub(GRAM),
        })
    }

    /// Whether `text` may hold a phrase: every phrase covers one of the places that are looked at.
    pub(super) fn may_hit(&self, text: &str) -> bool {
        if self.search.is_none() || self.step == 0 {
            return self.search.is_some();
        }
        let mut rest = text.as_bytes();
        while let Some(next) = rest.first_chunk() {
            if self.grams.may_have(folded_gram(*next)) {
                return true;
            }
            rest = rest.get(self.step..).unwrap_or_default();
        }
        false
    }

    pub(super) fn hits(&self, line: &str, hits: &mut Vec<Hit>) {
        if !self.may_hit(line) {
            return;
        }
        for found in self
            .search
            .iter()
            .flat_map(|all| all.find_overlapping_iter(line))
        {
            let Some(part) = own_sentence(line, found.range()) else {
                continue;
            };
            let hit = Hit {
                rule: self.owners[found.pattern().as_usize()],
                part: (part.len() < line.trim().len()).then_some(part),
                fields: Vec::new(),
            };
            if !hits.contains(&hit) {
                hits.push(hit);
            }
        }
    }
}

/// A few bytes as a number, the same for both cases of ASCII letters.
fn gram(bytes: &[u8]) -> u64 {
    folded_gram(bytes.first_chunk().copied().unwrap_or([0; GRAM]))
}

#[inline]
fn folded_gram(bytes: [u8; GRAM]) -> u64 {
    u64::from_le_bytes(bytes) | 0x2020_2020_2020_2020
}

/// The key of a phrase in the tables: normalised, `{n}` as the folded number.
fn phrase_key(phrase: &str, key: &mut String) {
    if phrase.contains("{n}") {
        let mut normal = String::new();
        normalise(&phrase.replace("{n}", "0"), &mut normal);
        fold_numbers(&normal, key);
    } else {
        normalise(phrase, key);
    }
}

/// An inline phrase as it may be typed: both apostrophes, first letter small or capital.
fn spellings(phrase: &str) -> impl Iterator<Item = String> {
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

fn at_words(text: &str, range: &Range<usize>) -> bool {
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
#[inline]
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
#[inline]
pub fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।'
    )
}
