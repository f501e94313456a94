//! Where raw text, scripts and comments end.

use memchr::{memchr_iter, memchr2_iter, memmem};

use super::lex::is_space;

/// Whether `</name` and a byte that ends a tag name stand at `lt`.
fn closes(bytes: &[u8], lt: usize, name: &[u8]) -> bool {
    let end = lt + 2 + name.len();
    !name.is_empty()
        && bytes.get(lt + 1) == Some(&b'/')
        && bytes
            .get(lt + 2..end)
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
        && bytes.get(end).is_some_and(|&byte| ends_name(byte))
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || byte == b'/' || byte == b'>'
}

/// Where the end tag of the raw text element `name` begins, or the end of the page.
pub(super) fn raw_end(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    memchr_iter(b'<', &bytes[from..])
        .map(|at| from + at)
        .find(|&lt| closes(bytes, lt, name))
        .unwrap_or(bytes.len())
}

/// Whether `script` and the end of a tag name stand at `from`.
fn is_script_word(bytes: &[u8], from: usize) -> bool {
    bytes
        .get(from..from + 6)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"script"))
        && bytes.get(from + 6).is_some_and(|&byte| ends_name(byte))
}

#[derive(Clone, Copy, PartialEq)]
enum Script {
    Plain,
    Escaped,
    DoubleEscaped,
}

/// Where the end tag (of `name`, which is `script`) that ends the script begins, or the end of the
/// page: the script data states of the standard (§ 13.2.5.4, 13.2.5.15–31) seen from `<` and `>` alone.
pub(super) fn script_end(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    // Most scripts hold no comment, and before one only `<` says anything.
    let mut opens = memchr_iter(b'<', bytes.get(from..).unwrap_or_default()).map(|at| from + at);
    let first = opens.find(|&at| bytes[at..].starts_with(b"<!--") || closes(bytes, at, name));
    let Some(from) = first else {
        return bytes.len();
    };
    if !bytes[from..].starts_with(b"<!--") {
        return from;
    }
    let mut state = Script::Plain;
    // `-->` leaves the escaped states; its dashes may be those of the `<!--` itself.
    let mut dashes_from = from;
    for at in memchr2_iter(b'<', b'>', &bytes[from..]) {
        let at = from + at;
        if bytes[at] == b'>' {
            let dashed = at >= dashes_from + 2 && bytes[..at].ends_with(b"--");
            if state != Script::Plain && dashed {
                state = Script::Plain;
            }
            continue;
        }
        match state {
            Script::Plain if bytes[at..].starts_with(b"<!--") => {
                state = Script::Escaped;
                dashes_from = at + 2;
            }
            Script::Plain | Script::Escaped if closes(bytes, at, name) => return at,
            Script::Escaped if is_script_word(bytes, at + 1) => state = Script::DoubleEscaped,
            Script::DoubleEscaped
                if bytes.get(at + 1) == Some(&b'/') && is_script_word(bytes, at + 2) =>
            {
                state = Script::Escaped;
            }
            _ => {}
        }
    }
    bytes.len()
}

/// The end of the data of a comment that begins at `from`, and where the page goes on.
pub(super) fn comment_end(bytes: &[u8], from: usize) -> (usize, usize) {
    let rest = &bytes[from..];
    if rest.starts_with(b">") {
        return (from, from + 1);
    }
    if rest.starts_with(b"->") {
        return (from, from + 2);
    }
    let dashes = memmem::Finder::new(b"--");
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| dashes.find(rest)) {
        at += found;
        match (bytes.get(at + 2), bytes.get(at + 3)) {
            (Some(b'>'), _) => return (at, at + 3),
            (Some(b'!'), Some(b'>')) => return (at, at + 4),
            _ => at += 1,
        }
    }
    let open = ["--!", "--", "-"]
        .into_iter()
        .find(|tail| rest.ends_with(tail.as_bytes()));
    (bytes.len() - open.map_or(0, str::len), bytes.len())
}
