//! What the lines begin or end with that a regular expression matches: their first or last letters
//! and numbers, as [items](super::items), where the expression names them.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

use super::filter::known_by;
use super::items::{NONE, NUMBER, UNSURE, item};

/// Items of a head at most.
const HEAD: usize = 4;
/// Most heads of a pattern.
const MOST: usize = 400;
/// Characters of a class that are looked at one by one.
const FEW: u32 = 16;

/// A head under way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    items: Vec<u32>,
    /// Whether what comes next may be added.
    open: bool,
    /// Whether a sign comes before the first item.
    sign: bool,
}

impl Head {
    fn of(items: &[u32]) -> Self {
        Self {
            items: items.to_vec(),
            open: true,
            sign: false,
        }
    }

    /// This head with what comes behind it.
    fn with(&self, more: &Self) -> Self {
        let mut head = self.clone();
        head.sign |= head.items.is_empty() && more.sign;
        for &item in &more.items {
            head.push(item);
        }
        head.items.truncate(HEAD);
        head.open &= more.open;
        head
    }

    fn push(&mut self, item: u32) {
        self.sign |= item == NONE && self.items.is_empty();
        if item != NONE && !(item == NUMBER && self.items.last() == Some(&NUMBER)) {
            self.items.push(item);
        }
        // A number may go on, so the head is open until something else comes.
        self.open &= self.items.len() < HEAD;
    }
}

/// From which side lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

/// Heads with one of which a line begins (or ends, read from there).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The items of each, 1, 2 or [`HEAD`].
    pub heads: Vec<Vec<u32>>,
    /// Lines whose first (or last) character is a sign may as well have none of the heads.
    pub but_signs: bool,
}

/// Finds the heads of patterns.
pub(super) struct Heads {
    letters: ClassUnicode,
    digits: ClassUnicode,
}

impl Default for Heads {
    fn default() -> Self {
        let class = |pattern: &str| match regex_syntax::parse(pattern).map(Hir::into_kind) {
            Ok(HirKind::Class(Class::Unicode(class))) => class,
            // Everything: no pattern has a head then.
            _ => ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]),
        };
        Self {
            letters: class(r"\p{Alphabetic}"),
            digits: class(r"\p{Nd}"),
        }
    }
}

impl Heads {
    /// The heads with one of which every line begins (ends) that `hir` matches; `None` if a line
    /// may begin with any letter. Not so for lines that hold, near that end, numbers beyond ASCII
    /// or characters that normalisation may change.
    pub(super) fn of(&self, hir: &Hir, side: Side) -> Option<Found> {
        let (mut heads, mut but_signs) = (Vec::new(), false);
        for mut head in self.heads(hir, side) {
            head.items.truncate(known_by(head.items.len()));
            if !head.items.is_empty() {
                heads.push(head.items);
            } else if head.sign {
                but_signs = true;
            } else {
                return None;
            }
        }
        heads.sort_unstable();
        heads.dedup();
        Some(Found { heads, but_signs })
    }

    fn heads(&self, hir: &Hir, side: Side) -> Vec<Head> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => vec![Head::of(&[])],
            HirKind::Literal(literal) => vec![literal_head(&literal.0, side)],
            HirKind::Class(Class::Unicode(class)) => self.class(class),
            HirKind::Class(Class::Bytes(_)) => vec![closed()],
            HirKind::Capture(capture) => self.heads(&capture.sub, side),
            HirKind::Repetition(repetition) => self.repetition(repetition, side),
            HirKind::Alternation(branches) => {
                let heads = branches.iter().flat_map(|branch| self.heads(branch, side));
                bounded(heads.collect())
            }
            HirKind::Concat(parts) if side == Side::End => self.concat(parts.iter().rev(), side),
            HirKind::Concat(parts) => self.concat(parts.iter(), side),
        }
    }

    fn class(&self, class: &ClassUnicode) -> Vec<Head> {
        let meets = |other: &ClassUnicode| {
            let mut both = class.clone();
            both.intersect(other);
            !both.ranges().is_empty()
        };
        let size = |range: &ClassUnicodeRange| range.end() as u32 - range.start() as u32 + 1;
        let few = class.iter().map(size).fold(0, u32::saturating_add) <= FEW;
        if few {
            let chars = class.iter().flat_map(|range| range.start()..=range.end());
            let items = chars.map(item);
            return bounded(
                items
                    .map(|item| if item == UNSURE { closed() } else { one(item) })
                    .collect(),
            );
        }
        if meets(&self.letters) {
            return vec![closed()];
        }
        let mut signs = class.clone();
        signs.difference(&self.digits);
        let mut heads = Vec::new();
        if !signs.ranges().is_empty() {
            heads.push(one(NONE));
        }
        if meets(&self.digits) {
            heads.push(one(NUMBER));
        }
        heads
    }

    fn repetition(&self, repetition: &Repetition, side: Side) -> Vec<Head> {
        let mut heads = self.heads(&repetition.sub, side);
        let again = repetition.max != Some(1);
        let plain = |head: &Head| head.open && (head.items.is_empty() || head.items == [NUMBER]);
        // Signs and numbers may come as often as they like and say no more.
        if again && !heads.iter().all(plain) {
            for head in &mut heads {
                head.open = false;
            }
        }
        if repetition.min == 0 {
            heads.push(Head::of(&[]));
        }
        bounded(heads)
    }

    fn concat<'h>(&self, parts: impl Iterator<Item = &'h Hir>, side: Side) -> Vec<Head> {
        let mut heads = vec![Head::of(&[])];
        for part in parts {
            if heads.iter().all(|head| !head.open) {
                break;
            }
            let next = self.heads(part, side);
            let (open, mut longer): (Vec<Head>, Vec<Head>) =
                heads.into_iter().partition(|head| head.open);
            for (head, more) in open
                .iter()
                .flat_map(|head| next.iter().map(move |n| (head, n)))
            {
                longer.push(head.with(more));
            }
            heads = bounded(longer);
        }
        heads
    }
}

fn one(item: u32) -> Head {
    let mut head = Head::of(&[]);
    head.push(item);
    head
}

fn closed() -> Head {
    Head {
        open: false,
        ..Head::of(&[])
    }
}

fn literal_head(bytes: &[u8], side: Side) -> Head {
    let text = String::from_utf8_lossy(bytes);
    let mut chars: Vec<char> = text.chars().collect();
    if side == Side::End {
        chars.reverse();
    }
    let mut head = Head::of(&[]);
    for c in chars {
        match item(c) {
            _ if !head.open => break,
            UNSURE => head.open = false,
            item => head.push(item),
        }
    }
    head
}

/// Each head once, and not too many: else anything goes.
fn bounded(mut heads: Vec<Head>) -> Vec<Head> {
    heads.sort_unstable();
    heads.dedup();
    if heads.len() > MOST {
        return vec![closed()];
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, side: Side) -> Option<(Vec<String>, bool)> {
        let text = |items: Vec<u32>| items.into_iter().filter_map(char::from_u32).collect();
        let found = Heads::default().of(&regex_syntax::parse(pattern).unwrap(), side)?;
        Some((found.heads.into_iter().map(text).collect(), found.but_signs))
    }

    #[test]
    fn heads_are_the_first_letters_and_numbers() {
        let heads = |pattern| found(pattern, Side::Start);
        let list = |heads: &[&str]| heads.iter().map(|head| (*head).to_owned()).collect();
        let photo = r"(?i)[\W_]*(?:photos?|©)\s?[:/]\s?(?:AFP|\d+).*";
        assert_eq!(heads(photo), Some((list(&["0", "af", "phot"]), false)));
        let par = r"(?:Par|De la)\s+\p{Lu}.*";
        assert_eq!(heads(par), Some((list(&["dela", "pa"]), false)));
        let time = r"\d{1,2}[./]\d\d (?i:K)";
        assert_eq!(heads(time), Some((list(&["0k"]), false)));
        assert_eq!(heads(r"(?:photo|© ?)[^.]+"), Some((list(&["phot"]), true)));
        assert_eq!(heads(r".+ \(AFP\)"), None);
        assert_eq!(heads(r"(?:by)? \p{Lu}"), Some((list(&["by"]), true)));
        assert_eq!(heads(r"(?:by)?\p{Lu}"), None);
    }

    #[test]
    fn tails_are_read_from_the_end() {
        let tails = |pattern| found(pattern, Side::End).map(|(heads, _)| heads);
        assert_eq!(
            tails(r".+ \((?:AFP|dpa)\)\.?"),
            Some(vec!["ap".into(), "pf".into()])
        );
        assert_eq!(tails(r".+\d+ min"), Some(vec!["nim0".into()]));
        assert_eq!(tails(r"by .+"), None);
    }
}
