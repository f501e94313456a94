//! Cuts a stream into WARC records, and finds the way back into it behind a broken one.

use std::io::{self, BufRead, Read};

use super::header::{HEADER_BYTES, Header};
use crate::io::compression::Stream;

/// One step through a file.
#[derive(Debug)]
pub(in crate::io) struct Step {
    /// Where the record starts, in bytes of the decompressed stream.
    pub(in crate::io) offset: u64,
    /// What is there.
    pub(in crate::io) found: Found,
}

/// What a step found.
#[derive(Debug)]
pub(in crate::io) enum Found {
    /// A record and its block.
    Record(Header, Vec<u8>),
    /// A record whose block is longer than the limit: the start of the block.
    TooLong(Header, Vec<u8>),
    /// What is wrong there. The next step starts at the next record.
    Broken(Header, &'static str),
    /// The stream cannot be read on.
    Failed(io::Error),
}

/// The records of a stream.
pub(in crate::io) struct Scan<'a> {
    stream: Stream<'a>,
    /// Bytes that were read and given back.
    back: Vec<u8>,
    at: usize,
    offset: u64,
    limit: usize,
    ended: bool,
}

const NO_RECORD: &str = "no WARC record starts here";
const HEADER_CUT: &str = "the record's header is cut short or too long";
const NO_LENGTH: &str = "the record's header has no valid Content-Length";
const WRONG_LENGTH: &str = "the record is cut short, or its Content-Length is wrong";

impl<'a> Scan<'a> {
    /// The records of `stream`, which starts at `offset` of the file's decompressed bytes. Blocks
    /// of more than `limit` bytes are not held.
    pub(in crate::io) fn new(stream: Stream<'a>, offset: u64, limit: usize) -> Self {
        Self {
            stream,
            back: Vec::new(),
            at: 0,
            offset,
            limit,
            ended: false,
        }
    }

    /// The next record; `None` at the end.
    pub(in crate::io) fn step(&mut self) -> Option<Step> {
        if self.ended {
            return None;
        }
        let found = match self.skip_blank() {
            Ok(()) => self.record(),
            Err(error) => Err(error),
        };
        let (offset, found) = match found {
            Ok(None) => return None,
            Ok(Some((offset, found))) => (offset, found),
            Err(error) => {
                self.ended = true;
                (self.offset, Found::Failed(error))
            }
        };
        Some(Step { offset, found })
    }

    /// Where the next step starts looking.
    pub(in crate::io) fn offset(&self) -> u64 {
        self.offset
    }

    fn record(&mut self) -> io::Result<Option<(u64, Found)>> {
        let start = self.offset;
        let mut header = Header::default();
        match self.peek(5)? {
            [] => return Ok(None),
            b"WARC/" => {}
            _ => {
                self.resync()?;
                return Ok(Some((start, Found::Broken(header, NO_RECORD))));
            }
        }
        let cause = if !self.header(&mut header)? {
            HEADER_CUT
        } else if let Some(length) = header.length {
            let found = self.block(header, length)?;
            return Ok(Some((start, found)));
        } else {
            NO_LENGTH
        };
        self.resync()?;
        Ok(Some((start, Found::Broken(header, cause))))
    }

    /// Reads header lines up to the empty one; `false` if it does not come.
    fn header(&mut self, header: &mut Header) -> io::Result<bool> {
        let (mut line, mut total, mut folded) = (Vec::new(), 0, Vec::new());
        loop {
            if total > 0 && self.peek(5)? == b"WARC/" {
                return Ok(false);
            }
            line.clear();
            let room = (HEADER_BYTES - total) as u64;
            let read = self.by_ref().take(room).read_until(b'\n', &mut line)?;
            total += read;
            if line.last() != Some(&b'\n') {
                return Ok(false);
            }
            let text = line.trim_ascii_end();
            // A line that starts with a blank goes on with the one before.
            if !text.is_empty() && matches!(line[0], b' ' | b'\t') {
                folded.push(b' ');
                folded.extend_from_slice(text.trim_ascii_start());
                continue;
            }
            header.line(&folded);
            folded.clear();
            folded.extend_from_slice(text);
            if text.is_empty() {
                return Ok(true);
            }
        }
    }

    /// Reads the block and checks that it ends where a record may end. If it does not, the block
    /// is given back: the next record may start inside it.
    fn block(&mut self, header: Header, length: u64) -> io::Result<Found> {
        let start = self.offset;
        let mut block = Vec::new();
        let hold = length.min(self.limit as u64);
        self.by_ref().take(hold).read_to_end(&mut block)?;
        let rest = length - hold;
        let skipped = io::copy(&mut self.by_ref().take(rest), &mut io::sink())?;
        let held = block.len() as u64;
        let whole = held == hold && skipped == rest;
        let mut end = Vec::new();
        if whole && self.ends(block.last() == Some(&b'\r'), &mut end)? {
            return Ok(if rest > 0 {
                Found::TooLong(header, block)
            } else {
                Found::Record(header, block)
            });
        }
        // Past the limit only the start is still at hand: all of it that can be looked through.
        if skipped == 0 || !whole {
            block.append(&mut end);
            self.give_back(block, start);
        }
        self.resync()?;
        Ok(Found::Broken(header, WRONG_LENGTH))
    }

    /// Whether a record may end here: two line ends, or the end of the file. Where they are not
    /// those of the standard, the next record must follow. `behind_cr` says that the block ends
    /// with a CR, so that a LF would be torn from it.
    fn ends(&mut self, behind_cr: bool, blank: &mut Vec<u8>) -> io::Result<bool> {
        let mut lines = 0;
        while lines < 2
            && let &[byte @ (b'\r' | b'\n'), ..] = self.fill_buf()?
        {
            blank.push(byte);
            lines += usize::from(byte == b'\n');
            self.consume(1);
        }
        let torn = behind_cr && blank.first() == Some(&b'\n');
        Ok(match self.peek(5)? {
            _ if blank == b"\r\n\r\n" => true,
            [] => !torn,
            next => next == b"WARC/" && lines == 2 && !torn,
        })
    }

    fn skip_blank(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.fill_buf()?;
            let blank = |b: &&u8| matches!(b, b'\r' | b'\n');
            let count = buffer.iter().take_while(blank).count();
            if count == 0 {
                return Ok(());
            }
            self.consume(count);
        }
    }

    /// Moves to the next line that starts a record, past this one.
    fn resync(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = memchr::memchr(b'\n', buffer);
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.consume(used);
            if end.is_some() && self.peek(5)? == b"WARC/" {
                return Ok(());
            }
        }
    }

    /// The next bytes, `len` of them or up to the end, without consuming them.
    fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        if self.fill_buf()?.len() < len {
            let mut head = Vec::with_capacity(len);
            let start = self.offset;
            self.by_ref().take(len as u64).read_to_end(&mut head)?;
            self.give_back(head, start);
        }
        let buffer = self.fill_buf()?;
        Ok(&buffer[..buffer.len().min(len)])
    }

    /// Puts bytes that were read back in front; the first of them is at `offset`.
    fn give_back(&mut self, mut bytes: Vec<u8>, offset: u64) {
        bytes.extend_from_slice(&self.back[self.at..]);
        (self.back, self.at) = (bytes, 0);
        self.offset = offset;
    }
}

impl Read for Scan<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut buffer = self.fill_buf()?;
        let read = buffer.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Scan<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.back.len() {
            return Ok(&self.back[self.at..]);
        }
        // A block that was given back may be large; it is not kept longer than needed.
        (self.back, self.at) = (Vec::new(), 0);
        self.stream.fill_buf()
    }

    fn consume(&mut self, used: usize) {
        self.offset += used as u64;
        if self.back.is_empty() {
            self.stream.consume(used);
        } else {
            self.at += used;
        }
    }
}
