//! Models that decide what no rule settles: features and the inference of tree ensembles.
//!
//! Everything is integer arithmetic over 16-bit columns, so that a score is the same on every
//! machine. Weights are made by `training/` and live in `models/` with their model card.

pub mod blocks;
mod columns;
mod ensemble;
pub mod lines;
mod vector;

pub use columns::{Columns, saturate};
pub use ensemble::Ensemble;

use crate::error::{Error, ErrorKind};

/// Reads little-endian numbers from the bytes of a weights file.
#[derive(Debug)]
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (head, rest) = self
            .0
            .split_first_chunk()
            .ok_or_else(|| broken("it ends early"))?;
        self.0 = rest;
        Ok(*head)
    }

    fn u16(&mut self) -> Result<u16, Error> {
        self.take().map(u16::from_le_bytes)
    }

    fn i16(&mut self) -> Result<i16, Error> {
        self.take().map(i16::from_le_bytes)
    }

    fn i32(&mut self) -> Result<i32, Error> {
        self.take().map(i32::from_le_bytes)
    }
}

fn broken(cause: &str) -> Error {
    let remedy = "make the weights again with the programs in training/";
    Error::new(
        ErrorKind::Usage,
        format!("not a weights file: {cause}"),
        remedy,
    )
}
