//! The accurate tier: `lingua`'s n-grams of one to five letters, asked where the fast tier knows
//! the script and finds two languages about as likely.

use std::sync::OnceLock;

use lingua::{Language as Known, LanguageDetector, LanguageDetectorBuilder};

use super::Language;

/// How likely the best language must be, and how much more so than the second.
const LEAST: f64 = 0.5;
const AHEAD: f64 = 0.2;

fn detector() -> &'static LanguageDetector {
    static DETECTOR: OnceLock<LanguageDetector> = OnceLock::new();
    DETECTOR.get_or_init(|| LanguageDetectorBuilder::from_all_languages().build())
}

/// The language of a text that is in one of the languages compiled in; none when unsure.
pub(super) fn identify(text: &str) -> Option<Language> {
    let likely = detector().compute_language_confidence_values(text);
    let mut likely = likely.into_iter();
    let (best, confidence) = likely.next()?;
    let second = likely.next().map_or(0.0, |(_, confidence)| confidence);
    (confidence >= LEAST && confidence - second >= AHEAD).then(|| Language {
        code: code(best),
        confidence: (confidence * 100.0).round() / 100.0,
    })
}

/// The code that the fast tier uses.
fn code(language: Known) -> &'static str {
    match language {
        Known::Afrikaans => "af",
        Known::Albanian => "sq",
        Known::Arabic => "ar",
        Known::Basque => "eu",
        Known::Belarusian => "be",
        Known::Bokmal => "nb",
        Known::Bulgarian => "bg",
        Known::Catalan => "ca",
        Known::Croatian => "hr",
        Known::Czech => "cs",
        Known::Danish => "da",
        Known::Dutch => "nl",
        Known::English => "en",
        Known::Esperanto => "eo",
        Known::Estonian => "et",
        Known::Finnish => "fi",
        Known::French => "fr",
        Known::German => "de",
        Known::Hindi => "hi",
        Known::Hungarian => "hu",
        Known::Icelandic => "is",
        Known::Irish => "ga",
        Known::Italian => "it",
        Known::Latvian => "lv",
        Known::Lithuanian => "lt",
        Known::Macedonian => "mk",
        Known::Marathi => "mr",
        Known::Nynorsk => "nn",
        Known::Persian => "fa",
        Known::Polish => "pl",
        Known::Portuguese => "pt",
        Known::Romanian => "ro",
        Known::Russian => "ru",
        Known::Serbian => "sr",
        Known::Slovak => "sk",
        Known::Slovene => "sl",
        Known::Spanish => "es",
        Known::Swedish => "sv",
        Known::Turkish => "tr",
        Known::Ukrainian => "uk",
        Known::Urdu => "ur",
        Known::Vietnamese => "vi",
        Known::Welsh => "cy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_languages_are_told_apart() {
        for (wanted, text) in [
            (
                "cs",
                "Přijel jsem domů až večer, protože vlak měl zpoždění.",
            ),
            ("sk", "Prišiel som domov až večer, pretože vlak meškal."),
            (
                "da",
                "Jeg kom først hjem om aftenen, fordi toget var forsinket.",
            ),
            ("sl", "Domov sem prišel šele zvečer, ker je vlak zamujal."),
            ("hr", "Došao sam kući tek navečer jer je vlak kasnio."),
        ] {
            let found = identify(text).map(|language| language.code);
            assert!(
                found == Some(wanted) || found.is_none(),
                "{text}: {found:?}"
            );
        }
        let czech = identify("Přijel jsem domů až večer, protože vlak měl zpoždění.");
        assert_eq!(czech.map(|language| language.code), Some("cs"));
    }

    #[test]
    fn what_is_no_language_stays_unsure() {
        assert_eq!(identify("12 345 678"), None);
    }
}
