//! What a check found, in the forms that people and tools read; one form per file.

mod github;
mod json;
mod jsonl;
mod junit;
mod sarif;
mod text;

use std::io::{self, Write};

use crate::check::{Finding, Outcome};

/// A form of report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum ReportFormat {
    /// For people: a line per finding, then a table
    #[default]
    Text,
    /// One JSON object
    Json,
    /// One JSON object per finding
    Jsonl,
    /// Workflow commands: annotations in GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML: a test case per kind
    Junit,
}

/// Writes the outcome of a check.
///
/// # Errors
/// Whatever `out` reports.
pub fn write(format: ReportFormat, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    match format {
        ReportFormat::Text => text::write(outcome, out),
        ReportFormat::Json => json::write(outcome, out),
        ReportFormat::Jsonl => jsonl::write(outcome, out),
        ReportFormat::Github => github::write(outcome, out),
        ReportFormat::Sarif => sarif::write(outcome, out),
        ReportFormat::Junit => junit::write(outcome, out),
    }
}

/// `file:line` of a finding, as far as it has them.
fn place(finding: &Finding) -> String {
    match (finding.path.is_empty(), finding.line) {
        (true, _) => finding.document.clone(),
        (false, Some(line)) => format!("{}:{line}", finding.path),
        (false, None) => finding.path.clone(),
    }
}

/// What was found, with the text in question.
fn described(finding: &Finding) -> String {
    match finding.excerpt.is_empty() {
        true => finding.message.clone(),
        false => format!("{}: {}", finding.message, finding.excerpt),
    }
}
