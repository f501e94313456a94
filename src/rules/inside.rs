//! Which lines may hold a phrase somewhere inside: those that hold one of a few words of ASCII
//! letters, looked for in the line as it is written, so that other lines need not be normalised.

use std::collections::BTreeMap;

use memchr::memchr2_iter;

use super::classes::{Classes, class_of, classes_of_bytes, weight};
use super::gates::Look;
use super::near::Near;
use super::normalise::gives_ascii;

/// Fewest letters of such a word.
const MIN_LETTERS: usize = 3;

/// Words of which every phrase holds one.
#[derive(Debug)]
pub(super) enum Words {
    /// Some phrase has no such word.
    Any,
    /// By three letters of theirs, and these by the rarest of them.
    Some(Vec<Group>),
}

/// Words by the rarest of three letters of theirs.
#[derive(Debug)]
pub(super) struct Group {
    letter: u8,
    by_letters: ByLetters,
    /// For each three letters their classes.
    classes: Vec<Classes>,
}

type Three = [u8; MIN_LETTERS];
type ByLetters = Vec<(Near, Vec<Word>)>;

/// A word in lower case, and where its three letters stand in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    text: Box<[u8]>,
    at: usize,
}

impl Words {
    /// Words for phrases in normalised form, so that few letters in a row are looked for.
    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p str>) -> Self {
        let phrases = phrases.map(|phrase| words(phrase).collect());
        let mut left: Vec<Vec<&str>> = phrases.collect();
        let mut letters: Vec<Group> = Vec::new();
        while !left.is_empty() {
            let Some(three) = best_letters(&left) else {
                return Self::Any;
            };
            let mut chosen: Vec<Word> = Vec::new();
            left.retain(|words| {
                let found = words.iter().find_map(|word| Word::with(word, three));
                let is_left = found.is_none();
                chosen.extend(found);
                is_left
            });
            chosen.sort_unstable();
            chosen.dedup();
            let near = Near::new(&three);
            let rarest = near.rarest();
            let classes = classes_of_bytes(&three);
            match letters.iter_mut().find(|group| group.letter == rarest) {
                Some(group) => {
                    group.by_letters.push((near, chosen));
                    group.classes.push(classes);
                }
                None => letters.push(Group {
                    letter: rarest,
                    by_letters: vec![(near, chosen)],
                    classes: vec![classes],
                }),
            }
        }
        Self::Some(letters)
    }

    /// Whether the normalised form of `line` may hold a phrase; `look` is what is known of the line.
    pub(super) fn may_be_in(&self, line: &str, look: Option<&Look>) -> bool {
        let Self::Some(letters) = self else {
            return true;
        };
        let bytes = line.as_bytes();
        let spells = |classes: &Classes| look.is_none_or(|look| classes & !look.classes == 0);
        let holds = |group: &Group| {
            if !group.classes.iter().any(spells) {
                return false;
            }
            let letter = group.letter;
            let mut places = memchr2_iter(letter, letter.to_ascii_uppercase(), bytes);
            places.any(|at| {
                group.by_letters.iter().any(|(three, words)| {
                    let stands = |at| words.iter().any(|word| word.stands(bytes, at));
                    three.place(bytes, at).is_some_and(stands)
                })
            })
        };
        // What composes takes letters of ASCII away and brings none.
        letters.iter().any(holds)
            || !letters.is_empty() && look.is_none_or(Look::is_beyond) && gives_ascii(line)
    }
}

/// The three letters in a row that stand in most phrases and come seldom; `None` where a phrase has
/// no word.
fn best_letters(phrases: &[Vec<&str>]) -> Option<Three> {
    let mut counts: BTreeMap<Three, u64> = BTreeMap::new();
    for words in phrases {
        let mut threes: Vec<Three> = words.iter().flat_map(|word| threes(word)).collect();
        threes.sort_unstable();
        threes.dedup();
        if threes.is_empty() {
            return None;
        }
        for three in threes {
            *counts.entry(three).or_default() += 1;
        }
    }
    let seldom = |three: &Three| {
        let weights = three
            .iter()
            .map(|&letter| u64::from(weight(class_of(letter))));
        weights.product::<u64>().max(1)
    };
    // As many phrases as possible first: each further search goes over the whole line.
    let best = counts
        .iter()
        .max_by_key(|(three, count)| (**count, u64::MAX / seldom(three)));
    best.map(|(three, _)| *three)
}

fn threes(word: &str) -> impl Iterator<Item = Three> {
    let windows = word.as_bytes().windows(MIN_LETTERS);
    windows.filter_map(|three| three.first_chunk().copied())
}

impl Word {
    /// A word that holds three letters.
    fn with(word: &str, three: Three) -> Option<Self> {
        let at = threes(word).position(|other| other == three)?;
        let text = word.as_bytes().into();
        Some(Self { text, at })
    }

    /// Whether the word stands in `line` with its three letters at `at`.
    fn stands(&self, line: &[u8], at: usize) -> bool {
        let from = at.checked_sub(self.at);
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

    fn may(words: &Words, line: &str) -> bool {
        let may = words.may_be_in(line, Some(&Look::at(line)));
        assert_eq!(may, words.may_be_in(line, None));
        may
    }

    fn of(phrases: &[&'static str]) -> Words {
        Words::new(phrases.iter().copied())
    }

    #[test]
    fn lines_without_the_words_are_told() {
        let words = of(&PHRASES);
        assert!(may(&words, "Here WE  USE COOKIES.") && may(&words, "två vi Kakor"));
        assert!(may(&words, "ｃookies") && may(&words, "coo\u{212A}ies"));
        assert!(!may(&words, "we use the cook’s – naïve 日本 „kako“") && !may(&words, ""));
        assert!(!may(&of(&[]), "cookies") && may(&of(&["vi 0"]), "a"));
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
            prop_assert!(!PHRASES.iter().any(holds) || may(&words, &line), "{line:?}");
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
