//! The ids of documents, each its own.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::spill::Ends;

/// Ids, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Ids {
    text: String,
    ends: Ends,
    count: usize,
}

impl Ids {
    /// Adds an id.
    pub fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(id.len() as u32);
        self.count += 1;
    }

    /// The id of a document.
    pub fn get(&self, index: usize) -> &str {
        let place = self.ends.get(index);
        let id = place.and_then(|place| self.text.get(place.start as usize..place.end as usize));
        id.unwrap_or_default()
    }

    /// Gives an id that came before the number of its row among those that have it: the second `a`
    /// is `a#2`, or `a#3` if there is an `a#2` already. Returns how many there are.
    pub fn make_unique(&mut self) -> usize {
        if (1..self.count).all(|at| self.get(at - 1) < self.get(at)) {
            return 0;
        }
        let mut order: Vec<u32> = (0..self.count as u32).collect();
        order.sort_unstable_by_key(|&at| (self.get(at as usize), at));
        let again = order.windows(2).filter_map(|two| {
            let is_same = self.get(two[0] as usize) == self.get(two[1] as usize);
            is_same.then_some(two[1])
        });
        let mut again: Vec<u32> = again.collect();
        if again.is_empty() {
            return 0;
        }
        again.sort_unstable();
        let mut taken: FxHashSet<String> = (0..self.count).map(|at| self.get(at).into()).collect();
        let mut unique = Self::default();
        // Where the numbers of an id go on: an id may come a million times.
        let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
        for at in 0..self.count {
            let id = self.get(at);
            if again.binary_search(&(at as u32)).is_err() {
                unique.push(id);
                continue;
            }
            let number = numbers.entry(id).or_insert(1);
            let name = loop {
                *number += 1;
                let name = format!("{id}#{number}");
                if taken.insert(name.clone()) {
                    break name;
                }
            };
            unique.push(&name);
        }
        *self = unique;
        again.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(ids: &[&str]) -> (usize, Vec<String>) {
        let mut all = Ids::default();
        ids.iter().for_each(|id| all.push(id));
        let count = all.make_unique();
        (count, (0..ids.len()).map(|at| all.get(at).into()).collect())
    }

    #[test]
    fn ids_that_came_before_are_numbered() {
        let same =
            |ids: &[&str]| assert_eq!(unique(ids), (0, ids.iter().map(|&id| id.into()).collect()));
        same(&[]);
        same(&["b", "a", "c"]);
        let (count, ids) = unique(&["a", "b", "a", "a#2", "a", "b"]);
        assert_eq!((count, ids.join(" ")), (3, "a b a#3 a#2 a#4 b#2".into()));
    }

    #[test]
    fn an_id_that_all_rows_have_takes_no_longer() {
        let (count, ids) = unique(&["a"; 200_000]);
        assert_eq!((count, &*ids[199_999]), (199_999, "a#200000"));
    }
}
