//! The title: the line at the head of the text that names it, kept once and metadata as well.

use super::draft::Draft;
use crate::decision::Field;
use crate::document::BlockKind;
use crate::render::edited;
use crate::rules::normalise::normalise;

/// Fewest and most characters of a title.
const CHARS: std::ops::RangeInclusive<usize> = 8..=220;
/// How many blocks that stay are looked at before the first paragraph of prose.
const LOOK: usize = 12;

/// Marks the title block, if the document has one.
pub fn run(draft: &mut Draft<'_, '_>) {
    let title = match page_title(draft) {
        Some(at) => Some(at),
        None if draft.document.is_html => None,
        None => first_line(draft),
    };
    if let Some(at) = title {
        draft.states[at].kind = Some(BlockKind::Title);
        draft.states[at].field = Some(Field::Title);
    }
}

/// The heading that a page's head names as well (`<title>`, Open Graph …).
pub(super) fn named(draft: &Draft<'_, '_>) -> Option<usize> {
    let document = draft.document;
    let named: Vec<String> = document
        .found
        .iter()
        .filter(|found| found.field == Field::Title)
        .map(|found| {
            let mut text = String::new();
            edited(document.text, found.span, &document.edits, &mut text);
            normalised(&text)
        })
        .collect();
    let headings = || {
        (0..draft.states.len())
            .filter(|&at| draft.stays(at) && draft.document.blocks[at].kind == BlockKind::Heading)
    };
    headings().find(|&at| {
        let heading = normalised(draft.text(at));
        let is_named = |title: &String| !heading.is_empty() && title.starts_with(&heading);
        heading.chars().count() >= *CHARS.start() && named.iter().any(is_named)
    })
}

/// The named heading, or else the first of the first level.
fn page_title(draft: &Draft<'_, '_>) -> Option<usize> {
    let is_first = |at: &usize| {
        let block = &draft.document.blocks[*at];
        draft.stays(*at) && block.kind == BlockKind::Heading && block.level == 1
    };
    named(draft).or_else(|| {
        let mut all = 0..draft.states.len();
        all.find(is_first).filter(|_| draft.document.is_html)
    })
}

/// In plain text: the first title-shaped line above the prose; one that comes again wins.
fn first_line(draft: &Draft<'_, '_>) -> Option<usize> {
    let prose = (0..draft.states.len()).find(|&at| draft.is_prose(at))?;
    let candidates: Vec<usize> = (0..prose)
        .filter(|&at| draft.is_open(at) && draft.shapes[at].is_title())
        .filter(|&at| !matches!(draft.kind(at), BlockKind::ListItem | BlockKind::Verse))
        .filter(|&at| CHARS.contains(&draft.text(at).chars().count()))
        .take(LOOK)
        .collect();
    let twice = candidates.iter().copied().find(|&at| {
        let title = draft.text(at);
        let again = |&other: &usize| other != at && draft.text(other) == title;
        title.split_whitespace().nth(2).is_some() && candidates.iter().any(again)
    });
    twice.or_else(|| {
        let wordy = |&at: &usize| {
            // A date, a byline, a read-also head is no title.
            draft.states[at].evidence.is_empty() && has_words(draft.text(at))
        };
        candidates.into_iter().find(wordy)
    })
}

/// At least two words, or a script that writes none.
fn has_words(line: &str) -> bool {
    line.split_whitespace().nth(1).is_some() || line.chars().any(crate::rules::is_unspaced)
}

fn normalised(text: &str) -> String {
    let mut out = String::new();
    normalise(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain;

    fn title(text: &str) -> Option<String> {
        let document = plain::segment(text);
        let mut draft = Draft::new(&document);
        run(&mut draft);
        let marked = |at: &usize| draft.states[*at].field == Some(Field::Title);
        (0..draft.states.len())
            .find(marked)
            .map(|at| draft.text(at).into())
    }

    #[test]
    fn the_line_that_comes_twice_wins_over_the_first_one() {
        let prose = "Das Gericht hat am Dienstag entschieden, dass der Vertrag gilt. ".repeat(3);
        let text = format!(
            "Nachrichten aus Köln\nGericht hält am Vertrag fest\nGericht hält am Vertrag fest\n\n{prose}"
        );
        assert_eq!(
            title(&text).as_deref(),
            Some("Gericht hält am Vertrag fest")
        );
        assert_eq!(title(&prose), None);
        assert_eq!(title("Only a line"), None);
    }
}
