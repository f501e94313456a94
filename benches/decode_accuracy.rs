//! Accuracy of `lavoir::decode` and of chardetng on the samples that
//! `training/encoding` writes from held-out text. The file is named in
//! `LAVOIR_ENCODING_SAMPLES`; a sample counts as right when it decodes to the same text.

use std::collections::BTreeMap;
use std::fs;

use lavoir::decode::decode;
use lavoir::record::Hints;
use serde::Deserialize;

#[derive(Deserialize)]
struct Sample {
    kind: String,
    encoding: String,
    language: String,
    size: usize,
    markup: bool,
    hex: String,
}

#[derive(Default)]
struct Score {
    all: usize,
    ours: usize,
    chardetng: usize,
}

fn main() {
    let Ok(path) = std::env::var("LAVOIR_ENCODING_SAMPLES") else {
        println!("LAVOIR_ENCODING_SAMPLES names no file: nothing is measured");
        return;
    };
    let verbose = std::env::var_os("LAVOIR_VERBOSE").is_some();
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut rows: BTreeMap<String, Score> = BTreeMap::new();
    for line in text.lines() {
        let sample: Sample = serde_json::from_str(line).expect("a sample");
        let bytes = unhex(&sample.hex);
        let named = ours(&bytes);
        let right = is_right(&sample, &bytes, &named);
        let peer = is_right(&sample, &bytes, &chardetng(&bytes));
        if verbose && !right {
            let (kind, encoding, language) = (&sample.kind, &sample.encoding, &sample.language);
            let at = difference(encoding, &named, &bytes);
            println!(
                "WRONG {kind} {encoding} {language} {} {at:?} {named}",
                sample.size
            );
        }
        for key in keys(&sample) {
            let score = rows.entry(key).or_default();
            score.all += 1;
            score.ours += usize::from(right);
            score.chardetng += usize::from(peer);
        }
    }
    println!("{:<34}{:>7}{:>9}{:>11}", "row", "n", "lavoir", "chardetng");
    for (key, score) in rows {
        let percent = |n: usize| 100.0 * n as f64 / score.all as f64;
        let (ours, peer) = (percent(score.ours), percent(score.chardetng));
        println!("{key:<34}{:>7}{ours:>9.2}{peer:>11.2}", score.all);
    }
}

fn keys(sample: &Sample) -> Vec<String> {
    if sample.kind != "plain" {
        return vec![format!("2 {}", sample.kind)];
    }
    let family = if sample.encoding.starts_with("UTF-16") {
        "utf16"
    } else {
        "legacy"
    };
    let markup = if sample.markup { "markup" } else { "text" };
    let mut keys = vec![format!("1 {family} {markup} {:>5} B", sample.size)];
    if family == "legacy" {
        keys.push(format!("1 legacy both {:>5} B", sample.size));
        keys.push(format!("3 {}", sample.encoding));
        keys.push(format!("4 {}", sample.language));
    }
    keys
}

fn ours(bytes: &[u8]) -> String {
    match decode(bytes, &Hints::default()) {
        Ok(decoded) => decoded.encoding.name,
        Err(error) => format!("error: {error}"),
    }
}

fn chardetng(bytes: &[u8]) -> String {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector
        .guess(None, chardetng::Utf8Detection::Allow)
        .name()
        .to_owned()
}

fn is_right(sample: &Sample, bytes: &[u8], named: &str) -> bool {
    let codec = |name: &str| encoding_rs::Encoding::for_label(name.as_bytes());
    let (Some(truth), Some(said)) = (codec(&sample.encoding), codec(named)) else {
        return false;
    };
    truth == said
        || truth.decode_without_bom_handling(bytes).0 == said.decode_without_bom_handling(bytes).0
}

/// What stands around the first difference between two readings.
fn difference(truth: &str, said: &str, bytes: &[u8]) -> (String, String) {
    let read = |name: &str| match encoding_rs::Encoding::for_label(name.as_bytes()) {
        Some(codec) => codec.decode_without_bom_handling(bytes).0.into_owned(),
        None => String::new(),
    };
    let (truth, said) = (read(truth), read(said));
    let same = truth
        .chars()
        .zip(said.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(9)).take(18).collect();
    (around(&truth), around(&said))
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digits).collect()
}
