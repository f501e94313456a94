//! JSON lines in, JSON lines out, in the same order.

use serde_json::{Value, json};

use crate::support::{ARTICLE, CLEAN, lavoir, lavoir_with, rows, stderr, stdout};

fn parse(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn records_go_through_in_order() {
    let page = format!(
        "<html><head><title>Un quai</title></head><body><h1>Un quai</h1><p>{}</p></body></html>",
        "Le quai est vide. ".repeat(20)
    );
    let rows: Vec<String> = (0..500)
        .map(|n| match n % 3 {
            0 => json!({"id": format!("r{n}"), "url": format!("https://example.org/{n}"), "text": ARTICLE}),
            1 => json!({"id": n, "html": page}),
            _ => json!({"text": "Two lines\nof text"}),
        })
        .map(|row| row.to_string())
        .collect();
    let output = lavoir_with(&["clean"], rows.join("\n").as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let out = parse(&stdout(&output));
    assert_eq!(out.len(), 500);
    for (n, row) in out.iter().enumerate() {
        match n % 3 {
            0 => {
                assert_eq!(row["id"], format!("r{n}"));
                assert_eq!(row["text"], CLEAN);
                assert_eq!(row["source"], format!("https://example.org/{n}"));
                assert_eq!(
                    row["metadata"]["title"],
                    "Le vieux pont de Varoise rouvrira au printemps"
                );
                assert!(row["metadata"]["authors"].is_array());
            }
            1 => {
                assert_eq!(row["id"], n.to_string());
                assert!(row["text"].as_str().unwrap().contains("Le quai est vide."));
            }
            _ => assert_eq!(row["id"], format!("-:{}", n + 1)),
        }
    }
}

#[test]
fn a_bad_line_keeps_its_place() {
    let input = format!(
        "{}\nnonsense\n{}\n",
        json!({"id": "a", "text": ARTICLE}),
        json!({"id": "c", "text": ARTICLE})
    );
    let output = lavoir_with(&["clean", "-"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let out = parse(&stdout(&output));
    assert_eq!((out.len(), out[2]["id"].as_str()), (3, Some("c")));
    assert_eq!(out[1]["error"]["line"], 2);
    assert!(stderr(&output).contains("invalid JSON"));
}

#[test]
fn provenance_goes_to_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("provenance.jsonl");
    let input = json!({"id": "a", "text": ARTICLE}).to_string();
    let output = lavoir_with(
        &["clean", "--provenance", file.to_str().unwrap()],
        input.as_bytes(),
    );
    assert!(output.status.success());
    let row: lavoir::Provenance = serde_json::from_value(rows(&file).remove(0)).unwrap();
    assert_eq!(row.replay(ARTICLE.as_bytes()).unwrap().text, CLEAN);
}

#[test]
fn markdown_on_request() {
    let input = json!({"id": "a", "text": ARTICLE}).to_string();
    let output = lavoir_with(&["clean", "--format", "markdown"], input.as_bytes());
    let text = parse(&stdout(&output)).remove(0)["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.starts_with("# Le vieux pont") && text.contains("\n## Un chantier retardé\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let row = json!({"id": "a", "text": ARTICLE}).to_string() + "\n";
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("rows.jsonl");
    std::fs::write(&input, row.repeat(5000)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lavoir"))
        .args(["clean", input.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(0), String::new())
    );
}

#[test]
fn generated_texts_name_every_command() {
    for args in [
        &["man"][..],
        &["completions", "bash"],
        &["completions", "zsh"],
    ] {
        let text = stdout(&lavoir(args));
        for command in ["clean", "explain", "verify", "rules"] {
            assert!(text.contains(command), "{args:?} lacks {command}");
        }
    }
    assert!(stdout(&lavoir(&["--help"])).contains("130"));
}
