//! Regular expressions for what stands in brackets at the end of a line, `… (Photo: X)`: all that
//! they ask for stands behind the last opening bracket, which is little of the line.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

use super::gates::Gate;

/// The opening brackets.
const OPENING: [char; 2] = ['(', '['];

/// The gate of a match from its bracket on, if every match of `hir`, that ends with the line, begins
/// with a bracket, behind white space at most, and holds no other.
pub(super) fn gate(hir: &Hir) -> Option<Gate> {
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(hir),
    };
    let from = parts.iter().position(|part| !is_space(part))?;
    let (first, rest) = parts[from..].split_first()?;
    let opens = match first.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let all = brackets();
            let mut both = class.clone();
            both.intersect(&all);
            !class.ranges().is_empty() && both == *class
        }
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            let rest = text.strip_prefix(OPENING)?;
            !rest.contains(OPENING)
        }
        _ => false,
    };
    let alone = opens && !rest.iter().any(may_open);
    alone.then(|| Gate::of(&Hir::concat(parts[from..].to_vec())))
}

/// The part of a line from its last opening bracket on.
pub(super) fn of_line(line: &str) -> Option<&str> {
    let at = line.bytes().rposition(|byte| matches!(byte, b'(' | b'['));
    line.get(at?..)
}

fn brackets() -> ClassUnicode {
    ClassUnicode::new(OPENING.map(|c| ClassUnicodeRange::new(c, c)))
}

/// Whether all that `hir` matches is white space.
fn is_space(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => is_space(&repetition.sub),
        HirKind::Class(Class::Unicode(class)) => class.iter().all(|range| {
            (range.start()..=range.end())
                .take(32)
                .all(char::is_whitespace)
        }),
        _ => false,
    }
}

/// Whether a match may hold an opening bracket.
fn may_open(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.iter().any(|&byte| matches!(byte, b'(' | b'[')),
        HirKind::Class(Class::Unicode(class)) => {
            let mut both = class.clone();
            both.intersect(&brackets());
            !both.ranges().is_empty()
        }
        HirKind::Class(Class::Bytes(_)) => true,
        HirKind::Repetition(repetition) => may_open(&repetition.sub),
        HirKind::Capture(capture) => may_open(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(may_open),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gates::Look;
    use super::*;

    fn passes(pattern: &str, line: &str) -> Option<bool> {
        let gate = gate(&regex_syntax::parse(pattern).unwrap())?;
        Some(of_line(line).is_some_and(|end| Look::at(end).passes(&gate)))
    }

    #[test]
    fn the_gate_is_asked_behind_the_last_bracket() {
        let photo = r"\s*[(\[](?<credit>(?i:photos?)\s?: [^()\[\]]{2,8})[)\]]\.?";
        assert_eq!(passes(photo, "A bridge [x] (Photo: AFP)."), Some(true));
        assert_eq!(passes(photo, "A photo: of (23)"), Some(false));
        assert_eq!(passes(photo, "Photo: A"), Some(false));
        assert_eq!(passes(r"\(AFP\)", "A bridge (AFP)"), Some(true));
    }

    #[test]
    fn other_expressions_are_left_alone() {
        for pattern in [
            r"\s*[(\[].+[)\]]",
            r"\s*[(,]AFP\)",
            r"[^)]\(AFP\)",
            r"(?:\(AFP\))?",
            r"\(AFP\(",
            r"\(AFP [^)]+\)",
        ] {
            assert_eq!(passes(pattern, "(AFP)"), None, "{pattern}");
        }
    }
}
