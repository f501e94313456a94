//! Blocks in another language than their document: a quotation, a summary, the other half of a
//! bilingual page.
//!
//! What a document is mostly written in costs one identification. A block is first read in that
//! language alone, over its first letters; only where it is unlike it, it is identified. A short
//! block says nothing: a title, a name or a motto in another language does not count.

use std::borrow::Cow;

use super::letters::Reader;
use super::script::{Script, script};
use super::{Language, UNSURE, identify};

/// A block of a document: its number and its text.
pub(crate) type Block<'t> = (u32, &'t str);

/// Letters that a block must have; an ideograph stands for [`IDEOGRAPH`].
const LEAST: usize = 100;
/// Letters of an alphabet that say as much as an ideograph or a syllable sign.
const IDEOGRAPH: usize = 3;
/// How sure a block's language must be.
const SURE: f64 = 0.9;
/// Characters of a block that are read in the document's language, and where they are unlike it.
const LOOKS: [usize; 2] = [100, 400];

/// The language that most of `text` is in, and the blocks that are surely in another one.
pub(crate) fn by_block(text: &str, blocks: &[Block<'_>]) -> (Language, Vec<(u32, Language)>) {
    let whole = identify(text);
    let first = others(whole.code, blocks);
    if first.is_empty() {
        return (whole, first);
    }
    // A mixture may look like a third language.
    let most = most(whole, blocks);
    match is_same(most.code, whole.code) {
        true => (whole, first),
        false => (most, others(most.code, blocks)),
    }
}

/// The blocks that are surely in another language than `code`.
fn others(code: &str, blocks: &[Block<'_>]) -> Vec<(u32, Language)> {
    let reader = Reader::of(code);
    let other = |&(number, text): &Block<'_>| {
        if !is_long(text) || fits(code, reader.as_ref(), text) {
            return None;
        }
        let found = identify(&without_addresses(text));
        let is_other = found.confidence >= SURE && !is_same(found.code, code);
        is_other.then_some((number, found))
    };
    blocks.iter().filter_map(other).collect()
}

/// The language of more than half of what can be identified block by block.
fn most(whole: Language, blocks: &[Block<'_>]) -> Language {
    let mut found: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for (_, text) in blocks.iter().filter(|(_, text)| is_long(text)) {
        let code = identify(&without_addresses(text)).code;
        match found.iter_mut().find(|(known, _)| is_same(known, code)) {
            Some((_, texts)) => texts.push(text),
            None if code != UNSURE.code => found.push((code, vec![text])),
            None => {}
        }
    }
    let bytes = |texts: &[&str]| texts.iter().map(|text| text.len()).sum::<usize>();
    let all: usize = found.iter().map(|(_, texts)| bytes(texts)).sum();
    match found.iter().find(|(_, texts)| bytes(texts) * 2 > all) {
        Some((code, _)) if is_same(code, whole.code) => whole,
        Some((code, texts)) => {
            let together = identify(&texts.join("\n"));
            if is_same(together.code, code) {
                together
            } else {
                UNSURE
            }
        }
        None => UNSURE,
    }
}

/// A text without addresses, which are words of no language or another one.
fn without_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains("://") && !text.contains("www.") {
        return text.into();
    }
    let is_word = |word: &&str| !word.contains("://") && !word.starts_with("www.");
    let words: Vec<&str> = text.split(' ').filter(is_word).collect();
    words.join(" ").into()
}

/// How many of some bytes, 255 at most, are letters of ASCII.
fn ascii_letters(bytes: &[u8]) -> usize {
    // A count of 8 bits has room for all, and many bytes are looked at together.
    let mut letters = 0_u8;
    for byte in bytes {
        letters = letters.wrapping_add(u8::from((byte | 0x20).wrapping_sub(b'a') < 26));
    }
    usize::from(letters)
}

/// Whether a text has the letters that an identification needs.
fn is_long(text: &str) -> bool {
    // The least bytes that so many letters take.
    if text.len() < LEAST {
        return false;
    }
    let start = &text.as_bytes()[..text.len().min(2 * LEAST)];
    if ascii_letters(start) >= LEAST {
        return true;
    }
    if text.len() == start.len() && text.is_ascii() {
        return false;
    }
    let mut letters = 0;
    text.chars().any(|c| {
        letters += match script(c) {
            None => 0,
            Some(Script::Han | Script::Kana | Script::Only("ko")) => IDEOGRAPH,
            Some(_) => 1,
        };
        letters >= LEAST
    })
}

/// The first characters of a text, `most` at most.
fn start(text: &str, most: usize) -> &str {
    if text.as_bytes().get(..most).is_some_and(<[u8]>::is_ascii) {
        return text.get(..most).unwrap_or(text);
    }
    let end = text.char_indices().nth(most);
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Whether the start of a text looks like the language `code`; false when that is unknown.
fn fits(code: &str, reader: Option<&Reader>, text: &str) -> bool {
    if let Some(reader) = reader {
        let mut looks = LOOKS.into_iter().map(|look| start(text, look));
        return looks.any(|look| reader.is_like(look));
    }
    let start = start(text, LOOKS[0]);
    let own = |script| match script {
        Script::Only(own) => own == code,
        Script::Han | Script::Kana => matches!(code, "ja" | "zh"),
        Script::Devanagari => matches!(code, "hi" | "mr" | "ne"),
        _ => false,
    };
    let (mut inside, mut all) = (0, 0);
    for script in start.chars().filter_map(script) {
        inside += usize::from(own(script));
        all += 1;
    }
    // Japanese has kana between its ideographs.
    let kana = || start.chars().any(|c| script(c) == Some(Script::Kana));
    inside * 2 > all && (!matches!(code, "ja" | "zh") || kana() == (code == "ja"))
}

/// Whether two codes name one language: the written forms of Norwegian.
fn is_same(one: &str, other: &str) -> bool {
    let norwegian = |code| matches!(code, "no" | "nb" | "nn");
    one == other || norwegian(one) && norwegian(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts of about `letters` letters from the sentences in a file, at words.
    fn cuts(text: &str, letters: usize) -> Vec<String> {
        let mut out = vec![String::new()];
        for word in text.split_whitespace() {
            let last = out.last_mut().unwrap();
            last.push_str(word);
            last.push(' ');
            if last.chars().filter(|c| script(*c).is_some()).count() >= letters {
                out.push(String::new());
            }
        }
        out.pop();
        out.truncate(100);
        out
    }

    const FRENCH: &str = "La rivière coule lentement entre les collines, et personne dans le \
        village ne se souvient du jour où le vieux pont de bois a été emporté par la crue.";
    const ENGLISH: &str = "The river ran past the old mill, and nobody in the village could \
        remember the day when the wooden bridge had been carried away by the flood.";
    const GERMAN: &str = "Der Fluss fließt langsam zwischen den Hügeln, und niemand im Dorf \
        erinnert sich an den Tag, an dem die alte Brücke vom Hochwasser fortgerissen wurde.";
    const CHINESE: &str = "河水在山丘之间缓缓流过，村里没有人记得那座旧木桥被洪水冲走的日子，\
        也没有人知道磨坊的主人后来去了哪里。";
    const JAPANESE: &str = "川は丘の間をゆっくりと流れている。古い木の橋が洪水で流された日のことを、\
        村では誰も覚えていない。水車小屋の主人がどこへ行ったのかも知らない。";

    /// Code of the document, numbers and codes of the blocks in another language.
    fn found(blocks: &[&str]) -> (&'static str, Vec<(u32, &'static str)>) {
        let numbered: Vec<Block<'_>> = (0..).zip(blocks.iter().copied()).collect();
        let (whole, others) = by_block(&blocks.join("\n\n"), &numbered);
        let others = others.iter().map(|(number, found)| (*number, found.code));
        (whole.code, others.collect())
    }

    #[test]
    fn a_quotation_in_another_language_is_found() {
        let blocks = [FRENCH, FRENCH, ENGLISH, FRENCH, FRENCH];
        assert_eq!(found(&blocks), ("fr", vec![(2, "en")]));
        assert_eq!(found(&[FRENCH; 5]), ("fr", vec![]));
    }

    #[test]
    fn a_document_is_in_the_language_of_most_of_it() {
        // The start, the middle and the later part that are looked at first are English.
        let fill = FRENCH.repeat(6);
        let english = ENGLISH.repeat(2);
        let blocks = [&*english, &fill, &english, &fill, &english, &fill];
        assert_eq!(
            found(&blocks),
            ("fr", vec![(0, "en"), (2, "en"), (4, "en")])
        );
    }

    #[test]
    fn a_page_of_many_languages_is_in_none() {
        let (code, others) = found(&[FRENCH, GERMAN, ENGLISH, JAPANESE]);
        let wanted = [(0, "fr"), (1, "de"), (2, "en"), (3, "ja")];
        assert_eq!((code, &*others), ("und", &wanted[..]));
    }

    #[test]
    fn short_foreign_words_do_not_count() {
        let names = "Bruce Springsteen: Born in the U.S.A., The River, Born to Run";
        let mixed = format!("{FRENCH} « To be, or not to be », disait-il. {FRENCH}");
        let list = "https://example.org/the-river/and-the-mill https://example.org/with-the-flood \
            https://www.example.org/what-the-old-bridge-was Pont, moulin, rivière, crue";
        assert_eq!(
            found(&[FRENCH, names, &mixed, list, FRENCH]),
            ("fr", vec![])
        );
    }

    #[test]
    fn scripts_are_told_apart_first() {
        assert_eq!(found(&[CHINESE, CHINESE, ENGLISH]), ("zh", vec![(2, "en")]));
        assert_eq!(
            found(&[JAPANESE, JAPANESE, CHINESE]),
            ("ja", vec![(2, "zh")])
        );
        assert_eq!(
            found(&[ENGLISH, ENGLISH, ENGLISH, CHINESE]),
            ("en", vec![(3, "zh")])
        );
        // Latin names inside Chinese or Japanese are part of it.
        let mixed = format!("Springsteen、Bruce、Born to Run：{CHINESE}");
        assert_eq!(found(&[CHINESE, &mixed, CHINESE]), ("zh", vec![]));
    }

    #[test]
    fn what_is_no_language_is_in_none() {
        let noise = "xkcd qwrt zzxv bnmq pqqw rtyz xcvb wqrt kjhg ".repeat(4);
        assert_eq!(found(&[FRENCH, &noise, FRENCH]), ("fr", vec![]));
        assert_eq!(found(&[&noise, "12 345 678"]), ("und", vec![]));
        assert_eq!(found(&[]), ("und", vec![]));
    }

    #[test]
    fn the_written_forms_of_norwegian_are_one() {
        assert!(is_same("no", "nn") && is_same("nb", "no") && !is_same("no", "da"));
    }

    #[test]
    fn blocks_of_a_folder_are_identified() {
        // A folder of `<code>.txt`, one sentence per line.
        let Ok(folder) = std::env::var("LAVOIR_SENTENCES") else {
            eprintln!("LAVOIR_SENTENCES names no folder: nothing is measured");
            return;
        };
        let mut texts: Vec<(String, String)> = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            let code = file.file_stem().unwrap().to_string_lossy().into_owned();
            texts.push((code, std::fs::read_to_string(&file).unwrap()));
        }
        texts.sort();
        for letters in [40, 60, 80, 100, 120, 200] {
            let found = texts.iter().flat_map(|(code, text)| {
                let cuts = cuts(text, letters).into_iter();
                cuts.map(move |cut| (code, identify(&cut)))
            });
            let found: Vec<_> = found.collect();
            for sure in [0.5, 0.8, 0.85, 0.9, 0.95] {
                let sure_of = found.iter().filter(|(_, f)| f.confidence >= sure);
                let all = sure_of.clone().count();
                let right = sure_of.filter(|(code, f)| is_same(code, f.code)).count();
                let (n, wrong) = (found.len(), all - right);
                eprintln!("{letters} letters, sure {sure}: right {right} wrong {wrong} of {n}");
            }
        }
        measure_looks(&texts);
    }

    /// How often a text passes for its own language, and one in another language does.
    fn measure_looks(texts: &[(String, String)]) {
        let texts: Vec<(&str, Vec<String>)> = texts
            .iter()
            .map(|(code, text)| (code.as_str(), cuts(text, LEAST)))
            .collect();
        let (mut own, mut foreign) = ([0; 2], [0; 2]);
        for (code, _) in texts.iter().filter(|(code, _)| !is_same(code, "no")) {
            let reader = Reader::of(code);
            for (other, cuts) in &texts {
                let sums = if other == code {
                    &mut own
                } else {
                    &mut foreign
                };
                for cut in cuts.iter().take(10) {
                    sums[0] += usize::from(fits(code, reader.as_ref(), cut));
                    sums[1] += 1;
                }
            }
        }
        eprintln!("like its own language: {} of {}", own[0], own[1]);
        eprintln!("like another language: {} of {}", foreign[0], foreign[1]);
    }
}
