//! Which words a line must hold for a regular expression to match: they are looked for before it
//! is tried.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Most alternatives that are worth looking for.
const MAX_LITERALS: usize = 128;
/// Fewest bytes of a literal that tells something.
const MIN_BYTES: usize = 2;

/// A character in lower case; the long s, which case folding takes for an s, is one.
pub(super) fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ſ' { 's' } else { c })
}

/// Lower-case literals of which every match of `hir` holds at least one (compared with a
/// lower-cased line); `None` where the pattern promises nothing.
pub(super) fn required(hir: &Hir) -> Option<Vec<String>> {
    best(candidates(hir))
}

/// A set of literals, of which one must occur.
type Literals = Vec<String>;

fn best(sets: Vec<Literals>) -> Option<Literals> {
    let fits = |set: &Literals| {
        set.len() <= MAX_LITERALS
            && set
                .iter()
                .all(|l| l.len() >= MIN_BYTES && !l.trim().is_empty())
    };
    let shortest = |set: &Literals| set.iter().map(String::len).min().unwrap_or(0);
    sets.into_iter()
        .filter(fits)
        .max_by_key(|set| (shortest(set), std::cmp::Reverse(set.len())))
}

/// All sets that a pattern requires.
fn candidates(hir: &Hir) -> Vec<Literals> {
    if let Some(text) = literal(hir) {
        return if text.is_empty() {
            Vec::new()
        } else {
            vec![vec![text]]
        };
    }
    match hir.kind() {
        HirKind::Capture(capture) => candidates(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => candidates(&repetition.sub),
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                match required(branch) {
                    Some(set) => all.extend(set),
                    None => return Vec::new(),
                }
            }
            vec![all]
        }
        HirKind::Concat(parts) => concat(parts),
        _ => Vec::new(),
    }
}

/// Neighbouring literals of a sequence read as one.
fn concat(parts: &[Hir]) -> Vec<Literals> {
    let mut sets = Vec::new();
    let mut run = String::new();
    for part in parts {
        if let Some(text) = literal(part) {
            run.push_str(&text);
            continue;
        }
        if !run.is_empty() {
            sets.push(vec![std::mem::take(&mut run)]);
        }
        sets.extend(candidates(part));
    }
    if !run.is_empty() {
        sets.push(vec![run]);
    }
    sets
}

/// The text of a pattern that matches only it, in any case.
fn literal(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(text.chars().flat_map(lower).collect())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut chars = class.iter().flat_map(|range| range.start()..=range.end());
            let mut letter = lower(chars.next()?);
            let (first, more) = (letter.next()?, letter.next());
            // Case-folded classes hold a letter's cases, and at most an old form of it.
            let same = chars.take(4).all(|c| lower(c).eq([first]));
            let few = class
                .iter()
                .map(|r| r.end() as u32 - r.start() as u32 + 1)
                .sum::<u32>()
                <= 4;
            (more.is_none() && same && few).then(|| first.to_string())
        }
        HirKind::Concat(parts) => parts.iter().map(literal).collect(),
        HirKind::Capture(capture) => literal(&capture.sub),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Option<Vec<String>> {
        required(&regex_syntax::parse(pattern).unwrap())
    }

    #[test]
    fn the_longest_promise_is_taken() {
        assert_eq!(
            of(r"(?i)par .+ avec (?:AFP|Reuters)"),
            Some(vec![" avec ".into()])
        );
        assert_eq!(
            of(r"(?i)(?:Foto|Bild)\s*:.+"),
            Some(vec!["foto".into(), "bild".into()])
        );
        assert_eq!(of("(?i)seaside kiosk"), Some(vec!["seaside kiosk".into()]));
        assert_eq!(of(r"\p{Lu}\w+(?: x)?"), None);
        assert_eq!(of(r"(?:ab|\d)"), None);
    }

    #[test]
    fn every_match_holds_a_literal() {
        // The Kelvin sign and the long s fold to ASCII letters.
        for (pattern, line) in [
            (r"(?i)kiosk", "\u{212A}IO\u{17F}K"),
            (r"(?i)straße", "STRASSE"),
        ] {
            let lower: String = line.chars().flat_map(lower).collect();
            if regex::Regex::new(pattern).unwrap().is_match(line) {
                let set = of(pattern).unwrap_or_default();
                assert!(
                    set.is_empty() || set.iter().any(|l| lower.contains(l)),
                    "{pattern}"
                );
            }
        }
    }
}
