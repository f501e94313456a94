//! Transparent decompression: gzip (also of several members), zstd, bzip2 and xz, told by their
//! first bytes, and Brotli, which has none and is told by its ending.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::options::{RATIO_FLOOR, ReadLimits};

const BUFFER: usize = 1 << 18;
/// Memory that an xz stream may ask for, in KiB; `xz -9` needs 65 MiB.
const XZ_MEMORY: u32 = 1 << 20;

/// A stream of decompressed bytes.
pub type Stream<'a> = Box<dyn BufRead + 'a>;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
    /// The .xz format.
    Xz,
    /// RFC 7932.
    Brotli,
}

impl Codec {
    /// What the first bytes say (7 are enough).
    pub fn of_head(head: &[u8]) -> Option<Self> {
        const SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];
        let bzip2 = || {
            let block = head.get(4..7)?;
            let digit = head.get(3)?.is_ascii_digit();
            (digit && (block == [0x31, 0x41, 0x59] || block == [0x17, 0x72, 0x45])).then_some(())
        };
        match head {
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            [first, rest @ ..] if first & 0xF0 == 0x50 && rest.starts_with(&SKIPPABLE) => {
                Some(Self::Zstd)
            }
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'B', b'Z', b'h', ..] => bzip2().map(|()| Self::Bzip2),
            _ => None,
        }
    }

    /// The decompressed form of a stream.
    ///
    /// # Errors
    /// The decoder cannot be made.
    pub fn decode<'a>(self, reader: Stream<'a>) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
            Self::Zstd => {
                let mut zstd = zstd::stream::read::Decoder::with_buffer(reader)?;
                // Corpora are often packed with long windows (`zstd --long=31`).
                zstd.window_log_max(31)?;
                Box::new(zstd)
            }
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(reader)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(reader, true, XZ_MEMORY)),
            Self::Brotli => Box::new(brotli_decompressor::Decompressor::new(reader, 1 << 16)),
        })
    }
}

/// Counts what one file holds after decompression against its limits, through all its layers and
/// members.
#[derive(Debug, Clone)]
pub struct Meter {
    limits: ReadLimits,
    /// Bytes read from the file as it lies on disk.
    raw: Arc<AtomicU64>,
    /// Bytes that came out of decoders, of all layers and members.
    decoded: Arc<AtomicU64>,
    /// Members past the limits, which were let go.
    bombs: Arc<AtomicU64>,
}

/// So many members of an archive may be past the limits before the whole archive is.
const BOMBS: u64 = 8;

impl Meter {
    /// A meter for a file or stream.
    pub fn new(limits: ReadLimits) -> Self {
        Self {
            limits,
            raw: Arc::default(),
            decoded: Arc::default(),
            bombs: Arc::default(),
        }
    }

    /// A meter for a file of which all bytes are at hand from the start.
    pub fn of_size(limits: ReadLimits, bytes: u64) -> Self {
        let meter = Self::new(limits);
        meter.raw.store(bytes, Ordering::Relaxed);
        meter
    }

    /// The stream, with what is read of it counted as the file's own bytes.
    pub fn raw<'a>(&self, reader: impl Read + 'a) -> Stream<'a> {
        let count = Arc::clone(&self.raw);
        Box::new(BufReader::with_capacity(BUFFER, Raw { reader, count }))
    }

    /// The stream without its layers of compression. `brotli` says that the outermost is Brotli.
    ///
    /// # Errors
    /// The first bytes cannot be read, or the layers are too many.
    pub fn decompress<'a>(&self, reader: Stream<'a>, brotli: bool) -> io::Result<Stream<'a>> {
        let (mut reader, mut codec) = if brotli {
            (reader, Some(Codec::Brotli))
        } else {
            told(reader)?
        };
        let mut layers = 0;
        while let Some(found) = codec {
            if layers == self.limits.nesting {
                return Err(bomb(format!(
                    "compressed more than {layers} times over: looks like a bomb"
                )));
            }
            layers += 1;
            let bounded = self.bound(found.decode(reader)?);
            (reader, codec) = told(Box::new(BufReader::with_capacity(BUFFER, bounded)))?;
        }
        Ok(reader)
    }

    /// The stream, failing past the limits; `reader` gives decompressed bytes.
    pub fn bound<R>(&self, reader: R) -> Bounded<R> {
        let meter = self.clone();
        Bounded { reader, meter }
    }

    /// Bytes that came out of decoders up to now.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// Takes back what a member spent that went past the limits, so that one bomb does not cost
    /// the members behind it; `before` is what was [`decoded`](Self::decoded) before it.
    pub(super) fn let_go(&self, before: u64) {
        let over = self.check(self.decoded()).is_err();
        if over && self.bombs.fetch_add(1, Ordering::Relaxed) < BOMBS {
            self.decoded.store(before, Ordering::Relaxed);
        }
    }

    fn check(&self, decoded: u64) -> io::Result<()> {
        let ReadLimits {
            total_bytes, ratio, ..
        } = self.limits;
        if decoded > total_bytes {
            return Err(bomb(format!("holds more than {total_bytes} bytes")));
        }
        let raw = self.raw.load(Ordering::Relaxed);
        if decoded > RATIO_FLOOR && decoded > raw.saturating_mul(ratio) {
            return Err(bomb(format!(
                "holds more than {ratio} times its size on disk: looks like a bomb"
            )));
        }
        Ok(())
    }
}

/// The error of a file past its limits; [`super::read_error`] knows it by its kind.
fn bomb(cause: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, cause)
}

/// A stream and its codec, if it has one; the bytes looked at are still in it.
fn told(reader: Stream<'_>) -> io::Result<(Stream<'_>, Option<Codec>)> {
    let (head, reader) = peek(reader, 8)?;
    Ok((reader, Codec::of_head(&head)))
}

/// The first `len` bytes of a stream (fewer if it ends before), and the stream with them in it.
///
/// # Errors
/// A failed read before the first byte; one after it is told when it is read again.
pub fn peek(mut reader: Stream<'_>, len: usize) -> io::Result<(Vec<u8>, Stream<'_>)> {
    let buffer = reader.fill_buf()?;
    if buffer.len() >= len {
        return Ok((buffer[..len].to_vec(), reader));
    }
    let mut head = Vec::with_capacity(len);
    let again: Stream<'_> = match (&mut reader).take(len as u64).read_to_end(&mut head) {
        Ok(_) => Box::new(Cursor::new(head.clone()).chain(reader)),
        Err(error) => {
            let failed = BufReader::new(Failed(Some(error)));
            Box::new(Cursor::new(head.clone()).chain(failed))
        }
    };
    Ok((head, again))
}

/// A stream of which only an error is left.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

struct Raw<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Raw<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A decompressed stream that fails past the limits of its file.
#[derive(Debug)]
pub struct Bounded<R> {
    reader: R,
    meter: Meter,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)? as u64;
        let decoded = self.meter.decoded.fetch_add(read, Ordering::Relaxed) + read;
        self.meter.check(decoded)?;
        Ok(read as usize)
    }
}

/// Opens a file for reading, decompressed; `-` is standard input.
///
/// # Errors
/// The file cannot be opened or its first bytes not read.
pub fn open(path: &Path) -> io::Result<Stream<'static>> {
    let meter = Meter::new(ReadLimits::default());
    meter.decompress(meter.raw(open_raw(path)?), is_brotli(path))
}

/// Opens a file on disk that is not compressed, so that any part of it can be read again; none
/// where it is something else.
///
/// # Errors
/// The file cannot be opened or its first bytes not read.
#[cfg(feature = "cli")]
pub(crate) fn open_plain(path: &Path) -> io::Result<Option<File>> {
    if path == Path::new("-") || is_brotli(path) || !path.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    (&mut file).take(8).read_to_end(&mut head)?;
    io::Seek::rewind(&mut file)?;
    Ok(Codec::of_head(&head).is_none().then_some(file))
}

/// Opens a file as it is; `-` is standard input.
pub(super) fn open_raw(path: &Path) -> io::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    Ok(Box::new(file))
}

/// Whether a name says Brotli.
pub(super) fn is_brotli(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("br"))
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
