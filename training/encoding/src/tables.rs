//! Counts characters and writes `models/encoding.bin`. The layout is read by
//! `src/decode/model.rs`; numbers are little-endian, costs are `-ln p` in sixteenths, capped.

use std::collections::BTreeMap;

use icu_locale::exemplar_chars::ExemplarCharacters;

use crate::carry::{as_carried, writes};
use crate::class::{self, is_letter, lower};
use crate::corpus::Language;

/// Classes before the letters of a language, as places in tables.
const SPACE: usize = class::SPACE as usize;
const FIRST_LETTER: usize = class::FIRST_LETTER as usize;
const MAX_LETTERS: usize = 72;
/// Blocks that the tables of Chinese, Japanese and Korean cover, `first..end`.
pub const CJK_BLOCKS: [(u32, u32); 5] = [
    (0x2010, 0x2040),
    (0x3000, 0x3100),
    (0x4E00, 0xA000),
    (0xAC00, 0xD7A4),
    (0xFF00, 0xFFF0),
];

/// The single-byte encodings; the order must equal that in `src/decode/model.rs`.
pub const SINGLE_BYTE: [&str; 27] = [
    "windows-1252",
    "windows-1251",
    "windows-1250",
    "windows-1254",
    "windows-1256",
    "windows-1253",
    "windows-1257",
    "windows-1255",
    "windows-874",
    "windows-1258",
    "ISO-8859-2",
    "ISO-8859-15",
    "KOI8-R",
    "ISO-8859-7",
    "ISO-8859-5",
    "IBM866",
    "ISO-8859-6",
    "ISO-8859-8",
    "KOI8-U",
    "ISO-8859-4",
    "ISO-8859-13",
    "ISO-8859-3",
    "macintosh",
    "x-mac-cyrillic",
    "ISO-8859-10",
    "ISO-8859-14",
    "ISO-8859-16",
];

pub fn cost(p: f64) -> u8 {
    (-p.max(1e-9).ln() * 16.0).round().clamp(0.0, 255.0) as u8
}

pub fn is_cjk(code: &str) -> bool {
    matches!(code, "ja" | "ko" | "zh-Hans" | "zh-Hant")
}

fn class_of(c: char, letters: &[char]) -> usize {
    usize::from(class::class_of(c, letters))
}

pub fn write(languages: &[Language]) -> Vec<u8> {
    let mut out = b"LVE2".to_vec();
    write_emissions(languages, &mut out);
    write_cases(languages, &mut out);
    let (cjk, single): (Vec<_>, Vec<_>) = languages.iter().partition(|l| is_cjk(l.code));
    out.push(single.len() as u8);
    let pooled = pooled(languages);
    for language in single {
        write_single(language, &pooled, &mut out);
    }
    out.push(cjk.len() as u8);
    for language in cjk {
        write_cjk(language, languages, &mut out);
    }
    out
}

fn name(code: &str, out: &mut Vec<u8>) {
    out.push(code.len() as u8);
    out.extend_from_slice(code.as_bytes());
}

/// How common a character is within its class, over all languages; a letter counts where it is
/// foreign.
fn write_emissions(languages: &[Language], out: &mut Vec<u8>) {
    const AT_HOME: f64 = 0.0005;
    let mut counts: BTreeMap<char, f64> = BTreeMap::new();
    for language in languages.iter().filter(|l| !is_cjk(l.code)) {
        let home = letters_of(language);
        for line in &language.train {
            for c in as_carried(language.code, line).chars().map(lower) {
                let at_home = home.binary_search(&c).is_ok();
                *counts.entry(c).or_default() += if at_home { AT_HOME } else { 1.0 };
            }
        }
    }
    let mut totals = [0.0; FIRST_LETTER];
    for (&c, n) in &counts {
        totals[class_of(c, &[])] += n;
    }
    let listed: Vec<(char, u8)> = counts
        .iter()
        .filter(|&(&c, &n)| n >= 0.05 && !c.is_ascii() && (c as u32) < 0x10000)
        .map(|(&c, &n)| (c, cost(n / totals[class_of(c, &[])])))
        .collect();
    out.extend_from_slice(&(listed.len() as u16).to_le_bytes());
    for (c, cost) in listed {
        out.extend_from_slice(&(c as u16).to_le_bytes());
        out.push(cost);
    }
}

/// Cost of a lower-case or upper-case letter after no letter (0), a lower-case (1) or an upper-case
/// one (2); of ASCII letters and of others each among their own.
fn write_cases(languages: &[Language], out: &mut Vec<u8>) {
    let mut counts = [[[1.0f64; 2]; 2]; 3];
    for line in languages.iter().flat_map(|language| &language.train) {
        let mut before = 0;
        for c in line.chars() {
            let case = usize::from(c.is_lowercase()) + 2 * usize::from(c.is_uppercase());
            if case > 0 {
                counts[before][usize::from(!c.is_ascii())][case - 1] += 1.0;
            }
            before = case;
        }
    }
    for [lower, upper] in counts.into_iter().flatten() {
        let total = lower + upper;
        out.extend([cost(lower / total), cost(upper / total)]);
    }
}

/// A letter that the text holds and of which the package's statistics count so many among all is a
/// letter of the language. Letters of statistics alone may come from text that was misread.
const LEAST_SHARE: f64 = 1e-5;

/// The share of a letter in the package's statistics; none where they do not count it.
fn statistics(language: &Language, c: char) -> f64 {
    let known = language
        .ngrams
        .as_ref()
        .filter(|_| has_statistics(language));
    let bits = known.and_then(|ngrams| ngrams.get(c.to_string()));
    bits.map_or(0.0, |bits| f64::from_bits(bits).exp())
}

/// Combining tones are not in the statistics, Thai vowels neither.
fn has_statistics(language: &Language) -> bool {
    !matches!(language.code, "vi" | "th")
}

fn letters_of(language: &Language) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    let mut total = 0;
    for line in &language.train {
        for c in as_carried(language.code, line)
            .chars()
            .filter(|&c| is_letter(c))
        {
            *counts.entry(lower(c)).or_default() += 1;
            total += 1;
        }
    }
    let mut by_count: Vec<(usize, char)> = counts.iter().map(|(&c, &n)| (n, c)).collect();
    by_count.sort_by_key(|&(n, c)| (std::cmp::Reverse(n), c));
    let least = 3.max(total / 40_000);
    let mut letters: Vec<char> = by_count
        .into_iter()
        .filter(|&(n, c)| n >= least || c.is_ascii() || statistics(language, c) >= LEAST_SHARE)
        .map(|(_, c)| c)
        .collect();
    for c in alphabet(language) {
        if !letters.contains(&c) {
            letters.push(c);
        }
    }
    letters.truncate(MAX_LETTERS);
    letters.sort_unstable();
    letters
}

/// The letters of the language in Unicode CLDR (main exemplar characters): the rare ones are
/// letters also where the text at hand holds few.
fn alphabet(language: &Language) -> Vec<char> {
    let locale = language
        .code
        .parse()
        .map(|code: icu_locale::Locale| code.into());
    let exemplars = locale
        .ok()
        .and_then(|locale| ExemplarCharacters::try_new_main(&locale).ok());
    let Some(exemplars) = exemplars.filter(|_| has_statistics(language)) else {
        return Vec::new();
    };
    ('\u{80}'..'\u{2000}')
        .filter(|&c| is_letter(c) && lower(c) == c && exemplars.contains(c))
        .collect()
}

/// See [`smoothed`].
const COMMON: f64 = 2000.0;
const UNSEEN: f64 = 8.0;

/// How often a class follows another, over all languages; [`FIRST_LETTER`] stands for letters.
type Pooled = [[f64; FIRST_LETTER + 1]; FIRST_LETTER + 1];

fn pooled(languages: &[Language]) -> Pooled {
    let mut pooled = [[0.0; FIRST_LETTER + 1]; FIRST_LETTER + 1];
    for language in languages.iter().filter(|l| !is_cjk(l.code)) {
        for (before, row) in counted(language, &letters_of(language)).iter().enumerate() {
            for (next, n) in row.iter().enumerate() {
                pooled[before.min(FIRST_LETTER)][next.min(FIRST_LETTER)] += n;
            }
        }
    }
    pooled
}

/// How often a class follows another in the text.
fn counted(language: &Language, letters: &[char]) -> Vec<Vec<f64>> {
    let classes = FIRST_LETTER + letters.len();
    let mut pairs = vec![vec![0.0f64; classes]; classes];
    for line in &language.train {
        let mut before = SPACE;
        for c in as_carried(language.code, line).chars().chain(['\n']) {
            let class = class_of(c, letters);
            if class != SPACE || before != SPACE {
                pairs[before][class] += 1.0;
            }
            before = class;
        }
    }
    pairs
}

fn write_single(language: &Language, pooled: &Pooled, out: &mut Vec<u8>) {
    let letters = letters_of(language);
    let mut pairs = counted(language, &letters);
    blend_statistics(language, &letters, &mut pairs);
    name(language.code, out);
    out.extend_from_slice(&carried(language).to_le_bytes());
    out.push(letters.len() as u8);
    for &letter in &letters {
        out.extend_from_slice(&(letter as u16).to_le_bytes());
    }
    for row in smoothed(language, &pairs, pooled) {
        out.extend(row.into_iter().map(cost));
    }
}

/// Bit `i` is set when `SINGLE_BYTE[i]` can write half of the sentences with letters beyond ASCII.
fn carried(language: &Language) -> u32 {
    let encodings = SINGLE_BYTE.iter().enumerate();
    let carried = encodings.filter(|(_, e)| writes(e, language.code, &language.train, 0.5));
    carried.fold(0, |bits, (i, _)| bits | 1 << i)
}

/// Within words the package's statistics (a million sentences) weigh more than the sentences.
fn blend_statistics(language: &Language, letters: &[char], pairs: &mut [Vec<f64>]) {
    const TEXT: f64 = 0.3;
    const SCALE: f64 = 3.0;
    let Some(ngrams) = language
        .ngrams
        .as_ref()
        .filter(|_| has_statistics(language))
    else {
        return;
    };
    let all: f64 = pairs.iter().flat_map(|row| &row[FIRST_LETTER..]).sum();
    for (i, &first) in letters.iter().enumerate() {
        let share = all * statistics(language, first);
        let row = &mut pairs[FIRST_LETTER + i];
        let known: Vec<f64> = letters
            .iter()
            .map(|second| {
                let value = ngrams.get(format!("{first}{second}"));
                value.map_or(0.0, |bits| f64::from_bits(bits).exp())
            })
            .collect();
        let (mass, seen): (f64, f64) = (row[FIRST_LETTER..].iter().sum(), known.iter().sum());
        let mass = mass.max(share);
        for (j, n) in row.iter_mut().enumerate() {
            if j >= FIRST_LETTER && seen > 0.0 {
                *n = TEXT * *n + (1.0 - TEXT) * mass * known[j - FIRST_LETTER] / seen;
            }
            *n *= SCALE;
        }
    }
}

/// Signs as if the text held [`COMMON`] more characters of all languages after this one, for they
/// are rare; spaces and letters share what is left as in the text; a letter among letters by Witten–Bell smoothing towards how frequent each is in
/// the language. A letter that only the alphabet holds counts as [`UNSEEN`] times.
fn smoothed(language: &Language, pairs: &[Vec<f64>], pooled: &Pooled) -> Vec<Vec<f64>> {
    let classes = pairs.len();
    let letters = letters_of(language);
    let alphabet = alphabet(language);
    let least = |j: usize| match alphabet.contains(&letters[j - FIRST_LETTER]) {
        true => UNSEEN,
        false => 0.5,
    };
    let column = |j: usize| pairs.iter().map(|row| row[j]).sum::<f64>() + least(j);
    let columns: Vec<f64> = (FIRST_LETTER..classes).map(column).collect();
    let all: f64 = columns.iter().sum();
    let smooth = |(before, row): (usize, &Vec<f64>)| {
        let common = &pooled[before.min(FIRST_LETTER)];
        let common_sum = common.iter().sum::<f64>() + 0.5 * common.len() as f64;
        let common = |j: usize| (common[j] + 0.5) / common_sum;
        let total: f64 = row.iter().sum();
        let own = &row[FIRST_LETTER..];
        let mass: f64 = own.iter().sum();
        let kinds = 1.0 + own.iter().filter(|&&n| n > 0.0).count() as f64;
        let sign = |j: usize| (row[j] + COMMON * common(j)) / (total + COMMON);
        let signs: Vec<f64> = (1..FIRST_LETTER).map(sign).collect();
        let rest = 1.0 - signs.iter().sum::<f64>();
        let [space, letter] =
            [(row[SPACE], SPACE), (mass, FIRST_LETTER)].map(|(n, j)| n + kinds * common(j));
        let [space, letter] = [space, letter].map(|n| rest * n / (space + letter));
        let next = |j: usize| (own[j] + kinds * columns[j] / all) / (mass + kinds);
        let letters = (0..own.len()).map(|j| letter * next(j));
        [space].into_iter().chain(signs).chain(letters).collect()
    };
    pairs.iter().enumerate().map(smooth).collect()
}

fn write_cjk(language: &Language, all: &[Language], out: &mut Vec<u8>) {
    let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
    let mut total = 0.0;
    for c in language
        .train
        .iter()
        .flat_map(|line| line.chars())
        .filter(|c| !c.is_ascii())
    {
        *counts.entry(c as u32).or_default() += 1.0;
        total += 1.0;
    }
    let source = match language.code {
        "zh-Hant" => all.iter().find(|l| l.code == "zh-Hans"),
        _ => Some(language),
    };
    let mut stream = source.and_then(|l| l.ngrams.as_ref()).map(fst::Map::stream);
    while let Some((key, bits)) = stream.as_mut().and_then(|s| fst::Streamer::next(s)) {
        let mut key = String::from_utf8_lossy(key).into_owned();
        if language.code == "zh-Hant" {
            key = character_converter::simplified_to_traditional(&key).into_owned();
        }
        let mut chars = key.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && !c.is_ascii()
        {
            let p = f64::from_bits(bits).exp();
            *counts.entry(c as u32).or_default() += 2.0 * total * p;
        }
    }
    let sum: f64 = counts.values().sum();
    name(language.code, out);
    for (first, end) in CJK_BLOCKS {
        for c in first..end {
            let n = counts.get(&c).copied().unwrap_or(0.0);
            out.push(cost((n + 0.02) / (sum + 500.0)));
        }
    }
}
