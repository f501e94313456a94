//! The scan that keeps clean text cheap: which families of damage a text may hold at all. ASCII is
//! skipped in blocks, other characters are looked up by their first two bytes.

use std::sync::OnceLock;

use super::{chars, mojibake};

/// What may have to be repaired.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Characters that read as one when they are taken for bytes of UTF-8.
    pub mojibake: bool,
    /// Where a control, space, hyphen or mark stands that is no text.
    pub special: Vec<usize>,
    /// A character that may have to be composed.
    pub marks: bool,
}

impl Marks {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut marks = Marks::default();
        let (two, mut at) = (of_two(), 0);
        // Where the character right before starts, unless it is ASCII.
        let mut before = None;
        loop {
            let ascii = ascii_prefix(bytes.get(at..).unwrap_or_default());
            at += ascii;
            before = before.filter(|_| ascii == 0);
            let (Some(&lead), Some(&next)) = (bytes.get(at), bytes.get(at + 1)) else {
                return marks;
            };
            let (flags, length) = match lead {
                ..0xE0 => (two[index(lead, next, 0x1F)], 2),
                0xE0..0xF0 => (of_three()[index(lead, next, 0x0F)], 3),
                _ => (MARK, 4),
            };
            if flags & (SPECIAL | MARK | LONE_A) > 0 || (flags & GOES_ON > 0 && before.is_some()) {
                marks.look(text, at, before);
            }
            before = Some(at);
            at += length;
        }
    }

    /// Looks closely at one character and the one before.
    fn look(&mut self, text: &str, at: usize, before: Option<usize>) {
        let Some(rest) = text.get(at..) else { return };
        let Some(c) = rest.chars().next() else { return };
        // Kana, quotes and dashes share their first bytes with marks and spaces.
        if !matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '\u{2010}'..='\u{2027}') {
            if chars::is_special(c) {
                self.special.push(at);
            }
            self.marks |= !chars::is_stable(c);
        }
        // `Ã` before a space: `à` that lost its no-break space.
        self.mojibake |= rest.starts_with("Ã ");
        if let Some(start) = before.filter(|_| !self.mojibake) {
            self.mojibake = mojibake::starts(text, start, c);
        }
    }
}

/// [`chars::is_special`].
const SPECIAL: u8 = 1;
/// Not [`chars::is_stable`].
const MARK: u8 = 2;
/// [`mojibake::may_continue`].
const GOES_ON: u8 = 4;
/// `Ã`, which says something before a space.
const LONE_A: u8 = 8;

fn flags(c: char) -> u8 {
    let flag = |is, flag| if is { flag } else { 0 };
    flag(chars::is_special(c), SPECIAL)
        | flag(!chars::is_stable(c), MARK)
        | flag(mojibake::may_continue(c), GOES_ON)
        | flag(c == 'Ã', LONE_A)
}

/// The place of two bytes in a table; `mask` takes what the first holds of the character.
fn index(lead: u8, next: u8, mask: u8) -> usize {
    usize::from(lead & mask) << 6 | usize::from(next & 0x3F)
}

/// The characters of two bytes.
fn of_two() -> &'static [u8; 2048] {
    static TABLE: OnceLock<[u8; 2048]> = OnceLock::new();
    TABLE.get_or_init(|| std::array::from_fn(|code| char::from_u32(code as u32).map_or(0, flags)))
}

/// The characters of three bytes, 64 that share the first two together.
fn of_three() -> &'static [u8; 1024] {
    static TABLE: OnceLock<[u8; 1024]> = OnceLock::new();
    TABLE.get_or_init(|| {
        let block = |i: usize| (i as u32) << 6..((i + 1) as u32) << 6;
        std::array::from_fn(|i| {
            let chars = block(i)
                .filter(|code| *code >= 0x800)
                .filter_map(char::from_u32);
            chars.fold(0, |all, c| all | flags(c))
        })
    })
}

/// The characters beyond ASCII and where they start.
pub(super) fn beyond_ascii(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += ascii_prefix(text.as_bytes().get(at..)?);
        let start = at;
        let c = text.get(start..)?.chars().next()?;
        at += c.len_utf8();
        Some((start, c))
    })
}

/// How many bytes of ASCII come first.
fn ascii_prefix(bytes: &[u8]) -> usize {
    if bytes.first().is_some_and(|byte| !byte.is_ascii()) {
        return 0;
    }
    // Blocks of this size are looked at with a few instructions of vectors.
    let is_ascii = |block: &&[u8; 64]| block.iter().fold(0, |all, byte| all | byte) < 0x80;
    let blocks = bytes
        .as_chunks::<64>()
        .0
        .iter()
        .take_while(is_ascii)
        .count()
        * 64;
    let rest = bytes.get(blocks..).unwrap_or_default();
    let is_ascii = |block: &&[u8; 8]| u64::from_le_bytes(**block) & 0x8080_8080_8080_8080 == 0;
    let small = rest.as_chunks::<8>().0.iter().take_while(is_ascii).count() * 8;
    let rest = rest.get(small..).unwrap_or_default();
    blocks + small + rest.iter().take_while(|b| b.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn whatever_composition_changes_is_found() {
        for c in (0..0x30000).filter_map(char::from_u32) {
            let text: String = ['a', c].iter().collect();
            if text.nfc().ne(text.chars()) {
                assert!(Marks::of(&text).marks, "U+{:04X}", c as u32);
            }
        }
    }

    #[test]
    fn whatever_single_edits_change_is_found() {
        let policy = super::super::RepairPolicy::default();
        for c in (0..0x30000).filter_map(char::from_u32) {
            let text: String = ['a', c, 'b'].iter().collect();
            if !chars::find(&text, &[1], &policy).is_empty() {
                assert_eq!(Marks::of(&text).special, [1], "U+{:04X}", c as u32);
            }
        }
    }

    #[test]
    fn clean_text_needs_no_look() {
        for text in [
            "L’été, à l’aube, « déjà » là-bas… naïve à côté d’où l’on était",
            "Ещё не было; моё, твоё – её объём",
            "Її їжа є ще й нині, ґанок і їх",
            "Ελλάδα: άνθρωποι και θάλασσα",
            "日本語の文章、カタカナも",
            "한국어 문장",
            "في المساء مشينا على ضفاف النهر",
        ] {
            let text = text.replace('\u{A0}', " ");
            let marks = Marks::of(&text);
            let any = marks.mojibake || marks.marks || !marks.special.is_empty();
            assert!(!any, "{text} {marks:?}");
        }
        assert!(Marks::of("cafÃ©").mojibake);
        assert!(Marks::of("voilÃ le").mojibake);
    }
}
