//! Verse: stanzas of short lines whose breaks are content.

use std::ops::Range;

use super::lines::{Line, is_list_item};

/// Lines of a stanza, and the longest one in characters.
const LINES: std::ops::RangeInclusive<usize> = 2..=16;
const LINE_CHARS: usize = 64;
/// Words of a line of verse, on average: labels and menus have fewer.
const WORDS: std::ops::RangeInclusive<usize> = 3..=10;
/// Of so many lines one at least ends in punctuation: menus and lists of titles have none.
const PUNCTUATED: usize = 3;
/// Fewest lines of verse that make a poem of a text.
const POEM_LINES: usize = 6;

/// The stanzas of `text` as ranges of its lines; none where there are too few for a poem.
pub(super) fn stanzas(text: &str, lines: &[Line]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < lines.len() {
        let more = lines[start + 1..].iter().take_while(|line| !line.after_gap);
        let end = start + 1 + more.count();
        if is_stanza(text, &lines[start..end]) {
            found.push(start..end);
        }
        start = end;
    }
    if found.iter().map(Range::len).sum::<usize>() < POEM_LINES {
        found.clear();
    }
    found
}

fn is_stanza(text: &str, lines: &[Line]) -> bool {
    if !LINES.contains(&lines.len()) {
        return false;
    }
    let (mut words, mut punctuated) = (0, 0);
    for line in lines {
        let line = line.span.of(text);
        let digits = line.bytes().filter(u8::is_ascii_digit).count();
        if line.chars().count() > LINE_CHARS || digits > 2 || is_list_item(line) {
            return false;
        }
        words += line.split_whitespace().count();
        let end = line.trim_end_matches(['"', '»', '”', ')', '\'', '’']);
        let closing = [',', ';', '.', '!', '?', ':', '…', '—', '–'];
        punctuated += usize::from(end.ends_with(closing));
    }
    punctuated * PUNCTUATED >= lines.len() && WORDS.contains(&(words / lines.len()))
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    fn count(text: &str) -> usize {
        stanzas(text, &lines(text)).len()
    }

    #[test]
    fn stanzas_are_found_and_menus_are_not() {
        let poem = "The wash-house by the river stands,\nits roof is red and low;\n\
                    the water ran through many hands\na hundred years ago.\n";
        assert_eq!(count(&format!("{poem}\n{poem}\nA line by itself.\n")), 2);
        assert_eq!(count(poem), 0, "four lines are no poem");
        let menu = "Home page of the town\nNews from the council\nHow to find us here\n";
        assert_eq!(count(&format!("{menu}\n{menu}\n{menu}")), 0);
    }
}
