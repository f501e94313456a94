//! What must hold for any bytes and any text.

use lavoir::decode::{RepairPolicy, decode, redecode, repair};
use lavoir::document::Edit;
use lavoir::record::Hints;
use proptest::collection::vec;
use proptest::prelude::*;

/// The text with edits applied; fails where they overlap or leave the text.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for edit in edits {
        out.push_str(
            text.get(at..edit.span.start)
                .expect("ascending, on characters"),
        );
        assert!(
            text.get(edit.span.start..edit.span.end).is_some(),
            "{edit:?}"
        );
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Bytes as they are found: noise, text in an encoding, UTF-16, with marks, NULs and cuts.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let text = "[ -~]{0,40}|[àéèüñßøşžłďřő“”’–…€]{1,20}|[а-яёіїА-Я ]{1,40}|[ぁ-ん一-十가-힣]{1,30}";
    let encoding = prop::sample::select(vec![
        "utf-8",
        "windows-1252",
        "windows-1251",
        "koi8-r",
        "gbk",
        "shift_jis",
        "euc-kr",
        "big5",
        "iso-2022-jp",
        "macintosh",
    ]);
    let part = prop_oneof![
        vec(any::<u8>(), 0..40),
        (text, encoding).prop_map(|(text, name)| {
            let codec = encoding_rs::Encoding::for_label(name.as_bytes()).expect("known");
            codec.encode(&text).0.into_owned()
        }),
        "[ -~а-яé]{0,20}".prop_map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        prop::sample::select(vec![
            &b"\xEF\xBB\xBF"[..],
            b"\xFF\xFE",
            b"\0",
            b"\x1B$B",
            b"\n",
            b"\xE2\x82",
            b"+AGE-",
            b"<meta charset=gbk>",
            b"<?xml version='1.0' encoding='koi8-r'?>",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    vec(part, 0..8).prop_map(|parts| parts.concat())
}

/// Text full of what repair looks for.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z .,]{0,8}",
        "[ÃÂÅÄâã€™œ“”©®¢£¤¥ƒ¦§¨ª¯°±²³´µ¶·¸¹º»¼½¾\u{80}-\u{9F}\u{A0}\u{AD}]{1,5}",
        "[РСВГВђЂ™њЋџ°±іѓ]{1,5}",
        "[\u{200B}\u{200E}\u{2028}\u{FEFF}\u{202F}\u{301}\u{308}\u{327}\u{3099}]{1,3}",
        "[アかקش한\u{1112}\u{1161}\u{11AB}]{1,3}",
        prop::sample::select(vec![
            "&amp;eacute;",
            "&amp;amp;",
            "&amp;#233;",
            "&#xA0;",
            "amp;",
            "&",
            "eacute;"
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        // UTF-8 misread once or twice.
        ("[àéèüñßøşž“”’–…€ a-z]{1,8}", 1..3usize).prop_map(|(text, times)| {
            (0..times).fold(text, |text, _| {
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(text.as_bytes())
                    .0
                    .into_owned()
            })
        }),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decode_is_total_and_replays(bytes in bytes(), decoded in any::<bool>()) {
        let hints = Hints { decoded, ..Hints::default() };
        if let Ok(first) = decode(&bytes, &hints) {
            let record = serde_json::to_string(&first.encoding).expect("a record");
            let encoding = serde_json::from_str(&record).expect("the same record");
            prop_assert_eq!(&encoding, &first.encoding);
            prop_assert_eq!(redecode(&bytes, &encoding).expect("known names"), &*first.text);
            prop_assert!((0.0..=1.0).contains(&first.encoding.confidence));
        }
    }

    #[test]
    fn valid_utf8_without_marks_is_borrowed(text in "[^\0\u{1B}+\u{FEFF}]{1,60}") {
        prop_assume!(lavoir::decode::decode(text.as_bytes(), &Hints::default()).is_ok());
        let decoded = decode(text.as_bytes(), &Hints::default()).expect("text");
        prop_assert!(matches!(decoded.text, std::borrow::Cow::Borrowed(_)));
        prop_assert_eq!(&*decoded.text, text.as_str());
        prop_assert_eq!(decoded.encoding.name.as_str(), "UTF-8");
    }

    #[test]
    fn repair_is_idempotent(text in text(), html in any::<bool>()) {
        let policy = RepairPolicy::default();
        let once = apply(&text, &repair(&text, &policy, html));
        let again = repair(&once, &policy, html);
        prop_assert!(again.is_empty(), "{:?} -> {:?} -> {:?}", text, once, again);
    }
}
