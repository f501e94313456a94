//! Reading bytes in a recorded encoding: what `decode` does last and what replay does alone.

use std::borrow::Cow;

use super::{Decoded, Encoding};

/// The text of `bytes` in a recorded encoding, byte for byte what [`decode`](super::decode)
/// gave, without detection.
///
/// # Errors
/// Says which encoding name is unknown.
pub fn redecode<'a>(bytes: &'a [u8], encoding: &Encoding) -> Result<Cow<'a, str>, String> {
    if encoding_rs::Encoding::for_label(encoding.name.as_bytes()).is_none() {
        return Err(format!(
            "unknown encoding {:?}: the record was not written by this program or was changed",
            encoding.name
        ));
    }
    Ok(read(bytes, encoding.clone()).text)
}

/// Reads `bytes` in `encoding` and counts the damage.
pub(super) fn read(bytes: &[u8], mut encoding: Encoding) -> Decoded<'_> {
    let codec =
        encoding_rs::Encoding::for_label(encoding.name.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let (text, damaged) = codec.decode_with_bom_removal(bytes);
    encoding.repairs = 0;
    if damaged {
        encoding.repairs = text.matches('\u{FFFD}').count() as u32;
    }
    Decoded { text, encoding }
}
