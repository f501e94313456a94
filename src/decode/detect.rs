//! Which legacy encoding bytes are in: every candidate reads a sample, and the reading that is
//! likeliest as text of some language wins. Words may be of another language than the text.

use encoding_rs::Encoding;

use super::groups;
use super::model::{Model, SINGLE_BYTE, model};
use super::readings::{Known, Readings, around, excess};
use super::sample::{Sample, Words};

/// A candidate that costs so much more than the best after the first look reads no further.
const HOPELESS: u32 = 320;
/// In how many languages each of the others reads the whole sample.
const LANGUAGES: usize = 8;

/// A candidate and what its reading costs (`-ln p` in sixteenths).
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub encoding: &'static Encoding,
    pub cost: u32,
    /// The language in which the reading is likeliest.
    pub language: &'static str,
}

/// A declared encoding and how much likelier another must be.
pub(super) type Favour = Option<(&'static Encoding, u32)>;

/// The candidates, likeliest first. `favour` gives the bonus of a declared encoding.
pub(super) fn rank(sample: &Sample<'_>, favour: Favour) -> Vec<Candidate> {
    let model = model();
    let favoured = |e: &'static Encoding| favour.is_some_and(|(f, _)| reads_alike(f, e, sample));
    let mut wide = super::wide::first_look(sample, model);
    let widest = wide.iter().map(|runner| runner.cost).min();
    let limit = widest.map_or(u32::MAX, |cost| cost + HOPELESS);
    let mut narrow = first_look(sample, model, favour, limit);
    let costs = narrow.iter().filter_map(|readings| readings.best());
    let costs = costs
        .map(|(_, cost)| cost)
        .chain(wide.iter().map(|runner| runner.cost));
    let limit = costs.min().unwrap_or(0) + HOPELESS;
    wide.retain(|runner| runner.cost <= limit || favoured(runner.encoding()));
    narrow.retain(|readings| {
        readings.best().is_some_and(|(_, cost)| cost <= limit)
            || favoured(readings.group.encoding())
    });
    // A single candidate reads on only to name its language.
    let languages = match narrow.len() + wide.len() {
        1 => 2,
        _ => LANGUAGES,
    };
    let mut all = finish(narrow, sample, model, languages);
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

/// The readings of the first look, of the groups that are not hopeless; those that cost more than
/// `limit` are.
fn first_look<'m>(
    sample: &Sample<'_>,
    model: &'m Model,
    favour: Favour,
    mut limit: u32,
) -> Vec<Readings<'m>> {
    let around = around(sample, model);
    // In a long text the words around tell the language well enough.
    let ascii = match sample.is_whole() {
        true => ascii_costs(&sample.words, sample.first_words(), model),
        false => Vec::new(),
    };
    let words = sample.words.upper(0..sample.first_words());
    let pairs: Vec<(u8, u8)> = words.iter().copied().flatten().copied().collect();
    let mut known = Known::new(&words, model);
    let mut all: Vec<Readings<'m>> = Vec::new();
    for (bound, group) in groups::ranked(sample, model, &pairs) {
        let favoured = groups::is_favoured(&group, favour, sample);
        if bound > limit && !favoured {
            continue;
        }
        let left = if favoured {
            u32::MAX
        } else {
            limit.saturating_sub(bound)
        };
        let mut readings = Readings::new(group, model, &around, left);
        readings.read(&words, model, &ascii, &mut known);
        if let Some((_, cost)) = readings.best() {
            limit = limit.min(cost + HOPELESS);
            all.push(readings);
        }
    }
    all
}

/// The costs of the ASCII letters of the first words in each language.
fn ascii_costs(words: &Words, first: usize, model: &Model) -> Vec<Vec<u32>> {
    let costs = |i| match words.word(i)[1] {
        [] => Vec::new(),
        ascii => excess(model, ascii),
    };
    (0..first.min(words.len())).map(costs).collect()
}

/// Reads the whole sample with what the first look left over.
fn finish(
    mut all: Vec<Readings<'_>>,
    sample: &Sample<'_>,
    model: &Model,
    languages: usize,
) -> Vec<Candidate> {
    let first = sample.first_words();
    let rest = first..sample.words.len();
    if rest.is_empty() && sample.is_whole() {
        return candidates(&all);
    }
    let words = sample.words.upper(rest);
    let mut known = Known::new(&words, model);
    for readings in &mut all {
        readings.keep(languages);
        readings.read(&words, model, &[], &mut known);
    }
    by_rare_words(all, sample, model)
}

fn candidates(all: &[Readings<'_>]) -> Vec<Candidate> {
    let candidate = |readings: &Readings<'_>| {
        let (language, cost) = readings.best()?;
        Some(Candidate {
            encoding: readings.group.encoding(),
            cost,
            language,
        })
    };
    all.iter().filter_map(candidate).collect()
}

/// A candidate that costs so much more than the best once the sample is read is not compared by
/// rare words.
const BEHIND: u32 = 480;

/// Words with rare bytes are names and words of other languages as often as not; where the
/// candidates that are left read them differently, each reads them in all languages. Words from
/// outside the windows add what they cost more than in the candidate that reads them best: other
/// candidates do not read them at all.
fn by_rare_words(mut all: Vec<Readings<'_>>, sample: &Sample<'_>, model: &Model) -> Vec<Candidate> {
    let cost = |readings: &Readings<'_>| readings.best().map_or(u32::MAX, |(_, cost)| cost);
    let limit = all.iter().map(cost).min().unwrap_or(0);
    all.retain(|readings| cost(readings) <= limit.saturating_add(BEHIND));
    if all.len() < 2 {
        return candidates(&all);
    }
    let differs = differing(&all, model);
    let tells = |byte: u8| byte >= 0x80 && differs[usize::from(byte & 0x7F)];
    for i in 0..sample.words.len() {
        let [pairs, _] = sample.words.word(i);
        if sample.is_rare(i) && pairs.iter().any(|&(_, next)| tells(next)) {
            read_everywhere(&mut all, sample.words.word(i), model, i);
        }
    }
    let before = candidates(&all);
    let rare = sample.rare(tells);
    for i in 0..rare.len() {
        read_everywhere(&mut all, rare.word(i), model, sample.words.len() + i);
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

/// Which bytes `0x80 + i` are not the same character in all candidates.
fn differing(all: &[Readings<'_>], model: &Model) -> [bool; 128] {
    let upper = |readings: &Readings<'_>| &model.upper[readings.group.first];
    let first = all.first().map(upper);
    let differs = |i: usize| all.iter().any(|r| Some(upper(r)[i]) != first.map(|f| f[i]));
    std::array::from_fn(differs)
}

/// Reads a word in all languages of each candidate; `at` is its place among the words.
fn read_everywhere(
    all: &mut [Readings<'_>],
    [pairs, ascii]: [&[(u8, u8)]; 2],
    model: &Model,
    at: usize,
) {
    let ascii = excess(model, ascii);
    for readings in all {
        readings.read_everywhere(pairs, model, &ascii, at);
    }
}
