//! What the lines begin with that a regular expression matches: the first letters and numbers, as
//! [items](super::items), where the expression names them.

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
}

impl Head {
    fn of(items: &[u32]) -> Self {
        Self {
            items: items.to_vec(),
            open: true,
        }
    }

    fn push(&mut self, item: u32) {
        if item != NONE && !(item == NUMBER && self.items.last() == Some(&NUMBER)) {
            self.items.push(item);
        }
        // A number may go on, so the head is open until something else comes.
        self.open &= self.items.len() < HEAD;
    }
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
    /// The heads (1, 2 or [`HEAD`] items) with one of which every line begins that `hir` matches;
    /// `None` if a line may begin with anything. Not so for lines that hold, near their
    /// beginning, numbers beyond ASCII or characters that normalisation may change.
    pub(super) fn of(&self, hir: &Hir) -> Option<Vec<Vec<u32>>> {
        let known = |mut head: Head| {
            head.items.truncate(known_by(head.items.len()));
            head.items
        };
        let mut all: Vec<Vec<u32>> = self.heads(hir).into_iter().map(known).collect();
        all.sort_unstable();
        all.dedup();
        all.iter().all(|items| !items.is_empty()).then_some(all)
    }

    fn heads(&self, hir: &Hir) -> Vec<Head> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => vec![Head::of(&[])],
            HirKind::Literal(literal) => vec![literal_head(&literal.0)],
            HirKind::Class(Class::Unicode(class)) => self.class(class),
            HirKind::Class(Class::Bytes(_)) => vec![closed(&[])],
            HirKind::Capture(capture) => self.heads(&capture.sub),
            HirKind::Repetition(repetition) => self.repetition(repetition),
            HirKind::Alternation(branches) => bounded(
                branches
                    .iter()
                    .flat_map(|branch| self.heads(branch))
                    .collect(),
            ),
            HirKind::Concat(parts) => self.concat(parts),
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
                    .map(|item| {
                        if item == UNSURE {
                            closed(&[])
                        } else {
                            one(item)
                        }
                    })
                    .collect(),
            );
        }
        if meets(&self.letters) {
            return vec![closed(&[])];
        }
        let mut signs = class.clone();
        signs.difference(&self.digits);
        let mut heads = Vec::new();
        if !signs.ranges().is_empty() {
            heads.push(Head::of(&[]));
        }
        if meets(&self.digits) {
            heads.push(one(NUMBER));
        }
        heads
    }

    fn repetition(&self, repetition: &Repetition) -> Vec<Head> {
        let mut heads = self.heads(&repetition.sub);
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

    fn concat(&self, parts: &[Hir]) -> Vec<Head> {
        let mut heads = vec![Head::of(&[])];
        for part in parts {
            if heads.iter().all(|head| !head.open) {
                break;
            }
            let next = self.heads(part);
            let mut longer = Vec::new();
            for head in heads {
                if !head.open {
                    longer.push(head);
                    continue;
                }
                for more in &next {
                    let mut head = head.clone();
                    for &item in &more.items {
                        head.push(item);
                    }
                    head.items.truncate(HEAD);
                    head.open &= more.open;
                    longer.push(head);
                }
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

fn closed(items: &[u32]) -> Head {
    Head {
        open: false,
        ..Head::of(items)
    }
}

fn literal_head(bytes: &[u8]) -> Head {
    let mut head = Head::of(&[]);
    for c in String::from_utf8_lossy(bytes).chars() {
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
        return vec![closed(&[])];
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(pattern: &str) -> Option<Vec<String>> {
        let text = |items: Vec<u32>| items.into_iter().filter_map(char::from_u32).collect();
        let heads = Heads::default().of(&regex_syntax::parse(pattern).unwrap());
        heads.map(|heads| heads.into_iter().map(text).collect())
    }

    #[test]
    fn heads_are_the_first_letters_and_numbers() {
        let found = heads(r"(?i)[\W_]*(?:photos?|©)\s?[:/]\s?(?:AFP|\d+).*").unwrap();
        assert_eq!(found, ["0", "af", "phot"]);
        assert_eq!(heads(r"(?:Par|De la)\s+\p{Lu}.*").unwrap(), ["dela", "pa"]);
        assert_eq!(heads(r"\d{1,2}[./]\d\d (?i:K)").unwrap(), ["0k"]);
        assert_eq!(heads(r".+ \(AFP\)"), None);
        assert_eq!(heads(r"(?:by)? \p{Lu}"), None);
    }
}
