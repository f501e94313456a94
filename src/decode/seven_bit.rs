//! Encodings that write everything in ASCII bytes: ISO-2022-JP, which is decoded, and its
//! relatives, UTF-7 and HZ, which are named.

use std::ops::RangeInclusive;

use memchr::{memchr, memchr2_iter, memmem};

/// How far UTF-7 and HZ are looked for: their text switches in every line.
const LOOK: usize = 4096;

/// Encodings that switch by escape sequences and are not in the WHATWG standard.
pub(super) fn other_escapes(bytes: &[u8]) -> Option<&'static str> {
    let has = |escape: &[u8]| memmem::find(bytes, escape).is_some();
    if has(b"\x1B$)C") {
        return Some("ISO-2022-KR");
    }
    (has(b"\x1B$)A") || has(b"\x1B$)G")).then_some("ISO-2022-CN")
}

/// Whether bytes with escapes are ISO-2022-JP.
pub(super) fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let (text, damaged) = encoding_rs::ISO_2022_JP.decode_without_bom_handling(bytes);
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    let broken = text.matches('\u{FFFD}').count();
    wide > 0 && (!damaged || broken * 20 <= wide)
}

/// Whether what may be a switch of UTF-7, and one of HZ, stands near the start.
pub(super) fn switches(bytes: &[u8]) -> (bool, bool) {
    let look = bytes.get(..LOOK).unwrap_or(bytes);
    let (mut shifts, mut tildes) = (false, false);
    for at in memchr2_iter(b'+', b'~', look) {
        match (look.get(at), look.get(at + 1)) {
            // `+A` to `+P` starts most runs of UTF-7, and little else does.
            (Some(b'+'), next) => shifts |= matches!(next, Some(b'A'..=b'Z')),
            (_, next) => tildes |= next == Some(&b'{'),
        }
    }
    (shifts, tildes)
}

/// Whether ASCII bytes are HZ (RFC 1843): `~{`, pairs of bytes that are GB 2312 less the upper
/// bit, `~}`, at least three characters of Chinese.
pub(super) fn is_hz(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(..LOOK).unwrap_or(bytes);
    let mut wide = 0;
    while let Some(at) = memchr(b'~', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(shifted) = rest.strip_prefix(b"{") else {
            continue;
        };
        let Some(end) = memmem::find(shifted, b"~}") else {
            break;
        };
        let pairs: Vec<u8> = shifted.iter().take(end).map(|b| b | 0x80).collect();
        let (text, damaged) = encoding_rs::GBK.decode_without_bom_handling(&pairs);
        let is_chinese = |c| matches!(c, '\u{3000}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}');
        if damaged || pairs.len() % 2 == 1 || !text.chars().all(is_chinese) {
            return false;
        }
        wide += pairs.len() / 2;
        rest = shifted.get(end + 2..).unwrap_or_default();
    }
    wide >= 3
}

/// Whether ASCII bytes are UTF-7 (RFC 2152): at least three shifted runs, and no `+` that neither
/// starts one nor stands for itself.
pub(super) fn is_utf7(bytes: &[u8]) -> bool {
    let (mut rest, mut runs) = (bytes, 0);
    while let Some(at) = memchr(b'+', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let digits = rest.iter().map_while(|&b| digit(b));
        let run: Vec<u8> = digits.collect();
        rest = rest.get(run.len()..).unwrap_or_default();
        match run.is_empty() {
            true if rest.first() == Some(&b'-') => {}
            false if is_shifted(&run) => runs += 1,
            _ => return false,
        }
    }
    runs >= 3
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Letters and signs of Latin text, and the blocks of other scripts.
const LATIN: [RangeInclusive<u16>; 4] =
    [0x21..=0x7E, 0xA0..=0x17F, 0x2010..=0x203A, 0x20AC..=0x20AC];
const OTHERS: [RangeInclusive<u16>; 4] = [
    0x370..=0x6FF,
    0xE00..=0xE7F,
    0x3000..=0x9FFF,
    0xAC00..=0xDFFF,
];

/// Whether digits of base 64 are whole UTF-16 units of text, and what is left over is nothing.
/// One unit alone says too little where it may be any of thousands.
fn is_shifted(run: &[u8]) -> bool {
    let (mut bits, mut held, mut units) = (0_u32, 0, Vec::new());
    for &digit in run {
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push((bits >> held) as u16);
            bits &= (1 << held) - 1;
        }
    }
    let within = |ranges: &[RangeInclusive<u16>], unit| ranges.iter().any(|r| r.contains(unit));
    let latin = units.iter().all(|unit| within(&LATIN, unit));
    let is_text = |unit| within(&LATIN, unit) || within(&OTHERS, unit);
    let known = latin || units.len() > 1 && units.iter().all(is_text);
    !units.is_empty() && held < 6 && bits == 0 && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf7_needs_several_runs() {
        assert!(is_utf7(b"+AOk-t+AOk- +ADw-b+AD4-"));
        assert!(is_utf7(b"Apr+AOg-s l+IBkA6Q-t+AOk, +AOA la for+AOo-t"));
        assert!(is_utf7(
            b"+BB8EQAQ4BDIENQRC, +BDwEOARA +- +BDgEPQRCBDUEQAQ9BDUEQg"
        ));
        assert!(!is_utf7(b"a+b, C++ and /x?q=a+AOk-b"));
        assert!(!is_utf7(b"q=Foo+Bar&r=All+Ask&s=One+Two, +And +More"));
        assert!(!is_utf7(b"plain"));
    }

    #[test]
    fn hz_is_pairs_of_gb_2312() {
        assert!(is_hz(b"~{<:Ky2;SC!#~}"));
        assert!(!is_hz(b"if ~{x} or ~{y~} then ~/home"));
        assert!(!is_hz(b"~{ab~}"));
    }

    #[test]
    fn escapes_of_terminals_are_no_encoding() {
        assert!(!is_iso_2022_jp(b"\x1B[31mred\x1B[0m"));
        assert!(is_iso_2022_jp(b"\x1B$B$3$s\x1B(B"));
        assert_eq!(other_escapes(b"\x1B$)C\x0E"), Some("ISO-2022-KR"));
    }
}
