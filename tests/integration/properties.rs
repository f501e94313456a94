//! Conservation and replay on any bytes whatever.

use lavoir::{Cleaner, Form, Record};
use proptest::prelude::*;
use std::sync::LazyLock;

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::new().expect("built-in rules"));

/// Cleans the bytes; what comes out conserves the decoded text and replays to the article.
fn holds(bytes: &[u8], form: Option<Form>) {
    let mut record = Record {
        id: "any".into(),
        bytes: bytes.into(),
        ..Record::default()
    };
    record.hints.form = form;
    let Ok(cleaned) = CLEANER.clean(&record) else {
        return;
    };
    let replayed = cleaned.provenance.replay(bytes);
    let replayed = replayed.unwrap_or_else(|broken| panic!("{broken}: {bytes:?}"));
    assert_eq!(replayed.text, cleaned.article.text);
    let mut metadata = cleaned.article.metadata;
    metadata.language = replayed.metadata.language.clone();
    assert_eq!(replayed.metadata, metadata);
    let json = serde_json::to_string(&cleaned.provenance).unwrap();
    let back: lavoir::Provenance = serde_json::from_str(&json).unwrap();
    assert_eq!(back, cleaned.provenance);
}

/// Lines that rules and stages act on, so that random texts meet them.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Publicité".to_owned()),
        Just("La suite après cette publicité".to_owned()),
        Just("Radio Rive avec AFP . 2 min".to_owned()),
        Just("Lire aussi".to_owned()),
        Just("Un titre de la page d'un journal".to_owned()),
        Just("Un titre de la page d'un journal AFP / © A. B. / Rive via AFP".to_owned()),
        Just("caf\u{c3}\u{a9} \u{200b}&amp;eacute;\u{ad}".to_owned()),
        "[a-zé ]{0,40}",
        "([A-Za-zÀ-ÿ]{1,9} ){5,40}[.!?]",
        "\\PC{0,60}",
    ]
}

fn tag() -> impl Strategy<Value = String> {
    prop_oneof![
        "</?(p|div|a|li|ul|table|td|tr|h1|h2|br|script|style|b|pre|title|svg|template|nav|figure|figcaption)( class=\"[a-z ]{0,9}\")?>",
        Just("<!-- x -->".to_owned()),
        Just("<meta property=\"og:title\" content=\"Un titre &amp; deux\">".to_owned()),
        Just(
            "<script type=\"application/ld+json\">{\"headline\":\"Un\\u0020titre\"}</script>"
                .to_owned()
        ),
        line(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        holds(&bytes, None);
        holds(&bytes, Some(Form::Html));
    }

    #[test]
    fn on_text_like_bytes(
        lines in proptest::collection::vec(line(), 0..30),
        junk in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = lines.join("\n").into_bytes();
        for (at, byte) in junk {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        holds(&bytes, Some(Form::Text));
    }

    #[test]
    fn on_pages(tags in proptest::collection::vec(tag(), 0..60)) {
        holds(tags.concat().as_bytes(), Some(Form::Html));
    }

    #[test]
    fn on_utf16(text in "\\PC{0,80}", little in any::<bool>()) {
        let units = std::iter::once(0xFEFFu16).chain(text.encode_utf16());
        let bytes: Vec<u8> = units
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect();
        holds(&bytes, None);
    }
}
