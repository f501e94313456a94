//! What happened to a document's spans, for other tools: attributes in the manner of Dolma, and
//! the removed text itself. Both need the decoded text beside the provenance record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decision::{Action, Decision, Reason};
use crate::document::Span;
use crate::provenance::Provenance;

/// Which rows about spans are written beside articles and provenance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpanRows {
    /// [`Attributes`].
    pub attributes: bool,
    /// [`Removed`].
    pub removed: bool,
}

impl SpanRows {
    /// The rows of a document, one per line, its attributes first: an empty line if they are not
    /// wanted. Empty if nothing is wanted.
    ///
    /// # Errors
    /// Only if a row cannot be written as JSON.
    pub fn rows(self, text: &str, provenance: &Provenance) -> serde_json::Result<String> {
        let mut rows = String::new();
        if self.attributes {
            rows = serde_json::to_string(&attributes(text, provenance))?;
        }
        if self.removed {
            for row in removed(text, provenance) {
                rows.push('\n');
                rows.push_str(&serde_json::to_string(&row)?);
            }
        }
        Ok(rows)
    }
}

/// A row of Dolma attributes: for each name the spans that it holds for, `[start, end, score]`, in
/// code points of the decoded text (Soldaini et al. 2024, the toolkit's attributes files).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attributes<'a> {
    /// The document.
    pub id: &'a str,
    /// Where it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'a str>,
    /// Name → spans. Names are `lavoir__keep__paragraph`, `lavoir__drop__ad`,
    /// `lavoir__lift__author`: action, then the kind of block, family or field.
    pub attributes: BTreeMap<String, Vec<(usize, usize, f64)>>,
}

/// The attributes of a document; `text` is its decoded text. White space and markup between the
/// spans have none.
pub fn attributes<'a>(text: &str, provenance: &'a Provenance) -> Attributes<'a> {
    let mut attributes: BTreeMap<String, Vec<(usize, usize, f64)>> = BTreeMap::new();
    let (mut at, mut points) = (0, 0);
    for decision in &provenance.decisions {
        let Span { start, end } = decision.span;
        points += code_points(text, at, start);
        let from = points;
        points += code_points(text, start, end);
        at = end;
        if !is_filler(decision) {
            let span = (from, points, score(&decision.reason));
            attributes.entry(name(decision)).or_default().push(span);
        }
    }
    let source = &provenance.source;
    Attributes {
        id: &provenance.id,
        source: source.url.as_deref().or(source.path.as_deref()),
        attributes,
    }
}

fn code_points(text: &str, start: usize, end: usize) -> usize {
    text.get(start..end).map_or(0, |part| part.chars().count())
}

/// What parts the spans of text and is not text.
fn is_filler(decision: &Decision) -> bool {
    decision.action == Action::Drop && matches!(&*decision.kind, "space" | "markup")
}

fn name(decision: &Decision) -> String {
    match (decision.action, decision.field) {
        (Action::Keep, _) => format!("lavoir__keep__{}", decision.kind),
        (Action::Lift, Some(field)) => format!("lavoir__lift__{}", field.name()),
        (Action::Lift, None) => format!("lavoir__lift__{}", decision.kind),
        (Action::Drop, _) => format!("lavoir__drop__{}", decision.kind),
    }
}

/// 1 where no number was in play.
fn score(reason: &Reason) -> f64 {
    match reason {
        Reason::Model(model) => f64::from(model.score) / 1000.0,
        Reason::Rule(_) | Reason::Twin(_) => 1.0,
    }
}

/// A removed text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removed<'a> {
    /// The document.
    pub id: &'a str,
    /// The rule, or the model, or `twin`.
    pub rule: &'a str,
    /// The family of what was removed.
    pub kind: &'a str,
    /// Where it stood, in bytes of the decoded text.
    pub span: Span,
    /// The text.
    pub text: &'a str,
}

/// The removed texts of a document in order; `text` is its decoded text. Markup and white space
/// are not among them.
pub fn removed<'a>(
    text: &'a str,
    provenance: &'a Provenance,
) -> impl Iterator<Item = Removed<'a>> + 'a {
    let dropped = |d: &&Decision| d.action == Action::Drop && !is_filler(d);
    let decisions = provenance.decisions.iter().filter(dropped);
    decisions.filter_map(move |decision| {
        Some(Removed {
            id: &provenance.id,
            rule: match &decision.reason {
                Reason::Rule(rule) => rule,
                Reason::Twin(twin) => &twin.rule,
                Reason::Model(model) => &model.name,
            },
            kind: &decision.kind,
            span: decision.span,
            text: text.get(decision.span.start..decision.span.end)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Record};

    const TEXT: &str = "Publicité\n\nLe pont rouvre lundi\n\nAprès deux ans de travaux, le pont qui \
        relie les deux rives rouvre lundi matin aux voitures comme aux piétons, dit la mairie.\n";

    #[test]
    fn spans_are_code_points_and_hold_what_they_name() {
        let cleaned = Cleaner::new()
            .unwrap()
            .clean(&Record::text("p", TEXT))
            .unwrap();
        let row = attributes(TEXT, &cleaned.provenance);
        let points: Vec<char> = TEXT.chars().collect();
        let text_of = |name: &str| -> Vec<String> {
            let spans = row.attributes.get(name).into_iter().flatten();
            spans
                .map(|&(s, e, _)| points[s..e].iter().collect())
                .collect()
        };
        assert_eq!(text_of("lavoir__drop__ad"), ["Publicité"]);
        assert!(text_of("lavoir__keep__paragraph")[0].starts_with("Après deux ans"));
        assert!(row.attributes.keys().all(|name| !name.contains("space")));
        let removed: Vec<_> = removed(TEXT, &cleaned.provenance).collect();
        let all = SpanRows {
            attributes: true,
            removed: true,
        };
        let rows = all.rows(TEXT, &cleaned.provenance).unwrap();
        assert_eq!(rows.lines().count(), 1 + removed.len());
        assert_eq!((removed[0].text, removed[0].kind), ("Publicité", "ad"));
        assert!(removed[0].rule.starts_with("fr/ad/"), "{}", removed[0].rule);
    }
}
