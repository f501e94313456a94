//! The SHA-256 of what is written, worked out beside the writing.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

/// Bytes that are handed over at a time; less is hashed where it is.
const BLOCK: usize = 1 << 20;
/// Blocks that may wait.
const WAITING: usize = 4;

/// Hashes bytes as they come; from the first full block on, on a thread of its own.
#[derive(Debug, Default)]
pub(crate) struct Hasher {
    block: Vec<u8>,
    work: Option<(SyncSender<Vec<u8>>, JoinHandle<Sha256>)>,
}

impl Hasher {
    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK + BLOCK / 4));
        let (sender, _) = self.work.get_or_insert_with(|| {
            let (sender, receiver) = sync_channel::<Vec<u8>>(WAITING);
            let work = move || {
                let mut hasher = Sha256::new();
                for block in receiver {
                    hasher.update(&block);
                }
                hasher
            };
            (sender, std::thread::spawn(work))
        });
        // The thread ends only when this side lets go of the channel.
        let _ = sender.send(block);
    }

    /// The hash in lower-case hex.
    pub(crate) fn finish(mut self) -> String {
        let hasher = match self.work.take() {
            None => Some(Sha256::new()),
            Some((sender, thread)) => {
                drop(sender);
                thread.join().ok()
            }
        };
        // Hashing cannot panic; were the thread lost all the same, the empty name fails every check.
        hasher.map_or_else(String::new, |mut hasher| {
            hasher.update(&self.block);
            crate::hex(&hasher.finalize())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::sha256;

    #[test]
    fn the_hash_is_that_of_all_bytes_however_they_come() {
        for (pieces, len) in [(0, 0), (1, 10), (3, BLOCK), (7, BLOCK / 3 + 1), (5000, 999)] {
            let mut hasher = Hasher::default();
            let mut all = Vec::new();
            for piece in 0..pieces {
                let bytes = vec![piece as u8; len];
                hasher.update(&bytes);
                all.extend(bytes);
            }
            assert_eq!(hasher.finish(), sha256(&all), "{pieces} × {len}");
        }
    }
}
