//! `train SPANISH OUT.bin` writes the tables, `samples SPANISH OUT.jsonl` the test samples from
//! held-out text; both with `choose-` or `cross-` in front use the other two thirds only, one to train
//! and one to test, to choose constants. `SPANISH` is the folder of Spanish text, see `corpus.rs`.

mod carry;
#[path = "../../../src/decode/class.rs"]
#[allow(dead_code)]
mod class;
mod corpus;
mod samples;
mod tables;

use std::path::Path;

use corpus::Thirds;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let load = |spanish: &str, thirds| corpus::load(Path::new(spanish), thirds);
    match args[..] {
        [
            what @ ("train" | "choose-train" | "cross-train"),
            spanish,
            path,
        ] => std::fs::write(path, tables::write(&load(spanish, thirds(what))?)),
        [
            what @ ("samples" | "choose-samples" | "cross-samples"),
            spanish,
            path,
        ] => samples::write(&load(spanish, thirds(what))?, path),
        _ => {
            eprintln!("usage: train-encoding [choose-|cross-]train|samples SPANISH OUT");
            std::process::exit(2)
        }
    }
}

fn thirds(what: &str) -> Thirds {
    match what.split_once('-') {
        Some(("choose", _)) => Thirds::Choose,
        Some(_) => Thirds::Cross,
        None => Thirds::Report,
    }
}
