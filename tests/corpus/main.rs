//! The corpus: pages with the article that a careful reader wants from them, one test per case.
//!
//! A case is a folder `corpus/<language>/<case>/`:
//!
//! | File | What it is |
//! |---|---|
//! | `input.txt`, `.html`, `.jsonl`, also `.gz` and `.zst` | the bytes as scraped, in the encoding that `case.toml` names |
//! | `case.toml` | what the input is, what its trap is, its encoding; `group` for printings of one article; `[known]` for what is wrong today |
//! | `article.json` | the wanted article: lines of text and metadata, written by judgement and not copied from the program |
//! | `provenance.json` | what the program decides, one decision per line |
//!
//! Where the program falls short, `[known]` lists the lines left and lost and the wrong fields. It
//! is checked both ways, so that a case that gets better says so.
//!
//! `LAVOIR_UPDATE=1 cargo test --test corpus` writes the expected files anew and prints the
//! changes of the texts and the hits per rule; read them before you commit. With
//! `LAVOIR_UPDATE=provenance` the articles stay as they are and go on judging.

mod case;
mod check;
mod diff;
mod update;
mod whole;

/// The examples assert what they give; running them is their test.
#[path = "../../examples/custom_io.rs"]
mod custom_io;
#[path = "../../examples/iterator.rs"]
mod iterator;

use std::process::ExitCode;
use std::sync::Arc;

use lavoir::Cleaner;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("corpus: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let arguments = Arguments::from_args();
    let cases = Arc::new(case::load()?);
    let cleaner = Arc::new(Cleaner::new().map_err(|e| e.to_string())?);
    if let Some(what) = std::env::var_os("LAVOIR_UPDATE").filter(|value| value != "0") {
        let articles = what != "provenance";
        return update::run(&cases, &cleaner, articles).map(|()| ExitCode::SUCCESS);
    }
    let mut trials = vec![
        example("custom_io", custom_io::main),
        example("iterator", iterator::main),
    ];
    for (at, case) in cases.iter().enumerate() {
        let (cases, cleaner) = (Arc::clone(&cases), Arc::clone(&cleaner));
        trials.push(Trial::test(&*case.name, move || {
            check::case(&cases[at], &cleaner).map_err(Failed::from)
        }));
    }
    let mut whole = |name: &str, check: fn(&[case::Case], &Cleaner) -> Result<(), String>| {
        let (cases, cleaner) = (Arc::clone(&cases), Arc::clone(&cleaner));
        trials.push(Trial::test(name, move || {
            check(&cases, &cleaner).map_err(Failed::from)
        }));
    };
    whole("whole::breadth", |cases, _| whole::breadth(cases));
    whole("whole::deduplication", whole::deduplication);
    whole("whole::encodings", whole::encodings);
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn example(name: &str, main: fn() -> Result<(), Box<dyn std::error::Error>>) -> Trial {
    Trial::test(format!("examples::{name}"), move || {
        main().map_err(|error| Failed::from(error.to_string()))
    })
}
