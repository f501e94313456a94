//! Lines of a stream, many at a time.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memrchr};

/// Bytes of rows that are worked on at a time.
pub(super) const BATCH: usize = 2 << 20;

/// Lines that are worked on at a time.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// What was read and is not done, as far as [`filled`](Self::filled).
    bytes: Vec<u8>,
    filled: usize,
    /// Where the last line of this batch ends.
    end: usize,
    /// Where in the stream this batch begins.
    at: u64,
    /// Number and place of each line; none where it is too long.
    pub lines: Vec<(usize, Option<Range<usize>>)>,
    /// Number of the last line.
    number: usize,
    /// The line at hand is too long, and what was read of it is gone.
    skips: bool,
    /// Why the stream ends before its end.
    broken: Option<io::Error>,
}

impl Batch {
    /// Begins another stream.
    pub fn begin(&mut self) {
        (self.filled, self.end, self.at) = (0, 0, 0);
        (self.number, self.skips) = (0, false);
        self.broken = None;
        self.lines.clear();
    }

    /// After the last lines of a stream that could not be read to its end: the line from which on there is
    /// nothing, and why.
    pub fn broken(&mut self) -> Option<(usize, io::Error)> {
        Some((self.number + 1, self.broken.take()?))
    }

    /// The bytes of this batch, with line ends.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }

    /// Where in the stream they begin.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Reads the next lines; returns whether there may be more. Lines longer than `limit` are passed
    /// over without being held. Where reading fails the stream ends, without the line at hand.
    pub fn fill(&mut self, reader: &mut dyn Read, limit: usize) -> bool {
        self.bytes.copy_within(self.end..self.filled, 0);
        self.at += self.end as u64;
        self.filled -= self.end;
        self.end = 0;
        self.lines.clear();
        if self.filled < BATCH && self.bytes.len() != BATCH {
            self.bytes.resize(BATCH, 0);
            self.bytes.shrink_to(BATCH);
        }
        loop {
            let is_more = self.read(reader);
            let held = &self.bytes[..self.filled];
            match memrchr(b'\n', held) {
                Some(last) if is_more || self.broken.is_some() => self.end = last + 1,
                None if self.broken.is_some() => self.end = 0,
                _ if !is_more => self.end = self.filled,
                _ if self.skips || self.filled > limit => {
                    self.skips = true;
                    self.at += self.filled as u64;
                    self.filled = 0;
                    continue;
                }
                _ => {
                    self.bytes.resize(self.bytes.len() * 2, 0);
                    continue;
                }
            }
            self.split(limit);
            if !is_more && self.skips && self.broken.is_none() {
                self.line(None);
            }
            return is_more;
        }
    }

    /// Fills the bytes; returns whether there may be more.
    fn read(&mut self, reader: &mut dyn Read) -> bool {
        while self.filled < self.bytes.len() {
            match reader.read(&mut self.bytes[self.filled..]) {
                Ok(0) => return false,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.broken = Some(error);
                    return false;
                }
            }
        }
        true
    }

    fn split(&mut self, limit: usize) {
        let mut start = 0;
        while start < self.end {
            let rest = &self.bytes[start..self.end];
            let len = memchr(b'\n', rest).unwrap_or(rest.len());
            let is_held = !self.skips && len <= limit;
            self.line(is_held.then_some(start..start + len));
            start += len + 1;
        }
    }

    /// Adds a line, if there is anything on it.
    fn line(&mut self, place: Option<Range<usize>>) {
        self.number += 1;
        self.skips = false;
        let Some(place) = place else {
            return self.lines.push((self.number, None));
        };
        let line = &self.bytes[place.clone()];
        let mut start = place.start + line.len() - line.trim_ascii_start().len();
        let end = place.end - (line.len() - line.trim_ascii_end().len());
        if self.number == 1 && self.bytes[start..].starts_with(b"\xEF\xBB\xBF") {
            start += 3;
        }
        if start < end {
            self.lines.push((self.number, Some(start..end)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(out.len());
            (&mut self.0).take(most as u64).read(&mut out[..most])
        }
    }

    fn lines(text: &[u8], limit: usize) -> Vec<(usize, Option<Vec<u8>>)> {
        let mut batch = Batch::default();
        let mut all = Vec::new();
        batch.begin();
        let mut reader = Slow(text, 100_000);
        loop {
            let is_more = batch.fill(&mut reader, limit);
            for (number, place) in &batch.lines {
                let line = place.clone().map(|place| {
                    let from = batch.at() as usize + place.start;
                    let line = batch.bytes()[place].to_vec();
                    assert_eq!(&text[from..from + line.len()], line);
                    line
                });
                all.push((*number, line));
            }
            if !is_more {
                return all;
            }
        }
    }

    #[test]
    fn lines_are_those_of_the_text() {
        let text: Vec<String> = (0..40).map(|n| "x".repeat(n * 7919)).collect();
        let numbered = (1..).zip(&text).skip(1);
        let expected: Vec<_> = numbered
            .map(|(n, line)| (n, Some(line.clone().into_bytes())))
            .collect();
        assert_eq!(lines(text.join("\n").as_bytes(), usize::MAX), expected);
        assert_eq!(
            lines((text.join("\r\n") + "\n").as_bytes(), usize::MAX),
            expected
        );
        assert_eq!(lines(b"", 5), []);
        let found = lines(b"\xEF\xBB\xBF{}\n \n b", 5);
        assert_eq!(found, [(1, Some(b"{}".to_vec())), (3, Some(b"b".to_vec()))]);
    }

    #[test]
    fn long_lines_are_passed_over() {
        let long = "y".repeat(3 * BATCH);
        for end in ["", "\n", "\nb\n"] {
            let text = format!("a\n{long}{end}");
            let found = lines(text.as_bytes(), BATCH);
            let mut expected = vec![(1, Some(b"a".to_vec())), (2, None)];
            if end.len() > 1 {
                expected.push((3, Some(b"b".to_vec())));
            }
            assert_eq!(found, expected, "{end:?}");
            let whole = lines(text.as_bytes(), usize::MAX);
            assert_eq!(whole[1].1.as_ref().map(Vec::len), Some(3 * BATCH));
        }
    }

    #[test]
    fn lines_before_a_fault_are_kept() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        for (text, kept, line) in [("a\nb\nc", 2, 3), ("a", 0, 1), ("a\n", 1, 2), ("", 0, 1)] {
            let mut batch = Batch::default();
            batch.begin();
            assert!(!batch.fill(&mut text.as_bytes().chain(Broken), BATCH));
            assert_eq!(batch.lines.len(), kept, "{text:?}");
            let (number, error) = batch.broken().unwrap();
            assert_eq!((number, error.kind()), (line, io::ErrorKind::UnexpectedEof));
            assert!(batch.broken().is_none());
        }
    }
}
