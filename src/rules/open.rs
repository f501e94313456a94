//! Regular expressions that name neither what a line begins with nor what it ends with, by what
//! tells most of them apart: the class of a line's first or last character or one that it holds.

use rustc_hash::FxHashSet;

use super::classes::{Classes, WORDS, class_of, weight};
use super::filter::Index;
use super::gates::{Gate, Look};
use super::grams::{GRAM, gram};
use super::heads::Side;

/// Longest list of patterns that is gone through for a line; beyond it those that require words
/// are found by these.
const FEW: usize = 48;
/// The sign that most lines of prose end with, and signs that most of them hold.
const PERIOD: &[u8] = b".";
const COMMON: &[u8] = b".,-'";
/// How common such a sign is, see [`weight`].
const OFTEN: u32 = 3000;

/// A pattern that is put into the lists.
pub(super) struct Entry<'p> {
    /// Its number.
    pub at: usize,
    pub gate: Gate,
    /// Of patterns that are known by heads or tails but for lines that begin or end with a sign.
    pub side: Option<Side>,
    /// Words of which a match holds one, a byte per character.
    pub words: &'p [Vec<u8>],
}

/// Patterns whose gates must be tried, by what a line must have.
#[derive(Debug)]
pub(super) struct Open {
    first: Lists,
    last: Lists,
    holds: Lists,
    /// Patterns of long lists by four characters of each of their words.
    worded: Index,
}

/// Lists of patterns by class, and the classes that have one.
#[derive(Debug)]
struct Lists {
    by_class: Vec<List>,
    any: Classes,
}

#[derive(Debug, Default)]
struct List {
    few: Vec<(Gate, usize)>,
    /// Whether there are more, found by their words.
    many: bool,
}

/// What a pattern is listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    First,
    Last,
    Holds,
}

/// The key under which fewest lines come to a pattern, with its classes.
fn key(entry: &Entry<'_>) -> (Key, Classes) {
    let gate = &entry.gate;
    match entry.side {
        Some(Side::Start) => return (Key::First, gate.first & !WORDS),
        Some(Side::End) => return (Key::Last, gate.last & !WORDS),
        None => {}
    }
    let often = |classes: Classes, signs: &[u8]| {
        let signs = signs.iter().map(|&sign| class_of(sign));
        signs.filter(|sign| classes & sign != 0).count() as u32 * OFTEN
    };
    let holds = gate.rarest();
    [
        (weight(gate.first), Key::First, gate.first),
        (
            weight(gate.last) + often(gate.last, PERIOD),
            Key::Last,
            gate.last,
        ),
        // A line holds many characters.
        (
            weight(holds).saturating_mul(4) + often(holds, COMMON),
            Key::Holds,
            holds,
        ),
    ]
    .into_iter()
    .min_by_key(|(weight, ..)| *weight)
    .map_or((Key::First, gate.first), |(_, key, classes)| (key, classes))
}

impl Open {
    pub(super) fn new(entries: &[Entry<'_>]) -> Self {
        let keyed = |entry| {
            let (key, classes) = key(entry);
            (key, classes, entry)
        };
        let keyed: Vec<(Key, Classes, &Entry<'_>)> = entries.iter().map(keyed).collect();
        let mut worded = FxHashSet::default();
        let mut lists = |wanted: Key| {
            let of_key = || keyed.iter().filter(move |(key, ..)| *key == wanted);
            Lists::new(|class| {
                let of_class = of_key().filter(|(_, classes, _)| classes >> class & 1 != 0);
                let all: Vec<&Entry<'_>> = of_class.map(|(.., entry)| *entry).collect();
                List::new(&all, &mut worded)
            })
        };
        let (first, last, holds) = (lists(Key::First), lists(Key::Last), lists(Key::Holds));
        let by_words = entries.iter().filter(|entry| worded.contains(&entry.at));
        let grams = by_words
            .flat_map(|entry| entry.words.iter().map(|word| (word, entry.at)))
            .map(|(word, at)| (gram(&word[(word.len() - GRAM) / 2..]), at));
        Self {
            first,
            last,
            holds,
            worded: Index::new(grams.collect()),
        }
    }

    /// Calls `each` with the patterns whose gates a line passes; whether there may be more, that are
    /// found by their words.
    #[inline]
    pub(super) fn candidates(&self, line: &Look, mut each: impl FnMut(usize)) -> bool {
        let mut many = false;
        let mut go_through = |list: &List| {
            let open = list.few.iter().filter(|(gate, _)| line.passes(gate));
            open.for_each(|(_, at)| each(*at));
            many |= list.many;
        };
        self.first.of(line.first).for_each(&mut go_through);
        self.last.of(line.last).for_each(&mut go_through);
        self.holds.of(line.classes).for_each(&mut go_through);
        many
    }

    /// Adds the patterns of long lists that may have a word in the line, a byte per character.
    pub(super) fn worded(&self, line: &[u8], tried: &mut Vec<usize>) {
        for window in line.windows(GRAM) {
            tried.extend_from_slice(self.worded.get(gram(window)));
        }
    }
}

impl Lists {
    fn new(list: impl FnMut(u32) -> List) -> Self {
        let by_class: Vec<List> = (0..Classes::BITS).map(list).collect();
        let is_any = |list: &List| list.many || !list.few.is_empty();
        let classes = by_class.iter().enumerate();
        let any = classes.filter(|(_, list)| is_any(list));
        Self {
            any: any.fold(0, |any, (class, _)| any | 1 << class),
            by_class,
        }
    }

    /// The lists of some classes.
    fn of(&self, classes: Classes) -> impl Iterator<Item = &List> {
        let mut left = classes & self.any;
        std::iter::from_fn(move || {
            let class = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            self.by_class.get(class as usize)
        })
    }
}

impl List {
    /// A list of some patterns; those of a long one that are found by words are added to `worded`.
    fn new(all: &[&Entry<'_>], worded: &mut FxHashSet<usize>) -> Self {
        let many = all.len() > FEW;
        let has_words = |entry: &Entry<'_>| {
            !entry.words.is_empty() && entry.words.iter().all(|word| word.len() >= GRAM)
        };
        let mut list = Self::default();
        for entry in all {
            if many && has_words(entry) {
                list.many = true;
                worded.insert(entry.at);
            } else {
                list.few.push((entry.gate, entry.at));
            }
        }
        list
    }
}
