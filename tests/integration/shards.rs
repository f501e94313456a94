//! Output files of a chosen size, samples and limits.

use std::path::Path;

use crate::support::{clean, files, lavoir, rows, stdout, write_corpus};

fn read_all(out: &Path, kind: &str) -> Vec<u8> {
    let read = |path: &std::path::PathBuf| std::fs::read(path).unwrap();
    files(out, kind).iter().flat_map(read).collect()
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

#[test]
fn a_dry_run_estimates_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    write_corpus(&dir.path().join("in"), 200);
    let row = |n: usize| serde_json::json!({"id": n, "text": format!("Line {n}. ").repeat(60)});
    let lines: Vec<String> = (0..3000).map(|n| row(n).to_string()).collect();
    std::fs::write(path("in/rows.jsonl"), lines.join("\n")).unwrap();
    let run = |more: &[&str]| {
        let fixed = ["clean", &path("in"), "-o", &path("out"), "--dry-run"];
        let output = lavoir(&[&fixed[..], more].concat());
        assert!(output.status.success());
        stdout(&output)
    };
    let text = run(&[]);
    for what in [
        "201 files",
        "about",
        "Estimates from",
        "nothing was written",
    ] {
        assert!(text.contains(what), "{text}");
    }
    assert!(!dir.path().join("out").exists());
    let estimate = |more: &[&str]| -> serde_json::Value {
        let text = run(&[&["--log-format", "json"], more].concat());
        serde_json::from_str(&text).unwrap()
    };
    // 3,200 records; the sample sees seven of the small files, and the large one if it comes up.
    let records = estimate(&[])["records"].as_u64().unwrap();
    assert!((500..6000).contains(&records), "{records}");
    assert_eq!(estimate(&["--limit", "9"])["records"], 9);
    assert!(estimate(&["--sample", "0.1"])["records"].as_u64().unwrap() <= records / 9);
    // Of one large file, compressed or not, it is right within a few per cent.
    let packed = zstd::encode_all(&std::fs::read(path("in/rows.jsonl")).unwrap()[..], 1).unwrap();
    std::fs::write(path("rows.jsonl.zst"), packed).unwrap();
    for name in ["in/rows.jsonl", "rows.jsonl.zst"] {
        let output = lavoir(&["clean", &path(name), "--dry-run", "--log-format", "json"]);
        let estimate: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let records = estimate["records"].as_u64().unwrap();
        assert!((2700..3300).contains(&records), "{name}: {records}");
    }
}

fn rows_of_manifest(out: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}
