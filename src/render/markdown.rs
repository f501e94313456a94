//! Markdown (CommonMark 0.31, tables as in GFM): headings, items, quotes, code, tables, and links
//! whose addresses were asked for.

use std::fmt::Write as _;

use super::{Page, each_piece, edited};
use crate::decision::{Action, Decision, Field};
use crate::document::{BlockKind, Span};

/// Appends a block. `before` is the kind of the block above: the first row of a table is its head,
/// since a table needs one.
pub(super) fn block(
    text: &str,
    kind: BlockKind,
    level: u8,
    before: Option<BlockKind>,
    out: &mut String,
) {
    // Writing to a `String` cannot fail.
    let _ = match kind {
        BlockKind::Title => write!(out, "# {text}"),
        BlockKind::Heading => {
            let marks = "#".repeat(usize::from(level.clamp(1, 6)));
            write!(out, "{marks} {text}")
        }
        BlockKind::Quote => write!(out, "> {}", text.replace('\n', "\n> ")),
        BlockKind::Code => {
            let fence = fence(text);
            write!(out, "{fence}\n{text}\n{fence}")
        }
        BlockKind::TableRow => {
            let row = text.replace('\n', "<br>");
            let head = match before {
                Some(BlockKind::TableRow) => String::new(),
                _ => format!("\n|{}", " --- |".repeat(cells(&row))),
            };
            write!(out, "| {row} |{head}")
        }
        _ => write!(out, "{text}"),
    };
}

/// The items of the list that is being written.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Characters of the mark of the last item on each level: items below it are indented by so
    /// many.
    widths: Vec<usize>,
}

impl Items {
    /// Appends an item. One without a number of its own may say it in its text (plain text).
    pub fn put(&mut self, text: &str, level: u8, ordinal: Option<u32>, out: &mut String) {
        let bare = text.trim_start_matches(['-', '*', '•', '·']).trim_start();
        let (mark, item) = match (ordinal, numbered(bare)) {
            (Some(ordinal), _) => (format!("{ordinal}. "), text),
            (None, Some((number, item))) => (format!("{number} "), item),
            (None, None) => ("- ".into(), bare),
        };
        self.widths.resize(usize::from(level.max(1)) - 1, BULLET);
        let indent: usize = self.widths.iter().sum();
        let below = format!("\n{:1$}", "", indent + mark.len());
        let item = item.replace('\n', &below);
        // Writing to a `String` cannot fail.
        let _ = write!(out, "{:indent$}{mark}{item}", "");
        self.widths.push(mark.len());
    }

    /// Another block ends the list.
    pub fn end(&mut self) {
        self.widths.clear();
    }
}

/// Characters of the mark of an item without a number.
const BULLET: usize = 2;
/// Most digits of the number of an item (CommonMark).
const DIGITS: usize = 9;

/// A number with `.` or `)` in front of a text, and the text.
fn numbered(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let item = text.get(digits..)?.strip_prefix(['.', ')'])?;
    let spaced = item.strip_prefix([' ', '\t'])?.trim_start();
    (1..=DIGITS)
        .contains(&digits)
        .then_some((&text[..=digits], spaced))
}

/// Three backticks, or one more than the code has in a row.
fn fence(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}

/// Cells of a row: bars that no backslash stands before part them.
fn cells(row: &str) -> usize {
    1 + row.matches('|').count() - row.matches("\\|").count()
}

/// Appends a kept span of a table row; bars of the text itself are escaped, also those that it writes
/// as a reference (`&#124;`).
pub(super) fn row(page: &Page<'_>, span: Span, out: &mut String) {
    each_piece(page.text, span, page.edits, |piece, edit| {
        match edit && piece != "|" {
            true => out.push_str(piece),
            false => out.push_str(&piece.replace('|', "\\|")),
        }
    });
}

/// The link that is open in a block, and where the next one leads to.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Where the last kept span ends.
    at: usize,
    /// The address that was found last, until text follows it.
    next: Option<Span>,
    /// Where the text of the open link begins, and what it leads to.
    open: Option<(usize, String)>,
}

impl Links {
    /// Hears of a decision with a value.
    pub fn found(&mut self, decision: &Decision) {
        if decision.action == Action::Lift && decision.field == Some(Field::Link) {
            self.next = Some(decision.span);
        }
    }

    /// Before the kept `span`: the link whose end tag lies before it is closed, one whose address
    /// lies there and whose end tag does not is opened.
    pub fn enter(&mut self, page: &Page<'_>, span: Span, out: &mut String) {
        let ends = |from: usize| page.text.get(from..span.start).is_some_and(has_end_tag);
        if self.open.is_some() && (self.next.is_some() || ends(self.at)) {
            self.close(out);
        }
        let Some(address) = self.next.take().filter(|address| !ends(address.end)) else {
            return;
        };
        let mut to = String::new();
        edited(page.text, address, page.edits, &mut to);
        to.retain(|c| !c.is_control());
        if span.of(page.text).starts_with(char::is_whitespace) {
            out.push(' ');
        }
        out.push('[');
        self.open = Some((out.len(), to));
    }

    /// After a kept span.
    pub fn leave(&mut self, span: Span) {
        self.at = span.end;
    }

    /// Ends the open link behind the last word of `out`.
    pub fn close(&mut self, out: &mut String) {
        let Some((start, to)) = self.open.take() else {
            return;
        };
        let end = out.trim_end().len();
        let space = out.split_off(end);
        let text = out.split_off(start.min(end));
        if text.is_empty() {
            out.pop();
        } else {
            // A bracket would end the link, a bar part cells, a backslash escape what follows it.
            out.push_str(&text.replace('[', "\\[").replace(']', "\\]"));
            let to = to.replace('\\', "\\\\").replace('|', "\\|");
            let _ = match to.contains([' ', '(', ')', '<', '>']) {
                true => write!(out, "](<{}>)", to.replace(['<', '>'], "")),
                false => write!(out, "]({to})"),
            };
        }
        out.push_str(&space);
    }
}

/// Whether an end tag of a link stands in markup.
fn has_end_tag(markup: &str) -> bool {
    markup.match_indices("</").any(|(at, _)| {
        let name = markup.get(at + 2..at + 3);
        let next = markup.get(at + 3..).and_then(|rest| rest.chars().next());
        name.is_some_and(|name| name.eq_ignore_ascii_case("a"))
            && !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use crate::article::TextFormat;
    use crate::cleaner::{CleanConfig, Cleaner};
    use crate::document::Extras;
    use crate::record::Record;
    use crate::rules::RulePack;

    fn markdown(page: &str) -> String {
        let config = CleanConfig {
            format: TextFormat::Markdown,
            extras: Extras {
                links: true,
                ..Extras::default()
            },
            ..CleanConfig::default()
        };
        let cleaner = Cleaner::with(config, &RulePack::builtin().unwrap()).unwrap();
        let cleaned = cleaner.clean(&Record::html("a", page)).unwrap();
        let again = cleaned.provenance.replay(page.as_bytes()).unwrap();
        assert_eq!(again.text, cleaned.article.text);
        cleaned.article.text
    }

    const PROSE: &str = "The ferry across the bay runs again from Monday, the council said, after two \
        years in which people had to take the long road around the hills.";

    #[test]
    fn links_stand_where_they_stood() {
        let text = markdown(&format!(
            "<article><h1>The ferry is back</h1><p>{PROSE} See <a href='/plan?a=1&amp;b=2'>the \
             <b>plan</b> [a] </a>and <A href='/a (b)'>\nthe fares</A>.</p><p>{PROSE}</p></article>"
        ));
        let wanted = "See [the plan \\[a\\]](/plan?a=1&b=2) and [the fares](</a (b)>).";
        assert!(text.contains(wanted), "{text}");
        let text = markdown(&format!(
            "<article><h1>The ferry is back</h1><p>{PROSE}</p><table><tr><th><a href='/a|b\\'>Day</a>\
             <th>Hours</tr><tr><td>Monday<td>9 to 17</tr></table><p>{PROSE}</p></article>"
        ));
        let wanted = "| [Day](/a\\|b\\\\) | Hours |\n| --- | --- |\n| Monday |";
        assert!(text.contains(wanted), "{text}");
    }

    #[test]
    fn the_first_row_of_a_table_is_its_head_and_bars_are_escaped() {
        let text = markdown(&format!(
            "<article><h1>The ferry is back</h1><p>{PROSE}</p><table><tr><th>Day<th>Hours</tr>\
             <tr><td>Monday<td>9 | 17</tr><tr><td>Tuesday<td>10&#124;18 &vert;</tr></table><p>{PROSE}</p></article>"
        ));
        let wanted = "| Day | Hours |\n| --- | --- |\n| Monday | 9 \\| 17 |\n\
             | Tuesday | 10\\|18 \\| |";
        assert!(text.contains(wanted), "{text}");
    }

    #[test]
    fn items_of_ordered_lists_have_their_numbers() {
        let text = markdown(&format!(
            "<article><h1>The ferry is back</h1><ol start=9><li>{PROSE} First.<ul><li>{PROSE} \
             And more.<li>{PROSE} That is all.</ul><li>{PROSE} So it is.<ol reversed><li>{PROSE} Twice.</ol>\
             <li value=20>{PROSE} Really.<li>{PROSE} Yes.</ol></article>"
        ));
        let marks: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("The ferry across"))
            .map(|(mark, _)| mark)
            .collect();
        let wanted = ["9. ", "   - ", "   - ", "10. ", "    - ", "20. ", "21. "];
        assert_eq!(marks, wanted, "{text}");
    }

    #[test]
    fn items_of_plain_text_say_their_numbers() {
        let mut out = String::new();
        for item in [
            "1. one\n2",
            "2) two",
            "• three",
            "- 4. four",
            "5.five",
            "1234567890. six",
        ] {
            super::Items::default().put(item, 1, None, &mut out);
            out.push('\n');
        }
        let wanted = "1. one\n   2\n2) two\n- three\n4. four\n- 5.five\n- 1234567890. six\n";
        assert_eq!(out, wanted);
    }

    #[test]
    fn code_with_backticks_has_a_longer_fence() {
        assert_eq!(super::fence("a ``` b"), "````");
        assert_eq!(super::fence("a ` b"), "```");
    }
}
