//! The parts of a run after the first pass: all documents of the corpus, on disk, in order.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::part::{Entry, Header, PartReader, Section, Summary};
use super::state::State;
use crate::error::{Error, ErrorKind, Result};

/// The complete parts of a run.
#[derive(Debug)]
pub(super) struct Parts {
    files: Vec<PathBuf>,
    pub summaries: Vec<Summary>,
}

/// Where a section of a document lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    part: u32,
    offset: u64,
    bytes: u32,
}

impl Place {
    /// Bytes of the section.
    pub(super) fn bytes(self) -> usize {
        self.bytes as usize
    }
}

impl Parts {
    /// The parts of a run whose first pass is done.
    pub(super) fn of(state: &State) -> Result<Self> {
        let summaries: Option<Vec<Summary>> = state.done.iter().cloned().collect();
        let missing = || {
            let remedy = "this is a bug in lavoir: please report it";
            Error::new(ErrorKind::Io, "a part is missing", remedy).at(state.dir().display())
        };
        let summaries = summaries.ok_or_else(missing)?;
        Ok(Self {
            files: (0..summaries.len()).map(|part| state.part(part)).collect(),
            summaries,
        })
    }

    /// How many documents there are.
    pub(super) fn documents(&self) -> u64 {
        self.summaries.iter().map(|summary| summary.documents).sum()
    }

    /// How many records there were, and how many of them could not be read.
    pub(super) fn records(&self) -> (u64, u64) {
        let errors = self.summaries.iter().map(|summary| summary.errors).sum();
        (self.documents() + errors, errors)
    }

    /// The number of the first document of a part.
    pub(super) fn first_document(&self, part: usize) -> u64 {
        let before = self.summaries.iter().take(part);
        before.map(|summary| summary.documents).sum()
    }

    /// Opens a part for reading in order.
    pub(super) fn open(&self, part: usize) -> Result<PartReader> {
        PartReader::open(&self.files[part])
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Gives every document in order: its number, its header and the reader for its sections.
    ///
    /// # Errors
    /// A part cannot be read, or the first error that `each` returns.
    pub(super) fn each_document(
        &self,
        mut each: impl FnMut(u64, &Header, &mut PartReader, usize) -> Result<()>,
    ) -> Result<()> {
        let mut number = 0;
        for part in 0..self.len() {
            let mut reader = self.open(part)?;
            while let Some(entry) = reader.next()? {
                if let Entry::Document(header) = entry {
                    each(number, &header, &mut reader, part)?;
                    number += 1;
                }
            }
        }
        Ok(())
    }

    /// Where a section of the document at hand lies.
    pub(super) fn place(
        part: usize,
        header: &Header,
        reader: &PartReader,
        section: Section,
    ) -> Place {
        Place {
            part: part as u32,
            offset: reader.offset(section),
            bytes: header.sections[section as usize] as u32,
        }
    }

    /// Reads a section of a document, in any order and from any thread.
    pub(super) fn read(&self, place: Place) -> io::Result<String> {
        // Opened anew each time: there may be more parts than files that may be open at once.
        let mut file = File::open(&self.files[place.part as usize])?;
        let mut bytes = vec![0; place.bytes as usize];
        file.seek(SeekFrom::Start(place.offset))?;
        file.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}
