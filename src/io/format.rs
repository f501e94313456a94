//! How a file holds records: by its ending, by its first bytes, by name.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::record::Form;

/// How a file holds records. Compression around it is another matter ([`super::compression`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// Web archive, ISO 28500; also the extracted texts of Common Crawl (WET).
    Warc,
    /// Rows of Parquet.
    Parquet,
    /// Rows of Arrow IPC, file or stream.
    Arrow,
    /// Comma-separated values with a header line.
    Csv,
    /// Tab-separated values with a header line.
    Tsv,
    /// ZIP; each member is read by its own ending.
    Zip,
    /// tar; each member is read by its own ending.
    Tar,
    /// The whole file is one record; the form is guessed where it is `None`.
    Whole(Option<Form>),
    /// Told by the first bytes.
    Guess,
}

/// Endings of compressed files; they are looked through.
const COMPRESSED: [&str; 5] = ["gz", "zst", "bz2", "xz", "br"];

impl Format {
    /// The names that [`named`](Self::named) knows.
    pub const NAMES: [&str; 10] = [
        "jsonl", "warc", "parquet", "arrow", "csv", "tsv", "zip", "tar", "html", "text",
    ];

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "jsonl" => Self::Jsonl,
            "warc" => Self::Warc,
            "parquet" => Self::Parquet,
            "arrow" => Self::Arrow,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "zip" => Self::Zip,
            "tar" => Self::Tar,
            "html" => Self::Whole(Some(Form::Html)),
            "text" => Self::Whole(Some(Form::Text)),
            _ => return None,
        })
    }

    /// What the ending of a name says; endings of compression are looked through.
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let mut name = name.as_str();
        while let Some((rest, _)) = name
            .rsplit_once('.')
            .filter(|(_, ending)| COMPRESSED.contains(ending))
        {
            name = rest;
        }
        Some(match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Self::Jsonl,
            "warc" | "wet" => Self::Warc,
            "parquet" | "pq" => Self::Parquet,
            "arrow" | "arrows" | "feather" | "ipc" => Self::Arrow,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "zip" => Self::Zip,
            "tar" | "tgz" | "tbz2" | "txz" | "tzst" => Self::Tar,
            "html" | "htm" | "xhtml" => Self::Whole(Some(Form::Html)),
            "txt" | "text" | "md" => Self::Whole(Some(Form::Text)),
            _ => return None,
        })
    }

    /// What the first bytes (after decompression) say; a stream that says nothing is one record.
    pub fn of_head(head: &[u8]) -> Self {
        match head {
            _ if head.starts_with(b"WARC/") => Self::Warc,
            _ if head.starts_with(b"PAR1") => Self::Parquet,
            _ if head.starts_with(b"ARROW1") => Self::Arrow,
            // A stream of Arrow messages: continuation mark, length, then a flatbuffer.
            _ if head.starts_with(&[0xFF, 0xFF, 0xFF, 0xFF]) => Self::Arrow,
            _ if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") => Self::Zip,
            _ if head.get(257..262) == Some(b"ustar") => Self::Tar,
            _ if has_json_line(head) => Self::Jsonl,
            _ => Self::Whole(None),
        }
    }
}

/// Whether a line starts like a JSON object. Not only the first one: a bad line must not turn a
/// stream of rows into one text.
fn has_json_line(head: &[u8]) -> bool {
    let object = |line: &[u8]| {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        line.trim_ascii_start()
            .strip_prefix(b"{")
            .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
    };
    let mut lines = head.split(|&byte| byte == b'\n');
    lines.next().is_some_and(object) || lines.any(|line| object(line) && line.ends_with(b"}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_looked_through() {
        let of = |name: &str| Format::of_name(Path::new(name));
        assert_eq!(of("a/CC-MAIN.warc.wet.gz"), Some(Format::Warc));
        assert_eq!(of("b.JSONL.zst"), Some(Format::Jsonl));
        assert_eq!(of("c.html.br"), Some(Format::Whole(Some(Form::Html))));
        assert_eq!(of("d.tgz"), Some(Format::Tar));
        assert_eq!(of("e.gz"), None);
        assert_eq!(of("plain"), None);
    }

    #[test]
    fn every_name_is_a_format() {
        for name in Format::NAMES {
            assert!(Format::named(name).is_some(), "{name}");
        }
        assert_eq!(Format::named("docx"), None);
    }

    #[test]
    fn first_bytes_tell() {
        assert_eq!(Format::of_head(b"WARC/1.0\r\n"), Format::Warc);
        assert_eq!(Format::of_head(b"  {\"text\": \"a"), Format::Jsonl);
        assert_eq!(Format::of_head(b"bad\n{\"text\": \"a\"}\n"), Format::Jsonl);
        assert_eq!(Format::of_head(b"if (x) {\n\"y\"\n}"), Format::Whole(None));
        assert_eq!(Format::of_head(b""), Format::Whole(None));
    }
}
