//! The options about the whole corpus: sites, copies, paragraphs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::input::set;
use super::run::parse_size;
use crate::config::Config;
use crate::dedup::jsonl::Keep;
use crate::pipeline::{Paragraphs, PipelineOptions};

/// What is decided over the whole corpus.
#[derive(Debug, Args)]
pub(super) struct CorpusArgs {
    /// Leave what a site repeats from page to page where it is
    #[arg(long, help_heading = "Corpus")]
    no_site: bool,
    /// Know what earlier crawls taught about sites: a file of `lavoir learn --memory-out`
    #[arg(long, value_name = "FILE", requires = "out", help_heading = "Corpus",
          conflicts_with_all = ["no_site", "shard"])]
    site_memory: Option<PathBuf>,
    /// Which copy stays: the smallest `id`, the `earliest` date, the `longest` text, or that of a
    /// preferred source, as in `source:first.example,second.example`
    /// [default: id]
    #[arg(long, value_name = "WHICH", value_parser = parse_keep, help_heading = "Corpus")]
    keep: Option<Keep>,
    /// What happens to paragraphs that three documents or more have [default: keep]
    #[arg(long, value_name = "MODE", help_heading = "Corpus")]
    paragraphs: Option<ParagraphsArg>,
    /// Compare with the index of what was kept before, and add what stays; it is made if need be
    #[arg(
        long,
        value_name = "INDEX",
        requires = "out",
        conflicts_with = "shard",
        help_heading = "Corpus"
    )]
    against: Option<PathBuf>,
    /// Memory for what is kept over the whole corpus (k, M, G: powers of 1024); past it, the
    /// output folder takes temporary files [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = "Corpus")]
    memory: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ParagraphsArg {
    /// They stay
    Keep,
    /// They stay, and the article's row names them
    Flag,
    /// They go from every document but the first one
    KeepFirst,
    /// They go from every document
    Drop,
}

impl From<ParagraphsArg> for Paragraphs {
    fn from(mode: ParagraphsArg) -> Self {
        match mode {
            ParagraphsArg::Keep => Self::Keep,
            ParagraphsArg::Flag => Self::Flag,
            ParagraphsArg::KeepFirst => Self::KeepFirst,
            ParagraphsArg::Drop => Self::Drop,
        }
    }
}

/// A list of hosts as `source:` names them.
pub(super) fn sources(hosts: &str) -> Vec<String> {
    let host = |host: &str| {
        let host = host.trim().to_lowercase();
        host.strip_prefix("www.").unwrap_or(&host).to_owned()
    };
    hosts
        .split(',')
        .map(host)
        .filter(|host| !host.is_empty())
        .collect()
}

fn parse_keep(value: &str) -> Result<Keep, String> {
    match value.split_once(':') {
        None if value == "id" => Ok(Keep::Id),
        None if value == "longest" => Ok(Keep::Longest),
        None if value == "earliest" => Ok(Keep::Field("date".into())),
        Some(("source", hosts)) if !sources(hosts).is_empty() => Ok(Keep::Source(sources(hosts))),
        _ => Err("give id, earliest, longest, or source:HOST,HOST".into()),
    }
}

impl CorpusArgs {
    /// Puts what the command line says over the settings of the file.
    pub(super) fn apply(&self, config: &mut Config) {
        let corpus = &mut config.corpus;
        corpus.site &= !self.no_site;
        set(&mut corpus.keep, self.keep.clone());
        set(&mut corpus.paragraphs, self.paragraphs.map(Into::into));
        set(&mut config.run.memory, self.memory);
    }

    /// The options with the files that these arguments name.
    pub(super) fn options(&self, options: PipelineOptions) -> PipelineOptions {
        PipelineOptions {
            site_memory: self.site_memory.clone(),
            against: self.against.clone(),
            ..options
        }
    }
}
