//! Records by number: the first ones in memory, the rest on disk.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::{Spill, part, read_at, temporary};

impl Spill {
    /// A shelf that may use this part (in eighths) of the memory.
    pub fn shelf(&self, eighths: usize) -> Shelf {
        Shelf {
            words: Vec::new(),
            room: self.memory / 8 * eighths / size_of::<u32>(),
            kept: 0,
            ends: vec![0],
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
    /// Where each record ends, in words; those on disk go on where memory ends.
    ends: Vec<u64>,
    file: Option<BufWriter<File>>,
    dir: PathBuf,
}

impl Shelf {
    /// Adds a record.
    pub fn push(&mut self, record: &[u32]) -> io::Result<()> {
        let end = self.ends.last().copied().unwrap_or(0);
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
            let file = match &mut self.file {
                Some(file) => file,
                None => self
                    .file
                    .insert(BufWriter::with_capacity(1 << 18, temporary(&self.dir)?)),
            };
            let bytes: Vec<u8> = record.iter().flat_map(|word| word.to_le_bytes()).collect();
            file.write_all(&bytes)?;
        }
        self.ends.push(end + record.len() as u64);
        Ok(())
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
        let (from, to) = (self.ends.get(number), self.ends.get(number + 1));
        from.zip(to).map_or(0, |(from, to)| (to - from) as usize)
    }

    /// Record `number`; empty where there is none.
    pub fn get(&self, number: usize) -> io::Result<Cow<'_, [u32]>> {
        let (Some(&from), Some(&to)) = (self.ends.get(number), self.ends.get(number + 1)) else {
            return Ok(Cow::Borrowed(&[]));
        };
        if number < self.kept {
            let record = self.words.get(from as usize..to as usize);
            return Ok(Cow::Borrowed(record.unwrap_or_default()));
        }
        let mut bytes = vec![0; (to - from) as usize * 4];
        let start = (from - self.words.len() as u64) * 4;
        if let Some(file) = &self.file {
            read_at(file.get_ref(), &mut bytes, start)?;
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
    }
}
