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
use crate::site::{Counter, Counts, Learner, SiteBlock, SiteMemory, blocks};
use crate::spill::read_at;

/// Propose rules for sites from what their pages repeat
///
/// Pages are cleaned; what is left and stands on many pages of one host becomes a rule file per
/// host and place, with the evidence as comments: on how many pages, where, and which ones. A
/// person reads them and keeps what is right. `--memory-out` writes what was counted, so that
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
    let mut errors = inputs.errors.len();
    pipeline.clean_inputs(
        &inputs,
        |_| {},
        |result| match result {
            Ok(cleaned) => pages.push(&cleaned).map_err(|error| temporary(&error)),
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
    let (learner, counts) = counted.map_err(|error| temporary(&error))?;
    for (host, pages) in counts.hosts() {
        memory.set_pages(host, pages);
    }
    if let Some(path) = &args.memory_out {
        write_memory(path, &memory)?;
    }
    let rules = learner.rules();
    if let Some(dir) = &args.out {
        for (path, text) in &rules {
            write_rule(&dir.join(path), text)?;
        }
    }
    if !args.quiet {
        let (pages, rules) = (pages.entries.len(), rules.len());
        let hosts = learner.evidence().len();
        eprintln!("{pages} pages: {rules} rules proposed for {hosts} hosts");
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
}

impl Pages {
    fn create() -> io::Result<Self> {
        Ok(Self {
            writer: BufWriter::new(tempfile::tempfile()?),
            entries: Vec::new(),
            end: 0,
        })
    }

    /// Adds a page whose host is known.
    fn push(&mut self, cleaned: &Cleaned) -> io::Result<()> {
        let Some(host) = cleaned.provenance.source.url.as_deref().and_then(host) else {
            return Ok(());
        };
        let page = Page {
            host,
            text: cleaned.article.text.clone(),
            blocks: blocks(cleaned),
        };
        let row = serde_json::to_vec(&page)?;
        self.writer.write_all(&row)?;
        let id = cleaned.article.id.clone();
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
    fn count(&mut self, memory: &mut SiteMemory) -> io::Result<(Learner, Counts)> {
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
        let mut learner = Learner::default();
        let mut rows = counts.pages()?;
        while let Some(number) = rows.next_page()? {
            let page = self.page(number)?;
            let id = &self.entries[number as usize].0;
            for hit in rows.furniture(&page.blocks)? {
                let text = page.blocks[hit.block].text.of(&page.text);
                learner.note(&page.host, id, text, hit.place, (hit.pages, hit.of));
            }
        }
        Ok((learner, counts))
    }
}
