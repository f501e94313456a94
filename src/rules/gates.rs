//! What a line must look like for a regular expression to match: a few tests of bits that nearly
//! all lines fail, instead of running the expression.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::classes::{
    ALL, BEYOND, BYTE_92, BYTE_A9, Classes, STOP, classes, classes_of, classes_of_bytes,
    first_class, last_class, weight,
};

/// What is seen of a line at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// The class of its first character.
    pub first: Classes,
    /// The class of its last character.
    pub last: Classes,
    /// The class of the character before a full stop that ends it; all if it ends otherwise.
    before_stop: Classes,
    /// The classes of all.
    pub classes: Classes,
    bytes: u32,
}

impl Look {
    pub(super) fn at(text: &str) -> Self {
        Self {
            first: first_class(text),
            last: last_class(text),
            before_stop: match text.as_bytes() {
                [.., b'.'] if text.len() > 1 => last_class(&text[..text.len() - 1]),
                _ => ALL,
            },
            classes: classes(text),
            bytes: u32::try_from(text.len()).unwrap_or(u32::MAX),
        }
    }

    /// Whether the line may hold characters beyond ASCII.
    pub(super) fn is_beyond(&self) -> bool {
        self.classes & BEYOND != 0
    }

    /// Whether an expression with this gate may match the line.
    #[inline]
    pub(super) fn passes(&self, gate: &Gate) -> bool {
        gate.first & self.first != 0
            && gate.last & self.last != 0
            && gate.before_stop & self.before_stop != 0
            && gate.opens(self.classes, self.bytes)
    }
}

/// How the lines of several expressions end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Endings {
    last: Classes,
    before_stop: Classes,
}

impl Endings {
    /// Adds those of one more.
    pub(super) fn add(&mut self, gate: &Gate) {
        self.last |= gate.last;
        self.before_stop |= gate.before_stop;
    }

    /// Whether a line may end like one of them.
    pub(super) fn meet(&self, line: &Look) -> bool {
        self.last & line.last != 0 && self.before_stop & line.before_stop != 0
    }
}

/// Most characters of a class that are looked at one by one.
const FEW: usize = 16;
/// Sets of which a line must hold a character each.
const SETS: usize = 3;

/// What every match of an expression fulfils.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gate {
    /// Classes that all occur.
    all: Classes,
    /// Classes that never occur.
    none: Classes,
    /// Of each set one class occurs at least.
    any: [Classes; SETS],
    /// Classes of the first character.
    pub first: Classes,
    /// Classes of the last character.
    pub last: Classes,
    /// Classes of the character before a last full stop.
    before_stop: Classes,
    /// Length in bytes.
    min: u32,
    max: u32,
}

/// Numbers that a gate is written as.
pub(super) const NUMBERS: usize = 9;

impl Gate {
    /// The gate as numbers; for the build script.
    #[allow(dead_code)]
    pub(super) fn numbers(&self) -> [u64; NUMBERS] {
        let [a, b, c] = self.any;
        let bounds = u64::from(self.min) | u64::from(self.max) << 32;
        let (first, last) = (self.first, self.last);
        let stop = self.before_stop;
        [self.all, self.none, a, b, c, first, last, stop, bounds]
    }

    /// The gate that is written as some numbers.
    pub(super) fn from_numbers(numbers: [u64; NUMBERS]) -> Self {
        let [all, none, a, b, c, first, last, before_stop, bounds] = numbers;
        Self {
            all,
            none,
            any: [a, b, c],
            first,
            last,
            before_stop,
            min: bounds as u32,
            max: (bounds >> 32) as u32,
        }
    }

    /// What a match of the whole of `hir` fulfils.
    pub(super) fn of(hir: &Hir) -> Self {
        let needs = needs(hir);
        let mut any: Vec<Classes> = needs.any;
        any.retain(|set| set & needs.all == 0);
        any.sort_unstable_by_key(|set| (weight(*set), *set));
        any.dedup();
        let mut sets = any.into_iter();
        let bound = |bytes: Option<usize>| bytes.and_then(|bytes| u32::try_from(bytes).ok());
        let properties = hir.properties();
        let end = |(classes, empty): (Classes, bool)| if empty { ALL } else { classes };
        Self {
            all: needs.all,
            none: !allowed(hir),
            any: std::array::from_fn(|_| sets.next().unwrap_or(ALL)),
            first: end(edge(hir, false)),
            last: end(edge(hir, true)),
            before_stop: Closing::of(hir).before_stop(),
            min: bound(properties.minimum_len()).unwrap_or(0),
            max: bound(properties.maximum_len()).unwrap_or(u32::MAX),
        }
    }

    /// Whether a line with these classes and so many bytes may match.
    #[inline]
    fn opens(&self, classes: Classes, bytes: u32) -> bool {
        let some = |set: &Classes| set & classes != 0;
        (self.all & !classes) | (self.none & classes) == 0
            && self.any.iter().all(some)
            && self.min <= bytes
            && bytes <= self.max
    }

    /// The set of classes, one of which occurs, that fewest lines have.
    pub(super) fn rarest(&self) -> Classes {
        let single = (0..64).map(|class| 1 << class & self.all);
        let sets = single.filter(|class| *class != 0).chain(self.any);
        sets.min_by_key(|set| weight(*set)).unwrap_or(ALL)
    }

    /// The same for a match that ends with the line and may begin later.
    pub(super) fn of_tail(hir: &Hir) -> Self {
        Self {
            first: ALL,
            none: 0,
            max: u32::MAX,
            ..Self::of(hir)
        }
    }
}

#[derive(Default)]
struct Needs {
    all: Classes,
    any: Vec<Classes>,
}

impl Needs {
    fn set(classes: Classes) -> Self {
        match classes.count_ones() {
            1 => Self {
                all: classes,
                any: Vec::new(),
            },
            _ => Self {
                all: 0,
                any: vec![classes],
            },
        }
    }

    /// What is rare among the needs: the set that fewest lines meet, and the second.
    fn rarest(&self, but: Classes) -> Option<[Classes; 2]> {
        let single = self.all & !but;
        let singles = (0..64).map(|class| 1 << class & single).filter(|c| *c != 0);
        let mut sets: Vec<Classes> = singles.chain(self.any.iter().copied()).collect();
        sets.sort_unstable_by_key(|set| (weight(*set), *set));
        let first = *sets.first()?;
        Some([first, *sets.get(1).unwrap_or(&first)])
    }
}

fn needs(hir: &Hir) -> Needs {
    match hir.kind() {
        HirKind::Literal(literal) => Needs {
            all: classes_of_bytes(&literal.0),
            any: Vec::new(),
        },
        HirKind::Class(class) => Needs::set(told_by(class)),
        HirKind::Capture(capture) => needs(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needs(&repetition.sub),
        HirKind::Concat(parts) => {
            let mut sum = Needs::default();
            for part in parts {
                let part = needs(part);
                sum.all |= part.all;
                sum.any.extend(part.any);
            }
            sum
        }
        HirKind::Alternation(branches) => {
            alternatives(&branches.iter().map(needs).collect::<Vec<_>>())
        }
        _ => Needs::default(),
    }
}

/// What all branches need, and sets with a need of each branch.
fn alternatives(branches: &[Needs]) -> Needs {
    let all = branches.iter().fold(ALL, |all, branch| all & branch.all);
    let rarest: Option<Vec<[Classes; 2]>> = branches.iter().map(|b| b.rarest(all)).collect();
    let union = |nth: usize| {
        let sets = rarest.iter().flatten().map(|sets| sets[nth]);
        sets.fold(0, |union, set| union | set)
    };
    let any = if rarest.is_some() {
        vec![union(0), union(1)]
    } else {
        Vec::new()
    };
    Needs { all, any }
}

/// The classes of the characters that a match may hold.
fn allowed(hir: &Hir) -> Classes {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => classes_of_bytes(&literal.0),
        HirKind::Class(class) => {
            let classes = classes_of(class);
            let ascii = (1 << BYTE_A9) - 1;
            let inside = 1 << BYTE_A9 | 1 << BYTE_92;
            classes | if classes & !ascii == 0 { 0 } else { inside }
        }
        HirKind::Capture(capture) => allowed(&capture.sub),
        HirKind::Repetition(repetition) => allowed(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(0, |all, part| all | allowed(part))
        }
    }
}

/// The classes of the first (or last) character of a match, and whether it may be empty.
fn edge(hir: &Hir, last: bool) -> (Classes, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, true),
        HirKind::Literal(literal) => {
            let Ok(text) = std::str::from_utf8(&literal.0) else {
                return (ALL, false);
            };
            (
                if last {
                    last_class(text)
                } else {
                    first_class(text)
                },
                false,
            )
        }
        HirKind::Class(class) => (classes_of(class), false),
        HirKind::Capture(capture) => edge(&capture.sub, last),
        HirKind::Repetition(repetition) => {
            let (classes, empty) = edge(&repetition.sub, last);
            (classes, empty || repetition.min == 0)
        }
        HirKind::Alternation(branches) => branches
            .iter()
            .map(|branch| edge(branch, last))
            .fold((0, false), |a, b| (a.0 | b.0, a.1 || b.1)),
        HirKind::Concat(parts) => {
            let mut all = 0;
            for at in 0..parts.len() {
                let at = if last { parts.len() - 1 - at } else { at };
                let (classes, empty) = edge(&parts[at], last);
                all |= classes;
                if !empty {
                    return (all, false);
                }
            }
            (all, true)
        }
    }
}

/// How a match may end.
#[derive(Debug, Clone, Copy, Default)]
struct Closing {
    /// Classes of its last character.
    last: Classes,
    /// Classes of what comes before a full stop that is its last character.
    before: Classes,
    /// Whether it may be a full stop and nothing else.
    stop: bool,
    /// Whether it may be empty.
    empty: bool,
}

impl Closing {
    fn of(hir: &Hir) -> Self {
        let chars = |last, stop| Self {
            last,
            stop,
            ..Self::default()
        };
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::concat(&[]),
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => {
                    let one = |c: char| chars(last_class(c.encode_utf8(&mut [0; 4])), c == '.');
                    Self::concat(&text.chars().map(one).collect::<Vec<_>>())
                }
                Err(_) => Self {
                    before: ALL,
                    ..chars(ALL, true)
                },
            },
            HirKind::Class(class) => {
                let classes = classes_of(class);
                chars(classes, classes & STOP != 0)
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Repetition(repetition) => {
                let one = Self::of(&repetition.sub);
                let again = repetition.max != Some(1);
                let mut all = if again {
                    Self::concat(&[one; 2]).or(one)
                } else {
                    one
                };
                all.empty |= repetition.min == 0;
                all
            }
            HirKind::Alternation(branches) => {
                let branches = branches.iter().map(Self::of);
                branches.fold(Self::default(), Self::or)
            }
            HirKind::Concat(parts) => Self::concat(&parts.iter().map(Self::of).collect::<Vec<_>>()),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            last: self.last | other.last,
            before: self.before | other.before,
            stop: self.stop || other.stop,
            empty: self.empty || other.empty,
        }
    }

    /// One after the other.
    fn concat(parts: &[Self]) -> Self {
        let nothing = Self {
            empty: true,
            ..Self::default()
        };
        parts.iter().fold(nothing, |all, part| Self {
            last: part.last | if part.empty { all.last } else { 0 },
            before: part.before
                | if part.stop { all.last } else { 0 }
                | if part.empty { all.before } else { 0 },
            stop: part.stop && all.empty || part.empty && all.stop,
            empty: part.empty && all.empty,
        })
    }

    /// Classes of what may come before a full stop that ends a line; before a match that is one
    /// or nothing may come anything. One more class, with which no character begins, stands for
    /// other lines.
    fn before_stop(&self) -> Classes {
        if self.stop || self.empty {
            ALL
        } else {
            self.before | 1 << BYTE_92
        }
    }
}

/// Classes of which every line has one that holds a character of `class`: where that has few
/// characters, the rarest class of the bytes of each.
fn told_by(class: &Class) -> Classes {
    let Class::Unicode(unicode) = class else {
        return ALL;
    };
    let mut chars = unicode.iter().flat_map(|range| range.start()..=range.end());
    let few: Vec<char> = chars.by_ref().take(FEW).collect();
    if chars.next().is_some() {
        return classes_of(class);
    }
    let rarest = |c: char| {
        let all = classes_of_bytes(c.encode_utf8(&mut [0; 4]).as_bytes());
        let each = (0..64).map(|class| 1 << class & all);
        each.filter(|class| *class != 0)
            .min_by_key(|&class| weight(class))
    };
    few.into_iter()
        .filter_map(rarest)
        .fold(0, |all, class| all | class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(pattern: &str) -> Gate {
        Gate::of(&regex_syntax::parse(pattern).unwrap())
    }

    fn opens(pattern: &str, line: &str) -> bool {
        Look::at(line).passes(&gate(pattern))
    }

    #[test]
    fn lines_without_what_a_pattern_needs_are_told_at_once() {
        assert!(opens(r"(?i)photo\s?: .+", "PHOTO: Ann Lee"));
        assert!(!opens(r"(?i)photo\s?: .+", "Photos by Ann Lee"));
        assert!(!opens(r"\d{1,2}:\d\d", "no digits: none"));
        assert!(!opens(r"[0-9]{1,2}:[0-9]{2}", "12:30:45"));
        assert!(opens(r"(?:©|\(c\)) .+", "(c) Ann"));
        assert!(!opens(r"(?:©|\(c\)) .+", "by Ann"));
        assert!(!opens(r".+ (?:AFP|dpa)", "a line of tea"));
        assert!(!opens(r".+\)", "a line (closed)."));
        assert!(!opens(r".+(?:©|Ⓒ) .+", "« a – line »"));
        assert!(opens(r".+(?:©|Ⓒ) .+", "a Ⓒ b") && opens(r"[^a]+", "é©’"));
        assert!(!opens(r"[\w.]+\.(?:png|gif)", "a line. Go on"));
        assert!(opens(r"(?i)kiosk", "\u{212A}IOS\u{212A}"));
        assert!(opens(r".+[)\]]\.?", "(AP)") && opens(r".+[)\]]\.?", "[AP]."));
        assert!(!opens(r".+[)\]]\.?", "The (AP) says.") && opens(r".+[)\]]\.*", "[AP].."));
        assert!(opens(r"a?\.?", ".") && opens(r"a[^.]+", "abc") && !opens(r"a[^.]+", "abc."));
    }

    #[test]
    fn whatever_matches_passes() {
        use proptest::prelude::*;
        let lines = r"[a-cA-C0-9©(). :–éſK]{0,12}";
        let patterns = [
            r"(?i)[\W_]*(?:a|bc)+\d?\.?",
            r"(?:©|\(c\))?.*\d\d",
            r"(?i)k|s[^\n]*",
            r"\p{Lu}?[\p{L}\d.]*(?:\s\p{Lu})?",
            r"(?:a.c|b)?(?:\b.)*",
            r"(?:[^.]+\)|(?:\.\d?)*é)*\.?",
            r"(?:a|b\.){2,3}|(?:.\.?)?",
        ];
        let all: Vec<(regex::Regex, Gate)> = patterns
            .map(|p| (regex::Regex::new(&format!("^(?:{p})$")).unwrap(), gate(p)))
            .into();
        proptest!(|(line in lines)| {
            let line = line.trim();
            prop_assume!(!line.is_empty());
            for (regex, gate) in all.iter().filter(|(regex, _)| regex.is_match(line)) {
                prop_assert!(Look::at(line).passes(gate), "{regex}");
            }
        });
    }
}
