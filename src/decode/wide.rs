//! Multi-byte candidates: Chinese, Japanese and Korean encodings and UTF-16.

use encoding_rs::{DecoderResult, Encoding};

use super::detect::Candidate;
use super::model::{BROKEN, Model, Wide, model};
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
    fn new(sample: &Sample<'_>, encoding: &'static Encoding) -> Option<Self> {
        let mut reading = Reading {
            chars: Vec::with_capacity(sample.words.upper.len()),
            broken: 0,
            beside: 0,
        };
        let mut text = String::with_capacity(1024);
        for window in &sample.windows {
            let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
            let start = window.start & !usize::from(wide);
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

    fn cost(&self, language: &Wide) -> u32 {
        let chars: u32 = self.chars.iter().map(|&c| language.cost(c)).sum();
        chars + self.broken * BROKEN + self.beside
    }
}

/// UTF-16 in Chinese, Japanese or Korean, where NULs say that UTF-16 is likely.
pub(super) fn utf16(sample: &Sample<'_>) -> Option<&'static Encoding> {
    let likely = |encoding: &'static Encoding| {
        let text = Reading::new(sample, encoding)?;
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
    let wide = best.encoding == encoding_rs::UTF_16LE || best.encoding == encoding_rs::UTF_16BE;
    wide && sample.bytes.len() >= 16 && utf16(sample) == Some(best.encoding)
}

/// Mean cost of a character below which a reading is text of the language.
const USUAL: u32 = 176;
