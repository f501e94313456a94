//! Web archives: WARC 1.0 and 1.1 (ISO 28500), and the extracted texts of Common Crawl (WET).
//!
//! `response`, `resource` and `conversion` records of text types are read; responses with a
//! status other than 2xx, `metadata:` addresses and records of other types are passed over.

mod header;
mod http;
pub(super) mod scan;

use super::compression::Stream;
use super::options::ReadLimits;
use super::whole::too_large;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Archived, Form, Hints, Record};
use header::{Header, media_type};
use http::Head;
use scan::{Found, Scan, Step};

/// Reads the records of a web archive. A broken record is an error with its offset in the
/// decompressed stream, and reading goes on at the next one.
pub fn read(
    stream: Stream<'_>,
    name: &str,
    offset: u64,
    limits: ReadLimits,
    each: &mut dyn FnMut(Result<Record<'static>>) -> bool,
) {
    let mut scan = Scan::new(stream, offset, limits.record_bytes);
    while let Some(Step { offset, found }) = scan.step() {
        let place = |error: Error, header: &Header| {
            let error = error.at(name).at_offset(offset);
            match &header.id {
                Some(id) => error.in_record(id),
                None => error,
            }
        };
        let row = match found {
            Found::Record(header, block) => record(&header, block, name, limits)
                .map_err(|error| place(error, &header))
                .transpose(),
            Found::TooLong(header, start) => {
                Content::of(&header, &start).map(|_| Err(place(too_large(limits), &header)))
            }
            Found::Broken(header, cause) => {
                let remedy = "reading goes on at the next record; fetch the file again";
                let error = Error::new(ErrorKind::Malformed, cause, remedy);
                Some(Err(place(error, &header)))
            }
            Found::Failed(error) => Some(Err(super::read_error(name, &error).at_offset(offset))),
        };
        if row.is_some_and(|row| !each(row)) {
            return;
        }
    }
}

/// What a record holds, if lavoir reads it.
struct Content {
    form: Option<Form>,
    charset: Option<String>,
    http: Option<Head>,
}

impl Content {
    /// `None` if the record is of a kind, status or type that is passed over.
    fn of(header: &Header, block: &[u8]) -> Option<Self> {
        let kind = header.kind.as_deref()?;
        if !matches!(kind, "response" | "resource" | "conversion") {
            return None;
        }
        // What a crawler says about itself: wget puts its log and its arguments there.
        if header
            .uri
            .as_deref()
            .is_some_and(|uri| uri.starts_with("metadata:"))
        {
            return None;
        }
        let block_type = header.content_type.as_deref().map(media_type);
        let is_http = block_type
            .as_ref()
            .is_none_or(|(kind, _)| kind == "application/http");
        let http = (kind == "response" && is_http)
            .then(|| Head::parse(block))
            .flatten();
        if http
            .as_ref()
            .is_some_and(|http| !(200..300).contains(&http.status))
        {
            return None;
        }
        let (payload, charset) = match &http {
            Some(http) => (http.kind.clone(), http.charset.clone()),
            None if is_http => (None, None),
            None => block_type.map_or((None, None), |(kind, charset)| (Some(kind), charset)),
        };
        let payload = payload.or_else(|| header.payload_type.as_deref().map(|t| media_type(t).0));
        Some(Self {
            form: form_of(payload.as_deref())?,
            charset,
            http,
        })
    }
}

/// Whether a media type is text that can be an article; a missing one is guessed from the bytes.
fn form_of(kind: Option<&str>) -> Option<Option<Form>> {
    Some(match kind {
        Some("text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml") => {
            Some(Form::Html)
        }
        Some("text/plain" | "text/markdown") => Some(Form::Text),
        None => None,
        Some(_) => return None,
    })
}

fn record(
    header: &Header,
    block: Vec<u8>,
    name: &str,
    limits: ReadLimits,
) -> Result<Option<Record<'static>>> {
    let missing = |what: &str| {
        let remedy = "ISO 28500 wants it in every record: write the archive again";
        let cause = format!("the record's header has no {what}");
        Error::new(ErrorKind::Malformed, cause, remedy)
    };
    if header.kind.is_none() {
        return Err(missing("WARC-Type"));
    }
    let Some(content) = Content::of(header, &block) else {
        return Ok(None);
    };
    let id = header.id.clone().ok_or_else(|| missing("WARC-Record-ID"))?;
    let bytes = match &content.http {
        Some(http) => http
            .decode(&block[http.body..], limits.record_bytes)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::FileTooLarge => too_large(limits),
                _ => {
                    let remedy = "the page was stored damaged: fetch it again";
                    let cause = format!("the body cannot be decoded: {error}");
                    Error::new(ErrorKind::Malformed, cause, remedy)
                }
            })?,
        None => block,
    };
    Ok(Some(Record {
        id: id.clone(),
        bytes: bytes.into(),
        hints: Hints {
            path: Some(name.to_owned()),
            record: Some(id),
            url: header.uri.clone(),
            charset: content.charset,
            form: content.form,
            decoded: false,
            archived: Some(Box::new(Archived {
                date: header.date.clone(),
                payload_digest: header.payload_digest.clone(),
                block_digest: header.block_digest.clone(),
            })),
        },
    }))
}

#[cfg(test)]
mod tests;
