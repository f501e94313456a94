//! The inside of a doctype: name, identifiers, quirks flag (§ 13.2.5.53–68).

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Doctype;

use super::lex::is_space;

/// Reads what stands between `<!DOCTYPE` and `>`. `open` says that the page ended first.
pub fn doctype(inner: &str, open: bool) -> Doctype {
    let mut doctype = Doctype {
        force_quirks: open,
        ..Doctype::default()
    };
    let rest = skip_space(inner);
    if rest.is_empty() {
        doctype.force_quirks = true;
        return doctype;
    }
    let len = rest.bytes().position(is_space).unwrap_or(rest.len());
    let name = rest[..len].to_ascii_lowercase().replace('\0', "\u{fffd}");
    doctype.name = Some(StrTendril::from_slice(&name));
    let rest = skip_space(&rest[len..]);
    if rest.is_empty() {
        return doctype;
    }
    let sound = match keyword(rest) {
        Some((true, rest)) => public(rest, &mut doctype),
        Some((false, rest)) => system(rest, &mut doctype),
        None => None,
    };
    if sound.is_none() {
        doctype.force_quirks = true;
    }
    doctype
}

fn keyword(rest: &str) -> Option<(bool, &str)> {
    let word = rest.get(..6)?;
    if word.eq_ignore_ascii_case("public") {
        Some((true, &rest[6..]))
    } else if word.eq_ignore_ascii_case("system") {
        Some((false, &rest[6..]))
    } else {
        None
    }
}

fn public(rest: &str, doctype: &mut Doctype) -> Option<()> {
    let (rest, closed) = identifier(skip_space(rest), &mut doctype.public_id)?;
    let rest = skip_space(rest);
    if !closed {
        return None;
    }
    if rest.is_empty() {
        return Some(());
    }
    system(rest, doctype)
}

fn system(rest: &str, doctype: &mut Doctype) -> Option<()> {
    let (rest, closed) = identifier(skip_space(rest), &mut doctype.system_id)?;
    // What follows is not looked at, not even whether `>` comes.
    if closed && !skip_space(rest).is_empty() {
        doctype.force_quirks = false;
    }
    closed.then_some(())
}

/// Reads a quoted identifier into `into`; gives the rest and whether its quote was closed.
fn identifier<'i>(rest: &'i str, into: &mut Option<StrTendril>) -> Option<(&'i str, bool)> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let rest = &rest[1..];
    let (value, rest, closed) = match rest.find(quote) {
        Some(end) => (&rest[..end], &rest[end + 1..], true),
        None => (rest, "", false),
    };
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    *into = Some(StrTendril::from_slice(&value.replace('\0', "\u{fffd}")));
    Some((rest, closed))
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii() && is_space(c as u8))
}
