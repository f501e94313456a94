//! `lavoir explain`: a page with what was removed from it, and why.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::settings::{self, CleanerArgs};
use super::{Exit, Failure, clean, terminal};
use crate::cleaner::Cleaned;
use crate::decision::{Action, Decision, Reason, Stage};
use crate::error::{Error, ErrorKind};
use crate::provenance::Provenance;
use crate::record::Record;
use crate::render::edited;

/// Show a page with what was removed, in colour, and why
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A page, a text, or JSON lines
    file: PathBuf,
    /// Of JSON lines: the record with this id or line number [default: the first]
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// Show markup and white space as well
    #[arg(long)]
    all: bool,
    /// Colour even when standard output is no terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorArg,
    /// Print the provenance record instead
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cleaner: CleanerArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ColorArg {
    Auto,
    Always,
    Never,
}

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let loaded = args.cleaner.load()?;
    let cleaner = settings::cleaner(&loaded.config)?;
    let mut chosen = None;
    clean::records_of(&cleaner, &args.file, |record, cleaned| {
        let wanted = args.record.as_ref().is_none_or(|wanted| {
            *wanted == record.id || record.hints.record.as_ref() == Some(wanted)
        });
        if wanted {
            chosen = Some((record, cleaned));
        }
        chosen.is_none()
    })?;
    let Some((record, cleaned)) = chosen else {
        let remedy = "give an id or a line number of the file";
        let error = Error::new(ErrorKind::Usage, "no such record", remedy);
        return Err(error.at(args.file.display()).into());
    };
    let cleaned = cleaned?;
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &cleaned.provenance).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(Exit::Clean);
    }
    let forced = match args.color {
        ColorArg::Auto => None,
        ColorArg::Always => Some(true),
        ColorArg::Never => Some(false),
    };
    let painter = Painter::new(terminal::colour(forced));
    let text = crate::decode::redecode(&record.bytes, &cleaned.provenance.encoding);
    let text = text.map_err(|error| Error::new(ErrorKind::Undecodable, error, ""))?;
    out.write_all(head(&record, &cleaned).as_bytes())?;
    out.write_all(page(&text, &cleaned.provenance, args.all, &painter).as_bytes())?;
    out.write_all(tally(&cleaned.provenance).as_bytes())?;
    Ok(Exit::Clean)
}

/// Colours and marks: kept, lifted, removed, and the reason.
struct Painter {
    colour: bool,
}

impl Painter {
    fn new(colour: bool) -> Self {
        Self { colour }
    }

    fn line(&self, action: Action, text: &str, reason: &str) -> String {
        let (mark, style) = match action {
            Action::Keep => ("  ", Style::new()),
            Action::Lift => ("^ ", AnsiColor::Cyan.on_default()),
            Action::Drop => ("- ", AnsiColor::Red.on_default().strikethrough()),
        };
        let note = AnsiColor::BrightBlack.on_default();
        let text = terminal::visible(text);
        let mut out = String::new();
        // Writing to a `String` cannot fail.
        let _ = match (self.colour, reason.is_empty()) {
            (true, true) => writeln!(out, "{style}{mark}{text}{style:#}"),
            (true, false) => {
                writeln!(
                    out,
                    "{style}{mark}{text}{style:#}  {note}[{reason}]{note:#}"
                )
            }
            (false, true) => writeln!(out, "{mark}{text}"),
            (false, false) => writeln!(out, "{mark}{text}  [{reason}]"),
        };
        out
    }
}

fn head(record: &Record<'_>, cleaned: &Cleaned) -> String {
    let encoding = &cleaned.provenance.encoding;
    let language = &cleaned.provenance.language;
    let evidence = format!("{:?}", encoding.evidence).to_lowercase();
    let mut out = format!(
        "{}: {} bytes, {} ({evidence}), language {}\n",
        record.id,
        record.bytes.len(),
        encoding.name,
        language.code
    );
    if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&cleaned.article.metadata) {
        for (name, value) in fields.iter().filter(|(_, v)| *v != &serde_json::json!([])) {
            let _ = writeln!(out, "{name}: {value}");
        }
    }
    out.push('\n');
    terminal::visible(&out).into_owned()
}

/// The page in text order, one line per run of spans that share block and reason.
fn page(text: &str, provenance: &Provenance, all: bool, painter: &Painter) -> String {
    let mut out = String::new();
    let mut buffer = String::new();
    let mut open: Option<&Decision> = None;
    let mut flush = |open: Option<&Decision>, buffer: &mut String| {
        if let Some(decision) = open {
            let words = buffer.split_whitespace().collect::<Vec<_>>().join(" ");
            if !words.is_empty() {
                out.push_str(&painter.line(decision.action, &words, &reason(decision)));
            }
        }
        buffer.clear();
    };
    for decision in &provenance.decisions {
        let filler = decision.stage == Stage::Segment && decision.action == Action::Drop;
        if filler && !all {
            continue;
        }
        let joins = |open: &Decision| {
            open.action == decision.action
                && open.reason == decision.reason
                && open.block == decision.block
                && open.value == decision.value
                && decision.action != Action::Drop
        };
        if !open.is_some_and(joins) {
            flush(open, &mut buffer);
        }
        open = Some(decision);
        edited(text, decision.span, &provenance.edits, &mut buffer);
    }
    flush(open, &mut buffer);
    out
}

fn reason(decision: &Decision) -> String {
    let why = match &decision.reason {
        Reason::Rule(id) => id.to_string(),
        Reason::Twin(twin) => {
            format!(
                "{} of bytes {}–{}",
                twin.rule, twin.span.start, twin.span.end
            )
        }
        Reason::Model(model) => {
            let (score, threshold) = (model.score, model.threshold);
            format!(
                "{}: score {score} against {threshold} (of 1000)",
                model.name
            )
        }
    };
    match (decision.action, decision.field) {
        (Action::Keep, None) => String::new(),
        (Action::Keep, Some(field)) => field.name().into(),
        (_, Some(field)) => format!("→ {}: {why}", field.name()),
        (_, None) => why,
    }
}

/// How many bytes stayed, and how many each kind of removal took.
fn tally(provenance: &Provenance) -> String {
    let mut kept = 0;
    let mut kinds: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for decision in &provenance.decisions {
        if decision.action == Action::Keep {
            kept += decision.span.len();
        } else {
            *kinds.entry(&*decision.kind).or_default() += decision.span.len();
        }
    }
    let mut out = format!("\nkept {kept} of {} bytes;", provenance.text_bytes);
    for (kind, bytes) in kinds {
        let _ = write!(out, " {} {bytes},", terminal::visible(kind));
    }
    out.pop();
    out.push('\n');
    out
}
