//! Site memory: what a host repeats from page to page.
//!
//! One page cannot tell a site's furniture from content; a corpus can. The first pass notes the
//! blocks that stayed of each page ([`blocks`]); between the passes [`Counter`] counts them per
//! host, with memory that does not grow; the second pass takes out what is furniture
//! ([`apply`]), each block with a twin on another page as the reason.
//!
//! A block is furniture when enough pages have it that *speak*: pages with text of their own.
//! Copies of one article, or states of one live blog, repeat everything and say nothing about
//! their site. Short blocks go only at the head or tail of a page, up to the first block that is
//! not repeated: a heading such as "Conclusion" stands above text and stays. Paragraphs go
//! anywhere, when the share of pages is higher. Tables, code and verse stay, and whatever fills
//! a metadata field.

mod apply;
mod blocks;
mod count;
mod elements;
mod learn;
mod memory;
mod selectors;
mod speaks;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::document::{BlockKind, Span};

pub use apply::{Cut, apply, without};
pub use blocks::blocks;
pub(crate) use blocks::lines;
pub use count::{Counter, Counts, Learnt, Pages};
pub use elements::{SiteElement, elements};
pub use learn::{Evidence, Learner};
pub use memory::{Sighting, SiteMemory};
pub use selectors::{Named, Page, Selectors};
pub(crate) use speaks::{LONG, speaks};

/// What site memory needs of a block that stayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteBlock {
    /// Its number in the decisions.
    #[serde(rename = "n")]
    pub number: u32,
    /// What it is to a reader.
    #[serde(rename = "k")]
    pub kind: BlockKind,
    /// Bytes of the article's text.
    #[serde(rename = "t")]
    pub text: Span,
    /// Bytes of the decoded text, from its first kept span to its last.
    #[serde(rename = "s")]
    pub span: Span,
    /// Hash of its normalised text; 0 where that is empty.
    #[serde(rename = "h")]
    pub hash: u64,
    /// Its words; in scripts without spaces about as many as there would be.
    #[serde(rename = "w")]
    pub words: u32,
    /// Whether it fills a metadata field.
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    pub fills: bool,
}

impl SiteBlock {
    /// Whether it may be furniture.
    fn can_go(&self) -> bool {
        use BlockKind::{Caption, Heading, ListItem, Paragraph, Quote};
        let kind = matches!(self.kind, Heading | Paragraph | ListItem | Quote | Caption);
        kind && !self.fills && self.hash != 0
    }

    /// Whether head and tail reach past it: titles, ornaments.
    fn is_passed(&self) -> bool {
        let is_title = matches!(self.kind, BlockKind::Title | BlockKind::Standfirst);
        is_title || self.fills || self.hash == 0
    }
}

/// Speaking pages that a short block at the head or tail must stand on, and in thousandths of all
/// speaking pages of the host.
const SHORT: Least = Least {
    pages: 3,
    share: 10,
};
/// The same for a paragraph at the head or tail …
const EDGE: Least = Least {
    pages: 4,
    share: 50,
};
/// … and for one in between.
const INSIDE: Least = Least {
    pages: 5,
    share: 100,
};

/// How many pages make furniture.
#[derive(Debug, Clone, Copy)]
struct Least {
    pages: u64,
    share: u64,
}

impl Least {
    const fn is_met(self, pages: u64, of: u64) -> bool {
        pages >= self.pages && pages * 1000 >= self.share * of
    }
}

/// Where in a page a block of furniture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Before the text of the page.
    Head,
    /// Within it.
    Inside,
    /// After it.
    Tail,
}

impl Place {
    /// The name used in rules and evidence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Inside => "inside",
            Self::Tail => "tail",
        }
    }

    /// The built-in rule that takes it out.
    pub fn rule(self) -> Arc<str> {
        format!("site/{}", self.name()).into()
    }
}

/// A block of a page that the host repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Place in the list of the page's blocks.
    pub block: usize,
    /// Where it stands.
    pub place: Place,
    /// Speaking pages that have it.
    pub pages: u64,
    /// Speaking pages of the host.
    pub of: u64,
    /// Another page that has it.
    pub twin: TwinPage,
}

/// Where a twin of a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinPage {
    /// In this page of the corpus, at this span of its decoded text.
    Page(u32, Span),
    /// In an earlier crawl: see the site memory under this key.
    Memory(u64),
}

/// Finds the furniture among the blocks of a page; `pages` gives for each block how many pages
/// have it (0 where it was not counted) and a twin; `of` is the number of speaking pages.
fn furniture(blocks: &[SiteBlock], pages: &[Option<(u64, TwinPage)>], of: u64) -> Vec<Hit> {
    let mut hits = Vec::new();
    let edge = |at: usize| {
        let (block, (pages, _)) = (&blocks[at], pages[at]?);
        let least = if block.words < LONG { SHORT } else { EDGE };
        (block.can_go() && least.is_met(pages, of)).then_some(())
    };
    let mut places: Vec<Option<Place>> = vec![None; blocks.len()];
    for at in 0..blocks.len() {
        match edge(at) {
            Some(()) => places[at] = Some(Place::Head),
            None if blocks[at].is_passed() => {}
            None => break,
        }
    }
    for at in (0..blocks.len()).rev() {
        match edge(at) {
            Some(()) => places[at] = places[at].or(Some(Place::Tail)),
            None if blocks[at].is_passed() => {}
            None => break,
        }
    }
    for (at, block) in blocks.iter().enumerate() {
        let Some((pages, twin)) = pages[at] else {
            continue;
        };
        let is_inside = block.words >= LONG && block.can_go() && INSIDE.is_met(pages, of);
        let Some(place) = places[at].or(is_inside.then_some(Place::Inside)) else {
            continue;
        };
        hits.push(Hit {
            block: at,
            place,
            pages,
            of,
            twin,
        });
    }
    hits
}

#[cfg(test)]
mod tests;
