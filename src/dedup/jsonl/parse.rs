//! One row, parsed and its text scanned.

use crate::dedup::row::{Fields, Keep, Wanted};
use crate::dedup::scan::Scan;
use crate::dedup::scanned::ScannedText;
use crate::dedup::{address, host};

/// What a thread keeps between rows.
#[derive(Default)]
pub(super) struct Tools {
    scan: Scan,
    text: Vec<u8>,
}

/// A row that was parsed, with its text scanned.
pub(super) struct ScannedRow {
    pub id: Option<String>,
    pub host: Option<String>,
    pub address: Option<u64>,
    pub priority: i64,
    pub text: ScannedText,
}

impl ScannedRow {
    /// Parses a row and scans its text, whose words are kept only where `keeps_words` says so. Fails
    /// with the cause.
    pub fn of(
        row: &[u8],
        fields: &Fields,
        tools: &mut Tools,
        keeps_words: bool,
    ) -> Result<Self, String> {
        let wanted = Wanted {
            fields,
            whole: true,
        };
        let parsed = match wanted.flat(row, &mut tools.text) {
            Some(parsed) => parsed,
            None => wanted
                .parse(row)
                .map_err(|error| format!("invalid JSON: {error}"))?,
        };
        let text = parsed.text.ok_or("no field holds a text")?;
        let host = parsed.url.as_deref().and_then(host);
        let latest = || i64::MAX;
        let priority = match &fields.keep {
            Keep::Id => 0,
            Keep::Longest => -(text.len() as i64),
            Keep::Field(_) => parsed.priority.unwrap_or_else(latest),
            Keep::Source(hosts) => {
                let is = |wanted: &String| Some(wanted) == host.as_ref();
                hosts
                    .iter()
                    .position(is)
                    .map_or_else(latest, |at| at as i64)
            }
        };
        Ok(Self {
            id: parsed.id,
            host,
            address: parsed.url.as_deref().and_then(address),
            priority,
            text: ScannedText::of(&text, &mut tools.scan, keeps_words),
        })
    }
}
