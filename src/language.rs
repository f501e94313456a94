//! Which language a text is in.

/// A language and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Language {
    /// ISO 639-1 code; `und` when unsure.
    pub code: &'static str,
    /// 0 to 1.
    pub confidence: f64,
}

/// The language of `text`; `und` when the text is too short to say.
pub fn identify(text: &str) -> Language {
    if text.chars().filter(|c| c.is_alphabetic()).take(40).count() < 40 {
        return Language {
            code: "und",
            confidence: 0.0,
        };
    }
    let mut end = text.len().min(4096);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    use whichlang::Lang;
    let code = match whichlang::detect_language(&text[..end]) {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    };
    Language {
        code,
        confidence: 0.8,
    }
}
