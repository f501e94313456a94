//! Mutates pages and checks the HTML stage: `fuzz_html SECONDS [PAGES.jsonl.zst] [SEED]`.
//!
//! The same arguments do the same work. A finding panics; the page is then in
//! `fuzz-finding.html` in the system's folder for temporary files.

use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use lavoir::document::Document;
use lavoir::html::{segment, tree};
use lavoir::io::compression;

const SCRAPS: &[&str] = &[
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<p>",
    "</p>",
    "<b>",
    "<a href=x>",
    "</a>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mi>",
    "<template>",
    "</template>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<pre>\n",
    "<textarea>",
    "<title>",
    "<select>",
    "<option>",
    "<frameset>",
    "<noscript>",
    "</noscript>",
    "&amp;",
    "&notit;",
    "&#0;",
    "&#x110000;",
    "\0",
    "\r\n",
    "<br>",
    "<li>",
    "<ul>",
    "<plaintext>",
    "<h1>",
    "<div>",
    "</div>",
    "<span>x</span>",
    "</ul>",
    "<dl><dt>",
    "<dd>",
    "<form>",
    "</form>",
    "<button>",
    "</button>",
    "<i class=x>",
    "</i>",
    "<svg><g><path d=x /></g><title>",
    "<style>",
    "</style>",
    "<x-y>",
    "</x-y>",
    "<hr>",
    "<td>x</td>",
    "<div hidden>",
    "\"",
    "'",
    "<",
    ">",
    "=",
    "/",
    "&",
    "日本\n語",
    "é",
    "\u{a0}",
    "<script type=application/ld+json>{\"@type\":\"Article\",\"author\":{\"name\":\"A \\u0042\"}}</script>",
    "<meta property=og:title content='x &lt; y'>",
    "<time datetime=2020-01-02>",
    "<body x=1>",
];

/// Most bytes of a page that is mutated.
const MAX_PAGE: usize = 20_000;

/// Xorshift: no more is needed here, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().map_or(Ok(10), |word| word.parse())?;
    let mut seeds: Vec<String> = SCRAPS.iter().map(|scrap| (*scrap).to_owned()).collect();
    if let Some(path) = arguments.next() {
        seeds.extend(pages(&path)?);
    }
    let seed = arguments.next().map_or(Ok(1), |word| word.parse::<u64>())?;
    let mut random = Random(seed | 1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut runs = 0u64;
    while Instant::now() < end {
        let page = mutate(&mut random, &seeds);
        std::fs::write(std::env::temp_dir().join("fuzz-finding.html"), &page)?;
        check(&segment(&page));
        let arena = tree::parse(&page);
        let slow = tree::parse_by_builder(&page);
        let pairs = || arena.nodes.iter().zip(&slow.nodes).enumerate();
        let first = pairs().find(|(_, (node, slow))| node != slow);
        assert_eq!(first, None, "with and without short cuts");
        assert_eq!(arena.nodes.len(), slow.nodes.len(), "nodes of both ways");
        assert_eq!(arena.tags, slow.tags, "with and without short cuts");
        let theirs = scraper::Html::parse_document(&page);
        let texts = theirs
            .tree
            .values()
            .filter(|node| node.is_element())
            .count();
        let kinds = arena.nodes.iter().map(|node| node.kind);
        let ours = kinds.filter(|kind| matches!(kind, lavoir::html::arena::NodeKind::Element(..)));
        assert_eq!(ours.count(), texts, "elements made");
        runs += 1;
    }
    println!("{runs} pages without a finding");
    Ok(())
}

fn pages(path: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut pages = Vec::new();
    for line in compression::open(Path::new(path))?.lines().take(300) {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        pages.extend(row["html"].as_str().map(str::to_owned));
    }
    Ok(pages)
}

fn mutate(random: &mut Random, seeds: &[String]) -> String {
    let seed = &seeds[random.below(seeds.len())];
    let mut page: Vec<char> = seed.chars().collect();
    let from = random.below(page.len());
    page.drain(..from);
    page.truncate(random.below(MAX_PAGE));
    for _ in 0..random.below(60) {
        let at = random.below(page.len() + 1);
        match random.below(4) {
            0 if at < page.len() => {
                page.remove(at);
            }
            1 => {
                let to = (at + random.below(200)).min(page.len());
                let part: Vec<char> = page[at..to].to_vec();
                let into = random.below(page.len() + 1);
                page.splice(into..into, part);
            }
            _ => {
                let scrap = SCRAPS[random.below(SCRAPS.len())];
                page.splice(at..at, scrap.chars());
            }
        }
    }
    page.into_iter().collect()
}

/// The invariants: spans ascend, stand on character boundaries and do not overlap.
fn check(document: &Document<'_>) {
    let text = document.text;
    let mut end = 0;
    for block in &document.blocks {
        for piece in document.pieces_of(block) {
            assert!(piece.span.start >= end, "pieces overlap");
            assert!(text.get(piece.span.start..piece.span.end).is_some());
            end = piece.span.end;
        }
        assert!(!document.text_of(block).trim().is_empty(), "blank block");
    }
    let mut end = 0;
    for edit in &document.edits {
        assert!(edit.span.start >= end, "edits overlap");
        assert!(text.get(edit.span.start..edit.span.end).is_some());
        end = edit.span.end;
    }
    for found in &document.found {
        assert!(
            text.get(found.span.start..found.span.end)
                .is_some_and(|span| !span.is_empty())
        );
    }
}
