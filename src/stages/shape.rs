//! What a block looks like: the few counts that every stage asks for.

use super::page::Text;
use crate::bits::{Block, Kind, Lines};
use crate::rules::{ends_sentence, is_unspaced};

/// Fewest characters, white space left out, of a paragraph of prose.
const PROSE_CHARS: usize = 90;
/// The same for scripts without spaces, where a character says more.
const PROSE_UNSPACED: usize = 45;
/// Most characters of a title.
const TITLE_CHARS: usize = 200;

/// Counts over the text of one block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// Characters, white space left out.
    pub chars: usize,
    /// Letters and digits.
    pub letters: usize,
    /// Characters of scripts without spaces.
    pub unspaced: usize,
    /// Sentence ends inside and at the end.
    pub sentence_ends: usize,
    /// Whether it closes like a sentence (quotes and brackets passed over).
    pub closed: bool,
}

impl Shape {
    /// Counts the characters of `text`.
    pub fn of(text: &str) -> Self {
        let mut lines = Lines::default();
        lines.read([text].into_iter());
        let all = Self::of_all([text].into_iter(), &lines);
        all.into_iter().next().unwrap_or_default()
    }

    /// Counts the characters of many texts, which `lines` has read.
    pub(super) fn of_all<'t>(texts: impl Iterator<Item = &'t str>, lines: &Lines) -> Vec<Self> {
        let mut at = 0;
        let shape = |text: &'t str| {
            let (_, blocks) = lines.get(at, text.len());
            at += blocks.len();
            Self::of_blocks(text, blocks)
        };
        texts.map(shape).collect()
    }

    fn of_blocks(text: &str, blocks: &[Block]) -> Self {
        let mut shape = Self::default();
        let mut is_ascii = true;
        for block in blocks {
            let letters = block.count(Kind::Letter) + block.count(Kind::Digit);
            is_ascii &= block.runs.count_ones() == letters;
            shape.chars += (block.count(Kind::Shown) - block.breaks) as usize;
            shape.letters += letters as usize;
            shape.sentence_ends += block.count(Kind::End) as usize;
        }
        if !is_ascii {
            let others = text.chars().filter(|c| !c.is_ascii());
            others.for_each(|c| shape.other(c));
        }
        shape.closed = is_closed(text);
        shape
    }

    /// The shape of `text` whose characters have been counted.
    pub(super) fn counted(text: &str, counts: &Text) -> Self {
        Self {
            chars: counts.chars as usize,
            letters: counts.letters as usize,
            unspaced: counts.unspaced as usize,
            sentence_ends: counts.ends as usize,
            closed: is_closed(text),
        }
    }

    /// As long as a paragraph.
    #[inline]
    pub fn is_long(&self) -> bool {
        self.chars >= PROSE_CHARS
            || (self.unspaced * 2 > self.letters && self.chars >= PROSE_UNSPACED)
    }

    fn other(&mut self, c: char) {
        if c.is_whitespace() {
            return;
        }
        self.chars += 1;
        if c.is_alphanumeric() {
            self.letters += 1;
            self.unspaced += usize::from(is_unspaced(c));
        } else if ends_sentence(c) {
            self.sentence_ends += 1;
        }
    }

    /// A paragraph of running text: long enough and with sentences.
    #[inline]
    pub fn is_prose(&self) -> bool {
        self.is_long() && self.sentence_ends > 0
    }

    /// Short and not closed like a sentence, as titles and labels are.
    pub fn is_title(&self) -> bool {
        self.letters > 0 && self.chars <= TITLE_CHARS && !self.closed && !self.is_prose()
    }
}

/// Whether a text closes like a sentence.
fn is_closed(text: &str) -> bool {
    if text
        .as_bytes()
        .last()
        .is_some_and(u8::is_ascii_alphanumeric)
    {
        return false;
    }
    let closes = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』');
    let tail = text.trim_end_matches(|c: char| c.is_whitespace() || closes(c));
    tail.chars().next_back().is_some_and(ends_sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_gives_the_same_shape() {
        let few = [
            "",
            " ",
            "a\u{b}\u{85}b.",
            "\u{1c}x\u{7f}!",
            "日本。ＡＢ",
            "Ünï—‘x’?”",
            "؟ ؛ ۔ ।",
        ];
        let all: String = (0..0x3_0000).filter_map(char::from_u32).collect();
        let long = few.concat().repeat(300);
        for text in few.into_iter().chain([&*all, &*long]) {
            let counted = Shape::counted(text, &super::super::page::count(text));
            assert_eq!(counted, Shape::of(text));
        }
    }

    #[test]
    fn characters_are_counted_in_any_script() {
        let shape = Shape::of(&"Été à 5 h.\u{a0}日本。(Oui!)» ".repeat(30));
        let counts = (shape.chars, shape.letters, shape.unspaced);
        assert_eq!(counts, (30 * 17, 30 * 11, 30 * 2));
        assert_eq!((shape.sentence_ends, shape.closed), (30 * 3, true));
        assert_eq!(Shape::of("\u{b}\u{85}").chars, 0);
    }

    #[test]
    fn prose_has_length_and_sentences() {
        let long = "Le conseil a voté le budget. ".repeat(6);
        assert!(Shape::of(&long).is_prose());
        assert!(Shape::of(&"東京都は新しい計画を発表した。".repeat(4)).is_prose());
        assert!(!Shape::of("Le conseil a voté.").is_prose());
        assert!(!Shape::of(&"word ".repeat(60)).is_prose());
        assert!(Shape::of("Un pont fermé").is_title());
        assert!(Shape::of("« Il est parti. »").closed);
    }

    /// Sentences that close, as Unicode's default rules (UAX #29) part them.
    fn icu_sentences(text: &str) -> usize {
        let segmenter = icu_segmenter::SentenceSegmenter::new(Default::default());
        let ends: Vec<usize> = segmenter.segment_str(text).collect();
        let closed = ends
            .windows(2)
            .filter(|ends| is_closed(&text[ends[0]..ends[1]]));
        closed.count()
    }

    fn entries(path: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(path).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn sentences_are_about_as_many_as_icu_finds() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let mut languages = 0;
        for language in entries(&corpus) {
            let (mut ours, mut icu) = (0, 0);
            for case in entries(&language) {
                let article = std::fs::read(case.join("article.json")).unwrap_or_default();
                let article: serde_json::Value =
                    serde_json::from_slice(&article).unwrap_or_default();
                let lines = article["text"].as_array().into_iter().flatten();
                for line in lines.filter_map(|line| line.as_str()) {
                    ours += Shape::of(line).sentence_ends;
                    icu += icu_sentences(line);
                }
            }
            languages += usize::from(icu > 5);
            // Points within numbers and ends within quotes count here, there they do not.
            let more = ours.checked_sub(icu);
            let is_close = more.is_some_and(|more| more <= icu / 10 + 1);
            assert!(is_close, "{}: {ours}, ICU {icu}", language.display());
        }
        assert!(languages >= 10, "{languages}");
    }
}
