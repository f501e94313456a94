//! `clean --to`: the same articles in every format, verified; rows about spans beside them.

use std::path::Path;

use lavoir::io::write::{RowKind, Target};

use crate::formats_make::{corpus, make};
use crate::support::{ARTICLE, clean, files, lavoir, rows};

fn verified(out: &Path) {
    let output = lavoir(&["verify", out.to_str().unwrap()]);
    let message = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}: {message}", out.display());
}

fn back(out: &Path, target: Target, kind: RowKind) -> Vec<String> {
    let rows = target.read_back(out, kind.stem(), kind).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn every_output_format_holds_the_same_rows_and_replays() {
    let dir = tempfile::tempdir().unwrap();
    let input = make(&corpus()[..6], "warc.gz", dir.path());
    let first = dir.path().join("jsonl");
    clean(&[&input], &first, &[]);
    let kinds = [RowKind::Articles, RowKind::Provenance];
    let expected = kinds.map(|kind| back(&first, Target::Jsonl, kind));
    for target in Target::ALL
        .into_iter()
        .filter(|&target| target != Target::Md)
    {
        let out = dir.path().join(target.name());
        clean(&[&input], &out, &["--to", target.name()]);
        assert_eq!(
            kinds.map(|kind| back(&out, target, kind)),
            expected,
            "{target:?}"
        );
        verified(&out);
        // The manifest has every file, and the text in a folder has no hash but in its index.
        let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
        assert!(manifest.contains(&target.file_name("articles", RowKind::Articles)));
        // A second run over the same inputs in another format leaves nothing of the first.
        let before = std::fs::read_dir(&out).unwrap().count();
        clean(&[&input], &out, &["--to", "jsonl"]);
        assert!(!out.join("articles").exists());
        clean(&[&input], &out, &["--to", target.name()]);
        assert_eq!(
            std::fs::read_dir(&out).unwrap().count(),
            before,
            "{target:?}"
        );
    }
    let out = dir.path().join("markdown");
    clean(&[&input], &out, &["--to", "md"]);
    verified(&out);
    let index = rows(&out.join("articles.index.jsonl"));
    let texts = index.iter().map(|row| {
        let file = out.join("articles").join(row["file"].as_str().unwrap());
        std::fs::read_to_string(file).unwrap()
    });
    assert!(texts.into_iter().any(|text| text.starts_with("# ")));
}

#[test]
fn a_changed_text_in_a_folder_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.txt"), dir.path().join("out"));
    std::fs::write(&input, ARTICLE).unwrap();
    clean(&[&input], &out, &["--to", "txt"]);
    verified(&out);
    let text = out.join("articles/a.txt.txt");
    let changed = std::fs::read_to_string(&text)
        .unwrap()
        .replace("1874", "1875");
    std::fs::write(&text, changed).unwrap();
    assert!(!lavoir(&["verify", out.to_str().unwrap()]).status.success());
}

#[test]
fn rows_about_spans_stand_beside_provenance_also_in_files_of_a_chosen_size() {
    let dir = tempfile::tempdir().unwrap();
    let documents = &corpus()[..8];
    let input = make(documents, "jsonl", dir.path());
    let out = dir.path().join("out");
    let options = [
        "--provenance-format",
        "dolma",
        "--removed",
        "--shard-size",
        "4k",
        "--no-dedup",
    ];
    clean(&[&input], &out, &options);
    verified(&out);
    let files = |stem: &str| files(&out, stem);
    let (provenance, attributes) = (files("provenance-"), files("attributes-"));
    assert!(provenance.len() > 1);
    assert_eq!(
        (provenance.len(), provenance.len()),
        (attributes.len(), files("removed-").len())
    );
    let mut spans = 0;
    for (provenance, attributes) in provenance.iter().zip(&attributes) {
        let ids = |path| {
            rows(path)
                .iter()
                .map(|row| row["id"].to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(provenance), ids(attributes));
        for row in rows(attributes) {
            let id = row["id"].as_str().unwrap();
            let document = documents.iter().find(|document| document.id == id).unwrap();
            let points = document.text.chars().count() as u64;
            for list in row["attributes"].as_object().unwrap().values() {
                for span in list.as_array().unwrap() {
                    let (start, end) = (span[0].as_u64().unwrap(), span[1].as_u64().unwrap());
                    assert!(
                        start < end && end <= points && span[2].is_number(),
                        "{id}: {span}"
                    );
                    spans += 1;
                }
            }
        }
    }
    assert!(spans > 50);
    let removed: Vec<_> = files("removed-")
        .iter()
        .flat_map(|path| rows(path))
        .collect();
    for row in &removed {
        let id = row["id"].as_str().unwrap();
        let document = documents.iter().find(|document| document.id == id).unwrap();
        let at = |end: usize| row["span"][end].as_u64().unwrap() as usize;
        assert_eq!(row["text"], document.text[at(0)..at(1)]);
        assert!(!row["rule"].as_str().unwrap().is_empty());
    }
    assert!(!removed.is_empty());
}

#[test]
fn shards_in_tables_merge_to_the_tables_of_one_run() {
    let dir = tempfile::tempdir().unwrap();
    let input = make(&corpus()[..6], "folder", dir.path());
    let options = [
        "--to",
        "parquet",
        "--provenance-format",
        "dolma",
        "--removed",
    ];
    let whole = dir.path().join("whole");
    clean(&[&input], &whole, &options);
    let shards: Vec<_> = (1..=2)
        .map(|index| {
            let out = dir.path().join(format!("shard-{index}"));
            let shard = format!("{index}/2");
            clean(
                &[&input],
                &out,
                &[&options[..], &["--shard", &shard]].concat(),
            );
            out
        })
        .collect();
    let merged = dir.path().join("merged");
    let mut args = vec!["merge"];
    args.extend(shards.iter().map(|shard| shard.to_str().unwrap()));
    args.extend(["-o", merged.to_str().unwrap()]);
    let output = lavoir(&args);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for name in [
        "articles.parquet",
        "provenance.parquet",
        "attributes.jsonl",
        "removed.jsonl",
    ] {
        let read = |out: &Path| std::fs::read(out.join(name)).unwrap();
        assert!(read(&merged) == read(&whole), "{name} is another one");
    }
    verified(&merged);
}
