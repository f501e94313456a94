//! One document of a data set: what is wrong with it alone.

use super::finding::excerpt;
use super::{CheckConfig, Finding, Kind};
use crate::cleaner::{Cleaned, Cleaner};
use crate::decision::{Action, Decision, Reason, Stage};
use crate::decode::{Encoding, decode};
use crate::dedup::host;
use crate::document::{Edit, Span};
use crate::error::{Error, Result};
use crate::record::{Form, Record};

/// A document that was looked at.
#[derive(Debug)]
pub(super) struct Seen {
    /// Its id.
    pub id: String,
    /// Its file.
    pub path: String,
    /// Its row in the file, where that has rows.
    pub row: Option<usize>,
    /// What is left of its text.
    pub text: String,
    /// The site it came from.
    pub host: Option<String>,
    /// ISO 639-1, `und` when unsure.
    pub language: &'static str,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Seen {
    /// A finding about the whole document.
    pub(super) fn finding(&self, kind: Kind, rule: &str, message: String) -> Finding {
        Finding {
            path: self.path.clone(),
            line: self.row,
            span: None,
            kind,
            rule: rule.into(),
            document: self.id.clone(),
            message,
            excerpt: String::new(),
        }
    }
}

/// Looks at one record of the file `path`.
///
/// # Errors
/// The bytes are no text.
pub(super) fn look(
    cleaner: &Cleaner,
    config: &CheckConfig,
    record: &Record<'_>,
    path: &str,
) -> Result<Seen> {
    let mut seen = Seen {
        id: record.id.clone(),
        path: path.to_owned(),
        row: record
            .hints
            .record
            .as_ref()
            .and_then(|row| row.parse().ok()),
        text: String::new(),
        host: record.hints.url.as_deref().and_then(host),
        language: "und",
        findings: Vec::new(),
    };
    let decoded = match decode(&record.bytes, &record.hints) {
        Ok(decoded) => decoded,
        // Nothing in it is a matter of content, not of reading.
        Err(_) if record.bytes.iter().all(u8::is_ascii_whitespace) => {
            empty(&mut seen, config);
            return Ok(seen);
        }
        Err(error) => {
            let error = Error::undecodable(&error).at(&seen.path);
            let error = seen.row.into_iter().fold(error, Error::on_line);
            return Err(error.in_record(&seen.id));
        }
    };
    let cleaned = cleaner.clean_decoded(record, &decoded);
    encoding_of(&mut seen, record, &decoded.encoding);
    if cleaned.provenance.form == Form::Html {
        let message = "a whole page, not text: clean it first".to_owned();
        let finding = seen.finding(Kind::Markup, "check/page", message);
        seen.findings.push(finding);
    } else {
        inside(&mut seen, &decoded.text, &cleaned);
    }
    seen.language = crate::language::identify(&cleaned.article.text).code;
    seen.text = cleaned.article.text;
    empty(&mut seen, config);
    truncated(&mut seen, cleaned.article.metadata.truncated);
    seen.findings
        .retain(|finding| config.looks_for(finding.kind));
    Ok(seen)
}

fn empty(seen: &mut Seen, config: &CheckConfig) {
    let chars = seen.text.chars().take(config.min_chars).count();
    if chars < config.min_chars && config.looks_for(Kind::Empty) {
        let message = format!("{chars} characters of text are left");
        let finding = seen.finding(Kind::Empty, "check/empty", message);
        seen.findings.push(finding);
    }
}

fn truncated(seen: &mut Seen, paywall: bool) {
    let end = seen.text.trim_end();
    let open = ["…", "...", "[…]", "[...]", "(…)", "(...)"]
        .iter()
        .any(|mark| end.ends_with(mark));
    let message = match (paywall, open) {
        (true, _) => "a notice says that the text stops at a paywall",
        (false, true) => "the text ends in an ellipsis",
        (false, false) => return,
    };
    let finding = seen.finding(Kind::Truncated, "check/truncated", message.into());
    seen.findings.push(finding);
}

/// Damage in the bytes of a file; rows of a container have been decoded by it.
fn encoding_of(seen: &mut Seen, record: &Record<'_>, encoding: &Encoding) {
    let mut damage = Vec::new();
    if !record.hints.decoded {
        if encoding.name != "UTF-8" && !record.bytes.is_ascii() {
            damage.push(format!("the bytes are {}, not UTF-8", encoding.name));
        }
        for (count, what) in [
            (encoding.repairs, "runs of bad bytes"),
            (encoding.nuls, "NULs"),
            (encoding.cut_tail, "bytes of a cut character at the end"),
        ] {
            if count > 0 {
                damage.push(format!("{count} {what}"));
            }
        }
    }
    if !damage.is_empty() {
        let finding = seen.finding(Kind::Encoding, "check/encoding", damage.join(", "));
        seen.findings.push(finding);
    }
}

/// What rules and repairs say about spans of the text.
fn inside(seen: &mut Seen, text: &str, cleaned: &Cleaned) {
    let lines = LineEnds::of(text);
    let provenance = &cleaned.provenance;
    let decided = provenance.decisions.iter().filter_map(|decision| {
        let (kind, message) = verdict(decision)?;
        let rule = match &decision.reason {
            Reason::Rule(id) => id.to_string(),
            Reason::Twin(twin) => twin.rule.to_string(),
            Reason::Model(model) => model.name.to_string(),
        };
        Some((decision.span, kind, rule, message))
    });
    let edited = provenance.edits.iter().filter_map(|edit| {
        let (kind, message) = damage(text, edit)?;
        Some((edit.span, kind, edit.rule.to_string(), message))
    });
    for (span, kind, rule, message) in decided.chain(edited).collect::<Vec<_>>() {
        let mut finding = seen.finding(kind, &rule, message);
        finding.span = Some((span.start, span.end));
        finding.line = seen.row.or_else(|| Some(lines.line(span.start)));
        finding.excerpt = match kind {
            Kind::Mojibake | Kind::Characters | Kind::Markup => around(text, span),
            _ => excerpt(&text[span.start..span.end]),
        };
        seen.findings.push(finding);
    }
}

/// What a decision of the cleaner says about data that should be clean.
fn verdict(decision: &Decision) -> Option<(Kind, String)> {
    let kind = &decision.kind;
    match (decision.action, decision.stage) {
        (Action::Drop, Stage::Rules) => Some((Kind::Boilerplate, format!("{kind} in the text"))),
        (Action::Lift, Stage::Rules) => {
            let field = decision.field.map_or("metadata", |field| field.name());
            Some((
                Kind::Boilerplate,
                format!("{kind} in the text; it belongs into `{field}`"),
            ))
        }
        (Action::Drop, Stage::Repeats) => Some((
            Kind::Repeat,
            "the line stands in the document before".into(),
        )),
        _ => None,
    }
}

/// What an edit repairs, where that is damage and no matter of taste (spaces, composition).
fn damage(text: &str, edit: &Edit) -> Option<(Kind, String)> {
    let was = &text[edit.span.start..edit.span.end];
    let now = &edit.text;
    match &*edit.rule {
        "plain/tag" => Some((Kind::Markup, "a tag in the text".into())),
        "repair/mojibake" => Some((Kind::Mojibake, format!("{was:?} reads {now:?}"))),
        "repair/entity" | "repair/c1" | "repair/zero-width" | "repair/soft-hyphen"
        | "repair/bidi" => {
            let codes: Vec<String> = was
                .chars()
                .take(8)
                .map(|c| format!("U+{:04X}", c as u32))
                .collect();
            let what = match &*edit.rule {
                "repair/entity" => format!("the entity {was}"),
                _ => format!("stray {}", codes.join(" ")),
            };
            Some((Kind::Characters, what))
        }
        _ => None,
    }
}

/// The text a few words around a span.
fn around(text: &str, span: Span) -> String {
    const BYTES: usize = 30;
    let mut start = span.start.saturating_sub(BYTES);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end + BYTES).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    excerpt(&text[start..end])
}

/// Where the lines of a text end.
struct LineEnds(Vec<usize>);

impl LineEnds {
    fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// The line (from 1) of a byte.
    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|&end| end < at) + 1
    }
}
