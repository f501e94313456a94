//! Rows of fixed size, sorted: in memory, or as runs on disk that are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::{Row, Spill, radix, read_at, temporary};

impl Spill {
    /// A sorter that may use this part (in eighths) of the memory.
    pub fn sorter<T: Row>(&self, eighths: usize) -> Sorter<T> {
        Sorter {
            rows: Vec::new(),
            room: (self.memory / 8 * eighths / size_of::<T>()).max(1024),
            file: None,
            runs: Vec::new(),
            dir: self.dir.clone(),
            buffer: self.memory / 16,
        }
    }
}

/// Sorts rows: in memory while they fit, else as sorted runs on disk that are merged.
#[derive(Debug)]
pub(crate) struct Sorter<T> {
    rows: Vec<T>,
    /// Rows that fit into memory.
    room: usize,
    file: Option<BufWriter<File>>,
    /// Where each run ends in the file, in bytes.
    runs: Vec<u64>,
    dir: PathBuf,
    /// Bytes for reading all runs at once.
    buffer: usize,
}

impl<T: Row> Sorter<T> {
    /// Adds a row.
    pub fn push(&mut self, row: T) -> io::Result<()> {
        if self.rows.len() == self.room {
            self.spill()?;
        }
        if self.rows.len() == self.rows.capacity() {
            let more = (self.rows.len().max(1024)).min(self.room - self.rows.len());
            self.rows.reserve_exact(more);
        }
        self.rows.push(row);
        Ok(())
    }

    /// Adds rows.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = T>) -> io::Result<()> {
        rows.into_iter().try_for_each(|row| self.push(row))
    }

    fn spill(&mut self) -> io::Result<()> {
        radix::sort(&mut self.rows);
        let file = match &mut self.file {
            Some(file) => file,
            None => self
                .file
                .insert(BufWriter::with_capacity(1 << 18, temporary(&self.dir)?)),
        };
        let mut bytes = Vec::with_capacity(T::SIZE * 1024);
        for rows in self.rows.chunks(1024) {
            bytes.clear();
            rows.iter().for_each(|row| row.write(&mut bytes));
            file.write_all(&bytes)?;
        }
        let start = self.runs.last().copied().unwrap_or(0);
        self.runs.push(start + (self.rows.len() * T::SIZE) as u64);
        self.rows.clear();
        Ok(())
    }

    /// Ends adding.
    pub fn finish(mut self) -> io::Result<Sorted<T>> {
        if self.file.is_none() {
            radix::sort(&mut self.rows);
            return Ok(Sorted {
                rows: self.rows,
                disk: None,
            });
        }
        self.spill()?;
        let file = match self.file {
            Some(file) => file
                .into_inner()
                .map_err(|error| io::Error::other(error.to_string()))?,
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Sorted {
            rows: Vec::new(),
            disk: Some(Runs {
                file,
                ends: self.runs,
                buffer: self.buffer,
            }),
        })
    }
}

#[derive(Debug)]
struct Runs {
    file: File,
    ends: Vec<u64>,
    buffer: usize,
}

/// Sorted rows; they can be read more than once.
#[derive(Debug)]
pub(crate) struct Sorted<T> {
    rows: Vec<T>,
    disk: Option<Runs>,
}

impl<T: Row> Sorted<T> {
    /// The rows, if they are all in memory.
    pub fn in_memory(&self) -> Option<&[T]> {
        self.disk.is_none().then_some(&*self.rows)
    }

    /// The rows in order.
    pub fn iter(&self) -> io::Result<Merge<'_, T>> {
        let mut merge = Merge {
            rows: self.rows.iter(),
            heap: BinaryHeap::new(),
            readers: Vec::new(),
        };
        let Some(disk) = &self.disk else {
            return Ok(merge);
        };
        let size = (disk.buffer / disk.ends.len() / T::SIZE).clamp(64, 1 << 16) * T::SIZE;
        let mut at = 0;
        for &end in &disk.ends {
            let mut reader = Reader {
                file: &disk.file,
                at,
                end,
                buffer: Vec::new(),
                size,
                next: 0,
            };
            at = end;
            if let Some(row) = reader.row()? {
                merge.heap.push(Reverse((row, merge.readers.len())));
            }
            merge.readers.push(reader);
        }
        Ok(merge)
    }

    /// Runs of rows with the same `key`, each in order.
    pub fn groups<K: PartialEq>(
        &self,
        key: impl Fn(&T) -> K,
        mut each: impl FnMut(&[T]) -> io::Result<()>,
    ) -> io::Result<()> {
        if let Some(rows) = self.in_memory() {
            return rows.chunk_by(|a, b| key(a) == key(b)).try_for_each(each);
        }
        let mut group: Vec<T> = Vec::new();
        for row in self.iter()? {
            let row = row?;
            if group.first().is_some_and(|first| key(first) != key(&row)) {
                each(&group)?;
                group.clear();
            }
            group.push(row);
        }
        if group.is_empty() {
            Ok(())
        } else {
            each(&group)
        }
    }
}

/// Reads one run.
#[derive(Debug)]
struct Reader<'f> {
    file: &'f File,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    size: usize,
    next: usize,
}

impl Reader<'_> {
    fn row<T: Row>(&mut self) -> io::Result<Option<T>> {
        if self.next == self.buffer.len() {
            let len = (self.end - self.at).min(self.size as u64) as usize;
            if len == 0 {
                return Ok(None);
            }
            self.buffer.resize(len, 0);
            read_at(self.file, &mut self.buffer, self.at)?;
            self.at += len as u64;
            self.next = 0;
        }
        let row = self.buffer.get(self.next..self.next + T::SIZE).map(T::read);
        self.next += T::SIZE;
        Ok(row)
    }
}

/// Rows of all runs in order.
#[derive(Debug)]
pub(crate) struct Merge<'s, T> {
    rows: std::slice::Iter<'s, T>,
    heap: BinaryHeap<Reverse<(T, usize)>>,
    readers: Vec<Reader<'s>>,
}

impl<T: Row> Iterator for Merge<'_, T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<io::Result<T>> {
        if self.readers.is_empty() {
            return self.rows.next().map(|row| Ok(*row));
        }
        let mut least = self.heap.peek_mut()?;
        let Reverse((row, from)) = *least;
        match self.readers[from].row() {
            Ok(Some(next)) => least.0.0 = next,
            Ok(None) => drop(std::collections::binary_heap::PeekMut::pop(least)),
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(row))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::spill::rows;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub struct Pair {
        pub key: u64,
        pub doc: u32,
    }
    rows! { Pair { key: u64, doc: u32 } }

    fn spill(memory: usize) -> Spill {
        Spill {
            dir: std::env::temp_dir(),
            memory,
        }
    }

    #[test]
    fn rows_come_back_sorted_whether_they_fit_or_not() {
        let pairs: Vec<Pair> = (0..5000_u32)
            .map(|n| Pair {
                key: u64::from(n.wrapping_mul(2_654_435_761) >> 20),
                doc: n,
            })
            .collect();
        let mut expected = pairs.clone();
        expected.sort_unstable();
        for memory in [0, 1 << 20] {
            let mut sorter = spill(memory).sorter(8);
            sorter.extend(pairs.iter().copied()).unwrap();
            let sorted = sorter.finish().unwrap();
            assert_eq!(sorted.in_memory().is_none(), memory == 0);
            let rows: Vec<Pair> = sorted.iter().unwrap().map(Result::unwrap).collect();
            assert_eq!(rows, expected);
            let mut groups = Vec::new();
            let each = |group: &[Pair]| {
                groups.push(group.len());
                Ok(())
            };
            sorted.groups(|pair| pair.key, each).unwrap();
            let lens = expected.chunk_by(|a, b| a.key == b.key).map(<[Pair]>::len);
            assert_eq!(groups, lens.collect::<Vec<_>>());
        }
    }
}
