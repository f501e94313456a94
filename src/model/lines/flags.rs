//! Lines of some kind: how many are near a line, and how far the nearest one is.

use crate::model::Columns;
use crate::sums::PrefixSums;

/// The longest range of lines that are counted on one side.
const REACH: usize = 10;
/// The short range.
const NEAR: usize = 3;

/// Which lines are of a kind.
pub(super) struct Flags {
    set: Vec<bool>,
    any: bool,
}

impl Flags {
    pub(super) fn new(flags: impl Iterator<Item = bool>) -> Self {
        let set: Vec<bool> = flags.collect();
        let any = set.iter().fold(false, |any, set| any | set);
        Self { set, any }
    }

    pub(super) fn set(&self) -> &[bool] {
        &self.set
    }

    /// Adds two columns: lines to the nearest one before and after (not the line itself), at most
    /// `most`.
    pub(super) fn push_nearest(&self, most: i16, columns: &mut Columns) {
        if !self.any {
            columns.push_same(most.into());
            columns.push_same(most.into());
            return;
        }
        let set = self.set.iter().enumerate();
        let lines: Vec<usize> = set.filter_map(|(at, set)| set.then_some(at)).collect();
        columns.push_with(|rows| since_last(&lines, most, rows));
        columns.push_with(|rows| until_next(&lines, most, rows));
    }

    /// Adds three columns: how many are among the few lines before, those after, and the more of
    /// both.
    pub(super) fn push_near(&self, columns: &mut Columns) {
        if !self.any {
            (0..3).for_each(|_| columns.push_same(0));
            return;
        }
        // The differences fit into a byte.
        let set = self.set.iter().map(|set| u8::from(*set));
        let sums = PrefixSums::<u8, REACH>::new(set, u8::wrapping_add);
        let among = |from: isize, to: isize| {
            let both = sums.around(from, to);
            both.map(|(from, to)| to.wrapping_sub(*from))
        };
        let (near, reach) = (NEAR as isize, REACH as isize);
        columns.push_all(among(-near, 0).map(i32::from));
        columns.push_all(among(1, 1 + near).map(i32::from));
        let both = among(-reach, 0).zip(among(1, 1 + reach));
        columns.push_all(both.map(|(before, after)| i32::from(before) + i32::from(after)));
    }
}

/// Distances from and to a line; no farther one is counted.
const FARTHEST: usize = 256;
static SINCE: [i16; FARTHEST] = {
    let mut all = [0; FARTHEST];
    let mut at = 0;
    while at < FARTHEST {
        all[at] = at as i16 + 1;
        at += 1;
    }
    all
};
static UNTIL: [i16; FARTHEST] = {
    let mut all = [0; FARTHEST];
    let mut at = 0;
    while at < FARTHEST {
        all[at] = (FARTHEST - at) as i16;
        at += 1;
    }
    all
};

/// Writes how many lines before each one the last of `lines` is, at most `most`. They are few: what
/// stands between two of them is copied.
fn since_last(lines: &[usize], most: i16, rows: &mut [i16]) {
    let (mut rest, mut done) = (rows, 0);
    for (number, line) in lines.iter().enumerate() {
        let (between, behind) = rest.split_at_mut(line + 1 - done);
        let near = if number == 0 { 0 } else { near(between, most) };
        let (near, far) = between.split_at_mut(near);
        near.copy_from_slice(&SINCE[..near.len()]);
        far.fill(most);
        (rest, done) = (behind, line + 1);
    }
    let (near, far) = rest.split_at_mut(near(rest, most));
    near.copy_from_slice(&SINCE[..near.len()]);
    far.fill(most);
}

/// The same of the next one behind each line.
fn until_next(lines: &[usize], most: i16, rows: &mut [i16]) {
    let (mut rest, mut done) = (rows, 0);
    for line in lines {
        let (between, behind) = rest.split_at_mut(line - done);
        let (far, near) = between.split_at_mut(between.len() - near(between, most));
        far.fill(most);
        near.copy_from_slice(&UNTIL[FARTHEST - near.len()..]);
        (rest, done) = (behind, *line);
    }
    rest.fill(most);
}

/// How many of these lines are near enough to one at their side.
fn near(lines: &[i16], most: i16) -> usize {
    lines.len().min(most as usize).min(FARTHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_kind_are_counted_and_measured() {
        let flags = |set: &str| Flags::new(set.bytes().map(|byte| byte == b'x'));
        let mut columns = Columns::new(14, 5);
        flags("x..x........x.").push_nearest(5, &mut columns);
        flags("x..x........x.").push_near(&mut columns);
        let column = |at| -> Vec<i16> { (0..14).map(|row| columns.get(at, row)).collect() };
        assert_eq!(column(0), [5, 1, 2, 3, 1, 2, 3, 4, 5, 5, 5, 5, 5, 1]);
        assert_eq!(column(1), [3, 2, 1, 5, 5, 5, 5, 5, 4, 3, 2, 1, 5, 5]);
        assert_eq!(column(2), [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(column(3), [1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0]);
        assert_eq!(column(4), [1, 2, 3, 2, 3, 3, 3, 3, 3, 3, 3, 2, 1, 2]);
        let mut columns = Columns::new(3, 5);
        flags("...").push_nearest(5, &mut columns);
        flags("...").push_near(&mut columns);
        let row: Vec<i16> = (0..5).map(|at| columns.get(at, 2)).collect();
        assert_eq!(row, [5, 5, 0, 0, 0]);
    }
}
