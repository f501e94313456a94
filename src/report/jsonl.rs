//! One JSON object per finding.

use std::io::{self, Write};

use crate::check::Outcome;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for finding in &outcome.findings {
        serde_json::to_writer(&mut *out, finding)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
