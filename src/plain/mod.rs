//! Plain text → blocks: lines, paragraphs, lists and headings of already extracted text.

mod lines;
mod verse;

use crate::document::{BlockKind, Document, Piece, Span};
use crate::rules::ends_sentence;
use lines::lines;

/// Most characters a heading has.
const HEADING_CHARS: usize = 110;
/// Fewest characters of the paragraph below a heading.
const BELOW_HEADING_CHARS: usize = 60;

/// Cuts already extracted text into blocks: a line, or a hard-wrapped paragraph, is a block.
pub fn segment(text: &str) -> Document<'_> {
    let mut document = Document::new(text, false);
    let lines = lines(text);
    let wrapped = lines::wrap_width(text, &lines);
    // Text wrapped by width has short lines as well, and is no verse.
    let stanzas = match wrapped {
        Some(_) => Vec::new(),
        None => verse::stanzas(text, &lines),
    };
    let mut at = 0;
    while at < lines.len() {
        let mut last = at;
        let stanza = stanzas.iter().find(|stanza| stanza.start == at);
        if let Some(stanza) = stanza {
            last = stanza.end - 1;
        } else if let Some(width) = wrapped {
            while lines
                .get(last + 1)
                .is_some_and(|next| lines::continues(text, &lines[last], next, width))
            {
                last += 1;
            }
        }
        let span = Span::new(lines[at].span.start, lines[last].span.end);
        let kind = if stanza.is_some() {
            BlockKind::Verse
        } else if lines::is_list_item(span.of(text)) {
            BlockKind::ListItem
        } else {
            BlockKind::Paragraph
        };
        let level = u8::from(kind == BlockKind::ListItem);
        let block = document.push_block(kind, level, &[Piece { span, edit: None }]);
        document.blocks[block].after_gap = lines[at].after_gap;
        at = last + 1;
    }
    mark_headings(&mut document);
    document
}

/// A short line without closing punctuation, set off by an empty line, right above prose.
fn mark_headings(document: &mut Document<'_>) {
    for at in 0..document.blocks.len().saturating_sub(1) {
        let (block, next) = (&document.blocks[at], &document.blocks[at + 1]);
        let (line, below) = (document.text_of(block), document.text_of(next));
        let heading = block.kind == BlockKind::Paragraph
            && next.kind == BlockKind::Paragraph
            && block.after_gap
            && next.after_gap
            && is_heading_shaped(line)
            && below.chars().count() >= BELOW_HEADING_CHARS
            && !is_heading_shaped(below);
        if heading {
            let block = &mut document.blocks[at];
            (block.kind, block.level) = (BlockKind::Heading, 2);
        }
    }
}

fn is_heading_shaped(line: &str) -> bool {
    let closes = |c: char| (ends_sentence(c) && c != '?') || matches!(c, ':' | ';' | ',' | '"');
    line.chars().count() <= HEADING_CHARS
        && line.chars().any(char::is_alphabetic)
        && line
            .chars()
            .next()
            .is_some_and(|c| !c.is_lowercase() && !matches!(c, '-' | '–' | '—'))
        && !line.chars().next_back().is_some_and(closes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(BlockKind, &str)> {
        let document = segment(text);
        let row = |block: &crate::document::Block| (block.kind, document.extent(block).of(text));
        document.blocks.iter().map(row).collect()
    }

    #[test]
    fn a_short_line_above_prose_is_a_heading() {
        let prose = "Les habitants attendent depuis des mois que la mairie rouvre le pont fermé.";
        let text = format!("{prose}\n\nUn pont fermé\n\n{prose}\n\n- un\n- deux\n");
        let found = kinds(&text);
        assert_eq!(found[1], (BlockKind::Heading, "Un pont fermé"));
        assert_eq!(found[2].0, BlockKind::Paragraph);
        assert_eq!(found[3], (BlockKind::ListItem, "- un"));
    }

    #[test]
    fn hard_wrapped_paragraphs_become_one_block() {
        let text = "The committee met on Tuesday to discuss the budget for the\n\
                    coming year, which has grown by a third since the last one\n\
                    was voted, and adjourned without a decision.\n\n\
                    It will meet again on Friday, when the mayor is expected to\n\
                    present a new plan that keeps the swimming pool open.\n";
        let found = kinds(text);
        assert_eq!(found.len(), 2);
        assert!(found[0].1.ends_with("without a decision."));
    }

    #[test]
    fn windows_and_old_mac_line_ends_count() {
        assert_eq!(kinds("one\r\ntwo\rthree\n").len(), 3);
        assert_eq!(kinds(" \n\t\n").len(), 0);
    }
}
