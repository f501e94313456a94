//! `train OUT.bin` writes the tables, `samples OUT.jsonl` the test samples from held-out text.

mod corpus;
mod samples;
mod tables;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let languages = corpus::load();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["train", path] => std::fs::write(path, tables::write(&languages)),
        ["samples", path] => samples::write(&languages, path),
        _ => {
            eprintln!("usage: train-encoding train|samples OUT");
            std::process::exit(2)
        }
    }
}
