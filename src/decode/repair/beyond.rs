//! The characters beyond ASCII: hardly any text needs repair elsewhere, and most text holds few.

/// Bytes that are passed over at once.
const CHUNK: usize = 32;

/// The first byte from `at` on that is not ASCII; the length of `bytes` when there is none.
pub(super) fn next(bytes: &[u8], mut at: usize) -> usize {
    if bytes.get(at).is_some_and(|byte| !byte.is_ascii()) {
        return at;
    }
    while let Some(chunk) = bytes.get(at..at + CHUNK) {
        if chunk.iter().fold(0, |all, byte| all | byte) >= 0x80 {
            break;
        }
        at += CHUNK;
    }
    while bytes.get(at).is_some_and(u8::is_ascii) {
        at += 1;
    }
    at
}

/// Each character of `text` beyond ASCII, with its offset.
pub(super) fn chars(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at = next(text.as_bytes(), at);
        let c = text.get(at..)?.chars().next()?;
        let found = (at, c);
        at += c.len_utf8();
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_characters_beyond_ascii_are_found() {
        let plain = "x".repeat(70);
        for text in [
            "",
            "abc",
            "é",
            "aé",
            "日本é x—",
            &plain,
            &format!("{plain}ü{plain}…"),
        ] {
            let wanted = text.char_indices().filter(|(_, c)| !c.is_ascii());
            assert!(chars(text).eq(wanted), "{text}");
        }
    }
}
