//! UTF-8 that was read in a single-byte encoding: `Ã©` for `é`, `вЂ™` for `’`.
//!
//! A character of UTF-8 that is read so becomes two to four characters: one from the upper
//! quarter of the encoding, then some from its lower half. Such sequences are found for each
//! encoding. A sequence that good text hardly ever holds is *strong* and repaired; a *weak* one,
//! such as a capital before a closing quote, is repaired only next to strong ones.

mod encodings;
mod sequence;
mod strength;

use super::scan::beyond_ascii;
use crate::document::{Edit, Span};
use encodings::{ENCODINGS, bytes_of};
use sequence::{LOST, Sequence, sequences};

pub(super) use encodings::may_continue;
pub(super) use sequence::starts;

/// Bytes to each side of a sequence in which others count as next to it.
const NEAR: usize = 60;

/// Repairs for the encoding with most strong sequences.
pub(super) fn find(text: &str) -> Vec<Edit> {
    let tried = candidates(text);
    let found = (0..ENCODINGS).filter(|&encoding| tried[encoding]);
    let best = found
        .map(|encoding| (encoding, sequences(text, encoding, false)))
        .map(|(encoding, found)| (strength(text, &found), encoding, found))
        .filter(|(strong, _, _)| *strong > 0)
        // Of equals the one that explains most, then the commonest, which stands first.
        .max_by_key(|(strong, encoding, found)| {
            (*strong, found.len(), std::cmp::Reverse(*encoding))
        });
    let Some((_, encoding, mut found)) = best else {
        let mut edits = Vec::new();
        lost_no_break_spaces(text, 'Ã', &mut edits);
        return edits;
    };
    let strong = found.iter().filter(|s| s.strong).count();
    if strong >= 2 || (strong == 1 && found.len() >= 3) {
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
        2 | 6 if !edits.is_empty() => lost_no_break_spaces(text, 'Ă', &mut edits),
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
    let mut before: Option<(usize, &[u8; ENCODINGS])> = None;
    for (at, c) in beyond_ascii(text) {
        let row = match c {
            '\u{FFFD}' => Some(&[LOST; ENCODINGS]),
            _ => bytes.get(&c),
        };
        if let (Some((end, first)), Some(second)) = (before, row)
            && end == at
        {
            for encoding in 0..ENCODINGS {
                tried[encoding] |=
                    first[encoding] >= 0xC2 && matches!(second[encoding], 0x80..0xC0);
            }
        }
        before = row.map(|row| (at + c.len_utf8(), row));
    }
    tried
}

/// Where characters beyond ASCII stand that belong to no sequence.
fn proper(text: &str, found: &[Sequence]) -> Vec<usize> {
    let mut next = 0;
    let mut proper = Vec::new();
    for (at, c) in beyond_ascii(text) {
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

/// `Ã` (`lead`) before a plain space that was a no-break space: `à`, after a small letter or next to
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
    fn vietnamese_and_lithuanian_come_back_without_their_no_break_spaces() {
        for (misread, text) in [
            ("hĂ i, phim má»›i hay nháşĄt", "hà i, phim mới hay nhất"),
            ("Å iaip ÄÆdomu ÄÆ VisÅ³", "Šiaip įdomu į Visų"),
        ] {
            assert_eq!(repaired(misread), text);
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
            "le thé»›, l’été»…puis",
            "Å ene og Å i",
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
