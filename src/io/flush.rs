//! Lets the disk work while a file is written, so that little is left to wait for at its end.

use std::fs::File;
use std::io;
use std::thread::JoinHandle;

/// Bytes between two beginnings of work for the disk.
const EVERY: u64 = 16 << 20;

/// Brings a growing file to disk, now and then, on a thread of its own.
#[derive(Debug, Default)]
pub(crate) struct Flusher {
    at: u64,
    working: Option<JoinHandle<io::Result<()>>>,
}

impl Flusher {
    /// Takes notice that the file has `written` bytes; does not wait for the disk.
    ///
    /// # Errors
    /// The disk refused what it was given before. It says so once only, so this must be heeded.
    pub(crate) fn grown(&mut self, file: &File, written: u64) -> io::Result<()> {
        if written < self.at + EVERY {
            return Ok(());
        }
        if self
            .working
            .as_ref()
            .is_some_and(|work| !work.is_finished())
        {
            return Ok(());
        }
        self.finish()?;
        self.at = written;
        let file = file.try_clone()?;
        self.working = Some(std::thread::spawn(move || file.sync_data()));
        Ok(())
    }

    /// Waits for what was begun.
    ///
    /// # Errors
    /// The disk refused it.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match self.working.take() {
            None => Ok(()),
            Some(work) => work
                .join()
                .unwrap_or_else(|_| Err(io::ErrorKind::Other.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_is_brought_to_disk_while_it_grows() {
        let mut file = tempfile::tempfile().unwrap();
        let mut flusher = Flusher::default();
        flusher.grown(&file, EVERY - 1).unwrap();
        assert!(flusher.working.is_none());
        file.write_all(&vec![7; EVERY as usize]).unwrap();
        flusher.grown(&file, EVERY).unwrap();
        assert!(flusher.working.is_some());
        flusher.finish().unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_disk_refused_is_told() {
        // A terminal-like device takes no sync.
        let file = File::open("/dev/null").unwrap();
        let mut flusher = Flusher::default();
        flusher.grown(&file, EVERY).unwrap();
        assert!(flusher.finish().is_err());
    }
}
