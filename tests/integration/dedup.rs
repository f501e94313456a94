//! `lavoir dedup` on anyone's JSON lines.

use std::path::Path;

use crate::support::{lavoir, lavoir_with, rows, stderr};

const FLOOD: &str = "The river rose above the quay on Monday night and the lower town was \
    evacuated. Firemen carried some forty people out of their houses by boat, the mayor said. \
    Schools will remain closed until the water is gone and the cellars have been pumped dry.";
const TREES: &str = "The council will plant four hundred lime trees along the ring road this \
    autumn. They replace the elms felled three years ago, of which only the stumps remain.";

fn row(id: &str, text: &str, rest: &str) -> String {
    format!(
        "{{\"id\": \"{id}\",  \"text\": {}{rest}}}",
        serde_json::json!(text)
    )
}

fn run(input: &str, dir: &Path, options: &[&str]) -> i32 {
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let (out, clusters, removed) = (
        path("out.jsonl"),
        path("clusters.tsv"),
        path("removed.jsonl"),
    );
    let mut args = vec![
        "dedup",
        "-",
        "-o",
        &out,
        "--clusters",
        &clusters,
        "--removed",
        &removed,
    ];
    args.extend(options);
    let output = lavoir_with(&args, input.as_bytes());
    let code = output.status.code().unwrap();
    assert!(code < 2, "{}", stderr(&output));
    code
}

#[test]
fn rows_that_stay_are_untouched_and_the_others_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let updated = format!("Flood\n{FLOOD}\nMore to follow.");
    let kept = [row("a", FLOOD, ", \"n\": 1.50"), row("c", TREES, "")];
    let input = [
        &row("b", &updated, ""),
        &kept[0],
        &kept[1],
        &row("d", &TREES.to_uppercase(), ""),
    ]
    .map(String::as_str)
    .join("\n");
    assert_eq!(run(&input, dir.path(), &[]), 0);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("out.jsonl"), format!("{}\n{}\n", kept[0], kept[1]));
    assert_eq!(read("clusters.tsv"), "b\ta\na\ta\nc\tc\nd\tc\n");
    let removed = rows(&dir.path().join("removed.jsonl"));
    assert_eq!(
        (&removed[0]["id"], &removed[0]["twin"]),
        (&"b".into(), &"a".into())
    );
    assert_eq!(
        (&removed[0]["kind"], &removed[0]["score"]),
        (&"near".into(), &1000.into())
    );
    assert_eq!(
        (&removed[1]["kind"], &removed[1]["score"]),
        (&"exact".into(), &1000.into())
    );
}

#[test]
fn the_user_says_which_copy_stays() {
    let dir = tempfile::tempdir().unwrap();
    let input = format!(
        "{}\n{}",
        row("a", FLOOD, ", \"created\": \"2026-03-02\""),
        row("b", &FLOOD.to_lowercase(), ", \"created\": \"2026-03-01\""),
    );
    for (keep, stays) in [("id", "a"), ("field:created", "b")] {
        assert_eq!(run(&input, dir.path(), &["--keep", keep]), 0);
        assert_eq!(rows(&dir.path().join("out.jsonl"))[0]["id"], stays);
    }
}

#[test]
fn a_bad_line_is_told_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        run(&format!("{{\n{}", row("a", FLOOD, "")), dir.path(), &[]),
        1
    );
    assert_eq!(rows(&dir.path().join("out.jsonl")).len(), 1);
    let output = lavoir(&["dedup", "/nowhere/at/all.jsonl", "-o", "/dev/null"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("/nowhere/at/all.jsonl"));
}

#[test]
fn memory_and_threads_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let text = |n: usize| format!("{FLOOD} {} {TREES} {}", n % 7, "more ".repeat(n % 5));
    let input: Vec<String> = (0..60)
        .map(|n| row(&format!("d{n}"), &text(n), ""))
        .collect();
    let mut outputs = Vec::new();
    for options in [
        ["--memory", "0", "--jobs", "1"],
        ["--memory", "64", "--jobs", "3"],
    ] {
        run(&input.join("\n"), dir.path(), &options);
        outputs.push(std::fs::read(dir.path().join("removed.jsonl")).unwrap());
    }
    assert!(!outputs[0].is_empty());
    assert_eq!(outputs[0], outputs[1]);
}
