//! The head of a text: bylines, dates and reading times between the title and the prose.
//!
//! What is only evidence elsewhere is lifted here, also where one line holds several of them:
//! "By Ann Lee | 3 March 2024 | 2 min read".

use std::ops::Range;

use super::draft::{Draft, Verdict};
use super::rules::{lift_fields, verdict};
use crate::decision::{Action, Field, Reason, Stage};
use crate::document::BlockKind;
use crate::html::meta::date;
use crate::rules::{Hit, Rule, RuleSet, Scratch};

/// Families whose lines stand between the title and the text.
const FAMILIES: [&str; 3] = ["byline", "date", "reading-time"];
/// Longest line that is taken apart, in bytes.
const MAX_BYTES: usize = 240;
/// What parts the statements of a line, strongest first.
const SEPARATORS: [fn(char) -> bool; 3] = [
    |c| {
        matches!(
            c,
            '|' | '•' | '·' | '‧' | '・' | '\n' | '\u{2028}' | '–' | '—'
        )
    },
    |c| matches!(c, ',' | ';' | '，' | '、'),
    |c| matches!(c, '(' | ')' | '[' | ']' | '/'),
];
/// Most words of a time of day: "8 h 30 CET".
const TIME_WORDS: usize = 4;
/// Words that join a name, a date and a time, in lower case.
const JOINTS: [&str; 23] = [
    "on", "at", "in", "am", "um", "den", "le", "à", "el", "a", "las", "il", "alle", "ore", "em",
    "às", "op", "om", "kl", "w", "o", "la", "uhr",
];

/// Most characters of one of them.
const JOINT_CHARS: usize = 4;

/// Lifts what the lines between the title and the text state.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet) {
    let Some(title) = draft.title() else {
        return;
    };
    // A standfirst may stand above the byline, so the head ends at the second paragraph.
    let mut prose = (title + 1..draft.states.len()).filter(|&at| draft.is_prose(at));
    let end = prose.nth(1).unwrap_or(title + 1);
    for at in title + 1..end {
        if !draft.is_open(at) || !draft.states[at].parts.is_empty() || heads_text(draft, at, rules)
        {
            continue;
        }
        if let Some((rule, hit)) = evidence(draft, at, rules) {
            let hit = hit.clone();
            lift_fields(draft, at, rule, &hit);
        } else if let Some(parts) = Scratch::with(|all| compound(draft.text(at), rules, all)) {
            draft.states[at].verdict = Some(statement(Action::Drop, None));
            draft.states[at].parts = parts;
        }
    }
}

/// A line that is a heading of the prose below and no part of the head: marked so by the page, or
/// one of several dates that divide a text without marks.
fn heads_text(draft: &Draft<'_, '_>, at: usize, rules: &RuleSet) -> bool {
    if draft.kind(at) != BlockKind::Heading || !draft.is_prose(at + 1) {
        return false;
    }
    let dated = |at: usize| {
        evidence(draft, at, rules).is_some_and(|(rule, _)| &*rule.family == "date")
            && draft.kind(at) == BlockKind::Heading
    };
    draft.document.is_html || (0..draft.states.len()).any(|other| other != at && dated(other))
}

/// The rule of the head that knows the whole line.
fn evidence<'a, 'r>(
    draft: &'a Draft<'_, '_>,
    at: usize,
    rules: &'r RuleSet,
) -> Option<(&'r Rule, &'a Hit)> {
    let all = draft.states[at].evidence.iter();
    all.map(|evidence| (&rules.rules()[evidence.rule], &evidence.hit))
        .find(|(rule, hit)| speaks(rule, hit))
}

fn speaks(rule: &Rule, hit: &Hit) -> bool {
    FAMILIES.contains(&&*rule.family) && rule.file.action == Action::Lift && hit.part.is_none()
}

/// What a line of several statements lifts, in text order; `None` unless each statement is known
/// and one of them by a rule.
fn compound(
    text: &str,
    rules: &RuleSet,
    scratch: &mut Scratch,
) -> Option<Vec<(Range<usize>, Verdict)>> {
    // Dates, times and reading times have digits; names and papers alone have rules of their own.
    if text.len() > MAX_BYTES || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut line = Line {
        text,
        date: date::find(text).map(|date| date.at),
        rules,
        scratch,
        parts: Vec::new(),
        known: false,
    };
    let all = line.explain(0..text.len());
    (all && line.known).then(|| {
        line.parts.sort_by_key(|(range, _)| range.start);
        line.parts
    })
}

/// A line that is taken apart.
struct Line<'a> {
    text: &'a str,
    date: Option<Range<usize>>,
    rules: &'a RuleSet,
    scratch: &'a mut Scratch,
    parts: Vec<(Range<usize>, Verdict)>,
    /// Whether a rule knows one of its statements.
    known: bool,
}

impl Line<'_> {
    /// Whether all of `range` is known.
    fn explain(&mut self, range: Range<usize>) -> bool {
        let range = trimmed(self.text, range);
        let part = &self.text[range.clone()];
        if part.split_whitespace().all(is_joint) || self.by_rule(&range) {
            return true;
        }
        let date = self.date.clone().filter(|date| within(date, &range));
        if date.as_ref() == Some(&range) {
            let lift = statement(Action::Lift, Some(Field::Published));
            self.parts.push((range, lift));
            return true;
        }
        if date.is_none() && is_time(part) {
            return true;
        }
        for signs in SEPARATORS {
            if !part.contains(signs) {
                continue;
            }
            let pieces = pieces(self.text, &range, signs, date.as_ref());
            if pieces.len() > 1 {
                return pieces.into_iter().all(|piece| self.explain(piece));
            }
        }
        let Some(date) = date else {
            return shorter(self.text, &range).is_some_and(|rest| self.explain(rest));
        };
        [range.start..date.start, date.clone(), date.end..range.end]
            .into_iter()
            .all(|piece| self.explain(piece))
    }

    /// Whether a rule of the head knows all of `range`; its fields are lifted.
    fn by_rule(&mut self, range: &Range<usize>) -> bool {
        let mut hits = Vec::new();
        let part = &self.text[range.clone()];
        self.rules.hits(part, self.scratch, &mut hits);
        let rules = self.rules.rules();
        let Some(hit) = hits.iter().find(|hit| speaks(&rules[hit.rule], hit)) else {
            return false;
        };
        let rule = &rules[hit.rule];
        self.known = true;
        let whole = rule.file.field.map(|field| (field, 0..part.len()));
        let fields = match hit.fields.as_slice() {
            [] => whole.into_iter().collect(),
            fields => fields.to_vec(),
        };
        for (field, at) in fields {
            let at = range.start + at.start..range.start + at.end;
            self.parts
                .push((at, verdict(rule, Action::Lift, Some(field))));
        }
        true
    }
}

fn statement(action: Action, field: Option<Field>) -> Verdict {
    Verdict {
        action,
        kind: "byline".into(),
        field,
        stage: Stage::Rules,
        reason: Reason::rule("head/statements"),
    }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The range without signs and white space at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start_matches(is_sign).len();
    let end = range.end - (part.len() - part.trim_end_matches(is_sign).len());
    start..end.max(start)
}

fn is_sign(c: char) -> bool {
    !c.is_alphanumeric()
}

fn is_joint(word: &str) -> bool {
    let word = word.trim_matches(is_sign);
    // Lower case has no fewer characters.
    if word.chars().nth(JOINT_CHARS).is_some() {
        return false;
    }
    let word = word.to_lowercase();
    word.is_empty() || JOINTS.contains(&word.as_str())
}

/// A time of day: "10:30 AM", "14.05 Uhr", "8 h 30", "20:45 GMT".
fn is_time(part: &str) -> bool {
    let mut digits = 0;
    let mut letters = 0;
    for c in part.chars() {
        match c {
            '0'..='9' => digits += 1,
            ':' | '.' | ' ' | '+' | '-' | '\u{a0}' | '\u{202f}' => {}
            c if c.is_alphabetic() => letters += 1,
            _ => return false,
        }
    }
    let starts = part.starts_with(|c: char| c.is_ascii_digit());
    let clock = part.contains([':', '.', 'h']) || letters == 2;
    starts && clock && (1..=6).contains(&digits) && letters <= 6
}

/// The parts of `range` between `signs`, a date kept whole.
fn pieces(
    text: &str,
    range: &Range<usize>,
    signs: fn(char) -> bool,
    date: Option<&Range<usize>>,
) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut from = range.start;
    for (at, sign) in text[range.clone()].match_indices(signs) {
        let at = range.start + at;
        if date.is_none_or(|date| !(date.start..date.end).contains(&at)) {
            pieces.push(from..at);
            from = at + sign.len();
        }
    }
    pieces.push(from..range.end);
    pieces
}

/// The range without a time at its end, or a word at one of its ends that only joins.
fn shorter(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let spaces = part.rmatch_indices(' ').map(|(at, _)| at);
    for at in spaces.take(TIME_WORDS) {
        let end = &part[at + 1..];
        if is_joint(end) || is_time(end) {
            return Some(range.start..range.start + at);
        }
    }
    let (first, rest) = part.split_once(' ')?;
    is_joint(first).then(|| range.end - rest.len()..range.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RulePack;

    fn lifted(text: &str) -> Option<Vec<(Field, &str)>> {
        let rules = RuleSet::compile(&RulePack::builtin().unwrap()).unwrap();
        let parts = compound(text, &rules, &mut Scratch::default())?;
        let field = |(range, verdict): &(Range<usize>, Verdict)| {
            Some((verdict.field?, &text[range.clone()]))
        };
        Some(parts.iter().filter_map(field).collect())
    }

    #[test]
    fn a_line_of_several_statements_is_taken_apart() {
        use Field::{Author, Published, ReadingTime};
        let lee = (Author, "Ann Lee");
        for (text, wanted) in [
            (
                "By Ann Lee, 3 March 2024",
                vec![lee, (Published, "3 March 2024")],
            ),
            (
                "By Ann Lee | March 3, 2024, 10:30 AM",
                vec![lee, (Published, "March 3, 2024, 10:30 AM")],
            ),
            (
                "Written by Ann Lee on March 3, 2024",
                vec![lee, (Published, "March 3, 2024")],
            ),
            ("By Ann Lee • 5 min read", vec![lee, (ReadingTime, "5 min")]),
            ("Posted by Ann Lee at 10:30 am", vec![lee]),
            (
                "Von Anna Lehr, 3. März 2024, 14:05 Uhr",
                vec![(Author, "Anna Lehr"), (Published, "3. März 2024")],
            ),
            (
                "Par Anne Le Gall le 3 mars 2024 à 8 h 30",
                vec![(Author, "Anne Le Gall"), (Published, "3 mars 2024")],
            ),
        ] {
            assert_eq!(lifted(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn a_line_with_something_else_in_it_stays() {
        for text in [
            "March 3, 2024 | 10:30 AM | Town Hall",
            "By Ann Lee, the bridge was painted twice on 3 March 2024",
            "Bridges, boats and bays",
            "On 12 May 2024 the bridge fell.",
            "A quay for 3 boats",
        ] {
            assert_eq!(lifted(text), None, "{text}");
        }
    }

    fn texts_of_fields(text: &str) -> Vec<(Field, String)> {
        let rules = RuleSet::compile(&RulePack::builtin().unwrap()).unwrap();
        let document = crate::plain::segment(text);
        let stages = crate::stages::Stages::default();
        let draft = crate::stages::prepare(&document, &rules, stages);
        let field = |at: usize| {
            let parts = draft.states[at].parts.iter();
            parts.filter_map(move |(range, verdict)| Some((verdict.field?, at, range.clone())))
        };
        (0..draft.states.len())
            .flat_map(field)
            .map(|(field, at, range)| (field, draft.text(at)[range].to_owned()))
            .collect()
    }

    #[test]
    fn a_date_is_lifted_unless_dates_divide_the_text() {
        let prose = "After two years of work the bridge that joins both shores opens again on \
                     Monday to cars and pedestrians, the town hall said in a statement.";
        let one = format!("Bridge reopens Monday\n\n3 March 2024\n\n{prose}\n\n{prose}");
        assert_eq!(
            texts_of_fields(&one),
            [(Field::Published, "3 March 2024".to_owned())]
        );
        let chronicle =
            format!("Days of the bridge\n\n3 March 2024\n\n{prose}\n\n4 March 2024\n\n{prose}");
        assert_eq!(texts_of_fields(&chronicle), []);
    }
}
