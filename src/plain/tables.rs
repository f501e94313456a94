//! Tables in plain text: neighbouring lines with the same number of cells, parted by tabs or wide
//! gaps.

use super::lines::Line;
use crate::document::Span;

/// Fewest spaces between two cells.
const GAP: usize = 3;
const WIDE: &[u8] = &[b' '; GAP];

/// Whether a text may have a row at all.
pub(super) fn any(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr(b'\t', bytes).is_some() || memchr::memmem::find(bytes, WIDE).is_some()
}

/// Whether line `at` is a row: a neighbour without an empty line between has as many cells.
pub(super) fn is_row(text: &str, lines: &[Line], at: usize) -> bool {
    let cells = count(text, lines[at].span);
    if cells < 2 {
        return false;
    }
    let same = |line: Option<&Line>| line.is_some_and(|line| count(text, line.span) == cells);
    let above = at.checked_sub(1).filter(|_| !lines[at].after_gap);
    let below = lines.get(at + 1).filter(|next| !next.after_gap);
    same(above.and_then(|above| lines.get(above))) || same(below)
}

fn count(text: &str, line: Span) -> usize {
    let bytes = line.of(text).as_bytes();
    if memchr::memchr(b'\t', bytes).is_none() && memchr::memmem::find(bytes, WIDE).is_none() {
        return 1;
    }
    let mut count = 1;
    cells(text, line, |_| count += 1);
    count
}

/// Calls `gap` with each gap between two cells of a row.
pub(super) fn cells(text: &str, line: Span, mut gap: impl FnMut(Span)) {
    let bytes = line.of(text).as_bytes();
    let mut at = 0;
    while let Some(from) = memchr::memchr2(b'\t', b' ', &bytes[at..]).map(|from| from + at) {
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let len = bytes[from..].iter().take_while(blank).count();
        if len >= GAP || bytes[from..from + len].contains(&b'\t') {
            gap(Span::new(line.start + from, line.start + from + len));
        }
        at = from + len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::lines::lines;

    #[test]
    fn rows_need_a_neighbour_with_as_many_cells() {
        let text = "Name\tAge\nAnna   31\nA line of text\nOne\ttab";
        let lines = lines(text);
        let rows: Vec<bool> = (0..4).map(|at| is_row(text, &lines, at)).collect();
        assert_eq!(rows, [true, true, false, false]);
    }
}
