//! Regular expressions of rules: checked when loaded, tried only on lines that hold the words they
//! require.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};

use super::compile::Scratch;
use super::literals::{self, required};
use super::pack::Rule;
use super::schema::Matchers;
use crate::decision::Field;
use crate::error::{Error, ErrorKind, Result};

/// Bound on the compiled size of a pattern: Unicode classes in counted repeats grow large.
const REGEX_BYTES: usize = 64 << 20;

/// Regular expressions, compiled when first tried.
#[derive(Debug)]
pub(super) struct Patterns {
    pub each: Vec<Pattern>,
    literals: Option<AhoCorasick>,
    owners: Vec<usize>,
    always: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Pattern {
    pub rule: usize,
    text: String,
    regex: OnceLock<Option<Regex>>,
}

impl Patterns {
    pub(super) fn new(
        rules: &[Rule],
        list: impl Fn(&Matchers) -> Option<&Vec<String>>,
        anchor: impl Fn(&str) -> String,
    ) -> Result<Self> {
        let mut each = Vec::new();
        let (mut literals, mut owners, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (rule, pattern) in rules.iter().enumerate().flat_map(|(index, rule)| {
            let patterns = list(&rule.file.matchers).into_iter().flatten();
            patterns.map(move |pattern| (index, pattern))
        }) {
            let parsed = check(&rules[rule], pattern)?;
            match required(&parsed) {
                Some(set) => {
                    owners.extend(set.iter().map(|_| each.len()));
                    literals.extend(set);
                }
                None => always.push(each.len()),
            }
            each.push(Pattern {
                rule,
                text: anchor(pattern),
                regex: OnceLock::new(),
            });
        }
        let literals = (!literals.is_empty()).then(|| AhoCorasick::new(&literals));
        let literals = literals.transpose().map_err(|error| {
            Error::new(
                ErrorKind::Rule,
                error,
                "the packs hold too many patterns: split them",
            )
        })?;
        Ok(Self {
            each,
            literals,
            owners,
            always,
        })
    }

    /// Puts the patterns that can match `text` into `scratch.tried`, ascending.
    pub(super) fn worth_trying(&self, text: &str, scratch: &mut Scratch) {
        let Scratch { lower, tried, .. } = scratch;
        lower.clear();
        if text.is_ascii() {
            lower.push_str(text);
            lower.make_ascii_lowercase();
        } else {
            lower.extend(text.chars().flat_map(literals::lower));
        }
        tried.clear();
        tried.extend_from_slice(&self.always);
        let found = self.literals.iter();
        for hit in found.flat_map(|literals| literals.find_overlapping_iter(lower.as_str())) {
            tried.push(self.owners[hit.pattern().as_usize()]);
        }
        tried.sort_unstable();
        tried.dedup();
    }

    pub(super) fn get(&self, at: usize) -> Option<&Regex> {
        let pattern = self.each.get(at)?;
        let compile = || compiled(&pattern.text).ok();
        pattern.regex.get_or_init(compile).as_ref()
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
