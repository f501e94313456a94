//! `lavoir rules`: list, show, test and lint rule packs.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Exit, Failure, load_packs};
use crate::error::{Error, ErrorKind};
use crate::rules::{RulePack, RuleSet, lint, run_examples};

/// List, show, test and lint the rules
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
    /// Add the rule pack in this folder; later packs win
    #[arg(long = "rules", value_name = "DIR", global = true)]
    packs: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Print id, action, safety and summary of every rule
    List {
        /// Only rules whose id starts so
        prefix: Option<String>,
        /// One JSON object per rule
        #[arg(long)]
        json: bool,
    },
    /// Print one rule
    Show {
        /// Its id
        id: String,
    },
    /// Run the examples of the rules
    Test {
        /// Only rules whose id starts so
        prefix: Option<String>,
    },
    /// Look for rules that are unsafe, untested or at odds
    Lint,
}

pub(super) fn run(args: &RulesArgs) -> Result<Exit, Failure> {
    let pack = load_packs(&args.packs, &[])?;
    let mut out = io::stdout().lock();
    match &args.command {
        RulesCommand::List { prefix, json } => {
            list(&mut out, &only(pack, prefix.as_deref()), *json)
        }
        RulesCommand::Show { id } => show(&mut out, &pack, id),
        RulesCommand::Test { prefix } => test(&mut out, &only(pack, prefix.as_deref())),
        RulesCommand::Lint => {
            RuleSet::compile(&pack)?;
            let remarks = lint(&pack);
            for remark in &remarks {
                writeln!(out, "{}: {}", remark.rule, remark.message)?;
            }
            eprintln!("{} rules, {} remarks", pack.rules().len(), remarks.len());
            Ok(if remarks.is_empty() {
                Exit::Clean
            } else {
                Exit::Findings
            })
        }
    }
}

fn only(pack: RulePack, prefix: Option<&str>) -> RulePack {
    let mut some = RulePack::default();
    for rule in pack.rules() {
        if prefix.is_none_or(|prefix| rule.id.starts_with(prefix)) {
            some.add(rule.clone());
        }
    }
    some
}

fn list(out: &mut impl Write, pack: &RulePack, json: bool) -> Result<Exit, Failure> {
    for rule in pack.rules() {
        let file = &rule.file;
        let (action, safety) = (&file.action, &file.safety);
        if json {
            let row = serde_json::json!({
                "id": &*rule.id, "family": &*rule.family, "action": action, "safety": safety,
                "place": file.place, "summary": file.summary,
            });
            writeln!(out, "{row}")?;
        } else {
            let (action, safety) = (format!("{action:?}"), format!("{safety:?}"));
            let (action, safety) = (action.to_lowercase(), safety.to_lowercase());
            writeln!(
                out,
                "{:<40} {action:<5} {safety:<9} {}",
                rule.id, file.summary
            )?;
        }
    }
    if !json {
        eprintln!("{} rules, pack {}", pack.rules().len(), pack.hash());
    }
    Ok(Exit::Clean)
}

fn show(out: &mut impl Write, pack: &RulePack, id: &str) -> Result<Exit, Failure> {
    let Some(rule) = pack.rules().iter().find(|rule| &*rule.id == id) else {
        let remedy = "`lavoir rules list` prints the ids";
        let cause = format!("no rule has the id {id}");
        return Err(Error::new(ErrorKind::Usage, cause, remedy).into());
    };
    writeln!(out, "# {}", rule.id)?;
    out.write_all(rule.source.as_bytes())?;
    Ok(Exit::Clean)
}

fn test(out: &mut impl Write, pack: &RulePack) -> Result<Exit, Failure> {
    let results = run_examples(pack)?;
    let mut failed = 0;
    for result in &results {
        if let Some(failure) = &result.failure {
            failed += 1;
            writeln!(
                out,
                "FAILED {} example {}: {failure}",
                result.rule, result.number
            )?;
        }
    }
    eprintln!("{} passed, {failed} failed", results.len() - failed);
    Ok(if failed == 0 {
        Exit::Clean
    } else {
        Exit::Findings
    })
}
