//! Regular expressions of rules: checked when loaded, tried only on lines that pass their gate and
//! hold the words they require.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::analysis::{Analysis, Analyst, Anchor, Table};
use super::aside;
use super::classes::WORDS;
use super::compile::Scratch;
use super::filter::{LENGTHS, Runs, first_items};
use super::gates::{Endings, Gate, Look};
use super::heads::{Found, Side};
use super::items::{Ends, run_of};
use super::open::{Entry, Open};
use super::pack::Rule;
use super::schema::Matchers;
use super::words::Words;
use crate::decision::Field;
use crate::error::{Error, ErrorKind, Result};

/// Bound on the compiled size of a pattern: Unicode classes in counted repeats grow large.
const REGEX_BYTES: usize = 64 << 20;

/// What the build script found out about the patterns of the built-in packs.
static BUILTIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtin_patterns.bin"));

/// Regular expressions, compiled when first tried.
#[derive(Debug)]
pub(super) struct Patterns {
    /// What they match.
    pub anchor: Anchor,
    pub each: Vec<Pattern>,
    /// Their gates, close together.
    gates: Vec<Gate>,
    /// The first pattern for long lines; those for short ones come before.
    first_long: usize,
    /// Patterns by the heads of the lines they match, and by their tails.
    heads: Runs,
    tails: Runs,
    /// Patterns of lines that may begin and end with anything.
    open: Open,
    /// Patterns of what stands in brackets at the end.
    asides: Vec<usize>,
    /// How these end.
    aside_ends: Endings,
}

#[derive(Debug)]
pub(super) struct Pattern {
    pub rule: usize,
    /// Whether it has groups that fill fields.
    pub has_fields: bool,
    text: String,
    /// Whether the pattern is known by heads or tails.
    headed: bool,
    /// What lines have at the other side, if the pattern is known by one.
    far: Option<Far>,
    /// The words of which a match holds one; none if it may hold anything.
    words: Words,
    regex: OnceLock<Option<Regex>>,
}

/// What the lines of a pattern have at the side by which it is not known.
#[derive(Debug)]
struct Far {
    /// The side by which it is known.
    near: Side,
    runs: Vec<u64>,
    but_signs: bool,
}

impl Far {
    fn new(near: Side, found: &Found) -> Self {
        let mut runs: Vec<u64> = found.heads.iter().map(|head| run_of(head)).collect();
        runs.sort_unstable();
        Self {
            near,
            runs,
            but_signs: found.but_signs,
        }
    }

    /// Whether a line has it.
    fn is_in(&self, line: &Look, ends: &Ends) -> bool {
        let (items, class) = match self.near {
            Side::Start => (ends.tail(), line.last),
            Side::End => (ends.head(), line.first),
        };
        let mut runs = LENGTHS.iter().filter_map(|&len| first_items(items, len));
        ends.odd()
            || self.but_signs && class & WORDS == 0
            || runs.any(|run| self.runs.binary_search(&run).is_ok())
    }
}

impl Patterns {
    pub(super) fn new(
        rules: &[Rule],
        anchor: Anchor,
        list: impl Fn(&Matchers) -> &[String],
    ) -> Result<Self> {
        let (mut each, mut gates): (Vec<Pattern>, Vec<Gate>) = Default::default();
        let (mut open, mut lists) = (Vec::new(), Vec::new());
        let (table, analyst) = (Table::new(BUILTIN), Analyst::default());
        let (mut heads, mut tails) = (Vec::new(), Vec::new());
        let (mut asides, mut aside_ends) = (Vec::new(), Endings::default());
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
            let known = table.get(pattern, anchor);
            let known = known.map_or_else(|| analyst.analyse(pattern, anchor), Ok);
            let Analysis {
                gate,
                aside,
                known_by,
                far,
                words,
                groups,
            } = check(&rules[rule], pattern, known)?;
            let found = known_by.filter(|_| !aside);
            let text = match anchor {
                Anchor::Line => format!("^(?:{pattern})$"),
                Anchor::Tail => format!("(?:{pattern})$"),
            };
            let headed = found.is_some();
            let side = found.as_ref().map(|(side, _)| *side);
            if aside {
                asides.push(each.len());
                aside_ends.add(&gate);
            } else if found.as_ref().is_none_or(|(_, found)| found.but_signs) {
                open.push((gate, side, each.len()));
            }
            for (side, head) in found
                .into_iter()
                .flat_map(|(side, found)| found.heads.into_iter().map(move |head| (side, head)))
            {
                let index = match side {
                    Side::Start => &mut heads,
                    Side::End => &mut tails,
                };
                index.push((run_of(&head), each.len()));
            }
            let known = Words::new(&words);
            gates.push(gate);
            lists.push(words);
            each.push(Pattern {
                rule,
                has_fields: !groups.is_empty(),
                text,
                headed,
                far: side.zip(far).map(|(side, far)| Far::new(side, &far)),
                words: known,
                regex: OnceLock::new(),
            });
        }
        let entry = |&(gate, side, at): &(Gate, Option<Side>, usize)| Entry {
            at,
            gate,
            side,
            words: &lists[at],
        };
        Ok(Self {
            anchor,
            open: Open::new(&open.iter().map(entry).collect::<Vec<_>>()),
            heads: Runs::new(heads),
            tails: Runs::new(tails),
            aside_ends,
            asides,
            each,
            gates,
            first_long,
        })
    }

    /// Puts the patterns that can match a line into `scratch.tried`, ascending; `ends` are those of
    /// the line, and `long` leaves out the patterns for short lines.
    pub(super) fn worth_trying(
        &self,
        text: &str,
        look: &Look,
        ends: &Ends,
        long: bool,
        scratch: &mut Scratch,
    ) {
        let first = if long { self.first_long } else { 0 };
        let mut tried = std::mem::take(&mut scratch.tried);
        tried.clear();
        let mut worded = false;
        // Those that pass and whose words the line has the letters for.
        let mut add = |at: usize| {
            let Pattern { words, far, .. } = &self.each[at];
            let has_far = || far.as_ref().is_none_or(|far| far.is_in(look, ends));
            if at >= first && words.may_be_of(look) && has_far() {
                worded |= !words.is_empty();
                tried.push(at);
            }
        };
        let mut add_passing = |at: usize| {
            if look.passes(&self.gates[at]) {
                add(at);
            }
        };
        if ends.odd() {
            let headed = (0..self.each.len()).filter(|&at| self.each[at].headed);
            headed.for_each(&mut add_passing);
        } else {
            self.heads.each(ends.head(), &mut add_passing);
            self.tails.each(ends.tail(), &mut add_passing);
        }
        let many = self.open.candidates(look, &mut add);
        scratch.tried = tried;
        if many {
            self.add_worded(text, look, first, scratch);
        }
        if worded || many {
            self.keep_worded(text, scratch);
        }
        self.add_asides(text, look, scratch);
        let tried = &mut scratch.tried;
        if tried.len() > 1 {
            tried.sort_unstable();
            tried.dedup();
        }
    }

    /// Adds the patterns of long lists that may have a word in `text`.
    fn add_worded(&self, text: &str, look: &Look, first: usize, scratch: &mut Scratch) {
        scratch.know_words(text);
        let Scratch { bytes, tried, .. } = scratch;
        let from = tried.len();
        self.open.worded(bytes, tried);
        let mut at = 0;
        tried.retain(|&pattern| {
            at += 1;
            at <= from || pattern >= first && look.passes(&self.gates[pattern])
        });
    }

    /// Leaves those of `scratch.tried` whose words `text` may hold.
    fn keep_worded(&self, text: &str, scratch: &mut Scratch) {
        scratch.know_words(text);
        let Scratch {
            tried,
            triples,
            bytes,
            ..
        } = scratch;
        tried.retain(|&at| self.each[at].words.may_be_in(bytes, triples));
    }

    /// Adds the patterns that may match what stands in brackets at the end of a line.
    fn add_asides(&self, line: &str, look: &Look, scratch: &mut Scratch) {
        if !self.aside_ends.meet(look) {
            return;
        }
        let Some(end) = aside::of_line(line) else {
            return;
        };
        let look = Look::at(end);
        scratch.known = false;
        for &at in &self.asides {
            let words = &self.each[at].words;
            if look.passes(&self.gates[at]) && words.may_be_of(&look) {
                scratch.know_words(end);
                if words.may_be_in(&scratch.bytes, &scratch.triples) {
                    scratch.tried.push(at);
                }
            }
        }
        scratch.known = false;
    }

    pub(super) fn get(&self, at: usize) -> Option<&Regex> {
        let pattern = self.each.get(at)?;
        let compile = || compiled(&pattern.text).ok();
        pattern.regex.get_or_init(compile).as_ref()
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
fn check(
    rule: &Rule,
    pattern: &str,
    known: std::result::Result<Analysis, String>,
) -> Result<Analysis> {
    let fail = |cause: String, remedy: &str| {
        let line = rule.source.lines().position(|line| line.contains(pattern));
        Err(Error::new(ErrorKind::Rule, cause, remedy)
            .at(format!("{}.toml", rule.id))
            .on_line(line.map_or(1, |at| at + 1)))
    };
    let known = match known {
        Ok(known) => known,
        Err(cause) => {
            let remedy = "patterns use the syntax of the Rust crate `regex`";
            return fail(cause.replace('\n', " "), remedy);
        }
    };
    let unknown = |name: &&String| Field::from_name(name).is_none();
    match known.groups.iter().find(unknown) {
        Some(name) => fail(
            format!("the group `{name}` is no metadata field"),
            "name groups after fields (publisher, agency, credit …) or leave them unnamed",
        ),
        None => Ok(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RulePack;

    #[test]
    fn the_build_script_knows_what_would_be_found_out_now() {
        let (table, analyst) = (Table::new(BUILTIN), Analyst::default());
        let pack = RulePack::builtin().unwrap();
        let mut count = 0;
        for rule in pack.rules() {
            let matchers = &rule.file.matchers;
            for (list, anchor) in [
                (&matchers.regex, Anchor::Line),
                (&matchers.tail_regex, Anchor::Tail),
            ] {
                for pattern in list {
                    let now = analyst.analyse(pattern, anchor).unwrap();
                    assert_eq!(table.get(pattern, anchor), Some(now), "{pattern}");
                    count += 1;
                }
            }
        }
        assert!(count > 200, "{count}");
    }
}
