//! Files in and out: which files, compression, formats; one format per file.

pub mod compression;
pub mod inputs;
pub mod jsonl;
pub mod output;
pub mod whole;

use crate::error::{Error, Result};
use crate::record::Record;
use inputs::Input;

/// How records are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Longest record in bytes, after decompression; a longer one is an error row.
    pub record_bytes: usize,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            record_bytes: 64 << 20,
        }
    }
}

/// Reads the records of one input in order. What cannot be read comes as an error with its place;
/// `each` returns `false` to stop.
pub fn read(
    input: &Input,
    limits: ReadLimits,
    each: &mut dyn FnMut(Result<Record<'static>>) -> bool,
) {
    let reader = match compression::open(&input.path) {
        Ok(reader) => reader,
        Err(error) => {
            each(Err(Error::io(&input.name, &error)));
            return;
        }
    };
    match input.format {
        inputs::Format::Jsonl => jsonl::read(reader, &input.name, limits, each),
        inputs::Format::Whole(form) => {
            each(whole::read(reader, &input.name, form, limits));
        }
    }
}
