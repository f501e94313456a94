//! Regular expressions of rules: checked when loaded, tried only on lines that pass their gate and
//! hold the words they require.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::analysis::{Analysis, Analyst, Anchor, Table};
use super::compile::Scratch;
use super::filter::Index;
use super::gates::{Gate, Look};
use super::heads::Side;
use super::items::{Ends, hash_of};
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
    pub each: Vec<Pattern>,
    /// The first pattern for long lines; those for short ones come before.
    first_long: usize,
    /// Patterns by the heads of the lines they match, and by their tails.
    heads: Index,
    tails: Index,
    /// Patterns of lines that may begin and end with anything.
    open: Open,
}

#[derive(Debug)]
pub(super) struct Pattern {
    pub rule: usize,
    text: String,
    gate: Gate,
    /// Whether the pattern is known by heads or tails.
    headed: bool,
    /// The words of which a match holds one; none if it may hold anything.
    words: Words,
    regex: OnceLock<Option<Regex>>,
}

impl Patterns {
    pub(super) fn new(
        rules: &[Rule],
        anchor: Anchor,
        list: impl Fn(&Matchers) -> &[String],
    ) -> Result<Self> {
        let mut each: Vec<Pattern> = Vec::new();
        let (mut open, mut lists) = (Vec::new(), Vec::new());
        let (table, analyst) = (Table::new(BUILTIN), Analyst::default());
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
            let known = table.get(pattern, anchor);
            let known = known.map_or_else(|| analyst.analyse(pattern, anchor), Ok);
            let Analysis {
                gate,
                known_by: found,
                words,
                ..
            } = check(&rules[rule], pattern, known)?;
            let text = match anchor {
                Anchor::Line => format!("^(?:{pattern})$"),
                Anchor::Tail => format!("(?:{pattern})$"),
            };
            let headed = found.is_some();
            let side = found.as_ref().map(|(side, _)| *side);
            if found.as_ref().is_none_or(|(_, found)| found.but_signs) {
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
                index.push((head.len(), hash_of(&head), each.len()));
            }
            let known = Words::new(&words);
            lists.push(words);
            each.push(Pattern {
                rule,
                text,
                gate,
                headed,
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
            open: Open::new(&open.iter().map(entry).collect::<Vec<_>>()),
            heads: Index::new(heads),
            tails: Index::new(tails),
            each,
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
        let opens = |at: &usize| *at >= first && look.passes(&self.each[*at].gate);
        let tried = &mut scratch.tried;
        tried.clear();
        if ends.odd() {
            tried.extend((0..self.each.len()).filter(|&at| self.each[at].headed));
        } else {
            self.heads.all_of(|len| ends.head(len), tried);
            self.tails.all_of(|len| ends.tail(len), tried);
        }
        tried.retain(opens);
        if self.open.candidates(look, tried) {
            scratch.know_words(text);
            let Scratch { bytes, tried, .. } = scratch;
            let from = tried.len();
            self.open.worded(bytes, tried);
            let mut at = 0;
            tried.retain(|pattern| {
                at += 1;
                at <= from || opens(pattern)
            });
        }
        let worded = |at: &usize| !self.each[*at].words.is_empty();
        if scratch.tried.iter().any(worded) {
            scratch.know_words(text);
            let Scratch {
                tried,
                triples,
                bytes,
                ..
            } = scratch;
            tried.retain(|at| self.each[*at].words.may_be_in(bytes, triples));
        }
        let tried = &mut scratch.tried;
        if tried.len() > 1 {
            tried.sort_unstable();
            tried.dedup();
        }
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
