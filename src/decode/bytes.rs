//! Bytes that are not decoded: file formats by their first bytes, EBCDIC, UTF-32, data.

use super::Undecodable;

/// First bytes of formats that are not text.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n\x1A\n", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\0\0\x01\0", "an icon"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1F\x8B\x08", "gzip-compressed data"),
    (b"\x28\xB5\x2F\xFD", "zstd-compressed data"),
    (b"\xFD7zXZ\0", "xz-compressed data"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\x7FELF", "a program"),
    (b"\xCA\xFE\xBA\xBE", "a program"),
    (b"\0asm", "a WebAssembly module"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"OggS", "an Ogg audio or video file"),
    (b"fLaC", "a FLAC audio file"),
    (b"ID3", "an MP3 audio file"),
    (b"\x1A\x45\xDF\xA3", "a Matroska or WebM video"),
    (b"wOFF", "a web font"),
    (b"wOF2", "a web font"),
    (b"\0\x01\0\0\0", "a font"),
    // Last, for D0 starts most Russian text too.
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old office document",
    ),
];
/// Bytes that are looked at to tell data from text.
const LOOK: usize = 4096;

/// For each byte the place of the first of [`MAGIC`] that starts with it; [`NONE`] where nothing
/// does, [`OTHER`] where one of the formats does that [`format`] knows besides.
const STARTS: [usize; 256] = {
    let mut starts = [NONE; 256];
    let others = [0xFF, 0, 0x4C, b'R', b'B', b'M'];
    let mut i = 0;
    while i < others.len() {
        starts[others[i] as usize] = OTHER;
        i += 1;
    }
    let mut i = MAGIC.len();
    while i > 0 {
        i -= 1;
        starts[MAGIC[i].0[0] as usize] = i;
    }
    starts
};
const NONE: usize = usize::MAX;
const OTHER: usize = MAGIC.len();

/// What the bytes are, by their first ones, when they are a format that is not text.
pub(super) fn format(bytes: &[u8]) -> Option<Undecodable> {
    // Few texts start as a format does.
    let start = bytes.first().map_or(OTHER, |&b| STARTS[usize::from(b)]);
    if start == NONE && bytes.get(4..8) != Some(b"ftyp") && bytes.get(257..262) != Some(b"ustar") {
        return None;
    }
    let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|b| b.starts_with(magic));
    let unsupported = |what| Some(Undecodable::Unsupported { what });
    if at(0, b"\xFF\xFE\0\0") || at(0, b"\0\0\xFE\xFF") {
        return unsupported("UTF-32");
    }
    if at(0, b"\x4C\x6F\xA7\x94") {
        return unsupported("EBCDIC");
    }
    let known = MAGIC.get(start..).unwrap_or_default();
    let magic = known.iter().find(|(magic, _)| bytes.starts_with(magic));
    let what = match magic {
        Some(&(_, what)) => what,
        None if at(0, b"RIFF") && at(8, b"WEBP") => "a WebP image",
        None if at(0, b"RIFF") && (at(8, b"WAVE") || at(8, b"AVI ")) => "an audio or video file",
        None if at(4, b"ftyp") => "an MP4 video or HEIF image",
        None if at(0, b"BZh") && at(4, b"1AY&SY") => "bzip2-compressed data",
        None if at(0, b"MZ") && bytes.iter().take(64).any(|&b| b == 0) => "a program",
        None if at(257, b"ustar") => "a tar archive",
        None => return None,
    };
    Some(Undecodable::Binary { what })
}

/// Data and EBCDIC by the share of bytes that no text has. UTF-16 must be ruled out before.
pub(super) fn not_text(bytes: &[u8]) -> Option<Undecodable> {
    let look = bytes.get(..LOOK).unwrap_or(bytes);
    let count = |byte| memchr::memchr_iter(byte, look).count();
    let ebcdic = || look.iter().filter(|&&b| is_ebcdic_text(b)).count();
    if count(0x40) * 12 >= look.len()
        && count(b' ') * 100 <= look.len()
        && ebcdic() * 10 >= look.len() * 9
    {
        return Some(Undecodable::Unsupported { what: "EBCDIC" });
    }
    let controls = look.iter().filter(|&&b| is_stray_control(b)).count();
    let nuls = count(0);
    let data = controls * 20 > look.len().max(40) || nuls * 10 > look.len() * 3;
    data.then_some(Undecodable::Binary {
        what: "binary data",
    })
}

fn is_stray_control(b: u8) -> bool {
    b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | 0x0B | 0x0C | b'\r' | 0x1A | 0x1B) || b == 0x7F
}

/// Letters, digits, space, line ends and the commonest punctuation of EBCDIC code pages.
fn is_ebcdic_text(b: u8) -> bool {
    matches!(b,
        0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9 | 0xC1..=0xC9 | 0xD1..=0xD9 | 0xE2..=0xE9
        | 0xF0..=0xF9 | 0x40 | 0x4B..=0x4E | 0x5D | 0x60 | 0x61 | 0x6B..=0x6F | 0x7A..=0x7F
        | 0x0D | 0x15 | 0x25)
}

/// Whether bytes are UTF-32 without a byte order mark.
pub(super) fn is_utf32(bytes: &[u8]) -> bool {
    let (units, rest) = bytes.get(..LOOK).unwrap_or(bytes).as_chunks::<4>();
    let are = |order: fn([u8; 4]) -> u32| {
        let text = |&unit: &[u8; 4]| matches!(order(unit), 9..=0xD7FF | 0xE000..=0x10_FFFF);
        units.iter().all(text)
    };
    units.len() >= 2 && rest.is_empty() && (are(u32::from_le_bytes) || are(u32::from_be_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named() {
        let pdf = format(b"%PDF-1.7\n%\xE2\xE3");
        assert_eq!(
            pdf,
            Some(Undecodable::Binary {
                what: "a PDF document"
            })
        );
        assert_eq!(
            format(b"RIFF\x10\0\0\0WEBPVP8 "),
            Some(Undecodable::Binary {
                what: "a WebP image"
            })
        );
        assert_eq!(format(b"MZ is how the letter began"), None);
        assert_eq!(format(b"GIFs are pictures"), None);
    }

    #[test]
    fn ebcdic_and_data_are_not_text() {
        // "THE QUICK BROWN FOX " in code page 037.
        let words =
            b"\xE3\xC8\xC5\x40\xD8\xE4\xC9\xC3\xD2\x40\xC2\xD9\xD6\xE6\xD5\x40\xC6\xD6\xE7\x40";
        let ebcdic = Some(Undecodable::Unsupported { what: "EBCDIC" });
        assert_eq!(not_text(&words.repeat(3)), ebcdic);
        let data: Vec<u8> = (0..=255u8).cycle().take(2000).collect();
        assert!(not_text(&data).is_some());
        assert_eq!(not_text(b"caf\xE9 @home, and more"), None);
    }

    #[test]
    fn utf32_has_two_small_bytes_in_four() {
        let little: Vec<u8> = "Deux mots"
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        assert!(is_utf32(&little));
        assert!(!is_utf32(b"some words\0\0"));
    }
}
