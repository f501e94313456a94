//! Hard-wrapped lines: at which column the text was wrapped, and which lines belong together.
//!
//! A program that wraps text starts a new line where the next word does not fit any more. So a
//! line says between which columns the margin lies: it has room for the line, and none for the
//! line and the next word. The column on which most lines agree is the margin, if they agree on
//! any; titles below each other, verse and code do not.

use super::lines::{Line, is_list_item};
use crate::rules::{ends_sentence, is_unspaced};

/// Narrowest and widest margin, in columns (characters; two for those of scripts without spaces).
const COLUMNS: std::ops::RangeInclusive<usize> = 40..=100;
/// Longest line, in bytes, that is measured.
const BYTES: usize = 400;
/// Fewest full lines that prove a margin.
const PROOF: usize = 3;
/// Percent of the lines of a group (between two empty lines) that must be full, the last one left
/// out, and percent of them that close no sentence.
const FULL_PERCENT: usize = 60;
const OPEN_PERCENT: usize = 50;
/// Percent of the margin that a line reaches which a line in lower case goes on with.
const REACH_PERCENT: usize = 60;

/// For each line whether the next one goes on with its paragraph; `None` where nothing is
/// wrapped.
pub(super) fn joins(text: &str, lines: &[Line]) -> Option<Vec<bool>> {
    let widths: Vec<Widths> = lines.iter().map(|line| widths(text, line)).collect();
    let pair = |at: usize| Pair {
        line: widths[at].line,
        word: widths[at + 1].first,
    };
    let margin = margin(groups(lines).flat_map(|group| (group.start..group.end - 1).map(pair)))?;
    let mut joins = vec![false; lines.len()];
    let mut proof = 0;
    for group in groups(lines) {
        let pairs = group.start..group.end - 1;
        let all = pairs.len();
        let full = |at: &usize| pair(*at).is_full(margin);
        let fulls = pairs.clone().filter(full).count();
        let open = |at: &usize| !lines[*at].span.of(text).ends_with(ends_sentence);
        let opens = pairs.clone().filter(open).count();
        let wide = group.clone().any(|at| widths[at].is_wide(margin));
        if all == 0 || wide || fulls * 100 < all * FULL_PERCENT || opens * 100 < all * OPEN_PERCENT
        {
            continue;
        }
        proof += fulls;
        for at in pairs {
            let next = lines[at + 1].span.of(text);
            let reaches = widths[at].line * 100 >= margin * REACH_PERCENT;
            let goes_on = full(&at) || reaches && next.starts_with(char::is_lowercase);
            // A dash opens a speech in dialogue.
            joins[at] = goes_on && !next.starts_with(['—', '–', '―']) && !is_list_item(next);
        }
    }
    (proof >= PROOF).then_some(joins)
}

/// Columns of a line and of its first word; 0 for a line that is too long to be wrapped.
#[derive(Debug, Clone, Copy)]
struct Widths {
    line: usize,
    first: usize,
    /// Whether it is one word, as an address is, which no program breaks.
    single: bool,
}

impl Widths {
    fn is_wide(&self, margin: usize) -> bool {
        !self.single && (self.line == 0 || self.line > margin)
    }
}

fn widths(text: &str, line: &Line) -> Widths {
    let line = line.span.of(text);
    if line.is_ascii() {
        let first = line.bytes().take_while(|byte| !is_space(*byte)).count();
        return Widths {
            line: if line.len() > BYTES { 0 } else { line.len() },
            first: first.min(BYTES),
            single: first == line.len(),
        };
    }
    // No character of a script without spaces begins with another byte.
    let wide = |part: &str| {
        part.bytes()
            .fold(false, |any, b| any | (b >= 0xE0 && b != 0xE2))
    };
    let columns = |part: &str| {
        let more = if wide(part) {
            part.chars().filter(|&c| is_unspaced(c)).count()
        } else {
            0
        };
        part.chars().count() + more
    };
    let first = line.split(char::is_whitespace).next().unwrap_or(line);
    // Between characters of a script without spaces, a line may end before any of them but
    // punctuation.
    let unspaced = first.chars().next().is_some_and(is_unspaced);
    Widths {
        line: if line.len() > BYTES { 0 } else { columns(line) },
        first: if unspaced {
            3
        } else {
            columns(first.get(..BYTES).unwrap_or(first))
        },
        single: first.len() == line.len() && !unspaced,
    }
}

/// What [`char::is_whitespace`] takes for white space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A line and the first word of the next one.
#[derive(Debug, Clone, Copy)]
struct Pair {
    line: usize,
    word: usize,
}

impl Pair {
    /// Whether the line ends because the word does not fit, which one column more or less does
    /// not change: programs count the space differently.
    fn is_full(self, margin: usize) -> bool {
        self.line <= margin && self.line + self.word + 1 >= margin
    }
}

/// The column on which most pairs agree, the widest one of equals.
fn margin(pairs: impl Iterator<Item = Pair>) -> Option<usize> {
    let mut steps = [0_i32; *COLUMNS.end() + 2];
    for pair in pairs {
        let end = *COLUMNS.end();
        if pair.line > 0 && pair.line <= end {
            steps[pair.line] += 1;
            steps[(pair.line + pair.word).min(end) + 1] -= 1;
        }
    }
    let (mut agree, mut best) = (0, (0, 0));
    for (column, step) in steps.into_iter().enumerate() {
        agree += step;
        if COLUMNS.contains(&column) {
            best = best.max((agree, column));
        }
    }
    (best.0 >= PROOF as i32).then_some(best.1)
}

/// Runs of lines without an empty line between them.
fn groups(lines: &[Line]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let from = start;
        let more = lines.get(from + 1..)?.iter();
        start = from + 1 + more.take_while(|line| !line.after_gap).count();
        Some(from..start)
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    fn joined(text: &str) -> Vec<bool> {
        joins(text, &lines(text)).unwrap_or_default()
    }

    #[test]
    fn lines_that_have_no_room_for_the_next_word_are_joined() {
        let text = "Home\nNews\nContact\n\n\
                    The committee met on Tuesday to discuss the budget for the\n\
                    coming year, which has grown by a third since the last one\n\
                    was voted, and left. Nothing was decided at all.\n\
                    It will meet again on Friday, when the mayor is expected to\n\
                    present a new plan.\n";
        let expected = [false, false, false, true, true, false, true, false];
        assert_eq!(joined(text), expected);
    }

    #[test]
    fn titles_of_many_lengths_are_no_wrapped_text() {
        let text = "Council votes to keep the swimming pool open\n\
                    Ferry line to the island closes for the whole winter season\n\
                    Why the old clock runs six minutes late\n\
                    Three bakers and one oven: a Sunday in the mountains\n\
                    A bridge too far for the bus\n";
        assert!(joined(text).is_empty());
    }

    #[test]
    fn an_address_may_be_wider_than_the_margin() {
        let text = "The minutes of the meeting, with all the annexes, can be read at\n\
                    https://example.org/archive/council/2021/november/minutes-of-the-meeting.html\n\
                    from Monday on, and in the old hall of the council by the river,\n\
                    where the clerk keeps a copy on paper for those who like it that\n\
                    way.\n";
        assert_eq!(joined(text), [true, true, true, true, false]);
    }

    #[test]
    fn scripts_without_spaces_wrap_by_columns() {
        let line = "港町の坂の途中にある絵の具店が今月末で百年の歴";
        let text = format!("{line}\n{line}\n{line}\n{line}\n史に幕を下ろす。\n");
        assert_eq!(joined(&text), [true, true, true, true, false]);
    }
}
