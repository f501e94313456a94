//! UTF-16 without byte order mark: by where the NULs and small bytes stand.

use encoding_rs::Encoding;

/// Code units that are looked at.
const LOOK: usize = 2048;
/// Code units after which text without letters of an alphabetic script is given up.
const ENOUGH: usize = 256;

/// UTF-16 in a script whose characters share their upper bytes: Latin, Greek, Cyrillic, Hebrew,
/// Arabic, Thai …. Chinese, Japanese and Korean compete with the other candidates.
pub(super) fn by_parity(bytes: &[u8]) -> Option<&'static Encoding> {
    let little = Units::count(bytes, |pair| [pair[1], pair[0]]);
    let big = Units::count(bytes, |pair| [pair[0], pair[1]]);
    match (little.plausible(), big.plausible()) {
        (true, false) => Some(encoding_rs::UTF_16LE),
        (false, true) => Some(encoding_rs::UTF_16BE),
        (true, true) if little.odd < big.odd => Some(encoding_rs::UTF_16LE),
        (true, true) if big.odd < little.odd => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// What the code units are when read in one byte order.
struct Units {
    all: usize,
    /// No character, or one that hardly occurs in text.
    odd: usize,
    /// In an alphabetic script.
    alphabetic: usize,
}

impl Units {
    fn count(bytes: &[u8], order: fn([u8; 2]) -> [u8; 2]) -> Self {
        let mut units = Units {
            all: 0,
            odd: 0,
            alphabetic: 0,
        };
        let mut lead = false;
        for pair in bytes.as_chunks::<2>().0.iter().take(LOOK) {
            let is_other = units.all == ENOUGH && units.alphabetic * 8 < ENOUGH;
            if units.odd * 40 > LOOK || is_other {
                break;
            }
            let [upper, lower] = order(*pair);
            units.all += 1;
            let trail = matches!(upper, 0xDC..=0xDF);
            units.odd += usize::from(lead != trail);
            lead = matches!(upper, 0xD8..=0xDB);
            match (upper, lower) {
                (0, b'\t' | b'\n' | 0x0C | b'\r' | 0x20..=0x7E | 0xA0..)
                | (1..=6 | 9..=0x0E | 0x10 | 0x1E | 0x1F, _) => units.alphabetic += 1,
                (0x20..=0x22 | 0x25..=0x27 | 0x30..=0x9F | 0xAC..=0xD7 | 0xFE | 0xFF, _)
                    if upper != 0xFF || lower < 0xF0 => {}
                (0xD8..=0xDF, _) => {}
                _ => units.odd += 1,
            }
        }
        units
    }

    fn plausible(&self) -> bool {
        self.all >= 2 && self.odd * 40 <= self.all && self.alphabetic * 2 > self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_follows_from_the_upper_bytes() {
        for text in ["Plain words", "Привет, мир", "Γειά σου", "שלום", "สวัสดี"]
        {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(by_parity(&little), Some(encoding_rs::UTF_16LE), "{text}");
            assert_eq!(by_parity(&big), Some(encoding_rs::UTF_16BE), "{text}");
        }
    }

    #[test]
    fn text_with_stray_nuls_is_not_utf16() {
        assert_eq!(by_parity(b"some words\0 and a NUL\0 here"), None);
        assert_eq!(by_parity(b"a\0"), None);
    }
}
