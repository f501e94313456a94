//! The text of each language: test sentences and letter statistics that ship in the
//! `lingua-*-language-model` packages (Apache-2.0). Every third sentence is held out; of the rest,
//! half is set aside while constants are chosen.

use std::path::Path;

use include_dir::Dir;
use unicode_normalization::UnicodeNormalization;

/// A language, its sentences and its letter statistics.
pub struct Language {
    pub code: &'static str,
    pub train: Vec<String>,
    pub held_out: Vec<String>,
    /// Conditional log probability of the last character of an n-gram (1 to 5 characters).
    pub ngrams: Option<fst::Map<&'static [u8]>>,
}

/// Which thirds of the sentences train and which test.
#[derive(Clone, Copy)]
pub enum Thirds {
    /// The first is held out, the others train: what ships and what is reported.
    Report,
    /// The second trains and the third tests: to choose constants without the held-out third.
    Choose,
    /// The other way round.
    Cross,
}

impl Thirds {
    fn trains(self, third: usize) -> bool {
        match self {
            Self::Report => third != 0,
            Self::Choose => third == 1,
            Self::Cross => third == 2,
        }
    }

    fn tests(self, third: usize) -> bool {
        match self {
            Self::Report => third == 0,
            Self::Choose => third == 2,
            Self::Cross => third == 1,
        }
    }
}

macro_rules! languages {
    ($($code:literal $krate:ident $text:ident $models:ident;)*) => {
        &[$(($code, &$krate::$text, &$krate::$models)),*]
    };
}

#[rustfmt::skip]
const SOURCES: &[(&str, &Dir<'static>, &Dir<'static>)] = languages! {
    "af" lingua_afrikaans_language_model AFRIKAANS_TESTDATA_DIRECTORY AFRIKAANS_MODELS_DIRECTORY;
    "sq" lingua_albanian_language_model ALBANIAN_TESTDATA_DIRECTORY ALBANIAN_MODELS_DIRECTORY;
    "ar" lingua_arabic_language_model ARABIC_TESTDATA_DIRECTORY ARABIC_MODELS_DIRECTORY;
    "eu" lingua_basque_language_model BASQUE_TESTDATA_DIRECTORY BASQUE_MODELS_DIRECTORY;
    "be" lingua_belarusian_language_model BELARUSIAN_TESTDATA_DIRECTORY BELARUSIAN_MODELS_DIRECTORY;
    "nb" lingua_bokmal_language_model BOKMAL_TESTDATA_DIRECTORY BOKMAL_MODELS_DIRECTORY;
    "bg" lingua_bulgarian_language_model BULGARIAN_TESTDATA_DIRECTORY BULGARIAN_MODELS_DIRECTORY;
    "ca" lingua_catalan_language_model CATALAN_TESTDATA_DIRECTORY CATALAN_MODELS_DIRECTORY;
    "zh-Hans" lingua_chinese_language_model CHINESE_TESTDATA_DIRECTORY CHINESE_MODELS_DIRECTORY;
    "hr" lingua_croatian_language_model CROATIAN_TESTDATA_DIRECTORY CROATIAN_MODELS_DIRECTORY;
    "cs" lingua_czech_language_model CZECH_TESTDATA_DIRECTORY CZECH_MODELS_DIRECTORY;
    "da" lingua_danish_language_model DANISH_TESTDATA_DIRECTORY DANISH_MODELS_DIRECTORY;
    "nl" lingua_dutch_language_model DUTCH_TESTDATA_DIRECTORY DUTCH_MODELS_DIRECTORY;
    "en" lingua_english_language_model ENGLISH_TESTDATA_DIRECTORY ENGLISH_MODELS_DIRECTORY;
    "eo" lingua_esperanto_language_model ESPERANTO_TESTDATA_DIRECTORY ESPERANTO_MODELS_DIRECTORY;
    "et" lingua_estonian_language_model ESTONIAN_TESTDATA_DIRECTORY ESTONIAN_MODELS_DIRECTORY;
    "fi" lingua_finnish_language_model FINNISH_TESTDATA_DIRECTORY FINNISH_MODELS_DIRECTORY;
    "fr" lingua_french_language_model FRENCH_TESTDATA_DIRECTORY FRENCH_MODELS_DIRECTORY;
    "de" lingua_german_language_model GERMAN_TESTDATA_DIRECTORY GERMAN_MODELS_DIRECTORY;
    "el" lingua_greek_language_model GREEK_TESTDATA_DIRECTORY GREEK_MODELS_DIRECTORY;
    "he" lingua_hebrew_language_model HEBREW_TESTDATA_DIRECTORY HEBREW_MODELS_DIRECTORY;
    "hu" lingua_hungarian_language_model HUNGARIAN_TESTDATA_DIRECTORY HUNGARIAN_MODELS_DIRECTORY;
    "is" lingua_icelandic_language_model ICELANDIC_TESTDATA_DIRECTORY ICELANDIC_MODELS_DIRECTORY;
    "ga" lingua_irish_language_model IRISH_TESTDATA_DIRECTORY IRISH_MODELS_DIRECTORY;
    "it" lingua_italian_language_model ITALIAN_TESTDATA_DIRECTORY ITALIAN_MODELS_DIRECTORY;
    "ja" lingua_japanese_language_model JAPANESE_TESTDATA_DIRECTORY JAPANESE_MODELS_DIRECTORY;
    "ko" lingua_korean_language_model KOREAN_TESTDATA_DIRECTORY KOREAN_MODELS_DIRECTORY;
    "lv" lingua_latvian_language_model LATVIAN_TESTDATA_DIRECTORY LATVIAN_MODELS_DIRECTORY;
    "lt" lingua_lithuanian_language_model LITHUANIAN_TESTDATA_DIRECTORY LITHUANIAN_MODELS_DIRECTORY;
    "mk" lingua_macedonian_language_model MACEDONIAN_TESTDATA_DIRECTORY MACEDONIAN_MODELS_DIRECTORY;
    "nn" lingua_nynorsk_language_model NYNORSK_TESTDATA_DIRECTORY NYNORSK_MODELS_DIRECTORY;
    "fa" lingua_persian_language_model PERSIAN_TESTDATA_DIRECTORY PERSIAN_MODELS_DIRECTORY;
    "pl" lingua_polish_language_model POLISH_TESTDATA_DIRECTORY POLISH_MODELS_DIRECTORY;
    "pt" lingua_portuguese_language_model PORTUGUESE_TESTDATA_DIRECTORY PORTUGUESE_MODELS_DIRECTORY;
    "ro" lingua_romanian_language_model ROMANIAN_TESTDATA_DIRECTORY ROMANIAN_MODELS_DIRECTORY;
    "ru" lingua_russian_language_model RUSSIAN_TESTDATA_DIRECTORY RUSSIAN_MODELS_DIRECTORY;
    "sr" lingua_serbian_language_model SERBIAN_TESTDATA_DIRECTORY SERBIAN_MODELS_DIRECTORY;
    "sk" lingua_slovak_language_model SLOVAK_TESTDATA_DIRECTORY SLOVAK_MODELS_DIRECTORY;
    "sl" lingua_slovene_language_model SLOVENE_TESTDATA_DIRECTORY SLOVENE_MODELS_DIRECTORY;
    "es" lingua_spanish_language_model SPANISH_TESTDATA_DIRECTORY SPANISH_MODELS_DIRECTORY;
    "sv" lingua_swedish_language_model SWEDISH_TESTDATA_DIRECTORY SWEDISH_MODELS_DIRECTORY;
    "th" lingua_thai_language_model THAI_TESTDATA_DIRECTORY THAI_MODELS_DIRECTORY;
    "tr" lingua_turkish_language_model TURKISH_TESTDATA_DIRECTORY TURKISH_MODELS_DIRECTORY;
    "uk" lingua_ukrainian_language_model UKRAINIAN_TESTDATA_DIRECTORY UKRAINIAN_MODELS_DIRECTORY;
    "ur" lingua_urdu_language_model URDU_TESTDATA_DIRECTORY URDU_MODELS_DIRECTORY;
    "vi" lingua_vietnamese_language_model VIETNAMESE_TESTDATA_DIRECTORY VIETNAMESE_MODELS_DIRECTORY;
    "cy" lingua_welsh_language_model WELSH_TESTDATA_DIRECTORY WELSH_MODELS_DIRECTORY;
};

/// All languages, in a fixed order. The package's Spanish lost its accents; Spanish is read from
/// `spanish`, the folder `usr/share/games/fortunes/es` of Debian's `fortunes-es`.
pub fn load(spanish: &Path, thirds: Thirds) -> std::io::Result<Vec<Language>> {
    let mut all = Vec::new();
    for &(code, text, models) in SOURCES {
        if code == "es" {
            all.push(split("es", &fortunes(spanish)?, None, thirds));
            continue;
        }
        let file = text.get_file("sentences.txt").expect("sentences.txt");
        let lines: Vec<String> = file
            .contents_utf8()
            .expect("UTF-8")
            .lines()
            .filter(|line| !is_misread(code, line))
            .map(|line| line.trim_start_matches('\u{FEFF}').nfc().collect())
            .collect();
        let ngrams = models
            .get_file("ngrams.fst")
            .expect("ngrams.fst")
            .contents();
        let ngrams = fst::Map::new(ngrams).expect("ngrams.fst");
        if code == "zh-Hans" {
            let hant: Vec<String> = lines
                .iter()
                .map(|line| character_converter::simplified_to_traditional(line).into_owned())
                .collect();
            all.push(split("zh-Hant", &hant, None, thirds));
        }
        all.push(split(code, &lines, Some(ngrams), thirds));
    }
    all.sort_by_key(|language| language.code);
    Ok(all)
}

/// The sayings in the files of a folder, each on one line.
fn fortunes(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "fortunes"))
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)?;
        for saying in text.split("\n%") {
            let line = saying.split_whitespace().collect::<Vec<_>>().join(" ");
            if (40..400).contains(&line.len()) && !is_misread("es", &line) {
                lines.push(line.nfc().collect());
            }
        }
    }
    lines.sort();
    lines.dedup();
    // As much as of the other languages.
    let step = (lines.len() / 1000).max(1);
    Ok(lines.into_iter().step_by(step).collect())
}

/// Sentences that their source had decoded wrongly: C1 controls, UTF-8 read as windows-1252 or
/// -1250, ISO-8859-2 read as ISO-8859-1, a euro read as the currency sign, capitals within words.
fn is_misread(code: &str, line: &str) -> bool {
    let pairs = || line.chars().zip(line.chars().skip(1));
    let utf8 =
        pairs().any(|(a, b)| matches!(a, 'Ã' | 'Â') && !b.is_alphanumeric() && !b.is_ascii());
    let odd = |c| matches!(c, '\u{80}'..='\u{9F}' | '\u{FFFD}' | '¤');
    let latin1 = match code {
        "hu" => line.contains(['õ', 'û', 'Õ', 'Û']),
        "ro" => line.contains(['ã', 'º', 'þ', 'Ã']),
        "cs" => line.contains(['ą', 'ľ', 'ì', 'ù', 'è']),
        _ => false,
    };
    let bad = ["â€", "ï¿½", "ďż˝"].iter().any(|bad| line.contains(bad));
    utf8 || bad || latin1 || line.contains(odd) || is_utf8_in_1250(line) || has_capital_within(line)
}

/// Whether some of the text, written in windows-1250, is UTF-8 for letters of that encoding.
fn is_utf8_in_1250(line: &str) -> bool {
    let runs = line.split(|c: char| c.is_ascii());
    runs.filter(|run| run.chars().count() > 1).any(|run| {
        let (bytes, _, lossy) = encoding_rs::WINDOWS_1250.encode(run);
        let text = std::str::from_utf8(&bytes);
        !lossy && text.is_ok_and(|text| text.chars().all(|c| matches!(c, 'À'..='ſ')))
    })
}

/// A capital beyond ASCII between two small letters and another one, all of Latin script.
fn has_capital_within(line: &str) -> bool {
    let chars: Vec<char> = line.chars().collect();
    let small = |c: char| c.is_lowercase() && c < '\u{250}';
    let is_within = |w: &[char]| {
        let capital = !w[2].is_ascii() && w[2].is_uppercase() && w[2] < '\u{250}';
        capital && [w[0], w[1], w[3]].into_iter().all(small)
    };
    chars.windows(4).any(is_within)
}

fn split(
    code: &'static str,
    lines: &[String],
    ngrams: Option<fst::Map<&'static [u8]>>,
    thirds: Thirds,
) -> Language {
    let part = |wanted: fn(Thirds, usize) -> bool| {
        let chosen = lines.iter().enumerate();
        let chosen = chosen.filter(|(i, _)| wanted(thirds, i % 3));
        chosen.map(|(_, line)| line.clone()).collect()
    };
    Language {
        code,
        train: part(Thirds::trains),
        held_out: part(Thirds::tests),
        ngrams,
    }
}
