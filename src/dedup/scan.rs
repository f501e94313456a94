//! Text → comparable tokens: NFKC, lower case, letters and digits only, line by line.
//!
//! Two views of one text come out. The normal form (`Scan::normal`) is what exact copies share.
//! The token hashes are blunter: inside a word they leave out accented Latin letters, so that a
//! copy with broken accents ("cafÃ©") still has the words of its twin.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// A word, or one character of a script written without spaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Where it ends in [`Scan::normal`].
    pub end: u32,
    /// Its first byte in [`Scan::normal`].
    pub start: u32,
    /// Hash of its skeleton.
    pub hash: u32,
}

/// A line with at least one token.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its tokens.
    pub tokens: Range<u32>,
}

/// A scanned text; kept between texts to reuse its memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Scan {
    normal: Vec<u8>,
    pub tokens: Vec<Token>,
    pub lines: Vec<Line>,
    skeleton: Vec<u8>,
    start: usize,
    is_ascii: bool,
    line_start: u32,
}

const BREAK: u8 = 0;
const NEWLINE: u8 = 1;
const JOIN: u8 = 2;
const HYPHEN: u8 = 3;
const WIDE: u8 = 4;

/// Letters and digits stand for their lower case, everything else for one of the classes.
const CLASS: [u8; 256] = {
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
    /// Scans `text` in place of what was scanned before.
    pub fn run(&mut self, text: &str) {
        self.normal.clear();
        self.tokens.clear();
        self.lines.clear();
        (self.start, self.line_start, self.is_ascii) = (0, 0, true);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match CLASS[byte as usize] {
                BREAK => self.end_token(),
                NEWLINE => self.end_line(),
                JOIN => {}
                HYPHEN => {
                    // A word divided at the end of a line is one word.
                    let rest = bytes.get(at..).unwrap_or_default();
                    if self.normal.len() > self.start && matches!(rest, [b'\n', b'a'..=b'z', ..]) {
                        at += 1;
                    } else {
                        self.end_token();
                    }
                }
                WIDE => at = self.wide(text, at - 1),
                _ => at = self.word(bytes, at - 1),
            }
        }
        self.end_line();
    }

    /// The normal form: lower-case letters and digits, tokens parted by single spaces.
    pub fn normal(&self) -> &[u8] {
        self.normal.trim_ascii_end()
    }

    /// Hash of the normal form.
    pub fn digest(&self) -> u128 {
        xxh3_128(self.normal())
    }

    /// The tokens of a line.
    pub fn line(&self, line: &Line) -> &[Token] {
        let range = line.tokens.start as usize..line.tokens.end as usize;
        self.tokens.get(range).unwrap_or_default()
    }

    /// The bytes of a token in the normal form.
    pub fn bytes(&self, token: Token) -> &[u8] {
        let range = token.start as usize..token.end as usize;
        self.normal.get(range).unwrap_or_default()
    }

    /// Whether a token is a number.
    pub fn is_number(&self, token: Token) -> bool {
        self.bytes(token).iter().all(u8::is_ascii_digit)
    }

    /// Takes the run of ASCII letters and digits at `at`; returns where it ends.
    fn word(&mut self, bytes: &[u8], at: usize) -> usize {
        let rest = bytes.get(at..).unwrap_or_default();
        let is_word = |&byte: &u8| CLASS[byte as usize] > WIDE;
        let len = rest.iter().position(|b| !is_word(b)).unwrap_or(rest.len());
        let word = rest.get(..len).unwrap_or_default();
        self.normal
            .extend(word.iter().map(|&byte| CLASS[byte as usize]));
        at + len
    }

    fn end_token(&mut self) {
        let (start, end) = (self.start, self.normal.len());
        if end == start {
            return;
        }
        let bytes = self.normal.get(start..end).unwrap_or_default();
        let hash = if self.is_ascii {
            xxh3_64(bytes)
        } else {
            skeleton_hash(bytes, &mut self.skeleton)
        };
        self.tokens.push(Token {
            start: start as u32,
            end: end as u32,
            hash: hash as u32,
        });
        self.normal.push(b' ');
        (self.start, self.is_ascii) = (end + 1, true);
    }

    fn end_line(&mut self) {
        self.end_token();
        let (first, end) = (self.line_start, self.tokens.len() as u32);
        if end == first {
            return;
        }
        self.lines.push(Line { tokens: first..end });
        self.line_start = end;
    }

    /// Takes the run of characters beyond ASCII at `at`; returns where it ends.
    fn wide(&mut self, text: &str, at: usize) -> usize {
        let rest = text.get(at..).unwrap_or_default();
        let run = rest.bytes().position(|b| b < 128).unwrap_or(rest.len());
        let rest = rest.get(..run).unwrap_or_default();
        let rest = &*join_broken(rest);
        let is_plain = |c: char| {
            matches!(c, '\u{a0}'..='\u{a7}' | '\u{ab}' | '\u{bb}' | '\u{c0}'..='\u{24f}'
                | '\u{2010}'..='\u{201f}' | '\u{20ac}' | '\u{2122}' | '\u{fffd}')
        };
        if rest.chars().all(is_plain) {
            rest.chars().for_each(|c| self.push(c));
        } else {
            // Composition may reach one character back.
            let last = match self.normal.last() {
                Some(&b) if self.normal.len() > self.start && b < 128 => self.normal.pop(),
                _ => None,
            };
            for c in last.map(char::from).into_iter().chain(rest.chars()).nfkc() {
                self.push(c);
            }
        }
        at + run
    }

    fn push(&mut self, c: char) {
        if c.is_ascii() {
            match CLASS[c as usize] {
                JOIN => {}
                lower if lower > WIDE => self.normal.push(lower),
                _ => self.end_token(),
            }
        } else if is_unspaced(c) {
            self.end_token();
            self.push_wide(c);
            self.end_token();
        } else if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            for lower in c.to_lowercase() {
                self.push_wide(lower);
            }
        } else if !matches!(
            c,
            '’' | '‘' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}'
        ) {
            self.end_token();
        }
    }

    fn push_wide(&mut self, c: char) {
        self.is_ascii = false;
        let mut utf8 = [0; 4];
        self.normal
            .extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    }
}

/// Undoes what UTF-8 read as windows-1252 does to words ("Ã©", "â€™"): a letter stays one letter
/// (some accented one, which the skeleton leaves out), a punctuation mark stays one.
fn join_broken(run: &str) -> Cow<'_, str> {
    if !run.contains(['Ã', 'Â', 'Å', 'â']) {
        return Cow::Borrowed(run);
    }
    let mut joined = String::with_capacity(run.len());
    let mut chars = run.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('Ã' | 'Å', Some(&second)) if is_trail(second) => {
                chars.next();
                joined.push('ã');
            }
            ('Â', Some('\u{a0}'..='\u{bf}')) => {}
            ('â', Some('€')) => {
                chars.next();
                let is_apostrophe = matches!(chars.next(), Some('™' | '˜'));
                joined.push(if is_apostrophe { '’' } else { '–' });
            }
            _ => joined.push(c),
        }
    }
    Cow::Owned(joined)
}

/// Whether windows-1252 shows a UTF-8 continuation byte as this character.
fn is_trail(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}' | '\u{152}' | '\u{153}' | '\u{160}' | '\u{161}' | '\u{178}'
        | '\u{17d}' | '\u{17e}' | '\u{192}' | '\u{2c6}' | '\u{2dc}' | '\u{2013}'..='\u{203a}'
        | '\u{20ac}' | '\u{2122}' | '\u{fffd}')
}

/// Scripts that write no space between words: each character is a token.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Myanmar
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Hash of a word without its Latin letters beyond ASCII (U+0080–U+024F).
fn skeleton_hash(word: &[u8], skeleton: &mut Vec<u8>) -> u64 {
    skeleton.clear();
    let mut skips = false;
    for &byte in word {
        if byte >= 0xc0 {
            // Lead bytes C2–C8 and C9 80–8F begin U+0080–U+024F; the few letters of C9 beyond
            // it are rare enough to go along.
            skips = byte <= 0xc9;
        } else if byte < 128 {
            skips = false;
        }
        if !skips {
            skeleton.push(byte);
        }
    }
    xxh3_64(skeleton)
}

/// A bijection of 64 bits that spreads every input bit (the finaliser of SplitMix64).
pub(super) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        let mut scan = Scan::default();
        scan.run(text);
        String::from_utf8(scan.normal().to_vec()).unwrap()
    }

    fn hashes(text: &str) -> Vec<u32> {
        let mut scan = Scan::default();
        scan.run(text);
        scan.tokens.iter().map(|token| token.hash).collect()
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
    fn unspaced_scripts_give_one_token_per_character() {
        assert_eq!(hashes("東京都は").len(), 4);
        assert_eq!(hashes("서울 시청").len(), 2);
    }
}
