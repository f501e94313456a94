//! What the surroundings and the first 8 KB of a page say about its encoding.

use encoding_rs::Encoding;
use memchr::{memchr, memmem};

use super::Evidence;
use crate::record::Hints;

/// How far a declaration is looked for; browsers read 1 KB, pages put it later.
const LOOK: usize = 8192;

/// The declared encodings that are known, of the strongest source first.
pub(super) fn declared(bytes: &[u8], hints: &Hints) -> Vec<(&'static Encoding, Evidence)> {
    let head = bytes.get(..LOOK).unwrap_or(bytes);
    let http = hints.charset.as_deref().map(str::as_bytes).and_then(known);
    let sources = [
        (http, Evidence::Http),
        (meta(head), Evidence::Meta),
        (xml(head).and_then(known), Evidence::Xml),
    ];
    let named = sources.into_iter();
    named
        .filter_map(|(encoding, evidence)| Some((encoding?, evidence)))
        .collect()
}

fn known(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label)?;
    match encoding {
        _ if encoding == encoding_rs::X_USER_DEFINED => Some(encoding_rs::WINDOWS_1252),
        _ => Some(encoding),
    }
}

fn xml(head: &[u8]) -> Option<&[u8]> {
    let start = head
        .iter()
        .position(|b| !b.is_ascii_whitespace() && *b < 0x80)?;
    let head = head.get(start..)?.strip_prefix(b"<?xml")?;
    let end = memmem::find(head, b"?>")?;
    attribute(&head[..end], b"encoding")
}

fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut rest = head;
    while let Some(at) = memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if rest.starts_with(b"!--") {
            rest = &rest[memmem::find(rest, b"-->").unwrap_or(rest.len())..];
            continue;
        }
        let name = rest.get(..5).unwrap_or_default();
        if name[..name.len().min(4)].eq_ignore_ascii_case(b"meta")
            && name
                .last()
                .is_some_and(|b| b.is_ascii_whitespace() || *b == b'/')
        {
            let end = memchr(b'>', rest).unwrap_or(rest.len());
            if let Some(encoding) = attribute(&rest[..end], b"charset").and_then(known) {
                // A page whose `meta` can be read is not in UTF-16, whatever it says.
                let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
                return Some(if wide { encoding_rs::UTF_8 } else { encoding });
            }
        }
    }
    None
}

/// The value after `name` and `=`, quoted or not, also within another attribute's value.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let found = |window: &[u8]| window.eq_ignore_ascii_case(name);
    let at = tag.windows(name.len()).position(found)?;
    let rest = tag.get(at + name.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let rest = match rest.first() {
        Some(b'"' | b'\'') => &rest[1..],
        _ => rest,
    };
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b';' | b'>' | b'/');
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(head: &str) -> Option<(&'static str, Evidence)> {
        let all = declared(head.as_bytes(), &Hints::default());
        all.first().map(|(e, by)| (e.name(), *by))
    }

    #[test]
    fn declarations_are_found() {
        assert_eq!(
            of("<meta charset=latin1>"),
            Some(("windows-1252", Evidence::Meta))
        );
        let long = "<META http-equiv='Content-Type' content='text/html; charset = KOI8-R'>";
        assert_eq!(of(long), Some(("KOI8-R", Evidence::Meta)));
        let xml = "<?xml version='1.0' encoding='Shift_JIS'?><html>";
        assert_eq!(of(xml), Some(("Shift_JIS", Evidence::Xml)));
        assert_eq!(of("<!-- <meta charset=koi8-r> --><p>charset=koi8-r"), None);
        assert_eq!(of("<meta charset=utf-16>"), Some(("UTF-8", Evidence::Meta)));
        assert_eq!(of("<meta name=x charset=klingon>"), None);
    }

    #[test]
    fn the_header_is_stronger() {
        let hints = Hints {
            charset: Some("Big5".into()),
            ..Hints::default()
        };
        let found = declared(b"<meta charset=gbk>", &hints);
        let header = (encoding_rs::BIG5, Evidence::Http);
        assert_eq!(found, [header, (encoding_rs::GBK, Evidence::Meta)]);
    }
}
