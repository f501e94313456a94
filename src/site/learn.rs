//! Rules for one site, proposed from what its pages repeat.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Place;
use crate::decision::Action;
use crate::rules::normalise::normalise;
use crate::rules::{Example, Matchers, Place as Where, RuleFile, Safety};

/// Samples that are named.
pub(super) const SAMPLES: usize = 3;

/// What was seen of a block of furniture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its text, as it first stood.
    pub text: String,
    /// Pages of the host that have it, of so many.
    pub pages: (u64, u64),
    /// How often it stood where.
    pub places: BTreeMap<Place, u64>,
    /// Ids of pages that have it.
    pub samples: Vec<String>,
}

/// Gathers evidence and proposes rules.
#[derive(Debug, Default)]
pub struct Learner {
    hosts: BTreeMap<String, BTreeMap<String, Evidence>>,
}

impl Learner {
    /// Notes a block of furniture on a page.
    pub fn note(&mut self, host: &str, id: &str, text: &str, place: Place, pages: (u64, u64)) {
        let mut normal = String::new();
        normalise(text, &mut normal);
        let host = self.hosts.entry(host.to_owned()).or_default();
        let evidence = host.entry(normal).or_insert_with(|| Evidence {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            ..Evidence::default()
        });
        evidence.pages = pages;
        *evidence.places.entry(place).or_default() += 1;
        if evidence.samples.len() < SAMPLES {
            evidence.samples.push(id.to_owned());
        }
    }

    /// What was gathered, by host and normalised text.
    pub fn evidence(&self) -> &BTreeMap<String, BTreeMap<String, Evidence>> {
        &self.hosts
    }

    /// Rule files with their paths below a pack (`site/example.org/tail.toml`), the evidence as
    /// comments above each.
    pub fn rules(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for (host, blocks) in &self.hosts {
            for place in [Place::Head, Place::Inside, Place::Tail] {
                let mainly = |evidence: &&Evidence| {
                    let most = evidence
                        .places
                        .iter()
                        .max_by_key(|(place, count)| (**count, **place));
                    most.is_some_and(|(most, _)| *most == place)
                };
                let lines = blocks.values().filter(mainly);
                let lines: Vec<&Evidence> = lines.filter(|line| is_plain(&line.text)).collect();
                if let Some(file) = rule(host, place, &lines) {
                    files.push((format!("site/{}/{}.toml", folder(host), place.name()), file));
                }
            }
        }
        files
    }
}

/// Whether a rule and its examples can hold a text as it is: braces are placeholders of rules, tags and
/// entities would be taken out of an example.
fn is_plain(text: &str) -> bool {
    let has_entity = text.contains('&') && text.contains(';');
    !has_entity && !text.contains(['{', '}', '<', '>'])
}

/// A host as the name of a folder; `..` is none.
pub(super) fn folder(host: &str) -> String {
    let is_dots = host.chars().all(|c| c == '.');
    let is_plain = |c: char| c.is_alphanumeric() || c == '-' || (c == '.' && !is_dots);
    host.chars()
        .map(|c| if is_plain(c) { c } else { '-' })
        .collect()
}

fn rule(host: &str, place: Place, lines: &[&Evidence]) -> Option<String> {
    let first = lines.first()?;
    let whence = match place {
        Place::Head => "above the text of",
        Place::Inside => "within the text of",
        Place::Tail => "below the text of",
    };
    let summary = format!("What {host} repeats {whence} its pages");
    let why = format!(
        "Learnt from pages of {host}: {} lines, the first of them on {} of {} pages",
        lines.len(),
        first.pages.0,
        first.pages.1
    );
    let matchers = Matchers {
        line: lines.iter().map(|line| line.text.clone()).collect(),
        ..Matchers::default()
    };
    let file = drops(summary, why, matchers, examples(&first.text));
    let mut out = String::new();
    for line in lines {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "# {:?}",
            line.text.chars().take(80).collect::<String>()
        );
        let _ = writeln!(out, "{}", heading(line.pages, &line.places, &line.samples));
    }
    let _ = writeln!(
        out,
        "# Proposed by `lavoir learn`; review it, then give its folder to --rules.\n"
    );
    out.push_str(&toml::to_string(&file).ok()?);
    Some(out)
}

/// A rule that takes away whatever it matches, wherever that stands.
pub(super) fn drops(
    summary: String,
    why: String,
    matchers: Matchers,
    example: Vec<Example>,
) -> RuleFile {
    RuleFile {
        summary,
        why,
        matchers,
        action: Action::Drop,
        safety: Safety::Exact,
        place: Where::Any,
        field: None,
        take: None,
        example,
    }
}

/// The evidence as a comment.
pub(super) fn heading(
    (pages, of): (u64, u64),
    places: &BTreeMap<Place, u64>,
    samples: &[String],
) -> String {
    let share = pages * 100 / of.max(1);
    let mut out = format!("#   on {pages} of {of} pages ({share} %)");
    for (place, count) in places {
        // Writing to a `String` cannot fail.
        let _ = write!(out, ", {} {count}", place.name());
    }
    // Comments of TOML hold no control characters.
    let samples = samples.join(", ").replace(char::is_control, " ");
    let _ = write!(out, "; as in {samples}");
    out
}

/// A page with the element, which goes, and one with its text elsewhere, which stays.
pub(super) fn examples_of_page(selector: &str, text: &str) -> Vec<Example> {
    let text = text.replace(['<', '>', '&'], " ");
    let text = text
        .split_whitespace()
        .take(12)
        .collect::<Vec<_>>()
        .join(" ");
    let (tag, attribute) = match (selector.strip_prefix('#'), selector.split_once('.')) {
        (Some(id), _) => ("div", format!("id=\"{id}\"")),
        (None, Some(("", class))) => ("div", format!("class=\"{class}\"")),
        (None, Some((tag, class))) => (tag, format!("class=\"{class}\"")),
        (None, None) => return Vec::new(),
    };
    let report = "The report went on for a while, and then it came to its end.";
    let example = |input: String, output: String| Example {
        input,
        output,
        metadata: BTreeMap::new(),
    };
    vec![
        example(
            format!("<p>{report}</p><{tag} {attribute}>{text}</{tag}>"),
            report.into(),
        ),
        example(
            format!("<p>{report}</p><p>The page said: {text}</p>"),
            format!("{report}\nThe page said: {text}"),
        ),
    ]
}

/// One line that goes, and the same words in a sentence, which stays.
fn examples(text: &str) -> Vec<Example> {
    let sentence = format!("The page said: {text} - and then the report went on for a while.");
    let example = |input: &str, output: &str| Example {
        input: input.into(),
        output: output.into(),
        metadata: BTreeMap::new(),
    };
    vec![example(text, ""), example(&sentence, &sentence)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_lie_below_the_pack() {
        assert_eq!(folder("a-b.example"), "a-b.example");
        assert_eq!(folder("a/b\\c_d"), "a-b-c-d");
        assert_eq!((&*folder(".."), &*folder(".")), ("--", "-"));
    }

    #[test]
    fn evidence_is_one_comment_whatever_ids_hold() {
        let samples = ["a\u{7}\r\nx = 1", "b\u{1b}[31m"].map(str::to_owned);
        let comment = heading((1, 4), &BTreeMap::from([(Place::Tail, 1)]), &samples);
        assert_eq!(
            comment,
            "#   on 1 of 4 pages (25 %), tail 1; as in a   x = 1, b [31m"
        );
        assert!(toml::from_str::<toml::Table>(&comment).is_ok());
    }
}
