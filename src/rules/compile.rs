//! All rules compiled together: one hash table for whole lines, one automaton for parts of
//! lines, one set for regular expressions, so that many rules cost about what a few do.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use rustc_hash::FxHashMap;

use super::literals::required;
use super::normalise::{fold_numbers, normalise};
use super::pack::{Rule, RulePack};
use super::schema::Matchers;
use crate::decision::Field;
use crate::error::{Error, ErrorKind, Result};

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
    normal: String,
    folded: String,
    lower: String,
    tried: Vec<usize>,
}

/// The rules of all packs, compiled.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Rule>,
    hash: String,
    lines: FxHashMap<Box<str>, Vec<usize>>,
    parts: Automaton,
    inline: Automaton,
    whole: Patterns,
    tail: Patterns,
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Start,
    End,
    Inside,
}

#[derive(Debug)]
struct Automaton {
    search: Option<AhoCorasick>,
    owners: Vec<(usize, Where)>,
}

/// Regular expressions, compiled when first tried.
#[derive(Debug)]
struct Patterns {
    each: Vec<Pattern>,
    literals: Option<AhoCorasick>,
    owners: Vec<usize>,
    always: Vec<usize>,
}

#[derive(Debug)]
struct Pattern {
    rule: usize,
    text: String,
    regex: OnceLock<Option<Regex>>,
}

impl RuleSet {
    /// Compiles the rules of `pack`.
    ///
    /// # Errors
    /// A regular expression that does not compile or names an unknown field, with the rule.
    pub fn compile(pack: &RulePack) -> Result<Self> {
        let rules = pack.rules().to_vec();
        let mut lines: FxHashMap<Box<str>, Vec<usize>> = FxHashMap::default();
        let (mut parts, mut inline) = (Vec::new(), Vec::new());
        let mut key = String::new();
        for (index, rule) in rules.iter().enumerate() {
            let matchers = &rule.file.matchers;
            for phrase in &matchers.line {
                phrase_key(phrase, &mut key);
                let owners = lines.entry(key.as_str().into()).or_default();
                if !owners.contains(&index) {
                    owners.push(index);
                }
            }
            let ends = [
                (&matchers.start, Where::Start),
                (&matchers.end, Where::End),
                (&matchers.contains, Where::Inside),
            ];
            for (phrases, place) in ends {
                for phrase in phrases {
                    phrase_key(phrase, &mut key);
                    parts.push((key.clone(), index, place));
                }
            }
            for phrase in &matchers.inline {
                inline.extend(spellings(phrase).map(|text| (text, index, Where::Inside)));
            }
        }
        let longest = rules
            .iter()
            .map(|rule| rule.file.matchers.max_chars.unwrap_or(Matchers::MAX_CHARS))
            .max()
            .unwrap_or(0);
        Ok(Self {
            hash: pack.hash(),
            lines,
            parts: Automaton::new(parts)?,
            inline: Automaton::new(inline)?,
            whole: Patterns::new(&rules, |m| &m.regex, |p| format!("^(?:{p})$"))?,
            tail: Patterns::new(&rules, |m| &m.tail_regex, |p| format!("(?:{p})$"))?,
            longest,
            rules,
        })
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The hash of the pack, see [`RulePack::hash`].
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Everything the rules find in `line` (the text of a block; may be long), put into the empty
    /// list `hits` in order of the rules' ids within each matcher.
    pub fn hits(&self, line: &str, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let from = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        if trimmed.len() <= self.longest * 4 {
            self.phrase_hits(trimmed, scratch, hits);
        }
        self.inline.inline_hits(line, hits);
        let whole = |at: usize, len: usize| (at, len) == (from, trimmed.len());
        if trimmed.len() <= Matchers::MAX_REGEX_CHARS * 4 {
            self.pattern_hits(&self.whole, trimmed, from, scratch, hits, &whole);
        }
        let start = ceil_boundary(trimmed, trimmed.len().saturating_sub(TAIL_BYTES));
        let (tail, start) = (&trimmed[start..], from + start);
        self.pattern_hits(&self.tail, tail, start, scratch, hits, &whole);
    }

    fn phrase_hits(&self, line: &str, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let Scratch { normal, folded, .. } = scratch;
        normalise(line, normal);
        if normal.is_empty() {
            return;
        }
        let numbers = fold_numbers(normal, folded);
        for text in [Some(&*normal), numbers.then_some(&*folded)]
            .into_iter()
            .flatten()
        {
            for &rule in self.lines.get(text.as_str()).into_iter().flatten() {
                add_whole(rule, hits);
            }
            let chars = text.chars().count();
            self.parts.each(text, |rule, place, range| {
                let max = self.rules[rule].file.matchers.max_chars;
                let fits = match place {
                    Where::Start => range.start == 0,
                    Where::End => range.end == text.len(),
                    Where::Inside => true,
                };
                if fits && chars <= max.unwrap_or(Matchers::MAX_CHARS) && at_words(text, &range) {
                    add_whole(rule, hits);
                }
            });
        }
    }

    fn pattern_hits(
        &self,
        patterns: &Patterns,
        text: &str,
        offset: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
        whole: &dyn Fn(usize, usize) -> bool,
    ) {
        if patterns.each.is_empty() || text.is_empty() {
            return;
        }
        patterns.worth_trying(text, scratch);
        for &at in &scratch.tried {
            let Some(regex) = patterns.get(at) else {
                continue;
            };
            let rule = patterns.each[at].rule;
            let max = self.rules[rule].file.matchers.max_chars;
            if text.chars().count() > max.unwrap_or(Matchers::MAX_REGEX_CHARS) {
                continue;
            }
            let Some(captures) = regex.captures(text) else {
                continue;
            };
            let fields = regex
                .capture_names()
                .flatten()
                .filter_map(|name| {
                    let group = captures.name(name)?;
                    let range = group.start() + offset..group.end() + offset;
                    Some((Field::from_name(name)?, range))
                })
                .filter(|(_, range)| !range.is_empty())
                .collect();
            let all = captures.get_match();
            let part = all.start() + offset..all.end() + offset;
            let part = (!whole(part.start, part.len())).then_some(part);
            hits.push(Hit { rule, part, fields });
        }
    }
}

impl Automaton {
    fn new(entries: Vec<(String, usize, Where)>) -> Result<Self> {
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

    fn each(&self, text: &str, mut found: impl FnMut(usize, Where, Range<usize>)) {
        for hit in self
            .search
            .iter()
            .flat_map(|ac| ac.find_overlapping_iter(text))
        {
            let (rule, place) = self.owners[hit.pattern().as_usize()];
            found(rule, place, hit.range());
        }
    }

    fn inline_hits(&self, line: &str, hits: &mut Vec<Hit>) {
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

impl Patterns {
    fn new(
        rules: &[Rule],
        list: impl Fn(&Matchers) -> &Vec<String>,
        anchor: impl Fn(&str) -> String,
    ) -> Result<Self> {
        let mut each = Vec::new();
        let (mut literals, mut owners, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (rule, pattern) in rules.iter().enumerate().flat_map(|(index, rule)| {
            let patterns = list(&rule.file.matchers).iter();
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
    fn worth_trying(&self, text: &str, scratch: &mut Scratch) {
        let Scratch { lower, tried, .. } = scratch;
        lower.clear();
        if text.is_ascii() {
            lower.push_str(text);
            lower.make_ascii_lowercase();
        } else {
            lower.extend(text.chars().flat_map(char::to_lowercase));
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

    fn get(&self, at: usize) -> Option<&Regex> {
        let pattern = self.each.get(at)?;
        let compile = || Regex::new(&pattern.text).ok();
        pattern.regex.get_or_init(compile).as_ref()
    }
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

fn add_whole(rule: usize, hits: &mut Vec<Hit>) {
    if !hits
        .iter()
        .any(|hit| hit.rule == rule && hit.part.is_none())
    {
        hits.push(Hit {
            rule,
            part: None,
            fields: Vec::new(),
        });
    }
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
