//! The header of a WARC record (ISO 28500, 4 and 5).

use std::borrow::Cow;

/// Longest header that is read, in bytes; real ones stay below 10 KB.
pub(super) const HEADER_BYTES: usize = 1 << 20;

/// The named fields that lavoir looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// `WARC-Type`, lower-case.
    pub kind: Option<String>,
    /// `WARC-Record-ID` without its angle brackets.
    pub id: Option<String>,
    /// `Content-Length`.
    pub length: Option<u64>,
    /// `WARC-Target-URI`.
    pub uri: Option<String>,
    /// `WARC-Date` as written.
    pub date: Option<String>,
    /// `Content-Type` of the block.
    pub content_type: Option<String>,
    /// `WARC-Identified-Payload-Type`.
    pub payload_type: Option<String>,
    /// `WARC-Payload-Digest` as written.
    pub payload_digest: Option<String>,
    /// `WARC-Block-Digest` as written.
    pub block_digest: Option<String>,
}

impl Header {
    /// Takes in one line, without its line end. A line without a colon is passed over.
    pub(super) fn line(&mut self, line: &[u8]) {
        let Some(colon) = memchr::memchr(b':', line) else {
            return;
        };
        let value = String::from_utf8_lossy(line[colon + 1..].trim_ascii());
        let name = line[..colon].trim_ascii().to_ascii_lowercase();
        let field = match name.as_slice() {
            b"warc-type" => {
                self.kind = Some(value.to_ascii_lowercase());
                return;
            }
            b"content-length" => {
                self.length = value.parse().ok();
                return;
            }
            b"warc-record-id" => return self.id = bare(value),
            b"warc-target-uri" => return self.uri = bare(value),
            b"warc-date" => &mut self.date,
            b"content-type" => &mut self.content_type,
            b"warc-identified-payload-type" => &mut self.payload_type,
            b"warc-payload-digest" => &mut self.payload_digest,
            b"warc-block-digest" => &mut self.block_digest,
            _ => return,
        };
        *field = Some(value.into_owned());
    }
}

/// A URI without the angle brackets that WARC 1.0 writes around it.
fn bare(value: Cow<'_, str>) -> Option<String> {
    let inner = value.strip_prefix('<').and_then(|v| v.strip_suffix('>'));
    let value = inner.unwrap_or(&value);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The media type of a `Content-Type` value, lower-case, and its charset.
pub(super) fn media_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    });
    (kind, charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fill_fields() {
        let mut header = Header::default();
        for line in [
            &b"WARC-Type: Response"[..],
            b"warc-record-id: <urn:uuid:1>",
            b"WARC-Target-URI: <http://example.org/>",
            b"Content-Length:  12",
            b"no colon",
        ] {
            header.line(line);
        }
        assert_eq!(header.kind.as_deref(), Some("response"));
        assert_eq!(header.id.as_deref(), Some("urn:uuid:1"));
        assert_eq!(header.uri.as_deref(), Some("http://example.org/"));
        assert_eq!(header.length, Some(12));
    }

    #[test]
    fn media_types_have_charsets() {
        let charset = |value| media_type(value).1;
        assert_eq!(
            charset("Text/HTML; q=1; Charset=\"Big5\"").as_deref(),
            Some("Big5")
        );
        assert_eq!(charset("text/html; charset="), None);
        assert_eq!(media_type(" Text/HTML;x").0, "text/html");
    }
}
