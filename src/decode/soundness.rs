//! How sound bytes are as UTF-8.

/// How sound bytes are as UTF-8.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Soundness {
    /// Characters beyond ASCII that occur in text.
    pub good: usize,
    /// Those of three and four bytes.
    pub long: usize,
    /// Runs of bad bytes.
    pub bad: usize,
    /// Bad bytes.
    pub bad_bytes: usize,
    /// Whether the end cuts a character off.
    pub cut: bool,
}

impl Soundness {
    /// How sound the bytes are; a character cut off behind nothing but bad bytes is one of them.
    pub fn of(bytes: &[u8]) -> Self {
        let Some((_, but_last)) = bytes.split_last() else {
            return Self::default();
        };
        if !has_pair(bytes) && !but_last.is_ascii() {
            return Self::without_characters(bytes);
        }
        Self::counted(bytes)
    }

    /// Each byte beyond ASCII is bad.
    fn without_characters(bytes: &[u8]) -> Self {
        let following = bytes.get(1..).unwrap_or_default();
        let starts = bytes.iter().zip(following);
        let starts = starts.filter(|(before, byte)| before.is_ascii() && !byte.is_ascii());
        Self {
            bad: starts.count() + bytes.first().map_or(0, |b| usize::from(!b.is_ascii())),
            bad_bytes: bytes.iter().filter(|b| !b.is_ascii()).count(),
            ..Self::default()
        }
    }

    fn counted(bytes: &[u8]) -> Self {
        let mut sound = Self::default();
        // Bad bytes right before, and where the next block starts.
        let (mut run, mut rest, mut left) = (0, bytes, bytes.len());
        loop {
            while rest.len() <= left
                && let Some(block) = rest.first_chunk::<BLOCK>()
            {
                left = rest.len() - BLOCK;
                let bad = violations(block);
                if bad < HOPELESS {
                    break;
                }
                sound.bad += usize::from(bad);
                sound.bad_bytes += block.iter().filter(|b| !b.is_ascii()).count();
                (rest, run) = (rest.get(BLOCK..).unwrap_or_default(), 0);
            }
            let ascii = ascii_prefix(rest);
            let Some(beyond) = rest.get(ascii..).filter(|beyond| !beyond.is_empty()) else {
                return sound;
            };
            run = if ascii > 0 { 0 } else { run };
            let (length, is_bad) = match next(beyond) {
                Next::Character(c, length) => {
                    let sides = [rest.get(ascii.wrapping_sub(1)), beyond.get(length)];
                    let usual = usize::from(is_usual(c) && !(is_not_latin(c) && in_word(sides)));
                    sound.good += usual;
                    sound.long += if length > 2 { usual } else { 0 };
                    (length, false)
                }
                Next::Cut if run == 0 => {
                    sound.cut = true;
                    return sound;
                }
                Next::Cut => (beyond.len(), true),
                Next::Bad(length) => (length, true),
            };
            sound.bad += usize::from(is_bad && run == 0);
            sound.bad_bytes += if is_bad { length } else { 0 };
            run = if is_bad { run + length } else { 0 };
            rest = beyond.get(length..).unwrap_or_default();
        }
    }

    /// UTF-8 with damage, without comparing: most of what is beyond ASCII is sound.
    pub fn is_surely_utf8(self) -> bool {
        self.good > 0 && self.good >= self.bad_bytes * 2
    }

    /// UTF-8 with damage, or no worse than other encodings: legacy text hardly ever holds a byte
    /// sequence that is a usual character in UTF-8.
    pub fn is_utf8(self) -> bool {
        self.good > 0 && self.good * 2 >= self.bad_bytes
    }

    /// Whether a comparison of costs may say UTF-8: a sound character is at most about 100 cheaper
    /// than two bytes of a legacy encoding, a bad byte about 50 dearer than one.
    pub fn may_be_utf8(self) -> bool {
        self.good > 0 && self.good * 8 >= self.bad_bytes
    }

    /// `-ln p` in sixteenths, on the scale of the character tables.
    pub fn cost(self) -> u32 {
        const GOOD: u32 = 64;
        const LONG: u32 = 128;
        const BAD: u32 = 144;
        let long = self.long.min(self.good);
        (self.good - long) as u32 * GOOD + long as u32 * LONG + self.bad_bytes as u32 * BAD
    }
}

/// Blocks with so many places where UTF-8 cannot go on are not read character by character.
const BLOCK: usize = 64 + 3;
const HOPELESS: u8 = 8;

/// Where a first byte of a character has no other behind it, where others have none before them,
/// or are more than three.
fn violations(block: &[u8; BLOCK]) -> u8 {
    let goes_on = |byte: u8| byte & 0xC0 == 0x80;
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| block[at..BLOCK - 3 + at].iter());
    // Without a branch: the compiler makes it a few vector instructions.
    a.zip(b)
        .zip(c)
        .zip(d)
        .fold(0, |count, (((&a, &b), &c), &d)| {
            let alone = (a >= 0xC0) & !goes_on(b);
            let stray = (a < 0x80) & goes_on(b);
            let many = goes_on(a) & goes_on(b) & goes_on(c) & goes_on(d);
            count + u8::from(alone | stray | many)
        })
}

/// Whether some byte that starts a character is before one that goes on with it.
fn has_pair(bytes: &[u8]) -> bool {
    let following = bytes.get(1..).unwrap_or_default();
    let pair = |found: bool, (&a, &b): (&u8, &u8)| found | ((a >= 0xC2) & (b & 0xC0 == 0x80));
    // In blocks: without a branch per byte, yet not to the end when one is found early.
    let mut blocks = bytes.chunks(512).zip(following.chunks(512));
    blocks.any(|(a, b)| a.iter().zip(b).fold(false, pair))
}

/// How many bytes of ASCII come first.
fn ascii_prefix(bytes: &[u8]) -> usize {
    let blocks = bytes.as_chunks::<8>().0.iter();
    let is_ascii = |block: &&[u8; 8]| u64::from_le_bytes(**block) & 0x8080_8080_8080_8080 == 0;
    let whole = blocks.take_while(is_ascii).count() * 8;
    let rest = bytes.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|b| b.is_ascii()).count()
}

/// What stands at the start of bytes that do not start with ASCII.
enum Next {
    /// A character and its length.
    Character(u32, usize),
    /// So many bytes that are none.
    Bad(usize),
    /// A character whose end is missing.
    Cut,
}

fn next(bytes: &[u8]) -> Next {
    let Some(&lead) = bytes.first() else {
        return Next::Cut;
    };
    // The ranges of the second byte are those of the Unicode Standard, table 3-7.
    let (length, second) = match lead {
        0xC2..=0xDF => (2, 0x80..=0xBF),
        0xE0 => (3, 0xA0..=0xBF),
        0xED => (3, 0x80..=0x9F),
        0xE1..=0xEF => (3, 0x80..=0xBF),
        0xF0 => (4, 0x90..=0xBF),
        0xF1..=0xF3 => (4, 0x80..=0xBF),
        0xF4 => (4, 0x80..=0x8F),
        _ => return Next::Bad(1),
    };
    let mut code = u32::from(lead) & (0x7F >> length);
    for i in 1..length {
        match bytes.get(i) {
            None => return Next::Cut,
            Some(b) if (i == 1 && second.contains(b)) || (i > 1 && b & 0xC0 == 0x80) => {
                code = code << 6 | u32::from(b & 0x3F);
            }
            Some(_) => return Next::Bad(i),
        }
    }
    Next::Character(code, length)
}

/// Characters of scripts in common use; legacy bytes that happen to be valid UTF-8 mostly give
/// others.
fn is_usual(c: u32) -> bool {
    matches!(c,
        0xA0..=0x24F | 0x300..=0x6FF | 0x900..=0x109F | 0x10A0..=0x10FF | 0x1E00..=0x1FFF
        | 0x2010..=0x203A | 0x20AC | 0x2100..=0x214F | 0x2190..=0x21FF | 0x2500..=0x27BF
        | 0x3000..=0x30FF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xFF00..=0xFFEF
        | 0x1F300..=0x1FAFF)
}

/// Greek, Cyrillic, Armenian … to Georgian.
fn is_not_latin(c: u32) -> bool {
    matches!(c, 0x370..0x1E00)
}

/// Whether one of the neighbours is a Latin letter: words do not mix scripts.
fn in_word(sides: [Option<&u8>; 2]) -> bool {
    sides.into_iter().flatten().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::super::utf8::{Part, parts};
    use super::*;

    #[test]
    fn a_cut_tail_is_not_damage() {
        let sound = Soundness::of(b"\xC3\xA9t\xC3");
        assert!(sound.cut && sound.bad == 0 && sound.good == 1);
    }

    #[test]
    fn words_do_not_mix_scripts() {
        // c’è of macintosh: D5 8F is a letter of Armenian in UTF-8.
        assert_eq!(Soundness::of(b"c\xD5\x8F un").good, 0);
        assert_eq!(Soundness::of("Հայ, Ελλάδα".as_bytes()).good, 9);
    }

    #[test]
    fn counting_agrees_with_the_parts() {
        for bytes in [
            &b"\xC3\xA9t\xC3\xA9 \xFF\xFE\xE2\x82 x \xE2\x82\xAC\xE2\x82"[..],
            b"\xFF\xE2\x82",
            b"\xED\xA0\x80 \xF0\x9F\x98\x80 \xF4\x90\x80\x80 \xC0\xAF",
            b"ascii only, more than one block of it\xE2",
            b"\xD0\x9F\xD1\x80\xD0\xB8 \xE0\x80\x80 \xE3\x81\x82\xE3\x81",
        ] {
            let mut wanted = Soundness::default();
            for part in parts(bytes) {
                match part {
                    Part::Sound(text) => {
                        let usual = text.chars().filter(|&c| is_usual(c as u32));
                        wanted.good += usual.clone().count();
                        wanted.long += usual.filter(|c| c.len_utf8() > 2).count();
                    }
                    Part::Bad(run) => {
                        wanted.bad += 1;
                        wanted.bad_bytes += run.len();
                    }
                    Part::Cut(_) => wanted.cut = true,
                }
            }
            let found = Soundness::of(bytes);
            assert_eq!(format!("{found:?}"), format!("{wanted:?}"), "{bytes:?}");
        }
    }

    #[test]
    fn few_sound_characters_outweigh_few_bad_runs() {
        assert!(Soundness::of(b"\xC3\xA9t\xC3\xA9 caf\xE9 caf\xE9").is_utf8());
        assert!(!Soundness::of(b"caf\xE9 \xE0 la cr\xE8me").is_utf8());
    }
}
