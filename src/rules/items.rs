//! What a line begins and ends with, as its first and last letters with a byte for each: they tell
//! whether a phrase may match, whatever the length of the line.
//!
//! An item is a letter in lower case, or a number (a run of digits, whatever parts them). Lines
//! that are equal once [normalised](super::normalise::normalise), with or without their numbers
//! folded, have the same items; the others are told apart by comparing them.

use std::sync::OnceLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::normalise::{fold, normalise};

/// Items at either end that are looked at.
pub(super) const ITEMS: usize = 8;

/// No item: white space, punctuation.
pub(super) const NONE: u32 = 0;
/// A character that normalisation may change together with its neighbours.
pub(super) const UNSURE: u32 = u32::MAX;
pub(super) const NUMBER: u32 = '0' as u32;

/// Odd numbers without a pattern (of FxHash and xxHash): the upper bits of a product depend on all.
const MIX: u64 = 0x517c_c1b7_2722_0a95;
const SPREAD: u32 = 0x9e37_79b1;
/// The number among the bytes of items.
const DIGIT: u8 = b'0';
/// No item of ASCII.
const BEYOND: u8 = 0xff;

/// The items of the ASCII characters as bytes; 0 for none.
static ASCII: [u8; 256] = {
    let mut items = [BEYOND; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        items[byte as usize] = match byte {
            b'a'..=b'z' => byte,
            b'A'..=b'Z' => byte.to_ascii_lowercase(),
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    items
};

/// The byte of an item: letters and digits of ASCII as they are, others as one of 128.
fn byte_of(item: u32) -> u8 {
    match u8::try_from(item) {
        Ok(byte) if byte.is_ascii() => byte,
        _ => (item.wrapping_mul(SPREAD) >> 25) as u8 | 0x80,
    }
}

/// The items of the characters below U+10000, by 256, filled when first asked for.
static OTHERS: [OnceLock<Box<[u32; 256]>>; 256] = [const { OnceLock::new() }; 256];

/// The item of a character.
pub(super) fn item(c: char) -> u32 {
    let code = c as usize;
    match OTHERS.get(code >> 8) {
        _ if c.is_ascii() => u32::from(ASCII[code & 0x7f]),
        Some(table) => table.get_or_init(|| items_from(code as u32 & !0xff))[code & 0xff],
        None => find_item(c),
    }
}

fn items_from(first: u32) -> Box<[u32; 256]> {
    let item = |at: usize| char::from_u32(first + at as u32).map_or(UNSURE, find_item);
    Box::new(std::array::from_fn(item))
}

/// The item of a character, if it is the same before and after normalisation in any company.
fn find_item(c: char) -> u32 {
    let starts = |c: char| {
        canonical_combining_class(c) == 0 && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes
    };
    let mut found = NONE;
    for c in std::iter::once(c).nfkc() {
        if !starts(c) {
            return UNSURE;
        }
        for c in c.to_lowercase() {
            let next = item_of_normal(fold(c));
            match found {
                _ if next == NONE => {}
                NONE => found = next,
                _ => return UNSURE,
            }
        }
    }
    found
}

/// The item of a character of a normalised line.
fn item_of_normal(c: char) -> u32 {
    match c {
        c if c.is_numeric() => NUMBER,
        c if c.is_alphanumeric() => c as u32,
        _ => NONE,
    }
}

/// The first and the last [`ITEMS`] items of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    head: Run,
    tail: Run,
    odd: bool,
}

/// A run of items, the first in the lowest byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Run {
    items: u64,
    len: u32,
    last: u8,
}

/// A run of items as [`Ends`] gives it.
pub(super) fn run_of(items: &[u32]) -> u64 {
    Run::of(items.iter().copied()).items
}

impl Run {
    /// Adds an item; whether there is room for more.
    fn push(&mut self, item: u32) -> bool {
        let byte = byte_of(item);
        if item != NONE && !(byte == DIGIT && self.last == DIGIT) && self.len < ITEMS as u32 {
            self.items |= u64::from(byte) << (8 * self.len);
            self.last = byte;
            self.len += 1;
        }
        self.len < ITEMS as u32
    }

    fn of(items: impl Iterator<Item = u32>) -> Self {
        let mut run = Self::default();
        for item in items {
            if !run.push(item) {
                break;
            }
        }
        run
    }
}

impl Ends {
    /// The ends of a line as it is written; `buffer` is for lines that must be normalised first.
    pub(crate) fn of(line: &str, buffer: &mut String) -> Self {
        let mut ends = Self::default();
        match (ends.head.take_head(line), ends.tail.take_tail(line)) {
            (Some(one), Some(other)) => ends.odd = one || other,
            _ => {
                normalise(line, buffer);
                ends = Self::of_normal(buffer);
                ends.odd = true;
            }
        }
        ends
    }

    /// The ends of a normalised line.
    pub(super) fn of_normal(line: &str) -> Self {
        Self {
            head: Run::of(line.chars().map(item_of_normal)),
            tail: Run::of(line.chars().rev().map(item_of_normal)),
            odd: false,
        }
    }

    /// The same for all lines that are the same once normalised.
    pub(crate) fn key(&self) -> u64 {
        self.head.items.wrapping_mul(MIX).rotate_left(29) ^ self.tail.items
    }

    /// The first items, a byte for each, the first in the lowest.
    #[inline]
    pub(super) fn head(&self) -> u64 {
        self.head.items
    }

    /// The last items, the last of the line in the lowest byte.
    #[inline]
    pub(super) fn tail(&self) -> u64 {
        self.tail.items
    }

    /// Whether the line holds, near its ends, numbers beyond ASCII or characters that
    /// normalisation may change.
    pub(super) fn odd(&self) -> bool {
        self.odd
    }

    /// How many items are known: of lines with more the first and last [`ITEMS`].
    pub(super) fn len(&self) -> usize {
        self.head.len as usize
    }
}

impl Run {
    /// Takes the first items of a line; whether there are numbers beyond ASCII among them, and
    /// `None` if normalisation may change one.
    fn take_head(&mut self, line: &str) -> Option<bool> {
        let (taken, full) = self.take_ascii(line.bytes());
        let mut chars = line.get(taken..)?.chars();
        if full && line.as_bytes().get(taken).is_none_or(u8::is_ascii) {
            return Some(false);
        }
        let odd = !full && self.take_any(&mut chars)?;
        // What comes next may combine with the last item.
        let next = chars.next().map_or(NONE, item);
        (next != UNSURE).then_some(odd)
    }

    /// The same for the last items, from the end.
    fn take_tail(&mut self, line: &str) -> Option<bool> {
        let (taken, full) = self.take_ascii(line.bytes().rev());
        if full {
            return Some(false);
        }
        let rest = line.get(..line.len() - taken)?;
        self.take_any(&mut rest.chars().rev())
    }

    /// Takes the items of the ASCII characters that come first; how many characters that were, and
    /// whether the run is complete.
    #[inline]
    fn take_ascii(&mut self, bytes: impl Iterator<Item = u8>) -> (usize, bool) {
        // The compiler keeps these in registers.
        let Self {
            mut items,
            mut len,
            mut last,
        } = *self;
        let (mut taken, mut full) = (0, true);
        for byte in bytes {
            let item = ASCII[usize::from(byte)];
            if item == BEYOND {
                full = false;
                break;
            }
            taken += 1;
            if item == 0 || item == DIGIT && last == DIGIT {
                continue;
            }
            items |= u64::from(item) << (8 * len);
            last = item;
            len += 1;
            if len == ITEMS as u32 {
                break;
            }
        }
        *self = Self { items, len, last };
        (taken, full)
    }

    /// Takes the items of any characters; else as [`take_head`](Self::take_head).
    fn take_any(&mut self, chars: &mut impl Iterator<Item = char>) -> Option<bool> {
        let mut odd = false;
        for c in chars {
            let item = item(c);
            odd |= item == NUMBER && !c.is_ascii();
            match item {
                UNSURE => return None,
                item if self.push(item) => {}
                _ => break,
            }
        }
        Some(odd)
    }
}

#[cfg(test)]
mod tests {
    use super::super::normalise::fold_numbers;
    use super::*;

    fn ends(line: &str) -> Ends {
        let ends = Ends::of(line, &mut String::new());
        Ends { odd: false, ..ends }
    }

    fn normal(line: &str) -> Ends {
        let mut out = String::new();
        normalise(line, &mut out);
        Ends::of_normal(&out)
    }

    #[test]
    fn a_line_and_its_normal_form_have_the_same_ends() {
        for line in [
            "— PUBLICITÉ —",
            "1 234,5 commentaires",
            "L\u{2019}article\u{a0}: la suite… »",
            "cafe\u{301}s and more cafe\u{301}",
            "abcdefge\u{301} and so on",
            "Ｆｕｌｌ width №5 ﬁn ½",
            "İstanbul ŞİŞLİ",
            "【広告】お知らせ",
            "ยกเลิก ๑๒๓ العربية ١٢٣",
            "한국어 뉴스 \u{1100}\u{1161}",
            "",
            "***",
        ] {
            assert_eq!(ends(line), normal(line), "{line}");
            let (mut out, mut folded) = (String::new(), String::new());
            normalise(line, &mut out);
            fold_numbers(&out, &mut folded);
            assert_eq!(ends(line), Ends::of_normal(&folded), "{line}");
        }
        assert_eq!(ends("1 234 avis"), ends("{1} avis"));
        assert_ne!(ends("un avis"), ends("deux avis"));
    }

    #[test]
    fn all_characters_agree_with_their_normal_form() {
        for c in (0..0x3_0000).filter_map(char::from_u32) {
            for line in [format!("a{c}b"), format!("{c}"), format!("abcdefgh{c}")] {
                assert_eq!(ends(&line), normal(&line), "{:x}", c as u32);
            }
        }
    }
}
