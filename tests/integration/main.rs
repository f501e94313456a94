//! What a user sees: the command line, its outputs, and its promises.

mod bad_input;
mod check;
mod config;
mod corpus;
mod dedup;
mod determinism;
#[cfg(target_os = "linux")]
mod disk;
mod duplicates;
mod encodings;
mod explain;
mod formats;
mod formats_bad;
mod formats_make;
mod formats_out;
mod formats_split;
mod inputs;
#[cfg(unix)]
mod interrupt;
mod logs;
mod merge;
mod pipe;
mod plain_text;
mod properties;
#[cfg(unix)]
mod resume;
mod shards;
mod support;
mod verify;
