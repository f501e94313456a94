//! Text → comparable tokens: NFKC, lower case, letters and digits only, line by line.
//!
//! Two views of one text come out. The normal form – tokens parted by single spaces – is what exact
//! copies share; [`Scan::digest`] is its hash. The words are hashes that are blunter: inside a word
//! they leave out accented Latin letters, so that a copy with broken accents ("cafÃ©") still has the
//! words of its twin.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::block::Block;
use super::hash::{FACTORS, SEED, fold, hash, skeleton_hash};
use super::letters::{is_unspaced, join_broken};
use super::scanned::Digest;

/// A scanned text; kept between texts to reuse its memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Scan {
    /// The hash of each token: a word, or one character of a script written without spaces.
    pub words: Vec<u32>,
    /// Where each line that has a token ends among the words.
    pub ends: Vec<u32>,
    /// Where each token stands in the normal form; empty where only words were asked for.
    places: Vec<(u32, u32)>,
    /// The normal form, or only the token at hand.
    pub(super) normal: Vec<u8>,
    skeleton: Vec<u8>,
    /// Where the token at hand begins in `normal`.
    pub(super) start: usize,
    is_ascii: bool,
    pub(super) digest: [u64; 2],
    /// What the bytes at hand are.
    pub(super) block: Block,
}

pub(super) const BREAK: u8 = 0;
pub(super) const NEWLINE: u8 = 1;
const JOIN: u8 = 2;
pub(super) const HYPHEN: u8 = 3;
const WIDE: u8 = 4;

/// Letters and digits stand for their lower case, everything else for one of the classes.
pub(super) const CLASS: [u8; 256] = {
    let mut table = [BREAK; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'a'..=b'z' | b'0'..=b'9' => b,
            b'A'..=b'Z' => b + 32,
            b'\n' => NEWLINE,
            b'\'' => JOIN,
            b'-' => HYPHEN,
            128.. => WIDE,
            _ => BREAK,
        };
        byte += 1;
    }
    table
};

impl Scan {
    /// Scans the words of `text` in place of what was scanned before.
    pub fn words(&mut self, text: &str) {
        self.scan::<false>(text);
    }

    /// Like [`words`](Self::words), and notes how they are written.
    pub fn spelled(&mut self, text: &str) {
        self.scan::<true>(text);
    }

    /// Hash of the normal form.
    pub fn digest(&self) -> Digest {
        Digest(self.digest)
    }

    /// The words of each line, by their numbers.
    pub fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(&from, &to)| from as usize..to as usize)
    }

    /// How a word is written, in the normal form.
    pub fn spelling(&self, word: usize) -> &[u8] {
        let (start, end) = self.places.get(word).copied().unwrap_or_default();
        let range = start as usize..end as usize;
        self.normal.get(range).unwrap_or_default()
    }

    fn scan<const SPELLED: bool>(&mut self, text: &str) {
        self.words.clear();
        self.ends.clear();
        self.places.clear();
        self.normal.clear();
        (self.start, self.is_ascii, self.digest) = (0, true, [SEED; 2]);
        let bytes = text.as_bytes();
        self.block = Block::new(bytes, 0);
        if SPELLED {
            self.normal.reserve(bytes.len() + 8);
            self.words.reserve(bytes.len() / 5);
            self.places.reserve(bytes.len() / 5);
        }
        let mut at = 0;
        loop {
            if self.normal.len() == self.start {
                at = self.plain::<SPELLED>(bytes, at);
            }
            let Some(&byte) = bytes.get(at) else {
                break;
            };
            at += 1;
            match CLASS[byte as usize] {
                BREAK => self.end_token::<SPELLED>(),
                NEWLINE => self.end_line::<SPELLED>(),
                JOIN => {}
                HYPHEN => {
                    // A word divided at the end of a line is one word.
                    let rest = bytes.get(at..).unwrap_or_default();
                    if self.normal.len() > self.start && matches!(rest, [b'\n', b'a'..=b'z', ..]) {
                        at += 1;
                    } else {
                        self.end_token::<SPELLED>();
                    }
                }
                WIDE => at = self.wide::<SPELLED>(text, at - 1),
                _ => at = self.part(bytes, at - 1),
            }
        }
        self.end_line::<SPELLED>();
    }

    #[inline]
    fn push_token<const SPELLED: bool>(&mut self, exact: u64, word: u64) {
        let [a, b] = self.digest;
        self.digest = [fold(a ^ exact, FACTORS[0]), fold(b ^ exact, FACTORS[1])];
        self.words.push(word as u32);
        if SPELLED {
            self.end_spelling();
        }
    }

    #[inline]
    pub(super) fn end_spelling(&mut self) {
        let end = self.normal.len();
        self.places.push((self.start as u32, end as u32));
        self.normal.push(b' ');
        self.start = end + 1;
    }

    #[inline]
    fn end_token<const SPELLED: bool>(&mut self) {
        if self.normal.len() > self.start {
            self.push_normal::<SPELLED>();
        }
    }

    fn push_normal<const SPELLED: bool>(&mut self) {
        let bytes = self.normal.get(self.start..).unwrap_or_default();
        let exact = hash(bytes);
        let word = if self.is_ascii {
            exact
        } else {
            skeleton_hash(bytes, &mut self.skeleton)
        };
        self.push_token::<SPELLED>(exact, word);
        if !SPELLED {
            self.normal.clear();
        }
        self.is_ascii = true;
    }

    #[inline]
    fn end_line<const SPELLED: bool>(&mut self) {
        self.end_token::<SPELLED>();
        let end = self.words.len() as u32;
        if end > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(end);
        }
    }

    /// Takes the run of characters beyond ASCII at `at`; returns where it ends.
    fn wide<const SPELLED: bool>(&mut self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let short = self.accented(bytes, at);
        if let Some(end) = short.or_else(|| self.mark::<SPELLED>(bytes, at)) {
            return end;
        }
        let rest = text.get(at..).unwrap_or_default();
        let run = rest.bytes().position(|b| b < 128).unwrap_or(rest.len());
        let rest = rest.get(..run).unwrap_or_default();
        let rest = &*join_broken(rest);
        let is_plain = |c: char| {
            matches!(c, '\u{a0}'..='\u{a7}' | '\u{ab}' | '\u{bb}' | '\u{c0}'..='\u{24f}'
                | '\u{2010}'..='\u{201f}' | '\u{20ac}' | '\u{2122}' | '\u{fffd}')
        };
        if rest.chars().all(is_plain) {
            rest.chars().for_each(|c| self.push::<SPELLED>(c));
        } else {
            // Composition may reach one character back.
            let last = match self.normal.last() {
                Some(&b) if self.normal.len() > self.start && b < 128 => self.normal.pop(),
                _ => None,
            };
            for c in last.map(char::from).into_iter().chain(rest.chars()).nfkc() {
                self.push::<SPELLED>(c);
            }
        }
        at + run
    }

    /// Takes a single mark between ASCII characters: a quotation mark, a dash, a no-break space;
    /// returns where it ends.
    fn mark<const SPELLED: bool>(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let (len, is_join) = match *bytes.get(at..)? {
            // U+2018, U+2019
            [0xe2, 0x80, 0x98 | 0x99, ..] => (3, true),
            // U+2010 to U+201F, U+2026
            [0xe2, 0x80, 0x90..=0x9f | 0xa6, ..] => (3, false),
            // U+00A0 to U+00A7, « and »
            [0xc2, 0xa0..=0xa7 | 0xab | 0xbb, ..] => (2, false),
            _ => return None,
        };
        if bytes.get(at + len).is_some_and(|&next| next >= 0x80) {
            return None;
        }
        if !is_join {
            self.end_token::<SPELLED>();
        }
        Some(at + len)
    }

    /// Takes a single letter of Latin-1 between ASCII characters, the most frequent case; returns
    /// where it ends.
    fn accented(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let (0xc3, trail, ..0x80) = (
            *bytes.get(at)?,
            *bytes.get(at + 1)?,
            bytes.get(at + 2).copied().unwrap_or(b' '),
        ) else {
            return None;
        };
        // U+00D7 and U+00F7 are no letters.
        let lower = match trail {
            0x97 | 0xb7 => return None,
            0x80..=0x9e => trail + 0x20,
            _ => trail,
        };
        self.is_ascii = false;
        self.normal.extend_from_slice(&[0xc3, lower]);
        Some(at + 2)
    }

    fn push<const SPELLED: bool>(&mut self, c: char) {
        if c.is_ascii() {
            match CLASS[c as usize] {
                JOIN => {}
                lower if lower > WIDE => self.normal.push(lower),
                _ => self.end_token::<SPELLED>(),
            }
        } else if is_unspaced(c) {
            self.end_token::<SPELLED>();
            self.push_wide(c);
            self.end_token::<SPELLED>();
        } else if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            for lower in c.to_lowercase() {
                self.push_wide(lower);
            }
        } else if !matches!(
            c,
            '’' | '‘' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}'
        ) {
            self.end_token::<SPELLED>();
        }
    }

    fn push_wide(&mut self, c: char) {
        self.is_ascii = false;
        let mut utf8 = [0; 4];
        self.normal
            .extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        let mut scan = Scan::default();
        scan.spelled(text);
        String::from_utf8(scan.normal.trim_ascii_end().to_vec()).unwrap()
    }

    fn hashes(text: &str) -> Vec<u32> {
        let mut scan = Scan::default();
        scan.spelled(text);
        let spelled = scan.clone();
        scan.words(text);
        assert_eq!(
            (&scan.words, &scan.ends, scan.digest),
            (&spelled.words, &spelled.ends, spelled.digest)
        );
        for (at, word) in scan.words.iter().enumerate() {
            let bytes = spelled.spelling(at);
            let expected = skeleton_hash(bytes, &mut Vec::new());
            assert_eq!(*word, expected as u32, "{bytes:?}");
        }
        scan.words
    }

    #[test]
    fn the_normal_form_ignores_case_space_and_punctuation() {
        assert_eq!(
            normal("  Don’t  PANIC,\n\nsaid he – 42!"),
            "dont panic said he 42"
        );
        assert_eq!(normal("Don't panic; said\the 42"), "dont panic said he 42");
        assert_eq!(normal("ﬁnal ２０２６"), "final 2026");
        assert_eq!(normal("state-\nment"), "statement");
    }

    #[test]
    fn composed_and_decomposed_letters_are_equal() {
        assert_eq!(normal("E\u{301}te\u{301} a\u{300} la"), normal("Été à la"));
        assert_eq!(hashes("E\u{301}te\u{301}"), hashes("été"));
    }

    #[test]
    fn broken_accents_keep_the_words() {
        assert_eq!(hashes("Il nâ€™a pas fini"), hashes("Il n’a pas fini"));
        assert_eq!(hashes("le cafÃ© noir"), hashes("le café noir"));
        assert_ne!(hashes("le thé noir"), hashes("le café noir"));
        let text = "La tête déjà là-bas, l’été où ça a été très gênant à Nîmes : œuvre, « Été »";
        // The bytes of UTF-8, each as windows-1252 shows it.
        let broken: String = text
            .bytes()
            .map(|b| encoding_rs::WINDOWS_1252.decode(&[b]).0.into_owned())
            .collect();
        assert_ne!(text, broken);
        assert_eq!(hashes(&broken), hashes(text), "{broken}");
    }

    #[test]
    fn marks_are_taken_alone_as_among_others() {
        let marks = ('\u{2010}'..='\u{201f}')
            .chain('\u{a0}'..='\u{a7}')
            .chain("…«».".chars());
        for mark in marks {
            // Two in a row go the long way.
            let (alone, among) = (format!("ab{mark}cd e"), format!("ab{mark}{mark}cd e"));
            assert_eq!(hashes(&alone), hashes(&among), "{mark:?}");
            assert_eq!(hashes(&format!("ab{mark}")), hashes("ab"), "{mark:?}");
            assert_eq!(hashes(&format!("{mark}ab")), hashes("ab"), "{mark:?}");
        }
    }

    #[test]
    fn unspaced_scripts_give_one_token_per_character() {
        assert_eq!(hashes("東京都は").len(), 4);
        assert_eq!(hashes("서울 시청").len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn both_ways_give_the_same_words(text in "([a-zA-Z0-9]{0,20}[ \\n'.,éßÉ×-]{0,2}|\\PC{0,4}){0,12}") {
            let words = hashes(&text);
            let is_word = |c: char| c.is_alphanumeric() || !c.is_ascii();
            proptest::prop_assert!(words.is_empty() || text.chars().any(is_word));
        }
    }
}
