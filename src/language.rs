//! Which language a text is in: by its script, then by pairs of letters.
//!
//! A fast tier over a bounded sample. It knows the languages of `models/encoding.bin` and those
//! that have a script of their own; it says `und` rather than guess. With the feature `lingua`,
//! text between two known languages is told apart by larger tables (`language/accurate.rs`).

#[cfg(feature = "lingua")]
mod accurate;
mod blocks;
mod letters;
mod pairs;
mod script;

use std::borrow::Cow;

pub(crate) use blocks::{Block, by_block};
use letters::by_letters;
use script::{Script, script};

/// A language and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Language {
    /// ISO 639-1 code; `und` when unsure.
    pub code: &'static str,
    /// 0 to 1.
    pub confidence: f64,
}

const UNSURE: Language = Language {
    code: "und",
    confidence: 0.0,
};
/// Letters that are looked at, at most, in so many places of the text.
const SAMPLE: usize = 600;
const PLACES: usize = 3;
/// Fewer letters than this say nothing.
const LEAST_LETTERS: usize = 20;

/// The language of `text`; `und` when the text is too short or unlike any known language.
///
/// ```
/// let french = "La rivière coule lentement entre les collines, et personne ne s’en étonne.";
/// assert_eq!(lavoir::language::identify(french).code, "fr");
/// assert_eq!(lavoir::language::identify("OK").code, "und");
/// ```
pub fn identify(text: &str) -> Language {
    let sample = &*sample(text);
    if sample.is_ascii() {
        let letters = sample.bytes().filter(u8::is_ascii_alphabetic).count();
        return match letters >= LEAST_LETTERS {
            true => by_letters(sample, Script::Latin),
            false => UNSURE,
        };
    }
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for script in sample.chars().filter_map(script) {
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, n)) => *n += 1,
            None => counts.push((script, 1)),
        }
    }
    let count = |wanted| {
        counts
            .iter()
            .find(|(s, _)| *s == wanted)
            .map_or(0, |(_, n)| *n)
    };
    let all: usize = counts.iter().map(|(_, n)| n).sum();
    let (kana, han) = (count(Script::Kana), count(Script::Han));
    if (kana + han) * 2 > all && kana + han >= LEAST_LETTERS / 3 {
        let code = if kana * 12 > kana + han { "ja" } else { "zh" };
        return Language {
            code,
            confidence: 0.95,
        };
    }
    let Some(&(script, n)) = counts.iter().max_by_key(|(_, n)| *n) else {
        return UNSURE;
    };
    if n * 5 < all * 3 {
        return UNSURE;
    }
    match script {
        Script::Only(code) if n >= LEAST_LETTERS / 3 => Language {
            code,
            confidence: 0.97,
        },
        Script::Devanagari if n >= LEAST_LETTERS => devanagari(sample),
        Script::Latin | Script::Cyrillic | Script::Arabic if n >= LEAST_LETTERS => {
            by_letters(sample, script)
        }
        _ => UNSURE,
    }
}

/// About `SAMPLE` letters from the start, the middle and the later part of a long text.
fn sample(text: &str) -> Cow<'_, str> {
    let share = SAMPLE / PLACES;
    if text.len() <= SAMPLE * 2 {
        return text.into();
    }
    let mut out = String::with_capacity(SAMPLE * 3);
    for place in 0..PLACES {
        let mut from = text.len() / PLACES * place;
        while !text.is_char_boundary(from) {
            from += 1;
        }
        // A place starts between words.
        let rest = text.get(from..).unwrap_or("");
        let word = if place == 0 {
            0
        } else {
            rest.find(' ').filter(|at| *at < 200).unwrap_or(0)
        };
        out.extend(rest.get(word..).unwrap_or("").chars().take(share));
        out.push(' ');
    }
    out.into()
}

/// Hindi, Marathi or Nepali by their commonest words.
fn devanagari(sample: &str) -> Language {
    let count = |words: &[&str]| {
        sample
            .split_whitespace()
            .filter(|w| words.contains(w))
            .count()
    };
    let found = [
        (
            "hi",
            count(&["है", "हैं", "के", "में", "का", "की", "से", "और", "को"]),
        ),
        (
            "mr",
            count(&["आहे", "आहेत", "आणि", "होते", "होता", "होती", "नाही", "म्हणून"]),
        ),
        (
            "ne",
            count(&["छ", "छन्", "को", "र", "पनि", "गरेको", "भएको", "हो"]),
        ),
    ];
    match found.iter().max_by_key(|(_, n)| *n) {
        Some(&(code, n)) if n > 0 && found.iter().filter(|(_, m)| *m == n).count() == 1 => {
            Language {
                code,
                confidence: 0.8,
            }
        }
        _ => UNSURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (code, text) in [
            (
                "en",
                "The river ran past the old mill, and nobody in the village could say why.",
            ),
            (
                "fr",
                "La rivière coule lentement entre les collines, et personne ne s’en étonne.",
            ),
            (
                "de",
                "Der Fluss fließt langsam zwischen den Hügeln, und niemand wundert sich darüber.",
            ),
            (
                "es",
                "El río corre despacio entre las colinas y nadie se pregunta adónde va.",
            ),
            (
                "it",
                "Il fiume scorre lentamente tra le colline e nessuno si chiede dove vada.",
            ),
            (
                "pt",
                "O rio corre devagar entre as colinas e ninguém pergunta para onde ele vai.",
            ),
            (
                "nl",
                "De rivier stroomt langzaam tussen de heuvels en niemand vraagt zich af waarheen.",
            ),
            (
                "pl",
                "Rzeka płynie powoli między wzgórzami i nikt nie pyta, dokąd zmierza.",
            ),
            (
                "cs",
                "Řeka teče pomalu mezi kopci a nikdo se neptá, kam vlastně směřuje.",
            ),
            (
                "hu",
                "A folyó lassan folyik a dombok között, és senki sem kérdezi, hová tart.",
            ),
            (
                "fi",
                "Joki virtaa hitaasti kukkuloiden välissä, eikä kukaan kysy minne se menee.",
            ),
            (
                "tr",
                "Nehir tepelerin arasından yavaşça akıyor ve kimse nereye gittiğini sormuyor.",
            ),
            (
                "ru",
                "Река медленно течёт между холмами, и никто не спрашивает, куда она течёт.",
            ),
            (
                "uk",
                "Річка повільно тече між пагорбами, і ніхто не питає, куди вона прямує.",
            ),
            (
                "bg",
                "Реката тече бавно между хълмовете и никой не пита накъде отива тя.",
            ),
            (
                "ar",
                "يجري النهر ببطء بين التلال ولا أحد يسأل إلى أين يذهب في النهاية.",
            ),
            (
                "fa",
                "رودخانه آرام میان تپه‌ها جریان دارد و هیچ‌کس نمی‌پرسد به کجا می‌رود.",
            ),
            ("el", "Το ποτάμι κυλά αργά ανάμεσα στους λόφους."),
            ("ja", "川は丘の間をゆっくりと流れている。"),
            ("zh", "河水在山丘之间缓缓流过，没有人问它流向何方。"),
            ("ko", "강은 언덕 사이로 천천히 흐르고 아무도 묻지 않는다."),
            ("hi", "नदी पहाड़ियों के बीच धीरे धीरे बहती है और कोई नहीं पूछता।"),
            (
                "vi",
                "Dòng sông chảy chậm rãi giữa những ngọn đồi và không ai hỏi nó đi đâu.",
            ),
        ] {
            assert_eq!(identify(text).code, code, "{text}");
        }
    }

    #[test]
    fn what_is_no_language_is_unsure() {
        for text in [
            "",
            "OK",
            "12 345 678",
            "xkcd qwrt zzxv bnmq pqqw rtyz xcvb wqrt kjhg",
            "© 2024 — ★★★",
        ] {
            assert_eq!(identify(text), UNSURE, "{text}");
        }
    }

    #[test]
    fn sentences_of_a_folder_are_identified() {
        // A folder of `<code>.txt`, one sentence per line; `und-*.txt` are other languages.
        let Ok(folder) = std::env::var("LAVOIR_SENTENCES") else {
            eprintln!("LAVOIR_SENTENCES names no folder: nothing is measured");
            return;
        };
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        files.sort();
        let mut sums = [0usize; 4];
        for file in files {
            let code = file.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).unwrap();
            let found: Vec<&str> = text.lines().map(|line| identify(line).code).collect();
            let right = found.iter().filter(|c| **c == code).count();
            let unsure = found.iter().filter(|c| **c == "und").count();
            eprintln!(
                "{code:10} right {right:4} unsure {unsure:4} of {}",
                found.len()
            );
            let at = if code.starts_with("und") { 2 } else { 0 };
            sums[at] += if at == 0 { right } else { unsure };
            sums[at + 1] += found.len();
            if at == 0 {
                eprintln!("   wrong {}", found.len() - right - unsure);
            }
        }
        eprintln!(
            "right {} of {}; other languages unsure {} of {}",
            sums[0], sums[1], sums[2], sums[3]
        );
    }
}
