//! How inputs are read: the options that every command that reads data sets shares.

use clap::Args;

use crate::io::{Format, ReadOptions};

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
    /// Longest record in bytes after decompression; a longer one becomes an error row
    /// [default: 67108864]
    #[arg(long, value_name = "BYTES")]
    max_record_bytes: Option<usize>,
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
    /// Puts what the command line says over the settings of the file.
    pub(super) fn apply(&self, read: &mut ReadOptions) {
        let (limits, fields) = (&mut read.limits, &mut read.fields);
        set(&mut limits.record_bytes, self.max_record_bytes);
        set(&mut limits.total_bytes, self.max_total_bytes);
        set(&mut limits.ratio, self.max_ratio);
        set(&mut limits.nesting, self.max_nesting);
        set_some(&mut fields.id, &self.field_id);
        set_some(&mut fields.url, &self.field_url);
        set_some(&mut fields.html, &self.field_html);
        set_some(&mut fields.text, &self.field_text);
        set_some(&mut read.format, &self.from);
    }
}

/// Takes over a value that is given.
pub(super) fn set<T>(to: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *to = given;
    }
}

fn set_some<T: Clone>(to: &mut Option<T>, given: &Option<T>) {
    if given.is_some() {
        to.clone_from(given);
    }
}
