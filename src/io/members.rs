//! Where a compressed file can be entered: the starts of its gzip members or zstd frames.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _};
use std::sync::{Arc, Mutex, PoisonError};

use super::compression::Codec;

/// A place where decoding can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Door {
    /// Its offset in the file.
    pub(super) raw: u64,
    /// Its offset in the decoded bytes.
    pub(super) decoded: u64,
}

/// The doors that were passed, in order.
pub(super) type Doors = Arc<Mutex<VecDeque<Door>>>;

/// Decodes a file member by member and notes where each starts.
pub(super) struct Members {
    state: State,
    codec: Codec,
    doors: Doors,
    decoded: u64,
    /// Give up when no second member has come up to here.
    patience: u64,
}

enum State {
    Between(BufReader<File>),
    Gzip(Box<flate2::bufread::GzDecoder<BufReader<File>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<File>>>),
    Done,
}

impl Members {
    /// `None` if files of this codec have no members.
    pub(super) fn new(file: File, codec: Codec, doors: Doors, patience: u64) -> Option<Self> {
        matches!(codec, Codec::Gzip | Codec::Zstd).then(|| Self {
            state: State::Between(BufReader::with_capacity(1 << 18, file)),
            codec,
            doors,
            decoded: 0,
            patience,
        })
    }

    fn enter(&mut self, mut reader: BufReader<File>) -> io::Result<()> {
        if reader.fill_buf()?.is_empty() {
            return Ok(());
        }
        let door = Door {
            raw: reader.stream_position()?,
            decoded: self.decoded,
        };
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.push_back(door);
        self.state = if self.codec == Codec::Gzip {
            State::Gzip(Box::new(flate2::bufread::GzDecoder::new(reader)))
        } else {
            let mut zstd = zstd::stream::read::Decoder::with_buffer(reader)?.single_frame();
            zstd.window_log_max(31)?;
            State::Zstd(Box::new(zstd))
        };
        Ok(())
    }

    /// Whether the first member goes on and on: then the file has only one.
    fn is_hopeless(&mut self) -> io::Result<bool> {
        let file = match &mut self.state {
            State::Gzip(gzip) => gzip.get_mut().get_mut(),
            State::Zstd(zstd) => zstd.get_mut().get_mut(),
            State::Between(_) | State::Done => return Ok(false),
        };
        let first = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        let only_one = first.back().is_some_and(|door| door.raw == 0);
        Ok(only_one && file.stream_position()? > self.patience)
    }
}

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.state {
                State::Gzip(gzip) => gzip.read(buffer)?,
                State::Zstd(zstd) => zstd.read(buffer)?,
                State::Between(_) => 0,
                State::Done => return Ok(0),
            };
            if read > 0 {
                self.decoded += read as u64;
                if self.is_hopeless()? {
                    return Err(io::ErrorKind::Unsupported.into());
                }
                return Ok(read);
            }
            match std::mem::replace(&mut self.state, State::Done) {
                State::Gzip(gzip) => self.state = State::Between(gzip.into_inner()),
                State::Zstd(zstd) => self.state = State::Between(zstd.finish()),
                State::Between(reader) => self.enter(reader)?,
                State::Done => return Ok(0),
            }
        }
    }
}
