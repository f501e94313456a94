//! Bylines: lines of the visible text near the title that name an author.

use super::name::{name_in, without_before};
use super::value::{Coding, Value};
use super::{Page, date};
use crate::document::{Block, BlockKind, Marks, Span};

/// Blocks around the title in which a byline is looked for.
const BLOCKS_BEFORE: usize = 4;
const BLOCKS_BEHIND: usize = 14;

/// A line near the title that begins with `By` and goes on with a name.
pub(super) fn byline(page: &Page<'_, '_>, title: Option<Span>) -> Option<Value> {
    let apart = Marks::NAV.with(Marks::FOOTER).with(Marks::HIDDEN);
    let mut announced = false;
    for block in near_title(page, title, BLOCKS_BEFORE, BLOCKS_BEHIND) {
        if block.marks.any(apart) {
            continue;
        }
        let text = page.document.text_of(block).trim();
        let begins = begins_byline(text);
        let dated = text.len() <= 100 && date::find(text).is_some();
        if announced || begins == Begins::WithName || dated {
            let pieces = page.document.pieces_of(block).iter();
            let found = pieces
                .filter(|piece| piece.edit.is_none())
                .find_map(|piece| piece_name(page.text, piece.span, dated));
            if found.is_some() {
                return found;
            }
        }
        announced = begins == Begins::Alone;
    }
    None
}

/// The blocks around the title, or around the first heading of the page.
pub(super) fn near_title<'a>(
    page: &'a Page<'_, '_>,
    title: Option<Span>,
    before: usize,
    behind: usize,
) -> impl Iterator<Item = &'a Block> {
    let blocks = &page.document.blocks;
    let shown = title.and_then(|title| {
        let mut spans = blocks.iter().map(|block| page.document.extent(block));
        spans.position(|span| span.intersect(title).is_some())
    });
    let headed = || {
        let is_title = |block: &Block| block.kind == BlockKind::Heading && block.level == 1;
        blocks.iter().position(is_title)
    };
    let at = shown.or_else(headed);
    let take = if at.is_some() { before + behind } else { 0 };
    let from = at.unwrap_or(0).saturating_sub(before);
    blocks.iter().skip(from).take(take)
}

#[derive(PartialEq)]
enum Begins {
    WithName,
    Alone,
    Not,
}

fn begins_byline(text: &str) -> Begins {
    const OPENERS: &[&str] = &[
        "written by",
        "posted by",
        "words by",
        "article by",
        "by",
        "von",
        "par",
    ];
    for opener in OPENERS {
        let Some(head) = text.get(..opener.len()) else {
            continue;
        };
        if !head.eq_ignore_ascii_case(opener) {
            continue;
        }
        let rest = text[opener.len()..].trim_start_matches(|c: char| c.is_whitespace() || c == ':');
        if rest.is_empty() {
            return Begins::Alone;
        }
        if rest.len() < text.len() - opener.len()
            && rest.starts_with(char::is_uppercase)
            && text.len() <= 120
        {
            return Begins::WithName;
        }
    }
    Begins::Not
}

/// The name at the start of a piece: capitalised words; with `alone` nothing but a name.
fn piece_name(text: &str, span: Span, alone: bool) -> Option<Value> {
    const SMALL: &[&str] = &[
        "de", "van", "von", "der", "den", "da", "di", "la", "le", "al", "bin",
    ];
    let raw = span.of(text);
    let lead = raw.len() - raw.trim_start().len();
    let whole = Span::new(span.start + lead, span.end);
    let span = without_before(text, whole);
    let alone = alone && span == whole;
    let (mut end, mut count) = (0, 0);
    for word in span.of(text).split_inclusive(char::is_whitespace) {
        let bare = word.trim();
        let named = bare.starts_with(char::is_uppercase) || (count > 0 && SMALL.contains(&bare));
        if !named || count == 4 {
            break;
        }
        end += word.len();
        count += 1;
        if bare.ends_with([',', ';', ':', '–', '|']) {
            break;
        }
    }
    let value = Value {
        span: Span::new(span.start, span.start + end),
        coding: Coding::Markup,
    };
    let name = name_in(text, value).filter(|_| count >= 2)?;
    let is_whole = end == span.len();
    let is_date = date::find(span.of(text)).is_some();
    (!alone || (is_whole && count <= 3 && !is_date)).then_some(name)
}
