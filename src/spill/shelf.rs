//! Records by number: the first ones in memory, the rest on disk.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::PathBuf;

use super::{Ends, Spill, part, read_at, temporary};

impl Spill {
    /// A shelf that may use this part (in eighths) of the memory.
    pub fn shelf(&self, eighths: usize) -> Shelf {
        Shelf {
            words: Vec::new(),
            room: self.memory / 8 * eighths / size_of::<u32>(),
            kept: 0,
            ends: Ends::default(),
            unloaded: None,
            written: 0,
            file: None,
            dir: self.dir.clone(),
        }
    }
}

/// Records by number, each a list of 32-bit words: the first ones in memory, the rest on disk.
#[derive(Debug)]
pub(crate) struct Shelf {
    words: Vec<u32>,
    room: usize,
    /// How many records are in memory.
    kept: usize,
    /// The place of each record, in words; those on disk go on where memory ends.
    ends: Ends,
    /// Where in the file the records begin that were in memory, in words; how many words these are.
    unloaded: Option<(u64, u64)>,
    /// Words in the file.
    written: u64,
    file: Option<BufWriter<File>>,
    dir: PathBuf,
}

impl Shelf {
    /// Adds a record.
    pub fn push(&mut self, record: &[u32]) -> io::Result<()> {
        if self.file.is_none() && self.words.len() + record.len() <= self.room {
            if self.words.capacity() - self.words.len() < record.len() {
                let more = self
                    .words
                    .len()
                    .max(1 << 16)
                    .min(self.room - self.words.len());
                self.words.reserve_exact(more.max(record.len()));
            }
            self.words.extend_from_slice(record);
            self.kept += 1;
        } else {
            self.write(record)?;
        }
        self.ends.push(record.len() as u32);
        Ok(())
    }

    fn write(&mut self, words: &[u32]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self
                .file
                .insert(BufWriter::with_capacity(1 << 18, temporary(&self.dir)?)),
        };
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.written += words.len() as u64;
        file.write_all(&bytes)
    }

    /// Puts what is in memory on disk as well; nothing may be added after it.
    pub fn unload(&mut self) -> io::Result<()> {
        let words = std::mem::take(&mut self.words);
        let start = self.written;
        for words in words.chunks(1 << 14) {
            self.write(words)?;
        }
        self.unloaded = Some((start, words.len() as u64));
        self.room = 0;
        self.finish()
    }

    /// Ends adding.
    pub fn finish(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }

    /// Bytes of memory in use.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>()
    }

    /// Words of record `number`.
    pub fn len_of(&self, number: usize) -> usize {
        self.ends.len_of(number) as usize
    }

    /// The first word of record `number` if it is in memory, else 0.
    #[inline]
    pub fn first_in_memory(&self, number: usize) -> u32 {
        let place = self.ends.get(number).filter(|_| self.unloaded.is_none());
        let first = place.and_then(|place| self.words.get(place.start as usize));
        first.copied().unwrap_or(0)
    }

    /// Record `number`; empty where there is none.
    pub fn get(&self, number: usize) -> io::Result<Cow<'_, [u32]>> {
        let Some(Range { start, end }) = self.ends.get(number) else {
            return Ok(Cow::Borrowed(&[]));
        };
        let place = match self.unloaded {
            Some((from, _)) if number < self.kept => from + start,
            Some((_, words)) => start - words,
            None if number < self.kept => {
                let record = self.words.get(start as usize..end as usize);
                return Ok(Cow::Borrowed(record.unwrap_or_default()));
            }
            None => start - self.words.len() as u64,
        };
        let mut bytes = vec![0; (end - start) as usize * 4];
        if let Some(file) = &self.file {
            read_at(file.get_ref(), &mut bytes, place * 4)?;
        }
        let words = bytes
            .chunks_exact(4)
            .map(|four| u32::from_le_bytes(part(four, 0)));
        Ok(Cow::Owned(words.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spill(memory: usize) -> Spill {
        Spill {
            dir: std::env::temp_dir(),
            memory,
        }
    }

    #[test]
    fn records_come_back_from_memory_and_disk() {
        let mut shelf = spill(8 * 40).shelf(1);
        let records: Vec<Vec<u32>> = (0..20).map(|n| (0..n).collect()).collect();
        for record in &records {
            shelf.push(record).unwrap();
        }
        shelf.finish().unwrap();
        assert!(shelf.kept > 0 && shelf.kept < records.len());
        for (number, record) in records.iter().enumerate() {
            assert_eq!(&*shelf.get(number).unwrap(), record.as_slice());
        }
        assert!(shelf.get(20).unwrap().is_empty());
        shelf.unload().unwrap();
        assert_eq!(shelf.bytes(), 0);
        for (number, record) in records.iter().enumerate() {
            assert_eq!(&*shelf.get(number).unwrap(), record.as_slice());
        }
    }
}
