//! What a line shares with the others: copies, first words, shapes, the words of the topic.

use std::ops::Range;

use super::context::is_prose;
use super::flags::Flags;
use super::stats::Stats;
use super::sums::share;
use super::vocabulary::{LONG, SLOT_BITS};
use super::{Page, Ruled};
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
    pub(super) fn of(stats: &[Stats]) -> Self {
        Self {
            exact: Counts::of(stats.iter().map(|s| s.hash)),
            folded: Counts::of(stats.iter().map(|s| s.folded)),
        }
    }

    /// The lines that stand in the page more than once.
    pub(super) fn any_exact(&self) -> Flags {
        Flags::new(self.exact.counts().map(|count| count > 1))
    }
}

/// Adds the columns; `stretch` is the best stretch of prose.
pub(super) fn push(
    page: &Page<'_>,
    copies: &Copies,
    stretch: &Range<usize>,
    columns: &mut Columns,
) {
    let Copies { exact, folded } = copies;
    columns.push_all(exact.counts());
    columns.push_all(folded.counts());
    let firsts = exact.firsts.iter().zip(0..);
    columns.push_all(firsts.map(|(first, at)| at - *first as i32));
    let heads = Counts::of(page.stats.iter().map(|s| s.head));
    columns.push_all(heads.counts());
    columns.push_with(|rows| same_heads(&heads.firsts, &page.stats, rows));
    let words = shared_words(page, stretch);
    columns.push_each(&words, |words| words.topic_share);
    columns.push_each(&words, |words| words.topic);
    let shapes = Counts::of(
        page.stats
            .iter()
            .map(|s| u64::from(shape(s)).wrapping_mul(SPREAD)),
    );
    columns.push_all(shapes.counts());
    columns.push_with(|rows| near(&shapes.firsts, rows));
    columns.push_each(&words, |words| words.title);
}

/// Whether the line before (1) and the line after (2) begin with the same word; outside the page
/// stand lines without words.
fn same_heads(firsts: &[u32], stats: &[Stats], rows: &mut [i16]) {
    for (at, pair) in firsts.windows(2).enumerate() {
        let same = i16::from(pair[0] == pair[1]);
        rows[at] += 2 * same;
        rows[at + 1] += same;
    }
    let wordless = |stats: Option<&Stats>| stats.is_some_and(|stats| stats.head == 0);
    if let Some(row) = rows.first_mut() {
        *row += i16::from(wordless(stats.first()));
    }
    if let Some(row) = rows.last_mut() {
        *row += 2 * i16::from(wordless(stats.last()));
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
    fn of(values: impl Iterator<Item = u64>) -> Self {
        let values: Vec<u64> = values.collect();
        // An open table of twice as many slots: 0, or one more than the first line of a value.
        let size = (values.len() * 2).next_power_of_two();
        let mut slots = vec![0_u32; size];
        let mut counts = vec![0; values.len()];
        let mut first_of = |(line, own): (usize, &u64)| {
            // The values are products, so that their upper bits are the best.
            let mut slot = (own.rotate_left(20) as usize) & (size - 1);
            let first = loop {
                match slots[slot].checked_sub(1) {
                    None => {
                        slots[slot] = line as u32 + 1;
                        break line;
                    }
                    Some(first) if values[first as usize] == *own => break first as usize,
                    Some(_) => slot = (slot + 1) & (size - 1),
                }
            };
            counts[first] += 1;
            first as u32
        };
        Self {
            firsts: values.iter().enumerate().map(&mut first_of).collect(),
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

/// How a line opens and closes, its size, and whether capitals and digits prevail.
fn shape(stats: &Stats) -> u32 {
    let size = 32 - (stats.words as u32).leading_zeros();
    let capitals = share(stats.capitals, stats.words.max(1)) / 250;
    let digits = i32::from(stats.digits > 0) + i32::from(stats.digits * 2 > stats.letters);
    let parts = [stats.first, stats.close, size as i32, capitals, digits];
    parts.iter().fold(0, |key, &part| key * 16 + part as u32)
}

/// Words that a line shares with others.
struct Shared {
    /// How many of its words other lines of the stretch use, and their share in thousandths.
    topic: i32,
    topic_share: i32,
    /// How many the first line that surely stays (the title) has; -1 without such a line.
    title: i32,
}

/// Who uses a word: a line of prose of the stretch, a second one, the title.
const ONCE: u8 = 1;
const TWICE: u8 = 2;
const TITLE: u8 = 4;

fn shared_words(page: &Page<'_>, stretch: &Range<usize>) -> Vec<Shared> {
    let mut users = vec![0_u8; 1 << SLOT_BITS];
    let slot = |word: u16| usize::from(word & !LONG);
    let is_long = |word: &&u16| **word & LONG != 0;
    let of_topic = |at: usize| stretch.contains(&at) && is_prose(&page.stats[at]);
    for at in stretch.clone().filter(|at| of_topic(*at)) {
        for word in page.words_of(at).iter().filter(is_long) {
            let users = &mut users[slot(*word)];
            *users |= (*users & ONCE) << 1 | ONCE;
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
    let row = |at: usize| {
        let topic_bit = if of_topic(at) { TWICE } else { ONCE };
        let (mut words, mut topic, mut titled) = (0, 0, 0);
        // Without branches: which words are long is hard to predict.
        for &word in page.words_of(at) {
            let long = i32::from(word >> SLOT_BITS);
            let users = users[slot(word)];
            words += long;
            topic += long & i32::from(users & topic_bit != 0);
            titled += long & i32::from(users & TITLE != 0) & i32::from(words <= LINE_WORDS);
        }
        Shared {
            topic,
            topic_share: share(topic, words),
            title: if title.is_some() { titled } else { -1 },
        }
    };
    (0..page.stats.len()).map(row).collect()
}
