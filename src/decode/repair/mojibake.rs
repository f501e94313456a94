//! UTF-8 that was read in a single-byte encoding: `Ã©` for `é`, `вЂ™` for `’`.
//!
//! A character of UTF-8 that is read so becomes two to four characters: one from the upper
//! quarter of the encoding, then some from its lower half. Such sequences are found for each
//! encoding. A sequence that good text hardly ever holds is *strong* and repaired; a *weak* one,
//! such as a capital before a closing quote, is repaired only next to strong ones.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::beyond;
use crate::document::{Edit, Span};

/// Code page 437 from 0x80 on.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
/// How many encodings are tried.
const ENCODINGS: usize = 9;
/// Bytes to each side of a sequence in which others count as next to it.
const NEAR: usize = 60;

/// What the letters of the encoding's upper half are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Latin letters, each upper case in 0xC0–0xDF.
    Latin,
    /// Symbols in 0xC0–0xDF.
    Symbols,
    /// Another script than Latin.
    Other,
}

const KINDS: [Kind; ENCODINGS] = [
    Kind::Latin,   // windows-1252, with C1 controls as ISO-8859-1
    Kind::Symbols, // macintosh
    Kind::Latin,   // windows-1250
    Kind::Other,   // windows-1251
    Kind::Latin,   // windows-1254
    Kind::Latin,   // windows-1257
    Kind::Latin,   // ISO-8859-2
    Kind::Other,   // windows-1253
    Kind::Symbols, // code page 437
];

/// For each character, the byte that it is in each encoding; 0 where it is none.
type Bytes = FxHashMap<char, [u8; ENCODINGS]>;

fn bytes_of() -> &'static Bytes {
    static BYTES: OnceLock<Bytes> = OnceLock::new();
    BYTES.get_or_init(|| {
        let codecs = [
            encoding_rs::WINDOWS_1252,
            encoding_rs::MACINTOSH,
            encoding_rs::WINDOWS_1250,
            encoding_rs::WINDOWS_1251,
            encoding_rs::WINDOWS_1254,
            encoding_rs::WINDOWS_1257,
            encoding_rs::ISO_8859_2,
            encoding_rs::WINDOWS_1253,
        ];
        let mut bytes = Bytes::default();
        let mut put = |c: char, encoding: usize, byte: u8| {
            let row = bytes.entry(c).or_default();
            if row[encoding] == 0 {
                row[encoding] = byte;
            }
        };
        for byte in 0x80..=0xFF {
            for (encoding, codec) in codecs.iter().enumerate() {
                let (text, broken) = codec.decode_without_bom_handling(std::slice::from_ref(&byte));
                if let (Some(c), false) = (text.chars().next(), broken) {
                    put(c, encoding, byte);
                }
            }
            if byte < 0xA0 {
                put(char::from(byte), 0, byte);
            }
        }
        for (byte, c) in (0x80..=0xFF).zip(CP437.chars()) {
            put(c, ENCODINGS - 1, byte);
        }
        bytes
    })
}

/// Whether a character that starts with these bytes may be a continuation byte that was misread.
pub(super) fn may_continue(byte: u8, next: u8) -> bool {
    match byte {
        0xC2..=0xC5 => true,
        0xC6 => next == 0x92,
        0xCB => true,
        0xCE => matches!(next, 0x84..=0x8F),
        0xD0 => next <= 0x8F,
        0xD1 => next >= 0x90,
        0xD2 => matches!(next, 0x90 | 0x91),
        0xE2 => matches!(next, 0x80 | 0x82 | 0x84 | 0x86..=0x89 | 0x8C | 0x94..=0x97),
        0xEF => matches!(next, 0xA3 | 0xAC | 0xBF),
        _ => false,
    }
}

/// Stands for a lost continuation byte; valid after every first byte but 0xED and 0xF4.
const LOST: u8 = 0x90;

/// A sequence that is one character in UTF-8.
struct Sequence {
    span: Span,
    character: char,
    strong: bool,
    /// Whether it is a letter and a currency sign.
    currency: bool,
}

/// Repairs for the encoding with most strong sequences.
pub(super) fn find(text: &str) -> Vec<Edit> {
    let tried = candidates(text);
    let found = (0..ENCODINGS).filter(|&encoding| tried[encoding]);
    let best = found
        .map(|encoding| (encoding, sequences(text, encoding, false)))
        .map(|(encoding, found)| (strength(text, &found), encoding, found))
        .filter(|(strong, _, _)| *strong > 0)
        // The first of equals: encodings stand in the order of how common they are.
        .max_by_key(|(strong, encoding, _)| (*strong, std::cmp::Reverse(*encoding)));
    let Some((_, encoding, mut found)) = best else {
        let mut edits = Vec::new();
        lost_no_break_spaces(text, 'Ã', &mut edits);
        return edits;
    };
    let strong = found.iter().filter(|s| s.strong).count();
    if strong >= 2 {
        found = sequences(text, encoding, true);
    }
    let proper = proper(text, &found);
    let mut edits: Vec<Edit> = found
        .iter()
        .enumerate()
        .filter(|&(i, sequence)| accepted(&found, i, sequence, strong, &proper))
        .map(|(_, sequence)| edit(sequence.span, sequence.character.to_string()))
        .collect();
    match encoding {
        0 => lost_no_break_spaces(text, 'Ã', &mut edits),
        3 if !edits.is_empty() => lost_no_break_spaces(text, 'Г', &mut edits),
        _ => {}
    }
    edits
}

/// How many characters strong sequences explain.
fn strength(text: &str, found: &[Sequence]) -> usize {
    let strong = found.iter().filter(|s| s.strong);
    strong.map(|s| s.span.of(text).chars().count()).sum()
}

fn edit(span: Span, text: String) -> Edit {
    Edit {
        span,
        text,
        rule: "repair/mojibake".into(),
    }
}

/// The encodings in which some pair of characters may be the start of a sequence.
fn candidates(text: &str) -> [bool; ENCODINGS] {
    let bytes = bytes_of();
    let mut tried = [false; ENCODINGS];
    let mut before: Option<&[u8; ENCODINGS]> = None;
    let mut end = 0;
    for (at, c) in beyond::chars(text) {
        if at > end {
            before = None;
        }
        end = at + c.len_utf8();
        let row = bytes.get(&c);
        if let (Some(first), Some(second)) = (before, row) {
            for encoding in 0..ENCODINGS {
                tried[encoding] |=
                    first[encoding] >= 0xC2 && matches!(second[encoding], 0x80..0xC0);
            }
        }
        before = row;
    }
    tried
}

/// All sequences; with `lossy` also those whose no-break space became a plain one.
fn sequences(text: &str, encoding: usize, lossy: bool) -> Vec<Sequence> {
    let mut found: Vec<Sequence> = Vec::new();
    let mut done = 0;
    for (start, _) in beyond::chars(text) {
        if start < done {
            continue;
        }
        let Some((character, end)) = sequence(text, start, encoding, lossy) else {
            continue;
        };
        let span = Span::new(start, end);
        let strong =
            KINDS[encoding] != Kind::Other && is_strong(text, span, character, KINDS[encoding]);
        let currency = span.of(text).chars().nth(1).is_some_and(is_currency);
        let currency = currency && text.get(start..).is_some_and(|t| !t.starts_with('â'));
        found.push(Sequence {
            span,
            character,
            strong,
            currency,
        });
        done = end;
    }
    mark_runs(text, &mut found, KINDS[encoding]);
    found
}

/// The character that starts at `start` when its characters are read as bytes of UTF-8.
fn sequence(text: &str, start: usize, encoding: usize, lossy: bool) -> Option<(char, usize)> {
    let bytes = bytes_of();
    let mut utf8 = [0u8; 4];
    let mut length = 0;
    let mut wanted = 1;
    let mut end = start;
    let mut lost = false;
    for c in text.get(start..)?.chars() {
        let byte = match c {
            // A byte that the encoding lacks: the character is lost, but not its length.
            '\u{FFFD}' if length > 0 => {
                lost = true;
                LOST
            }
            ' ' if lossy && may_lose_space(utf8[0], length) => 0xA0,
            _ => bytes.get(&c).map_or(0, |row| row[encoding]),
        };
        wanted = match (length, byte) {
            (0, 0xC2..=0xDF) => 2,
            (0, 0xE0..=0xEF) => 3,
            (0, 0xF0..=0xF4) => 4,
            (1.., 0x80..=0xBF) => wanted,
            _ => return None,
        };
        *utf8.get_mut(length)? = byte;
        length += 1;
        end += c.len_utf8();
        if length == wanted {
            break;
        }
    }
    let read = std::str::from_utf8(utf8.get(..length)?).ok()?;
    let character = match lost {
        true => '\u{FFFD}',
        false => read.chars().next()?,
    };
    is_plausible(character).then_some((character, end))
}

/// After which first bytes a plain space stands for a no-break space: those of Š, of capital Π and
/// Р, and of three-byte characters. `Ã ` is a case of its own.
fn may_lose_space(first: u8, length: usize) -> bool {
    matches!(first, 0xC5 | 0xCE | 0xD0) || (matches!(first, 0xE0..=0xE3) && length > 0)
}

/// Characters that occur in text; mojibake hides no others.
fn is_plausible(c: char) -> bool {
    matches!(c as u32,
        0x80..=0x17E | 0x192 | 0x1A0 | 0x1A1 | 0x1AF | 0x1B0 | 0x218..=0x21B | 0x2BC | 0x2C6
        | 0x2C7 | 0x2D8..=0x2DD | 0x300..=0x36F
        | 0x386..=0x3CE | 0x401..=0x45F | 0x490 | 0x491 | 0x5D0..=0x5EA | 0x60C | 0x61B | 0x61F
        | 0x621..=0x652 | 0x660..=0x669 | 0x67E | 0x686 | 0x698 | 0x6A9 | 0x6AF | 0x6CC
        | 0x6F0..=0x6F9 | 0x900..=0xDFF
        | 0xE01..=0xE5B | 0x10A0..=0x10FF | 0x1E00..=0x1EFF | 0x2000..=0x206F | 0x20A0..=0x20BF
        | 0x2100..=0x214F | 0x2190..=0x23FF | 0x2500..=0x27BF | 0x3000..=0x30FF | 0x3400..=0x9FFF
        | 0xAC00..=0xD7A3 | 0xFB00..=0xFB06 | 0xFE0F | 0xFEFF | 0xFF00..=0xFFEF | 0xFFFD
        | 0x1F000..=0x1FAFF)
}

/// Symbols that good text puts after a letter: quotes, dashes, the ellipsis, signs.
fn is_typographic(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'
            ..='\u{2026}'
                | '\u{2039}'
                | '\u{203A}'
                | '«'
                | '»'
                | '·'
                | '°'
                | '®'
                | '©'
                | '™'
                | '\u{A0}'
                | '\u{AD}'
                | '¿'
                | '¡'
                | '´'
    )
}

fn is_currency(c: char) -> bool {
    matches!(c, '£' | '¥' | '¢' | '€')
}

fn is_strong(text: &str, span: Span, character: char, kind: Kind) -> bool {
    let around = Around::of(text, span);
    let mut chars = span.of(text).chars();
    let Some(lead) = chars.next() else {
        return false;
    };
    let rest: Vec<char> = chars.collect();
    match (kind, &rest[..]) {
        (Kind::Other, _) => false,
        // √, ├ and their like after a letter; elsewhere they are mathematics and frames.
        (Kind::Symbols, [_]) => {
            !lead.is_alphabetic() && around.after_letter && character.is_alphabetic()
        }
        (Kind::Symbols, _) => !lead.is_alphabetic() || rest.iter().all(|c| !c.is_alphabetic()),
        (Kind::Latin, &[second]) => is_strong_pair(lead, second, &around),
        (Kind::Latin, _) => {
            let symbols = rest.iter().filter(|c| !c.is_alphabetic()).count();
            let quotes = rest.iter().all(|&c| is_typographic(c));
            // `â€` starts the punctuation of English, `ï¼` and `ï»` forms of East Asia, `ð`
            // emoji; other leads end words, which quotes may follow.
            (symbols == rest.len() && !quotes)
                || (symbols > 0 && lead == 'â')
                || rest.iter().any(|c| matches!(c, '\u{80}'..='\u{9F}'))
                || rest.first() == Some(&'€')
                || (lead == 'ï' && matches!(rest.first(), Some('¼' | '»')))
                || rest.len() == 3
        }
    }
}

/// What stands around a sequence.
struct Around {
    after_lower: bool,
    after_letter: bool,
    before_letter: bool,
}

impl Around {
    fn of(text: &str, span: Span) -> Self {
        let before = text.get(..span.start).and_then(|t| t.chars().next_back());
        let after = text.get(span.end..).and_then(|t| t.chars().next());
        Around {
            after_lower: before.is_some_and(char::is_lowercase),
            after_letter: before.is_some_and(char::is_alphabetic),
            before_letter: after.is_some_and(char::is_alphabetic),
        }
    }
}

fn is_strong_pair(lead: char, second: char, around: &Around) -> bool {
    let within = around.after_letter && around.before_letter;
    let in_word = around.after_lower && lead.is_uppercase();
    match second {
        '\u{80}'..='\u{9F}' => true,
        // The no-break space of `Ã ` and `Â `, which good text puts after a word.
        '\u{A0}' | '\u{AD}' => matches!(lead, 'Ã' | 'Â') || in_word,
        'Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ' if lead == 'Ã' => within || in_word,
        'ª' | 'º' | 'ƒ' => true,
        _ if second.is_alphabetic() => in_word && !second.is_uppercase(),
        '\u{FFFD}' => matches!(lead, 'Ã' | 'Â') && around.after_letter,
        '°' if around.before_letter => true,
        '’' | '·' => in_word || (lead == 'Ã' && within),
        '“' | '”' | '„' | '‘' | '‚' | '–' | '—' | '…' | '™' | '•' => {
            in_word || within || (lead == 'Ã' && second == '™' && around.after_letter)
        }
        _ if lead == 'Ã' || lead == 'Â' => true,
        _ if is_typographic(second) || is_currency(second) => in_word || within,
        _ => true,
    }
}

/// Three sequences in a row are no good text; in other scripts than Latin, where single ones are
/// words, neither are two around a symbol.
fn mark_runs(text: &str, found: &mut [Sequence], kind: Kind) {
    let mut first = 0;
    while first < found.len() {
        let mut last = first;
        while found
            .get(last + 1)
            .is_some_and(|next| next.span.start == found[last].span.end)
        {
            last += 1;
        }
        let run = &mut found[first..=last];
        let symbol = |s: &Sequence| {
            s.span
                .of(text)
                .chars()
                .skip(1)
                .any(|c| !c.is_alphabetic() && !is_typographic(c))
        };
        let punctuation = |s: &Sequence| {
            matches!(s.character as u32, 0x2010..=0x2BFF | 0xFB00..=0xFB06)
                && s.span.of(text).chars().count() == 3
        };
        let length = run.len();
        let odd = run.iter().any(symbol);
        for sequence in run {
            sequence.strong |= length >= 3;
            if kind == Kind::Other {
                sequence.strong |= (length == 2 && odd) || punctuation(sequence);
            }
        }
        first = last + 1;
    }
}

/// Where characters beyond ASCII stand that belong to no sequence.
fn proper(text: &str, found: &[Sequence]) -> Vec<usize> {
    let mut next = 0;
    let mut proper = Vec::new();
    for (at, c) in beyond::chars(text) {
        while found.get(next).is_some_and(|s| s.span.end <= at) {
            next += 1;
        }
        let within = found.get(next).is_some_and(|s| s.span.start <= at);
        if !within && (c.is_alphabetic() || matches!(c, '\u{2010}'..='\u{2026}')) {
            proper.push(at);
        }
    }
    proper
}

fn accepted(
    found: &[Sequence],
    i: usize,
    sequence: &Sequence,
    strong: usize,
    proper: &[usize],
) -> bool {
    let (from, to) = (
        sequence.span.start.saturating_sub(NEAR),
        sequence.span.end + NEAR,
    );
    let before = found[..i].iter().rev().take_while(|s| s.span.start >= from);
    let after = found[i + 1..].iter().take_while(|s| s.span.end <= to);
    let near = before.chain(after).filter(|s| s.strong).count();
    if !sequence.strong {
        return near > 0 || strong >= 3;
    }
    // A currency sign after a capital among text that was read well may be meant.
    let first = proper.partition_point(|&at| at < from);
    let good = proper[first..].iter().take_while(|&&at| at < to).count();
    near > 0 || good == 0 || !sequence.currency
}

/// `Ã` before a plain space that was a no-break space: `à`, after a small letter or next to
/// other repairs. The space stays where the word ends.
fn lost_no_break_spaces(text: &str, lead: char, edits: &mut Vec<Edit>) {
    let mut more = Vec::new();
    for (at, _) in text.match_indices(lead) {
        let space = at + lead.len_utf8();
        if !text.get(space..).is_some_and(|rest| rest.starts_with(' ')) {
            continue;
        }
        let in_word = text
            .get(..at)
            .is_some_and(|t| t.ends_with(char::is_lowercase));
        if !in_word && edits.is_empty() {
            continue;
        }
        let rest = text.get(space + 1..).unwrap_or("");
        // Portuguese contracts it with the article: às, àquele.
        let joined = [" ", "s ", "s,", "s.", "quel"]
            .iter()
            .any(|next| rest.starts_with(next));
        let end = if joined { space + 1 } else { space };
        more.push(edit(Span::new(at, end), "à".into()));
    }
    edits.extend(more);
    edits.sort_by_key(|edit| edit.span);
}

#[cfg(test)]
mod tests {
    use super::super::compose::apply;
    use super::*;

    fn repaired(text: &str) -> String {
        apply(text, &find(text))
    }

    #[test]
    fn every_encoding_comes_back() {
        let text = "l’été à Čáslav – “naïve” große €5";
        for (codec, text) in [
            (encoding_rs::WINDOWS_1252, text),
            (encoding_rs::MACINTOSH, "l’été – naïve"),
            (encoding_rs::WINDOWS_1250, text),
            (encoding_rs::WINDOWS_1251, "Приветствуем всех – l’été"),
            (encoding_rs::WINDOWS_1254, text),
            (encoding_rs::WINDOWS_1257, "l’été – naïve"),
            (encoding_rs::WINDOWS_1253, "Καλημέρα σε όλους"),
        ] {
            let (misread, _) = codec.decode_without_bom_handling(text.as_bytes());
            assert_eq!(repaired(&misread), text, "{} {misread}", codec.name());
        }
    }

    #[test]
    fn good_text_stays() {
        for text in [
            "CAFÉ’S “CLÔTURÉ” — À LA CARTE…",
            "die Straße “groß” – ÄÖÜ„ß“",
            "Різдво і її Її єдність",
            "её ещё моё Её ЁЛКА",
            "x ≤ √2 · √π ± ½ ²",
            "┌──┐│a│└──┘",
            "SÃO PAULO – CORAÇÃO®",
            "Ã… og Å, Ø® 10 Å— og Ö–Ä",
            "Price: £5–£10 “Ñ” É…",
            "Ελλάδα · Άνθρωπος",
        ] {
            assert_eq!(repaired(text), text);
        }
    }

    #[test]
    fn good_and_bad_text_may_stand_side_by_side() {
        let text = "Une page à part, bien écrite, où l’on lit ceci. Puis rien de plus que de l’ASCII, \
            longtemps, sans un seul accent, et enfin : le thÃ©Ã¢tre franÃ§ais";
        assert!(repaired(text).ends_with("le théâtre français"));
        assert!(repaired(text).starts_with("Une page à part"));
    }
}
