//! What the words of a line say: a table of weights, one per hash of a word.
//!
//! The weights are those of a logistic regression of content against the words of a line, the word
//! that it begins with and, if it is short, the whole of it. Words that few hosts of the training
//! data use have no weight, so that most words of a language that it lacks say nothing.

use super::Page;
use super::sums::{Sums, quotient};
use crate::error::Error;
use crate::model::{Columns, Reader, broken, saturate};

/// Bits of a slot.
pub(super) const SLOT_BITS: u32 = 15;
/// Set for words long enough to say something about the topic.
pub(super) const LONG: u16 = 1 << SLOT_BITS;
/// Number of columns.
pub(super) const WIDTH: usize = 8;
/// Most words of a line that count.
const WORDS: usize = 60;
/// Most words of a line that counts as a whole.
const WHOLE_WORDS: i32 = 8;
/// Mixed into the hash of a first word and of a whole line; the factor is that of FxHash.
const FIRST: u64 = 0x1d8e_4e27_c47d_124f;
const WHOLE: u64 = 0xa24b_aed4_963e_e407;
const SPREAD: u64 = 0x517c_c1b7_2722_0a95;
/// Longest line, in characters, that may be a label of those below; also the most characters that
/// a line counts for in a mean.
const SHORT: i32 = 60;
/// What stands for a line that is not there.
const NONE: i32 = -100;

/// By the number of slots of a line, the first word and the whole line among them: 64 times its root.
static ROOTS: [i32; WORDS + 3] = {
    let mut roots = [64; WORDS + 3];
    let mut count = 1;
    while count < roots.len() {
        roots[count] = (count as u32 * 4096).isqrt() as i32;
        count += 1;
    }
    roots
};

/// A weight per slot, in units of 1/32 of log-odds.
#[derive(Debug, Clone)]
pub struct Vocabulary(Box<[i8; 1 << SLOT_BITS]>);

impl Vocabulary {
    /// One that says nothing.
    pub fn empty() -> Self {
        Self(Box::new([0; 1 << SLOT_BITS]))
    }

    /// Reads the weights: one byte per slot.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (head, rest) = reader
            .0
            .split_first_chunk::<{ 1 << SLOT_BITS }>()
            .ok_or_else(|| broken("its words end early"))?;
        reader.0 = rest;
        Ok(Self(Box::new(head.map(|byte| byte as i8))))
    }

    /// What the words of each line say: their sum by the root of their number.
    fn says(&self, page: &Page<'_>) -> Vec<i32> {
        let weights: &[i8; 1 << SLOT_BITS] = &self.0;
        let weight = |slot: u16| i32::from(weights[usize::from(slot & !LONG)]);
        // The sums of all words before each one: without a loop over the words of each line.
        let mut sum = 0;
        let mut before = Vec::with_capacity(page.words.len() + 1);
        before.push(sum);
        before.extend(page.words.iter().map(|word| {
            sum += weight(*word);
            sum
        }));
        let line = |(at, &(from, to)): (usize, &(u32, u32))| {
            let from = from as usize;
            let to = (to as usize).min(from + WORDS);
            let (mut sum, mut count) = (before[to] - before[from], to - from);
            for slot in marks(page, at).into_iter().flatten() {
                sum += weight(slot);
                count += 1;
            }
            sum * 64 / ROOTS.get(count).copied().unwrap_or(1)
        };
        page.stats.range.iter().enumerate().map(line).collect()
    }
}

/// The slots of line `at`.
pub(super) fn slots<'p>(page: &'p Page<'_>, at: usize) -> impl Iterator<Item = u16> + 'p {
    let [first, whole] = marks(page, at);
    let own = page.words_of(at).iter().take(WORDS);
    own.map(|word| word & !LONG).chain(first).chain(whole)
}

/// The slots of the first word of line `at` and of the whole line.
fn marks(page: &Page<'_>, at: usize) -> [Option<u16>; 2] {
    let stats = &page.stats;
    let (head, folded, words) = (stats.head[at], stats.folded[at], stats.words[at]);
    let mixed = |hash: u64, with: u64| {
        ((hash ^ with).wrapping_mul(SPREAD) >> (u64::BITS - SLOT_BITS)) as u16
    };
    let first = (head != 0).then(|| mixed(head, FIRST));
    let whole = (head != 0 && words <= WHOLE_WORDS).then(|| mixed(folded, WHOLE));
    [first, whole]
}

/// Adds the columns: the line, those beside it, means over windows, and the last short line above.
pub(super) fn push(page: &Page<'_>, vocabulary: &Vocabulary, columns: &mut Columns) {
    let says = vocabulary.says(page);
    let size = |chars: &i32| (*chars).min(SHORT) + 3;
    let sizes = Sums::new(page.stats.chars.iter().map(size));
    let both = says.iter().zip(&page.stats.chars);
    let sums = Sums::new(both.map(|(says, chars)| says * size(chars)));
    let mean = |(sum, size): (i32, i32)| quotient(sum.into(), size).unwrap_or(NONE);
    let near: Vec<i16> = says.iter().map(|says| saturate(*says)).collect();
    for by in [0, -1, 1] {
        columns.push_shifted(&near, by, NONE as i16);
    }
    for reach in [8, 25] {
        columns.push_all(sums.before(reach).zip(sizes.before(reach)).map(mean));
        columns.push_all(sums.after(reach).zip(sizes.after(reach)).map(mean));
    }
    let mut last = 0;
    columns.push_all(says.iter().zip(&page.stats.chars).map(|(says, chars)| {
        let above = last;
        last = if *chars <= SHORT { *says } else { last };
        above
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lines::{Line, Ruled};

    fn open(text: &str) -> Line<'_> {
        Line {
            text,
            ruled: Ruled::Open,
            families: 0,
        }
    }

    #[test]
    fn a_line_says_what_its_words_weigh() {
        let lines = ["Share this", "", "share"].map(open);
        let found = super::super::slots(&lines);
        // Two words, the first one once more, the whole line.
        assert_eq!((found[0].len(), found[1].len(), found[2].len()), (4, 0, 3));
        assert_eq!(found[0][0], found[2][0]);
        assert_eq!(found[0][2], found[2][1]);
        let mut vocabulary = Vocabulary::empty();
        vocabulary.0[usize::from(found[0][0])] = -40;
        let mut columns = Columns::new(3, WIDTH);
        Page::with(&lines, |page| {
            assert_eq!(vocabulary.says(page)[..2], [-20, 0]);
            push(page, &vocabulary, &mut columns);
        });
        assert_eq!(columns.width(), WIDTH);
        assert_eq!(columns.get(1, 0), NONE as i16);
        assert_eq!(columns.get(7, 1), -20);
    }

    /// models/lines.bin holds weights by slot: what changes a hash asks for weights that are trained
    /// anew, or the words say what others mean.
    #[test]
    fn the_slots_are_those_of_the_weights() {
        let lines = ["Share this page", "Zurück zum Jahr 2024", "続きを読む"].map(open);
        let found = super::super::slots(&lines);
        assert_eq!(found[0], [1532, 19077, 21036, 18834, 11297]);
        assert_eq!(found[1], [14043, 30300, 30142, 8909, 31266, 25819]);
        assert_eq!(found[2], [1130, 32331, 12123, 30085]);
    }
}
