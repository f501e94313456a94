//! All rules compiled together, so that many rules cost about what a few do: what a line begins
//! and ends with tells which phrases may match, its characters tell which patterns.

use std::cell::RefCell;
use std::ops::Range;

use regex::{Captures, Regex};

use super::analysis::Anchor;
use super::gates::Look;
use super::grams::bytes_of;
use super::items::Ends;
use super::pack::{Rule, RulePack};
use super::patterns::{LONG_CHARS, Patterns};
use super::phrases::{Inline, Phrases};
use super::schema::Matchers;
use super::seen::{Id, Seen, Short};
use super::site::{Selectors, host_of};
use super::words::Triples;
use crate::decision::Field;
use crate::error::Result;

/// Lines with more bytes have too many characters for a `regex`.
const MAX_REGEX_BYTES: usize = Matchers::MAX_REGEX_CHARS * 4 + 1;
/// Longest tail, in bytes, that a `tail_regex` is tried on.
const TAIL_BYTES: usize = 300;

/// What a rule found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index into [`RuleSet::rules`].
    pub rule: usize,
    /// Bytes of the line that the rule speaks of; `None` is the whole line.
    pub part: Option<Range<usize>>,
    /// Bytes of the line that fill a field.
    pub fields: Vec<(Field, Range<usize>)>,
}

/// Buffers that a thread reuses from line to line.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) normal: String,
    pub(super) folded: String,
    /// The line with a byte per character and what it holds, once they are known.
    pub(super) bytes: Vec<u8>,
    pub(super) triples: Triples,
    pub(super) known: bool,
    pub(super) tried: Vec<usize>,
    seen: Seen,
}

/// Most bytes of a buffer that a thread keeps.
const KEPT_BYTES: usize = 1 << 16;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Scratch {
    /// Calls `work` with the buffers of this thread.
    pub fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => {
                let result = work(&mut scratch);
                scratch.normal.shrink_to(KEPT_BYTES);
                scratch.folded.shrink_to(KEPT_BYTES);
                result
            }
            Err(_) => work(&mut Self::default()),
        })
    }

    /// Finds out which words `text` may hold, unless that is known of a line that it ends.
    pub(super) fn know_words(&mut self, text: &str) {
        if !self.known {
            bytes_of(text, &mut self.bytes);
            self.triples.take(&self.bytes);
            self.known = true;
        }
    }
}

/// The rules of all packs, compiled.
#[derive(Debug)]
pub struct RuleSet {
    id: Id,
    rules: Vec<Rule>,
    hash: String,
    phrases: Phrases,
    inline: Inline,
    whole: Patterns,
    tail: Patterns,
    longest: usize,
    selectors: Selectors,
    /// Per rule the number of its pack.
    packs: Vec<usize>,
    /// Per rule whether it is of one site.
    sited: Vec<bool>,
}

impl RuleSet {
    /// Compiles the rules of `pack`.
    ///
    /// # Errors
    /// A regular expression that does not compile or names an unknown field, with the rule.
    pub fn compile(pack: &RulePack) -> Result<Self> {
        let rules = pack.rules().to_vec();
        let longest = rules
            .iter()
            .map(|rule| rule.file.matchers.max_chars.unwrap_or(Matchers::MAX_CHARS))
            .max()
            .unwrap_or(0);
        Ok(Self {
            id: Id::next(),
            hash: pack.hash(),
            phrases: Phrases::new(&rules)?,
            inline: Inline::new(&rules)?,
            whole: Patterns::new(&rules, Anchor::Line, |m| &m.regex)?,
            tail: Patterns::new(&rules, Anchor::Tail, |m| &m.tail_regex)?,
            longest,
            selectors: Selectors::compile(&rules)?,
            packs: packs(&rules),
            sited: rules
                .iter()
                .map(|rule| host_of(&rule.id).is_some())
                .collect(),
            rules,
        })
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Per rule a number of its pack (the first part of an id: `fr`, `core`), below their count.
    pub(crate) fn packs(&self) -> &[usize] {
        &self.packs
    }

    /// Whether a rule is of one site; others speak everywhere.
    pub(crate) fn is_sited(&self, rule: usize) -> bool {
        self.sited.get(rule).copied().unwrap_or(false)
    }

    /// The selectors for pages of `host`, each with the index of its rule.
    pub fn selectors(&self, host: &str) -> impl Iterator<Item = &(usize, scraper::Selector)> {
        self.selectors.of(host)
    }

    /// The hash of the pack, see [`RulePack::hash`].
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Everything the rules find in `line` (the text of a block; may be long), put into the empty
    /// list `hits` in order of the rules' ids within each matcher. Gives a number that is the same
    /// for all lines that are the same once normalised.
    pub fn hits(&self, line: &str, scratch: &mut Scratch, hits: &mut Vec<Hit>) -> u64 {
        let Some(short) = Short::of(line) else {
            return self.find(line, scratch, hits);
        };
        if let Some(key) = scratch.seen.recall(self.id, &short, hits) {
            return key;
        }
        let key = self.find(line, scratch, hits);
        scratch.seen.remember(short, key, hits);
        key
    }

    /// The same, whether the line was seen before or not.
    fn find(&self, line: &str, scratch: &mut Scratch, hits: &mut Vec<Hit>) -> u64 {
        let from = line.len() - line.trim_start().len();
        let trimmed = line[from..].trim_end();
        let ends = Ends::of(trimmed, &mut scratch.normal);
        let chars = match trimmed.len() {
            // Few bytes are few characters, and very many are many.
            len @ (..=LONG_CHARS | MAX_REGEX_BYTES..) => len,
            _ => trimmed.chars().count(),
        };
        let look = (chars <= Matchers::MAX_REGEX_CHARS).then(|| Look::at(trimmed));
        if trimmed.len() <= self.longest * 4 {
            self.phrases
                .hits(trimmed, look.as_ref(), &ends, scratch, hits);
        }
        self.inline.hits(line, hits);
        let whole = from..from + trimmed.len();
        scratch.known = false;
        if let Some(look) = &look {
            self.whole
                .worth_trying(trimmed, look, &ends, chars > LONG_CHARS, scratch);
            self.pattern_hits(&self.whole, trimmed, &whole, scratch, hits);
        }
        let start = ceil_boundary(trimmed, trimmed.len().saturating_sub(TAIL_BYTES));
        let tail = &trimmed[start..];
        // What is not in the line is not in its end.
        let look = look.unwrap_or_else(|| Look::at(tail));
        self.tail.worth_trying(tail, &look, &ends, false, scratch);
        self.pattern_hits(&self.tail, tail, &whole, scratch, hits);
        ends.key()
    }

    /// Runs the patterns that are worth trying on `text`, which is the end of the line's range
    /// `whole`.
    fn pattern_hits(
        &self,
        patterns: &Patterns,
        text: &str,
        whole: &Range<usize>,
        scratch: &Scratch,
        hits: &mut Vec<Hit>,
    ) {
        if scratch.tried.is_empty() {
            return;
        }
        let offset = whole.end - text.len();
        let chars = text.chars().count();
        for &at in &scratch.tried {
            let pattern = &patterns.each[at];
            let rule = pattern.rule;
            let max = self.rules[rule].file.matchers.max_chars;
            let Some(regex) = patterns.get(at) else {
                continue;
            };
            // Most tries fail, and asking for groups costs memory.
            if chars > max.unwrap_or(Matchers::MAX_REGEX_CHARS) || !regex.is_match(text) {
                continue;
            }
            let found = match (pattern.has_fields, patterns.anchor) {
                (true, _) => regex
                    .captures(text)
                    .map(|groups| with_fields(regex, &groups)),
                (false, Anchor::Line) => Some((0..text.len(), Vec::new())),
                (false, Anchor::Tail) => regex.find(text).map(|all| (all.range(), Vec::new())),
            };
            let Some((all, mut fields)) = found else {
                continue;
            };
            for (_, group) in &mut fields {
                *group = group.start + offset..group.end + offset;
            }
            let part = all.start + offset..all.end + offset;
            let part = (part != *whole).then_some(part);
            hits.push(Hit { rule, part, fields });
        }
    }
}

/// A match and its groups that fill fields, the empty ones left out.
fn with_fields(regex: &Regex, groups: &Captures<'_>) -> (Range<usize>, Vec<(Field, Range<usize>)>) {
    let field = |name| {
        let group = groups.name(name).filter(|group| !group.is_empty())?;
        Some((Field::from_name(name)?, group.range()))
    };
    let fields = regex.capture_names().flatten().filter_map(field);
    (groups.get_match().range(), fields.collect())
}

/// Per rule the number of its pack.
fn packs(rules: &[Rule]) -> Vec<usize> {
    let pack_of = |rule: &'_ Rule| rule.id.split('/').next().unwrap_or("").to_owned();
    let mut names: Vec<String> = rules.iter().map(pack_of).collect();
    names.sort_unstable();
    names.dedup();
    let number = |rule| names.binary_search(&pack_of(rule)).unwrap_or(0);
    rules.iter().map(number).collect()
}

fn ceil_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(matchers: &str, line: &str) -> Vec<Hit> {
        let text = format!(
            "summary = 's'\nwhy = 'w'\naction = 'drop'\nsafety = 'exact'\nmatch = {matchers}\n"
        );
        let pack = RulePack::single("t/ad/x.toml", &text).unwrap();
        let set = RuleSet::compile(&pack).unwrap();
        let mut found = Vec::new();
        set.hits(line, &mut Scratch::default(), &mut found);
        found
    }

    #[test]
    fn a_line_matches_whole_and_with_any_number() {
        let rule = "{ line = ['{n} Commentaires', 'Publicité'] }";
        assert_eq!(hits(rule, "— PUBLICITÉ —").len(), 1);
        assert_eq!(hits(rule, "1 234 commentaires").len(), 1);
        assert_eq!(hits(rule, "Publicité et politique").len(), 0);
    }

    #[test]
    fn parts_of_lines_need_word_boundaries_and_short_lines() {
        assert_eq!(
            hits("{ start = ['lire aussi'] }", "Lire aussi : un titre").len(),
            1
        );
        assert_eq!(
            hits("{ end = ['lire la suite'] }", "Un titre … Lire la suite »").len(),
            1
        );
        assert_eq!(hits("{ contains = ['cookie'] }", "Les cookies").len(), 0);
        let long = format!("Lire aussi {}", "mot ".repeat(60));
        assert_eq!(hits("{ start = ['lire aussi'] }", &long).len(), 0);
    }

    #[test]
    fn inline_phrases_are_cut_only_as_sentences() {
        let rule = "{ inline = [\"l'article continue après la publicité\"] }";
        let line = "Il est parti. L’article continue après la publicité Elle reste.";
        let part = hits(rule, line)[0].part.clone().unwrap();
        assert_eq!(&line[part], "L’article continue après la publicité ");
        assert_eq!(
            hits(
                rule,
                "Il lit : l'article continue après la publicité du jour."
            )
            .len(),
            0
        );
    }

    #[test]
    fn groups_of_a_pattern_fill_fields() {
        let line = " Le Matin avec AFP ";
        let found = hits("{ regex = ['(?<publisher>.+) avec (?<agency>AFP)'] }", line);
        assert_eq!(found[0].part, None);
        assert_eq!(&line[found[0].fields[0].1.clone()], "Le Matin");
        assert_eq!(&line[found[0].fields[1].1.clone()], "AFP");
        let tail = "Une rue (Photo : X)";
        let found = hits("{ tail_regex = ['\\(Photo : (?<credit>[^)]+)\\)'] }", tail);
        assert_eq!(&tail[found[0].part.clone().unwrap()], "(Photo : X)");
    }

    #[test]
    fn a_group_that_is_no_field_is_an_error() {
        let text =
            "summary='s'\nwhy='w'\naction='lift'\nsafety='exact'\nmatch={regex=['(?<autor>x)']}\n";
        let pack = RulePack::single("t/ad/x.toml", text).unwrap();
        let error = RuleSet::compile(&pack).unwrap_err();
        assert_eq!(error.line, Some(5));
        assert!(error.cause.contains("autor"));
    }
}
