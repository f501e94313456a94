//! windows-1252 or ISO-8859-15: they differ in eight bytes, which stand for rare letters and the
//! euro in the one and for rare signs in the other. Their neighbours tell.

use super::detect::Candidate;

/// How much likelier (`-ln p` in sixteenths) a reading must be that the neighbours cannot
/// overrule, per byte that speaks.
const OVERRULED: u32 = 96;

/// Puts ISO-8859-15 before windows-1252, or behind it, where the two are the likeliest readings,
/// close to each other, and the bytes in which they differ have a side.
pub(super) fn settle(ranked: &mut [Candidate], bytes: &[u8]) {
    let [first, second, ..] = ranked else {
        return;
    };
    let names = [first.encoding, second.encoding];
    let pair = [encoding_rs::WINDOWS_1252, encoding_rs::ISO_8859_15];
    if !pair.iter().all(|encoding| names.contains(encoding)) {
        return;
    }
    let votes = votes(bytes);
    let wanted = match votes {
        1.. => encoding_rs::ISO_8859_15,
        ..=-1 => encoding_rs::WINDOWS_1252,
        0 => return,
    };
    let margin = second.cost.saturating_sub(first.cost);
    if first.encoding != wanted && margin <= OVERRULED * votes.unsigned_abs() {
        std::mem::swap(&mut first.cost, &mut second.cost);
        std::mem::swap(first, second);
    }
}

/// Bytes that read better in ISO-8859-15 less those that read better in windows-1252.
fn votes(bytes: &[u8]) -> i32 {
    let mut votes = 0;
    for (at, &byte) in bytes.iter().enumerate().filter(|(_, b)| **b >= 0xA4) {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        let after = bytes.get(at + 1).copied();
        let is_letter = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphabetic());
        let is_digit = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_digit());
        votes += match byte {
            // The generic currency sign is next to unknown; the euro stands by an amount.
            0xA4 => 1,
            // Š š Ž ž Œ œ Ÿ are parts of words; fractions stand by numbers or alone.
            0xA6 | 0xA8 | 0xB8 | 0xBC..=0xBE if is_digit(before) => -1,
            0xA6 | 0xA8 | 0xB8 | 0xBC..=0xBE if is_letter(after) => 1,
            0xA6 | 0xA8 | 0xB8 | 0xBC..=0xBE if is_letter(before) => 1,
            0xBC..=0xBE => -1,
            // Typed for an apostrophe (it´s) far more often than it is a Ž.
            0xB4 => -1,
            _ => 0,
        };
    }
    votes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::record::Hints;

    fn read_back(text: &str, encoding: &'static encoding_rs::Encoding) -> (String, String) {
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(!unmappable);
        let decoded = decode(&bytes, &Hints::default()).unwrap();
        (decoded.text.into_owned(), decoded.encoding.name)
    }

    #[test]
    fn euros_and_ligatures_are_latin_9_and_fractions_are_not() {
        let french = "L'œuvre, bâtie en 1874, a coûté 20 € par habitant, à l'époque.";
        let (text, name) = read_back(french, encoding_rs::ISO_8859_15);
        assert_eq!((text.as_str(), name.as_str()), (french, "ISO-8859-15"));
        let recipe = "Crème brûlée à l'été : 2½ tasses, ½ cuillère, ¼ de litre, rôtir à four doux";
        let (text, name) = read_back(recipe, encoding_rs::WINDOWS_1252);
        assert_eq!((text.as_str(), name.as_str()), (recipe, "windows-1252"));
    }

    #[test]
    fn votes_follow_the_neighbours() {
        assert_eq!(votes(b"20 \xA4, \xBDuvre, c\xBDur"), 3);
        assert_eq!(votes(b"2\xBD, \xBC de, it\xB4s"), -3);
        assert_eq!(votes(b"caf\xE9"), 0);
    }
}
