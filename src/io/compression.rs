//! Transparent decompression: gzip (also of several members) and zstd, told by their first bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

const BUFFER: usize = 1 << 18;
const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Opens a file for reading, decompressed; `-` is standard input.
///
/// # Errors
/// The file cannot be opened or its first bytes not read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    if path == Path::new("-") {
        return decompress(Box::new(BufReader::with_capacity(BUFFER, io::stdin())));
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    decompress(Box::new(BufReader::with_capacity(BUFFER, file)))
}

/// The decompressed form of a stream.
///
/// # Errors
/// The first bytes cannot be read.
pub fn decompress(mut reader: Box<dyn BufRead + Send>) -> io::Result<Box<dyn BufRead + Send>> {
    let head = reader.fill_buf()?;
    if head.starts_with(&GZIP) {
        let gzip = flate2::bufread::MultiGzDecoder::new(reader);
        Ok(Box::new(BufReader::with_capacity(BUFFER, gzip)))
    } else if head.starts_with(&ZSTD) {
        let mut zstd = zstd::stream::read::Decoder::with_buffer(reader)?;
        // Corpora are often packed with long windows (`zstd --long=31`).
        zstd.window_log_max(31)?;
        Ok(Box::new(BufReader::with_capacity(BUFFER, zstd)))
    } else {
        Ok(reader)
    }
}

/// Reads a stream to its end, or fails when it is longer than `limit` bytes.
///
/// # Errors
/// A failed read; [`io::ErrorKind::FileTooLarge`] past the limit.
pub fn read_all(reader: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}
