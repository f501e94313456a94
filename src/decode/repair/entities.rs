//! Entities that were escaped twice in a page, or left in plain text.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::document::{Edit, Span};
use crate::eight::{each, zeros};

/// Names of Latin-1 characters from U+00A0 on, in order.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr \
    deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest \
    Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml \
    ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig \
    agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml \
    eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const OTHERS: [(&str, char); 27] = [
    ("quot", '"'),
    ("apos", '\''),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("circ", 'ˆ'),
    ("tilde", '˜'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("bull", '•'),
    ("hellip", '…'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("euro", '€'),
];

/// Bytes of the shortest entity, `&lt;`.
const SHORTEST: usize = 4;

/// In a page: `&amp;` followed by the rest of an entity that is not markup's own. In plain text:
/// every entity. Only those that begin in `span`.
pub(super) fn find(text: &str, span: Span, is_html: bool) -> Vec<Edit> {
    let bytes = span.of(text).as_bytes();
    if bytes.len() < SHORTEST || !may_hold(bytes, b'&') {
        return Vec::new();
    }
    let places = memchr::memchr_iter(b'&', bytes).map(|at| at + span.start);
    let escaped = |at: &usize| !is_html || text.as_bytes()[*at..].starts_with(b"&amp;");
    at_places(text, places.filter(escaped), is_html)
}

/// Whether a byte is in a text, or the text is long: a short one is not worth a call.
#[inline]
fn may_hold(text: &[u8], byte: u8) -> bool {
    const LONG: usize = 64;
    let (words, rest) = text.as_chunks::<8>();
    let in_word = |word: &[u8; 8]| zeros(u64::from_le_bytes(*word) ^ each(byte)) != 0;
    text.len() > LONG || words.iter().any(in_word) || rest.contains(&byte)
}

/// The same at `places` that hold an `&`.
fn at_places(text: &str, places: impl Iterator<Item = usize>, is_html: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut done = 0;
    for at in places {
        if at < done {
            continue;
        }
        let Some(rest) = text.get(at..) else { continue };
        let mut length = 1;
        let mut escaped = 0;
        while rest
            .get(length..)
            .is_some_and(|rest| rest.starts_with("amp;"))
        {
            length += 4;
            escaped += 1;
        }
        let Some(rest) = rest.get(length..) else {
            continue;
        };
        let near = &rest.as_bytes()[..rest.len().min(11)];
        let end = memchr::memchr(b';', near);
        let found = match end.filter(|&end| end > 0) {
            Some(end) if !is_html || escaped > 0 => {
                named(&rest[..end], is_html).map(|c| (c, length + end + 1))
            }
            _ => None,
        };
        let found = match found {
            None if !is_html && escaped > 0 => Some(('&', length)),
            found => found,
        };
        if let Some((c, length)) = found {
            let span = Span::new(at, at + length);
            edits.push(Edit {
                span,
                text: c.to_string(),
                rule: "repair/entity".into(),
            });
            done = span.end;
        }
    }
    edits
}

/// The character of an entity without `&` and `;`. In a page `<`, `>` and `&` stay escaped: a
/// text about markup shows them so.
fn named(name: &str, is_html: bool) -> Option<char> {
    let c = match name.strip_prefix('#') {
        Some(number) => numbered(number)?,
        None => *names().get(name)?,
    };
    (!is_html || !matches!(c, '<' | '>' | '&')).then_some(c)
}

/// The names of entities that may have been escaped twice.
fn names() -> &'static FxHashMap<&'static str, char> {
    static NAMES: OnceLock<FxHashMap<&str, char>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let latin_1 = LATIN_1.split_ascii_whitespace().zip('\u{A0}'..);
        let all = latin_1.chain(OTHERS);
        all.chain([("lt", '<'), ("gt", '>')]).collect()
    })
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\u{80}'..='\u{9F}'))
}

#[cfg(test)]
mod tests {
    use super::super::compose::apply;
    use super::*;

    fn plain(text: &str) -> String {
        apply(text, &find(text, Span::new(0, text.len()), false))
    }

    fn page(text: &str) -> String {
        apply(text, &find(text, Span::new(0, text.len()), true))
    }

    #[test]
    fn pages_lose_the_second_escape_only() {
        assert_eq!(
            page("l&amp;rsquo;&amp;#233;t&amp;amp;eacute;"),
            "l’ét&amp;amp;eacute;".replace("&amp;amp;eacute;", "é")
        );
        assert_eq!(
            page("caf&eacute; R&amp;D &amp;lt;p&amp;gt; &amp;notanentity;"),
            "caf&eacute; R&amp;D &amp;lt;p&amp;gt; &amp;notanentity;"
        );
    }

    #[test]
    fn plain_text_loses_every_entity() {
        assert_eq!(
            plain("caf&eacute; R&amp;D &lt;p&gt; &#x27;x&#8217; & co; &bogus;"),
            "café R&D <p> 'x’ & co; &bogus;"
        );
        assert_eq!(plain("t&amp;eacute;l&eacute;"), "télé");
    }
}
