//! How inputs are read: the options that every command that reads data sets shares.

use clap::Args;

use crate::io::{Fields, Format, ReadLimits, ReadOptions};

/// How inputs are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArgs {
    /// Format of all inputs, whatever their names say: jsonl, warc (also WET), parquet, arrow,
    /// csv, tsv, zip, tar, html, text [default: by ending, else by the first bytes]
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    from: Option<Format>,
    /// Field or column that holds a text [default: text, content, raw_content or body]
    #[arg(long, value_name = "NAME")]
    field_text: Option<String>,
    /// Field or column that holds a page [default: html]
    #[arg(long, value_name = "NAME")]
    field_html: Option<String>,
    /// Field or column that holds the id [default: id]
    #[arg(long, value_name = "NAME")]
    field_id: Option<String>,
    /// Field or column that holds the address [default: url]
    #[arg(long, value_name = "NAME")]
    field_url: Option<String>,
    /// Most bytes in one file after decompression [default: 1 TiB]
    #[arg(long, value_name = "BYTES")]
    max_total_bytes: Option<u64>,
    /// How many times its size on disk a file may hold after decompression [default: 250]
    #[arg(long, value_name = "N")]
    max_ratio: Option<u64>,
    /// How deep archives and compression may be nested in one file [default: 4]
    #[arg(long, value_name = "N")]
    max_nesting: Option<usize>,
}

fn parse_format(name: &str) -> Result<Format, String> {
    Format::named(name).ok_or_else(|| format!("choose one of {}", Format::NAMES.join(", ")))
}

impl InputArgs {
    /// The options, with this longest record.
    pub(super) fn options(&self, record_bytes: usize) -> ReadOptions {
        let default = ReadLimits::default();
        ReadOptions {
            limits: ReadLimits {
                record_bytes,
                total_bytes: self.max_total_bytes.unwrap_or(default.total_bytes),
                ratio: self.max_ratio.unwrap_or(default.ratio),
                nesting: self.max_nesting.unwrap_or(default.nesting),
            },
            fields: Fields {
                id: self.field_id.clone(),
                url: self.field_url.clone(),
                html: self.field_html.clone(),
                text: self.field_text.clone(),
            },
            format: self.from,
        }
    }
}
