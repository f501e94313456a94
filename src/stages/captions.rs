//! Captions: what a page marks as one, and what a credit at its end gives away, goes to metadata.

use std::ops::Range;

use super::draft::{Draft, Verdict};
use crate::decision::{Action, Field, Reason, Stage};
use crate::document::{BlockKind, Marks};

/// Longest line, in characters without white space, that a credit at its end makes a caption.
const CREDITED_CHARS: usize = 400;

/// Lifts captions. The caption of a table stays with it.
pub fn run(draft: &mut Draft<'_, '_>) {
    for at in 0..draft.states.len() {
        if !draft.is_open(at) {
            continue;
        }
        let block = &draft.document.blocks[at];
        let marked = block.kind == BlockKind::Caption && !block.marks.has(Marks::TABLE);
        let credit = credit_start(draft, at);
        let rule = match credit {
            _ if marked => "captions/marked",
            Some(_) if draft.shapes[at].chars <= CREDITED_CHARS => "captions/credited",
            _ => continue,
        };
        lift(draft, at, credit, rule);
    }
}

/// Where a credit begins that a rule lifted from the end of block `at`.
fn credit_start(draft: &Draft<'_, '_>, at: usize) -> Option<usize> {
    let parts = &draft.states[at].parts;
    let credited = |(_, verdict): &(Range<usize>, Verdict)| verdict.field == Some(Field::Credit);
    let last = parts.last().map(|(range, _)| range.end);
    let ends = last.is_some_and(|end| draft.text(at)[end..].trim().is_empty());
    let first = parts.first().map(|(range, _)| range.start);
    first.filter(|&first| ends && first > 0 && parts.iter().any(credited))
}

/// Lifts block `at` up to its credit.
fn lift(draft: &mut Draft<'_, '_>, at: usize, credit: Option<usize>, rule: &str) {
    let end = credit.unwrap_or(draft.text(at).len());
    let verdict = Verdict {
        action: Action::Lift,
        kind: "caption".into(),
        field: Some(Field::Caption),
        stage: Stage::Rules,
        reason: Reason::rule(rule),
    };
    let state = &mut draft.states[at];
    if credit.is_none() && !state.parts.is_empty() {
        return;
    }
    state.parts.insert(0, (0..end, verdict.clone()));
    state.verdict = Some(Verdict {
        action: Action::Drop,
        field: None,
        ..verdict
    });
}

#[cfg(test)]
mod tests {
    use crate::{Cleaner, Record};

    #[test]
    fn figcaptions_and_credited_lines_go_to_metadata() {
        let prose = "The old ferry will run again from Monday, the council said. ".repeat(3);
        let page = format!(
            "<article><h1>The ferry is back</h1><figure><img><figcaption>The slip at dawn. Photo: \
             Ann Lee</figcaption></figure><p>{prose}</p><table><caption>Fares</caption><tr>\
             <td>Adult</td><td>4</td></tr><tr><td>Child</td><td>2</td></tr></table><p>{prose}</p>"
        );
        let cleaned = Cleaner::new()
            .unwrap()
            .clean(&Record::html("a", &page))
            .unwrap();
        let (text, captions) = (cleaned.article.text, cleaned.article.metadata.captions);
        assert!(!text.contains("dawn") && text.contains("Fares"), "{text}");
        assert!(
            captions[0]
                .text
                .as_deref()
                .unwrap()
                .starts_with("The slip at dawn.")
        );
    }
}
