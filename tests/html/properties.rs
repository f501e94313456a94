//! What holds for every page: spans ascend, stand on character boundaries and do not overlap.

use lavoir::document::Document;
use lavoir::html::segment;
use proptest::prelude::*;

use super::vocabulary;

fn check(document: &Document<'_>) {
    let text = document.text;
    let mut end = 0;
    for block in &document.blocks {
        let pieces = document.pieces_of(block);
        assert!(!pieces.is_empty(), "a block without pieces");
        for piece in pieces {
            let span = piece.span;
            assert!(
                span.start >= end && span.end >= span.start,
                "{span:?} after {end}"
            );
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            end = span.end;
            if let Some(edit) = piece.edit {
                assert_eq!(document.edits[edit as usize].span, span);
            }
        }
        let joined: String = pieces
            .iter()
            .map(|piece| match piece.edit {
                Some(edit) => &*document.edits[edit as usize].text,
                None => piece.span.of(text),
            })
            .collect();
        assert_eq!(document.text_of(block), joined);
        assert!(!joined.trim().is_empty(), "a block of white space");
        assert!(
            block.link_bytes as usize <= joined.len() * 8,
            "more link than text"
        );
        if let Some(element) = block.element {
            assert!((element as usize) < document.elements.len());
        }
    }
    let mut end = 0;
    for edit in &document.edits {
        assert!(edit.span.start >= end, "edit {edit:?} before {end}");
        assert!(text.is_char_boundary(edit.span.start) && text.is_char_boundary(edit.span.end));
        end = edit.span.end;
    }
    for found in &document.found {
        assert!(text.get(found.span.start..found.span.end).is_some());
        assert!(!found.span.is_empty());
    }
    for (at, element) in document.elements.iter().enumerate() {
        assert!(element.parent.is_none_or(|parent| (parent as usize) < at));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn made_up_pages_keep_the_invariants(page in vocabulary::mutated()) {
        check(&segment(&page));
    }

    #[test]
    fn any_text_keeps_the_invariants(page in any::<String>()) {
        check(&segment(&page));
    }

    #[test]
    fn any_markup_like_text_keeps_the_invariants(page in "[<>&;a-c/!\\-\"'= \n#x0-9\u{0}é\\[\\]{}:,]{0,80}") {
        check(&segment(&page));
    }
}
