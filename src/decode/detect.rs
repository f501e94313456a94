//! Which legacy encoding bytes are in: every candidate reads a sample, and the reading that is
//! likeliest as text of some language wins.

use encoding_rs::Encoding;

use super::model::{BROKEN, Model, SINGLE_BYTE, Single, model};
use super::sample::Sample;

/// Contexts that every candidate reads; the best then read the rest.
const FIRST_LOOK: usize = 96;
/// Candidates that read the whole sample.
const FINALISTS: usize = 12;
/// Weight of the ASCII letters around, in sixteenths: they tell the language.
const ASCII_WEIGHT: u32 = 8;

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

/// Encodings that read the bytes that occur alike stand in one group.
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

struct Runner<'m> {
    group: usize,
    encoding: usize,
    language: &'m Single,
    cost: u32,
}

fn single_byte(sample: &Sample<'_>, model: &Model) -> Vec<Candidate> {
    let groups = groups(sample, model);
    let ascii = ascii_costs(sample, model);
    let (first, rest) = sample.upper.split_at(sample.upper.len().min(FIRST_LOOK));
    let mut runners: Vec<Runner<'_>> = Vec::new();
    for (g, group) in groups.iter().enumerate() {
        for (language, &ascii) in model.single.iter().zip(&ascii) {
            let both = language.encodings & group.encodings;
            if both == 0 {
                continue;
            }
            let encoding = both.trailing_zeros() as usize;
            let handicap = SINGLE_BYTE[group.first].1;
            let base = ascii + handicap + group.broken * BROKEN;
            let cost = base + read(first, model, language, encoding);
            runners.push(Runner {
                group: g,
                encoding,
                language,
                cost,
            });
        }
    }
    runners.sort_by_key(|runner| runner.cost);
    if !rest.is_empty() {
        runners.truncate(FINALISTS);
        for runner in &mut runners {
            runner.cost += read(rest, model, runner.language, runner.encoding);
        }
        runners.sort_by_key(|runner| runner.cost);
    }
    let mut done = 0u32;
    let mut best = Vec::new();
    for runner in runners {
        if done & (1 << runner.group) == 0 {
            done |= 1 << runner.group;
            let encoding = SINGLE_BYTE[groups[runner.group].first].0;
            best.push(Candidate {
                encoding,
                cost: runner.cost,
                language: runner.language.code,
            });
        }
    }
    best
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

/// What the ASCII letters around cost more in each language than in the likeliest one.
fn ascii_costs(sample: &Sample<'_>, model: &Model) -> Vec<u32> {
    let costs: Vec<u32> = model
        .single
        .iter()
        .map(|language| read(&sample.ascii, model, language, 0) * ASCII_WEIGHT / 16)
        .collect();
    let least = costs.iter().copied().min().unwrap_or(0);
    costs.into_iter().map(|cost| cost - least).collect()
}
