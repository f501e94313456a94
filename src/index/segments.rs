//! Sorted segments of postings, in compressed blocks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use redb::{Error, ReadableTable, Table};

use super::LEVEL;

/// A shingle and a document that has it.
type Posting = (u64, u32);
/// Segment, and the first posting of a block.
type Key = (u32, u64, u32);

/// Postings in a block.
const BLOCK: usize = 4096;
const ROW: usize = 12;

/// Writes sorted postings as segment `number`.
pub(super) fn write(
    table: &mut Table<'_, Key, &'static [u8]>,
    number: u32,
    postings: impl Iterator<Item = Result<Posting, Error>>,
) -> Result<(), Error> {
    let mut block: Vec<Posting> = Vec::with_capacity(BLOCK);
    for posting in postings {
        block.push(posting?);
        if block.len() == BLOCK {
            insert(table, number, &block)?;
            block.clear();
        }
    }
    insert(table, number, &block)
}

fn insert(
    table: &mut Table<'_, Key, &'static [u8]>,
    number: u32,
    block: &[Posting],
) -> Result<(), Error> {
    let Some(first) = block.first() else {
        return Ok(());
    };
    let mut bytes = Vec::with_capacity(block.len() * ROW);
    for (shingle, document) in block {
        bytes.extend_from_slice(&shingle.to_le_bytes());
        bytes.extend_from_slice(&document.to_le_bytes());
    }
    let packed = zstd::encode_all(&*bytes, LEVEL)?;
    table.insert((number, first.0, first.1), &*packed)?;
    Ok(())
}

fn unpack(bytes: &[u8]) -> Result<Vec<Posting>, Error> {
    let bytes = zstd::decode_all(bytes)?;
    let row = |row: &[u8]| {
        let shingle = row.get(..8)?.try_into().ok().map(u64::from_le_bytes)?;
        let document = row.get(8..12)?.try_into().ok().map(u32::from_le_bytes)?;
        Some((shingle, document))
    };
    let rows: Option<Vec<Posting>> = bytes.chunks(ROW).map(row).collect();
    rows.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData).into())
}

/// One segment that is read from front to back.
struct Cursor {
    segment: u32,
    block: std::vec::IntoIter<Posting>,
    /// Where the block at hand begins.
    first: Posting,
}

impl Cursor {
    /// The first block of a segment at or behind `from`.
    fn open(
        table: &impl ReadableTable<Key, &'static [u8]>,
        segment: u32,
        from: Posting,
    ) -> Result<Option<Self>, Error> {
        let range = (segment, from.0, from.1)..=(segment, u64::MAX, u32::MAX);
        let Some(row) = table.range(range)?.next() else {
            return Ok(None);
        };
        let (key, value) = row?;
        let (segment, shingle, document) = key.value();
        Ok(Some(Self {
            segment,
            block: unpack(value.value())?.into_iter(),
            first: (shingle, document),
        }))
    }

    fn next(
        &mut self,
        table: &impl ReadableTable<Key, &'static [u8]>,
    ) -> Result<Option<Posting>, Error> {
        if let Some(posting) = self.block.next() {
            return Ok(Some(posting));
        }
        let behind = (self.first.0, self.first.1 + 1);
        match Self::open(table, self.segment, behind)? {
            Some(next) => {
                *self = next;
                Ok(self.block.next())
            }
            None => Ok(None),
        }
    }
}

fn segments(table: &impl ReadableTable<Key, &'static [u8]>) -> Result<Vec<u32>, Error> {
    let mut segments = Vec::new();
    let mut next = 0;
    while let Some(row) = table.range((next, 0, 0)..)?.next() {
        let segment = row?.0.value().0;
        segments.push(segment);
        match segment.checked_add(1) {
            Some(after) => next = after,
            None => break,
        }
    }
    Ok(segments)
}

/// Gives all postings of all segments in order.
pub(super) fn merge(
    table: &impl ReadableTable<Key, &'static [u8]>,
    mut each: impl FnMut(u64, u32) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut cursors = Vec::new();
    let mut heap = BinaryHeap::new();
    for segment in segments(table)? {
        if let Some(mut cursor) = Cursor::open(table, segment, (0, 0))? {
            if let Some(posting) = cursor.next(table)? {
                heap.push(Reverse((posting, cursors.len())));
            }
            cursors.push(cursor);
        }
    }
    while let Some(Reverse((posting, from))) = heap.pop() {
        each(posting.0, posting.1)?;
        if let Some(next) = cursors[from].next(table)? {
            heap.push(Reverse((next, from)));
        }
    }
    Ok(())
}

/// Joins all segments into the segment `number`, which is behind all of them.
pub(super) fn join(table: &mut Table<'_, Key, &'static [u8]>, number: u32) -> Result<(), Error> {
    let old = segments(table)?;
    // Blocks go one by one: reading and writing a table at once is not possible, and one block per
    // segment is all that is held.
    let mut cursors = Vec::new();
    let mut heap = BinaryHeap::new();
    for &segment in &old {
        if let Some(mut cursor) = Cursor::open(table, segment, (0, 0))? {
            if let Some(posting) = cursor.next(table)? {
                heap.push(Reverse((posting, cursors.len())));
            }
            cursors.push(cursor);
        }
    }
    let mut block: Vec<Posting> = Vec::with_capacity(BLOCK);
    while let Some(Reverse((posting, from))) = heap.pop() {
        block.push(posting);
        if block.len() == BLOCK {
            insert(table, number, &block)?;
            block.clear();
        }
        if let Some(next) = cursors[from].next(table)? {
            heap.push(Reverse((next, from)));
        }
    }
    insert(table, number, &block)?;
    table.retain_in((0, 0, 0)..(number, 0, 0), |_, _| false)?;
    Ok(())
}
