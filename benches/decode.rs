//! Cost of decoding and repair: valid UTF-8 against its validation, everything else at 8 KB.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use lavoir::decode::{RepairPolicy, decode, repair};
use lavoir::record::Hints;

const FRENCH: &str = "Après l’été, la forêt était très calme ; à l’aube, on n’y entendait que le cri \
    d’une chouette égarée, et plus loin le bruit régulier de la scierie.\n";
const RUSSIAN: &str =
    "Погода завтра будет хорошей, обещают нам синоптики, и ветер к вечеру стихнет.\n";
const JAPANESE: &str = "夕方、私たちは川沿いを歩きながら、過ぎ去った夏のことを話していました。\n";
const ENGLISH: &str = "The river ran past the old mill, and nobody in the village could say why.\n";
const MISREAD: &str = "ForÃªt et rivière, cafÃ© et thÃ©, un peu partout, l’étÃ©.\n";

fn main() {
    divan::main();
}

/// About 8 KB of a sentence repeated in an encoding.
fn text(sentence: &str, name: &str) -> Vec<u8> {
    let codec = encoding_rs::Encoding::for_label(name.as_bytes()).expect("a known label");
    let (one, _, lossy) = codec.encode(sentence);
    assert!(!lossy);
    one.repeat(8192 / one.len())
}

#[divan::bench(args = ["ascii", "french", "russian", "japanese"])]
fn valid_utf8_decode(bencher: Bencher<'_, '_>, language: &str) {
    let bytes = valid(language);
    let hints = Hints::default();
    assert_eq!(decode(&bytes, &hints).expect("text").encoding.name, "UTF-8");
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench(|| decode(black_box(&bytes), &hints));
}

#[divan::bench(args = ["ascii", "french", "russian", "japanese"])]
fn valid_utf8_validation(bencher: Bencher<'_, '_>, language: &str) {
    let bytes = valid(language);
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench(|| encoding_rs::Encoding::utf8_valid_up_to(black_box(&bytes)));
}

fn valid(language: &str) -> Vec<u8> {
    let sentence = match language {
        "french" => FRENCH,
        "russian" => RUSSIAN,
        "japanese" => JAPANESE,
        _ => ENGLISH,
    };
    text(sentence, "utf-8")
}

#[divan::bench(args = ["windows-1252 french", "macintosh french", "windows-1251 russian", "koi8-r russian",
    "shift_jis japanese", "euc-jp japanese", "utf-16le japanese", "damaged french", "declared french"])]
fn legacy(bencher: Bencher<'_, '_>, case: &str) {
    let (name, language) = case.split_once(' ').expect("two words");
    let sentence = match language {
        "french" => FRENCH,
        "russian" => RUSSIAN,
        _ => JAPANESE,
    };
    let mut hints = Hints::default();
    let (bytes, wanted) = match name {
        "damaged" => {
            let mut bytes = text(sentence, "utf-8");
            for at in [100, 2000, 5000] {
                bytes[at] = 0xFF;
            }
            (bytes, "UTF-8")
        }
        "declared" => {
            hints.charset = Some("windows-1252".into());
            (text(sentence, "windows-1252"), "windows-1252")
        }
        "utf-16le" => {
            let one: Vec<u8> = sentence.encode_utf16().flat_map(u16::to_le_bytes).collect();
            (one.repeat(8192 / one.len()), "UTF-16LE")
        }
        _ => (text(sentence, name), name),
    };
    let found = decode(&bytes, &hints).expect("text").encoding.name;
    assert!(found.eq_ignore_ascii_case(wanted), "{found} for {case}");
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench(|| decode(black_box(&bytes), &hints));
}

#[divan::bench(args = ["ascii", "french", "russian", "japanese", "misread"])]
fn repairs(bencher: Bencher<'_, '_>, language: &str) {
    let bytes = match language {
        "misread" => text(MISREAD, "utf-8"),
        _ => valid(language),
    };
    let text = String::from_utf8(bytes).expect("UTF-8");
    let policy = RepairPolicy::default();
    assert_eq!(
        repair(&text, &policy, false).is_empty(),
        language != "misread"
    );
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| repair(black_box(&text), &policy, false));
}
