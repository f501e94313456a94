//! Cleans the pages of a labelled line set with the real cleaner and says which lines stayed, and
//! why the others went.
//!
//! `cargo run --release --example score_lines -- DEV.jsonl full|inner OUT.jsonl [OPTION…]`
//!
//! A page is one JSON line with `src`, `id`, `host`, `inner` ([first, last) line of the article)
//! and `lines` (rows whose first item is the text). Options: `--no-rules`, `--no-content`,
//! `--safe`, `--tight`, `--article`, `--mixed`, and `--folds=PREFIX`: the weights of a page are
//! PREFIX.0.bin to PREFIX.4.bin, by its host, as `train.py` writes them (each has not seen the
//! hosts of its fold).

use std::error::Error;
use std::io::{BufRead, BufReader, BufWriter, Write};

use lavoir::decision::{Action, Decision, Reason};
use lavoir::model::lines::LineModel;
use lavoir::plain;
use lavoir::rules::{RulePack, RuleSet};
use lavoir::stages::content::{Favor, Point, Profile, lines};
use lavoir::stages::{Stages, prepare, rules};
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Page {
    src: String,
    id: serde_json::Value,
    host: String,
    inner: (usize, usize),
    lines: Vec<(String, String, String, f64)>,
}

struct Setup {
    rules: RuleSet,
    models: Vec<&'static LineModel>,
    stages: Stages,
    point: Point,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, view, output, options @ ..] = arguments.as_slice() else {
        return Err("usage: score_lines DEV.jsonl full|inner OUT.jsonl [OPTION…]".into());
    };
    let setup = setup(options)?;
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    for line in BufReader::new(std::fs::File::open(input)?).lines() {
        let page: Page = serde_json::from_str(&line?)?;
        let (first, last) = match view.as_str() {
            "inner" => page.inner,
            _ => (0, page.lines.len()),
        };
        let lines = &page.lines[first..last];
        let (keep, why) = predict(&setup, &page.host, lines);
        let row = serde_json::json!({ "src": page.src, "id": page.id, "keep": keep, "why": why });
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

fn setup(options: &[String]) -> Result<Setup, Box<dyn Error>> {
    let has = |name: &str| options.iter().any(|option| option == name);
    let pack = if has("--no-rules") {
        RulePack::default()
    } else {
        RulePack::builtin()?
    };
    let folds = options.iter().find_map(|o| o.strip_prefix("--folds="));
    let models = match folds {
        Some(prefix) => (0..5)
            .map(|fold| {
                let bytes = std::fs::read(format!("{prefix}.{fold}.bin"))?;
                Ok(&*Box::leak(Box::new(LineModel::from_bytes(&bytes)?)))
            })
            .collect::<Result<Vec<_>, Box<dyn Error>>>()?,
        None => vec![LineModel::builtin()?],
    };
    Ok(Setup {
        rules: RuleSet::compile(&pack)?,
        models,
        stages: Stages {
            content: !has("--no-content"),
            ..Stages::default()
        },
        point: Point {
            favor: match (has("--safe"), has("--tight")) {
                (true, _) => Favor::Safe,
                (_, true) => Favor::Tight,
                _ => Favor::Balanced,
            },
            profile: match (has("--article"), has("--mixed")) {
                (true, _) => Profile::Article,
                (_, true) => Profile::Mixed,
                _ => Profile::Auto,
            },
        },
    })
}

/// 1 per line of which at least half the bytes stay, and the reason of the others.
fn predict(
    setup: &Setup,
    host: &str,
    lines: &[(String, String, String, f64)],
) -> (Vec<u8>, Vec<String>) {
    let texts: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    let text = texts.join("\n");
    let document = plain::segment(&text);
    let mut draft = prepare(&document, &setup.rules, setup.stages);
    if setup.stages.content {
        let digest = Sha256::digest(host.as_bytes());
        let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        let model = setup.models[number as usize % setup.models.len()];
        lines::run_with(&mut draft, &setup.rules, setup.point, model);
        rules::lift_removed(&mut draft, &setup.rules);
    }
    let decisions = draft.finish();
    let (mut keep, mut why) = (Vec::new(), Vec::new());
    let (mut start, mut from) = (0, 0);
    for line in texts {
        let end = start + line.len();
        let trimmed = line.trim().len();
        while from < decisions.len() && decisions[from].span.end <= start {
            from += 1;
        }
        let here = || decisions[from..].iter().take_while(|d| d.span.start < end);
        let shared = |d: &Decision| d.span.end.min(end) - d.span.start.max(start);
        let kept: usize = here()
            .filter(|d| d.action == Action::Keep)
            .map(shared)
            .sum();
        let stays = kept * 2 >= trimmed && kept > 0;
        let gone = here()
            .filter(|d| d.action != Action::Keep)
            .max_by_key(|d| shared(d));
        keep.push(u8::from(stays));
        why.push(gone.filter(|_| !stays).map_or(String::new(), reason));
        start = end + 1;
    }
    (keep, why)
}

fn reason(decision: &Decision) -> String {
    match &decision.reason {
        Reason::Rule(id) => id.to_string(),
        Reason::Twin(twin) => twin.rule.to_string(),
        Reason::Model(model) => format!("{} {}", model.name, model.score),
    }
}
