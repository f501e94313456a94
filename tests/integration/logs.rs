//! What a run tells on standard error.

use serde_json::Value;

use crate::support::{lavoir, stderr, write_corpus};

fn run(more: &[&str]) -> (Option<i32>, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    write_corpus(&input, 25);
    let fixed = [
        "clean",
        input.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ];
    let output = lavoir(&[&fixed[..], more].concat());
    let code = output.status.code();
    (
        code,
        stderr(&output),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn quiet_says_nothing_and_verbose_names_steps_and_files() {
    assert_eq!(run(&["-q"]), (Some(1), String::new(), String::new()));
    let (_, text, _) = run(&["-v"]);
    for what in [
        "planned ",
        "reading input \"doc-003.txt\"",
        "deduplicating",
        "writing",
    ] {
        assert!(text.contains(what), "{what}: {text}");
    }
    let (_, text, _) = run(&[]);
    assert!(
        text.starts_with("25 records: ") && text.contains("errors.jsonl"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn every_log_line_is_json_also_that_of_an_error() {
    let parse = |text: &str| -> Vec<Value> {
        let line = |line: &str| serde_json::from_str(line).expect(line);
        text.lines().map(line).collect()
    };
    let (code, text, _) = run(&["--log-format", "json", "--part-size", "1k"]);
    assert_eq!(code, Some(1));
    let lines = parse(&text);
    assert!(
        lines
            .iter()
            .all(|line| line["level"] == "info" && line["time"].is_string())
    );
    let events: Vec<&str> = lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        [events.first(), events.last()],
        [Some(&"planned"), Some(&"done")]
    );
    let progress = lines
        .iter()
        .find(|line| line["event"] == "progress")
        .unwrap();
    for key in [
        "records",
        "errors",
        "bytes",
        "total_bytes",
        "records_per_second",
    ] {
        assert!(progress[key].is_number(), "{key}: {progress}");
    }
    let counts = &lines.last().unwrap()["counts"];
    assert_eq!(
        (&counts["records"], &counts["errors"]),
        (&25.into(), &3.into())
    );

    let dir = tempfile::tempdir().unwrap();
    write_corpus(&dir.path().join("in"), 1);
    std::fs::write(dir.path().join("file"), "").unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let output = lavoir(&[
        "clean",
        &path("in"),
        "-o",
        &path("file"),
        "--log-format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let lines = parse(&stderr(&output));
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["level"], &last["event"]),
        (&"error".into(), &"failed".into())
    );
    assert!(
        last["error"]["path"].as_str().unwrap().contains("file"),
        "{last}"
    );
}
