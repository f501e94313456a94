//! Which legacy encoding bytes are in: every candidate reads a sample, and the reading that is
//! likeliest as text of some language wins. Words may be of another language than the text.

use encoding_rs::Encoding;

use super::model::{BROKEN, Model, SINGLE_BYTE, Single, least_costs, model};
use super::sample::{Sample, Words};

/// A candidate that costs so much more than the best after the first look reads no further.
const HOPELESS: u32 = 320;
/// In how many languages each of the others reads the whole sample.
const LANGUAGES: usize = 8;
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
    let model = model();
    let favoured = |e: &'static Encoding| favour.is_some_and(|(f, _)| reads_alike(f, e, sample));
    let mut narrow = first_look(sample, model, &favoured);
    let mut wide = super::wide::first_look(sample, model);
    let costs = narrow.iter().filter_map(|readings| readings.best());
    let costs = costs
        .map(|(_, cost)| cost)
        .chain(wide.iter().map(|runner| runner.cost));
    let limit = costs.min().unwrap_or(0) + HOPELESS;
    wide.retain(|runner| runner.cost <= limit || favoured(runner.encoding()));
    narrow.retain(|readings| {
        readings.best().is_some_and(|(_, cost)| cost <= limit) || favoured(readings.encoding())
    });
    let mut all = finish(narrow, sample, model);
    all.extend(
        wide.iter()
            .filter_map(|runner| runner.finish(sample, model)),
    );
    for candidate in &mut all {
        if let Some((_, bonus)) = favour.filter(|_| favoured(candidate.encoding)) {
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
    fn encoding(&self) -> &'static Encoding {
        SINGLE_BYTE[self.group.first].0
    }

    /// The likeliest language and its cost, when single words may be in another language.
    fn best(&self) -> Option<(&'static str, u32)> {
        let words = self.languages.iter().map(|r| r.words.len()).max()?;
        let mut cheapest = vec![u32::MAX; words];
        for reading in &self.languages {
            for (least, cost) in cheapest.iter_mut().zip(&reading.words) {
                *least = (*least).min(cost + FOREIGN_WORD);
            }
        }
        let total = |r: &Reading<'_>| {
            let words = r.words.iter().zip(&cheapest);
            r.around + words.map(|(own, other)| own.min(other)).sum::<u32>()
        };
        let costs = self.languages.iter().map(|r| (total(r), r.language.code));
        let (cost, language) = costs.min()?;
        Some((language, cost + self.group.handicap()))
    }
}

impl Group {
    fn handicap(&self) -> u32 {
        SINGLE_BYTE[self.first].1 + self.broken * BROKEN
    }

    /// No reading of the first look can cost less.
    fn bound(&self, pairs: &[(u8, u8)]) -> u32 {
        let tables = least_costs().iter().enumerate();
        let tables = tables
            .filter(|(i, _)| self.encodings & (1 << i) != 0)
            .map(|(_, t)| t);
        let cost = |table: &Vec<u8>| -> u32 {
            let pair = |&(before, next): &(u8, u8)| usize::from(before) << 8 | usize::from(next);
            pairs
                .iter()
                .map(|p| table.get(pair(p)).map_or(0, |&c| u32::from(c)))
                .sum()
        };
        self.handicap() + tables.map(cost).min().unwrap_or(0)
    }
}

/// The readings of the first look, of the groups that are not hopeless.
fn first_look<'m>(
    sample: &Sample<'_>,
    model: &'m Model,
    favoured: &dyn Fn(&'static Encoding) -> bool,
) -> Vec<Readings<'m>> {
    let words = sample.first_words();
    let around = around(sample, model);
    let ascii = ascii_costs(&sample.words, words, model, u64::MAX);
    let pairs: Vec<(u8, u8)> = (0..words)
        .flat_map(|i| sample.words.word(i)[0])
        .copied()
        .collect();
    let groups = groups(sample, model).into_iter();
    let mut groups: Vec<(u32, Group)> = groups.map(|g| (g.bound(&pairs), g)).collect();
    groups.sort_by_key(|(bound, group)| (*bound, group.first));
    let mut limit = u32::MAX;
    let mut all: Vec<Readings<'m>> = Vec::new();
    for (bound, group) in groups {
        if bound > limit && !favoured(SINGLE_BYTE[group.first].0) {
            continue;
        }
        let readings = group_look(group, sample, model, &around, &ascii, words);
        if let Some((_, cost)) = readings.best() {
            limit = limit.min(cost + HOPELESS);
            all.push(readings);
        }
    }
    all
}

/// Reads the whole sample with what the first look left over.
fn finish(mut all: Vec<Readings<'_>>, sample: &Sample<'_>, model: &Model) -> Vec<Candidate> {
    let first = sample.first_words();
    if sample.words.len() <= first && sample.rare.len() == 0 {
        return candidates(&all);
    }
    let mut known = 0u64;
    for readings in &mut all {
        readings
            .languages
            .sort_by_key(|r| (r.around + r.words.iter().sum::<u32>(), r.index));
        readings.languages.truncate(LANGUAGES);
        for reading in &mut readings.languages {
            known |= 1 << reading.index;
            reading.read(&sample.words, model, &[], first..sample.words.len());
        }
    }
    let rare = ascii_costs(&sample.rare, sample.rare.len(), model, known);
    finalists(all, sample, model, &rare)
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

fn group_look<'m>(
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
    excess(model, &sample.ascii, u64::MAX)
        .into_iter()
        .map(|cost| cost * ASCII_WEIGHT / 16)
        .collect()
}

/// The same for the ASCII letters of the first words, in the languages of a bit set.
fn ascii_costs(words: &Words, first: usize, model: &Model, among: u64) -> Vec<Vec<u32>> {
    let costs = |i| match words.word(i)[1] {
        [] => Vec::new(),
        ascii => excess(model, ascii, among),
    };
    (0..first.min(words.len())).map(costs).collect()
}

fn excess(model: &Model, pairs: &[(u8, u8)], among: u64) -> Vec<u32> {
    let is_asked = |i: usize| among & (1 << (i as u32 & 63)) != 0;
    let mut costs = vec![0; model.single.len()];
    let mut least = u32::MAX;
    for (i, language) in model
        .single
        .iter()
        .enumerate()
        .filter(|(i, _)| is_asked(*i))
    {
        costs[i] = read(pairs, model, language, 0);
        least = least.min(costs[i]);
    }
    costs
        .into_iter()
        .map(|cost| cost.saturating_sub(least))
        .collect()
}
