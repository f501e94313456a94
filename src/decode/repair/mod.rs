//! Repair of decoded text. Each change inside kept text is an edit with a rule:
//!
//! | Rule | What changes |
//! |---|---|
//! | `repair/mojibake` | UTF-8 that was read in another encoding: `Ã©` → `é` |
//! | `repair/entity` | an entity that was escaped twice: `&amp;eacute;` → `é`; in plain text any entity |
//! | `repair/c1` | a C1 control: its windows-1252 character, nothing where there is none |
//! | `repair/zero-width` | zero-width space, word joiner, byte order mark: removed; joiners stay |
//! | `repair/soft-hyphen` | soft hyphen: removed |
//! | `repair/bidi` | a direction mark in a line without right-to-left text: removed |
//! | `repair/space` | no-break, thin and other spaces: U+0020; line and paragraph separators: a line feed; U+3000 stays |
//! | `repair/nfc` | canonical composition; compatibility characters and variation selectors stay |

mod chars;
mod compose;
mod entities;
mod mojibake;
mod scan;

use crate::document::{Edit, Span};
use scan::Marks;

/// Which families of damage are repaired; all by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RepairPolicy {
    /// UTF-8 that was read in another encoding.
    pub mojibake: bool,
    /// Entities that were escaped twice.
    pub entities: bool,
    /// C1 control characters.
    pub c1: bool,
    /// Zero-width spaces, word joiners and byte order marks.
    pub zero_width: bool,
    /// Soft hyphens.
    pub soft_hyphens: bool,
    /// Direction marks without right-to-left text in the line.
    pub bidi: bool,
    /// Spaces other than U+0020.
    pub spaces: bool,
    /// Canonical composition (NFC).
    pub nfc: bool,
}

impl Default for RepairPolicy {
    fn default() -> Self {
        Self {
            mojibake: true,
            entities: true,
            c1: true,
            zero_width: true,
            soft_hyphens: true,
            bidi: true,
            spaces: true,
            nfc: true,
        }
    }
}

/// Text is repaired until nothing changes any more, at most so often: text that was misread
/// several times comes back layer by layer.
const ROUNDS: usize = 8;

/// Repairs of `text`, ascending and not overlapping; applying them gives text that needs none.
/// Clean text costs one scan and gives an empty list.
///
/// ```
/// use lavoir::decode::{RepairPolicy, repair};
///
/// let edits = repair("Un cafÃ© noir", &RepairPolicy::default(), false);
/// assert_eq!(edits[0].text, "é");
/// assert_eq!(edits[0].rule, "repair/mojibake");
/// ```
pub fn repair(text: &str, policy: &RepairPolicy, is_html: bool) -> Vec<Edit> {
    let whole = [Span::new(0, text.len())];
    repair_shown(text, policy, is_html, || whole.into_iter())
}

/// The same where only some spans of the text are shown: what lies elsewhere may be left out.
pub(crate) fn repair_shown<S: Iterator<Item = Span>>(
    text: &str,
    policy: &RepairPolicy,
    is_html: bool,
    shown: impl Fn() -> S,
) -> Vec<Edit> {
    let marks = Marks::of(text);
    let entities =
        || policy.entities && shown().any(|span| !entities::find(text, span, is_html).is_empty());
    if (policy.mojibake && marks.mojibake) || (policy.nfc && marks.marks) || entities() {
        return in_rounds(text, marks, policy, is_html);
    }
    if marks.special.is_empty() {
        return Vec::new();
    }
    let edits = chars::find(text, &marks.special, policy);
    let all = edits.len() == marks.special.len();
    if all && edits.iter().all(|edit| chars::is_settled(text, edit)) {
        return within(edits, shown());
    }
    in_rounds(text, marks, policy, is_html)
}

/// The edits inside some spans; those may overlap.
fn within(edits: Vec<Edit>, spans: impl Iterator<Item = Span>) -> Vec<Edit> {
    let mut is_inside = vec![false; edits.len()];
    for span in spans {
        let first = edits.partition_point(|edit| edit.span.start < span.start);
        let fit = edits[first..].iter().zip(&mut is_inside[first..]);
        let fit = fit.take_while(|(edit, _)| edit.span.end <= span.end);
        fit.for_each(|(_, is_inside)| *is_inside = true);
    }
    let fit = edits.into_iter().zip(is_inside).filter(|(_, fits)| *fits);
    fit.map(|(edit, _)| edit).collect()
}

fn in_rounds(text: &str, marks: Marks, policy: &RepairPolicy, is_html: bool) -> Vec<Edit> {
    let mut all = round(text, &marks, policy, is_html);
    if all.is_empty() {
        return all;
    }
    for _ in 1..ROUNDS {
        let now = compose::apply(text, &all);
        let more = round(&now, &Marks::of(&now), policy, is_html);
        if more.is_empty() {
            break;
        }
        all = compose::compose(text, &all, &now, &more);
    }
    all
}

/// The repairs that the text as it stands needs, one family after the other.
fn round(text: &str, marks: &Marks, policy: &RepairPolicy, is_html: bool) -> Vec<Edit> {
    if policy.mojibake && marks.mojibake {
        let edits = mojibake::find(text);
        if !edits.is_empty() {
            return edits;
        }
    }
    if policy.entities {
        let edits = entities::find(text, Span::new(0, text.len()), is_html);
        if !edits.is_empty() {
            return edits;
        }
    }
    let edits = chars::find(text, &marks.special, policy);
    if !edits.is_empty() {
        return edits;
    }
    match policy.nfc && marks.marks {
        true => chars::normalise(text),
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str, is_html: bool) -> String {
        let edits = repair(text, &RepairPolicy::default(), is_html);
        compose::apply(text, &edits)
    }

    #[test]
    fn each_family_is_repaired_and_named() {
        for (text, wanted, rule) in [
            (
                "voilÃ\u{A0} le cafÃ© d’Ã©tÃ©",
                "voilà le café d’été",
                "repair/mojibake",
            ),
            ("d&amp;eacute;j&amp;agrave; vu", "déjà vu", "repair/entity"),
            ("it\u{92}s", "it’s", "repair/c1"),
            ("a\u{200B}b\u{FEFF}c", "abc", "repair/zero-width"),
            ("hy\u{AD}phen", "hyphen", "repair/soft-hyphen"),
            ("left\u{200F} only", "left only", "repair/bidi"),
            ("10\u{A0}000\u{202F}€", "10 000 €", "repair/space"),
            ("cafe\u{301}", "café", "repair/nfc"),
        ] {
            assert_eq!(repaired(text, true), wanted);
            let edits = repair(text, &RepairPolicy::default(), true);
            assert_eq!(edits[0].rule, rule, "{text}");
        }
    }

    #[test]
    fn what_carries_meaning_stays() {
        for text in [
            "می\u{200C}خواهم",
            "👩\u{200D}👩\u{200D}👧",
            "☎\u{FE0F}",
            "全角\u{3000}空白",
            "שלום\u{200F}!",
            "ﬁn",
            "AT&amp;T &amp;lt;",
            "plain ASCII & text",
            "Déjà vu, naïve; Ångström – “quoted”…",
            "Привет, мир",
            "日本語の文章",
        ] {
            assert_eq!(repaired(text, true), text);
        }
    }

    #[test]
    fn every_family_can_be_switched_off() {
        let off = RepairPolicy {
            mojibake: false,
            entities: false,
            c1: false,
            zero_width: false,
            soft_hyphens: false,
            bidi: false,
            spaces: false,
            nfc: false,
        };
        let text = "cafÃ©\u{92} &amp;eacute; \u{200B}\u{AD}\u{200F}\u{A0}e\u{301}";
        assert_eq!(repair(text, &off, true), []);
    }

    #[test]
    fn one_round_does_where_rounds_would_find_no_more() {
        use proptest::prelude::*;
        let parts = proptest::collection::vec(
            prop_oneof![
                "[a-z& ;#Ãéא\u{A0}\u{200B}\u{200F}\u{2028}\u{9F}]{1,3}".boxed(),
                "[Ãâא]?[\u{A0}\u{200B}\u{AD}\u{92}\u{9F}\u{2003}\u{202F}]{1,2}[ ©€]?".boxed(),
                "&a?(amp;)?\u{200B}?(eacute;|am|p;)?".boxed(),
                "[e>=\n][\u{301}\u{338}]?".boxed(),
            ],
            0..6,
        );
        let policy = RepairPolicy::default();
        proptest!(ProptestConfig::with_cases(5000), |(parts in parts, is_html in any::<bool>())| {
            let text = parts.concat();
            let wanted = in_rounds(&text, Marks::of(&text), &policy, is_html);
            prop_assert_eq!(repair(&text, &policy, is_html), wanted);
        });
    }

    #[test]
    fn what_is_not_shown_may_be_left_out() {
        let text = "a\u{A0}b c\u{A0}d e\u{A0}f &amp;eacute;";
        let found = |spans: &[(usize, usize)]| {
            let spans = || spans.iter().map(|&(start, end)| Span::new(start, end));
            let edits = repair_shown(text, &RepairPolicy::default(), true, spans);
            let starts: Vec<usize> = edits.iter().map(|edit| edit.span.start).collect();
            starts
        };
        assert_eq!(found(&[(0, 4), (10, 14)]), [1, 11]);
        assert_eq!(found(&[(4, 9), (0, 9), (12, 13)]), [1, 6]);
        assert!(found(&[(0, 2)]).is_empty() && found(&[]).is_empty());
        assert_eq!(found(&[(0, 4), (14, text.len())]), [1, 6, 11, 15]);
    }

    #[test]
    fn text_misread_twice_comes_back_as_one_edit_each() {
        let edits = repair("cafÃƒÂ© noir", &RepairPolicy::default(), false);
        assert_eq!(edits.len(), 1, "{edits:?}");
        assert_eq!(edits[0].text, "é");
    }
}
