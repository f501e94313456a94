//! Which sequences good text hardly ever holds.

use super::encodings::Kind;
use super::sequence::Sequence;
use crate::document::Span;

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

pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '£' | '¥' | '¢' | '€')
}

pub(super) fn is_strong(text: &str, span: Span, character: char, kind: Kind) -> bool {
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
            // A dagger stands behind words, not behind a quote in them.
            let quotes = rest
                .iter()
                .all(|&c| is_typographic(c) && !matches!(c, '†' | '‡'));
            // `â€` starts the punctuation of English, `ï¼` and `ï»` forms of East Asia, `ð`
            // emoji; other leads end words, which quotes may follow.
            (symbols == rest.len() && !quotes)
                || (around.in_vietnamese(character) && (quotes || is_mixed_case(lead, &rest)))
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
    before_lower: bool,
}

impl Around {
    fn of(text: &str, span: Span) -> Self {
        let before = text.get(..span.start).and_then(|t| t.chars().next_back());
        let after = text.get(span.end..).and_then(|t| t.chars().next());
        Around {
            after_lower: before.is_some_and(char::is_lowercase),
            after_letter: before.is_some_and(char::is_alphabetic),
            before_letter: after.is_some_and(char::is_alphabetic),
            before_lower: after.is_some_and(char::is_lowercase),
        }
    }

    /// Whether a letter of Vietnamese comes out in the middle of a word.
    fn in_vietnamese(&self, character: char) -> bool {
        matches!(character, '\u{1E80}'..='\u{1EFF}') && self.after_letter && self.before_lower
    }
}

/// A capital after a small letter.
fn is_mixed_case(lead: char, rest: &[char]) -> bool {
    lead.is_lowercase() && rest.iter().any(|c| c.is_uppercase())
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
        '\u{FFFD}' => match lead {
            'Ã' | 'Â' => around.after_letter,
            _ => around.after_lower && around.before_letter && lead.is_uppercase(),
        },
        '°' if around.before_letter => true,
        '’' | '·' => in_word || (lead == 'Ã' && within),
        '“' | '”' | '„' | '‘' | '‚' | '–' | '—' | '…' | '™' | '•' => {
            in_word || within || (lead == 'Ã' && second == '™' && around.after_letter)
        }
        _ if lead == 'Ã' || lead == 'Â' => true,
        // In capitals, people write £ for a letter.
        _ if is_currency(second) => in_word || (within && around.before_lower),
        _ if is_typographic(second) => in_word || within,
        _ => true,
    }
}

/// Three sequences in a row are no good text; in other scripts than Latin, where single ones are
/// words, neither are two around a symbol.
pub(super) fn mark_runs(text: &str, found: &mut [Sequence], kind: Kind) {
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
        // Misread twice: what comes out is a sequence again.
        let twice = |a: &Sequence, b: &Sequence| {
            matches!(a.character, 'Â' | 'Ã') && matches!(b.character, '\u{A1}'..='\u{BF}')
        };
        let twice = matches!(&*run, [a, b] if twice(a, b));
        let length = run.len();
        let odd = run.iter().any(symbol);
        for sequence in run {
            sequence.strong |= length >= 3;
            if kind == Kind::Other {
                sequence.strong |= (length == 2 && (odd || twice)) || punctuation(sequence);
            }
        }
        first = last + 1;
    }
}
