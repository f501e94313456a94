//! Same in, same out: threads, order of the inputs and places do not change a byte.

use std::path::{Path, PathBuf};

use crate::support::{ARTICLE, assert_same, clean, outputs, write_corpus};

#[test]
fn threads_order_place_and_part_size_do_not_change_a_byte() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().join("here");
    let mut files = write_corpus(&here, 300);
    let there = dir.path().join("there");
    write_corpus(&there, 300);
    let out = |name: &str| dir.path().join(name);
    let one = out("one");
    assert_eq!(clean(&[&here], &one, &["--jobs", "1"]), 1);
    clean(&[&here], &out("two"), &["--jobs", "2", "--part-size", "9k"]);
    clean(
        &[&there],
        &out("moved"),
        &["--jobs", "3", "--part-size", "1"],
    );
    files.reverse();
    files.rotate_left(77);
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let options = ["--jobs", "2", "--part-size", "77k"];
    clean(&paths, &out("mixed"), &options);
    assert!(outputs(&one).contains_key("articles.jsonl"));
    for other in ["two", "moved", "mixed"] {
        assert_same(&one, &out(other));
    }
}

#[test]
fn one_file_or_many_give_the_same_articles() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..200)
        .map(|n| {
            let text = ARTICLE.replace("Varoise", &format!("Ville-{}", n % 150));
            let url = format!("https://example.org/{n:03}");
            serde_json::json!({"id": format!("{n:03}"), "url": url, "text": text}).to_string()
        })
        .collect();
    let one = dir.path().join("one");
    let many = dir.path().join("many");
    for folder in [&one, &many] {
        std::fs::create_dir(folder).unwrap();
    }
    std::fs::write(one.join("all.jsonl"), rows.join("\n")).unwrap();
    for (n, row) in rows.iter().enumerate() {
        std::fs::write(many.join(format!("{n:03}.jsonl")), row).unwrap();
    }
    let read = |folder: &Path, out: &str| {
        let out = dir.path().join(out);
        clean(&[folder], &out, &[]);
        std::fs::read(out.join("articles.jsonl")).unwrap()
    };
    assert!(read(&one, "out-one") == read(&many, "out-many"));
}
