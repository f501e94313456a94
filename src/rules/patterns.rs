//! Regular expressions of rules: checked when loaded, tried only on lines that pass their gate and
//! hold the words they require.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};

use super::compile::Scratch;
use super::filter::Index;
use super::gates::{Classes, Gate, classes, first_class, last_class};
use super::heads::Heads;
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

/// Looking for words in so many bytes costs about what it costs to try a pattern.
const BYTES_PER_TRY: usize = 32;

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
    anchor: Anchor,
    /// Patterns by the heads of the lines they match.
    heads: Index,
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
        let opens = |pattern: &Pattern| {
            !pattern.headed
                && match anchor {
                    Anchor::Line => pattern.gate.first >> class & 1 != 0,
                    Anchor::Tail => pattern.gate.last >> class & 1 != 0,
                }
        };
        let of_class = || {
            each.iter()
                .enumerate()
                .filter(|(_, pattern)| opens(pattern))
        };
        let many = of_class().count() > FEW;
        let listed = of_class().filter(|(_, pattern)| !many || !pattern.worded);
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
    /// Whether the pattern stands in the index of heads.
    headed: bool,
    /// Whether the pattern requires one of the words.
    worded: bool,
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

/// The words that patterns require: of each one at least.
#[derive(Debug, Default)]
struct Words {
    list: Vec<String>,
    /// The pattern of each word.
    owners: Vec<usize>,
    search: OnceLock<Option<AhoCorasick>>,
}

impl Patterns {
    pub(super) fn new(
        rules: &[Rule],
        anchor: Anchor,
        list: impl Fn(&Matchers) -> Option<&Vec<String>>,
    ) -> Result<Self> {
        let mut each: Vec<Pattern> = Vec::new();
        let mut words = Words::default();
        let (finder, mut heads) = (Heads::default(), Vec::new());
        for (rule, pattern) in rules.iter().enumerate().flat_map(|(index, rule)| {
            let patterns = list(&rule.file.matchers).into_iter().flatten();
            patterns.map(move |pattern| (index, pattern))
        }) {
            let parsed = check(&rules[rule], pattern)?;
            let required = required(&parsed);
            let worded = required.is_some();
            for word in required.into_iter().flatten() {
                words.owners.push(each.len());
                words.list.push(word);
            }
            let (text, gate) = match anchor {
                Anchor::Line => (format!("^(?:{pattern})$"), Gate::of(&parsed)),
                Anchor::Tail => (format!("(?:{pattern})$"), Gate::of_tail(&parsed)),
            };
            let own = match anchor {
                Anchor::Line => finder.of(&parsed),
                Anchor::Tail => None,
            };
            let headed = own.is_some();
            let own = own.into_iter().flatten();
            heads.extend(own.map(|head| (head.len(), hash_of(&head), each.len())));
            each.push(Pattern {
                rule,
                text,
                gate,
                headed,
                worded,
                regex: OnceLock::new(),
            });
        }
        let by_class = |class| Candidates::new(&each, anchor, class);
        Ok(Self {
            gates: (0..64).map(by_class).collect(),
            heads: Index::new(heads),
            each,
            anchor,
            words,
        })
    }

    /// Puts the patterns that can match `text` into `scratch.tried`, ascending; `ends` are those of
    /// a text that starts like it.
    pub(super) fn worth_trying(&self, text: &str, ends: &Ends, scratch: &mut Scratch) {
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
            tried.extend((0..self.each.len()).filter(|&at| self.each[at].headed));
        } else {
            for hash in self.heads.lens().filter_map(|len| ends.head(len)) {
                tried.extend_from_slice(self.heads.get(hash));
            }
        }
        if tried.is_empty() && list.few.is_empty() && !list.many {
            return;
        }
        let classes = classes(text);
        tried.retain(|&at| line.passes(&self.each[at].gate, classes));
        let open = list
            .few
            .iter()
            .filter(|(gate, _)| line.passes(gate, classes));
        tried.extend(open.map(|(_, at)| *at));
        if list.many || tried.len() > 1 + text.len() / BYTES_PER_TRY {
            self.find_worded(text, scratch);
            let Scratch { tried, worded, .. } = scratch;
            tried.retain(|at| !self.each[*at].worded || worded.binary_search(at).is_ok());
            let more = worded
                .iter()
                .filter(|at| list.many && !self.each[**at].headed);
            tried.extend(more.filter(|at| line.passes(&self.each[**at].gate, classes)));
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
        lower.clear();
        if text.is_ascii() {
            lower.push_str(text);
            lower.make_ascii_lowercase();
        } else {
            lower.extend(text.chars().flat_map(literals::lower));
        }
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

impl Words {
    fn search(&self) -> Option<&AhoCorasick> {
        // It fails only where the words fill more than memory has addresses for.
        let build = || AhoCorasick::new(&self.list).ok();
        self.search.get_or_init(build).as_ref()
    }
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
