//! Character references and the other changes that turn bytes of the page into characters.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

use super::lex::TextKind;

/// A character reference: how long it is in the page and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Bytes from `&` to the last byte that belongs to it.
    pub len: usize,
    /// What it stands for.
    pub first: char,
    /// A second character, for the few names that stand for two.
    pub second: Option<char>,
}

impl Reference {
    /// Appends what the reference stands for.
    pub fn push_to(self, out: &mut String) {
        out.push(self.first);
        out.extend(self.second);
    }
}

/// The longest name in the standard's table, `CounterClockwiseContourIntegral;`.
const LONGEST_NAME: usize = 32;

/// The reference at the start of `text` (which begins with `&`), by the rules for text or for
/// attribute values; `None` where `&` stands for itself.
pub fn reference(text: &str, in_attribute: bool) -> Option<Reference> {
    let rest = text.strip_prefix('&')?;
    match rest.as_bytes().first()? {
        b'#' => numeric(&rest[1..]),
        byte if byte.is_ascii_alphanumeric() => named(rest, in_attribute),
        _ => None,
    }
}

fn numeric(rest: &str) -> Option<Reference> {
    let (marker, radix) = match rest.as_bytes().first()? {
        b'x' | b'X' => (1, 16),
        _ => (0, 10),
    };
    let mut value = 0u32;
    let mut digits = 0;
    for digit in rest[marker..].chars().map_while(|c| c.to_digit(radix)) {
        value = value.saturating_mul(radix).saturating_add(digit);
        digits += 1;
    }
    if digits == 0 {
        return None;
    }
    let end = marker + digits;
    let semicolon = usize::from(rest.as_bytes().get(end) == Some(&b';'));
    Some(Reference {
        len: 2 + end + semicolon,
        first: code_point(value),
        second: None,
    })
}

fn code_point(value: u32) -> char {
    match value {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9f => C1_REPLACEMENTS
            .get(value as usize - 0x80)
            .copied()
            .flatten()
            .or(char::from_u32(value))
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn named(rest: &str, in_attribute: bool) -> Option<Reference> {
    let bytes = rest.as_bytes();
    let word = bytes
        .iter()
        .take(LONGEST_NAME)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    if bytes.get(word) == Some(&b';')
        && let Some(found) = lookup(&rest[..=word])
    {
        return Some(found);
    }
    // Some names are known without their semicolon; the longest wins.
    let found = (1..=word).rev().find_map(|len| lookup(&rest[..len]))?;
    let next = bytes.get(found.len - 1).copied();
    let continues = next.is_some_and(|byte| byte == b'=' || byte.is_ascii_alphanumeric());
    (!in_attribute || !continues).then_some(found)
}

fn lookup(name: &str) -> Option<Reference> {
    let common = match name {
        "amp;" => Some('&'),
        "nbsp;" => Some('\u{a0}'),
        "quot;" => Some('"'),
        "lt;" => Some('<'),
        "gt;" => Some('>'),
        _ => None,
    };
    let (first, second) = match common {
        Some(first) => (first, None),
        None => {
            // The table holds the prefixes of names too, with 0 for their character.
            let &(first, second) = NAMED_ENTITIES.get(name)?;
            let second = (second != 0).then(|| char::from_u32(second)).flatten();
            (char::from_u32(first).filter(|&c| c != '\0')?, second)
        }
    };
    Some(Reference {
        len: 1 + name.len(),
        first,
        second,
    })
}

/// The characters of a text run as the standard's tokenizer would emit them.
pub fn decode_text(raw: &str, kind: TextKind) -> Cow<'_, str> {
    let references = matches!(kind, TextKind::Data | TextKind::Rcdata);
    decode(raw, references, false)
}

/// The value of an attribute.
pub fn decode_value(raw: &str) -> Cow<'_, str> {
    decode(raw, true, true)
}

fn decode(raw: &str, references: bool, in_attribute: bool) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let special = |from: usize| {
        let rest = bytes.get(from..)?;
        let found = match references {
            true => memchr3(b'&', b'\r', 0, rest),
            false => memchr2(b'\r', 0, rest),
        };
        found.map(|at| from + at)
    };
    let Some(first) = special(0) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    let mut next = Some(first);
    while let Some(found) = next {
        out.push_str(&raw[at..found]);
        at = found + 1;
        match bytes[found] {
            b'\r' => {
                out.push('\n');
                at += usize::from(bytes.get(at) == Some(&b'\n'));
            }
            0 => out.push(char::REPLACEMENT_CHARACTER),
            _ => match reference(&raw[found..], in_attribute) {
                Some(reference) => {
                    reference.push_to(&mut out);
                    at = found + reference.len;
                }
                None => out.push('&'),
            },
        }
        next = special(at);
    }
    out.push_str(&raw[at..]);
    Cow::Owned(out)
}
