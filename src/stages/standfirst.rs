//! The standfirst: the paragraph below the title that sums the text up.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::draft::Draft;
use crate::decision::Field;
use crate::document::BlockKind;
use crate::runs::runs;

/// A run of so many words (or characters, in scripts without spaces) that stands again below
/// shows that the first paragraph was written apart from the text.
const RUN: usize = 6;
/// How many paragraphs below are looked at.
const LOOK: usize = 4;
/// Longest standfirst, in characters.
const MAX_CHARS: usize = 700;
/// Places for hashes of runs, as a power of two.
const PLACES: u32 = 15;

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
    let (mut words, mut hashes) = (Vec::new(), Vec::new());
    read(draft.text(first), &mut words, &mut hashes);
    let mut taken = vec![0_u64; 1 << (PLACES - 6)];
    for place in hashes.windows(RUN).map(place) {
        taken[place >> 6] |= 1 << (place & 63);
    }
    let mut other = Vec::new();
    let repeats = below.iter().any(|&at| {
        read(draft.text(at), &mut other, &mut hashes);
        // Few runs have the place of another one.
        let mut runs = other.windows(RUN).zip(hashes.windows(RUN).map(place));
        runs.any(|(run, place)| {
            taken[place >> 6] >> (place & 63) & 1 != 0 && words.windows(RUN).any(|own| own == run)
        })
    });
    if repeats {
        draft.states[first].kind = Some(BlockKind::Standfirst);
        draft.states[first].field = Some(Field::Standfirst);
    }
}

/// The words of a text and their hashes.
fn read<'t>(text: &'t str, words: &mut Vec<&'t str>, hashes: &mut Vec<u64>) {
    words.clear();
    runs(text.as_bytes(), |start, end| {
        let run = &text[start..end];
        if run.is_ascii() {
            words.push(run);
        } else {
            let parts = run.split(|c: char| !c.is_alphanumeric());
            words.extend(parts.filter(|word| !word.is_empty()));
        }
    });
    hashes.clear();
    hashes.extend(words.iter().map(|word| FxBuildHasher.hash_one(word)));
}

/// The place of a run of words with these hashes.
fn place(hashes: &[u64]) -> usize {
    let mix = |all: u64, hash: &u64| all.rotate_left(9).wrapping_add(*hash);
    let all = hashes.iter().fold(0, mix);
    (all.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACES)) as usize
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
    fn words_are_parted_by_all_but_letters_and_digits() {
        let (mut words, mut hashes) = (Vec::new(), Vec::new());
        read("L’été, 2 fois—à l'école 東京。x", &mut words, &mut hashes);
        assert_eq!(
            words,
            ["L", "été", "2", "fois", "à", "l", "école", "東京", "x"]
        );
        assert_eq!(hashes.len(), words.len());
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
