//! `lavoir verify` passes on what `clean` wrote and fails on one changed byte anywhere.

use std::path::{Path, PathBuf};

use crate::support::{ARTICLE, clean, lavoir, stdout};

fn setup(dir: &Path) -> (PathBuf, PathBuf) {
    let (input, out) = (dir.join("in"), dir.join("out"));
    std::fs::create_dir(&input).unwrap();
    std::fs::write(input.join("pont.txt"), ARTICLE).unwrap();
    let page = format!(
        "<html><body><h1>Un quai</h1><p>{}</p></body></html>",
        "Le quai est fermé &amp; vide. ".repeat(9)
    );
    let rows = [
        serde_json::json!({"id": "page", "url": "https://example.org/", "html": page}).to_string(),
        "{not json".to_owned(),
        serde_json::json!({"id": 2, "text": ARTICLE.replace("pont", "port")}).to_string(),
    ];
    std::fs::write(input.join("rows.jsonl"), rows.join("\n")).unwrap();
    assert_eq!(clean(&[&input], &out, &["--no-dedup"]), 1);
    (input, out)
}

fn verify(out: &Path) -> (i32, String) {
    let output = lavoir(&["verify", out.to_str().unwrap()]);
    (output.status.code().unwrap(), stdout(&output))
}

#[test]
fn what_clean_wrote_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = setup(dir.path());
    let (code, text) = verify(&out);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("3 documents"), "{text}");
    // Sources may have moved.
    let moved = dir.path().join("moved");
    std::fs::rename(&input, &moved).unwrap();
    assert_eq!(verify(&out).0, 1);
    let args = [
        "verify",
        out.to_str().unwrap(),
        "--source",
        moved.to_str().unwrap(),
    ];
    assert!(lavoir(&args).status.success());
}

/// Flips the lowest bit of every `step`-th byte in turn; each flip must be noticed.
fn every_flip_is_noticed(file: &Path, out: &Path, step: usize) {
    let bytes = std::fs::read(file).unwrap();
    for at in (0..bytes.len()).step_by(step) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(file, &changed).unwrap();
        let (code, text) = verify(out);
        assert_ne!(
            code,
            0,
            "byte {at} of {} flipped unnoticed: {text}",
            file.display()
        );
    }
    std::fs::write(file, &bytes).unwrap();
    assert_eq!(verify(out).0, 0);
}

#[test]
fn one_changed_byte_fails() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = setup(dir.path());
    every_flip_is_noticed(&input.join("pont.txt"), &out, 197);
    for name in [
        "provenance.jsonl",
        "articles.jsonl",
        "errors.jsonl",
        "manifest.json",
    ] {
        let file = out.join(name);
        let step = std::fs::metadata(&file).unwrap().len() as usize / 12 + 1;
        every_flip_is_noticed(&file, &out, step);
    }
}

#[test]
fn replay_finds_what_hashes_cannot() {
    // A forger who mends the manifest's hashes still cannot change a decision.
    let dir = tempfile::tempdir().unwrap();
    let (_, out) = setup(dir.path());
    let file = out.join("provenance.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut row: lavoir::Provenance = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert!(row.replay(ARTICLE.as_bytes()).is_ok());
    let space = row.decisions.iter().position(|d| &*d.kind == "space");
    row.decisions.remove(space.unwrap());
    let broken = row.replay(ARTICLE.as_bytes()).unwrap_err().0;
    assert!(broken.contains("gap"), "{broken}");
}
