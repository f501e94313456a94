//! What the line model may not remove: verse, and headings of the running text.

use crate::document::BlockKind;
use crate::rules::RuleSet;
use crate::stages::draft::Draft;
use crate::stages::rules::LABELS;

/// Whether line `at` stays whatever its score: a stanza, or a heading that nothing speaks
/// against, set off by empty lines, that comes once and stands between paragraphs that stay.
/// `stays` tells what the model says of a line.
pub(super) fn holds(
    draft: &Draft<'_, '_>,
    rules: &RuleSet,
    at: usize,
    stays: impl Fn(usize) -> bool,
) -> bool {
    // A label ("FAQ", "Share") is an ordinary heading above prose.
    let label = |rule: usize| LABELS.contains(&&*rules.rules()[rule].family);
    let evidence = &draft.states[at].evidence;
    match draft.kind(at) {
        BlockKind::Verse => true,
        BlockKind::Heading => {
            evidence.iter().all(|evidence| label(evidence.rule))
                && between_prose(draft, at, stays)
                && once(draft, at)
        }
        _ => false,
    }
}

/// Prose that stays comes right below, and comes next above among what stays.
fn between_prose(draft: &Draft<'_, '_>, at: usize, stays: impl Fn(usize) -> bool) -> bool {
    let prose = |at: usize| draft.is_prose(at) && stays(at);
    let above = (0..at)
        .rev()
        .find(|&above| draft.stays(above) && stays(above));
    above.is_some_and(prose) && at + 1 < draft.states.len() && prose(at + 1)
}

fn once(draft: &Draft<'_, '_>, at: usize) -> bool {
    let text = draft.text(at);
    (0..draft.states.len()).all(|other| other == at || draft.text(other) != text)
}

#[cfg(test)]
mod tests {
    use crate::{Cleaner, Record};

    #[test]
    fn short_headings_between_paragraphs_stay() {
        let prose = |n: u32| {
            format!(
                "In the year {n} the council met every week in the old hall by the river, and \
                 nobody in the valley could say what it had decided. The minutes of meeting {n} \
                 were lost in the flood."
            )
        };
        let text = format!(
            "The council by the river\n\n{}\n\n{}\n\nRoutes\n\n{}\n\nFAQ\n\n{}\n",
            prose(1871),
            prose(1872),
            prose(1873),
            prose(1874)
        );
        let cleaned = Cleaner::new()
            .unwrap()
            .clean(&Record::text("a", &text))
            .unwrap();
        assert_eq!(cleaned.article.text, text.trim_end());
    }
}
