//! Multi-byte candidates: Chinese, Japanese and Korean encodings and UTF-16.

use encoding_rs::{DecoderResult, Encoding};

use super::detect::Candidate;
use super::model::{BROKEN, Model, Wide};
use super::sample::Sample;

/// Each encoding with the languages it is used for and its handicap.
static CANDIDATES: [(&Encoding, &[&str], u32); 7] = [
    (encoding_rs::SHIFT_JIS, &["ja"], 0),
    (encoding_rs::EUC_JP, &["ja"], 8),
    (encoding_rs::GBK, &["zh-Hans", "zh-Hant"], 0),
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
pub(super) fn candidates(sample: &Sample<'_>, model: &Model) -> Vec<Candidate> {
    let mut best = Vec::new();
    for (encoding, languages, handicap) in &CANDIDATES {
        if let Some(text) = Reading::new(sample, encoding) {
            let known = model.wide.iter().filter(|w| languages.contains(&w.code));
            let costs = known.map(|language| (text.cost(language), language.code));
            best.extend(costs.min().map(|(cost, language)| Candidate {
                encoding,
                cost: cost + handicap,
                language,
            }));
        }
    }
    best
}

/// The characters beyond ASCII of a sample in one encoding.
struct Reading {
    chars: Vec<char>,
    broken: u32,
}

impl Reading {
    /// None when it is clearly not text in the encoding.
    fn new(sample: &Sample<'_>, encoding: &'static Encoding) -> Option<Self> {
        let mut reading = Reading {
            chars: Vec::with_capacity(sample.upper.len()),
            broken: 0,
        };
        let mut text = String::with_capacity(1024);
        for window in &sample.windows {
            let mut bytes = sample.bytes.get(window.clone())?;
            let mut decoder = encoding.new_decoder_without_bom_handling();
            while !bytes.is_empty() {
                text.clear();
                text.reserve(bytes.len() * 3 + 16);
                let (result, read) =
                    decoder.decode_to_string_without_replacement(bytes, &mut text, false);
                reading.chars.extend(text.chars().filter(|c| !c.is_ascii()));
                bytes = &bytes[read.min(bytes.len())..];
                match result {
                    DecoderResult::Malformed(..) => reading.broken += 1,
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                }
                if reading.broken as usize > 2 + reading.chars.len() / 8 {
                    return None;
                }
            }
        }
        Some(reading)
    }

    fn cost(&self, language: &Wide) -> u32 {
        let chars: u32 = self.chars.iter().map(|&c| language.cost(c)).sum();
        chars + self.broken * BROKEN
    }
}
