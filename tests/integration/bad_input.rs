//! Bad input: a clear message with its place and the way out, the rest goes on, and nothing is
//! half-written.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::support::{ARTICLE, clean, lavoir, rows, stderr};

/// Cleans `name` with `bytes` beside a good file; gives the only error row.
fn error_row(name: &str, bytes: &[u8], options: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    std::fs::write(input.join("good.txt"), ARTICLE).unwrap();
    std::fs::write(input.join(name), bytes).unwrap();
    assert_eq!(clean(&[&input], &out, options), 1);
    let articles = rows(&out.join("articles.jsonl"));
    assert!(articles.iter().any(|row| row["id"] == "good.txt"));
    let mut errors = rows(&out.join("errors.jsonl"));
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn an_empty_file() {
    let row = error_row("empty.txt", b"", &[]);
    assert_eq!(
        (row["path"].as_str(), row["kind"].as_str()),
        (Some("empty.txt"), Some("undecodable"))
    );
    assert!(row["cause"].as_str().unwrap().contains("no text"), "{row}");
}

#[test]
fn invalid_json_on_line_7() {
    let good = serde_json::json!({"text": ARTICLE}).to_string();
    let mut lines = [good.as_str(); 9];
    lines[6] = "{\"text\": \"unclosed";
    let row = error_row("rows.jsonl", lines.join("\n").as_bytes(), &[]);
    assert_eq!(
        (row["path"].as_str(), row["line"].as_u64()),
        (Some("rows.jsonl"), Some(7))
    );
    assert!(row["cause"].as_str().unwrap().contains("invalid JSON"));
    assert!(!row["remedy"].as_str().unwrap().is_empty());
}

#[test]
fn a_truncated_gzip() {
    let mut bytes = gzip(ARTICLE.repeat(50).as_bytes());
    bytes.truncate(bytes.len() / 2);
    let row = error_row("cut.txt.gz", &bytes, &[]);
    assert_eq!(row["path"], "cut.txt.gz");
    assert!(
        row["remedy"]
            .as_str()
            .unwrap()
            .contains("damaged or cut short"),
        "{row}"
    );
}

#[test]
fn a_truncated_gzip_of_rows_keeps_the_whole_ones() {
    let row = serde_json::json!({"text": ARTICLE}).to_string() + "\n";
    let mut noise = 1u32;
    let rows_in: String = (0..400)
        .map(|n| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            row.replace("Varoise", &format!("V{noise}x{n}"))
        })
        .collect();
    let mut bytes = gzip(rows_in.as_bytes());
    bytes.truncate(bytes.len() / 2);
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("rows.jsonl.gz"), dir.path().join("out"));
    std::fs::write(&input, bytes).unwrap();
    assert_eq!(clean(&[&input], &out, &["--no-dedup"]), 1);
    assert!(rows(&out.join("articles.jsonl")).len() > 20);
    assert_eq!(rows(&out.join("errors.jsonl")).len(), 1);
}

#[test]
fn a_line_of_200_megabytes() {
    let mut bytes = b"{\"text\": \"".to_vec();
    bytes.resize(200 << 20, b'x');
    bytes.extend_from_slice(b"\"}\n{\"id\": \"after\", \"text\": \"Short but here.\"}\n");
    let row = error_row("long.jsonl", &bytes, &[]);
    assert_eq!(
        (row["kind"].as_str(), row["line"].as_u64()),
        (Some("too-large"), Some(1))
    );
    assert!(
        row["remedy"]
            .as_str()
            .unwrap()
            .contains("--max-record-bytes")
    );
}

#[test]
fn nul_bytes_are_dropped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("nul.txt"), dir.path().join("out"));
    std::fs::write(&input, ARTICLE.replace("Varoise", "Va\0roise")).unwrap();
    assert_eq!(clean(&[&input], &out, &[]), 0);
    let text = rows(&out.join("articles.jsonl")).remove(0)["text"].to_string();
    assert!(text.contains("Varoise") && !text.contains("\\u0000"));
    assert!(lavoir(&["verify", out.to_str().unwrap()]).status.success());
}

#[test]
fn binaries_are_told_by_name() {
    let row = error_row("page.html", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj", &[]);
    assert!(row["cause"].as_str().unwrap().contains("PDF"), "{row}");
    assert!(row["remedy"].as_str().unwrap().contains("extract"), "{row}");
}

#[test]
fn a_rule_with_a_typo_stops_the_run_with_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, input, out) = (
        dir.path().join("mine"),
        dir.path().join("a.txt"),
        dir.path().join("out"),
    );
    std::fs::create_dir_all(rules.join("ad")).unwrap();
    std::fs::write(&input, ARTICLE).unwrap();
    let rule =
        "summary = 's'\nwhy = 'w'\nactoin = 'drop'\nsafety = 'exact'\nmatch = { line = ['x'] }\n";
    std::fs::write(rules.join("ad/typo.toml"), rule).unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let output = lavoir(&[
        "clean",
        &path(&input),
        "-o",
        &path(&out),
        "--rules",
        &path(&rules),
    ]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(
        message.contains("ad/typo.toml:3:") && message.contains("actoin"),
        "{message}"
    );
    assert!(!out.exists());
}

#[test]
fn a_missing_input_among_others_is_a_row_and_alone_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let (input, gone, out) = (
        dir.path().join("a.txt"),
        dir.path().join("gone"),
        dir.path().join("out"),
    );
    std::fs::write(&input, ARTICLE).unwrap();
    assert_eq!(clean(&[&input, &gone], &out, &[]), 1);
    assert_eq!(rows(&out.join("errors.jsonl")).len(), 1);
    let output = lavoir(&["clean", gone.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("check the path"));
}

/// Root reads everything, so the folder is only closed to other users.
#[cfg(unix)]
#[test]
fn a_closed_folder_is_a_row() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    let closed = input.join("closed");
    std::fs::create_dir_all(&closed).unwrap();
    std::fs::write(input.join("good.txt"), ARTICLE).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let readable = std::fs::read_dir(&closed).is_ok();
    let code = clean(&[&input], &out, &[]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    let errors = rows(&out.join("errors.jsonl"));
    if readable {
        assert_eq!((code, errors.len()), (0, 0));
    } else {
        assert_eq!(code, 1);
        assert!(
            errors[0]["remedy"]
                .as_str()
                .unwrap()
                .contains("permissions")
        );
    }
    assert_eq!(rows(&out.join("articles.jsonl")).len(), 1);
}

#[test]
fn an_output_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (input, file) = (dir.path().join("a.txt"), dir.path().join("file"));
    std::fs::write(&input, ARTICLE).unwrap();
    std::fs::write(&file, "in the way").unwrap();
    let output = lavoir(&[
        "clean",
        input.to_str().unwrap(),
        "-o",
        file.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("file"));
    assert_eq!(std::fs::read(&file).unwrap(), b"in the way");
}
