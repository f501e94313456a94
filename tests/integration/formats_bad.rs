//! Broken archives and bombs: a row each in `errors.jsonl`, the run goes on, memory is bounded.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::formats_make::{Document, gzip, tar_of, zip_of};
use crate::support::{ARTICLE, clean, lavoir, rows};

fn text(id: &str) -> Vec<u8> {
    let document = Document {
        id: format!("urn:x:{id}"),
        form: lavoir::Form::Text,
        bytes: ARTICLE.replace("Varoise", id).into_bytes(),
        text: String::new(),
    };
    document.warc()
}

/// Cleans one file; gives the ids of its articles and the error rows.
fn run(name: &str, bytes: &[u8], options: &[&str]) -> (Vec<String>, Vec<Value>) {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join(name), dir.path().join("out"));
    std::fs::write(&input, bytes).unwrap();
    clean(&[&input], &out, &[options, &["--no-dedup"]].concat());
    let ids = rows(&out.join("articles.jsonl"));
    let ids = ids.iter().map(|row| row["id"].as_str().unwrap().to_owned());
    let verify = lavoir(&["verify", out.to_str().unwrap()]);
    assert!(
        verify.status.success(),
        "{}",
        String::from_utf8_lossy(&verify.stdout)
    );
    (ids.collect(), rows(&out.join("errors.jsonl")))
}

/// Checks that the only error row has a place, a cause with these words and a way out.
fn only_error(errors: &[Value], name: &str, cause: &str) {
    assert_eq!(errors.len(), 1, "{errors:?}");
    let row = &errors[0];
    assert!(row["path"].as_str().unwrap().starts_with(name), "{row}");
    assert!(row["cause"].as_str().unwrap().contains(cause), "{row}");
    assert!(!row["remedy"].as_str().unwrap().is_empty(), "{row}");
}

#[test]
fn a_truncated_last_record() {
    let mut file = [text("a"), text("b")].concat();
    file.truncate(file.len() - 100);
    let (ids, errors) = run("cut.warc", &file, &[]);
    assert_eq!(ids, ["urn:x:a"]);
    only_error(&errors, "cut.warc", "cut short");
    assert_eq!(errors[0]["offset"], text("a").len());
    assert_eq!(errors[0]["record"], "urn:x:b");
    let mut packed = [gzip(&text("a")), gzip(&text("b"))].concat();
    packed.truncate(packed.len() - 100);
    let (ids, errors) = run("cut.warc.gz", &packed, &[]);
    assert_eq!(ids, ["urn:x:a"]);
    only_error(&errors, "cut.warc.gz", "");
    assert!(errors[0]["remedy"].as_str().unwrap().contains("cut short"));
}

#[test]
fn a_wrong_length_and_a_missing_header_cost_one_record() {
    for (from, to) in [
        ("Content-Length: ", "Content-Length: 9"),
        ("Content-Length: ", "Content-Length: -"),
        ("Content-Length: ", "Other: "),
        ("WARC-Type: ", "Other: "),
        ("WARC-Record-ID: ", "Other: "),
        ("WARC/1.1", "WARK/1.1"),
    ] {
        let bad = String::from_utf8(text("b")).unwrap().replacen(from, to, 1);
        let parts = [text("a"), bad.into_bytes(), text("c")];
        for (name, file) in [
            ("bad.warc", parts.concat()),
            (
                "bad.warc.gz",
                parts.iter().flat_map(|part| gzip(part)).collect(),
            ),
        ] {
            let (ids, errors) = run(name, &file, &[]);
            assert_eq!(ids, ["urn:x:a", "urn:x:c"], "{to} in {name}");
            only_error(&errors, name, "");
            assert_eq!(errors[0]["offset"], text("a").len(), "{to} in {name}");
        }
    }
}

/// Runs `clean` with so much address space at most.
#[cfg(unix)]
fn bounded(kib: u32, input: &Path, out: &Path, options: &[&str]) -> Vec<Value> {
    let script = format!("ulimit -v {kib} && exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args([
            "-c",
            &script,
            env!("CARGO_BIN_EXE_lavoir"),
            "clean",
            "-j",
            "1",
        ])
        .args([input, Path::new("-o"), out])
        .args(options)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    rows(&out.join("errors.jsonl"))
}

#[cfg(unix)]
#[test]
fn a_record_of_300_megabytes_is_not_held() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("big.warc.gz"), dir.path().join("out"));
    let header = "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:x:big>\r\n\
        Content-Type: text/plain\r\nContent-Length: 314572800\r\n\r\n";
    let mut big = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    big.write_all(header.as_bytes()).unwrap();
    // Not packed so well that it looks like a bomb.
    let mut noise = 1u32;
    let mut block = vec![0; 1 << 20];
    for byte in &mut block {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = b'a' + (noise >> 28) as u8;
    }
    for _ in 0..300 {
        big.write_all(&block).unwrap();
    }
    big.write_all(b"\r\n\r\n").unwrap();
    let file = [gzip(&text("a")), big.finish().unwrap(), gzip(&text("b"))].concat();
    std::fs::write(&input, file).unwrap();
    let limit = ["--max-record-bytes", "16777216", "--no-dedup"];
    let errors = bounded(500_000, &input, &out, &limit);
    only_error(&errors, "big.warc.gz", "longer than");
    assert_eq!(errors[0]["kind"], "too-large");
    assert_eq!(rows(&out.join("articles.jsonl")).len(), 2);
}

/// A gigabyte of nothing behind a line.
fn zeros_in_gzip(line: &str) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(line.as_bytes()).unwrap();
    let block = vec![0; 1 << 20];
    for _ in 0..1024 {
        gzip.write_all(&block).unwrap();
    }
    gzip.finish().unwrap()
}

#[cfg(unix)]
#[test]
fn bombs_are_told_and_memory_stays_bounded() {
    let bomb = zeros_in_gzip("");
    let nested = gzip(&bomb);
    let members = |name: &str, bytes: &[u8]| vec![(name.to_owned(), bytes.to_vec())];
    let good = ("good.txt".to_owned(), ARTICLE.as_bytes().to_vec());
    let with_good = |name: &str| zip_of(&[members(name, &bomb), vec![good.clone()]].concat());
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, cause) in [
        ("text.txt.gz", bomb.clone(), "than"),
        ("rows.jsonl.gz", bomb.clone(), "bomb"),
        ("rows.jsonl.gz", nested.clone(), "bomb"),
        ("rows.csv.gz", zeros_in_gzip("id,text\n"), "than"),
        ("pages.warc.gz", bomb.clone(), "bomb"),
        ("pages.zip", with_good("rows.jsonl.gz"), "bomb"),
        (
            "pages.tar",
            tar_of(&members("rows.jsonl.gz", &bomb)),
            "bomb",
        ),
        ("table.parquet.gz", bomb.clone(), "bomb"),
    ] {
        let (input, out) = (dir.path().join(name), dir.path().join("out"));
        let good = dir.path().join("other.txt");
        std::fs::write(&good, ARTICLE).unwrap();
        std::fs::write(&input, bytes).unwrap();
        let errors = bounded(
            600_000,
            &input,
            &out,
            &[good.to_str().unwrap(), "--no-dedup"],
        );
        only_error(&errors, name, cause);
        assert_eq!(errors[0]["kind"], "too-large");
        let expected = 1 + usize::from(name == "pages.zip");
        assert_eq!(rows(&out.join("articles.jsonl")).len(), expected, "{name}");
        std::fs::remove_file(&input).unwrap();
        std::fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn archives_may_be_nested_but_not_without_end() {
    let mut archive = zip_of(&[("page.txt".to_owned(), ARTICLE.as_bytes().to_vec())]);
    for _ in 0..2 {
        archive = zip_of(&[("inner.zip".to_owned(), archive)]);
    }
    let (ids, errors) = run("outer.zip", &archive, &[]);
    assert_eq!(
        (ids, errors.len()),
        (vec!["outer.zip/inner.zip/inner.zip/page.txt".to_owned()], 0)
    );
    let (ids, errors) = run("outer.zip", &archive, &["--max-nesting", "2"]);
    assert!(ids.is_empty());
    only_error(&errors, "outer.zip/inner.zip", "nested");
    assert!(
        errors[0]["remedy"]
            .as_str()
            .unwrap()
            .contains("--max-nesting")
    );
}

#[test]
fn damaged_containers_are_told() {
    let table = crate::formats_make::corpus();
    let dir = tempfile::tempdir().unwrap();
    for format in [
        "parquet",
        "arrow",
        "zip",
        "tar",
        "tar.gz",
        "jsonl.zst",
        "jsonl.xz",
        "jsonl.bz2",
        "jsonl.br",
    ] {
        let path = crate::formats_make::make(&table, format, dir.path());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(bytes.len() * 2 / 3);
        let name = format!("cut.{format}");
        let (_, errors) = run(&name, &bytes, &[]);
        only_error(&errors, &name, "");
        let remedy = errors[0]["remedy"].as_str().unwrap();
        assert!(
            remedy.contains("damaged or cut short"),
            "{format}: {remedy}"
        );
    }
}

#[test]
fn bodies_in_web_archives_are_bounded_each() {
    let page = |body: &[u8], encoding: &str| {
        let mut block = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {encoding}\r\n\r\n"
        )
        .into_bytes();
        block.extend(body);
        let mut record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:{encoding}>\r\n\
             Content-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n",
            block.len()
        )
        .into_bytes();
        record.extend(block);
        record.extend(b"\r\n\r\n");
        record
    };
    let file = [
        page(&zeros_in_gzip(""), "gzip"),
        page(b"\x01\x02\x03\x04", "br"),
        page(b"<p>x", "snappy"),
        text("a"),
    ]
    .concat();
    let (ids, errors) = run("pages.warc", &file, &[]);
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0]["kind"], "too-large");
    assert!(
        errors[1]["cause"]
            .as_str()
            .unwrap()
            .contains("cannot be decoded")
    );
    // An encoding that nobody knows, around what is plain text.
    assert!(ids.contains(&"urn:x:a".to_owned()));
}
