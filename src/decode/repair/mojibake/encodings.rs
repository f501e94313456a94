//! The encodings in which UTF-8 is misread, and the bytes of their characters.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// Code page 437 from 0x80 on.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
/// How many encodings are tried.
pub(super) const ENCODINGS: usize = 9;
/// What the letters of the encoding's upper half are.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Latin letters, each upper case in 0xC0–0xDF.
    Latin,
    /// Symbols in 0xC0–0xDF.
    Symbols,
    /// Another script than Latin.
    Other,
}

pub(super) const KINDS: [Kind; ENCODINGS] = [
    Kind::Latin,   // windows-1252, with C1 controls as ISO-8859-1
    Kind::Symbols, // macintosh
    Kind::Latin,   // windows-1250
    Kind::Other,   // windows-1251
    Kind::Latin,   // windows-1254
    Kind::Latin,   // windows-1257
    Kind::Latin,   // ISO-8859-2
    Kind::Other,   // windows-1253
    Kind::Symbols, // code page 437
];

/// For each character, the byte that it is in each encoding; 0 where it is none.
pub(super) type Bytes = FxHashMap<char, [u8; ENCODINGS]>;

pub(super) fn bytes_of() -> &'static Bytes {
    static BYTES: OnceLock<Bytes> = OnceLock::new();
    BYTES.get_or_init(|| {
        let codecs = [
            encoding_rs::WINDOWS_1252,
            encoding_rs::MACINTOSH,
            encoding_rs::WINDOWS_1250,
            encoding_rs::WINDOWS_1251,
            encoding_rs::WINDOWS_1254,
            encoding_rs::WINDOWS_1257,
            encoding_rs::ISO_8859_2,
            encoding_rs::WINDOWS_1253,
        ];
        let mut bytes = Bytes::default();
        let mut put = |c: char, encoding: usize, byte: u8| {
            let row = bytes.entry(c).or_default();
            if row[encoding] == 0 {
                row[encoding] = byte;
            }
        };
        for byte in 0x80..=0xFF {
            for (encoding, codec) in codecs.iter().enumerate() {
                let (text, broken) = codec.decode_without_bom_handling(std::slice::from_ref(&byte));
                if let (Some(c), false) = (text.chars().next(), broken) {
                    put(c, encoding, byte);
                }
            }
            if byte < 0xA0 {
                put(char::from(byte), 0, byte);
            }
        }
        for (byte, c) in (0x80..=0xFF).zip(CP437.chars()) {
            put(c, ENCODINGS - 1, byte);
        }
        bytes
    })
}

/// Whether a character may be a continuation byte of UTF-8 that was misread.
pub(in crate::decode::repair) fn may_continue(c: char) -> bool {
    let row = bytes_of().get(&c);
    c == '\u{FFFD}' || row.is_some_and(|row| row.iter().any(|b| matches!(b, 0x80..0xC0)))
}
