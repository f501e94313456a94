//! Rows read one after another: a window of the input at a time.

use std::io;

use super::Rows;

/// Bytes that are read at a time when rows are read in order.
const WINDOW: usize = 1 << 18;

/// Reads rows one after another.
#[derive(Debug)]
pub struct RowReader<'r> {
    rows: &'r Rows,
    /// What was read last, and its address.
    bytes: Vec<u8>,
    at: u64,
}

impl<'r> RowReader<'r> {
    pub(super) fn new(rows: &'r Rows) -> Self {
        Self {
            rows,
            bytes: Vec::new(),
            at: 0,
        }
    }

    /// A row as it came, without its line end.
    ///
    /// # Errors
    /// When the input or its copy cannot be read.
    pub fn row(&mut self, index: usize) -> io::Result<&[u8]> {
        let place = self.rows.places.get(index).ok_or(io::ErrorKind::NotFound)?;
        let (address, len) = (place.address(), place.len as usize);
        let held = self.at..self.at + self.bytes.len() as u64;
        if address < held.start || address + len as u64 > held.end {
            let left = self.rows.store.left(address)?;
            let size = left.min(WINDOW.max(len) as u64) as usize;
            self.bytes.resize(size, 0);
            self.at = address;
            if let Err(error) = self.rows.store.read(&mut self.bytes, address) {
                self.bytes.clear();
                return Err(error);
            }
        }
        let start = (address - self.at) as usize;
        Ok(&self.bytes[start..start + len])
    }
}
