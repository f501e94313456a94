//! Reads the records of files and writes them as articles, without cleaning: what reading,
//! decompressing and writing cost alone. `benches/formats/run.py` compares it with zstd and zcat.
//!
//! `copy INPUT OUT FORMAT [UNIT_BYTES]`; with the last, the input is split into units first.

use std::path::PathBuf;

use lavoir::io::inputs::Inputs;
use lavoir::io::write::{RowKind, Target};
use lavoir::io::{ReadOptions, read, read_unit, split};
use lavoir::{Article, Error, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, out, format, rest @ ..] = &args[..] else {
        return Err("copy INPUT OUT FORMAT [UNIT_BYTES]".into());
    };
    let target = Target::named(format).ok_or("no such format")?;
    let options = ReadOptions::default();
    let mut writer = target.create(&PathBuf::from(out), "articles", RowKind::Articles)?;
    let (mut rows, mut bytes, mut errors) = (0u64, 0u64, 0u64);
    let mut failed = None;
    let mut each = |record: Result<Record<'static>, Error>| {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                eprintln!("{error}");
                errors += 1;
                return true;
            }
        };
        rows += 1;
        bytes += record.bytes.len() as u64;
        let text = String::from_utf8(record.bytes.into_owned());
        let article = Article {
            text: text.unwrap_or_else(|raw| String::from_utf8_lossy(raw.as_bytes()).into_owned()),
            source: record.hints.url.unwrap_or_default(),
            id: record.id,
            ..Article::default()
        };
        let written = serde_json::to_string(&article)
            .map_err(|error| error.to_string())
            .and_then(|row| writer.row(&row).map_err(|error| error.to_string()));
        failed = written.err();
        failed.is_none()
    };
    for input in &Inputs::list(&[PathBuf::from(input)]).files {
        match rest.first() {
            None => read(input, &options, &mut each),
            Some(unit) => {
                let units = split(input, &options, unit.parse()?);
                eprintln!("{} units", units.len());
                for unit in &units {
                    read_unit(unit, &options, &mut each);
                }
            }
        }
    }
    if let Some(failed) = failed {
        return Err(failed.into());
    }
    let written = writer.finish()?;
    println!(
        "{rows} rows, {bytes} bytes in, {} bytes out, {errors} errors",
        written.bytes
    );
    Ok(())
}
