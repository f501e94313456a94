//! The data model between the stages: one decoded text and spans over it.
//!
//! Text is never rewritten. A [`Document`] borrows the decoded text; its [`Block`]s list the
//! [`Piece`]s (spans, verbatim or with a replacement) that make up a paragraph, a heading, a
//! list item … as a reader sees it. All offsets are bytes of the decoded UTF-8 text.

mod elements;
mod span;

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use elements::{Element, Holds, Lead, Marks};
pub use span::Span;

/// What a block is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// The title of the article.
    Title,
    /// The lede: the summary paragraph below the title.
    Standfirst,
    /// A heading; [`Block::level`] is 1–6.
    Heading,
    /// Running text.
    Paragraph,
    /// One item of a list; [`Block::level`] is its depth from 1.
    ListItem,
    /// One row of a data table, its cells joined by `" | "`.
    TableRow,
    /// A quotation set off as a block.
    Quote,
    /// Preformatted text: white space is content.
    Code,
    /// The caption of a figure or table.
    Caption,
    /// Lines whose breaks are content: verse, dialogue, addresses.
    Verse,
}

impl BlockKind {
    /// The name used in provenance, e.g. `list-item`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Standfirst => "standfirst",
            Self::Heading => "heading",
            Self::Paragraph => "paragraph",
            Self::ListItem => "list-item",
            Self::TableRow => "table-row",
            Self::Quote => "quote",
            Self::Code => "code",
            Self::Caption => "caption",
            Self::Verse => "verse",
        }
    }

    /// The kind with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "title" => Self::Title,
            "standfirst" => Self::Standfirst,
            "heading" => Self::Heading,
            "paragraph" => Self::Paragraph,
            "list-item" => Self::ListItem,
            "table-row" => Self::TableRow,
            "quote" => Self::Quote,
            "code" => Self::Code,
            "caption" => Self::Caption,
            "verse" => Self::Verse,
            _ => return None,
        })
    }

    /// Whether line breaks and runs of spaces inside the block are content.
    pub const fn keeps_space(self) -> bool {
        matches!(self, Self::Code | Self::Verse)
    }
}

/// A change of characters inside kept text: `span` is replaced by `text`, and `rule` says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced; may be empty (an insertion).
    pub span: Span,
    /// What stands there instead; may be empty (a deletion).
    pub text: String,
    /// The built-in rule, e.g. `html/entity`, `repair/mojibake`.
    pub rule: Cow<'static, str>,
}

/// A run of source text that belongs to a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands in the decoded text.
    pub span: Span,
    /// Index into [`Document::edits`] when the piece is replaced, else it reads verbatim.
    pub edit: Option<u32>,
}

/// A paragraph, heading, list item … : its pieces in text order and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is to a reader.
    pub kind: BlockKind,
    /// Heading level or list depth; 0 where it has no meaning.
    pub level: u8,
    /// The number of an item of an ordered list (HTML only).
    pub ordinal: Option<u32>,
    /// Range into [`Document::pieces`]; pieces ascend and do not overlap.
    pub pieces: Range<u32>,
    /// Range into [`Document::joined`] when the text is not one verbatim piece.
    pub joined: Option<Range<u32>>,
    /// Whether white space with an empty line (plain text) or a block boundary of its own
    /// (HTML) separates this block from the one before.
    pub after_gap: bool,
    /// Characters that belong to links, in bytes of block text (HTML only).
    pub link_bytes: u32,
    /// Index into [`Document::elements`] of the innermost block-level element around it (HTML
    /// only).
    pub element: Option<u32>,
    /// What the elements around it are (HTML only).
    pub marks: Marks,
    /// The inline elements in it (HTML only).
    pub inline: Lead,
}

/// What is taken out of a page besides its article, on request; the text stays the same unless
/// comments are kept apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Extras {
    /// Comments of readers go to metadata, also those that would stand in the text of an article.
    pub comments: bool,
    /// Addresses that links of the text lead to go to metadata.
    pub links: bool,
    /// Addresses of pictures in the text go to metadata.
    pub images: bool,
}

/// What a page says about itself as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Types that JSON-LD names, as bits in the order of [`About::TYPES`].
    pub types: u32,
    /// Open Graph's type: 0 none, 1 article, 2 website, 3 product, 4 any other.
    pub og_type: u8,
    /// What JSON-LD quotes of the text: the body of an article or a post, and whether it is only
    /// a description.
    pub quotes: Vec<(String, bool)>,
}

impl About {
    /// Groups of schema.org types that tell what a page is for.
    pub const TYPES: [&'static str; 10] = [
        "article", "product", "talk", "list", "faq", "place", "site", "review", "event", "work",
    ];
}

/// The decoded text and its blocks, in text order.
#[derive(Debug, Clone, Default)]
pub struct Document<'t> {
    /// The decoded text; every span points into it.
    pub text: &'t str,
    /// Blocks in the order in which they stand in the text.
    pub blocks: Vec<Block>,
    /// The pieces of all blocks, and of some that are no more.
    pub pieces: Vec<Piece>,
    /// Replacements made by decoding or segmentation, ascending by span.
    pub edits: Vec<Edit>,
    /// Texts of the blocks that are made of several pieces.
    pub joined: String,
    /// Metadata found outside the blocks (HTML head, JSON-LD …).
    pub found: Vec<Found>,
    /// Whether the text was HTML.
    pub is_html: bool,
    /// The elements around the blocks, each behind the one around it (HTML only).
    pub elements: Vec<Element>,
    /// What the page says about itself (HTML only).
    pub about: About,
    /// The host of the record's address, in lower case and without `www.`.
    pub host: Option<String>,
}

/// A metadata value found outside the blocks, with the span that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The field it fills.
    pub field: crate::decision::Field,
    /// The span whose text (after `edits`) is the value.
    pub span: Span,
    /// Where it was found, e.g. `meta/og:title`; names the reason in provenance.
    pub rule: Cow<'static, str>,
}

impl<'t> Document<'t> {
    /// An empty document over `text`, to which a segmenter adds blocks.
    pub fn new(text: &'t str, is_html: bool) -> Self {
        Self {
            text,
            is_html,
            ..Self::default()
        }
    }

    /// Makes room for what most pages of so many bytes hold, so that it need not move while it
    /// grows.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.blocks.reserve(bytes / 512);
        self.pieces.reserve(bytes / 256);
        self.elements.reserve(bytes / 384);
        self.edits.reserve(bytes / 1024);
        self.joined.reserve(bytes / 16);
    }

    /// Adds a block made of `pieces` (ascending, not overlapping); returns its index.
    pub fn push_block(&mut self, kind: BlockKind, level: u8, pieces: &[Piece]) -> usize {
        let first = self.pieces.len() as u32;
        self.pieces.extend_from_slice(pieces);
        let joined = self.join(pieces);
        self.blocks.push(Block {
            kind,
            level,
            ordinal: None,
            pieces: first..self.pieces.len() as u32,
            joined,
            after_gap: true,
            link_bytes: 0,
            element: None,
            marks: Marks::default(),
            inline: Lead::default(),
        });
        self.blocks.len() - 1
    }

    /// Writes the text of some pieces into [`joined`](Self::joined), unless it is one of the text.
    fn join(&mut self, pieces: &[Piece]) -> Option<Range<u32>> {
        if matches!(pieces, [one] if one.edit.is_none()) {
            return None;
        }
        let from = self.joined.len() as u32;
        for piece in pieces {
            match piece.edit {
                Some(edit) => self.joined.push_str(&self.edits[edit as usize].text),
                None => self.joined.push_str(piece.span.of(self.text)),
            }
        }
        Some(from..self.joined.len() as u32)
    }

    /// The pieces of a block.
    #[inline]
    pub fn pieces_of(&self, block: &Block) -> &[Piece] {
        &self.pieces[block.pieces.start as usize..block.pieces.end as usize]
    }

    /// The text of a block as a reader sees it, white space not yet collapsed.
    #[inline]
    pub fn text_of(&self, block: &Block) -> &str {
        match &block.joined {
            Some(range) => &self.joined[range.start as usize..range.end as usize],
            None => self
                .pieces_of(block)
                .first()
                .map_or("", |piece| piece.span.of(self.text)),
        }
    }

    /// From the first to the last byte of a block in the decoded text.
    #[inline]
    pub fn extent(&self, block: &Block) -> Span {
        let pieces = self.pieces_of(block);
        match (pieces.first(), pieces.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::new(0, 0),
        }
    }

    /// The spans of the text that a reader may see, in blocks or as metadata; those that edits replace
    /// are left out.
    pub(crate) fn shown(&self) -> impl Iterator<Item = Span> {
        let verbatim = self.pieces.iter().filter(|piece| piece.edit.is_none());
        let verbatim = verbatim.map(|piece| piece.span);
        verbatim.chain(self.found.iter().map(|found| found.span))
    }

    /// Adds repairs of the decoded text (ascending, not overlapping): pieces are split where one falls
    /// into them. A repair that meets an edit of the segmenter is left out.
    pub fn repair(&mut self, mut repairs: Vec<Edit>) {
        repairs.retain(|edit| {
            let ends_before = |old: &Edit| old.span.end <= edit.span.start;
            let next = self.edits.get(self.edits.partition_point(ends_before));
            next.is_none_or(|old| old.span.start >= edit.span.end)
        });
        if repairs.is_empty() {
            return;
        }
        let starts: Vec<usize> = repairs.iter().map(|edit| edit.span.start).collect();
        self.add_edits(repairs);
        let mut split = Vec::new();
        for at in 0..self.blocks.len() {
            let Span { start, end } = self.extent(&self.blocks[at]);
            let next = starts.get(starts.partition_point(|at| *at < start));
            if next.is_none_or(|next| *next >= end) {
                continue;
            }
            split.clear();
            for piece in self.pieces_of(&self.blocks[at]) {
                match piece.edit {
                    Some(_) => split.push(*piece),
                    None => self.split_piece(piece.span, &mut split),
                }
            }
            let first = self.pieces.len() as u32;
            self.pieces.extend_from_slice(&split);
            let joined = self.join(&split);
            let block = &mut self.blocks[at];
            block.pieces = first..first + split.len() as u32;
            block.joined = joined;
        }
    }

    /// Puts more edits between those that there are, and gives the pieces their new numbers.
    fn add_edits(&mut self, more: Vec<Edit>) {
        let old = std::mem::take(&mut self.edits);
        let mut places = Vec::with_capacity(old.len());
        let mut more = more.into_iter().peekable();
        self.edits.reserve(old.len() + more.len());
        for edit in old {
            while let Some(edit) = more.next_if(|new| new.span < edit.span) {
                self.edits.push(edit);
            }
            places.push(self.edits.len() as u32);
            self.edits.push(edit);
        }
        self.edits.extend(more);
        for edit in self
            .pieces
            .iter_mut()
            .filter_map(|piece| piece.edit.as_mut())
        {
            *edit = places[*edit as usize];
        }
    }

    fn split_piece(&self, span: Span, out: &mut Vec<Piece>) {
        let mut at = span.start;
        let first = self
            .edits
            .partition_point(|edit| edit.span.start < span.start);
        for (index, edit) in self.edits.iter().enumerate().skip(first) {
            if edit.span.end > span.end {
                break;
            }
            if edit.span.is_empty() || edit.span.start < at {
                continue;
            }
            if at < edit.span.start {
                let span = Span::new(at, edit.span.start);
                out.push(Piece { span, edit: None });
            }
            out.push(Piece {
                span: edit.span,
                edit: Some(index as u32),
            });
            at = edit.span.end;
        }
        if at < span.end {
            let span = Span::new(at, span.end);
            out.push(Piece { span, edit: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_names() {
        use BlockKind::*;
        for kind in [
            Title, Standfirst, Heading, Paragraph, ListItem, TableRow, Quote, Code, Caption, Verse,
        ] {
            assert_eq!(BlockKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(BlockKind::from_name("head"), None);
    }

    #[test]
    fn joined_text_maps_back_to_the_source() {
        let text = "<p>caf&eacute; <b>noir</b></p>";
        let mut document = Document::new(text, true);
        document.edits.push(Edit {
            span: Span::new(6, 14),
            text: "é".into(),
            rule: "html/entity".into(),
        });
        let piece = |start, end, edit| Piece {
            span: Span::new(start, end),
            edit,
        };
        let pieces = [
            piece(3, 6, None),
            piece(6, 14, Some(0)),
            piece(14, 15, None),
            piece(18, 22, None),
        ];
        document.push_block(BlockKind::Paragraph, 0, &pieces);
        let block = &document.blocks[0];
        assert_eq!(document.text_of(block), "café noir");
        assert_eq!(document.extent(block), Span::new(3, 22));
    }

    #[test]
    fn repairs_split_pieces_and_leave_other_edits_alone() {
        let text = "cafÃ© &amp; thÃ©";
        let edit = |start, end, text: &str| Edit {
            span: Span::new(start, end),
            text: text.into(),
            rule: "test".into(),
        };
        let mut document = Document::new(text, true);
        document.edits.push(edit(8, 13, "&"));
        let piece = |start, end, edit| Piece {
            span: Span::new(start, end),
            edit,
        };
        let pieces = [
            piece(0, 8, None),
            piece(8, 13, Some(0)),
            piece(13, 20, None),
        ];
        document.push_block(BlockKind::Paragraph, 0, &pieces);
        document.repair(vec![edit(3, 7, "é"), edit(9, 12, "no"), edit(16, 20, "é")]);
        assert_eq!(document.text_of(&document.blocks[0]), "café & thé");
        assert_eq!(document.edits.len(), 3);
    }
}
