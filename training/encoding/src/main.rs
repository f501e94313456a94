//! `train SPANISH OUT.bin` writes the tables, `samples SPANISH OUT.jsonl` the test samples from
//! held-out text; `SPANISH` is the folder of Spanish text, see `corpus.rs`.

mod corpus;
mod samples;
mod tables;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let load = |spanish: &str| corpus::load(Path::new(spanish));
    match args[..] {
        ["train", spanish, path] => std::fs::write(path, tables::write(&load(spanish)?)),
        ["samples", spanish, path] => samples::write(&load(spanish)?, path),
        _ => {
            eprintln!("usage: train-encoding train|samples SPANISH OUT");
            std::process::exit(2)
        }
    }
}
