//! Lines that many documents of one site hold, as site memory counts them.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::document::Seen;
use super::finding::excerpt;
use super::{Finding, Kind};
use crate::error::{Error, Result};
use crate::site::{Counter, SiteMemory, lines};
use crate::spill::read_at;

/// Counts lines by site. Documents without text of their own, as copies are, do not count: they
/// repeat everything and say nothing about the site.
#[derive(Debug)]
pub(super) struct Furniture {
    counter: Counter,
    /// The texts, one behind the other.
    texts: BufWriter<File>,
    end: usize,
    documents: Vec<Finding>,
}

impl Furniture {
    /// Lines in so many documents of a site are reported; `memory` bytes are used beside a few per
    /// document.
    pub(super) fn new(documents: u32, memory: u64) -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| failed(&error))?;
        let counter = Counter::new(&std::env::temp_dir(), memory);
        Ok(Self {
            counter: counter.least(u64::from(documents.max(2))),
            texts: BufWriter::with_capacity(1 << 18, file),
            end: 0,
            documents: Vec::new(),
        })
    }

    pub(super) fn add(&mut self, seen: &Seen) -> Result<()> {
        let Some(host) = &seen.host else {
            return Ok(());
        };
        let number = self.documents.len() as u32;
        let place = seen.finding(Kind::Furniture, "check/furniture", String::new());
        self.documents.push(place);
        let counted = self
            .counter
            .page(number, host, &lines(&seen.text, self.end));
        counted
            .and_then(|()| self.texts.write_all(seen.text.as_bytes()))
            .map_err(|error| failed(&error))?;
        self.end += seen.text.len();
        Ok(())
    }

    /// One finding per document and line, with how often the site has it.
    pub(super) fn findings(self) -> Result<Vec<Finding>> {
        let documents = &self.documents;
        let texts = self.texts.into_inner();
        let texts = texts.map_err(|error| failed(error.error()))?;
        let find = || -> io::Result<Vec<Finding>> {
            let counts = self.counter.finish(&SiteMemory::default(), |_| Ok(()))?;
            let (mut pages, mut findings) = (counts.pages()?, Vec::new());
            while let Some(number) = pages.next_page()? {
                for (count, line) in pages.repeated()? {
                    let mut bytes = vec![0; line.len()];
                    read_at(&texts, &mut bytes, line.start as u64)?;
                    findings.push(Finding {
                        message: format!("{count} documents of the site hold this line"),
                        excerpt: excerpt(&String::from_utf8_lossy(&bytes)),
                        ..documents[number as usize].clone()
                    });
                }
            }
            Ok(findings)
        };
        find().map_err(|error| failed(&error))
    }
}

fn failed(error: &io::Error) -> Error {
    Error::io("temporary file", error)
}
