//! What the line model may not remove: verse, paragraphs that go on with the text, headings of
//! the running text.

use crate::document::BlockKind;
use crate::rules::RuleSet;
use crate::stages::draft::Draft;
use crate::stages::rules::LABELS;

/// Share of the threshold, in percent, that a paragraph right behind the text must reach.
const GOES_ON_PERCENT: i32 = 70;
/// The same for a line that is shorter than a paragraph and has two sentences.
const SENTENCES_PERCENT: i32 = 40;
/// The same for both where only ad marks part the line from the text: what stands below an ad in
/// the middle of a text is its next paragraph.
const BELOW_AD_PERCENT: i32 = 15;
/// The family of ad marks.
const AD: &str = "ad";
/// Fewest characters, white space left out, of such a line.
const SENTENCES_CHARS: usize = 45;

/// For each line whether it stays: by its score, or because
/// - it is a stanza,
/// - it is prose, two short sentences or an item of a list right behind prose or an item that
///   stays, and its score is nearly enough, or
/// - it is a heading that nothing speaks against, that comes once and stands between paragraphs
///   that stay.
pub(super) fn stays(
    draft: &Draft<'_, '_>,
    rules: &RuleSet,
    scores: &[i32],
    least: &[i32],
) -> Vec<bool> {
    let mut stays: Vec<bool> = scores
        .iter()
        .zip(least)
        .map(|(s, least)| s >= least)
        .collect();
    let (mut after_text, mut below_ad) = (false, false);
    for at in 0..stays.len() {
        if !draft.stays(at) {
            let verdict = draft.states[at].verdict.as_ref();
            below_ad = verdict.is_some_and(|verdict| &*verdict.kind == AD);
            continue;
        }
        let verse = draft.kind(at) == BlockKind::Verse;
        let goes_on = after_text
            && draft.states[at].evidence.is_empty()
            && scores[at] * 100 >= least[at] * percent(draft, at, below_ad);
        below_ad = false;
        let item = draft.kind(at) == BlockKind::ListItem;
        stays[at] |= verse || goes_on;
        // Headings are looked at below; they do not part one paragraph from the next.
        if draft.kind(at) != BlockKind::Heading {
            after_text = stays[at] && (draft.is_prose(at) || item);
        }
    }
    for at in 0..stays.len() {
        let heading = draft.stays(at) && draft.kind(at) == BlockKind::Heading;
        stays[at] |= heading && is_heading_of_text(draft, rules, at, &stays);
    }
    stays
}

/// The share of the threshold at which a line goes on with the text; one that no score reaches for
/// what has no sentences.
fn percent(draft: &Draft<'_, '_>, at: usize, below_ad: bool) -> i32 {
    let shape = &draft.shapes[at];
    let sentences = shape.closed && shape.sentence_ends > 1 && shape.chars >= SENTENCES_CHARS;
    if below_ad && sentences {
        BELOW_AD_PERCENT
    } else if draft.is_prose(at) || draft.kind(at) == BlockKind::ListItem {
        GOES_ON_PERCENT
    } else if sentences {
        SENTENCES_PERCENT
    } else {
        i32::MAX / 1001
    }
}

/// A heading between paragraphs that stay. A label ("FAQ", "Share") is one, too.
fn is_heading_of_text(draft: &Draft<'_, '_>, rules: &RuleSet, at: usize, stays: &[bool]) -> bool {
    let label = |rule: usize| LABELS.contains(&&*rules.rules()[rule].family);
    let prose = |at: usize| draft.is_prose(at) && stays[at];
    let above = (0..at)
        .rev()
        .find(|&above| draft.stays(above) && stays[above]);
    let evidence = &draft.states[at].evidence;
    evidence.iter().all(|evidence| label(evidence.rule))
        && above.is_some_and(prose)
        && at + 1 < stays.len()
        && prose(at + 1)
        && once(draft, at)
}

fn once(draft: &Draft<'_, '_>, at: usize) -> bool {
    let text = draft.text(at);
    // Texts that are the same have the same key.
    let key = |at: usize| draft.keys.get(at);
    let same = |other: &usize| key(*other) == key(at) && draft.text(*other) == text;
    !(0..draft.states.len()).any(|other| other != at && same(&other))
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
