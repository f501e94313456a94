//! Regular expressions of rules: checked when loaded, tried only on lines that pass their gate and
//! hold the words they require.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};

use super::compile::Scratch;
use super::filter::Index;
use super::gates::{ALL, Classes, Gate, WORDS, classes, first_class, last_class};
use super::heads::{Found, Heads, Side};
use super::items::{Ends, hash_of};
use super::literals::{self, required};
use super::pack::Rule;
use super::schema::Matchers;
use crate::decision::Field;
use crate::error::{Error, ErrorKind, Result};

/// Bound on the compiled size of a pattern: Unicode classes in counted repeats grow large.
const REGEX_BYTES: usize = 64 << 20;

/// Longest list of patterns that is gone through for a line; beyond it the words that patterns
/// require are looked for first.
const FEW: usize = 256;

/// Most patterns whose words are looked for one pattern after the other.
const TRIES: usize = 16;

/// What a pattern must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The whole line.
    Line,
    /// The end of the line.
    Tail,
}

/// Regular expressions, compiled when first tried.
#[derive(Debug)]
pub(super) struct Patterns {
    pub each: Vec<Pattern>,
    /// The first pattern for long lines; those for short ones come before.
    first_long: usize,
    anchor: Anchor,
    /// Patterns by the heads of the lines they match, and by their tails.
    heads: Index,
    tails: Index,
    /// Patterns of lines that may begin with anything, by the class of the line's first (for tails its last) character.
    gates: Vec<Candidates>,
    words: Words,
}

/// The patterns of lines that begin (or end) with a character of one class.
#[derive(Debug)]
struct Candidates {
    /// Patterns whose gates are gone through for every line, ascending.
    few: Vec<(Gate, usize)>,
    /// Whether there are more, found by the words that they require.
    many: bool,
}

impl Candidates {
    fn new(each: &[Pattern], anchor: Anchor, class: u32) -> Self {
        // Lists are by the first character of lines, and by the last one of tails.
        let opens = |pattern: &Pattern| {
            let (side, ends) = match anchor {
                Anchor::Line => (Side::Start, pattern.gate.first),
                Anchor::Tail => (Side::End, pattern.gate.last),
            };
            let listed = match pattern.headed {
                None => ALL,
                Some((_, false)) => 0,
                Some((at, true)) if at == side => !WORDS,
                Some((_, true)) => ALL,
            };
            (ends & listed) >> class & 1 != 0
        };
        let of_class = || {
            each.iter()
                .enumerate()
                .filter(|(_, pattern)| opens(pattern))
        };
        let many = of_class().count() > FEW;
        let listed = of_class().filter(|(_, pattern)| !many || pattern.words.list.is_empty());
        Self {
            few: listed.map(|(at, pattern)| (pattern.gate, at)).collect(),
            many,
        }
    }
}

#[derive(Debug)]
pub(super) struct Pattern {
    pub rule: usize,
    text: String,
    gate: Gate,
    /// Whether the pattern is known by heads or tails, and if so whether lines that begin (end)
    /// with a sign may have none.
    headed: Option<(Side, bool)>,
    /// The words of which a match holds one; none if it may hold anything.
    words: Words,
    regex: OnceLock<Option<Regex>>,
}

/// What is seen of a line at once.
#[derive(Debug, Clone, Copy)]
struct Look {
    first: Classes,
    last: Classes,
    bytes: u32,
}

impl Look {
    fn at(text: &str) -> Self {
        Self {
            first: first_class(text),
            last: last_class(text),
            bytes: u32::try_from(text.len()).unwrap_or(u32::MAX),
        }
    }

    fn passes(&self, gate: &Gate, classes: Classes) -> bool {
        gate.first & self.first != 0
            && gate.last & self.last != 0
            && gate.opens(classes, self.bytes)
    }
}

/// Words that a pattern requires, or those of all patterns: of each pattern one at least.
#[derive(Debug, Default)]
struct Words {
    list: Vec<String>,
    /// Of the words of all patterns the pattern of each.
    owners: Vec<usize>,
    search: OnceLock<Option<AhoCorasick>>,
}

impl Patterns {
    pub(super) fn new(
        rules: &[Rule],
        anchor: Anchor,
        list: impl Fn(&Matchers) -> &[String],
    ) -> Result<Self> {
        let mut each: Vec<Pattern> = Vec::new();
        let mut words = Words::default();
        let finder = Heads::default();
        let (mut heads, mut tails) = (Vec::new(), Vec::new());
        let all = || {
            rules.iter().enumerate().flat_map(|(index, rule)| {
                let matchers = &rule.file.matchers;
                let patterns = list(matchers).iter();
                patterns.map(move |pattern| (index, pattern, for_long(matchers)))
            })
        };
        let short = all().filter(|(.., long)| !long);
        let first_long = short.clone().count();
        for (rule, pattern, _) in short.chain(all().filter(|(.., long)| *long)) {
            let parsed = check(&rules[rule], pattern)?;
            let own = Words {
                list: required(&parsed).unwrap_or_default(),
                ..Words::default()
            };
            for word in &own.list {
                words.owners.push(each.len());
                words.list.push(word.clone());
            }
            let (text, gate) = match anchor {
                Anchor::Line => (format!("^(?:{pattern})$"), Gate::of(&parsed)),
                Anchor::Tail => (format!("(?:{pattern})$"), Gate::of_tail(&parsed)),
            };
            let found = known_by(&finder, &parsed, anchor);
            let headed = found.as_ref().map(|(side, found)| (*side, found.but_signs));
            for (side, head) in found
                .into_iter()
                .flat_map(|(side, found)| found.heads.into_iter().map(move |head| (side, head)))
            {
                let index = match side {
                    Side::Start => &mut heads,
                    Side::End => &mut tails,
                };
                index.push((head.len(), hash_of(&head), each.len()));
            }
            each.push(Pattern {
                rule,
                text,
                gate,
                headed,
                words: own,
                regex: OnceLock::new(),
            });
        }
        let by_class = |class| Candidates::new(&each, anchor, class);
        Ok(Self {
            gates: (0..64).map(by_class).collect(),
            heads: Index::new(heads),
            tails: Index::new(tails),
            each,
            first_long,
            anchor,
            words,
        })
    }

    /// Puts the patterns that can match `text` into `scratch.tried`, ascending; `ends` are those of
    /// the line, and `long` leaves out the patterns for short lines.
    pub(super) fn worth_trying(&self, text: &str, ends: &Ends, long: bool, scratch: &mut Scratch) {
        let tried = &mut scratch.tried;
        tried.clear();
        let line = Look::at(text);
        let key = match self.anchor {
            Anchor::Line => line.first,
            Anchor::Tail => line.last,
        };
        let Some(list) = self.gates.get(key.trailing_zeros() as usize) else {
            return;
        };
        if ends.odd() {
            tried.extend((0..self.each.len()).filter(|&at| self.each[at].headed.is_some()));
        } else {
            for hash in self.heads.lens().filter_map(|len| ends.head(len)) {
                tried.extend_from_slice(self.heads.get(hash));
            }
            for hash in self.tails.lens().filter_map(|len| ends.tail(len)) {
                tried.extend_from_slice(self.tails.get(hash));
            }
        }
        if tried.is_empty() && list.few.is_empty() && !list.many {
            return;
        }
        let classes = classes(text);
        let first = if long { self.first_long } else { 0 };
        tried.retain(|&at| at >= first && line.passes(&self.each[at].gate, classes));
        let open = list
            .few
            .iter()
            .filter(|(gate, at)| *at >= first && line.passes(gate, classes));
        tried.extend(open.map(|(_, at)| *at));
        let worded = |at: &usize| !self.each[*at].words.list.is_empty();
        if !list.many && !tried.iter().any(worded) {
            // Most lines.
        } else if list.many || tried.len() > TRIES {
            self.find_worded(text, scratch);
            let Scratch { tried, worded, .. } = scratch;
            let has_word = |at: &usize| worded.binary_search(at).is_ok();
            tried.retain(|at| self.each[*at].words.list.is_empty() || has_word(at));
            let more = worded.iter().copied().filter(|_| list.many);
            let opens = |at: &usize| *at >= first && line.passes(&self.each[*at].gate, classes);
            tried.extend(more.filter(opens));
        } else {
            lower_case(text, &mut scratch.lower);
            let lower = scratch.lower.as_str();
            let has_word = |words: &Words| words.search().is_none_or(|all| all.is_match(lower));
            scratch.tried.retain(|at| has_word(&self.each[*at].words));
        }
        if scratch.tried.len() > 1 {
            scratch.tried.sort_unstable();
            scratch.tried.dedup();
        }
    }

    /// Puts the patterns of which `text` holds a word into `scratch.worded`, ascending.
    fn find_worded(&self, text: &str, scratch: &mut Scratch) {
        let Scratch { lower, worded, .. } = scratch;
        worded.clear();
        let Some(search) = self.words.search() else {
            return;
        };
        lower_case(text, lower);
        let found = search.find_overlapping_iter(lower.as_str());
        worded.extend(found.map(|hit| self.words.owners[hit.pattern().as_usize()]));
        worded.sort_unstable();
        worded.dedup();
    }

    pub(super) fn get(&self, at: usize) -> Option<&Regex> {
        let pattern = self.each.get(at)?;
        let compile = || compiled(&pattern.text).ok();
        pattern.regex.get_or_init(compile).as_ref()
    }
}

/// Writes `text` in lower case into `lower`.
fn lower_case(text: &str, lower: &mut String) {
    lower.clear();
    if text.is_ascii() {
        lower.push_str(text);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(text.chars().flat_map(literals::lower));
    }
}

/// The side by which lines are told best that a pattern may match, and what they have there.
fn known_by(
    finder: &Heads,
    parsed: &regex_syntax::hir::Hir,
    anchor: Anchor,
) -> Option<(Side, Found)> {
    let sides = match anchor {
        Anchor::Line => [Side::Start, Side::End].as_slice(),
        Anchor::Tail => &[Side::End],
    };
    let found = sides
        .iter()
        .filter_map(|&side| Some((side, finder.of(parsed, side)?)));
    found.min_by_key(|(_, found)| found.but_signs)
}

impl Words {
    /// The search for all of them; `None` where there are none.
    fn search(&self) -> Option<&AhoCorasick> {
        if self.list.is_empty() {
            return None;
        }
        // It fails only where the words fill more than memory has addresses for.
        let build = || AhoCorasick::new(&self.list).ok();
        self.search.get_or_init(build).as_ref()
    }
}

/// Characters from which on a line is long.
pub(super) const LONG_CHARS: usize = 160;

/// Whether the regular expressions of a rule are meant for long lines as well; most are not, and
/// prose is long.
fn for_long(matchers: &Matchers) -> bool {
    matchers.max_chars.is_none_or(|max| max > LONG_CHARS)
}

/// A pattern as it is run; `rules lint` finds those that are too large for it.
pub(super) fn compiled(pattern: &str) -> std::result::Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(REGEX_BYTES).build()
}

/// Rejects a pattern that does not compile or has a group that is no field.
fn check(rule: &Rule, pattern: &str) -> Result<regex_syntax::hir::Hir> {
    let fail = |cause: String, remedy: &str| {
        let line = rule.source.lines().position(|line| line.contains(pattern));
        Err(Error::new(ErrorKind::Rule, cause, remedy)
            .at(format!("{}.toml", rule.id))
            .on_line(line.map_or(1, |at| at + 1)))
    };
    let parsed = match regex_syntax::parse(pattern) {
        Ok(parsed) => parsed,
        Err(error) => {
            let cause = error.to_string().replace('\n', " ");
            return fail(cause, "patterns use the syntax of the Rust crate `regex`");
        }
    };
    let unknown = |name: &&str| Field::from_name(name).is_none();
    let unknown = group_names(&parsed).find(unknown).map(str::to_owned);
    match unknown {
        Some(name) => fail(
            format!("the group `{name}` is no metadata field"),
            "name groups after fields (publisher, agency, credit …) or leave them unnamed",
        ),
        None => Ok(parsed),
    }
}

fn group_names(hir: &regex_syntax::hir::Hir) -> impl Iterator<Item = &str> {
    use regex_syntax::hir::HirKind;
    let mut open = vec![hir];
    std::iter::from_fn(move || {
        while let Some(hir) = open.pop() {
            match hir.kind() {
                HirKind::Capture(capture) => {
                    open.push(&capture.sub);
                    if let Some(name) = capture.name.as_deref() {
                        return Some(name);
                    }
                }
                HirKind::Repetition(repetition) => open.push(&repetition.sub),
                HirKind::Concat(subs) | HirKind::Alternation(subs) => open.extend(subs),
                _ => {}
            }
        }
        None
    })
}
