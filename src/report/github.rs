//! Workflow commands of GitHub Actions: an annotation per finding, errors where a limit is
//! exceeded and warnings elsewhere.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use super::described;
use crate::check::Outcome;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let exceeded: BTreeSet<_> = outcome.exceeded().map(|(kind, _)| kind).collect();
    for finding in &outcome.findings {
        let level = match exceeded.contains(&finding.kind) {
            true => "error",
            false => "warning",
        };
        let mut properties = String::new();
        if !finding.path.is_empty() {
            properties.push_str(&format!("file={},", property(&finding.path)));
        }
        if let Some(line) = finding.line {
            properties.push_str(&format!("line={line},"));
        }
        let title = format!("lavoir {} ({})", finding.kind.name(), finding.rule);
        let title = property(&title);
        let text = format!("{}: {}", finding.document, described(finding));
        writeln!(out, "::{level} {properties}title={title}::{}", data(&text))?;
    }
    Ok(())
}

/// Text behind `::`, where a line end would end the command.
fn data(text: &str) -> Cow<'_, str> {
    escape(text, &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A")])
}

/// The value of a property, which commas and colons would end as well.
fn property(text: &str) -> Cow<'_, str> {
    let all = [
        ('%', "%25"),
        ('\r', "%0D"),
        ('\n', "%0A"),
        (':', "%3A"),
        (',', "%2C"),
    ];
    escape(text, &all)
}

fn escape<'t>(text: &'t str, with: &[(char, &str)]) -> Cow<'t, str> {
    let code = |c: char| with.iter().find(|(from, _)| *from == c);
    if !text.contains(|c| code(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match code(c) {
            Some((_, to)) => out.push_str(to),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(data("a:b,c%\n"), "a:b,c%25%0A");
        assert!(matches!(data("plain"), Cow::Borrowed(_)));
    }
}
