//! `lavoir learn`: rules for sites, proposed from what their pages repeat.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::clean::list_paths;
use super::settings::{self, CleanerArgs};
use super::{Exit, Failure, terminal};
use crate::cleaner::Cleaned;
use crate::dedup::host;
use crate::error::{Error, ErrorKind, Result};
use crate::io::output::OutputFile;
use crate::pipeline::{Pipeline, PipelineOptions};
use crate::record::Form;
use crate::site::{
    self, Counter, Counts, Learner, Selectors, SiteBlock, SiteElement, SiteMemory, blocks, elements,
};
use crate::spill::read_at;

/// Propose rules for sites from what their pages repeat
///
/// Pages are cleaned; what is left and stands on many pages of one host becomes a rule file per
/// host and place, with the evidence as comments: on how many pages, where, and which ones. Elements
/// of HTML pages that hold nothing else become a file of CSS selectors. A person reads them and keeps
/// what is right. `--memory-out` writes what was counted, so that
/// `lavoir clean --site-memory` knows it without the pages.
#[derive(Debug, Args)]
pub(super) struct LearnArgs {
    /// Files, folders or globs, as for `lavoir clean`; `-` or nothing reads standard input
    inputs: Vec<PathBuf>,
    /// Write the proposed rules into this folder
    #[arg(
        short,
        long,
        value_name = "DIR",
        required_unless_present = "memory_out"
    )]
    out: Option<PathBuf>,
    /// Write what was counted to this file
    #[arg(long, value_name = "FILE")]
    memory_out: Option<PathBuf>,
    /// Begin with what an earlier crawl taught
    #[arg(long, value_name = "FILE")]
    site_memory: Option<PathBuf>,
    /// Read the paths of more inputs from this file, one per line
    #[arg(long, value_name = "LIST")]
    files_from: Vec<PathBuf>,
    /// Threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    cleaner: CleanerArgs,
}

pub(super) fn run(args: &LearnArgs) -> std::result::Result<Exit, Failure> {
    let loaded = args.cleaner.load()?;
    let cleaner = settings::cleaner(&loaded.config)?;
    let inputs = list_paths(&args.inputs, &args.files_from, None)?;
    let options = PipelineOptions {
        jobs: args.jobs.unwrap_or(loaded.config.run.jobs),
        ..PipelineOptions::default()
    };
    let pipeline = Pipeline::new(&cleaner, options)?;
    let mut pages = Pages::create().map_err(|error| temporary(&error))?;
    let (mut errors, mut unknown) = (inputs.errors.len(), 0_usize);
    pipeline.look_at_inputs(
        &inputs,
        |_| {},
        |text, cleaned| Page::new(text, &cleaned),
        |result| match result {
            Ok(None) => {
                unknown += 1;
                Ok(())
            }
            Ok(Some((id, page))) => pages.push(id, &page).map_err(|error| temporary(&error)),
            Err(error) => {
                errors += 1;
                eprintln!("lavoir: {}", terminal::visible(&error.to_string()));
                Ok(())
            }
        },
    )?;
    let mut memory = match &args.site_memory {
        Some(path) => SiteMemory::open(path)?,
        None => SiteMemory::default(),
    };
    let counted = pages.count(&mut memory);
    let (learner, selectors, counts) = counted.map_err(|error| temporary(&error))?;
    for (host, pages) in counts.hosts() {
        memory.set_pages(host, pages);
    }
    if let Some(path) = &args.memory_out {
        write_memory(path, &memory)?;
    }
    let mut rules = learner.rules();
    rules.extend(selectors.rules());
    if let Some(dir) = &args.out {
        for (path, text) in &rules {
            write_rule(&dir.join(path), text)?;
        }
    }
    if !args.quiet {
        let (pages, rules) = (pages.entries.len(), rules.len());
        let hosts = learner.evidence().len();
        eprintln!("{pages} pages: {rules} rules proposed for {hosts} hosts");
        if unknown > 0 {
            eprintln!("{unknown} pages of unknown host left out: WARC or rows with `url` name it");
        }
    }
    Ok(if errors > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

fn temporary(error: &io::Error) -> Error {
    Error::io("temporary file", error)
}

fn write_memory(path: &Path, memory: &SiteMemory) -> Result<()> {
    let mut bytes = Vec::new();
    let written = memory.write(&mut bytes);
    written.map_err(|error| Error::io(path.display(), &error))?;
    let mut file = OutputFile::create_at(path)?;
    file.write(&bytes)?;
    file.finish().map(drop)
}

/// Writes a rule where there is none: what a person has reviewed is not overwritten.
fn write_rule(path: &Path, text: &str) -> Result<()> {
    if path.exists() {
        let remedy = "give another folder, or take the file away first";
        let error = Error::new(ErrorKind::Usage, "a rule of this name is there", remedy);
        return Err(error.at(path.display()));
    }
    let mut file = OutputFile::create_at(path)?;
    file.write(text.as_bytes())?;
    file.finish().map(drop)
}

/// Cleaned pages on disk.
struct Pages {
    writer: BufWriter<File>,
    entries: Vec<(String, u64, u32)>,
    end: u64,
}

#[derive(Serialize, Deserialize)]
struct Page {
    host: String,
    text: String,
    blocks: Vec<SiteBlock>,
    elements: Vec<SiteElement>,
}

impl Page {
    /// What is noted of a page, with its id; none where its host is not known.
    fn new(text: &str, cleaned: &Cleaned) -> Option<(String, Self)> {
        let host = cleaned.provenance.source.url.as_deref().and_then(host)?;
        let blocks = blocks(cleaned);
        let elements = match cleaned.provenance.form {
            Form::Html => elements(text, &blocks),
            _ => Vec::new(),
        };
        let page = Self {
            host,
            text: cleaned.article.text.clone(),
            blocks,
            elements,
        };
        Some((cleaned.article.id.clone(), page))
    }
}

impl Pages {
    fn create() -> io::Result<Self> {
        Ok(Self {
            writer: BufWriter::new(tempfile::tempfile()?),
            entries: Vec::new(),
            end: 0,
        })
    }

    /// Adds a page.
    fn push(&mut self, id: String, page: &Page) -> io::Result<()> {
        let row = serde_json::to_vec(page)?;
        self.writer.write_all(&row)?;
        self.entries.push((id, self.end, row.len() as u32));
        self.end += row.len() as u64;
        Ok(())
    }

    fn page(&self, number: u32) -> io::Result<Page> {
        let (_, offset, len) = &self.entries[number as usize];
        let mut row = vec![0; *len as usize];
        read_at(self.writer.get_ref(), &mut row, *offset)?;
        Ok(serde_json::from_slice(&row)?)
    }

    /// Counts all pages; `memory` is what earlier crawls taught and learns from this one.
    fn count(&mut self, memory: &mut SiteMemory) -> io::Result<(Learner, Selectors, Counts)> {
        self.writer.flush()?;
        self.entries.sort();
        let mut counter = Counter::new(&std::env::temp_dir(), 1 << 30);
        for number in 0..self.entries.len() as u32 {
            let page = self.page(number)?;
            counter.page(number, &page.host, &page.blocks)?;
        }
        let earlier = memory.clone();
        let counts = counter.finish(&earlier, |learnt| {
            memory.add(learnt, &self.entries[learnt.first.0 as usize].0);
            Ok(())
        })?;
        let (mut learner, mut selectors) = (Learner::default(), Selectors::default());
        let mut rows = counts.pages()?;
        for (number, (id, ..)) in (0..).zip(&self.entries) {
            let page = self.page(number)?;
            let hits = match rows.next_page()? {
                Some(next) if next == number => rows.furniture(&page.blocks)?,
                _ => Vec::new(),
            };
            let text = |at: usize| page.blocks[at].text.of(&page.text);
            for hit in &hits {
                learner.note(
                    &page.host,
                    id,
                    text(hit.block),
                    hit.place,
                    (hit.pages, hit.of),
                );
            }
            let seen = site::Page {
                host: &page.host,
                id,
                number,
                elements: &page.elements,
                hits: &hits,
            };
            selectors.note(seen, |at| (text(at), page.blocks[at].hash));
        }
        Ok((learner, selectors, counts))
    }
}
