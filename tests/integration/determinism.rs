//! Same in, same out: threads, order of the inputs and places do not change a byte.

use std::io::Write;
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

/// Rows of JSON lines, a broken one and copies among them.
fn lines(count: usize) -> String {
    let row = |n: usize| match n % 9 {
        4 => "{broken".to_owned(),
        _ => {
            let text = ARTICLE
                .replace("Varoise", &format!("Ville-{}", n % 150))
                .replace("1874", &format!("{}", 1000 + n));
            serde_json::json!({"id": format!("{n:03}"), "text": text}).to_string()
        }
    };
    let rows: Vec<String> = (0..count).map(row).collect();
    rows.join("\n") + "\n"
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn a_large_file_in_pieces_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    std::fs::create_dir(&input).unwrap();
    let text = lines(160);
    std::fs::write(input.join("plain.jsonl"), &text).unwrap();
    std::fs::write(input.join("one-member.jsonl.gz"), gzip(&text)).unwrap();
    // Members as a crawler writes them: one per record.
    let members: Vec<u8> = text.split_inclusive('\n').flat_map(gzip).collect();
    std::fs::write(input.join("many-members.jsonl.gz"), members).unwrap();
    let whole = dir.path().join("whole");
    assert_eq!(clean(&[&input], &whole, &[]), 1);
    for (size, jobs) in [("3k", "1"), ("20k", "2"), ("50k", "3")] {
        let out = dir.path().join(size);
        clean(&[&input], &out, &["--part-size", size, "--jobs", jobs]);
        assert_same(&whole, &out);
    }
}
