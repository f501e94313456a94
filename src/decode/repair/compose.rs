//! Applying edits, and two rounds of edits as one.

use crate::document::{Edit, Span};

/// `text` with `edits` (ascending, not overlapping) applied.
pub(super) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(Span::new(at, edit.span.start).of(text));
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(Span::new(at, text.len()).of(text));
    out
}

/// The edits of `text` that do what `first` and then `second` (over `between`, the text after
/// `first`) do. Edits of the second round that touch some of the first are joined with them
/// under the rule of the first.
pub(super) fn compose(text: &str, first: &[Edit], between: &str, second: &[Edit]) -> Vec<Edit> {
    let mut out: Vec<Edit> = Vec::with_capacity(first.len() + second.len());
    // Where the edits of the first round stand in `between`.
    let mut shift = 0isize;
    let mut placed = Vec::with_capacity(first.len());
    for edit in first {
        let start = edit.span.start.saturating_add_signed(shift);
        placed.push(Span::new(start, start + edit.text.len()));
        shift += edit.text.len() as isize - edit.span.len() as isize;
    }
    let (mut i, mut j, mut shift) = (0, 0, 0isize);
    while i < first.len() || j < second.len() {
        // The next group: edits of both rounds that touch, as a range of `between`.
        let next = [placed.get(i).copied(), second.get(j).map(|edit| edit.span)];
        let Some(start) = next.into_iter().flatten().map(|span| span.start).min() else {
            break;
        };
        let (from_i, from_j) = (i, j);
        let mut end = start;
        loop {
            let touches = |span: &Span| span.start < end || span.start == start;
            if let Some(span) = placed.get(i).filter(|span| touches(span)) {
                end = end.max(span.end);
                i += 1;
            } else if let Some(edit) = second.get(j).filter(|edit| touches(&edit.span)) {
                end = end.max(edit.span.end);
                j += 1;
            } else {
                break;
            }
        }
        let (ours, theirs) = (&first[from_i..i], &second[from_j..j]);
        let source_start = start.saturating_add_signed(-shift);
        for edit in ours {
            shift += edit.text.len() as isize - edit.span.len() as isize;
        }
        let source = Span::new(source_start, end.saturating_add_signed(-shift));
        push(
            &mut out,
            text,
            between,
            source,
            Span::new(start, end),
            ours,
            theirs,
        );
    }
    out
}

fn push(
    out: &mut Vec<Edit>,
    text: &str,
    between: &str,
    source: Span,
    range: Span,
    ours: &[Edit],
    theirs: &[Edit],
) {
    if theirs.is_empty() {
        out.extend_from_slice(ours);
        return;
    }
    let moved = |edit: &Edit| Edit {
        span: Span::new(edit.span.start - range.start, edit.span.end - range.start),
        ..edit.clone()
    };
    let moved: Vec<Edit> = theirs.iter().map(moved).collect();
    let replaced = apply(range.of(between), &moved);
    let rule = ours
        .first()
        .or(theirs.first())
        .map(|edit| edit.rule.clone());
    if replaced != source.of(text) {
        out.push(Edit {
            span: source,
            text: replaced,
            rule: rule.unwrap_or_default(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            span: Span::new(start, end),
            text: text.into(),
            rule: "r".into(),
        }
    }

    #[test]
    fn two_rounds_do_the_same_as_one() {
        let text = "abcdefghij";
        let first = [edit(1, 3, "XYZ"), edit(5, 6, "")];
        let between = apply(text, &first);
        assert_eq!(between, "aXYZdeghij");
        for second in [
            vec![edit(2, 3, "")],
            vec![edit(0, 2, "Q"), edit(7, 9, "R")],
            vec![edit(5, 7, "eg")],
            vec![edit(3, 8, "")],
            vec![edit(0, 10, "all")],
        ] {
            let after = apply(&between, &second);
            let both = compose(text, &first, &between, &second);
            assert_eq!(apply(text, &both), after, "{both:?}");
            assert!(
                both.windows(2).all(|w| w[0].span.end <= w[1].span.start),
                "{both:?}"
            );
        }
    }
}
