//! What a single-byte candidate's reading of the sample costs in each language.

use super::groups::Group;
use super::model::{Model, Single};
use super::sample::Sample;
use super::symbol::{LETTER, Symbol};

/// Weight of the ASCII words around, in sixteenths: they tell the language.
const ASCII_WEIGHT: u32 = 6;
/// What it costs that a word is in another language than the text.
const FOREIGN_WORD: u32 = 96;

/// What it costs that a quotation mark or another sign stands between two letters.
const SIGN_WITHIN: u32 = 80;

/// The readings of one group: in each language, what the text around and each word cost.
pub(super) struct Readings<'m> {
    pub group: Group,
    pub languages: Vec<Reading<'m>>,
    /// The least that each word costs in languages that are no longer read.
    elsewhere: Vec<u32>,
    /// Whether each word is a letter or sign alone: it is of no other language than the text.
    alone: Vec<bool>,
}

/// The reading in one language.
pub(super) struct Reading<'m> {
    encoding: usize,
    index: usize,
    language: &'m Single,
    around: u32,
    handicap: u32,
    words: Vec<u32>,
}

impl<'m> Readings<'m> {
    /// Reads the first words in every language in which the reading is no dead end: what the text
    /// around costs more than the `limit` leaves needs no reading.
    pub fn new(group: Group, model: &'m Model, around: &[u32], limit: u32) -> Self {
        let languages = model.single.iter().enumerate();
        let carried = languages.filter(|(index, language)| {
            language.encodings & group.encodings != 0 && around[*index] <= limit
        });
        let languages = carried.map(|(index, language)| Reading {
            encoding: (language.encodings & group.encodings).trailing_zeros() as usize,
            index,
            language,
            around: around[index],
            handicap: group.handicap(language.encodings),
            words: Vec::new(),
        });
        Readings {
            languages: languages.collect(),
            group,
            elsewhere: Vec::new(),
            alone: Vec::new(),
        }
    }

    /// Adds what the words cost, with the costs of their ASCII letters; `known` remembers readings
    /// of the same words in other groups.
    pub fn read(
        &mut self,
        words: &[&[(u8, u8)]],
        model: &Model,
        ascii: &[Vec<u32>],
        known: &mut Known,
    ) {
        self.alone.extend(words.iter().map(|pairs| is_alone(pairs)));
        for reading in &mut self.languages {
            if let Some(costs) = known.get(reading) {
                reading.words.extend_from_slice(costs);
                continue;
            }
            let start = reading.words.len();
            reading.words.reserve(words.len());
            for (i, pairs) in words.iter().enumerate() {
                let letters = ascii.get(i).and_then(|word| word.get(reading.index));
                let cost = reading.cost(pairs, model);
                reading.words.push(cost + letters.copied().unwrap_or(0));
            }
            known.put(reading, start);
        }
    }

    /// Keeps the likeliest languages.
    pub fn keep(&mut self, languages: usize) {
        let total = |r: &Reading<'_>| r.around + r.handicap + r.words.iter().sum::<u32>();
        self.languages.sort_by_key(|r| (total(r), r.index));
        let rest = self
            .languages
            .split_off(languages.min(self.languages.len()));
        self.elsewhere.clear();
        for reading in &rest {
            self.elsewhere.resize(reading.words.len(), u32::MAX);
            for (least, cost) in self.elsewhere.iter_mut().zip(&reading.words) {
                *least = (*least).min(*cost);
            }
        }
    }

    /// Reads a word in all languages; `at` is its place among the words read, or behind them.
    pub fn read_everywhere(&mut self, pairs: &[(u8, u8)], model: &Model, ascii: &[u32], at: usize) {
        let mut least = u32::MAX;
        let letters = |index: usize| ascii.get(index).copied().unwrap_or(0);
        for (index, language) in model.single.iter().enumerate() {
            let both = language.encodings & self.group.encodings;
            if both != 0 {
                let encoding = both.trailing_zeros() as usize;
                let cost = read(pairs, model, language, encoding) + letters(index);
                least = least.min(cost);
            }
        }
        if self.alone.len() <= at {
            self.alone.push(is_alone(pairs));
        }
        for reading in &mut self.languages {
            if reading.words.len() <= at {
                let cost = reading.cost(pairs, model) + letters(reading.index);
                reading.words.push(cost);
            }
        }
        self.elsewhere
            .resize(self.elsewhere.len().max(at + 1), u32::MAX);
        self.elsewhere[at] = self.elsewhere[at].min(least);
    }

    /// The likeliest language and its cost, when single words may be in another language.
    pub fn best(&self) -> Option<(&'static str, u32)> {
        let words = self.languages.iter().map(|r| r.words.len()).max()?;
        let mut cheapest = self.elsewhere.clone();
        cheapest.resize(words, u32::MAX);
        for reading in &self.languages {
            for (least, cost) in cheapest.iter_mut().zip(&reading.words) {
                *least = (*least).min(*cost);
            }
        }
        for (least, alone) in cheapest.iter_mut().zip(&self.alone) {
            *least = if *alone {
                u32::MAX
            } else {
                least.saturating_add(FOREIGN_WORD)
            };
        }
        let total = |r: &Reading<'_>| {
            let words = r.words.iter().zip(&cheapest);
            r.around + r.handicap + words.map(|(own, other)| own.min(other)).sum::<u32>()
        };
        let costs = self.languages.iter().map(|r| (total(r), r.language.code));
        costs.min().map(|(cost, language)| (language, cost))
    }
}

/// Readings that were made: a language often reads the bytes of some words in one encoding as it
/// does in another.
pub(super) struct Known {
    /// The bytes from 0x80 on that the words hold.
    bytes: Vec<u8>,
    /// For each language the encodings and what the words cost.
    costs: Vec<Vec<(usize, Vec<u32>)>>,
}

impl Known {
    pub fn new(words: &[&[(u8, u8)]], model: &Model) -> Self {
        let mut seen = [false; 128];
        for &(before, next) in words.iter().copied().flatten() {
            for byte in [before, next].into_iter().filter(|b| *b >= 0x80) {
                seen[usize::from(byte & 0x7F)] = true;
            }
        }
        Known {
            bytes: (0x80..=u8::MAX)
                .filter(|b| seen[usize::from(b & 0x7F)])
                .collect(),
            costs: vec![Vec::new(); model.single.len()],
        }
    }

    fn get(&self, reading: &Reading<'_>) -> Option<&Vec<u32>> {
        let own = reading.language.symbols(reading.encoding);
        let known = self.costs.get(reading.index)?.iter();
        let alike = |other: &[Symbol; 256]| {
            self.bytes
                .iter()
                .all(|&b| own[usize::from(b)] == other[usize::from(b)])
        };
        let mut alike = known.filter(|(encoding, _)| alike(reading.language.symbols(*encoding)));
        alike.next().map(|(_, costs)| costs)
    }

    /// Remembers what the words from `start` on cost.
    fn put(&mut self, reading: &Reading<'_>, start: usize) {
        if let Some(known) = self.costs.get_mut(reading.index) {
            known.push((reading.encoding, reading.words[start..].to_vec()));
        }
    }
}

impl Reading<'_> {
    fn cost(&self, pairs: &[(u8, u8)], model: &Model) -> u32 {
        read(pairs, model, self.language, self.encoding)
    }
}

fn is_alone(pairs: &[(u8, u8)]) -> bool {
    let is_letter = |byte: u8| byte >= 0x80 || byte.is_ascii_alphabetic();
    matches!(*pairs, [(before, _), (_, after)] if !is_letter(before) && !is_letter(after))
}

fn read(pairs: &[(u8, u8)], model: &Model, language: &Single, encoding: usize) -> u32 {
    let symbols = language.symbols(encoding);
    let symbol = |byte: u8| symbols[usize::from(byte)];
    let (mut sum, mut sign) = (0, 0);
    for &(before, next) in pairs {
        let (before, next) = (symbol(before), symbol(next));
        sum += language.cost(&model.shapes, before, next);
        // 1 where a sign that came after a letter is before a letter.
        sum += SIGN_WITHIN * u32::from(sign & next.kind & LETTER);
        sign = before.kind & (next.kind >> 1);
    }
    sum
}

/// What the ASCII words around cost more in each language than in the likeliest one.
pub(super) fn around(sample: &Sample<'_>, model: &Model) -> Vec<u32> {
    let weighed = |cost| cost * ASCII_WEIGHT / 16;
    excess(model, &sample.ascii)
        .into_iter()
        .map(weighed)
        .collect()
}

/// What ASCII pairs cost more in each language than in the likeliest one.
pub(super) fn excess(model: &Model, pairs: &[(u8, u8)]) -> Vec<u32> {
    if pairs.is_empty() {
        return vec![0; model.single.len()];
    }
    let single = model.single.iter();
    let costs: Vec<u32> = single
        .map(|language| read(pairs, model, language, usize::MAX))
        .collect();
    let least = costs.iter().min().copied().unwrap_or(0);
    costs.into_iter().map(|cost| cost - least).collect()
}
