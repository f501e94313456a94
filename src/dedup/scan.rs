//! Text → comparable tokens: NFKC, lower case, letters and digits only, line by line.
//!
//! Two views of one text come out. The normal form – tokens parted by single spaces – is what exact
//! copies share; [`Scan::digest`] is its hash. The words are hashes that are blunter: inside a word
//! they leave out accented Latin letters, so that a copy with broken accents ("cafÃ©") still has the
//! words of its twin.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

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
    normal: Vec<u8>,
    skeleton: Vec<u8>,
    /// Where the token at hand begins in `normal`.
    start: usize,
    is_ascii: bool,
    digest: [u64; 2],
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
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
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
                _ => at = self.word::<SPELLED>(bytes, at - 1),
            }
        }
        self.end_line::<SPELLED>();
    }

    /// Takes the run of ASCII letters and digits at `at`; returns where it ends.
    #[inline]
    fn word<const SPELLED: bool>(&mut self, bytes: &[u8], at: usize) -> usize {
        let (mut end, mut hash) = (at, SEED);
        loop {
            let (len, lower) = ascii_run(eight(bytes, end));
            end += len;
            if len > 0 {
                hash = fold(hash ^ lower, FACTORS[0]);
            }
            if len < 8 {
                break;
            }
        }
        let next = bytes.get(end).map_or(BREAK, |&byte| CLASS[byte as usize]);
        let is_whole = self.normal.len() == self.start && next <= NEWLINE;
        if SPELLED || !is_whole {
            let word = bytes.get(at..end).unwrap_or_default();
            let lower = word.iter().map(|&byte| CLASS[byte as usize]);
            self.normal.extend(lower);
        }
        if is_whole {
            self.push_token::<SPELLED>(hash, hash);
        }
        end
    }

    #[inline]
    fn push_token<const SPELLED: bool>(&mut self, exact: u64, word: u64) {
        let [a, b] = self.digest;
        self.digest = [fold(a ^ exact, FACTORS[0]), fold(b ^ exact, FACTORS[1])];
        self.words.push(word as u32);
        if SPELLED {
            let end = self.normal.len();
            self.places.push((self.start as u32, end as u32));
            self.normal.push(b' ');
            self.start = end + 1;
        }
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
        if let Some(end) = self.accented(text.as_bytes(), at) {
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

/// The eight bytes at `at` as a little-endian number, zeros behind the end.
#[inline(always)]
fn eight(bytes: &[u8], at: usize) -> u64 {
    match bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
    {
        Some(eight) => u64::from_le_bytes(eight),
        None => {
            let mut eight = [0; 8];
            let rest = bytes.get(at..).unwrap_or_default();
            let len = rest.len().min(8);
            eight[..len].copy_from_slice(&rest[..len]);
            u64::from_le_bytes(eight)
        }
    }
}

/// With how many ASCII letters and digits eight bytes begin, and these in lower case, zeros behind
/// them. All bytes are looked at at once: a sum carries into the upper bit of each byte that is not
/// below a bound.
#[inline(always)]
const fn ascii_run(chunk: u64) -> (usize, u64) {
    #[inline(always)]
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    #[inline(always)]
    const fn within(bytes: u64, first: u8, last: u8) -> u64 {
        (bytes + each(0x80 - first)) & !(bytes + each(0x7f - last))
    }
    let seven = chunk & each(0x7f);
    let is_word = within(seven, b'0', b'9') | within(seven | each(0x20), b'a', b'z');
    let is_other = !(is_word & !chunk) & each(0x80);
    let bits = is_other.trailing_zeros() & !7;
    let lower = chunk | each(0x20);
    match 1_u64.checked_shl(bits) {
        Some(end) => ((bits / 8) as usize, lower & (end - 1)),
        None => (8, lower),
    }
}

const SEED: u64 = 0x243f_6a88_85a3_08d3;
pub(super) const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];

/// Both halves of a product in one (the step of wyhash).
#[inline(always)]
pub(super) const fn fold(value: u64, factor: u64) -> u64 {
    let product = value as u128 * factor as u128;
    product as u64 ^ (product >> 64) as u64
}

/// Hash of the bytes of a token, none of them zero.
fn hash(bytes: &[u8]) -> u64 {
    let steps = (0..bytes.len()).step_by(8);
    steps.fold(SEED, |hash, at| fold(hash ^ eight(bytes, at), FACTORS[0]))
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
    hash(skeleton)
}

/// A bijection of 64 bits that spreads every input bit (the finaliser of SplitMix64).
#[inline(always)]
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

        #[test]
        fn eight_bytes_are_looked_at_at_once(bytes in proptest::array::uniform8(0_u8..)) {
            let len = bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(8);
            let mut lower = [0; 8];
            lower[..len].copy_from_slice(&bytes[..len]);
            lower.make_ascii_lowercase();
            proptest::prop_assert_eq!(ascii_run(u64::from_le_bytes(bytes)), (len, u64::from_le_bytes(lower)));
        }
    }
}
