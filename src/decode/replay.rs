//! Reading bytes in a recorded encoding: what `decode` does last and what replay does alone.

use std::borrow::Cow;

use encoding_rs::{CoderResult, DecoderResult};

use super::{Decoded, Encoding, utf8};

/// The text of `bytes` in a recorded encoding, byte for byte what [`decode`](super::decode)
/// gave, without detection.
///
/// # Errors
/// Names the encoding that is unknown.
pub fn redecode<'a>(bytes: &'a [u8], encoding: &Encoding) -> Result<Cow<'a, str>, String> {
    let segments = encoding.segments.iter().map(|segment| &segment.name);
    let names = segments
        .chain(&encoding.repaired_as)
        .chain([&encoding.name]);
    for name in names {
        codec(name).ok_or_else(|| {
            format!(
                "unknown encoding {name:?} in the record: it was changed or is from another version"
            )
        })?;
    }
    Ok(read(bytes, encoding.clone()).text)
}

fn codec(name: &str) -> Option<&'static encoding_rs::Encoding> {
    encoding_rs::Encoding::for_label_no_replacement(name.as_bytes())
}

/// Reads `bytes` in `encoding` and counts the damage.
pub(super) fn read(bytes: &[u8], mut encoding: Encoding) -> Decoded<'_> {
    let text = match encoding.nuls {
        0 => read_whole(bytes, &mut encoding),
        _ => Cow::Owned(read_whole(&without_nuls(bytes), &mut encoding).into_owned()),
    };
    Decoded { text, encoding }
}

/// The bytes that are not NUL.
pub(super) fn without_nuls(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|&b| b != 0).collect()
}

fn read_whole<'a>(bytes: &'a [u8], encoding: &mut Encoding) -> Cow<'a, str> {
    encoding.repairs = 0;
    encoding.cut_tail = 0;
    if encoding.segments.is_empty() {
        let name = encoding.name.clone();
        return read_part(bytes, &name, encoding);
    }
    let segments = std::mem::take(&mut encoding.segments);
    let mut text = String::with_capacity(bytes.len() * 5 / 4);
    for (i, segment) in segments.iter().enumerate() {
        let end = segments.get(i + 1).map_or(bytes.len(), |next| next.start);
        let part = bytes.get(segment.start..end).unwrap_or_default();
        text.push_str(&read_part(part, &segment.name, encoding));
    }
    encoding.segments = segments;
    Cow::Owned(text)
}

fn read_part<'a>(bytes: &'a [u8], name: &str, encoding: &mut Encoding) -> Cow<'a, str> {
    let codec = codec(name).unwrap_or(encoding_rs::UTF_8);
    let bytes = without_bom(bytes, codec);
    if codec == encoding_rs::UTF_8 {
        return read_utf8(bytes, encoding);
    }
    let (text, damaged) = codec.decode_without_bom_handling(bytes);
    if !damaged {
        return text;
    }
    let (text, repairs, cut) = read_damaged(bytes, codec);
    encoding.repairs += repairs;
    encoding.cut_tail += cut;
    Cow::Owned(text)
}

/// A UTF-8 byte order mark is no text in any encoding; pages keep it when they are converted.
fn without_bom<'a>(bytes: &'a [u8], codec: &'static encoding_rs::Encoding) -> &'a [u8] {
    let mark: &[u8] = match codec {
        _ if codec == encoding_rs::UTF_16LE => b"\xFF\xFE",
        _ if codec == encoding_rs::UTF_16BE => b"\xFE\xFF",
        _ => b"\xEF\xBB\xBF",
    };
    bytes.strip_prefix(mark).unwrap_or(bytes)
}

fn read_utf8<'a>(bytes: &'a [u8], encoding: &mut Encoding) -> Cow<'a, str> {
    let valid = encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(bytes);
    if let Some(text) = valid {
        return text;
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        Err(error) => error,
    };
    let (sound, tail) = bytes.split_at(error.valid_up_to());
    if error.error_len().is_none()
        && let Ok(text) = std::str::from_utf8(sound)
    {
        encoding.cut_tail += tail.len() as u32;
        return Cow::Borrowed(text);
    }
    let repaired = utf8::repaired(bytes, encoding.repaired_as.as_deref().and_then(codec));
    encoding.repairs += repaired.runs;
    encoding.cut_tail += repaired.cut;
    if !repaired.by_fallback && encoding.segments.is_empty() {
        encoding.repaired_as = None;
    }
    Cow::Owned(repaired.text)
}

/// Text with U+FFFD for what cannot be read, how often, and the bytes cut off at the end.
fn read_damaged(bytes: &[u8], codec: &'static encoding_rs::Encoding) -> (String, u32, u32) {
    let mut decoder = codec.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * 2 + 16);
    let (mut rest, mut repairs) = (bytes, 0);
    loop {
        text.reserve(rest.len() * 3 + 16);
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, false);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                repairs += 1;
                text.push('\u{FFFD}');
            }
        }
    }
    // Whatever the decoder still holds is a character without its end.
    let before = text.len();
    text.reserve(16);
    let (result, _, cut) = decoder.decode_to_string(&[], &mut text, true);
    debug_assert_eq!(result, CoderResult::InputEmpty);
    if cut {
        text.truncate(before);
    }
    (text, repairs, cut_length(bytes, codec, cut))
}

/// How many bytes at the end make no whole character.
fn cut_length(bytes: &[u8], codec: &'static encoding_rs::Encoding, cut: bool) -> u32 {
    if !cut {
        return 0;
    }
    let ends_whole = |n: &usize| {
        let Some(part) = bytes.get(..bytes.len().saturating_sub(*n)) else {
            return true;
        };
        let mut decoder = codec.new_decoder_without_bom_handling();
        let mut text = String::with_capacity(part.len() * 3 + 16);
        let _ = decoder.decode_to_string(part, &mut text, false);
        text.reserve(16);
        !decoder.decode_to_string(&[], &mut text, true).2
    };
    (1..4).find(ends_whole).unwrap_or(4) as u32
}

#[cfg(test)]
mod tests {
    use super::super::{Evidence, Segment};
    use super::*;

    fn encoding(name: &str) -> Encoding {
        Encoding::new(name, Evidence::Detected, 1.0)
    }

    #[test]
    fn damage_is_counted() {
        let decoded = read(b"\x82\xA0\xFF\xFD\x82\xA2\x82", encoding("Shift_JIS"));
        assert!(decoded.text.starts_with('あ'), "{}", decoded.text);
        assert_eq!(decoded.encoding.cut_tail, 1);
        assert!(decoded.encoding.repairs > 0);
        let utf16 = read(b"a\0b\0c", encoding("UTF-16LE"));
        assert_eq!((&*utf16.text, utf16.encoding.cut_tail), ("ab", 1));
    }

    #[test]
    fn segments_are_read_each_in_its_encoding() {
        let mut both = encoding("UTF-8");
        let part = |start, name: &str| Segment {
            start,
            name: name.into(),
        };
        both.segments = vec![part(0, "UTF-8"), part(3, "KOI8-R")];
        assert_eq!(read(b"\xC3\xA9\n\xC4\xC1", both).text, "é\nда");
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        assert!(redecode(b"x", &encoding("klingon")).is_err());
    }
}
