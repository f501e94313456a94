//! Which language a text is in: by its script, then by pairs of letters.
//!
//! A fast tier over a bounded sample. It knows the languages of `models/encoding.bin` and those
//! that have a script of their own; it says `und` rather than guess.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::decode::model::{Single, model};

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
/// Mean cost of a pair (`-ln p` in sixteenths) above which no known language is likely.
const STRANGE: f64 = 46.0;
/// Cost per pair by which the best must be ahead in a long text; a short one needs more.
const AHEAD: f64 = 0.6;

/// Scripts that one language in the tables, or one language alone, is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Several languages: their letters decide.
    Latin,
    Cyrillic,
    Arabic,
    /// Chinese, or Japanese where kana stand between.
    Han,
    Kana,
    Devanagari,
    /// The language with this code.
    Only(&'static str),
}

/// The language of `text`; `und` when the text is too short or unlike any known language.
///
/// ```
/// let french = "La rivière coule lentement entre les collines, et personne ne s’en étonne.";
/// assert_eq!(lavoir::language::identify(french).code, "fr");
/// assert_eq!(lavoir::language::identify("OK").code, "und");
/// ```
pub fn identify(text: &str) -> Language {
    let sample = sample(text);
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
        Script::Devanagari if n >= LEAST_LETTERS => devanagari(&sample),
        Script::Latin | Script::Cyrillic | Script::Arabic if n >= LEAST_LETTERS => {
            by_letters(&sample, script)
        }
        _ => UNSURE,
    }
}

/// About `SAMPLE` letters from the start, the middle and the later part of a long text.
fn sample(text: &str) -> String {
    let share = SAMPLE / PLACES;
    let mut out = String::with_capacity(SAMPLE * 3);
    if text.len() <= SAMPLE * 2 {
        out.push_str(text);
        return out;
    }
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
    out
}

fn script(c: char) -> Option<Script> {
    Some(match c as u32 {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => Script::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Only("el"),
        0x400..=0x52F => Script::Cyrillic,
        0x531..=0x587 => Script::Only("hy"),
        0x5D0..=0x5EA => Script::Only("he"),
        0x620..=0x64A | 0x66E..=0x6D5 => Script::Arabic,
        0x900..=0x97F => Script::Devanagari,
        0x980..=0x9FF => Script::Only("bn"),
        0xA00..=0xA7F => Script::Only("pa"),
        0xA80..=0xAFF => Script::Only("gu"),
        0xB80..=0xBFF => Script::Only("ta"),
        0xC00..=0xC7F => Script::Only("te"),
        0xC80..=0xCFF => Script::Only("kn"),
        0xD00..=0xD7F => Script::Only("ml"),
        0xD80..=0xDFF => Script::Only("si"),
        0xE01..=0xE4E => Script::Only("th"),
        0xE80..=0xEFF => Script::Only("lo"),
        0x1000..=0x109F => Script::Only("my"),
        0x10A0..=0x10FF => Script::Only("ka"),
        0x1200..=0x137F => Script::Only("am"),
        0x1780..=0x17FF => Script::Only("km"),
        0x3041..=0x30FF => Script::Kana,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF => Script::Han,
        0xAC00..=0xD7A3 => Script::Only("ko"),
        _ => return None,
    })
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

/// For each letter its class in every language of the tables.
fn classes() -> &'static FxHashMap<char, Vec<u8>> {
    static CLASSES: OnceLock<FxHashMap<char, Vec<u8>>> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let single = &model().single;
        let letters = single.iter().flat_map(|language| &language.letters);
        let class = |&c: &char| (c, single.iter().map(|language| language.class(c)).collect());
        letters.map(class).collect()
    })
}

fn uses(language: &Single, wanted: Script) -> bool {
    // Every list holds the ASCII letters, and foreign letters stray into some.
    let of = |c: &&char| !c.is_ascii() && script(**c) == Some(wanted);
    let strange = |c: &&char| script(**c).is_some_and(|s| s != Script::Latin);
    let letters = language.letters.len();
    match wanted {
        Script::Latin => language.letters.iter().filter(strange).count() * 5 < letters * 2,
        _ => language.letters.iter().filter(of).count() > 20,
    }
}

/// The languages of the tables that a script of several languages is told apart by.
fn known(script: Script) -> &'static [usize] {
    static KNOWN: OnceLock<[Vec<usize>; 3]> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let single = &model().single;
        let of = |script| {
            let all = 0..single.len();
            all.filter(|&i| uses(&single[i], script) && single[i].code != "vi")
                .collect()
        };
        [Script::Latin, Script::Cyrillic, Script::Arabic].map(of)
    });
    match script {
        Script::Latin => &known[0],
        Script::Cyrillic => &known[1],
        Script::Arabic => &known[2],
        _ => &[],
    }
}

fn by_letters(sample: &str, script: Script) -> Language {
    if script == Script::Latin && is_vietnamese(sample) {
        return Language {
            code: "vi",
            confidence: 0.97,
        };
    }
    let single = &model().single;
    let classes = classes();
    let mut rows: Vec<Option<&Vec<u8>>> = Vec::with_capacity(sample.len() + 1);
    rows.extend(sample.chars().chain([' ']).map(|c| {
        let c = c.to_lowercase().next().unwrap_or(c);
        classes.get(&c)
    }));
    let says = |row: Option<&Vec<u8>>| usize::from(row.is_some());
    let heads = rows.first().map_or(0, |row| says(*row));
    let pairs = rows
        .windows(2)
        .filter(|pair| pair.iter().any(Option::is_some));
    let pairs = (heads + pairs.count()) as f64;
    let cost = |i: usize| {
        let class = |row: Option<&Vec<u8>>| row.and_then(|r| r.get(i)).copied().unwrap_or(0);
        let (mut before, mut sum) = (0, 0);
        let mut before_says = false;
        for &row in &rows {
            let next = class(row);
            if before_says || row.is_some() {
                sum += single[i].class_cost(before, next);
            }
            (before, before_says) = (next, row.is_some());
        }
        sum
    };
    let mut ranked: Vec<(u32, &'static str)> = known(script)
        .iter()
        .map(|&i| (cost(i), single[i].code))
        .collect();
    ranked.sort_unstable();
    verdict(&ranked, pairs.max(1.0))
}

fn verdict(ranked: &[(u32, &'static str)], pairs: f64) -> Language {
    let [(best, code), rest @ ..] = ranked else {
        return UNSURE;
    };
    // The two written forms of Norwegian: where they are close, the text is Norwegian.
    let norwegian = |code: &str| matches!(code, "nb" | "nn");
    let (code, rest) = match rest.first() {
        Some((second, other))
            if norwegian(code)
                && norwegian(other)
                && f64::from(second - best) / pairs < AHEAD * (1.0 + 40.0 / pairs) =>
        {
            (&"no", rest.get(1..).unwrap_or_default())
        }
        _ => (code, rest),
    };
    let mean = f64::from(*best) / pairs;
    let ahead = rest
        .first()
        .map_or(99.0, |(second, _)| f64::from(second - best) / pairs);
    if mean > STRANGE || ahead < AHEAD * (1.0 + 40.0 / pairs) {
        return UNSURE;
    }
    let confidence = 1.0 - 0.5 * (-ahead / 2.0).exp();
    Language {
        code,
        confidence: (confidence * 100.0).round() / 100.0,
    }
}

/// Letters that only Vietnamese has make up part of every line of it.
fn is_vietnamese(sample: &str) -> bool {
    let own = |c: &char| {
        matches!(
            *c as u32,
            0x1EA0..=0x1EF9 | 0x1A0 | 0x1A1 | 0x1AF | 0x1B0 | 0x110 | 0x111
        )
    };
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    sample.chars().filter(own).count() * 25 > letters
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
