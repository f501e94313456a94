//! Languages that share a script, told apart by pairs of letters: the tables of
//! `models/encoding.bin`.

use super::pairs::{Known, Letters};
use super::script::{Script, script};
use super::{Language, UNSURE};
use crate::decode::model::model;

/// Mean cost of a pair (`-ln p` in sixteenths) above which no known language is likely.
const STRANGE: f64 = 46.0;
/// Mean cost of a pair up to which a text may well be in a language.
const LIKE: f64 = 42.0;
/// Cost per pair by which the best must be ahead in a long text; a short one needs more.
const AHEAD: f64 = 0.6;

/// Reads texts in one language.
pub(super) struct Reader {
    script: Script,
    /// Its places among the languages of the script; two for Norwegian.
    places: Vec<usize>,
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
            .map(|script| {
                let known = &Known::of(script).languages;
                let places = (0..known.len()).filter(|&at| is(&known[at])).collect();
                Self { script, places }
            })
            .find(|reader| !reader.places.is_empty())
    }

    /// Whether a text may well be in this language.
    pub(super) fn is_like(&self, text: &str) -> bool {
        let known = Known::of(self.script);
        let like = |cost: u32, pairs: f64| f64::from(cost) / pairs <= LIKE;
        // Of ASCII all letters are Latin.
        if self.script == Script::Latin && text.is_ascii() {
            let read = |at| known.read(at, text.as_bytes());
            let mut costs = self.places.iter().map(|&at| read(at));
            return costs.any(|(cost, pairs)| like(cost, f64::from(pairs).max(1.0)));
        }
        if !self.is_own_script(text) {
            return false;
        }
        let letters = Letters::of(text);
        let costs = self.places.iter().map(|&at| letters.cost(known, at));
        costs.min().is_some_and(|cost| like(cost, letters.pairs))
    }

    /// Whether two thirds of the letters are of the language's script.
    fn is_own_script(&self, text: &str) -> bool {
        let (mut inside, mut all) = (0, 0);
        for script in text.chars().filter_map(script) {
            all += 1;
            inside += usize::from(script == self.script);
        }
        inside * 3 >= all * 2
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
    let letters = Letters::of(sample);
    let ranked = letters.ranked(Known::of(script));
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
    let found = match sample.is_ascii() {
        true => 0,
        false => sample.chars().filter(own).count(),
    };
    found > 0 && found * 25 > sample.chars().filter(|c| c.is_alphabetic()).count()
}
