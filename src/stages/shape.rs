//! What a block looks like: the few counts that every stage asks for.

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
        let mut shape = Self::default();
        let mut last = ' ';
        for c in text.chars() {
            if c.is_whitespace() {
                continue;
            }
            shape.chars += 1;
            if c.is_alphanumeric() {
                shape.letters += 1;
                shape.unspaced += usize::from(is_unspaced(c));
            } else if ends_sentence(c) {
                shape.sentence_ends += 1;
            }
            if !matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』') {
                last = c;
            }
        }
        shape.closed = ends_sentence(last);
        shape
    }

    /// As long as a paragraph.
    pub fn is_long(&self) -> bool {
        self.chars >= PROSE_CHARS
            || (self.unspaced * 2 > self.letters && self.chars >= PROSE_UNSPACED)
    }

    /// A paragraph of running text: long enough and with sentences.
    pub fn is_prose(&self) -> bool {
        self.is_long() && self.sentence_ends > 0
    }

    /// Short and not closed like a sentence, as titles and labels are.
    pub fn is_title(&self) -> bool {
        self.letters > 0 && self.chars <= TITLE_CHARS && !self.closed && !self.is_prose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
