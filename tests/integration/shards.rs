//! Output files of a chosen size, samples and limits.

use std::path::Path;

use crate::support::{clean, lavoir, rows, stdout, write_corpus};

fn read_all(out: &Path, kind: &str) -> Vec<u8> {
    let mut names: Vec<_> = std::fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(kind)
        })
        .collect();
    names.sort();
    let read = |path: &std::path::PathBuf| std::fs::read(path).unwrap();
    names.iter().flat_map(read).collect()
}

#[test]
fn output_files_have_the_chosen_size_and_verify() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    write_corpus(&path("in"), 60);
    clean(&[&path("in")], &path("one"), &[]);
    clean(&[&path("in")], &path("many"), &["--shard-size", "20k"]);
    for kind in ["articles", "provenance", "errors"] {
        assert!(
            read_all(&path("one"), kind) == read_all(&path("many"), kind),
            "{kind}"
        );
    }
    let mut files = 0;
    while path(&format!("many/articles-{files:05}.jsonl")).exists() {
        let articles = path(&format!("many/articles-{files:05}.jsonl"));
        assert!(std::fs::metadata(&articles).unwrap().len() <= 20 << 10);
        // The same documents are in the files of the same number.
        let ids = |path: &Path| -> Vec<String> {
            let id = |row: serde_json::Value| row["id"].as_str().unwrap().to_owned();
            rows(path).into_iter().map(id).collect()
        };
        let provenance = ids(&path(&format!("many/provenance-{files:05}.jsonl")));
        assert!(ids(&articles).iter().all(|id| provenance.contains(id)));
        files += 1;
    }
    assert!(files > 3, "{files} files");
    let output = lavoir(&["verify", path("many").to_str().unwrap()]);
    assert!(output.status.success(), "{}", stdout(&output));
    // A bit flipped in any of them is found.
    let file = path("many/articles-00002.jsonl");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(
        !lavoir(&["verify", path("many").to_str().unwrap()])
            .status
            .success()
    );
}

#[test]
fn limit_and_sample_take_the_same_records_every_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    write_corpus(&path("in"), 200);
    let ids = |out: &str, options: &[&str]| -> Vec<String> {
        clean(
            &[&path("in")],
            &path(out),
            &[options, &["--no-dedup"]].concat(),
        );
        let id = |row: &serde_json::Value| row["id"].as_str().unwrap().to_owned();
        let articles = rows(&path(out).join("articles.jsonl"));
        let manifest = rows_of_manifest(&path(out));
        let errors = rows(&path(out).join("errors.jsonl")).len();
        assert_eq!(manifest["counts"]["records"], articles.len() + errors);
        articles.iter().map(id).collect()
    };
    let all = ids("all", &[]);
    assert_eq!(all.len(), 180);
    let limited = ids(
        "limit",
        &["--limit", "25", "--part-size", "9k", "--jobs", "3"],
    );
    // Every tenth text is empty and counts as a record.
    assert_eq!(limited, all[..limited.len()]);
    assert_eq!(limited.len(), 22);
    let sample = ids("sample", &["--sample", "0.2"]);
    assert!((20..60).contains(&sample.len()), "{}", sample.len());
    let both = ids(
        "both",
        &["--sample", "0.2", "--limit", "7", "--part-size", "3k"],
    );
    assert_eq!(both, sample[..both.len()]);
    assert!(
        lavoir(&["verify", path("both").to_str().unwrap()])
            .status
            .success()
    );
}

fn rows_of_manifest(out: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}
