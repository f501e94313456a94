//! A line as bytes, one for each character, the same for both of its cases: ASCII as it is in lower
//! case, others as one of 128.

use std::sync::OnceLock;

use super::literals::lower;

/// An odd number without a pattern (of xxHash): the upper bits of a product depend on all.
pub(super) const SPREAD: u32 = 0x9e37_79b1;
/// Characters that are known together where many words are looked for at once.
pub(super) const GRAM: usize = 4;

/// The bytes of the characters below U+10000, by 256, filled when first asked for; 0 for those
/// that become several in lower case.
static BYTES: [OnceLock<Box<[u8; 256]>>; 256] = [const { OnceLock::new() }; 256];

/// Writes `text` with a byte per character into `bytes`.
pub(super) fn bytes_of(text: &str, bytes: &mut Vec<u8>) {
    bytes.clear();
    if text.is_ascii() {
        bytes.extend_from_slice(text.as_bytes());
        bytes.make_ascii_lowercase();
        return;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().take_while(u8::is_ascii).count();
        let (run, others) = rest.split_at(ascii);
        bytes.extend_from_slice(run.as_bytes());
        let mut chars = others.chars();
        if let Some(c) = chars.next() {
            push(c, bytes);
        }
        rest = chars.as_str();
    }
    bytes.make_ascii_lowercase();
}

/// Adds a character beyond ASCII.
fn push(c: char, bytes: &mut Vec<u8>) {
    let code = c as u32;
    let page = BYTES.get(code as usize >> 8).map(|page| {
        page.get_or_init(|| {
            let c = |at: usize| char::from_u32((code & !0xff) + at as u32);
            Box::new(std::array::from_fn(|at| c(at).and_then(byte).unwrap_or(0)))
        })
    });
    match page.map(|page| page[code as usize & 0xff]) {
        Some(byte) if byte != 0 => bytes.push(byte),
        _ => bytes.extend(lower(c).map(byte_of_lower)),
    }
}

/// The byte of a character that is one in lower case.
fn byte(c: char) -> Option<u8> {
    let mut all = lower(c);
    let one = all.next()?;
    all.next().is_none().then(|| byte_of_lower(one))
}

fn byte_of_lower(c: char) -> u8 {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => byte,
        _ => ((c as u32).wrapping_mul(SPREAD) >> 25) as u8 | 0x80,
    }
}

/// Four characters as a number.
pub(super) fn gram(bytes: &[u8]) -> u64 {
    let bytes = bytes.first_chunk().copied().unwrap_or([0; GRAM]);
    u64::from(u32::from_le_bytes(bytes))
}
