//! MB/s of each stage on the pages and texts of the corpus.
//!
//! `cargo bench --bench stages`; every iteration takes all records of one form, and every bench
//! asserts its answer.

use std::path::Path;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use lavoir::article::{Article, TextFormat};
use lavoir::decode::{RepairPolicy, decode, redecode, repair};
use lavoir::document::Document;
use lavoir::io::inputs::{Input, Inputs};
use lavoir::io::{self, ReadOptions};
use lavoir::provenance::sha256;
use lavoir::render::render;
use lavoir::{Cleaner, Form, Provenance, Record};
use serde_json::Value;

const FORMS: [&str; 2] = ["html", "text"];

fn main() {
    divan::main();
}

/// A record of the corpus with what comes of it.
struct Page {
    record: Record<'static>,
    text: String,
    provenance: Provenance,
    article: Article,
}

struct Corpus {
    cleaner: Cleaner,
    pages: Vec<Page>,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(load);

fn load() -> Corpus {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let cleaner = Cleaner::new().expect("the built-in rules compile");
    let mut pages = Vec::new();
    for input in Inputs::list(&[root]).files {
        let expected = hashes(&input);
        let mut records = Vec::new();
        io::read(&input, &ReadOptions::default(), &mut |record| {
            records.push(record.expect("the corpus is readable"));
            true
        });
        assert_eq!(records.len(), expected.len(), "{}", input.name);
        for (record, expected) in records.into_iter().zip(expected) {
            let page = Page::new(&cleaner, record);
            assert_eq!(
                page.provenance.article.sha256, expected,
                "{}",
                page.record.id
            );
            pages.push(page);
        }
    }
    Corpus { cleaner, pages }
}

/// The hashes of the articles that the corpus expects of an input.
fn hashes(input: &Input) -> Vec<String> {
    let path = input.path.with_file_name("provenance.json");
    let stored = std::fs::read_to_string(path).expect("every case has its provenance");
    let all = match serde_json::from_str(&stored).expect("provenance is JSON") {
        Value::Array(all) => all,
        one => vec![one],
    };
    let hash = |one: &Value| {
        one["article"]["sha256"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    all.iter().map(hash).collect()
}

impl Page {
    fn new(cleaner: &Cleaner, record: Record<'static>) -> Self {
        let cleaned = cleaner.clean(&record).expect("the corpus is text");
        let encoding = &cleaned.provenance.encoding;
        Self {
            text: redecode(&record.bytes, encoding)
                .expect("provenance replays")
                .into(),
            record,
            provenance: cleaned.provenance,
            article: cleaned.article,
        }
    }

    fn is_html(&self) -> bool {
        self.provenance.form == Form::Html
    }

    fn segment(&self) -> Document<'_> {
        let mut document = if self.is_html() {
            lavoir::html::segment(&self.text)
        } else {
            lavoir::plain::segment(&self.text)
        };
        document.repair(repair(&self.text, &RepairPolicy::default(), self.is_html()));
        document
    }
}

fn pages(form: &str) -> Vec<&'static Page> {
    CORPUS
        .pages
        .iter()
        .filter(|page| page.is_html() == (form == "html"))
        .collect()
}

fn source_bytes(pages: &[&Page]) -> BytesCount {
    BytesCount::new(
        pages
            .iter()
            .map(|page| page.record.bytes.len())
            .sum::<usize>(),
    )
}

fn text_bytes(pages: &[&Page]) -> BytesCount {
    BytesCount::new(pages.iter().map(|page| page.text.len()).sum::<usize>())
}

/// Bytes to text.
#[divan::bench(args = FORMS)]
fn a_decode(bencher: Bencher<'_, '_>, form: &str) {
    let pages = pages(form);
    bencher.counter(source_bytes(&pages)).bench(|| {
        for page in &pages {
            let decoded = decode(&page.record.bytes, &page.record.hints);
            assert!(decoded.is_ok_and(|decoded| decoded.text == page.text));
        }
    });
}

/// Text to blocks, with the repairs inside them.
#[divan::bench(args = FORMS)]
fn b_segment(bencher: Bencher<'_, '_>, form: &str) {
    let pages: Vec<(&Page, usize)> = pages(form)
        .into_iter()
        .map(|page| (page, page.segment().blocks.len()))
        .collect();
    let all: Vec<&Page> = pages.iter().map(|(page, _)| *page).collect();
    bencher.counter(text_bytes(&all)).bench(|| {
        for (page, blocks) in &pages {
            assert_eq!(page.segment().blocks.len(), *blocks);
        }
    });
}

/// Blocks to decisions.
#[divan::bench(args = FORMS)]
fn c_decide(bencher: Bencher<'_, '_>, form: &str) {
    let pages = pages(form);
    let documents: Vec<_> = pages.iter().map(|page| (*page, page.segment())).collect();
    bencher.counter(text_bytes(&pages)).bench(|| {
        for (page, document) in &documents {
            let decisions = CORPUS.cleaner.decide(document);
            assert_eq!(decisions.len(), page.provenance.decisions.len());
        }
    });
}

/// Decisions to the article.
#[divan::bench(args = FORMS)]
fn d_render(bencher: Bencher<'_, '_>, form: &str) {
    let pages = pages(form);
    bencher.counter(text_bytes(&pages)).bench(|| {
        for page in &pages {
            let Provenance {
                decisions, edits, ..
            } = &page.provenance;
            let rendered = render(&page.text, decisions, edits, TextFormat::Text);
            assert_eq!(rendered.text, page.article.text);
        }
    });
}

/// The whole way: bytes to article and provenance, hashes included.
#[divan::bench(args = FORMS)]
fn e_clean(bencher: Bencher<'_, '_>, form: &str) {
    let pages = pages(form);
    bencher.counter(source_bytes(&pages)).bench(|| {
        for page in &pages {
            let cleaned = CORPUS.cleaner.clean(&page.record).expect("cleaned before");
            assert_eq!(
                cleaned.provenance.article.sha256,
                page.provenance.article.sha256
            );
        }
    });
}

/// What the hash of the source alone costs: part of every provenance record.
#[divan::bench(args = FORMS)]
fn f_sha256(bencher: Bencher<'_, '_>, form: &str) {
    let pages = pages(form);
    bencher.counter(source_bytes(&pages)).bench(|| {
        for page in &pages {
            assert_eq!(sha256(&page.record.bytes), page.provenance.source.sha256);
        }
    });
}
