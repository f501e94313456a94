//! Looks for a few hundred short terms in many short values, such as classes of a page.
//!
//! Two letters and the set of third ones that may follow tell nearly every place where no term
//! begins. That takes a few kilobytes, which stay in the nearest cache where an automaton over all
//! terms does not.

/// Letters in lower case, the dash and the underscore have codes of their own.
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

/// Terms of ASCII letters, dashes and underscores, whatever their case.
#[derive(Debug)]
pub struct Terms {
    /// The terms with their numbers, those that begin with the same two letters together.
    terms: Vec<(&'static str, u16)>,
    /// Where the terms of a pair begin, and at the end where they all end.
    starts: Vec<u16>,
    /// Per pair which third letters a term goes on with; all where one is no longer.
    thirds: Vec<u32>,
}

impl Terms {
    /// Terms of at least two characters; they are found by their place in `list`.
    pub fn new(list: &[&'static str]) -> Self {
        let mut terms: Vec<(&str, u16)> = list.iter().copied().zip(0..).collect();
        terms.sort_by_key(|(term, number)| (pair(term.as_bytes(), 0), *number));
        let mut thirds = vec![0; CODES * CODES];
        let mut starts = vec![0; CODES * CODES + 1];
        for (term, _) in &terms {
            let bytes = term.as_bytes();
            let pair = pair(bytes, 0);
            thirds[pair] |= bytes.get(2).map_or(u32::MAX, |third| 1 << code(*third));
            starts[pair + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            terms,
            starts,
            thirds,
        }
    }

    /// Calls `found` with number, start and end (bytes of `value`) of every term in `value`, also
    /// where they overlap, until it says that it is enough.
    #[inline]
    pub fn find(&self, value: &str, mut found: impl FnMut(usize, usize, usize) -> bool) {
        let bytes = value.as_bytes();
        for at in 0..bytes.len().saturating_sub(1) {
            let pair = pair(bytes, at);
            let third = bytes.get(at + 2).map_or(0, |third| code(*third));
            if self.thirds[pair] >> third & 1 == 0 {
                continue;
            }
            let of_pair = usize::from(self.starts[pair])..usize::from(self.starts[pair + 1]);
            for (term, number) in &self.terms[of_pair] {
                let end = at + term.len();
                let is_here = bytes
                    .get(at..end)
                    .is_some_and(|here| here.eq_ignore_ascii_case(term.as_bytes()));
                if is_here && found(usize::from(*number), at, end) {
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

#[inline]
fn code(byte: u8) -> u8 {
    CODE[usize::from(byte)]
}

/// The codes of two characters as one number.
#[inline]
fn pair(bytes: &[u8], at: usize) -> usize {
    let code_at = |at| {
        bytes
            .get(at)
            .map_or(0, |byte| usize::from(code(*byte)) % CODES)
    };
    code_at(at) * CODES + code_at(at + 1)
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
    }
}
