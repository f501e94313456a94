//! Which paragraphs of a copy stand in its twin.

use super::runs::{Places, runs};
use super::scan::Scan;
use super::words::Words;

/// The paragraphs of `text` that are mostly repeated in `twin`, each with the paragraph of the
/// twin where most of it stands. Paragraphs are lines that hold a letter or digit, counted from 0.
///
/// ```
/// use lavoir::dedup::matched_paragraphs;
///
/// let twin = "A headline\nThe harbour was closed on Monday after a storm broke two cranes.";
/// let text = "The harbour was closed on Monday, after a storm broke two cranes.\nMore to come.";
/// assert_eq!(matched_paragraphs(text, twin), [(0, 1)]);
/// ```
pub fn matched_paragraphs(text: &str, twin: &str) -> Vec<(u32, u32)> {
    let mut scan = Scan::default();
    let [text, twin] = [text, twin].map(|text| Words::of_text(text, &mut scan));
    let places = Places::new(twin.hashes());
    let lines = text.ends().len();
    // How many words of each paragraph are repeated, and the longest run of them.
    let mut repeated = vec![(0_u32, 0_usize, 0_usize); lines];
    for run in runs(twin.hashes(), &places, text.hashes()) {
        let (mut at, end) = (run.b, run.b + run.len);
        while at < end {
            let line = text.line_of(at);
            let line_end = text.ends().get(line).map_or(end, |&end| end as usize);
            let to = end.min(line_end.max(at + 1));
            if let Some((words, longest, place)) = repeated.get_mut(line) {
                *words += (to - at) as u32;
                if to - at > *longest {
                    (*longest, *place) = (to - at, run.a + at - run.b);
                }
            }
            at = to;
        }
    }
    let is_mostly = |&(line, (words, ..)): &(usize, &(u32, usize, usize))| {
        let start = line.checked_sub(1).map_or(0, |before| text.ends()[before]);
        words * 2 > text.ends()[line] - start
    };
    let pair = |(line, (_, _, place)): (usize, &(u32, usize, usize))| {
        (line as u32, twin.line_of(*place) as u32)
    };
    let all = repeated.iter().enumerate();
    all.filter(is_mostly).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_matched_whatever_their_order() {
        let one = "The council voted on Monday to close the old bridge for repairs until spring.";
        let two = "Bread prices rose for the third month in a row, the statistics office said.";
        let text =
            format!("{two}\n\nNothing of this stands in the other text at all, not a word.\n{one}");
        let twin = format!("{one}\n{two}");
        assert_eq!(matched_paragraphs(&text, &twin), [(0, 1), (2, 0)]);
        assert!(matched_paragraphs("", &twin).is_empty());
        assert!(matched_paragraphs(&text, "").is_empty());
    }
}
