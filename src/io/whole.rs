//! Files that are one record: HTML and text.

use super::compression::{Stream, read_all};
use super::{ReadLimits, read_error};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Form, Hints, Record};

/// Reads a file as one record; its name is its id.
///
/// # Errors
/// The file cannot be read, or is longer than the limit.
pub fn read(
    stream: Stream<'_>,
    name: &str,
    form: Option<Form>,
    limits: ReadLimits,
) -> Result<Record<'static>> {
    let bytes = read_all(stream, limits.record_bytes).map_err(|error| {
        let bare = error.get_ref().is_none();
        if bare && error.kind() == std::io::ErrorKind::FileTooLarge {
            too_large(limits).at(name)
        } else {
            read_error(name, &error)
        }
    })?;
    Ok(Record {
        id: name.to_owned(),
        bytes: bytes.into(),
        hints: Hints {
            path: Some(name.to_owned()),
            form,
            ..Hints::default()
        },
    })
}

/// The error for a record past the limit.
pub(super) fn too_large(limits: ReadLimits) -> Error {
    let limit = limits.record_bytes;
    Error::new(
        ErrorKind::TooLarge,
        format!("the record is longer than {limit} bytes"),
        "raise --max-record-bytes, or split the file",
    )
}
