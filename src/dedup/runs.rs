//! Runs of equal words in two texts.

use super::hash::{FACTORS, fold};

/// Words that must be equal in a row to begin a match.
const SEED: usize = 4;
/// So far behind the last match a place of the same words is preferred to the first one of the text:
/// where paragraphs are filled into one template, each of them has all its phrases.
const NEAR: usize = 48;

/// A run of equal words: where it begins in both texts, and its length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub a: usize,
    pub b: usize,
    pub len: usize,
}

#[inline]
fn seed(words: &[u32], at: usize) -> Option<[u32; SEED]> {
    words.get(at..at + SEED)?.try_into().ok()
}

/// Maximal runs of equal words, in the order of `b`, that do not overlap in `b`.
pub(super) fn runs(a: &[u32], places: &Places, b: &[u32]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut free, mut at, mut last) = (0, 0, 0);
    while let Some(wanted) = seed(b, at) {
        let Some(mut place) = places.find(a, wanted) else {
            at += 1;
            continue;
        };
        let near = last..last + NEAR;
        if !near.contains(&place) {
            let mut near = near.filter(|&place| seed(a, place) == Some(wanted));
            place = near.next().unwrap_or(place);
        }
        let back = (1..=place.min(at - free))
            .take_while(|&i| a[place - i] == b[at - i])
            .count();
        let on = (SEED..(a.len() - place).min(b.len() - at))
            .take_while(|&i| a[place + i] == b[at + i])
            .count();
        runs.push(Run {
            a: place - back,
            b: at - back,
            len: back + SEED + on,
        });
        at += SEED + on;
        free = at;
        last = place + SEED + on;
    }
    runs
}

/// Where each seed stands first in a text: an open hash table of places.
#[derive(Debug)]
pub(super) struct Places {
    slots: Vec<u32>,
}

impl Places {
    const FREE: u32 = u32::MAX;

    pub fn new(words: &[u32]) -> Self {
        let size = (words.len() * 2).next_power_of_two();
        let mut places = Self {
            slots: vec![Self::FREE; size],
        };
        for at in (0..words.len()).rev() {
            if let Some(seed) = seed(words, at) {
                let slot = places.slot(words, seed);
                places.slots[slot] = at as u32;
            }
        }
        places
    }

    /// The slot of a seed, or the free one where it belongs.
    fn slot(&self, words: &[u32], wanted: [u32; SEED]) -> usize {
        let two = |one: u32, two: u32| u64::from(one) << 32 | u64::from(two);
        let mixed = two(wanted[0], wanted[1]) ^ two(wanted[2], wanted[3]).rotate_left(17);
        let mask = self.slots.len() - 1;
        let mut slot = fold(mixed, FACTORS[0]) as usize & mask;
        while self.slots[slot] != Self::FREE
            && seed(words, self.slots[slot] as usize) != Some(wanted)
        {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn find(&self, words: &[u32], wanted: [u32; SEED]) -> Option<usize> {
        let place = self.slots[self.slot(words, wanted)];
        (place != Self::FREE).then_some(place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_in_order_is_preferred() {
        let paragraph = |n: u32| [1, 2, 3, 4, 5, 100 + n, 6, 7, 8, 9, 10, 200 + n];
        let text = |from: u32| (from..from + 3).flat_map(paragraph).collect::<Vec<u32>>();
        let (a, b) = (text(0), text(50));
        let found = runs(&a, &Places::new(&a), &b);
        let found: Vec<_> = found.iter().map(|run| (run.a, run.b, run.len)).collect();
        let expected: Vec<_> = (0..6).map(|n| (n * 6, n * 6, 5)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn runs_are_maximal_and_found_out_of_order() {
        let a: Vec<u32> = (0..20).collect();
        let b: Vec<u32> = (12..18).chain([99]).chain(2..9).collect();
        let found = runs(&a, &Places::new(&a), &b);
        let found: Vec<_> = found.iter().map(|run| (run.a, run.b, run.len)).collect();
        assert_eq!(found, [(12, 0, 6), (2, 7, 7)]);
        assert!(runs(&[], &Places::new(&[]), &b).is_empty());
    }
}
