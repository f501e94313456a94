//! Configuration files: discovery, precedence, mistakes, `init`.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{ARTICLE, stderr, stdout};

/// Runs `lavoir` in a folder.
fn lavoir_in(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lavoir"))
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

#[test]
fn the_command_line_wins_over_the_file_and_the_file_over_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let file = "[clean]\nfavor = 'tight'\nprofile = 'article'\n[run]\njobs = 1\n";
    std::fs::write(dir.path().join("lavoir.toml"), file).unwrap();
    let shown = |args: &[&str]| stdout(&lavoir_in(&inner, args));
    let all = shown(&["clean", "--show-config", "--favor", "safe"]);
    assert!(
        all.starts_with("# ") && all.contains("lavoir.toml"),
        "{all}"
    );
    for line in ["favor = \"safe\"", "profile = \"article\"", "jobs = 1"] {
        assert!(all.contains(line), "{all}");
    }
    assert!(shown(&["clean", "--show-config", "--isolated"]).contains("favor = \"balanced\""));
    // What is shown is a configuration file itself.
    std::fs::write(inner.join("lavoir.toml"), &all).unwrap();
    let again = shown(&["clean", "--show-config"]);
    assert_eq!(
        again.lines().skip(1).collect::<Vec<_>>(),
        all.lines().skip(1).collect::<Vec<_>>()
    );
}

#[test]
fn a_file_changes_what_clean_does() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.txt"), ARTICLE).unwrap();
    let text = || -> String {
        let row: Value =
            serde_json::from_str(&stdout(&lavoir_in(dir.path(), &["clean", "a.txt"]))).unwrap();
        row["text"].as_str().unwrap().to_owned()
    };
    assert!(!text().contains("La suite après cette publicité"));
    let off = "[tool.lavoir.rules]\ndisable = ['fr/ad', 'core/ad']\n[tool.lavoir.clean.stages]\ncontent = false\nrepeats = false\n";
    std::fs::write(dir.path().join("pyproject.toml"), off).unwrap();
    assert!(text().contains("La suite après cette publicité"));
}

#[test]
fn a_mistake_is_told_with_its_place_and_the_way_out() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("lavoir.toml"),
        "[check.limits]\nboilerplat = 0.1\n",
    )
    .unwrap();
    let output = lavoir_in(dir.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("lavoir.toml:2:")
            && said.contains("boilerplat")
            && said.contains("lavoir init"),
        "{said}"
    );
    let output = lavoir_in(dir.path(), &["clean", "--config", "none.toml", "."]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn init_writes_a_file_that_holds_and_never_over_one() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(lavoir_in(dir.path(), &["init"]).status.code(), Some(0));
    let shown = stdout(&lavoir_in(dir.path(), &["check", "--show-config"]));
    let isolated = stdout(&lavoir_in(
        dir.path(),
        &["check", "--show-config", "--isolated"],
    ));
    let keys = |text: &str| {
        text.lines()
            .skip(1)
            .filter(|l| !l.starts_with("baseline"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&shown), keys(&isolated));
    std::fs::write(dir.path().join("lavoir.toml"), "[run]\njobs = 1\n").unwrap();
    assert_eq!(lavoir_in(dir.path(), &["init"]).status.code(), Some(2));
    let kept = std::fs::read_to_string(dir.path().join("lavoir.toml")).unwrap();
    assert_eq!(kept, "[run]\njobs = 1\n");
    let schema: Value =
        serde_json::from_str(&stdout(&lavoir_in(dir.path(), &["init", "--schema"]))).unwrap();
    assert_eq!(schema["properties"]["check"]["$ref"], "#/$defs/CheckConfig");
}

#[test]
fn runs_and_formats_can_be_configured() {
    let dir = tempfile::tempdir().unwrap();
    let file = "[input.fields]\ntext = 'story'\n[output]\nto = 'jsonl.gz'\nremoved = true\n\
                [corpus]\nsite = false\nkeep = 'longest'\n[run]\nmemory = 4096\n";
    std::fs::write(dir.path().join("lavoir.toml"), file).unwrap();
    let row = serde_json::json!({"id": "a", "story": ARTICLE});
    std::fs::write(dir.path().join("rows.jsonl"), format!("{row}\n")).unwrap();
    let run = |more: &[&str]| {
        let args = [&["clean", "rows.jsonl", "-o", "out", "-q", "--force"], more].concat();
        let output = lavoir_in(dir.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    };
    let there = |name: &str| dir.path().join("out").join(name).exists();
    run(&[]);
    assert!(there("articles.jsonl.gz") && there("removed.jsonl.gz"));
    let manifest = std::fs::read(dir.path().join("out/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["config"]["corpus"]["site"], false);
    assert_eq!(manifest["config"]["corpus"]["keep"], "longest");
    run(&["--to", "jsonl", "--keep", "id"]);
    assert!(there("articles.jsonl") && !there("articles.jsonl.gz"));
    let code = lavoir_in(dir.path(), &["clean", "rows.jsonl", "--field-text", "none"])
        .status
        .code();
    assert_eq!(code, Some(1), "the command line wins");
}
