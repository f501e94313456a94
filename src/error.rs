//! One error type: every error says where, what, and the way out.

use std::fmt;

use serde::Serialize;

/// What sort of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// A file or folder could not be read or written.
    Io,
    /// A record is not what its container promises (bad JSON, truncated gzip).
    Malformed,
    /// The record holds no text (empty, binary, PDF, image …).
    Undecodable,
    /// The record is larger than the limit.
    TooLarge,
    /// A rule pack has a mistake.
    Rule,
    /// The call or the configuration has a mistake.
    Usage,
    /// An output does not match its source.
    Verify,
    /// The run was stopped from outside.
    Stopped,
}

/// An error with its place, cause and remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Error {
    /// What sort of thing went wrong.
    pub kind: ErrorKind,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Line in the file (from 1), where it has lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Id of the record, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What is wrong.
    pub cause: String,
    /// The way out.
    pub remedy: String,
}

impl Error {
    /// An error without a place yet.
    pub fn new(kind: ErrorKind, cause: impl fmt::Display, remedy: impl Into<String>) -> Self {
        Self {
            kind,
            path: None,
            line: None,
            record: None,
            cause: cause.to_string(),
            remedy: remedy.into(),
        }
    }

    /// A failed read or write of `path`.
    pub fn io(path: impl fmt::Display, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let remedy = match error.kind() {
            Io::NotFound => "check the path",
            Io::PermissionDenied => "check the permissions of the file and its folder",
            Io::StorageFull | Io::QuotaExceeded => "free some space or choose another output",
            Io::UnexpectedEof | Io::InvalidData | Io::InvalidInput => {
                "the file is damaged or cut short: fetch it again"
            }
            _ => "check that the file is readable and try again",
        };
        Self::new(ErrorKind::Io, error, remedy).at(path)
    }

    /// Bytes that are no text.
    pub fn undecodable(bytes: &crate::decode::Undecodable) -> Self {
        Self::new(ErrorKind::Undecodable, bytes, bytes.remedy())
    }

    /// The same error in this file.
    #[must_use]
    pub fn at(mut self, path: impl fmt::Display) -> Self {
        self.path = Some(path.to_string());
        self
    }

    /// The same error on this line (from 1).
    #[must_use]
    pub fn on_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The same error in this record.
    #[must_use]
    pub fn in_record(mut self, id: impl Into<String>) -> Self {
        self.record = Some(id.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}:")?;
            if let Some(line) = self.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        } else if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(record) = &self.record
            && self.path.as_deref() != Some(record)
        {
            write!(f, "record {record}: ")?;
        }
        write!(f, "{}", self.cause)?;
        if !self.remedy.is_empty() {
            write!(f, " ({})", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Result with lavoir's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
