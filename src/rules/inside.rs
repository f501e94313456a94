//! Which lines may hold a phrase somewhere inside: those that hold one of a few words of ASCII
//! letters, looked for in the line as it is written, so that other lines need not be normalised.

use memchr::memchr2_iter;

use super::classes::{class_of, weight};
use super::normalise::gives_ascii;

/// Fewest letters of such a word.
const MIN_LETTERS: usize = 3;
/// What it costs to look for one more letter, in the unit of [`weight`].
const SEARCH: usize = 100;

/// Words of which every phrase holds one.
#[derive(Debug)]
pub(super) enum Words {
    /// Some phrase has no such word.
    Any,
    /// By their rarest letters.
    Some(Vec<(u8, Vec<Word>)>),
}

/// A word in lower case, and where its rarest letter stands in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    text: Box<[u8]>,
    rarest: usize,
}

impl Words {
    /// Words for phrases in normalised form, so that few letters are their rarest.
    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p str>) -> Self {
        let phrases = phrases.map(|phrase| words(phrase).map(Word::new).collect());
        let mut left: Vec<Vec<Word>> = phrases.collect();
        let mut letters: Vec<(u8, Vec<Word>)> = Vec::new();
        while !left.is_empty() {
            let Some(letter) = best_letter(&left) else {
                return Self::Any;
            };
            let mut chosen: Vec<Word> = Vec::new();
            left.retain(|words| {
                let mut of_letter = words.iter().filter(|word| word.letter() == letter);
                let found = of_letter.next();
                chosen.extend(found.cloned());
                found.is_none()
            });
            chosen.sort_unstable();
            chosen.dedup();
            letters.push((letter, chosen));
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

/// The letter that is the rarest of a word in most phrases and comes seldom; `None` where a phrase
/// has no word.
fn best_letter(phrases: &[Vec<Word>]) -> Option<u8> {
    let mut counts = [0_usize; 256];
    for words in phrases {
        let mut letters: Vec<u8> = words.iter().map(Word::letter).collect();
        letters.sort_unstable();
        letters.dedup();
        if letters.is_empty() {
            return None;
        }
        letters.iter().for_each(|&at| counts[usize::from(at)] += 1);
    }
    let worth = |letter: &u8| {
        let seldom = weight(class_of(*letter)) as usize + SEARCH;
        (counts[usize::from(*letter)] << 20) / seldom
    };
    (b'a'..=b'z').max_by_key(worth)
}

impl Word {
    fn new(word: &str) -> Self {
        let text: Box<[u8]> = word.as_bytes().into();
        let weight = |at: &usize| (weight(class_of(text[*at])), *at);
        let rarest = (0..text.len()).min_by_key(weight).unwrap_or(0);
        Self { text, rarest }
    }

    fn letter(&self) -> u8 {
        self.text.get(self.rarest).copied().unwrap_or(b'a')
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
            prop_assert!(!PHRASES.iter().any(holds) || words.may_be_in(&line), "{line:?}");
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
