//! JUnit XML, as continuous integration reads it: a test case per kind of finding.

use std::io::{self, Write};

use super::{described, place};
use crate::check::{Finding, Kind, Outcome, Tally};

/// Findings that a failure lists; the rest is counted.
const LISTED: usize = 100;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let tests = outcome.tallies.len();
    let failures = outcome.exceeded().count();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"0\"");
    writeln!(out, "<testsuites name=\"lavoir\" {counts}>")?;
    writeln!(
        out,
        "  <testsuite name=\"lavoir check\" {counts} skipped=\"0\">"
    )?;
    for (&kind, &tally) in &outcome.tallies {
        case(outcome, kind, tally, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn case(outcome: &Outcome, kind: Kind, tally: Tally, out: &mut dyn Write) -> io::Result<()> {
    let name = kind.name();
    let open = format!("    <testcase name=\"{name}\" classname=\"lavoir.check\" time=\"0\"");
    if tally.documents <= tally.allowed {
        return writeln!(out, "{open}/>");
    }
    let (has, may) = (tally.documents, tally.allowed);
    let message = format!("{has} documents, {may} allowed: {}", kind.about());
    let message = escape(&message);
    writeln!(out, "{open}>")?;
    writeln!(out, "      <failure message=\"{message}\" type=\"{name}\">")?;
    let of_kind = |finding: &&Finding| finding.kind == kind;
    for finding in outcome.findings.iter().filter(of_kind).take(LISTED) {
        let line = format!(
            "{}: {} [{}]",
            place(finding),
            described(finding),
            finding.rule
        );
        writeln!(out, "{}", escape(&line))?;
    }
    let count = outcome.findings.iter().filter(of_kind).count();
    if count > LISTED {
        writeln!(out, "… and {} more", count - LISTED)?;
    }
    writeln!(out, "      </failure>\n    </testcase>")
}

/// XML text; characters that XML 1.0 does not allow become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..' ' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_escaped() {
        assert_eq!(
            escape("a<b>&\"c\u{1b}\n"),
            "a&lt;b&gt;&amp;&quot;c\u{FFFD} "
        );
    }
}
