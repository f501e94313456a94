//! What grows with the corpus and need not stay in memory: rows to [sort](sort), records to look up on
//! a [shelf](shelf).
//!
//! Both keep what fits into their room in memory and the rest in a file without a name, which
//! goes with the process. The answers are the same either way.

mod ends;
mod radix;
mod shelf;
mod sort;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::dedup::Options;

pub(crate) use ends::Ends;
pub(crate) use shelf::Shelf;
pub(crate) use sort::{Merge, Sorted, Sorter};

/// Where temporary files go, and how many bytes of memory there are.
#[derive(Debug, Clone)]
pub(crate) struct Spill {
    pub dir: PathBuf,
    pub memory: usize,
}

impl Spill {
    /// What the options allow.
    pub fn of(options: &Options) -> Self {
        Self {
            dir: options.dir.clone().unwrap_or_else(std::env::temp_dir),
            memory: usize::try_from(options.memory).unwrap_or(usize::MAX / 2),
        }
    }
}

/// The bytes of memory that this process holds beside files, where the system tells.
pub(crate) fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) << 10
}

/// A row of fixed size that can be written to disk.
pub(crate) trait Row: Copy + Ord + Send + Sync {
    /// Its bytes on disk.
    const SIZE: usize;

    /// Its first field: what rows are ordered by before anything else.
    fn lead(&self) -> u64;

    /// Appends its bytes.
    fn write(self, out: &mut Vec<u8>);

    /// The row of these [`SIZE`](Self::SIZE) bytes.
    fn read(bytes: &[u8]) -> Self;
}

/// Reads `N` bytes at `at`; rows are read only from what this module wrote.
pub(crate) fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let part = bytes.get(at..at + N).and_then(|part| part.try_into().ok());
    part.unwrap_or([0; N])
}

/// Writes and reads rows field by field.
macro_rules! rows {
    ($($name:ident { $lead:ident: $lead_int:ty $(, $field:ident: $int:ty)* })+) => {$(
        impl Row for $name {
            const SIZE: usize = size_of::<$lead_int>() $(+ size_of::<$int>())*;

            fn lead(&self) -> u64 {
                u64::from(self.$lead)
            }

            fn write(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.$lead.to_le_bytes());
                $(out.extend_from_slice(&self.$field.to_le_bytes());)*
            }

            fn read(bytes: &[u8]) -> Self {
                let $lead = <$lead_int>::from_le_bytes($crate::spill::part(bytes, 0));
                let mut at = size_of::<$lead_int>();
                $(
                    let $field = <$int>::from_le_bytes($crate::spill::part(bytes, at));
                    at += size_of::<$int>();
                )*
                let _ = at;
                Self { $lead $(, $field)* }
            }
        }
    )+};
}
pub(crate) use rows;

fn temporary(dir: &Path) -> io::Result<File> {
    tempfile::tempfile_in(dir)
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(not(unix))]
pub(crate) fn read_at(mut file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    use std::sync::{Mutex, PoisonError};
    // Position and read must not be parted by another thread.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_holds_what_it_wrote() {
        let held = std::hint::black_box(vec![7_u8; 64 << 20]);
        assert!(resident() >= 60 << 20);
        assert_eq!(held[5], 7);
    }
}
