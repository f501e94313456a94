//! What deduplication asks of the documents that were kept before.

use std::io;

use redb::ReadableTableMetadata;

use super::record::parse;
use super::{ADDRESSES, DIGESTS, DOCUMENTS, GONE, IDS, Index, LINES, POSTINGS, lines, segments};
use crate::dedup::{Earlier, SeenLine};

impl Earlier for Index {
    fn documents(&self) -> io::Result<u64> {
        self.read(|read| Ok(read.open_table(DOCUMENTS)?.len()?))
    }

    fn by_id(&self, id: &str) -> io::Result<Option<u32>> {
        self.read(|read| Ok(read.open_table(IDS)?.get(id)?.map(|found| found.value())))
    }

    fn is_counted(&self, id: &str) -> io::Result<bool> {
        self.read(|read| {
            if read.open_table(IDS)?.get(id)?.is_some() {
                return Ok(true);
            }
            match read.open_table(GONE) {
                Ok(gone) => Ok(gone.get(id)?.is_some()),
                // Indexes of before have no such table.
                Err(redb::TableError::TableDoesNotExist(_)) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn by_digest(&self, digest: u128) -> io::Result<Option<u32>> {
        self.read(|read| {
            Ok(read
                .open_table(DIGESTS)?
                .get(digest)?
                .map(|found| found.value()))
        })
    }

    fn by_address(&self, address: u64) -> io::Result<Option<u32>> {
        self.read(|read| {
            Ok(read
                .open_table(ADDRESSES)?
                .get(address)?
                .map(|found| found.value()))
        })
    }

    fn document(&self, number: u32) -> io::Result<(String, String)> {
        self.read(|read| {
            let table = read.open_table(DOCUMENTS)?;
            let record = table.get(number)?;
            let missing = || redb::Error::Corrupted(format!("document {number} is missing"));
            let (head, text) = parse(record.ok_or_else(missing)?.value())?;
            Ok((head.id, text))
        })
    }

    fn postings(&self, each: &mut dyn FnMut(u64, u32) -> io::Result<()>) -> io::Result<()> {
        self.read(|read| {
            segments::merge(&read.open_table(POSTINGS)?, |shingle, document| {
                each(shingle, document).map_err(redb::Error::Io)
            })
        })
    }

    fn lines(&self, each: &mut dyn FnMut(SeenLine) -> io::Result<()>) -> io::Result<()> {
        self.read(|read| {
            segments::merge(&read.open_table(LINES)?, |key, counts| {
                each(lines::seen(key, counts)).map_err(redb::Error::Io)
            })
        })
    }
}
