//! Checks of a rule pack: its examples, and the habits that keep rules safe.

use super::pack::{Rule, RulePack};
use super::patterns::compiled;
use super::schema::{Example, Safety};
use super::site;
use crate::article::TextFormat;
use crate::cleaner::{CleanConfig, Cleaner};
use crate::decision::{Action, Field};
use crate::error::Result;
use crate::record::{Form, Record};
use crate::stages::Stages;

/// How one example of a rule came out.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleResult {
    /// Id of the rule.
    pub rule: String,
    /// Number of the example, from 1.
    pub number: usize,
    /// What differs; `None` if the example holds.
    pub failure: Option<String>,
}

/// A remark about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Id of the rule.
    pub rule: String,
    /// What is wrong, and the way out.
    pub message: String,
}

/// Runs the examples of every rule: the rule alone must give `out`.
///
/// # Errors
/// A rule that does not compile.
pub fn run_examples(pack: &RulePack) -> Result<Vec<ExampleResult>> {
    let mut results = Vec::new();
    for rule in pack.rules() {
        let cleaner = alone(rule)?;
        let host = site::host_of(&rule.id);
        for (at, example) in rule.file.example.iter().enumerate() {
            results.push(ExampleResult {
                rule: rule.id.to_string(),
                number: at + 1,
                failure: failure(&cleaner, example, host, is_page(rule)),
            });
        }
    }
    Ok(results)
}

/// A cleaner with one rule, which acts whatever its safety.
fn alone(rule: &Rule) -> Result<Cleaner> {
    let mut rule = rule.clone();
    rule.file.safety = Safety::Exact;
    let mut pack = RulePack::default();
    pack.add(rule);
    let config = CleanConfig {
        stages: Stages {
            captions: false,
            repeats: false,
            content: false,
        },
        format: TextFormat::Text,
        ..CleanConfig::default()
    };
    Cleaner::with(config, &pack)
}

/// Whether the examples of a rule are pages: those of selectors are.
fn is_page(rule: &Rule) -> bool {
    !rule.file.matchers.selector.is_empty()
}

fn failure(cleaner: &Cleaner, example: &Example, host: Option<&str>, page: bool) -> Option<String> {
    let mut record = Record::text("example", &example.input);
    record.hints.form = Some(if page { Form::Html } else { Form::Text });
    record.hints.url = host.map(|host| format!("https://{host}/"));
    let cleaned = match cleaner.clean(&record) {
        Ok(cleaned) => cleaned,
        Err(error) => return Some(format!("the example cannot be read: {error}")),
    };
    let (text, metadata) = (cleaned.article.text, cleaned.article.metadata);
    let (want, got) = (lines(&example.output), lines(&text));
    if want != got {
        return Some(format!("out: expected {want:?}, got {got:?}"));
    }
    let wrong = |(field, want): (&Field, &String)| {
        let got = metadata.get(*field);
        (got.as_ref() != Some(want)).then(|| {
            let (name, got) = (field.name(), got.unwrap_or_default());
            format!("{name}: expected {want:?}, got {got:?}")
        })
    };
    example.metadata.iter().find_map(wrong)
}

/// The lines of a text that hold something, trimmed and with single spaces.
fn lines(text: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines()
        .map(words)
        .filter(|line| !line.is_empty())
        .collect()
}

/// The lines that an example shows a reader.
fn shown(rule: &Rule, input: &str) -> Vec<String> {
    if !is_page(rule) {
        return lines(input);
    }
    let document = crate::html::segment(input);
    let texts = document.blocks.iter().map(|block| document.text_of(block));
    lines(&texts.collect::<Vec<_>>().join("\n"))
}

/// Looks for rules that break the habits: no example that hits, none that must stay, a phrase
/// that two rules claim.
pub fn lint(pack: &RulePack) -> Vec<Lint> {
    let mut found = Vec::new();
    let mut add = |rule: &Rule, message: String| {
        found.push(Lint {
            rule: rule.id.to_string(),
            message,
        });
    };
    let mut phrases: std::collections::BTreeMap<String, &Rule> = std::collections::BTreeMap::new();
    for rule in pack.rules() {
        let file = &rule.file;
        let stays = |example: &Example| shown(rule, &example.input) == lines(&example.output);
        if file.action != Action::Keep && !file.example.iter().any(|e| !stays(e)) {
            add(
                rule,
                "no example that it hits: add one with another `out`".into(),
            );
        }
        if !file.example.iter().any(stays) {
            add(
                rule,
                "no example that must stay: add one with `out` = `in`".into(),
            );
        }
        if file.summary.trim().is_empty() || file.why.trim().is_empty() {
            add(rule, "`summary` and `why` must say something".into());
        }
        for pattern in file.matchers.regex.iter().chain(&file.matchers.tail_regex) {
            if let Err(error) = compiled(pattern) {
                add(
                    rule,
                    format!("the pattern {pattern:?} cannot be run: {error}"),
                );
            }
        }
        for phrase in &file.matchers.line {
            let mut key = String::new();
            super::normalise::normalise(phrase, &mut key);
            if key.is_empty() {
                add(
                    rule,
                    format!("the phrase {phrase:?} has no letter or digit"),
                );
            } else if let Some(other) = phrases.get(&key)
                && other.id != rule.id
                && other.file.safety != file.safety
            {
                let id = &other.id;
                add(
                    rule,
                    format!("{phrase:?} is in {id} too, with another safety: keep one"),
                );
            }
            phrases.entry(key).or_insert(rule);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_example_fails_and_a_missing_one_is_a_remark() {
        let text = "summary='s'\nwhy='w'\naction='drop'\nsafety='exact'\nmatch={line=['Werbung']}\n\
                    [[example]]\nin='Werbung'\nout='Werbung'\n";
        let pack = RulePack::single("de/ad/label.toml", text).unwrap();
        let results = run_examples(&pack).unwrap();
        assert!(
            results[0]
                .failure
                .as_deref()
                .is_some_and(|f| f.starts_with("out:"))
        );
        assert_eq!(lint(&pack).len(), 1);
    }
}
