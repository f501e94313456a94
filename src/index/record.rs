//! A document as it is stored: a head as one line of JSON, then its text, packed.

use std::io;

use serde::{Deserialize, Serialize};

use super::LEVEL;
use crate::dedup::Addition;

/// What stands before the text, as a line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub id: String,
    /// High and low half of the hash of the normal form.
    pub digest: [u64; 2],
    pub address: Option<u64>,
    /// Bytes of the text.
    pub bytes: usize,
}

/// The record of a document.
pub(super) fn record(addition: &Addition) -> io::Result<Vec<u8>> {
    let head = Head {
        id: addition.id.clone(),
        digest: [(addition.digest >> 64) as u64, addition.digest as u64],
        address: addition.address,
        bytes: addition.text.len(),
    };
    let mut record = serde_json::to_vec(&head)?;
    record.push(b'\n');
    record.extend(zstd::encode_all(addition.text.as_bytes(), LEVEL)?);
    Ok(record)
}

/// What a record holds: its head and its text.
pub(super) fn parse(record: &[u8]) -> io::Result<(Head, String)> {
    let end = memchr::memchr(b'\n', record).ok_or(io::ErrorKind::InvalidData)?;
    let head = serde_json::from_slice(&record[..end])?;
    let text = zstd::decode_all(&record[end + 1..])?;
    let text = String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok((head, text))
}
