//! A case: a folder with one input, what is known about it, and what must come out.

use std::path::{Path, PathBuf};

use lavoir::io::inputs::{Input, Inputs};
use lavoir::io::{self, ReadOptions};
use lavoir::metadata::Metadata;
use lavoir::{Cleaned, Cleaner, Provenance, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What the input is.
    pub description: String,
    /// What is hard about it.
    pub trap: String,
    /// The encoding that the bytes are saved in (WHATWG label).
    pub saved_in: String,
    /// What the input itself says about its encoding, right or wrong.
    pub declared: Option<String>,
    /// Cases that print the same article; deduplication keeps one of them.
    pub group: Option<String>,
    /// What the program gets wrong today; checked line by line.
    pub known: Option<Known>,
}

/// Where the program falls short of `article.json`. A case that gets better fails as well, so
/// that the note does not outlive its reason.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Known {
    /// Why it is wrong.
    pub reason: String,
    /// Lines that should not be in the text and are.
    pub left: Vec<String>,
    /// Lines that should be in the text and are not.
    pub lost: Vec<String>,
    /// Metadata fields that are wrong or missing.
    pub fields: Vec<String>,
}

impl Known {
    /// Whether nothing is wrong.
    pub fn is_none(&self) -> bool {
        self.left.is_empty() && self.lost.is_empty() && self.fields.is_empty()
    }
}

/// One entry of `article.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The lines of the text.
    pub text: Vec<String>,
    /// The metadata.
    pub metadata: Metadata,
}

impl Expected {
    fn of(cleaned: &Cleaned) -> Self {
        Self {
            text: cleaned.article.text.split('\n').map(Into::into).collect(),
            metadata: cleaned.article.metadata.clone(),
        }
    }
}

/// A case folder.
#[derive(Debug)]
pub struct Case {
    /// `<lang>/<case>`.
    pub name: String,
    pub dir: PathBuf,
    pub input: Input,
    pub note: Note,
}

/// What a case gives.
pub struct Outcome {
    pub records: Vec<Record<'static>>,
    pub cleaned: Vec<Cleaned>,
    pub articles: Vec<Expected>,
    /// Text of `provenance.json`.
    pub provenance: String,
}

/// Where the cases are.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// All cases, by name. The inputs are listed the way `lavoir clean corpus` lists them.
pub fn load() -> Result<Vec<Case>, String> {
    let inputs = Inputs::list(&[root()]);
    if let Some(error) = inputs.errors.first() {
        return Err(error.to_string());
    }
    let cases: Vec<Case> = inputs
        .files
        .into_iter()
        .map(Case::load)
        .collect::<Result<_, _>>()?;
    match cases.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(format!("{} has more than one input", pair[0].name)),
        None => Ok(cases),
    }
}

impl Case {
    fn load(input: Input) -> Result<Self, String> {
        let dir = input.path.parent().unwrap_or(&input.path).to_path_buf();
        let name = input
            .name
            .rsplit_once('/')
            .map_or("", |(name, _)| name)
            .to_owned();
        let note = dir.join("case.toml");
        let text =
            std::fs::read_to_string(&note).map_err(|e| format!("{}: {e}", note.display()))?;
        let note = toml::from_str(&text).map_err(|e| format!("{}: {e}", note.display()))?;
        Ok(Self {
            name,
            dir,
            input,
            note,
        })
    }

    /// The language folder.
    pub fn language(&self) -> &str {
        self.name.split('/').next().unwrap_or("")
    }

    /// The records of the input.
    pub fn records(&self) -> Result<Vec<Record<'static>>, String> {
        let mut records = Vec::new();
        io::read(&self.input, &ReadOptions::default(), &mut |record| {
            records.push(record);
            true
        });
        records
            .into_iter()
            .map(|record| record.map_err(|e| e.to_string()))
            .collect()
    }

    /// Cleans the input.
    pub fn run(&self, cleaner: &Cleaner) -> Result<Outcome, String> {
        let records = self.records()?;
        let clean = |record| cleaner.clean(record).map_err(|e| e.to_string());
        let cleaned: Vec<Cleaned> = records.iter().map(clean).collect::<Result<_, _>>()?;
        let texts = records.iter().zip(&cleaned).map(|(record, cleaned)| {
            let encoding = &cleaned.provenance.encoding;
            Ok(provenance_text(
                &cleaned.provenance,
                &lavoir::decode::redecode(&record.bytes, encoding)?,
            ))
        });
        let texts: Vec<String> = texts.collect::<Result<_, String>>()?;
        Ok(Outcome {
            articles: cleaned.iter().map(Expected::of).collect(),
            provenance: one_or_list(&texts),
            records,
            cleaned,
        })
    }

    /// `article.json`: one entry, or a list of them.
    pub fn expected(&self) -> Result<Vec<Expected>, String> {
        let fail = |e: &dyn std::fmt::Display| format!("{}/article.json: {e}", self.name);
        let text = self
            .stored("article.json")
            .ok_or_else(|| fail(&"is missing"))?;
        if text.starts_with('[') {
            return serde_json::from_str(&text).map_err(|e| fail(&e));
        }
        serde_json::from_str(&text)
            .map(|one| vec![one])
            .map_err(|e| fail(&e))
    }

    /// A file of the case.
    pub fn stored(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.dir.join(file)).ok()
    }
}

/// Text of `article.json`.
pub fn article_text(articles: &[Expected]) -> String {
    let pretty = match articles {
        [one] => serde_json::to_string_pretty(one),
        all => serde_json::to_string_pretty(all),
    };
    pretty.unwrap_or_default() + "\n"
}

/// A provenance record with one decision per line and the text that it is about. The hash of the
/// rule pack is left out: it changes with every rule.
fn provenance_text(provenance: &Provenance, text: &str) -> String {
    let mut head = vec![
        format!("\"id\":{}", json(&provenance.id)),
        format!("\"source\":{}", json(&provenance.source)),
        format!("\"form\":{}", json(&provenance.form)),
        format!("\"encoding\":{}", json(&provenance.encoding)),
        format!("\"text_bytes\":{}", provenance.text_bytes),
        format!("\"language\":{}", json(&provenance.language)),
        format!("\"article\":{}", json(&provenance.article)),
    ];
    let rows = provenance.decisions.iter().map(|decision| {
        let row = json(decision);
        let row = row.strip_suffix('}').unwrap_or(&row);
        format!(
            "{row},\"text\":{}}}",
            json(&excerpt(decision.span.of(text)))
        )
    });
    head.push(format!(
        "\"decisions\":[\n{}\n]",
        rows.collect::<Vec<_>>().join(",\n")
    ));
    if !provenance.edits.is_empty() {
        let rows: Vec<String> = provenance.edits.iter().map(json).collect();
        head.push(format!("\"edits\":[\n{}\n]", rows.join(",\n")));
    }
    format!("{{\n{}\n}}", head.join(",\n"))
}

/// `provenance.json` read back as the records that the program writes.
pub fn provenance_records(stored: &str, pack: &str) -> Result<Vec<Provenance>, String> {
    let value: Value = serde_json::from_str(stored).map_err(|e| e.to_string())?;
    let all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    let with_pack = |mut value: Value| {
        value["pack"] = Value::from(pack);
        serde_json::from_value(value).map_err(|e| e.to_string())
    };
    all.into_iter().map(with_pack).collect()
}

/// Start of a span's text, to see in a diff what a decision is about.
fn excerpt(text: &str) -> String {
    const CHARS: usize = 48;
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = words.char_indices().nth(CHARS) {
        words.truncate(at);
        words.push('…');
    }
    words
}

fn one_or_list(texts: &[String]) -> String {
    match texts {
        [one] => format!("{one}\n"),
        all => format!("[\n{}\n]\n", all.join(",\n")),
    }
}

/// Compact JSON of anything.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
