//! The same article in several encodings is the same article.

use encoding_rs::{Encoding, ISO_8859_15, UTF_8, WINDOWS_1252};

use crate::support::{ARTICLE, CLEAN, clean, lavoir, rows, stdout};

fn utf16le_with_bom(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable, "{} cannot hold the article", encoding.name());
    bytes.into_owned()
}

#[test]
fn four_encodings_give_one_text() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        ("windows-1252", encoded(ARTICLE, WINDOWS_1252)),
        (
            "ISO-8859-15",
            encoded(&ARTICLE.replace('’', "'"), ISO_8859_15),
        ),
        ("UTF-16LE", utf16le_with_bom(ARTICLE)),
        ("UTF-8", encoded(ARTICLE, UTF_8)),
    ];
    for (name, bytes) in cases {
        let input = dir.path().join(format!("{name}.txt"));
        let out = dir.path().join(name);
        std::fs::write(&input, bytes).unwrap();
        assert_eq!(clean(&[&input], &out, &[]), 0, "{name}");
        let article = rows(&out.join("articles.jsonl")).remove(0);
        let text = article["text"].as_str().unwrap();
        assert_eq!(text.replace('’', "'"), CLEAN.replace('’', "'"), "{name}");
        assert_eq!(article["metadata"]["language"], "fr", "{name}");
        assert_eq!(article["metadata"]["publisher"], "Radio Varoise", "{name}");
        assert_eq!(article["metadata"]["agency"], "AFP", "{name}");
        assert_eq!(article["metadata"]["reading_time"], 2, "{name}");
        let encoding = rows(&out.join("provenance.jsonl")).remove(0)["encoding"].take();
        assert_eq!(encoding["name"], name);
        let evidence = if name == "UTF-16LE" {
            "bom"
        } else {
            "detected"
        };
        assert_eq!(encoding["evidence"], evidence, "{name}");
    }
}

#[test]
fn a_declared_charset_is_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let page = format!(
        "<html><head><meta charset=\"windows-1252\"><title>Pont</title></head><body><p>{}</p></body></html>",
        "Le pont a été fermé à l'été, puis rouvert à Noël grâce à la mairie. ".repeat(4)
    );
    let input = dir.path().join("page.html");
    std::fs::write(&input, encoded(&page, WINDOWS_1252)).unwrap();
    let out = dir.path().join("out");
    clean(&[&input], &out, &[]);
    let encoding = rows(&out.join("provenance.jsonl")).remove(0)["encoding"].take();
    assert_eq!(
        (encoding["name"].as_str(), encoding["evidence"].as_str()),
        (Some("windows-1252"), Some("meta"))
    );
    let article = rows(&out.join("articles.jsonl")).remove(0);
    assert!(
        article["text"]
            .as_str()
            .unwrap()
            .contains("été fermé à l'été")
    );
}

#[test]
fn detect_names_encoding_evidence_and_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.txt"), encoded(ARTICLE, WINDOWS_1252)).unwrap();
    let mut damaged = ARTICLE.as_bytes().to_vec();
    let at = ARTICLE.find("crue").unwrap();
    damaged[at] = 0xFF;
    std::fs::write(path("b.txt"), damaged).unwrap();
    std::fs::write(path("c.bin"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    std::fs::write(
        path("list"),
        format!("{}\n{}\n", path("b.txt"), path("c.bin")),
    )
    .unwrap();
    let output = lavoir(&[
        "detect",
        "--json",
        &path("a.txt"),
        "--files-from",
        &path("list"),
    ]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "the image is told as an error"
    );
    let rows: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[0]["encoding"], "windows-1252");
    assert_eq!(rows[0]["evidence"], "detected");
    assert_eq!(rows[1]["encoding"], "UTF-8");
    assert_eq!(rows[1]["damage"]["repairs"], 1);
    assert!(
        rows[2]["error"].as_str().unwrap().contains("PNG"),
        "{}",
        rows[2]
    );
}
