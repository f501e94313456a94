//! Which files are read: globs, lists, compression, guessed forms.

use std::io::Write;

use crate::support::{ARTICLE, CLEAN, clean, lavoir, rows};

#[test]
fn compressed_files_globs_and_lists() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(ARTICLE.as_bytes()).unwrap();
    std::fs::write(path("a.txt.gz"), gzip.finish().unwrap()).unwrap();
    std::fs::write(
        path("b.txt.zst"),
        zstd::encode_all(ARTICLE.as_bytes(), 1).unwrap(),
    )
    .unwrap();
    std::fs::write(path("c.md"), ARTICLE).unwrap();
    std::fs::write(path("d.bin"), ARTICLE).unwrap();
    let texts = |out: &str| -> Vec<(String, String)> {
        let rows = rows(&path(out).join("articles.jsonl"));
        let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
        rows.iter()
            .map(|row| (text(row, "id"), text(row, "text")))
            .collect()
    };
    let all = |names: &[&str]| -> Vec<(String, String)> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), CLEAN.to_owned()))
            .collect()
    };
    clean(&[dir.path()], &path("out-1"), &["--no-dedup"]);
    assert_eq!(texts("out-1"), all(&["a.txt.gz", "b.txt.zst", "c.md"]));
    let manifest = std::fs::read_to_string(path("out-1/manifest.json")).unwrap();
    assert!(
        manifest.contains("\"d.bin\""),
        "what was not read is listed"
    );
    clean(&[&path("*.txt.*")], &path("out-2"), &["--no-dedup"]);
    assert_eq!(texts("out-2"), all(&["a.txt.gz", "b.txt.zst"]));
    // Named files are read whatever their ending.
    let list = format!("{}\n{}\n", path("d.bin").display(), path("c.md").display());
    std::fs::write(path("list"), list).unwrap();
    clean(
        &[],
        &path("out-3"),
        &["--no-dedup", "--files-from", path("list").to_str().unwrap()],
    );
    assert_eq!(texts("out-3"), all(&["c.md", "d.bin"]));
    let none = lavoir(&["clean", path("*.none").to_str().unwrap()]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn a_second_run_replaces_the_first_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.txt"), dir.path().join("out"));
    std::fs::write(&input, ARTICLE).unwrap();
    clean(&[&input], &out, &[]);
    let before = std::fs::read(out.join("manifest.json")).unwrap();
    clean(&[&input], &out, &[]);
    assert_eq!(std::fs::read(out.join("manifest.json")).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(&out).unwrap().count(),
        6,
        "nothing else is left behind"
    );
}
