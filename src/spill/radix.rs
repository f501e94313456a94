//! Sorting by the first field of rows: hashes and numbers of documents, which lie evenly.

use std::array;

use rayon::prelude::*;

use super::Row;

/// Buckets of one step.
const BUCKETS: usize = 256;
/// Fewer rows are sorted by comparing them.
const FEW: usize = 256;

/// Sorts rows, in place.
pub(super) fn sort<T: Row>(rows: &mut [T]) {
    match ends(rows) {
        Some(ends) => {
            let mut rest = rows;
            let mut buckets = Vec::with_capacity(BUCKETS);
            let mut start = 0;
            for end in ends {
                let (bucket, behind) = rest.split_at_mut(end - start);
                buckets.push(bucket);
                (rest, start) = (behind, end);
            }
            buckets.into_par_iter().for_each(sort_one);
        }
        None => rows.par_sort_unstable(),
    }
}

/// The same on one thread.
fn sort_one<T: Row>(rows: &mut [T]) {
    let Some(ends) = ends(rows) else {
        return rows.sort_unstable();
    };
    let mut start = 0;
    for end in ends {
        sort_one(&mut rows[start..end]);
        start = end;
    }
}

/// Puts rows into buckets of ascending first fields, and tells where each ends; none where that
/// gains nothing. Each row that is moved pushes out the one whose place it takes ("American flag
/// sort": McIlroy, Bostic and McIlroy, Engineering Radix Sort, 1993).
fn ends<T: Row>(rows: &mut [T]) -> Option<[usize; BUCKETS]> {
    let (mut least, mut most) = (u64::MAX, 0);
    if rows.len() <= FEW {
        return None;
    }
    for row in &*rows {
        least = least.min(row.lead());
        most = most.max(row.lead());
    }
    if least == most {
        return None;
    }
    let bits = u64::BITS - (most - least).leading_zeros();
    let shift = bits.saturating_sub(BUCKETS.ilog2());
    let bucket = |row: &T| ((row.lead() - least) >> shift) as usize % BUCKETS;
    let mut counts = [0; BUCKETS];
    for row in &*rows {
        counts[bucket(row)] += 1;
    }
    let mut end = 0;
    let ends: [usize; BUCKETS] = array::from_fn(|at| {
        end += counts[at];
        end
    });
    let mut next: [usize; BUCKETS] = array::from_fn(|at| ends[at] - counts[at]);
    for at in 0..BUCKETS {
        while next[at] < ends[at] {
            let mut row = rows[next[at]];
            loop {
                let to = bucket(&row);
                if to == at {
                    break;
                }
                std::mem::swap(&mut rows[next[to]], &mut row);
                next[to] += 1;
            }
            rows[next[at]] = row;
            next[at] += 1;
        }
    }
    Some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spill::sort::tests::Pair;

    #[test]
    fn rows_are_sorted_whatever_their_fields_are() {
        let mix = |n: u32| u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let keys: [&dyn Fn(u32) -> u64; 6] = [
            &mix,
            &|n| mix(n) >> (n % 60),
            &|n| u64::from(n % 3),
            &|_| 7,
            &|n| u64::MAX - u64::from(n / 300),
            &|n| if n == 5 { 0 } else { u64::MAX - mix(n) % 9 },
        ];
        for key in keys {
            for count in [0, 1, 300, 20_000] {
                let pair = |n| Pair {
                    key: key(n),
                    doc: mix(n) as u32 % 1000,
                };
                let mut rows: Vec<Pair> = (0..count).map(pair).collect();
                let mut expected = rows.clone();
                expected.sort_unstable();
                sort(&mut rows);
                assert!(rows == expected);
            }
        }
    }
}
