//! What a line shares with the others: copies, first words, shapes, the words of the topic.

use super::Ruled;
use super::context::Context;
use super::flags::Flags;
use super::stats::Lists;
use super::sums::thousandths;
use super::vocabulary::{LONG, SLOT_BITS};
use crate::model::Columns;

/// How many lines before and after are looked at for the same shape.
const NEAR: usize = 12;
/// Spreads the bits of a shape: an odd number close to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Words of the title, and of a line, that are compared.
const TITLE_WORDS: usize = 40;
const LINE_WORDS: i32 = 40;

/// How often each line stands in the page.
pub(super) struct Copies {
    /// With its numbers.
    exact: Counts,
    /// Whatever its numbers.
    folded: Counts,
}

impl Copies {
    pub(super) fn of(stats: &Lists) -> Self {
        Self {
            exact: Counts::of(&stats.hash),
            folded: Counts::of(&stats.folded),
        }
    }

    /// The lines that stand in the page more than once.
    pub(super) fn any_exact(&self) -> Flags {
        Flags::new(self.exact.counts().map(|count| count > 1))
    }
}

/// Adds the columns.
pub(super) fn push(context: &Context<'_>, copies: &Copies, columns: &mut Columns) {
    let stats = &context.page.stats;
    let Copies { exact, folded } = copies;
    columns.push_all(exact.counts());
    columns.push_all(folded.counts());
    let firsts = exact.firsts.iter().zip(0..);
    columns.push_all(firsts.map(|(first, at)| at - *first as i32));
    let heads = Counts::of(&stats.head);
    columns.push_all(heads.counts());
    columns.push_with(|rows| same_heads(&heads.firsts, &stats.head, rows));
    let words = shared_words(context);
    let parts = words.topic.iter().zip(&words.words);
    columns.push_all(parts.map(|(part, whole)| thousandths(*part, *whole)));
    columns.push_each(&words.topic, |topic| *topic);
    let shapes = Counts::of(&shapes(context));
    columns.push_all(shapes.counts());
    columns.push_with(|rows| near(&shapes.firsts, rows));
    columns.push_each(&words.title, |title| *title);
}

/// Whether the line before (1) and the line after (2) begin with the same word; outside the page
/// stand lines without words.
fn same_heads(firsts: &[u32], heads: &[u64], rows: &mut [i16]) {
    for (at, pair) in firsts.windows(2).enumerate() {
        let same = i16::from(pair[0] == pair[1]);
        rows[at] += 2 * same;
        rows[at + 1] += same;
    }
    if let Some(row) = rows.first_mut() {
        *row += i16::from(heads.first() == Some(&0));
    }
    if let Some(row) = rows.last_mut() {
        *row += 2 * i16::from(heads.last() == Some(&0));
    }
}

/// How often the value of each line comes.
struct Counts {
    /// The first line that has the value of each line.
    firsts: Vec<u32>,
    /// How many lines have the value, by the first of them.
    counts: Vec<i32>,
}

impl Counts {
    fn of(values: &[u64]) -> Self {
        // An open table, at most a quarter full: 0, or one more than the first line of a value.
        let size = (values.len() * 4).next_power_of_two();
        let mut slots = vec![0_u32; size];
        let mut counts = vec![0; values.len()];
        let first_of = |(line, own): (usize, &u64)| {
            // The values are products, so that their upper bits are the best.
            let mut slot = (own.rotate_left(20) as usize) & (size - 1);
            let first = loop {
                // A line that finds a free place is the first of its value: one question for both.
                let place = &mut slots[slot];
                let first = match *place {
                    0 => line,
                    first => first as usize - 1,
                };
                if values[first] == *own {
                    *place = first as u32 + 1;
                    break first;
                }
                slot = (slot + 1) & (size - 1);
            };
            counts[first] += 1;
            first as u32
        };
        Self {
            firsts: values.iter().enumerate().map(first_of).collect(),
            counts,
        }
    }

    /// Per line how many lines have its value.
    fn counts(&self) -> impl Iterator<Item = i32> {
        let firsts = self.firsts.iter();
        firsts.map(|first| self.counts[*first as usize])
    }
}

/// How many lines at most [`NEAR`] lines away have the same shape, the line itself among them.
fn near(firsts: &[u32], rows: &mut [i16]) {
    let mut near = vec![0_i16; firsts.len()];
    for first in firsts.iter().take(NEAR) {
        near[*first as usize] += 1;
    }
    for (at, row) in rows.iter_mut().enumerate() {
        if let Some(first) = firsts.get(at + NEAR) {
            near[*first as usize] += 1;
        }
        if let Some(gone) = at.checked_sub(NEAR + 1) {
            near[firsts[gone] as usize] -= 1;
        }
        *row = near[firsts[at] as usize];
    }
}

/// How each line opens and closes, its size, and whether capitals and digits prevail.
fn shapes(context: &Context<'_>) -> Vec<u64> {
    let stats = &context.page.stats;
    let digits = stats.digits.iter().zip(&stats.letters);
    let digits = digits.map(|(&digits, &letters)| (digits > 0, digits * 2 > letters));
    let ends = stats.first.iter().zip(&stats.close);
    let lines = ends.zip(&stats.words).zip(&context.capitals).zip(digits);
    let shape = |((((&first, &close), &words), &capitals), (some, many)): (_, (bool, bool))| {
        let size = 32 - (words as u32).leading_zeros();
        let digits = u32::from(some) + u32::from(many);
        let parts = [
            first as u32,
            close as u32,
            size,
            capitals as u32 / 250,
            digits,
        ];
        let key = parts.iter().fold(0, |key, part| key * 16 + part);
        u64::from(key).wrapping_mul(SPREAD)
    };
    lines.map(shape).collect()
}

/// Words that each line shares with others.
struct Shared {
    /// Words that are long.
    words: Vec<i32>,
    /// How many of those other lines of the stretch use.
    topic: Vec<i32>,
    /// How many the first line that surely stays (the title) has; -1 without such a line.
    title: Vec<i32>,
}

/// Who uses a word: a line of prose of the stretch, a second one, the title.
const ONCE: u8 = 1;
const TWICE: u8 = 2;
const TITLE: u8 = 4;

fn shared_words(context: &Context<'_>) -> Shared {
    let (page, stretch) = (context.page, &context.stretches[0]);
    let mut users = vec![0_u8; 1 << SLOT_BITS];
    let slot = |word: u16| usize::from(word & !LONG);
    let is_long = |word: &&u16| **word & LONG != 0;
    let of_topic = |at: usize| stretch.contains(&at) && context.prose_chars[at] > 0;
    for at in stretch.clone().filter(|at| of_topic(*at)) {
        // Without branches: which words are long is hard to predict.
        for &word in page.words_of(at) {
            let users = &mut users[slot(word)];
            let long = (word >> SLOT_BITS) as u8;
            *users |= long * (((*users & ONCE) * TWICE) | ONCE);
        }
    }
    let title = page.lines.iter().position(|l| l.ruled == Ruled::Kept);
    let title = title.map(|at| page.words_of(at));
    for word in title
        .iter()
        .copied()
        .flatten()
        .filter(is_long)
        .take(TITLE_WORDS)
    {
        users[slot(*word)] |= TITLE;
    }
    let users = |word: u16| users[slot(word)];
    let tallies = Tallies::new(page.words, users);
    let lines = || Vec::with_capacity(page.lines.len());
    let mut shared = Shared {
        words: lines(),
        topic: lines(),
        title: lines(),
    };
    for (at, &(from, to)) in page.stats.range.iter().enumerate() {
        let [long, once, twice, titled] = tallies.of(from as usize, to as usize);
        shared.words.push(long);
        shared.topic.push(if of_topic(at) { twice } else { once });
        shared.title.push(match title {
            None => -1,
            Some(_) if long <= LINE_WORDS => titled,
            Some(_) => {
                let long = page.words_of(at).iter().filter(is_long);
                let first = long.take(LINE_WORDS as usize);
                first.filter(|word| users(**word) & TITLE != 0).count() as i32
            }
        });
    }
    shared
}

/// Four counts of words side by side, 16 bits each: how many are long, and how many of those are of
/// [`ONCE`], [`TWICE`] and [`TITLE`]; of all words before each one, and of all. What a line has is a
/// difference, without a loop over its words.
struct Tallies(Vec<u64>);

impl Tallies {
    const BITS: u32 = u16::BITS;
    /// The counts of a long word by its users.
    const OF: [u64; 8] = {
        let mut all = [1; 8];
        let mut users = 0;
        while users < all.len() {
            let mut bit = 0;
            while bit < 3 {
                all[users] |= (users as u64 >> bit & 1) << (Self::BITS * (bit + 1));
                bit += 1;
            }
            users += 1;
        }
        all
    };

    fn new(words: &[u16], users: impl Fn(u16) -> u8) -> Self {
        let mut all = Vec::with_capacity(words.len() + 1);
        let mut sum = 0_u64;
        all.push(sum);
        all.extend(words.iter().map(|&word| {
            let long = u64::from(word >> SLOT_BITS);
            sum = sum.wrapping_add(long * Self::OF[usize::from(users(word) & 7)]);
            sum
        }));
        Self(all)
    }

    /// The counts of these words.
    fn of(&self, mut from: usize, to: usize) -> [i32; 4] {
        let mut counts = [0; 4];
        while from < to {
            // So many words have no more than fits.
            let end = to.min(from + usize::from(u16::MAX));
            let sum = self.0[end].wrapping_sub(self.0[from]);
            for (lane, count) in (0..).zip(&mut counts) {
                *count += i32::from((sum >> (Self::BITS * lane)) as u16);
            }
            from = end;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_are_counts_of_long_words() {
        let words: Vec<u16> = (0..70_000_u32).map(|n| (n % 8) as u16 | LONG).collect();
        let short = [1, 3, 7];
        let all = [&short[..], &words, &short].concat();
        let tallies = Tallies::new(&all, |word| (word & 7) as u8);
        assert_eq!(tallies.of(0, 3), [0; 4]);
        assert_eq!(tallies.of(3, 11), [8, 4, 4, 4]);
        let half = 35_000;
        assert_eq!(tallies.of(0, all.len()), [70_000, half, half, half]);
    }
}
