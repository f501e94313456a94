//! Units of a large file: the same records in the same order, however it is cut.

use std::path::Path;

use lavoir::io::inputs::Inputs;
use lavoir::io::{ReadOptions, Unit, read, read_unit, split};
use lavoir::{Error, Record};

use crate::formats_make::{Document, FORMATS, corpus, gzip, make};

type Row = Result<Record<'static>, Error>;

fn whole_and_split(path: &Path, target: u64) -> (Vec<Row>, Vec<Row>, Vec<Unit>) {
    let options = ReadOptions::default();
    let input = Inputs::list(&[path.to_path_buf()]).files.remove(0);
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    read(&input, &options, &mut |row| {
        whole.push(row);
        true
    });
    let units = split(&input, &options, target);
    for unit in &units {
        read_unit(unit, &options, &mut |row| {
            parts.push(row);
            true
        });
    }
    (whole, parts, units)
}

#[test]
fn units_hold_the_records_of_the_file() {
    let documents = corpus();
    let dir = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let path = make(&documents, format, dir.path());
        if format == "folder" {
            continue;
        }
        let size = std::fs::metadata(&path).unwrap().len();
        for target in [1, 1000, size / 5, size / 2, size] {
            let (whole, parts, units) = whole_and_split(&path, target);
            assert_eq!(whole.len(), documents.len());
            assert_eq!(parts, whole, "{format} in units of {target}");
            let one = [
                "jsonl.gz",
                "jsonl.zst",
                "jsonl.bz2",
                "jsonl.xz",
                "jsonl.br",
                "tar",
                "tar.gz",
            ];
            if target == size / 5 && !one.contains(&format) {
                assert!(units.len() > 1, "{format} is not split");
            }
            if target == size {
                assert_eq!(units.len(), 1, "{format} is split for nothing");
            }
        }
    }
}

#[test]
fn lines_keep_their_numbers_also_behind_bad_ones_and_across_members() {
    let dir = tempfile::tempdir().unwrap();
    let lines: String = (0..400)
        .map(|n| match n % 7 {
            3 => "{bad\n".to_owned(),
            5 => "\n".to_owned(),
            _ => format!("{{\"text\": \"Line {n} {}\"}}\n", "x".repeat(n % 50)),
        })
        .collect();
    // Members that end within lines.
    let members: Vec<u8> = lines.as_bytes().chunks(777).flat_map(gzip).collect();
    let frames: Vec<u8> = lines
        .as_bytes()
        .chunks(1234)
        .flat_map(|chunk| zstd::encode_all(chunk, 1).unwrap())
        .collect();
    for (name, bytes) in [
        ("a.jsonl", lines.clone().into_bytes()),
        ("b.jsonl.gz", members),
        ("c.jsonl.zst", frames),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        for target in [1, 10, 300, 2000] {
            let (whole, parts, units) = whole_and_split(&path, target);
            assert!(units.len() > 1, "{name} in units of {target}");
            assert_eq!(parts, whole, "{name} in units of {target}");
        }
    }
}

#[test]
fn broken_archives_are_cut_where_they_are_read_on() {
    let documents = corpus();
    let dir = tempfile::tempdir().unwrap();
    let mut file = Vec::new();
    for (n, document) in documents.iter().enumerate() {
        let mut record = document.warc();
        match n % 4 {
            1 => record.truncate(record.len() / 2),
            2 => file.extend(b"noise between records\r\n"),
            3 => {
                let text = String::from_utf8_lossy(&record).replacen(
                    "Content-Length: ",
                    "Content-Length: 9",
                    1,
                );
                record = text.into_bytes();
            }
            _ => {}
        }
        file.extend(record);
    }
    let path = dir.path().join("broken.warc");
    std::fs::write(&path, &file).unwrap();
    for target in [1, 5000, 20_000] {
        let (whole, parts, units) = whole_and_split(&path, target);
        assert!(units.len() > 1);
        assert!(whole.iter().any(Result::is_err) && whole.iter().any(Result::is_ok));
        assert_eq!(parts, whole, "in units of {target}");
    }
}

#[test]
fn a_stored_archive_inside_a_record_is_no_place_to_cut() {
    // A page that holds gzip members byte for byte: only decoding tells that they are no members.
    let inner: Vec<u8> = corpus()
        .iter()
        .take(3)
        .flat_map(|d| gzip(&d.warc()))
        .collect();
    let mut outer = Vec::new();
    for n in 0..6 {
        let mut header = format!(
            "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:{n}>\r\n\
             Content-Type: application/gzip\r\nContent-Length: {}\r\n\r\n",
            inner.len()
        )
        .into_bytes();
        header.extend(&inner);
        header.extend(b"\r\n\r\n");
        outer.extend(stored(&header));
        let text = Document {
            id: format!("urn:t:{n}"),
            form: lavoir::Form::Text,
            bytes: b"Some text of our own.".to_vec(),
            text: String::new(),
        };
        outer.extend(gzip(&text.warc()));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nested.warc.gz");
    std::fs::write(&path, outer).unwrap();
    for target in [1, 500, 5000] {
        let (whole, parts, _) = whole_and_split(&path, target);
        assert_eq!(whole.len(), 6);
        assert_eq!(parts, whole);
    }
}

fn stored(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
