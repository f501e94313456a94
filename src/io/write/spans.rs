//! What happened to a document's spans, for other tools: attributes in the manner of Dolma, and
//! the removed text itself. Both need the decoded text beside the provenance record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RowKind;
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
    /// What the rows of a document need of its decoded `text`, as JSON; empty if none are wanted.
    /// Decisions about the whole corpus may change what happens to a span after this, not where
    /// it is.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn measure(self, text: &str, provenance: &Provenance) -> serde_json::Result<String> {
        if self == Self::default() {
            return Ok(String::new());
        }
        serde_json::to_string(&Measured::of(text, provenance, self.removed))
    }
}

/// Where the spans of a provenance record are in code points, and the text that they hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured<'a> {
    /// For each decision its first code point and the one behind its last.
    pub points: Vec<(usize, usize)>,
    /// For each decision its text, where that is wanted and not markup or white space.
    #[serde(borrow)]
    pub texts: Vec<Cow<'a, str>>,
}

impl<'a> Measured<'a> {
    /// Measures the spans of a record; `text` is its decoded text.
    pub fn of(text: &'a str, provenance: &Provenance, texts: bool) -> Self {
        let mut measured = Self {
            points: Vec::with_capacity(provenance.decisions.len()),
            texts: Vec::new(),
        };
        let (mut at, mut points) = (0, 0);
        for decision in &provenance.decisions {
            let Span { start, end } = decision.span;
            points += code_points(text, at, start);
            let from = points;
            points += code_points(text, start, end);
            at = end;
            measured.points.push((from, points));
            if texts {
                let part = text.get(start..end).filter(|_| !is_filler(decision));
                measured.texts.push(part.unwrap_or_default().into());
            }
        }
        measured
    }
}

/// The rows of a kind ([`RowKind::Attributes`] or [`RowKind::Removed`]) about a document, of what
/// [`SpanRows::measure`] gave and its provenance record.
///
/// # Errors
/// One of them is damaged.
pub fn rows(kind: RowKind, measured: &str, provenance: &str) -> serde_json::Result<Vec<String>> {
    let measured: Measured<'_> = serde_json::from_str(measured)?;
    let provenance: Provenance = serde_json::from_str(provenance)?;
    match kind {
        RowKind::Removed => removed(&measured, &provenance)
            .map(|row| serde_json::to_string(&row))
            .collect(),
        _ => Ok(vec![serde_json::to_string(&attributes(
            &measured,
            &provenance,
        ))?]),
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

/// The attributes of a document. White space and markup between the spans have none.
pub fn attributes<'a>(measured: &Measured<'_>, provenance: &'a Provenance) -> Attributes<'a> {
    let mut attributes: BTreeMap<String, Vec<(usize, usize, f64)>> = BTreeMap::new();
    for (decision, &(start, end)) in provenance.decisions.iter().zip(&measured.points) {
        if !is_filler(decision) {
            let span = (start, end, score(&decision.reason));
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

/// The removed texts of a document in order. Markup and white space are not among them.
pub fn removed<'a>(
    measured: &'a Measured<'_>,
    provenance: &'a Provenance,
) -> impl Iterator<Item = Removed<'a>> + 'a {
    let decisions = provenance.decisions.iter().zip(&measured.texts);
    let dropped = |(d, _): &(&Decision, _)| d.action == Action::Drop && !is_filler(d);
    decisions.filter(dropped).map(|(decision, text)| Removed {
        id: &provenance.id,
        rule: match &decision.reason {
            Reason::Rule(rule) => rule,
            Reason::Twin(twin) => &twin.rule,
            Reason::Model(model) => &model.name,
        },
        kind: &decision.kind,
        span: decision.span,
        text,
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
        let measured = Measured::of(TEXT, &cleaned.provenance, true);
        let row = attributes(&measured, &cleaned.provenance);
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
        let removed: Vec<_> = removed(&measured, &cleaned.provenance).collect();
        let all = SpanRows {
            attributes: true,
            removed: true,
        };
        let provenance = serde_json::to_string(&cleaned.provenance).unwrap();
        let measured = all.measure(TEXT, &cleaned.provenance).unwrap();
        let of = |kind| rows(kind, &measured, &provenance).unwrap();
        assert_eq!(
            of(RowKind::Attributes),
            [serde_json::to_string(&row).unwrap()]
        );
        assert_eq!(of(RowKind::Removed).len(), removed.len());
        assert_eq!((removed[0].text, removed[0].kind), ("Publicité", "ad"));
        assert!(removed[0].rule.starts_with("fr/ad/"), "{}", removed[0].rule);
    }
}
