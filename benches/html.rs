//! Throughput of the HTML stage on a made-up news page; each part asserts its answer.

use divan::Bencher;
use divan::counter::BytesCount;
use lavoir::html::lex::{Lexer, Token};
use lavoir::html::{segment, tree};

fn main() {
    divan::main();
}

const PARAGRAPHS: usize = 400;

/// A page with a menu, paragraphs with inline markup and references, and a footer.
fn page() -> String {
    let link = "<li class=\"menu-item menu-item-type-post\"><a href=\"/section/news?id=1&amp;x=2\" \
                class=\"menu-link\">Section</a></li>\n";
    let paragraph = "  <p class=\"article-text\" data-block=\"3\">The bridge reopened on Monday \
                     after <b>two years</b> of works, said the mayor&rsquo;s office &ndash; \
                     <a href=\"https://example.org/a\">more here</a>.</p>\n";
    format!(
        "<!DOCTYPE html><html lang=en><head><title>Bridge | Paper</title></head><body>\n\
         <nav><ul>{}</ul></nav><main><article><h1>Bridge</h1>{}</article></main></body></html>",
        link.repeat(PARAGRAPHS),
        paragraph.repeat(PARAGRAPHS)
    )
}

#[divan::bench]
fn lex(bencher: Bencher<'_, '_>) {
    let page = page();
    bencher.counter(BytesCount::of_str(&page)).bench_local(|| {
        let mut lexer = Lexer::new(&page);
        let tokens = std::iter::from_fn(|| Some(lexer.next(|| false)));
        let count = tokens.take_while(|token| *token != Token::Eof).count();
        assert!(count > PARAGRAPHS * 16);
        count
    });
}

#[divan::bench]
fn lex_and_tree(bencher: Bencher<'_, '_>) {
    let page = page();
    bencher.counter(BytesCount::of_str(&page)).bench_local(|| {
        let arena = tree::parse(&page);
        assert!(arena.nodes.len() > PARAGRAPHS * 10);
        arena.nodes.len()
    });
}

#[divan::bench]
fn blocks_and_metadata(bencher: Bencher<'_, '_>) {
    let page = page();
    bencher.counter(BytesCount::of_str(&page)).bench_local(|| {
        let document = segment(&page);
        assert_eq!(document.blocks.len(), 2 * PARAGRAPHS + 1);
        document.blocks.len()
    });
}

#[divan::bench]
fn scraper_parse(bencher: Bencher<'_, '_>) {
    let page = page();
    bencher.counter(BytesCount::of_str(&page)).bench_local(|| {
        let html = scraper::Html::parse_document(&page);
        assert!(html.errors.len() < 10);
        html.tree.nodes().count()
    });
}
