//! One JSON object: verdict, tallies, statistics, findings.

use std::io::{self, Write};

use serde_json::json;

use crate::check::Outcome;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let tallies: serde_json::Map<String, serde_json::Value> = outcome
        .tallies
        .iter()
        .map(|(kind, tally)| {
            let value = json!({"documents": tally.documents, "allowed": tally.allowed});
            (kind.name().to_owned(), value)
        })
        .collect();
    let report = json!({
        "tool": concat!("lavoir ", env!("CARGO_PKG_VERSION")),
        "documents": outcome.documents,
        "passed": outcome.exceeded().next().is_none(),
        "kinds": tallies,
        "known": outcome.known,
        "statistics": outcome.statistics,
        "findings": outcome.findings,
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}
