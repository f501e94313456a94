//! Multi-byte candidates: Chinese, Japanese and Korean encodings and UTF-16.

use std::ops::Range;

use encoding_rs::{DecoderResult, Encoding};

use super::detect::Candidate;
use super::groups::CERTAIN;
use super::model::{BROKEN, Model, Wide, model};
use super::sample::Sample;

/// Each encoding with the languages it is used for and its handicap.
static CANDIDATES: [(&Encoding, &[&str], u32); 7] = [
    (encoding_rs::SHIFT_JIS, &["ja"], 80),
    (encoding_rs::EUC_JP, &["ja"], 8),
    (encoding_rs::GBK, &["zh-Hans", "zh-Hant"], 48),
    (encoding_rs::BIG5, &["zh-Hant"], 0),
    (encoding_rs::EUC_KR, &["ko"], 0),
    (
        encoding_rs::UTF_16LE,
        &["ja", "ko", "zh-Hans", "zh-Hant"],
        64,
    ),
    (
        encoding_rs::UTF_16BE,
        &["ja", "ko", "zh-Hans", "zh-Hant"],
        64,
    ),
];

/// A candidate that the first look left over.
pub(super) struct Runner {
    encoding: &'static Encoding,
    languages: &'static [&'static str],
    handicap: u32,
    /// What the first look cost.
    pub cost: u32,
}

/// Every candidate's reading of the first look's bytes.
pub(super) fn first_look(sample: &Sample<'_>, model: &Model) -> Vec<Runner> {
    let range = sample.first_bytes();
    let bytes = sample.bytes.get(range.clone()).unwrap_or_default();
    // UTF-16 in East Asia is no run of ASCII letters.
    let letters = bytes
        .iter()
        .filter(|b| b.is_ascii_alphabetic() || **b == b' ')
        .count();
    let narrow = letters * 2 > bytes.len();
    let mut runners = Vec::new();
    for &(encoding, languages, handicap) in &CANDIDATES {
        if narrow && is_utf16(encoding) {
            continue;
        }
        let read = Reading::new(sample, std::slice::from_ref(&range), encoding);
        let cost = read.and_then(|text| text.least(model, languages));
        runners.extend(cost.map(|(cost, _)| Runner {
            encoding,
            languages,
            handicap,
            cost: cost + handicap + CERTAIN as u32,
        }));
    }
    runners
}

impl Runner {
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// The candidate with the cost of the whole sample.
    pub fn finish(&self, sample: &Sample<'_>, model: &Model) -> Option<Candidate> {
        let text = Reading::new(sample, &sample.windows, self.encoding)?;
        let (cost, language) = text.least(model, self.languages)?;
        Some(Candidate {
            encoding: self.encoding,
            cost: cost + self.handicap + CERTAIN as u32,
            language,
        })
    }
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE
}

/// Cost of a letter of ASCII right before or after a wide character, and of another byte.
const BESIDE_LETTER: u32 = 192;
const BESIDE_OTHER: u32 = 32;
/// Cost of a character cut off at the end.
const CUT: u32 = 160;

/// The characters beyond ASCII of a sample in one encoding.
struct Reading {
    chars: Vec<char>,
    broken: u32,
    beside: u32,
}

impl Reading {
    /// None when it is clearly not text in the encoding.
    fn new(
        sample: &Sample<'_>,
        windows: &[Range<usize>],
        encoding: &'static Encoding,
    ) -> Option<Self> {
        let mut reading = Reading {
            chars: Vec::with_capacity(sample.words.upper.len()),
            broken: 0,
            beside: 0,
        };
        let mut text = String::with_capacity(1024);
        for window in windows {
            let start = window.start & !usize::from(is_utf16(encoding));
            let mut bytes = sample.bytes.get(start..window.end)?;
            let at_end = window.end == sample.bytes.len();
            let mut decoder = encoding.new_decoder_without_bom_handling();
            while !bytes.is_empty() {
                text.clear();
                text.reserve(bytes.len() * 3 + 16);
                let (result, read) =
                    decoder.decode_to_string_without_replacement(bytes, &mut text, false);
                reading.take(&text);
                bytes = bytes.get(read..).unwrap_or_default();
                match result {
                    DecoderResult::Malformed(..) => reading.broken += 1,
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                }
                if reading.broken as usize > reading.chars.len() / 8 + 1 {
                    return None;
                }
            }
            text.clear();
            text.reserve(16);
            let (_, _, cut) = decoder.decode_to_string(&[], &mut text, true);
            reading.beside += if at_end && cut { CUT } else { 0 };
        }
        // A few broken bytes among many characters are damage, not among few.
        let chars = reading.chars.len();
        (chars > 0 && reading.broken as usize * 4 <= chars).then_some(reading)
    }

    fn take(&mut self, text: &str) {
        let mut before = '\n';
        for c in text.chars() {
            if c.is_ascii() != before.is_ascii() {
                let ascii = if c.is_ascii() { c } else { before };
                self.beside += match ascii {
                    '\n' | '\r' => 0,
                    _ if ascii.is_ascii_alphabetic() => BESIDE_LETTER,
                    _ => BESIDE_OTHER,
                };
            }
            if !c.is_ascii() {
                self.chars.push(c);
            }
            before = c;
        }
    }

    /// The likeliest of the languages and what the reading costs in it.
    fn least(&self, model: &Model, languages: &[&str]) -> Option<(u32, &'static str)> {
        let known = model.wide.iter().filter(|w| languages.contains(&w.code));
        known
            .map(|language| (self.cost(language), language.code))
            .min()
    }

    fn cost(&self, language: &Wide) -> u32 {
        let chars: u32 = self.chars.iter().map(|&c| language.cost(c)).sum();
        chars + self.broken * BROKEN + self.beside
    }
}

/// UTF-16 in Chinese, Japanese or Korean, where NULs say that UTF-16 is likely.
pub(super) fn utf16(sample: &Sample<'_>) -> Option<&'static Encoding> {
    let likely = |encoding: &'static Encoding| {
        let text = Reading::new(sample, &sample.windows, encoding)?;
        let least = model()
            .wide
            .iter()
            .map(|language| text.cost(language))
            .min()?;
        let chars = text.chars.len() as u32;
        (chars > 0 && least < chars * USUAL).then_some((least, encoding))
    };
    let both = [likely(encoding_rs::UTF_16LE), likely(encoding_rs::UTF_16BE)];
    let best = both.into_iter().flatten().min_by_key(|&(cost, _)| cost);
    best.map(|(_, encoding)| encoding)
}

/// Whether a candidate reads the sample as UTF-16 of usual characters.
pub(super) fn is_usual_utf16(sample: &Sample<'_>, best: &Candidate) -> bool {
    is_utf16(best.encoding) && sample.bytes.len() >= 16 && utf16(sample) == Some(best.encoding)
}

/// Mean cost of a character below which a reading is text of the language.
const USUAL: u32 = 176;
