//! The table of cases: what is declared, what is damaged, what is no text.

use lavoir::decode::{Decoded, Evidence, Undecodable, decode};
use lavoir::record::Hints;

fn read(bytes: &[u8]) -> Decoded<'_> {
    decode(bytes, &Hints::default()).expect("text")
}

fn encode(name: &str, text: &str) -> Vec<u8> {
    let codec = encoding_rs::Encoding::for_label(name.as_bytes()).expect("a known label");
    codec.encode(text).0.into_owned()
}

const FRENCH: &str =
    "La forêt était très calme ; à l’aube, on n’y entendait que le cri d’une chouette égarée.";
const RUSSIAN: &str = "Погода завтра будет хорошей, обещают нам синоптики, и ветер стихнет.";

#[test]
fn a_byte_order_mark_wins_unless_it_lies() {
    let utf16: Vec<u8> = "\u{FEFF}été"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let decoded = read(&utf16);
    assert_eq!(
        (&*decoded.text, decoded.encoding.evidence),
        ("été", Evidence::Bom)
    );
    let utf8 = read(b"\xEF\xBB\xBFplain");
    assert_eq!(
        (&*utf8.text, utf8.encoding.evidence),
        ("plain", Evidence::Bom)
    );
    let lie = [b"\xEF\xBB\xBF".to_vec(), encode("windows-1251", RUSSIAN)].concat();
    let decoded = read(&lie);
    assert_eq!(
        (&*decoded.text, decoded.encoding.name.as_str()),
        (RUSSIAN, "windows-1251")
    );
}

#[test]
fn valid_utf8_is_utf8_whatever_is_declared() {
    let page = format!("<meta charset=iso-8859-1><p>{FRENCH}");
    let hints = Hints {
        charset: Some("windows-1251".into()),
        ..Hints::default()
    };
    let decoded = decode(page.as_bytes(), &hints).expect("text");
    assert_eq!(
        (&*decoded.text, decoded.encoding.name.as_str()),
        (page.as_str(), "UTF-8")
    );
}

#[test]
fn a_declaration_is_a_prior() {
    let page = format!("<meta charset=windows-1251><p>{FRENCH}");
    let bytes = encode("windows-1252", &page);
    let decoded = read(&bytes);
    assert_eq!(
        (&*decoded.text, decoded.encoding.evidence),
        (page.as_str(), Evidence::Detected)
    );
    let page = format!("<meta charset=iso-8859-1><p>{FRENCH}");
    let bytes = encode("windows-1252", &page);
    let decoded = read(&bytes);
    assert_eq!(
        (&*decoded.text, decoded.encoding.evidence),
        (page.as_str(), Evidence::Meta)
    );
    assert_eq!(decoded.encoding.name, "windows-1252");
    // One letter alone says nothing: the declaration settles it.
    let hints = Hints {
        charset: Some("iso-8859-2".into()),
        ..Hints::default()
    };
    let decoded = decode(b"Wa\xB3\xEAsa", &hints).expect("text");
    assert_eq!(
        (&*decoded.text, decoded.encoding.evidence),
        ("Wałęsa", Evidence::Http)
    );
}

#[test]
fn a_declaration_that_gives_controls_loses() {
    // š and ž of windows-1250 are control characters in ISO-8859-2.
    let czech = "Šedesát žáků přišlo ve středu. Žádný z nich nebyl příliš unavený.";
    let page = format!("<meta charset=iso-8859-2><p>{czech}");
    let bytes = encode("windows-1250", &page);
    let decoded = read(&bytes);
    assert_eq!(
        (&*decoded.text, decoded.encoding.name.as_str()),
        (page.as_str(), "windows-1250")
    );
}

#[test]
fn the_next_source_is_heard_where_one_is_wrong() {
    let page = format!("<meta charset=windows-1251><p>{RUSSIAN}");
    let bytes = encode("windows-1251", &page);
    let hints = Hints {
        charset: Some("utf-8".into()),
        ..Hints::default()
    };
    let decoded = decode(&bytes, &hints).expect("text");
    assert_eq!(
        (&*decoded.text, decoded.encoding.evidence),
        (page.as_str(), Evidence::Meta)
    );
    let xml = format!("<?xml version='1.0' encoding='koi8-r'?><p>{RUSSIAN}");
    let bytes = encode("koi8-r", &xml);
    let decoded = decode(&bytes, &hints).expect("text");
    assert_eq!(
        (&*decoded.text, decoded.encoding.evidence),
        (xml.as_str(), Evidence::Xml)
    );
}

#[test]
fn a_declaration_beyond_8_kb_is_none() {
    let page = |before: usize| {
        let filling = "x ".repeat(before / 2);
        encode(
            "iso-8859-2",
            &format!("{filling}<meta charset=iso-8859-2>Wałęsa"),
        )
    };
    assert_eq!(read(&page(8000)).encoding.evidence, Evidence::Meta);
    assert_eq!(read(&page(8200)).encoding.evidence, Evidence::Detected);
}

#[test]
fn escapes_are_heard_before_a_declaration() {
    let japanese = "夕方、私たちは川沿いを歩きました。";
    let bytes = encode("iso-2022-jp", japanese);
    assert!(bytes.is_ascii());
    let hints = Hints {
        charset: Some("utf-8".into()),
        ..Hints::default()
    };
    let decoded = decode(&bytes, &hints).expect("text");
    assert_eq!(
        (&*decoded.text, decoded.encoding.name.as_str()),
        (japanese, "ISO-2022-JP")
    );
}

#[test]
fn utf16_needs_no_mark() {
    for text in [
        FRENCH,
        RUSSIAN,
        "夕方、私たちは川沿いを歩きました。2024年。",
    ] {
        for (name, order) in [
            ("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ("UTF-16BE", u16::to_be_bytes),
        ] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
            let decoded = read(&bytes);
            assert_eq!(
                (&*decoded.text, decoded.encoding.name.as_str()),
                (text, name)
            );
        }
    }
}

#[test]
fn damaged_utf8_stays_utf8() {
    let mut bytes = FRENCH.repeat(40).into_bytes();
    for at in [300, 1500, 2801] {
        bytes[at] = 0xFF;
    }
    let decoded = read(&bytes);
    assert_eq!(decoded.encoding.name, "UTF-8");
    assert!(
        (1..=6).contains(&decoded.encoding.repairs),
        "{}",
        decoded.encoding.repairs
    );
    let one = [FRENCH.as_bytes(), b" Un caf\xE9."].concat();
    let decoded = read(&one);
    assert!(decoded.text.ends_with("Un café."));
    assert_eq!(
        decoded.encoding.repaired_as.as_deref(),
        Some("windows-1252")
    );
}

#[test]
fn a_cut_tail_is_left_out_and_nuls_are_counted() {
    let cut = read(&"déjà".as_bytes()[..5]);
    assert_eq!((&*cut.text, cut.encoding.cut_tail), ("déj", 1));
    let nuls = read(b"some \0words and\0 more of them");
    assert_eq!(
        (&*nuls.text, nuls.encoding.nuls),
        ("some words and more of them", 2)
    );
}

#[test]
fn two_encodings_in_one_file_are_read_by_segment() {
    let bytes = [
        RUSSIAN.as_bytes(),
        b"\n",
        &encode("windows-1251", RUSSIAN),
        b"\n",
    ]
    .concat();
    let decoded = read(&bytes);
    assert_eq!(decoded.text, format!("{RUSSIAN}\n{RUSSIAN}\n"));
    assert_eq!(decoded.encoding.segments.len(), 2);
}

#[test]
fn what_is_no_text_is_named() {
    let what = |bytes: &[u8]| match decode(bytes, &Hints::default()) {
        Err(Undecodable::Binary { what } | Undecodable::Unsupported { what }) => what,
        other => panic!("{other:?}"),
    };
    let noise: Vec<u8> = (0..400u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(what(b"%PDF-1.4 and so on"), "a PDF document");
    assert_eq!(what(b"Hi +AOk-t+AOk- +AOA- la"), "UTF-7");
    assert_eq!(what(b"\x1B$)C\x0E;g\x0F"), "ISO-2022-KR");
    assert_eq!(what(&noise), "binary data");
    assert_eq!(what(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "a PNG image");
    assert_eq!(what(b"\x1F\x8B\x08\0\0\0\0\0"), "gzip-compressed data");
    assert_eq!(what(b"~{<:Ky2;SC!#~}"), "HZ");
    let ebcdic = b"\xE3\x88\x85\x40\x99\x89\xA5\x85\x99\x40\x99\x81\x95\x40\x97\x81\xA2\xA3";
    assert_eq!(what(&ebcdic.repeat(3)), "EBCDIC");
    let utf32 = FRENCH.chars().flat_map(|c| u32::from(c).to_le_bytes());
    assert_eq!(what(&utf32.collect::<Vec<u8>>()), "UTF-32");
    assert_eq!(decode(b"", &Hints::default()), Err(Undecodable::Empty));
    assert_eq!(
        decode(b"\0\0\0", &Hints::default()),
        Err(Undecodable::Empty)
    );
}

#[test]
fn text_of_a_container_is_utf8() {
    let hints = Hints {
        decoded: true,
        charset: Some("koi8-r".into()),
        ..Hints::default()
    };
    let decoded = decode("<meta charset=gbk>été".as_bytes(), &hints).expect("text");
    assert_eq!(decoded.encoding.evidence, Evidence::Assumed);
    assert_eq!(decoded.text, "<meta charset=gbk>été");
    let damaged = decode(b"\xE9t\xE9!", &hints).expect("text");
    assert_eq!((&*damaged.text, damaged.encoding.repairs), ("été!", 2));
}
