//! For people: a line per finding, then how many documents have what, against how many may.

use std::io::{self, Write};

use super::{described, place};
use crate::check::Outcome;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for finding in &outcome.findings {
        let (kind, rule) = (finding.kind.name(), &finding.rule);
        let what = described(finding);
        let document = match finding.path.ends_with(&finding.document) || finding.path.is_empty() {
            true => String::new(),
            false => format!(" {}", finding.document),
        };
        let line = format!("{}{document}: {kind}: {what} [{rule}]", place(finding));
        writeln!(out, "{}", crate::visible::visible(&line))?;
    }
    if !outcome.findings.is_empty() {
        writeln!(out)?;
    }
    for (kind, tally) in &outcome.tallies {
        if tally.documents > 0 {
            let mark = if tally.documents > tally.allowed {
                "FAIL"
            } else {
                "ok"
            };
            let (has, may) = (tally.documents, tally.allowed);
            writeln!(
                out,
                "{mark:4} {:12} {has} documents, {may} allowed",
                kind.name()
            )?;
        }
    }
    if outcome.known > 0 {
        writeln!(out, "{} findings are in the baseline", outcome.known)?;
    }
    let exceeded = outcome.exceeded().count();
    let verdict = match exceeded {
        0 => "clean".to_owned(),
        1 => "1 limit exceeded".to_owned(),
        n => format!("{n} limits exceeded"),
    };
    writeln!(out, "{} documents: {verdict}", outcome.documents)
}
