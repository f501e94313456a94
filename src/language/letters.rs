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

/// For each letter its class in every language of the tables.
fn classes() -> &'static FxHashMap<char, Vec<u8>> {
    static CLASSES: OnceLock<FxHashMap<char, Vec<u8>>> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let single = &model().single;
        let letters = single.iter().flat_map(|language| &language.letters);
        let class = |&c: &char| (c, single.iter().map(|language| language.class(c)).collect());
        letters.map(class).collect()
    })
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
    /// For each character its class in every language.
    rows: Vec<Option<&'static Vec<u8>>>,
    /// Pairs that hold a letter.
    pairs: f64,
}

impl Letters {
    fn of(text: impl Iterator<Item = char>) -> Self {
        let classes = classes();
        let mut rows: Vec<Option<&Vec<u8>>> = Vec::with_capacity(text.size_hint().0 + 1);
        rows.extend(text.chain([' ']).map(|c| {
            let c = c.to_lowercase().next().unwrap_or(c);
            classes.get(&c)
        }));
        let says = |row: Option<&Vec<u8>>| usize::from(row.is_some());
        let heads = rows.first().map_or(0, |row| says(*row));
        let pairs = rows
            .windows(2)
            .filter(|pair| pair.iter().any(Option::is_some));
        let pairs = ((heads + pairs.count()) as f64).max(1.0);
        // A run of what no language knows says nothing and is one.
        rows.dedup_by(|next, before| next.is_none() && before.is_none());
        if let Some(None) = rows.first() {
            rows.remove(0);
        }
        Self { rows, pairs }
    }

    /// The cost of the text in a language.
    fn cost(&self, i: usize) -> u32 {
        let single = &model().single[i];
        let (mut before, mut sum) = (0, 0);
        for row in &self.rows {
            let next = row.and_then(|row| row.get(i)).copied().unwrap_or(0);
            sum += single.class_cost(before, next);
            before = next;
        }
        sum
    }
}

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
    pub(super) fn is_like(&self, text: impl Iterator<Item = char> + Clone) -> bool {
        let scripts = || text.clone().filter_map(script);
        let inside = scripts().filter(|script| *script == self.script).count();
        if inside * 3 < scripts().count() * 2 {
            return false;
        }
        let letters = Letters::of(text);
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
    let single = &model().single;
    let letters = Letters::of(sample.chars());
    let mut ranked: Vec<(u32, &'static str)> = known(script)
        .iter()
        .map(|&i| (letters.cost(i), single[i].code))
        .collect();
    ranked.sort_unstable();
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
