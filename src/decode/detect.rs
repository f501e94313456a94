//! Which legacy encoding bytes are in: every candidate reads a sample, and the reading that is
//! likeliest as text of some language wins. Words may be of another language than the text.

use encoding_rs::Encoding;

use super::model::{BROKEN, Model, SINGLE_BYTE, Single, model};
use super::sample::{Sample, Words};

/// Pairs that every candidate reads; the best then read the rest.
const FIRST_LOOK: usize = 96;
/// Groups of encodings that read the whole sample, and in how many languages each.
const FINALISTS: usize = 6;
const LANGUAGES: usize = 12;
/// Weight of the ASCII words around, in sixteenths: they tell the language.
const ASCII_WEIGHT: u32 = 8;
/// What it costs that a word is in another language than the text.
const FOREIGN_WORD: u32 = 72;

/// A candidate and what its reading costs (`-ln p` in sixteenths).
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub encoding: &'static Encoding,
    pub cost: u32,
    /// The language in which the reading is likeliest.
    pub language: &'static str,
}

/// The candidates, likeliest first. `favour` gives the bonus of a declared encoding.
pub(super) fn rank(
    sample: &Sample<'_>,
    favour: Option<(&'static Encoding, u32)>,
) -> Vec<Candidate> {
    let mut all = single_byte(sample, model());
    all.extend(super::wide::candidates(sample, model()));
    for candidate in &mut all {
        if let Some((encoding, bonus)) = favour
            && reads_alike(encoding, candidate.encoding, sample)
        {
            candidate.cost = candidate.cost.saturating_sub(bonus);
        }
    }
    all.sort_by_key(|candidate| candidate.cost);
    all
}

/// Whether two encodings read the bytes of the sample alike.
pub(super) fn reads_alike(a: &'static Encoding, b: &'static Encoding, sample: &Sample<'_>) -> bool {
    let upper = |encoding| {
        let at = SINGLE_BYTE
            .iter()
            .position(|(single, _)| *single == encoding)?;
        model().upper.get(at)
    };
    let chinese = |e| e == encoding_rs::GBK || e == encoding_rs::GB18030;
    let hebrew = |e| e == encoding_rs::ISO_8859_8 || e == encoding_rs::ISO_8859_8_I;
    match (upper(a), upper(b)) {
        (Some(a), Some(b)) => (0..128).all(|i| !sample.seen[i] || a[i] == b[i]),
        _ => a == b || (chinese(a) && chinese(b)) || (hebrew(a) && hebrew(b)),
    }
}

/// Encodings that read the bytes that occur alike.
struct Group {
    first: usize,
    encodings: u32,
    broken: u32,
}

fn groups(sample: &Sample<'_>, model: &Model) -> Vec<Group> {
    let seen: Vec<usize> = (0..128).filter(|&i| sample.seen[i]).collect();
    let mut groups: Vec<Group> = Vec::new();
    for (i, upper) in model.upper.iter().enumerate() {
        let alike = groups.iter_mut().find(|group| {
            let other = &model.upper[group.first];
            seen.iter().all(|&b| upper[b] == other[b])
        });
        match alike {
            Some(group) => group.encodings |= 1 << i,
            None => groups.push(Group {
                first: i,
                encodings: 1 << i,
                broken: seen.iter().filter(|&&b| is_broken(upper[b])).count() as u32,
            }),
        }
    }
    groups
}

fn is_broken(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}' | '\u{FFFD}')
}

/// The readings of one group: in each language, what the text around and each word cost.
struct Readings<'m> {
    group: Group,
    languages: Vec<Reading<'m>>,
}

struct Reading<'m> {
    encoding: usize,
    index: usize,
    language: &'m Single,
    around: u32,
    words: Vec<u32>,
}

impl Readings<'_> {
    /// The likeliest language and its cost, when single words may be in another language.
    fn best(&self) -> Option<(&'static str, u32)> {
        let words = self.languages.iter().map(|r| r.words.len()).max()?;
        let cheapest: Vec<u32> = (0..words)
            .map(|i| {
                let costs = self.languages.iter().filter_map(|r| r.words.get(i));
                costs
                    .min()
                    .copied()
                    .unwrap_or(0)
                    .saturating_add(FOREIGN_WORD)
            })
            .collect();
        let total = |r: &Reading<'_>| {
            let words = r.words.iter().zip(&cheapest);
            r.around + words.map(|(own, other)| own.min(other)).sum::<u32>()
        };
        let best = self
            .languages
            .iter()
            .map(|r| (total(r), r.language.code))
            .min()?;
        let handicap = SINGLE_BYTE[self.group.first].1 + self.group.broken * BROKEN;
        Some((best.1, best.0 + handicap))
    }
}

fn single_byte(sample: &Sample<'_>, model: &Model) -> Vec<Candidate> {
    let around = around(sample, model);
    let ascii = ascii_costs(&sample.words, model);
    let words = &sample.words;
    let first = (0..words.len())
        .scan(0, |read, i| {
            *read += words.word(i)[0].len();
            Some(*read)
        })
        .take_while(|&read| read <= FIRST_LOOK)
        .count()
        .max(1);
    let mut all: Vec<Readings<'_>> = groups(sample, model)
        .into_iter()
        .map(|group| first_look(group, sample, model, &around, &ascii, first))
        .collect();
    all.sort_by_key(|readings| readings.best().map_or(u32::MAX, |(_, cost)| cost));
    if words.len() > first || sample.rare.len() > 0 {
        all.truncate(FINALISTS);
        let rare = ascii_costs(&sample.rare, model);
        for readings in &mut all {
            readings
                .languages
                .sort_by_key(|r| r.around + r.words.iter().sum::<u32>());
            readings.languages.truncate(LANGUAGES);
            for reading in &mut readings.languages {
                reading.read(words, model, &ascii, first..words.len());
            }
        }
        return finalists(all, sample, model, &rare);
    }
    candidates(&all)
}

fn candidates(all: &[Readings<'_>]) -> Vec<Candidate> {
    let candidate = |readings: &Readings<'_>| {
        let (language, cost) = readings.best()?;
        let encoding = SINGLE_BYTE[readings.group.first].0;
        Some(Candidate {
            encoding,
            cost,
            language,
        })
    };
    all.iter().filter_map(candidate).collect()
}

/// Adds what the rare words cost more than in the finalist that reads them best: other candidates
/// do not read them at all.
fn finalists(
    mut all: Vec<Readings<'_>>,
    sample: &Sample<'_>,
    model: &Model,
    ascii: &[Vec<u32>],
) -> Vec<Candidate> {
    let before = candidates(&all);
    for reading in all.iter_mut().flat_map(|readings| &mut readings.languages) {
        reading.read(&sample.rare, model, ascii, 0..sample.rare.len());
    }
    let after = candidates(&all);
    let extra = |(before, after): (&Candidate, &Candidate)| after.cost - before.cost;
    let least = before.iter().zip(&after).map(extra).min().unwrap_or(0);
    let without = |c: Candidate| Candidate {
        cost: c.cost - least,
        ..c
    };
    after.into_iter().map(without).collect()
}

fn first_look<'m>(
    group: Group,
    sample: &Sample<'_>,
    model: &'m Model,
    around: &[u32],
    ascii: &[Vec<u32>],
    words: usize,
) -> Readings<'m> {
    let carried = |language: &&Single| language.encodings & group.encodings != 0;
    let mut languages = Vec::new();
    for (index, language) in model.single.iter().enumerate().filter(|(_, l)| carried(l)) {
        let mut reading = Reading {
            encoding: (language.encodings & group.encodings).trailing_zeros() as usize,
            index,
            language,
            around: around[index],
            words: Vec::with_capacity(sample.words.len() + sample.rare.len()),
        };
        reading.read(&sample.words, model, ascii, 0..words);
        languages.push(reading);
    }
    Readings { group, languages }
}

impl Reading<'_> {
    fn read(
        &mut self,
        words: &Words,
        model: &Model,
        ascii: &[Vec<u32>],
        range: std::ops::Range<usize>,
    ) {
        for i in range {
            let [upper, _] = words.word(i);
            let letters = ascii.get(i).and_then(|word| word.get(self.index)).copied();
            let cost = read(upper, model, self.language, self.encoding);
            self.words.push(cost + letters.unwrap_or(0));
        }
    }
}

fn read(pairs: &[(u8, u8)], model: &Model, language: &Single, encoding: usize) -> u32 {
    let [ascii, upper] = language.symbols(encoding);
    let symbol = |byte: u8| match byte {
        0x80.. => upper[(byte & 0x7F) as usize],
        _ => ascii[byte as usize],
    };
    pairs
        .iter()
        .map(|&(before, next)| language.cost(&model.shapes, symbol(before), symbol(next)))
        .sum()
}

/// What the ASCII words around cost more in each language than in the likeliest one.
fn around(sample: &Sample<'_>, model: &Model) -> Vec<u32> {
    excess(model, &sample.ascii)
        .into_iter()
        .map(|cost| cost * ASCII_WEIGHT / 16)
        .collect()
}

/// The same for the ASCII letters of each word.
fn ascii_costs(words: &Words, model: &Model) -> Vec<Vec<u32>> {
    let costs = |i| match words.word(i)[1] {
        [] => Vec::new(),
        ascii => excess(model, ascii),
    };
    (0..words.len()).map(costs).collect()
}

fn excess(model: &Model, pairs: &[(u8, u8)]) -> Vec<u32> {
    let languages = model.single.iter();
    let costs: Vec<u32> = languages
        .map(|language| read(pairs, model, language, 0))
        .collect();
    let least = costs.iter().copied().min().unwrap_or(0);
    costs.into_iter().map(|cost| cost - least).collect()
}
