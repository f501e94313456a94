use std::io::Cursor;

use super::*;

fn record_of(kind: &str, id: u32, block: &str, length: usize) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{id}>\r\n\
         WARC-Target-URI: http://example.org/{id}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n\
         Content-Type: {}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n",
        match kind {
            "response" => "application/http; msgtype=response",
            _ => "text/plain",
        }
    )
}

fn text(id: u32) -> String {
    let block = format!("Text {id}");
    record_of("conversion", id, &block, block.len())
}

fn rows(file: &str, limit: usize) -> Vec<Result<Record<'static>>> {
    let limits = ReadLimits {
        record_bytes: limit,
        ..ReadLimits::default()
    };
    let mut rows = Vec::new();
    let stream = Box::new(Cursor::new(file.as_bytes().to_vec()));
    read(stream, "x.warc", 0, limits, &mut |row| {
        rows.push(row);
        true
    });
    rows
}

fn ids(rows: &[Result<Record<'static>>]) -> Vec<String> {
    let id = |row: &Result<Record<'static>>| match row {
        Ok(record) => record.id.clone(),
        Err(error) => format!("error at {}", error.offset.unwrap()),
    };
    rows.iter().map(id).collect()
}

#[test]
fn text_records_are_read_and_the_others_passed_over() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin1\r\n\r\n<p>page";
    let image = page.replace("text/html", "image/png");
    let gone = page.replace("200 OK", "404 Not Found");
    let file = [
        record_of("warcinfo", 1, "software: x", 11),
        record_of("request", 2, "GET /", 5),
        record_of("response", 3, page, page.len()),
        record_of("response", 4, &image, image.len()),
        record_of("response", 5, &gone, gone.len()),
        text(6),
    ]
    .concat();
    let rows = rows(&file, 1000);
    assert_eq!(ids(&rows), ["urn:x:3", "urn:x:6"]);
    let page = rows[0].as_ref().unwrap();
    assert_eq!(&*page.bytes, b"<p>page");
    assert_eq!(page.hints.charset.as_deref(), Some("latin1"));
    assert_eq!(page.hints.url.as_deref(), Some("http://example.org/3"));
    assert_eq!(&*rows[1].as_ref().unwrap().bytes, b"Text 6");
}

#[test]
fn a_wrong_length_costs_one_record() {
    for length in [0, 3, 7, 8, 9, 10, 40, 500, 5_000_000] {
        let bad = record_of("conversion", 2, "Second", length);
        let file = [text(1), bad, text(3), text(4)].concat();
        let start = text(1).len();
        let expected = [
            "urn:x:1".to_owned(),
            format!("error at {start}"),
            "urn:x:3".to_owned(),
            "urn:x:4".to_owned(),
        ];
        // Four bytes more are the two line ends: told only by what is missing behind them.
        assert_eq!(ids(&rows(&file, 1 << 20)), expected, "length {length}");
    }
}

#[test]
fn a_truncated_last_record_is_an_error() {
    let file = [text(1), text(2)].concat();
    for cut in [text(1).len() + 9, text(1).len() + 60, file.len() - 6] {
        let rows = rows(&file[..cut], 1000);
        assert_eq!(
            ids(&rows),
            ["urn:x:1".to_owned(), format!("error at {}", text(1).len())],
            "cut at {cut}"
        );
    }
    // The line ends behind the last block are not worth an error.
    assert_eq!(rows(&file[..file.len() - 3], 1000).len(), 2);
}

#[test]
fn missing_headers_and_noise_are_errors() {
    for line in [
        "Content-Length: 6\r\n",
        "WARC-Type: conversion\r\n",
        "WARC-Record-ID: <urn:x:2>\r\n",
    ] {
        let bad = text(2).replace(line, "");
        let rows = rows(&[text(1), bad, text(3)].concat(), 1000);
        assert_eq!(rows.len(), 3, "without {line}");
        assert!(rows[1].is_err() && rows[2].is_ok(), "without {line}");
    }
    let rows = rows(&format!("noise\nmore noise\n{}", text(1)), 1000);
    assert_eq!(ids(&rows), ["error at 0", "urn:x:1"]);
}

#[test]
fn a_record_past_the_limit_is_passed_over() {
    let long = "x".repeat(5000);
    let file = [
        record_of("conversion", 1, &long, long.len()),
        record_of("request", 2, &long, long.len()),
        text(3),
    ]
    .concat();
    let rows = rows(&file, 1000);
    assert_eq!(ids(&rows), ["error at 0", "urn:x:3"]);
    assert_eq!(rows[0].as_ref().unwrap_err().kind, ErrorKind::TooLarge);
}
