//! The HTTP response in a WARC record: status, headers, and the body without its transfer and
//! content encodings (RFC 9110, 9112).

use std::io::{self, Cursor, Read};

use super::super::compression::{Codec, Stream, read_all};
use super::header::media_type;

/// Most content encodings on one body.
const ENCODINGS: usize = 4;

/// What is in front of the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// Media type, lower-case.
    pub(super) kind: Option<String>,
    pub(super) charset: Option<String>,
    /// Content encodings in the order in which they were applied.
    encodings: Vec<String>,
    chunked: bool,
    /// Where the body starts.
    pub(super) body: usize,
}

impl Head {
    /// Parses what is in front of the body; `None` if it is no HTTP response.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut head = Self::default();
        let mut lines = Lines { bytes, at: 0 };
        let status = lines.next()?;
        let status = status.strip_prefix(b"HTTP/")?;
        let mut words = status.split(|&b| b == b' ').skip(1);
        let code = words.find(|word| !word.is_empty())?;
        head.status = std::str::from_utf8(code).ok()?.parse().ok()?;
        for line in lines.by_ref() {
            if line.is_empty() {
                break;
            }
            head.line(line);
        }
        head.body = lines.at;
        Some(head)
    }

    fn line(&mut self, line: &[u8]) {
        let Some(colon) = memchr::memchr(b':', line) else {
            return;
        };
        let value = String::from_utf8_lossy(line[colon + 1..].trim_ascii());
        let tokens = || value.split(',').map(|t| t.trim().to_ascii_lowercase());
        match line[..colon].trim_ascii().to_ascii_lowercase().as_slice() {
            b"content-type" => {
                let (kind, charset) = media_type(&value);
                self.kind = Some(kind).filter(|kind| !kind.is_empty());
                self.charset = charset;
            }
            b"content-encoding" => self
                .encodings
                .extend(tokens().filter(|t| !t.is_empty() && t != "identity")),
            b"transfer-encoding" => {
                for token in tokens() {
                    match token.as_str() {
                        "chunked" => self.chunked = true,
                        "identity" | "" => {}
                        // A transfer encoding is undone after the content encodings were applied.
                        _ => self.encodings.push(token),
                    }
                }
            }
            _ => {}
        }
    }

    /// The body, decoded; `limit` is its longest length in bytes.
    ///
    /// # Errors
    /// An encoding that is unknown or does not hold; [`io::ErrorKind::FileTooLarge`] past the
    /// limit.
    pub(super) fn decode(&self, body: &[u8], limit: usize) -> io::Result<Vec<u8>> {
        let joined = if self.chunked { dechunk(body)? } else { None };
        let body = joined.as_deref().unwrap_or(body);
        if self.encodings.is_empty() || body.is_empty() {
            return Ok(body.to_vec());
        }
        if self.encodings.len() > ENCODINGS {
            let cause = format!("the body has {} content encodings", self.encodings.len());
            return Err(invalid(cause));
        }
        match undo(&self.encodings, body, limit) {
            // Archives of crawlers that decode a page keep the header of the encoding.
            Err(error) if error.kind() != io::ErrorKind::FileTooLarge && is_text(body) => {
                Ok(body.to_vec())
            }
            other => other,
        }
    }
}

/// Undoes encodings, the last one first.
fn undo(encodings: &[String], body: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    let mut stream: Stream<'_> = Box::new(Cursor::new(body));
    for encoding in encodings.iter().rev() {
        let decoded: Box<dyn Read + '_> = match encoding.as_str() {
            "gzip" | "x-gzip" => Codec::Gzip.decode(stream)?,
            "br" => Codec::Brotli.decode(stream)?,
            "zstd" => Codec::Zstd.decode(stream)?,
            "deflate" => inflate(stream)?,
            other => {
                return Err(invalid(format!("unknown content encoding {other:?}")));
            }
        };
        stream = Box::new(io::BufReader::new(decoded));
    }
    read_all(stream, limit)
}

/// `deflate` is zlib by the standard and bare DEFLATE by some servers.
fn inflate(mut stream: Stream<'_>) -> io::Result<Box<dyn Read + '_>> {
    let zlib = match stream.fill_buf()? {
        [first, second, ..] => first & 0x0F == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0,
        _ => false,
    };
    Ok(if zlib {
        Box::new(flate2::bufread::ZlibDecoder::new(stream))
    } else {
        Box::new(flate2::bufread::DeflateDecoder::new(stream))
    })
}

/// Joins the chunks of a body; `None` where it has none, because the archive joined them already.
fn dechunk(body: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let size = memchr::memchr(b'\n', rest).and_then(|end| {
            let line = rest[..end].split(|&b| b == b';').next()?.trim_ascii();
            let digits = std::str::from_utf8(line).ok().filter(|l| l.len() <= 16)?;
            let size = u64::from_str_radix(digits, 16).ok()?;
            rest = &rest[end + 1..];
            usize::try_from(size).ok()
        });
        match size {
            Some(0) => return Ok(Some(joined)),
            None if joined.is_empty() => return Ok(None),
            Some(size) if size <= rest.len() => {
                joined.extend_from_slice(&rest[..size]);
                rest = &rest[size..];
                let end = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n"));
                rest = end.unwrap_or(rest);
            }
            // A record that was cut at a size limit ends inside a chunk, or without the last one.
            Some(_) => {
                joined.extend_from_slice(rest);
                return Ok(Some(joined));
            }
            None if rest.is_empty() => return Ok(Some(joined)),
            None => return Err(invalid("a chunk of the body has no length".into())),
        }
    }
}

/// Whether a body reads as text already.
fn is_text(body: &[u8]) -> bool {
    let head = &body[..body.len().min(512)];
    let controls = |b: &&u8| **b < 0x20 && !b.is_ascii_whitespace();
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    head.iter().filter(controls).count() == 0
        && (valid || head.trim_ascii_start().starts_with(b"<"))
}

fn invalid(cause: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    /// The next line without its end; the last one may lack it.
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest);
        self.at += end.map_or(rest.len(), |end| end + 1);
        let line = &rest[..end.unwrap_or(rest.len())];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn body_of(response: &[u8]) -> io::Result<Vec<u8>> {
        let head = Head::parse(response).unwrap();
        head.decode(&response[head.body..], 1 << 20)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn headers_say_type_and_charset() {
        let text = b"HTTP/1.1 200 OK\r\nContent-type: text/html; charset=koi8-r\r\n\r\n<p>";
        let head = Head::parse(text).unwrap();
        assert_eq!(
            (head.status, head.kind.as_deref()),
            (200, Some("text/html"))
        );
        assert_eq!(head.charset.as_deref(), Some("koi8-r"));
        assert_eq!(&text[head.body..], b"<p>");
        assert_eq!(Head::parse(b"SSH-2.0"), None);
    }

    #[test]
    fn chunks_are_joined_also_around_gzip() {
        let plain =
            b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;x=y\r\n<p>\r\n2\r\nab\r\n0\r\n\r\n";
        assert_eq!(body_of(plain).unwrap(), b"<p>ab");
        let packed = gzip(b"<p>packed");
        let mut both =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
                .to_vec();
        both.extend(format!("{:x}\r\n", packed.len()).bytes());
        both.extend(packed);
        both.extend(b"\r\n0\r\n\r\n");
        assert_eq!(body_of(&both).unwrap(), b"<p>packed");
    }

    #[test]
    fn a_header_that_no_longer_holds_is_passed_over() {
        let joined = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>joined";
        assert_eq!(body_of(joined).unwrap(), b"<p>joined");
        let plain = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n<p>decoded";
        assert_eq!(body_of(plain).unwrap(), b"<p>decoded");
    }

    #[test]
    fn deflate_comes_in_two_kinds() {
        let (mut zlib, mut bare) = (Vec::new(), Vec::new());
        let level = flate2::Compression::fast();
        flate2::read::ZlibEncoder::new(&b"<p>z"[..], level)
            .read_to_end(&mut zlib)
            .unwrap();
        flate2::read::DeflateEncoder::new(&b"<p>z"[..], level)
            .read_to_end(&mut bare)
            .unwrap();
        for packed in [zlib, bare] {
            let mut text = b"HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n".to_vec();
            text.extend(packed);
            assert_eq!(body_of(&text).unwrap(), b"<p>z");
        }
    }

    #[test]
    fn a_bomb_and_a_damaged_body_are_errors() {
        let mut text = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
        let start = text.len();
        text.extend(gzip(&vec![0; 2 << 20]));
        assert_eq!(
            body_of(&text).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        text.truncate(start + 500);
        assert!(body_of(&text).is_err());
    }
}
