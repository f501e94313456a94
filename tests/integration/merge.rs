//! The shards of a job array, merged, are one run over all inputs.

use std::path::{Path, PathBuf};

use crate::support::{
    ARTICLE, assert_same, clean, lavoir, outputs, rows, stderr, stdout, write_corpus,
};

/// Cleans shard `index` of `count` into its own folder.
fn shard(input: &Path, dir: &Path, index: usize, count: usize, more: &[&str]) -> PathBuf {
    let out = dir.join(format!("shard-{index}"));
    let which = format!("{index}/{count}");
    clean(&[input], &out, &[&["--shard", &which], more].concat());
    out
}

fn merge(dirs: &[PathBuf], out: &Path) -> std::process::Output {
    let mut args: Vec<&str> = vec!["merge", "-o", out.to_str().unwrap()];
    args.extend(dirs.iter().map(|dir| dir.to_str().unwrap()));
    lavoir(&args)
}

#[test]
fn merged_shards_are_one_run() {
    let dir = tempfile::tempdir().unwrap();
    let (input, whole) = (dir.path().join("in"), dir.path().join("whole"));
    write_corpus(&input, 150);
    // A file of several records, a broken line among them, and a file that is not read.
    let row = |n: usize| serde_json::json!({"id": format!("r{n}"), "text": ARTICLE.replace("pont", &format!("pont {n}"))});
    let lines: Vec<String> = (0..20).map(|n| row(n).to_string()).collect();
    std::fs::write(input.join("e.jsonl"), lines.join("\n") + "\n{broken\n").unwrap();
    std::fs::write(input.join("notes.pdf"), "x").unwrap();
    let options = ["--shard-size", "30k"];
    clean(&[&input], &whole, &options);
    for count in [1, 3, 5] {
        let mut dirs: Vec<PathBuf> = (1..=count)
            .map(|index| {
                shard(
                    &input,
                    &dir.path().join(format!("of-{count}")),
                    index,
                    count,
                    &options,
                )
            })
            .collect();
        dirs.rotate_left(1);
        let out = dir.path().join(format!("merged-{count}"));
        let output = merge(&dirs, &out);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        // All of it: the manifest too, down to its digest.
        assert_same(&whole, &out);
        let manifest = |out: &Path| std::fs::read(out.join("manifest.json")).unwrap();
        assert!(manifest(&whole) == manifest(&out));
    }
    let checked = lavoir(&["verify", dir.path().join("merged-3").to_str().unwrap()]);
    assert!(checked.status.success(), "{}", stdout(&checked));
}

#[test]
fn shards_keep_copies_until_they_are_merged() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    std::fs::create_dir(&input).unwrap();
    for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
        std::fs::write(input.join(name), ARTICLE).unwrap();
    }
    let dirs = [1, 2].map(|index| shard(&input, dir.path(), index, 2, &[]));
    for dir in &dirs {
        assert_eq!(rows(&dir.join("articles.jsonl")).len(), 2);
    }
    let out = dir.path().join("out");
    assert!(merge(&dirs, &out).status.success());
    let articles = rows(&out.join("articles.jsonl"));
    assert_eq!(articles.len(), 1);
    assert_eq!(articles[0]["id"], "a.txt");
}

#[test]
fn shards_that_do_not_fit_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    write_corpus(&input, 30);
    let dirs: Vec<PathBuf> = (1..=3)
        .map(|index| shard(&input, dir.path(), index, 3, &[]))
        .collect();
    let refused = |dirs: &[PathBuf], what: &[&str]| {
        let output = merge(dirs, &out);
        assert_eq!(output.status.code(), Some(2));
        let message = stderr(&output);
        assert!(what.iter().all(|what| message.contains(what)), "{message}");
        assert!(!out.join("manifest.json").exists());
    };
    refused(&[dirs[0].clone(), dirs[2].clone()], &["missing: 2"]);
    refused(&[dirs[0].clone(), dirs[0].clone()], &["is shard 1 like"]);
    let whole = dir.path().join("whole");
    clean(&[&input], &whole, &[]);
    refused(&[whole], &["is no shard"]);
    let other = shard(
        &input,
        &dir.path().join("other"),
        2,
        3,
        &["--favor", "tight"],
    );
    refused(
        &[dirs[0].clone(), other, dirs[2].clone()],
        &["another way", "clean.favor"],
    );
    // A changed shard is found before anything is written.
    let articles = dirs[1].join("articles.jsonl");
    let mut bytes = std::fs::read(&articles).unwrap();
    bytes[50] ^= 1;
    std::fs::write(&articles, bytes).unwrap();
    refused(&dirs, &["shard-2", "articles.jsonl was changed"]);
    assert!(!outputs(&out).contains_key("articles.jsonl"));
}
