//! The standfirst: the paragraph below the title that sums the text up.

use rustc_hash::FxHashSet;

use super::draft::Draft;
use crate::decision::Field;
use crate::document::BlockKind;

/// A run of so many words (or characters, in scripts without spaces) that stands again below
/// shows that the first paragraph was written apart from the text.
const RUN: usize = 6;
/// How many paragraphs below are looked at.
const LOOK: usize = 4;
/// Longest standfirst, in characters.
const MAX_CHARS: usize = 700;

/// Marks the first paragraph as standfirst if the paragraphs below say the same again.
pub fn run(draft: &mut Draft<'_, '_>) {
    let Some(title) = draft.title() else {
        return;
    };
    let mut prose = (title + 1..draft.states.len())
        .filter(|&at| draft.is_prose(at) && draft.kind(at) == BlockKind::Paragraph);
    let Some(first) = prose.next() else {
        return;
    };
    let below: Vec<usize> = prose.take(LOOK).collect();
    if below.len() < 2 || draft.text(first).len() > MAX_CHARS {
        return;
    }
    let words: Vec<&str> = words(draft.text(first)).collect();
    let runs: FxHashSet<&[&str]> = words.windows(RUN).collect();
    let repeats = below.iter().any(|&at| {
        let words: Vec<&str> = self::words(draft.text(at)).collect();
        words.windows(RUN).any(|run| runs.contains(run))
    });
    if repeats {
        draft.states[first].kind = Some(BlockKind::Standfirst);
        draft.states[first].field = Some(Field::Standfirst);
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plain, stages::title};

    fn has_standfirst(paragraphs: [&str; 3]) -> bool {
        let text = format!("A title above the text\n\n{}", paragraphs.join("\n\n"));
        let document = plain::segment(&text);
        let mut draft = Draft::new(&document);
        title::run(&mut draft);
        run(&mut draft);
        draft
            .states
            .iter()
            .any(|state| state.field == Some(Field::Standfirst))
    }

    #[test]
    fn a_paragraph_that_is_said_again_below_is_a_standfirst() {
        let first = "The council voted to close the swimming pool at the end of the summer. Parents had asked for another year and more talks.";
        let again = "On Monday evening the council voted to close the swimming pool at the end of the summer, after a debate of three hours in the old town hall.";
        let other = "The pool was built in 1964 and has not been repaired since the roof fell in. Nobody was hurt at the time, the mayor recalled on Tuesday.";
        assert!(has_standfirst([first, again, other]));
        assert!(!has_standfirst([
            other,
            first,
            "The mayor had no comment. The next meeting is in March, and the public may attend it, as it may attend all of them."
        ]));
    }
}
