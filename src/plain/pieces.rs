//! The pieces of a block of plain text: what is left out or replaced inside it.

use rustc_hash::FxHashSet;

use super::markup;
use crate::document::{Document, Edit, Piece, Span};
use crate::rules::is_unspaced;

/// Builds the pieces of blocks and the edits between them.
#[derive(Debug, Default)]
pub(super) struct Builder {
    found: Vec<Edit>,
    pieces: Vec<Piece>,
}

impl Builder {
    /// Adds the replacement of `span` by `text`.
    pub(super) fn edit(&mut self, span: Span, text: &str, rule: &'static str) {
        self.found.push(Edit {
            span,
            text: text.to_owned(),
            rule: rule.into(),
        });
    }

    /// Looks for markup that was left in `span` and for nothing else.
    pub(super) fn markup(&mut self, text: &str, signs: markup::Signs, span: Span) {
        markup::find(text, signs, span, |span, replacement, rule| {
            self.edit(span, replacement, rule)
        });
    }

    /// The pieces of `span` with the edits found in it, which go into the document. Empty if
    /// nothing is left.
    pub(super) fn finish(&mut self, document: &mut Document<'_>, span: Span) -> &[Piece] {
        self.pieces.clear();
        if self.found.is_empty()
            && span
                .of(document.text)
                .starts_with(|c: char| !c.is_whitespace())
        {
            self.pieces.push(Piece { span, edit: None });
            return &self.pieces;
        }
        self.found.sort_by_key(|edit| edit.span);
        let (mut at, mut content) = (span.start, false);
        for edit in self.found.drain(..) {
            if edit.span.start < at || edit.span.end > span.end || edit.span.is_empty() {
                continue;
            }
            if at < edit.span.start {
                let span = Span::new(at, edit.span.start);
                content |= !span.of(document.text).trim().is_empty();
                self.pieces.push(Piece { span, edit: None });
            }
            at = edit.span.end;
            let index = document.edits.len() as u32;
            self.pieces.push(Piece {
                span: edit.span,
                edit: Some(index),
            });
            document.edits.push(edit);
        }
        if at < span.end {
            let span = Span::new(at, span.end);
            content |= !span.of(document.text).trim().is_empty();
            self.pieces.push(Piece { span, edit: None });
        }
        if !content {
            let edits = self
                .pieces
                .iter()
                .filter(|piece| piece.edit.is_some())
                .count();
            document.edits.truncate(document.edits.len() - edits);
            self.pieces.clear();
        }
        &self.pieces
    }
}

/// The words of a document, counted once the first line ends in a hyphen.
#[derive(Debug, Default)]
pub(super) struct Words<'t>(Option<FxHashSet<&'t str>>);

impl<'t> Words<'t> {
    fn has(&mut self, text: &'t str, word: &str) -> bool {
        let all = || {
            text.split(|c: char| !c.is_alphanumeric() && c != '-')
                .collect()
        };
        self.0.get_or_insert_with(all).contains(word)
    }

    /// How line `next` is joined to `line` (both of one paragraph): the span between them that is
    /// replaced, and by what. `None` leaves the line break, which reads as a space.
    pub(super) fn join(
        &mut self,
        text: &'t str,
        line: Span,
        next: Span,
    ) -> Option<(Span, &'static str, &'static str)> {
        let (this, that) = (line.of(text), next.of(text));
        let (last, first) = (this.chars().next_back()?, that.chars().next()?);
        if is_unspaced(last) && is_unspaced(first) {
            return Some((Span::new(line.end, next.start), "", "plain/wrap"));
        }
        if !matches!(last, '-' | '\u{ad}' | '\u{2010}') || !first.is_lowercase() {
            return None;
        }
        let head = &this[..this.len() - last.len_utf8()];
        let head = head.rsplit(|c: char| !c.is_alphanumeric()).next()?;
        let tail = that.split(|c: char| !c.is_alphanumeric()).next()?;
        if head.is_empty() {
            return None;
        }
        if last == '\u{ad}' || self.has(text, &format!("{head}{tail}")) {
            let hyphen = Span::new(line.end - last.len_utf8(), next.start);
            return Some((hyphen, "", "plain/hyphen"));
        }
        let compound = self.has(text, &format!("{head}-{tail}"));
        compound.then_some((Span::new(line.end, next.start), "", "plain/wrap"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Option<String> {
        let at = text.find('\n').unwrap();
        let (line, next) = (Span::new(0, at), Span::new(at + 1, text.len()));
        let (span, with, _) = Words::default().join(text, line, next)?;
        Some(format!(
            "{}{with}{}",
            &text[..span.start],
            &text[span.end..]
        ))
    }

    #[test]
    fn a_hyphen_goes_only_if_the_word_is_known() {
        assert_eq!(
            joined("the commit-\ntee: committee").as_deref(),
            Some("the committee: committee")
        );
        assert_eq!(
            joined("a well-\nknown, well-known man").as_deref(),
            Some("a well-known, well-known man")
        );
        assert_eq!(joined("the commit-\ntee"), None);
        assert_eq!(joined("in 1914-\nTuesday"), None);
        assert_eq!(
            joined("東京都は新しい\n計画を").as_deref(),
            Some("東京都は新しい計画を")
        );
    }
}
