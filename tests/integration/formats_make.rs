//! Files of every format, made from one set of documents.

use std::io::Write as _;
use std::path::Path;

use lavoir::Form;

/// A document: its bytes as they were found and as they read.
pub struct Document {
    pub id: String,
    pub form: Form,
    pub bytes: Vec<u8>,
    pub text: String,
}

/// The inputs of the golden corpus.
pub fn corpus() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut documents = Vec::new();
    for path in glob(&root, "input.html")
        .into_iter()
        .chain(glob(&root, "input.txt"))
    {
        let form = match path.extension().and_then(|ending| ending.to_str()) {
            Some("html") => Form::Html,
            _ => Form::Text,
        };
        let bytes = std::fs::read(&path).unwrap();
        let hints = lavoir::Hints {
            form: Some(form),
            ..lavoir::Hints::default()
        };
        let decoded = lavoir::decode::decode(&bytes, &hints).expect("the corpus is text");
        let text = decoded.text.into_owned();
        let folder = path.parent().unwrap().strip_prefix(&root).unwrap();
        let id = folder.to_string_lossy().replace(['/', '\\'], "-");
        documents.push(Document {
            id,
            form,
            text,
            bytes,
        });
    }
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(documents.len() > 20, "the corpus is there");
    documents
}

fn glob(root: &Path, name: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for language in std::fs::read_dir(root).unwrap() {
        for case in std::fs::read_dir(language.unwrap().path()).unwrap() {
            let path = case.unwrap().path().join(name);
            if path.is_file() {
                found.push(path);
            }
        }
    }
    found
}

impl Document {
    pub fn field(&self) -> &'static str {
        match self.form {
            Form::Html => "html",
            Form::Text => "text",
        }
    }

    pub fn file(&self) -> String {
        let ending = if self.form == Form::Html {
            "html"
        } else {
            "txt"
        };
        format!("{}.{ending}", self.id)
    }

    /// The document as a WARC record, its page behind HTTP headers.
    pub fn warc(&self) -> Vec<u8> {
        let (kind, content_type, block) = match self.form {
            Form::Html => {
                let mut block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec();
                block.extend(&self.bytes);
                ("response", "application/http; msgtype=response", block)
            }
            Form::Text => ("resource", "text/plain", self.bytes.clone()),
        };
        let mut record = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{}>\r\n\
             WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: https://example.org/{}\r\n\
             WARC-Payload-Digest: sha1:ABC\r\nContent-Type: {content_type}\r\n\
             Content-Length: {}\r\n\r\n",
            self.id,
            self.id,
            block.len()
        )
        .into_bytes();
        record.extend(block);
        record.extend(b"\r\n\r\n");
        record
    }

    pub fn json(&self) -> String {
        let mut row =
            serde_json::json!({"id": self.id, "url": format!("https://example.org/{}", self.id)});
        row[self.field()] = self.text.clone().into();
        row.to_string() + "\n"
    }
}

/// The formats that [`make`] makes.
pub const FORMATS: [&str; 17] = [
    "folder",
    "jsonl",
    "jsonl.gz",
    "jsonl.zst",
    "jsonl.bz2",
    "jsonl.xz",
    "jsonl.br",
    "csv",
    "tsv",
    "warc",
    "warc.gz",
    "warc.zst",
    "zip",
    "tar",
    "tar.gz",
    "parquet",
    "arrow",
];

/// Puts the documents into a file (or folder) `dir/corpus.<format>`; gives its path.
pub fn make(documents: &[Document], format: &str, dir: &Path) -> std::path::PathBuf {
    let path = dir.join(format!("corpus.{format}"));
    let jsonl = || {
        documents
            .iter()
            .map(Document::json)
            .collect::<String>()
            .into_bytes()
    };
    let warc = || {
        documents
            .iter()
            .flat_map(Document::warc)
            .collect::<Vec<u8>>()
    };
    let bytes = match format {
        "folder" => {
            std::fs::create_dir(&path).unwrap();
            for document in documents {
                std::fs::write(path.join(document.file()), &document.bytes).unwrap();
            }
            return path;
        }
        "jsonl" => jsonl(),
        "jsonl.gz" => gzip(&jsonl()),
        "jsonl.zst" => zstd::encode_all(&jsonl()[..], 3).unwrap(),
        "jsonl.bz2" => bzip2(&jsonl()),
        "jsonl.xz" => xz(&jsonl()),
        "jsonl.br" => brotli(&jsonl()),
        "csv" => table(documents, b','),
        "tsv" => table(documents, b'\t'),
        "warc" => warc(),
        "warc.gz" => documents.iter().flat_map(|d| gzip(&d.warc())).collect(),
        "warc.zst" => {
            let frame = |d: &Document| zstd::encode_all(&d.warc()[..], 3).unwrap();
            documents.iter().flat_map(frame).collect()
        }
        "zip" => zip(documents),
        "tar" => tar(documents),
        "tar.gz" => gzip(&tar(documents)),
        "parquet" => tables::parquet(documents, 5),
        "arrow" => tables::arrow(documents, 5),
        other => panic!("no such format: {other}"),
    };
    std::fs::write(&path, bytes).unwrap();
    path
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 3,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters).unwrap();
    out
}

fn table(documents: &[Document], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(["id", "url", "text", "html"]).unwrap();
    for document in documents {
        let url = format!("https://example.org/{}", document.id);
        let (text, html) = match document.form {
            Form::Html => ("", document.text.as_str()),
            Form::Text => (document.text.as_str(), ""),
        };
        writer
            .write_record([&document.id, &url, text, html])
            .unwrap();
    }
    writer.into_inner().unwrap()
}

pub fn zip_of(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in members {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn zip(documents: &[Document]) -> Vec<u8> {
    let members: Vec<_> = documents
        .iter()
        .map(|d| (d.file(), d.bytes.clone()))
        .collect();
    zip_of(&members)
}

pub fn tar_of(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

fn tar(documents: &[Document]) -> Vec<u8> {
    let members: Vec<_> = documents
        .iter()
        .map(|d| (d.file(), d.bytes.clone()))
        .collect();
    tar_of(&members)
}

mod tables {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, RecordBatch, StringArray};

    use super::Document;
    use lavoir::Form;

    fn batches(documents: &[Document], rows: usize) -> Vec<RecordBatch> {
        let batch = |documents: &[Document]| {
            let column = |value: &dyn Fn(&Document) -> Option<String>| -> ArrayRef {
                Arc::new(documents.iter().map(value).collect::<StringArray>())
            };
            let of = |form: Form| move |d: &Document| (d.form == form).then(|| d.text.clone());
            let url = |d: &Document| Some(format!("https://example.org/{}", d.id));
            RecordBatch::try_from_iter_with_nullable([
                ("other", column(&|_| Some("x".into())), true),
                ("html", column(&of(Form::Html)), true),
                ("text", column(&of(Form::Text)), true),
                ("url", column(&url), true),
                ("id", column(&|d| Some(d.id.clone())), true),
            ])
            .unwrap()
        };
        documents.chunks(rows).map(batch).collect()
    }

    /// Row groups of `rows` rows.
    pub fn parquet(documents: &[Document], rows: usize) -> Vec<u8> {
        let batches = batches(documents, rows);
        let schema = batches[0].schema();
        let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), schema, None).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
            writer.flush().unwrap();
        }
        writer.into_inner().unwrap()
    }

    /// Batches of `rows` rows.
    pub fn arrow(documents: &[Document], rows: usize) -> Vec<u8> {
        let batches = batches(documents, rows);
        let schema = batches[0].schema();
        let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &schema).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
        }
        writer.into_inner().unwrap()
    }
}
