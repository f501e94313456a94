//! Looks for a few hundred short terms in many short values, such as classes of a page: an automaton
//! over all terms (Aho and Corasick 1975, "Efficient string matching: an aid to bibliographic
//! search").
//!
//! Letters have codes of five bits, so that what follows a state fills one line of the cache.

/// Letters in lower case, the dash and the underscore have codes of their own; all else has 0.
const CODES: usize = 32;

static CODE: [u8; 256] = {
    let mut code = [0; 256];
    let mut letter = 0u8;
    while letter < 26 {
        code[(b'a' + letter) as usize] = letter + 1;
        code[(b'A' + letter) as usize] = letter + 1;
        letter += 1;
    }
    code[b'-' as usize] = 27;
    code[b'_' as usize] = 28;
    code
};

/// In what follows a state: a term ends there.
const ENDS: u16 = 1 << 15;

/// Terms of ASCII letters, dashes and underscores, whatever their case.
#[derive(Debug)]
pub struct Terms {
    /// Per state what follows, by the code of the next character, with [`ENDS`]. State 0 is the start.
    next: Vec<u16>,
    /// Per state the terms that end there, the longest first: their numbers and lengths.
    ends: Vec<Vec<(usize, usize)>>,
}

impl Terms {
    /// Terms of at least one character; they are found by their place in `list`.
    pub fn new(list: &[&str]) -> Self {
        let mut states = States {
            next: vec![[0; CODES]],
            ends: vec![Vec::new()],
        };
        for (number, term) in list.iter().enumerate() {
            states.add(number, term);
        }
        states.fall_back();
        let ends = states.ends;
        let next = states.next.into_iter().flatten();
        let next = next.map(|next| match ends[usize::from(next)].is_empty() {
            true => next,
            false => next | ENDS,
        });
        Self {
            next: next.collect(),
            ends,
        }
    }

    /// Calls `found` with number, start and end (bytes of `value`) of every term in `value`, also
    /// where they overlap, in the order of their ends, until it says that it is enough.
    #[inline]
    pub fn find(&self, value: &str, mut found: impl FnMut(usize, usize, usize) -> bool) {
        let mut state = 0;
        for (at, byte) in value.bytes().enumerate() {
            let Some(&next) = self.next.get(usize::from(state) * CODES + code(byte)) else {
                return;
            };
            state = next & !ENDS;
            if next & ENDS != 0 {
                let ends = self.ends.get(usize::from(state));
                let mut ends = ends.map_or(&[][..], Vec::as_slice).iter();
                if ends.any(|(number, len)| found(*number, at + 1 - len, at + 1)) {
                    return;
                }
            }
        }
    }

    /// Whether a term is in `value`.
    pub fn is_in(&self, value: &str) -> bool {
        let mut is_in = false;
        self.find(value, |_, _, _| {
            is_in = true;
            true
        });
        is_in
    }
}

/// The states while they are made.
struct States {
    next: Vec<[u16; CODES]>,
    ends: Vec<Vec<(usize, usize)>>,
}

impl States {
    /// Adds the states of a term.
    fn add(&mut self, number: usize, term: &str) {
        let mut state = 0;
        for byte in term.bytes() {
            let code = code(byte);
            if self.next[state][code] == 0 {
                self.next[state][code] = self.next.len() as u16;
                self.next.push([0; CODES]);
                self.ends.push(Vec::new());
            }
            state = usize::from(self.next[state][code]);
        }
        self.ends[state].push((number, term.len()));
    }

    /// Where no term goes on, what may follow is that of the longest end of what was read with which
    /// a term begins.
    fn fall_back(&mut self) {
        // Each state and the one of that end, in the order of their depths.
        let mut states = vec![(0, 0)];
        let mut at = 0;
        while let Some(&(state, end)) = states.get(at) {
            at += 1;
            let follows = self.next[end];
            for (code, follows) in follows.into_iter().enumerate() {
                // From the start nothing falls further back.
                let end = if state == 0 { 0 } else { follows };
                let next = &mut self.next[state][code];
                if *next == 0 {
                    *next = end;
                    continue;
                }
                let next = usize::from(*next);
                states.push((next, usize::from(end)));
                let shorter = self.ends[usize::from(end)].clone();
                self.ends[next].extend(shorter);
            }
        }
    }
}

#[inline]
fn code(byte: u8) -> usize {
    usize::from(CODE[usize::from(byte)]) % CODES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_anywhere_and_overlapping() {
        let terms = Terms::new(&["nav", "ad", "navigation", "head", "vc_"]);
        let all = |value: &str| {
            let mut all = Vec::new();
            terms.find(value, |number, start, end| {
                all.push((number, start, end));
                false
            });
            all
        };
        assert_eq!(all("NaVigation"), [(0, 0, 3), (2, 0, 10)]);
        assert_eq!(all("x-head"), [(3, 2, 6), (1, 4, 6)]);
        assert_eq!(all("vc_row é ad"), [(4, 0, 3), (1, 10, 12)]);
        assert_eq!(all("a"), []);
        assert_eq!(all("na v12"), []);
        assert!(terms.is_in("read") && !terms.is_in("rea d"));
        assert!(!terms.is_in("vc\u{7f}x") && !terms.is_in("@d"));
    }
}
