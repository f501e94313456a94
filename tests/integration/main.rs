//! What a user sees: the command line, its outputs, and its promises.

mod bad_input;
mod check;
mod config;
mod dedup;
mod determinism;
mod duplicates;
mod encodings;
mod explain;
mod inputs;
#[cfg(unix)]
mod interrupt;
mod pipe;
mod properties;
#[cfg(unix)]
mod resume;
mod shards;
mod support;
mod verify;
