//! Every format in, every format out: the same articles.

use std::collections::BTreeMap;
use std::path::Path;

use lavoir::io::inputs::Inputs;
use lavoir::io::write::{RowKind, Target};
use lavoir::io::{ReadOptions, read};
use lavoir::{Article, Cleaner, Record};

use crate::formats_make::{FORMATS, corpus, make};

/// All records of a file or folder.
pub fn records(path: &Path) -> Vec<Record<'static>> {
    let mut records = Vec::new();
    for input in &Inputs::list(&[path.to_path_buf()]).files {
        read(input, &ReadOptions::default(), &mut |record| {
            records.push(record.expect("the file is sound"));
            true
        });
    }
    records
}

/// The document's id, whatever the format made of it.
fn key(record: &Record<'_>) -> String {
    let name = record.id.rsplit('/').next().unwrap_or_default();
    name.trim_end_matches(".html")
        .trim_end_matches(".txt")
        .into()
}

/// What an article says, without where it came from.
fn said(cleaner: &Cleaner, record: &Record<'_>) -> (String, String) {
    let article = cleaner.clean(record).expect("the corpus is text").article;
    (
        article.text,
        serde_json::to_string(&article.metadata).unwrap(),
    )
}

#[test]
fn every_input_format_and_every_output_format_give_the_same_articles() {
    let documents = corpus();
    let dir = tempfile::tempdir().unwrap();
    let cleaner = Cleaner::new().unwrap();
    let expected: BTreeMap<String, (String, String)> =
        records(&make(&documents, "folder", dir.path()))
            .iter()
            .map(|record| (key(record), said(&cleaner, record)))
            .collect();
    assert_eq!(expected.len(), documents.len());
    for format in FORMATS {
        if format == "folder" {
            continue;
        }
        let path = make(&documents, format, dir.path());
        let records = records(&path);
        let keys: Vec<String> = records.iter().map(key).collect();
        let ids: Vec<&str> = documents.iter().map(|d| d.id.as_str()).collect();
        assert_eq!(keys, ids, "{format}");
        let mut articles = Vec::new();
        for record in &records {
            let mut article = cleaner.clean(record).expect("text").article;
            let json = serde_json::to_string(&article.metadata).unwrap();
            assert_eq!(
                (&article.text, &json),
                (&expected[&key(record)].0, &expected[&key(record)].1),
                "{} from {format}",
                record.id
            );
            article.id = key(record);
            articles.push(article);
        }
        for target in Target::ALL {
            let out = tempfile::tempdir().unwrap();
            assert_eq!(
                through(target, out.path(), &articles),
                articles,
                "{format} to {target:?}"
            );
        }
    }
}

/// Writes articles and reads them back.
fn through(target: Target, dir: &Path, articles: &[Article]) -> Vec<Article> {
    let mut writer = target.create(dir, "articles", RowKind::Articles).unwrap();
    for article in articles {
        writer
            .row(&serde_json::to_string(article).unwrap())
            .unwrap();
    }
    assert_eq!(writer.finish().unwrap().rows, articles.len() as u64);
    let rows = target
        .read_back(dir, "articles", RowKind::Articles)
        .unwrap();
    rows.map(|row| serde_json::from_str(&row.unwrap()).unwrap())
        .collect()
}

#[test]
fn what_the_container_says_is_kept() {
    let documents = corpus();
    let dir = tempfile::tempdir().unwrap();
    let record = records(&make(&documents, "warc.gz", dir.path())).remove(0);
    assert_eq!(record.hints.record.as_deref(), Some(&*documents[0].id));
    let url = format!("https://example.org/{}", documents[0].id);
    assert_eq!(record.hints.url.as_deref(), Some(&*url));
    let archived = record.hints.archived.clone().unwrap();
    assert_eq!(archived.date.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(archived.payload_digest.as_deref(), Some("sha1:ABC"));
    let record = records(&make(&documents, "zip", dir.path())).remove(0);
    assert_eq!(record.hints.path.as_deref(), Some("corpus.zip"));
    assert_eq!(record.hints.record.as_deref(), Some(&*documents[0].file()));
    let record = records(&make(&documents, "parquet", dir.path())).remove(1);
    assert_eq!(record.hints.record.as_deref(), Some("2"));
    assert!(record.hints.decoded);
}
