//! Which lines may hold a phrase somewhere inside: those that hold one of a few words of ASCII
//! letters, looked for in the line as it is written, so that other lines need not be normalised.

use memchr::memchr2_iter;
use rustc_hash::FxHashMap;

use super::gates::{class_of, weight};
use super::normalise::gives_ascii;

/// Fewest letters of such a word.
const MIN_LETTERS: usize = 3;

/// Words of which every phrase holds one.
#[derive(Debug)]
pub(super) enum Words {
    /// Some phrase has no such word.
    Any,
    /// By their rarest letters.
    Some(Vec<(u8, Vec<Word>)>),
}

/// A word in lower case, and where its rarest letter stands in it.
#[derive(Debug)]
pub(super) struct Word {
    text: Box<[u8]>,
    rarest: usize,
}

impl Words {
    /// Words for phrases in normalised form: of each phrase the one that most phrases hold.
    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p str> + Clone) -> Self {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        for word in phrases.clone().flat_map(words) {
            *counts.entry(word).or_default() += 1;
        }
        let mut chosen = Vec::new();
        for phrase in phrases {
            let best = words(phrase).max_by_key(|word| (counts[word], word.len(), *word));
            match best {
                Some(word) => chosen.push(word),
                None => return Self::Any,
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
        let mut letters: Vec<(u8, Vec<Word>)> = Vec::new();
        for word in chosen {
            let word = Word::new(word);
            let letter = word.text[word.rarest];
            match letters.iter_mut().find(|(have, _)| *have == letter) {
                Some((_, words)) => words.push(word),
                None => letters.push((letter, vec![word])),
            }
        }
        Self::Some(letters)
    }

    /// Whether the normalised form of `line` may hold a phrase.
    pub(super) fn may_be_in(&self, line: &str) -> bool {
        let Self::Some(letters) = self else {
            return true;
        };
        let bytes = line.as_bytes();
        let holds = |(letter, words): &(u8, Vec<Word>)| {
            let mut places = memchr2_iter(*letter, letter.to_ascii_uppercase(), bytes);
            places.any(|at| words.iter().any(|word| word.stands(bytes, at)))
        };
        // What composes takes letters of ASCII away and brings none.
        letters.iter().any(holds) || !letters.is_empty() && gives_ascii(line)
    }
}

impl Word {
    fn new(word: &str) -> Self {
        let text: Box<[u8]> = word.as_bytes().into();
        let weight = |at: &usize| (weight(class_of(text[*at])), *at);
        let rarest = (0..text.len()).min_by_key(weight).unwrap_or(0);
        Self { text, rarest }
    }

    /// Whether the word stands in `line` with its rarest letter at `at`.
    fn stands(&self, line: &[u8], at: usize) -> bool {
        let from = at.checked_sub(self.rarest);
        let rest = from.and_then(|from| line.get(from..));
        let own = rest.and_then(|rest| rest.get(..self.text.len()));
        own.is_some_and(|own| own.eq_ignore_ascii_case(&self.text))
    }
}

fn words(phrase: &str) -> impl Iterator<Item = &str> {
    let words = phrase.split(|c: char| !c.is_ascii_alphabetic());
    words.filter(|word| word.len() >= MIN_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{fold_numbers, normalise};
    use super::*;

    const PHRASES: [&str; 4] = [
        "we use cookies",
        "l'usage de cookies",
        "vi kakor",
        "0 cookie å",
    ];

    fn of(phrases: &[&'static str]) -> Words {
        Words::new(phrases.iter().copied())
    }

    #[test]
    fn lines_without_the_words_are_told() {
        let words = of(&PHRASES);
        assert!(words.may_be_in("Here WE  USE COOKIES.") && words.may_be_in("två vi Kakor"));
        assert!(words.may_be_in("ｃookies") && words.may_be_in("coo\u{212A}ies"));
        assert!(!words.may_be_in("we use the cook’s – naïve 日本 „kako“") && !words.may_be_in(""));
        assert!(!of(&[]).may_be_in("cookies") && of(&["vi 0"]).may_be_in("a"));
    }

    #[test]
    fn no_line_that_holds_a_phrase_is_missed() {
        use proptest::prelude::*;
        let words = of(&PHRASES);
        let letters = "[coOKkiesar \u{212A}ｃ\u{301}\u{323}éſ№ªå’'0０]{0,4}";
        let lines = proptest::collection::vec(
            prop_oneof![
                letters.boxed(),
                "[wW][eEｅ] [uU][sSſ]e[ \u{a0}]{1,2}".boxed(),
                "l['’]usage\tde ".boxed(),
                "(?i:cookies|kakor|vi )".boxed(),
                "c[o\u{2092}]ok[iⅰ]e å?".boxed(),
            ],
            0..6,
        );
        proptest!(ProptestConfig::with_cases(3000), |(parts in lines)| {
            let line = parts.concat();
            let (mut normal, mut folded) = (String::new(), String::new());
            normalise(&line, &mut normal);
            fold_numbers(&normal, &mut folded);
            let holds = |phrase: &&str| normal.contains(*phrase) || folded.contains(*phrase);
            prop_assert!(!PHRASES.iter().any(|p| holds(&p)) || words.may_be_in(&line), "{line:?}");
        });
    }

    #[test]
    fn a_character_that_becomes_letters_of_ascii_is_known_for_it() {
        for c in (0x80..0x11_0000).filter_map(char::from_u32) {
            let line = format!("—{c}—");
            let mut normal = String::new();
            normalise(&line, &mut normal);
            let gives = normal.chars().any(|c| c.is_ascii_alphabetic());
            assert!(!gives || gives_ascii(&line), "{:x}", c as u32);
        }
    }
}
