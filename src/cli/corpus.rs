//! The options about the whole corpus: sites, copies, paragraphs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::run::parse_size;
use crate::config::Config;
use crate::dedup;
use crate::dedup::jsonl::Keep;
use crate::pipeline::{CorpusOptions, Paragraphs, PipelineOptions};

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
    #[arg(long, value_name = "WHICH", default_value = "id", value_parser = parse_keep,
          help_heading = "Corpus")]
    keep: Keep,
    /// What happens to paragraphs that three documents or more have
    #[arg(
        long,
        value_name = "MODE",
        default_value = "keep",
        help_heading = "Corpus"
    )]
    paragraphs: ParagraphsArg,
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
    /// output folder takes temporary files
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = parse_size,
          help_heading = "Corpus")]
    memory: u64,
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
    /// How copies are looked for.
    pub(super) fn dedup(&self, config: &Config) -> dedup::Options {
        dedup::Options {
            memory: self.memory,
            ..config.dedup.options()
        }
    }

    /// The options with those of these arguments.
    pub(super) fn options(&self, options: PipelineOptions) -> PipelineOptions {
        PipelineOptions {
            corpus: CorpusOptions {
                site: !self.no_site,
                keep: self.keep.clone(),
                paragraphs: self.paragraphs.into(),
            },
            site_memory: self.site_memory.clone(),
            against: self.against.clone(),
            ..options
        }
    }
}
