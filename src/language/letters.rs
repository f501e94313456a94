//! Languages that share a script, told apart by pairs of letters: the tables of
//! `models/encoding.bin`.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::script::{Script, script};
use super::{Language, UNSURE};
use crate::decode::model::{Single, model};

/// Mean cost of a pair (`-ln p` in sixteenths) above which no known language is likely.
const STRANGE: f64 = 46.0;
/// Mean cost of a pair up to which a text may well be in a language.
const LIKE: f64 = 42.0;
/// Cost per pair by which the best must be ahead in a long text; a short one needs more.
const AHEAD: f64 = 0.6;

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

/// The languages of the tables that a script of several languages is told apart by.
fn known(script: Script) -> &'static [usize] {
    static KNOWN: OnceLock<[Vec<usize>; 3]> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let single = &model().single;
        let of = |script| {
            let all = 0..single.len();
            all.filter(|&i| uses(&single[i], script) && single[i].code != "vi")
                .collect()
        };
        [Script::Latin, Script::Cyrillic, Script::Arabic].map(of)
    });
    match script {
        Script::Latin => &known[0],
        Script::Cyrillic => &known[1],
        Script::Arabic => &known[2],
        _ => &[],
    }
}

/// A text as the tables read it.
struct Letters {
    /// The numbers of its characters in the [`Alphabet`]; a run of what no language knows says
    /// nothing and is one 0.
    numbers: Vec<u16>,
    /// Pairs that hold a letter.
    pairs: f64,
}

impl Letters {
    fn of(text: impl Iterator<Item = char>) -> Self {
        let alphabet = Alphabet::get();
        let mut numbers = Vec::with_capacity(text.size_hint().0 + 1);
        let (mut before, mut pairs) = (0, 0usize);
        for c in text.chain([' ']) {
            let next = alphabet.number(c);
            if before | next != 0 {
                pairs += 1;
                numbers.push(next);
            }
            before = next;
        }
        let pairs = (pairs as f64).max(1.0);
        Self { numbers, pairs }
    }

    /// The cost of the text in a language.
    fn cost(&self, i: usize) -> u32 {
        self.cost_up_to(i, u32::MAX).unwrap_or(u32::MAX)
    }

    /// The same, as long as it is not above `most`.
    fn cost_up_to(&self, i: usize, most: u32) -> Option<u32> {
        let single = &model().single[i];
        let classes = &Alphabet::get().classes[i];
        let class = |&number: &u16| classes.get(usize::from(number)).copied().unwrap_or(SPACE);
        let (mut before, mut sum) = (SPACE, 0);
        for numbers in self.numbers.chunks(LOOK) {
            sum += single.classes_cost(before, numbers.iter().map(class));
            if sum > most {
                return None;
            }
            before = numbers.last().map_or(SPACE, class);
        }
        Some(sum)
    }

    /// The languages by their costs, the least first: those that nobody asks for, behind
    /// [`RANKED`], may be missing.
    fn ranked(&self, languages: &[usize]) -> Vec<(u32, &'static str)> {
        let single = &model().single;
        let mut ranked: Vec<(u32, &str)> = Vec::with_capacity(RANKED + 1);
        for &i in languages {
            let most = ranked.get(RANKED - 1).map_or(u32::MAX, |(cost, _)| *cost);
            if let Some(cost) = self.cost_up_to(i, most) {
                let own = (cost, single[i].code);
                ranked.insert(ranked.partition_point(|other| *other <= own), own);
                ranked.truncate(RANKED);
            }
        }
        ranked
    }
}

/// Characters after which a language that costs too much is given up.
const LOOK: usize = 64;
/// The best languages that a verdict looks at.
const RANKED: usize = 3;

/// Reads texts in one language.
pub(super) struct Reader {
    script: Script,
    /// Its tables; two for Norwegian.
    tables: Vec<usize>,
}

impl Reader {
    /// None for a language without tables.
    pub(super) fn of(code: &str) -> Option<Self> {
        let is = |i: &usize| match code {
            "no" => matches!(model().single[*i].code, "nb" | "nn"),
            _ => model().single[*i].code == code,
        };
        [Script::Latin, Script::Cyrillic, Script::Arabic]
            .into_iter()
            .map(|script| Self {
                script,
                tables: known(script).iter().copied().filter(is).collect(),
            })
            .find(|reader| !reader.tables.is_empty())
    }

    /// Whether a text may well be in this language.
    pub(super) fn is_like(&self, text: impl Iterator<Item = char>) -> bool {
        let (mut inside, mut all) = (0, 0);
        let letters = Letters::of(text.inspect(|&c| {
            let script = script(c);
            all += usize::from(script.is_some());
            inside += usize::from(script == Some(self.script));
        }));
        if inside * 3 < all * 2 {
            return false;
        }
        let cost = self.tables.iter().map(|&i| letters.cost(i)).min();
        cost.is_some_and(|cost| f64::from(cost) / letters.pairs <= LIKE)
    }
}

/// The language of a text in `script`.
pub(super) fn by_letters(sample: &str, script: Script) -> Language {
    if script == Script::Latin && is_vietnamese(sample) {
        return Language {
            code: "vi",
            confidence: 0.97,
        };
    }
    let letters = Letters::of(sample.chars());
    let ranked = letters.ranked(known(script));
    let found = verdict(&ranked, letters.pairs);
    #[cfg(feature = "lingua")]
    if found == UNSURE && !is_strange(&ranked, letters.pairs) {
        return super::accurate::identify(sample).unwrap_or(UNSURE);
    }
    found
}

/// Whether the text is unlike every known language.
fn is_strange(ranked: &[(u32, &'static str)], pairs: f64) -> bool {
    let unlike = |&(best, _): &(u32, &str)| f64::from(best) / pairs > STRANGE;
    ranked.first().is_none_or(unlike)
}

fn verdict(ranked: &[(u32, &'static str)], pairs: f64) -> Language {
    let [(best, code), rest @ ..] = ranked else {
        return UNSURE;
    };
    // The two written forms of Norwegian: where they are close, the text is Norwegian.
    let norwegian = |code: &str| matches!(code, "nb" | "nn");
    let (code, rest) = match rest.first() {
        Some((second, other))
            if norwegian(code)
                && norwegian(other)
                && f64::from(second - best) / pairs < AHEAD * (1.0 + 40.0 / pairs) =>
        {
            (&"no", rest.get(1..).unwrap_or_default())
        }
        _ => (code, rest),
    };
    let ahead = rest
        .first()
        .map_or(99.0, |(second, _)| f64::from(second - best) / pairs);
    if is_strange(ranked, pairs) || ahead < AHEAD * (1.0 + 40.0 / pairs) {
        return UNSURE;
    }
    let confidence = 1.0 - 0.5 * (-ahead / 1.75).exp();
    Language {
        code,
        confidence: (confidence * 100.0).round() / 100.0,
    }
}

/// Letters that only Vietnamese has make up part of every line of it.
fn is_vietnamese(sample: &str) -> bool {
    let own = |c: &char| {
        matches!(
            *c as u32,
            0x1EA0..=0x1EF9 | 0x1A0 | 0x1A1 | 0x1AF | 0x1B0 | 0x110 | 0x111
        )
    };
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    sample.chars().filter(own).count() * 25 > letters
}
