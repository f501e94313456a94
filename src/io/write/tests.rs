use super::*;
use crate::article::{Article, RepeatedParagraph};
use crate::metadata::{Caption, Metadata};

/// Articles with every field filled, and with none. No `..`: a new field must be put here, and so
/// into the schema.
fn articles() -> Vec<Article> {
    let text = |value: &str| Some(value.to_owned());
    let caption = Caption {
        text: text("c"),
        credit: None,
    };
    let repeated = RepeatedParagraph {
        span: crate::document::Span { start: 2, end: 9 },
        documents: 3,
        first: "f".into(),
    };
    let full = Metadata {
        title: text("t"),
        standfirst: text("s"),
        authors: vec!["a".into(), "b".into()],
        publisher: text("p"),
        agency: text("g"),
        date: text("2026-01-02"),
        modified: text("2026-01-03"),
        language: text("fr"),
        reading_time: Some(7),
        captions: vec![caption],
        tags: vec!["x".into()],
        section: text("sport"),
        canonical: text("http://example.org/"),
        site_name: text("n"),
        image: text("i"),
        license: text("l"),
        comments: vec!["first".into(), "second".into()],
        links: vec!["https://example.org/l".into()],
        pictures: vec!["p.png".into()],
        truncated: true,
    };
    let article = |id: &str, metadata| Article {
        id: id.into(),
        text: format!("Text of {id}\n\n\"quoted\" \\ é\u{1F600}"),
        source: id.into(),
        metadata,
        also_published_by: vec!["o".into()],
        repeated: vec![repeated.clone()],
    };
    let bare = Article {
        also_published_by: Vec::new(),
        repeated: Vec::new(),
        ..article("bare", Metadata::default())
    };
    vec![
        bare,
        article("https://example.org/a/b?c=d", full),
        article("a.zip/../x.html", Metadata::default()),
        article("A.zip/x.html", Metadata::default()),
        article("/", Metadata::default()),
    ]
}

fn targets() -> impl Iterator<Item = Target> {
    let built = |target: &Target| {
        cfg!(feature = "parquet") || !matches!(target, Target::Parquet | Target::Arrow)
    };
    Target::ALL.into_iter().filter(built)
}

fn write(dir: &Path, target: Target, rows: RowKind, json: &[String]) -> Written {
    let mut writer = target.create(dir, "rows", rows).unwrap();
    for row in json {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn articles_come_back_from_every_format() {
    let articles = articles();
    let json: Vec<String> = articles
        .iter()
        .map(|article| serde_json::to_string(article).unwrap())
        .collect();
    for target in targets() {
        let dir = tempfile::tempdir().unwrap();
        let written = write(dir.path(), target, RowKind::Articles, &json);
        assert_eq!(written.rows, 5);
        let bytes = std::fs::read(dir.path().join(&written.path)).unwrap();
        assert_eq!(written.bytes, bytes.len() as u64, "{target:?}");
        assert_eq!(
            written.sha256,
            crate::provenance::sha256(&bytes),
            "{target:?}"
        );
        let back: Vec<String> = target
            .read_back(dir.path(), "rows", RowKind::Articles)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(back, json, "{target:?}");
        // A second run takes the place of the first and leaves nothing else behind.
        let again = write(dir.path(), target, RowKind::Articles, &json);
        assert_eq!(again, written, "{target:?} is not the same twice");
        let tree = matches!(target, Target::Txt | Target::Md);
        let count = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(count, 1 + usize::from(tree), "{target:?}");
    }
}

#[test]
fn provenance_comes_back_from_every_format() {
    let text = "Le pont rouvre lundi matin aux voitures comme aux piétons, a dit la mairie.";
    let cleaner = crate::Cleaner::new().unwrap();
    let cleaned = cleaner.clean(&crate::Record::text("p", text)).unwrap();
    let json = vec![serde_json::to_string(&cleaned.provenance).unwrap()];
    for target in targets() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), target, RowKind::Provenance, &json);
        let back: Vec<String> = target
            .read_back(dir.path(), "rows", RowKind::Provenance)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(back, json, "{target:?}");
    }
}

#[test]
fn nothing_appears_before_the_end() {
    for target in targets() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = target
            .create(dir.path(), "rows", RowKind::Articles)
            .unwrap();
        writer
            .row(&serde_json::to_string(&articles()[0]).unwrap())
            .unwrap();
        assert!(
            !dir.path()
                .join(target.file_name("rows", RowKind::Articles))
                .exists()
        );
        assert!(!dir.path().join("rows").exists());
        drop(writer);
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            0,
            "{target:?}"
        );
    }
}

#[cfg(feature = "parquet")]
#[test]
fn a_field_that_the_schema_lacks_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Target::Parquet
        .create(dir.path(), "rows", RowKind::Articles)
        .unwrap();
    let row = r#"{"id":"a","text":"t","source":"s","metadata":{"authors":[],"new":1}}"#;
    let result = writer.row(row).and_then(|()| writer.finish().map(drop));
    assert!(result.is_err());
}
