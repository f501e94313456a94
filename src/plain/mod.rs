//! Plain text → blocks: lines, paragraphs, lists and headings of already extracted text.

mod lines;
mod markup;
mod pieces;
mod tables;
mod verse;
mod wrap;

use crate::document::{BlockKind, Document, Span};
use crate::rules::ends_sentence;
use lines::lines;
use pieces::{Builder, Words};

/// Most characters a heading has.
const HEADING_CHARS: usize = 110;
/// Fewest characters of the paragraph below a heading.
const BELOW_HEADING_CHARS: usize = 60;

/// Fewest characters of a quoted line.
const QUOTE_CHARS: usize = 30;

/// Cuts already extracted text into blocks: a line, or a hard-wrapped paragraph, is a block.
///
/// Inside a block, edits undo the hyphens of wrapped lines (`plain/hyphen`, where the word stands
/// elsewhere in the text), join scripts without spaces (`plain/wrap`) and take out tags and
/// Markdown (`plain/tag`, `plain/markdown`); the cells of a table row are parted by `" | "`
/// (`plain/cell`).
pub fn segment(text: &str) -> Document<'_> {
    let mut document = Document::new(text, false);
    let lines = lines(text);
    let joins = wrap::joins(text, &lines);
    // Text wrapped by width has short lines as well, and is no verse.
    let stanzas = match joins {
        Some(_) => Vec::new(),
        None => verse::stanzas(text, &lines),
    };
    let (mut builder, mut words) = (Builder::default(), Words::default());
    let (signs, tables) = (markup::Signs::of(text), tables::any(text));
    let mut stanzas = stanzas.iter().peekable();
    document.blocks.reserve(lines.len());
    document.pieces.reserve(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let stanza = stanzas.next_if(|stanza| stanza.start == at);
        let mut last = stanza.map_or(at, |stanza| stanza.end - 1);
        let cells = tables && stanza.is_none() && tables::is_row(text, &lines, at);
        while let Some(next) = lines.get(last + 1).filter(|_| !cells)
            && joins.as_ref().is_some_and(|joins| joins[last])
        {
            if let Some((span, with, rule)) = words.join(text, lines[last].span, next.span) {
                builder.edit(span, with, rule);
            }
            last += 1;
        }
        let span = Span::new(lines[at].span.start, lines[last].span.end);
        builder.markup(text, signs, span);
        if cells {
            tables::cells(text, span, |gap| builder.edit(gap, " | ", "plain/cell"));
        }
        let (kind, level, marker) = match stanza {
            Some(_) => (BlockKind::Verse, 0, 0),
            None => kind(span.of(text), cells),
        };
        let span = Span::new(span.start + marker, span.end);
        let pieces = builder.finish(&mut document, span);
        if !pieces.is_empty() {
            let block = document.push_block(kind, level, pieces);
            document.blocks[block].after_gap = lines[at].after_gap;
        }
        at = last + 1;
    }
    mark_headings(&mut document);
    document
}

/// What a line is by its own marks: kind, level and bytes of the mark that is no content.
fn kind(line: &str, cells: bool) -> (BlockKind, u8, usize) {
    if cells {
        return (BlockKind::TableRow, 0, 0);
    }
    // All other kinds have a mark in front.
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return (BlockKind::Paragraph, 0, 0);
    }
    if lines::is_list_item(line) {
        return (BlockKind::ListItem, 1, 0);
    }
    let hashes = line.bytes().take_while(|&byte| byte == b'#').count();
    let rest = &line[hashes..];
    let title = rest.trim_start();
    if (1..=6).contains(&hashes)
        && rest.starts_with(' ')
        && title.starts_with(char::is_alphanumeric)
        && is_heading_shaped(title)
    {
        return (BlockKind::Heading, hashes as u8, line.len() - title.len());
    }
    match quoted(line) {
        Some(mark) => (BlockKind::Quote, 0, mark),
        None => (BlockKind::Paragraph, 0, 0),
    }
}

/// Bytes of the `>` that mark a line as a quotation, in mails and in Markdown. Where a path of
/// links or a menu opens with the same sign, no sentence follows.
fn quoted(line: &str) -> Option<usize> {
    if !line.starts_with('>') {
        return None;
    }
    let words = line.trim_start_matches(['>', ' ']);
    let mark = &line[..line.len() - words.len()];
    let closed = words.trim_end_matches(['"', '”', '’', '»', ')']);
    (mark.ends_with(' ')
        && words.chars().count() >= QUOTE_CHARS
        && !words.contains(" > ")
        && closed.ends_with(ends_sentence))
    .then_some(mark.len())
}

/// A short line without closing punctuation, set off by an empty line, right above prose.
fn mark_headings(document: &mut Document<'_>) {
    for at in 0..document.blocks.len().saturating_sub(1) {
        let (block, next) = (&document.blocks[at], &document.blocks[at + 1]);
        let (line, below) = (|| document.text_of(block), || document.text_of(next));
        let heading = block.kind == BlockKind::Paragraph
            && next.kind == BlockKind::Paragraph
            && block.after_gap
            && next.after_gap
            && is_heading_shaped(line())
            && below().chars().count() >= BELOW_HEADING_CHARS
            && !is_heading_shaped(below());
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
    fn wrapped_words_are_whole_again_and_dialogue_stays_in_lines() {
        let text = "The committee met on Tuesday to discuss the budget for the\n\
                    coming year, and after three hours of debate the whole com-\n\
                    mittee left without a decision, as it had done in the spring\n\
                    and in the summer of that long and difficult year.\n\
                    — Shall we go? she asked, and nobody gave her any answer.\n\
                    — We shall, said the mayor, who had not been listening.\n";
        let document = segment(text);
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert!(texts[0].contains("the whole committee left"));
        assert_eq!(texts.len(), 3);
        assert_eq!(&*document.edits[0].rule, "plain/hyphen");
    }

    #[test]
    fn left_markup_is_no_content() {
        let text = "## A heading\n<div>\nA <b>bold</b> word.\n</div>\nName\tAge\nAnna\t31\n";
        let document = segment(text);
        let row = |b: &crate::document::Block| (b.kind, document.text_of(b));
        let found: Vec<_> = document.blocks.iter().map(row).collect();
        assert_eq!(found[0], (BlockKind::Heading, "A heading"));
        assert_eq!(found[1], (BlockKind::Paragraph, "A bold word."));
        assert_eq!(found[2], (BlockKind::TableRow, "Name | Age"));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn a_quotation_loses_its_mark() {
        let found = kinds("> The bridge stays closed until the spring.\n> Home > News\n>> 5 %\n");
        let quoted = "The bridge stays closed until the spring.";
        assert_eq!(found[0], (BlockKind::Quote, quoted));
        assert_eq!(found[1], (BlockKind::Paragraph, "> Home > News"));
        assert_eq!(found[2].0, BlockKind::Paragraph);
    }

    #[test]
    fn windows_and_old_mac_line_ends_count() {
        assert_eq!(kinds("one\r\ntwo\rthree\n").len(), 3);
        assert_eq!(kinds(" \n\t\n").len(), 0);
    }
}
