//! SARIF 2.1.0 (OASIS, 2020), for code scanning.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value, json};

use super::described;
use crate::check::{Finding, Kind, Outcome};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let exceeded: BTreeSet<Kind> = outcome.exceeded().map(|(kind, _)| kind).collect();
    let rules: BTreeMap<&str, Kind> = outcome
        .findings
        .iter()
        .map(|finding| (&*finding.rule, finding.kind))
        .collect();
    let results: Vec<Value> = outcome
        .findings
        .iter()
        .map(|finding| result(finding, exceeded.contains(&finding.kind)))
        .collect();
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|(id, kind)| {
            json!({
                "id": id,
                "shortDescription": {"text": kind.about()},
                "properties": {"tags": [kind.name()]},
            })
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "lavoir",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn result(finding: &Finding, fails: bool) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": if fails { "error" } else { "warning" },
        "message": {"text": described(finding)},
        "partialFingerprints": {"lavoir/v1": finding.fingerprint()},
        "properties": {"kind": finding.kind.name(), "document": finding.document},
    });
    let mut location = json!({
        "logicalLocations": [{"fullyQualifiedName": finding.document, "kind": "object"}],
    });
    if !finding.path.is_empty() {
        location["physicalLocation"] = json!({"artifactLocation": {"uri": uri(&finding.path)}});
        if let Some(line) = finding.line {
            location["physicalLocation"]["region"] = json!({"startLine": line});
        }
    }
    result["locations"] = json!([location]);
    result
}

/// A path as a relative URI (RFC 3986): what a path segment may not hold is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/ü:1.txt"), "a%20b/%C3%BC%3A1.txt");
        assert_eq!(uri("a/b-c.jsonl"), "a/b-c.jsonl");
    }
}
