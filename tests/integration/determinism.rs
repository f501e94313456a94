//! Same in, same out: threads, order of the inputs and places do not change a byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{ARTICLE, clean};

/// Outputs by name; the manifest without the places of its inputs.
fn outputs(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(out).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        if name == "manifest.json" {
            let mut manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            manifest["digest"].take();
            for input in manifest["inputs"].as_array_mut().unwrap() {
                input["path"].take();
            }
            files.insert(name, manifest.to_string().into_bytes());
        } else {
            files.insert(name, bytes);
        }
    }
    files
}

/// Some hundred documents, a few of them copies and a few broken.
fn write_corpus(dir: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(dir).unwrap();
    (0..300)
        .map(|n| {
            let path = dir.join(format!("doc-{n:03}.txt"));
            let text = match n % 10 {
                0 => ARTICLE.to_owned(),
                1 => String::new(),
                _ => ARTICLE
                    .replace("Varoise", &format!("Ville-{n}"))
                    .replace("pont", ["quai", "port", "parc", "musée"][n % 4])
                    .replace("crue", &format!("fête numéro {n}")),
            };
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect()
}

#[test]
fn threads_order_and_place_do_not_change_a_byte() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().join("here");
    let mut files = write_corpus(&here);
    write_corpus(&dir.path().join("there"));
    let out = |name: &str| dir.path().join(name);
    assert_eq!(clean(&[&here], &out("one"), &["--jobs", "1"]), 1);
    clean(&[&here], &out("two"), &["--jobs", "2"]);
    clean(
        &[&dir.path().join("there")],
        &out("moved"),
        &["--jobs", "3"],
    );
    files.reverse();
    files.rotate_left(77);
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    clean(&paths, &out("mixed"), &["--jobs", "2"]);
    let one = outputs(&out("one"));
    assert_eq!(one.len(), 4);
    for other in ["two", "moved", "mixed"] {
        let other_outputs = outputs(&out(other));
        for (name, bytes) in &one {
            assert!(bytes == &other_outputs[name], "{name} differs in {other}");
        }
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
