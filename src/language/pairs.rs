//! What pairs of letters cost in the languages of the tables (`models/encoding.bin`), many languages
//! at once.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::script::{Script, script};
use crate::decode::model::{Single, model};

/// The best languages that a verdict looks at.
const RANKED: usize = 3;

/// The letters of all languages of the tables, numbered from 1.
struct Alphabet {
    /// The number of each character below [`NEAR`] in lower case, 0 where no language has it.
    near: Vec<u16>,
    far: FxHashMap<char, u16>,
    /// Per language the class of every number, [`SPACE`] for 0.
    classes: Vec<Vec<u8>>,
}

/// Up to here characters are looked up in a table: Latin, Greek, Cyrillic, Arabic.
const NEAR: u32 = 0x700;
/// The class of what is no letter.
const SPACE: u8 = 0;

impl Alphabet {
    fn get() -> &'static Self {
        static ALPHABET: OnceLock<Alphabet> = OnceLock::new();
        ALPHABET.get_or_init(|| {
            let single = &model().single;
            let mut letters: Vec<char> = single.iter().flat_map(|s| &s.letters).copied().collect();
            letters.sort_unstable();
            letters.dedup();
            let classes = |language: &Single| {
                let own = letters.iter().map(|&c| language.class(c));
                [SPACE].into_iter().chain(own).collect()
            };
            let mut alphabet = Self {
                near: Vec::new(),
                far: letters.iter().copied().zip(1..).collect(),
                classes: single.iter().map(classes).collect(),
            };
            let near = (0..NEAR).filter_map(char::from_u32);
            alphabet.near = near.map(|c| alphabet.look_up(c)).collect();
            alphabet
        })
    }

    fn look_up(&self, c: char) -> u16 {
        let lower = c.to_lowercase().next().unwrap_or(c);
        self.far.get(&lower).copied().unwrap_or(0)
    }

    fn number(&self, c: char) -> u16 {
        let near = self.near.get(c as usize).copied();
        near.unwrap_or_else(|| self.look_up(c))
    }

    /// The pairs of a text of ASCII and the space behind it, as [`push`] adds them.
    fn common_pairs(&self, text: &[u8], pairs: &mut Vec<u16>) {
        let Some(numbers) = self.near.first_chunk::<128>() else {
            return;
        };
        pairs.resize(text.len() + 1, 0);
        let (mut before, mut len) = (0, 0);
        for &byte in text.iter().chain(b" ") {
            let next = numbers[usize::from(byte & 0x7f)];
            if let Some(pair) = pairs.get_mut(len) {
                *pair = place(before, next) as u16;
            }
            len += usize::from(before | next != 0);
            before = next;
        }
        pairs.truncate(len);
    }
}

/// The place of a pair of common letters in the tables.
#[inline]
fn place(before: u16, next: u16) -> usize {
    usize::from(before) * COMMON + usize::from(next)
}

/// Adds a pair of letters, unless no language knows either: a run of such characters says nothing.
#[inline]
fn push(before: u16, next: u16, common: &mut Vec<u16>, others: &mut Vec<(u16, u16)>) {
    match before | next {
        0 => {}
        both if usize::from(both) < COMMON => common.push(place(before, next) as u16),
        _ => others.push((before, next)),
    }
}

fn uses(language: &Single, wanted: Script) -> bool {
    // Every list holds the ASCII letters, and foreign letters stray into some.
    let of = |c: &&char| !c.is_ascii() && script(**c) == Some(wanted);
    let strange = |c: &&char| script(**c).is_some_and(|s| s != Script::Latin);
    let letters = language.letters.len();
    match wanted {
        Script::Latin => language.letters.iter().filter(strange).count() * 5 < letters * 2,
        _ => language.letters.iter().filter(of).count() > 20,
    }
}

/// Letters with a number below this are looked up in pairs, for all languages at once: those of
/// English and of Western Europe, which come first.
const COMMON: usize = 64;
/// Languages that are summed up together.
const LANES: usize = 16;

/// The costs of the pairs of common letters, [`LANES`] languages together.
type Rows = [[u8; LANES]];

/// The languages that a script of several languages is told apart by, and what pairs cost in them.
pub(super) struct Known {
    pub(super) languages: Vec<usize>,
    rows: Vec<Box<Rows>>,
}

impl Known {
    pub(super) fn of(script: Script) -> &'static Self {
        static KNOWN: [OnceLock<Known>; 3] = [const { OnceLock::new() }; 3];
        let at = match script {
            Script::Cyrillic => 1,
            Script::Arabic => 2,
            _ => 0,
        };
        KNOWN[at].get_or_init(|| {
            let single = &model().single;
            let known = |&i: &usize| uses(&single[i], script) && single[i].code != "vi";
            let languages: Vec<usize> = (0..single.len()).filter(known).collect();
            let rows = languages.chunks(LANES).map(rows).collect();
            Self { languages, rows }
        })
    }
}

impl Known {
    /// The cost of a text of ASCII and the space behind it in the language `at` of those that are
    /// known, and how many pairs of it hold a letter.
    pub(super) fn read(&self, at: usize, text: &[u8]) -> (u32, u32) {
        let (rows, lane) = (&self.rows[at / LANES], at % LANES);
        let Some(numbers) = Alphabet::get().near.first_chunk::<128>() else {
            return (0, 0);
        };
        let (mut before, mut cost, mut pairs) = (0, 0, 0);
        for &byte in text.iter().chain(b" ") {
            let next = numbers[usize::from(byte & 0x7f)];
            // Two characters that no language knows cost nothing.
            let row = rows.get(place(before, next));
            cost += row.map_or(0, |row| u32::from(row[lane]));
            pairs += u32::from(before | next != 0);
            before = next;
        }
        (cost, pairs)
    }
}

/// The costs of common letters, one after the other, in up to [`LANES`] languages.
fn rows(languages: &[usize]) -> Box<Rows> {
    let mut rows = vec![[0; LANES]; COMMON * COMMON];
    for (lane, &i) in languages.iter().enumerate() {
        let (single, classes) = (&model().single[i], &Alphabet::get().classes[i]);
        let classes = classes.get(..COMMON).unwrap_or(classes);
        for (before, row) in classes.iter().zip(rows.chunks_mut(COMMON)) {
            for (next, row) in classes.iter().zip(row) {
                row[lane] = single.pair_cost(*before, *next);
            }
        }
        rows[0][lane] = 0;
    }
    rows.into()
}

/// A text as the tables read it: its pairs that hold a letter.
pub(super) struct Letters {
    /// Pairs of common letters, by their place in the tables.
    common: Vec<u16>,
    /// Pairs of other letters: their numbers in the [`Alphabet`].
    others: Vec<(u16, u16)>,
    pub(super) pairs: f64,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let alphabet = Alphabet::get();
        let (mut common, mut others) = (Vec::new(), Vec::new());
        if text.is_ascii() {
            alphabet.common_pairs(text.as_bytes(), &mut common);
        } else {
            common.reserve(text.len() + 1);
            let mut before = 0;
            for c in text.chars() {
                let next = alphabet.number(c);
                push(before, next, &mut common, &mut others);
                before = next;
            }
            push(before, 0, &mut common, &mut others);
        }
        let pairs = ((common.len() + others.len()) as f64).max(1.0);
        Self {
            common,
            others,
            pairs,
        }
    }

    /// The cost of the text in the language `at` of those that are known.
    pub(super) fn cost(&self, known: &Known, at: usize) -> u32 {
        let (rows, lane) = (&known.rows[at / LANES], at % LANES);
        let cost = |&pair: &u16| rows.get(usize::from(pair)).map_or(0, |row| row[lane]);
        let common: u32 = self.common.iter().map(|pair| u32::from(cost(pair))).sum();
        common + self.cost_of_others(known.languages[at])
    }

    fn cost_of_others(&self, i: usize) -> u32 {
        let (single, classes) = (&model().single[i], &Alphabet::get().classes[i]);
        let class = |number: u16| classes.get(usize::from(number)).copied().unwrap_or(SPACE);
        let cost = |&(before, next): &(u16, u16)| single.pair_cost(class(before), class(next));
        self.others.iter().map(|pair| u32::from(cost(pair))).sum()
    }

    /// The likeliest languages by their costs, the least first: those behind [`RANKED`], which nobody
    /// asks for, are missing.
    pub(super) fn ranked(&self, known: &Known) -> Vec<(u32, &'static str)> {
        let mut ranked: Vec<(u32, &str)> = Vec::with_capacity(known.languages.len());
        for (rows, languages) in known.rows.iter().zip(known.languages.chunks(LANES)) {
            let costs = self.costs(rows);
            let all = languages.iter().zip(costs);
            ranked.extend(all.map(|(&i, common)| {
                let cost = common + self.cost_of_others(i);
                (cost, model().single[i].code)
            }));
        }
        if ranked.len() > RANKED {
            ranked.select_nth_unstable(RANKED - 1);
            ranked.truncate(RANKED);
        }
        ranked.sort_unstable();
        ranked
    }

    /// The costs of the pairs of common letters in [`LANES`] languages.
    fn costs(&self, rows: &Rows) -> [u32; LANES] {
        /// So many costs of 8 bits have a sum of 16 bits.
        const FEW: usize = 256;
        let mut costs = [0; LANES];
        for pairs in self.common.chunks(FEW) {
            let mut sums = [0_u16; LANES];
            for row in pairs.iter().filter_map(|&pair| rows.get(usize::from(pair))) {
                for lane in 0..LANES {
                    sums[lane] = sums[lane].wrapping_add(u16::from(row[lane]));
                }
            }
            for lane in 0..LANES {
                costs[lane] += u32::from(sums[lane]);
            }
        }
        costs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cost of a text in a language, character by character.
    fn read(text: &str, i: usize) -> u32 {
        let language = &model().single[i];
        let (mut before, mut sum, mut known) = (SPACE, 0, false);
        for c in text.chars().chain([' ']) {
            let (lower, number) = (c.to_lowercase().next().unwrap(), Alphabet::get().number(c));
            let next = match number {
                0 => SPACE,
                _ => language.class(lower),
            };
            if known || number != 0 {
                sum += u32::from(language.pair_cost(before, next));
            }
            (before, known) = (next, number != 0);
        }
        sum
    }

    #[test]
    fn common_letters_are_those_of_western_europe() {
        let alphabet = Alphabet::get();
        for c in ('a'..='z').chain("àâçéèêëîïôöüñø".chars()) {
            assert!((1..COMMON as u16).contains(&alphabet.number(c)), "{c}");
            assert_eq!(
                alphabet.number(c),
                alphabet.number(c.to_uppercase().next().unwrap_or(c))
            );
        }
        assert_eq!(
            alphabet.number('1') + alphabet.number('-') + alphabet.number(' '),
            0
        );
    }

    #[test]
    fn the_best_languages_are_those_of_a_full_reading() {
        let texts = [
            "The river ran past the old mill, and nobody could say why. Der Fluss fließt langsam \
             zwischen den Hügeln. La rivière coule lentement entre les collines.",
            "Elva renner sakte mellom åsene, og ingen spør hvor den skal.",
            "Река медленно течёт между холмами, и никто не спрашивает, куда она идёт.",
            "x",
            "",
        ];
        for text in texts {
            for script in [Script::Latin, Script::Cyrillic, Script::Arabic] {
                let (text, known) = (text.repeat(50), Known::of(script));
                let costs = |(at, &i): (usize, &usize)| {
                    let cost = read(&text, i);
                    let letters = Letters::of(&text);
                    assert_eq!(letters.cost(known, at), cost);
                    if text.is_ascii() {
                        let (read, pairs) = known.read(at, text.as_bytes());
                        assert_eq!((read, f64::from(pairs).max(1.0)), (cost, letters.pairs));
                    }
                    (cost, model().single[i].code)
                };
                let mut all: Vec<_> = known.languages.iter().enumerate().map(costs).collect();
                all.sort_unstable();
                all.truncate(RANKED);
                assert_eq!(Letters::of(&text).ranked(known), all);
            }
        }
    }
}
