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

/// Bytes of a value that are compared together; no term is longer.
const WINDOW: usize = 16;
/// The bit of all its bytes that tells capitals from small letters.
const CASE: u128 = u128::from_ne_bytes([0x20; WINDOW]);

/// A term, for a comparison at one stroke.
#[derive(Debug)]
struct Term {
    /// Its bytes, the bit of the case set in all of them.
    bytes: u128,
    /// Which bytes count.
    mask: u128,
    text: &'static str,
    number: u16,
}

impl Term {
    fn new(text: &'static str, number: u16) -> Self {
        let mut mask = [0; WINDOW];
        mask[..text.len()].fill(0xff);
        let mask = u128::from_le_bytes(mask);
        Self {
            bytes: window(text.as_bytes()) & mask,
            mask,
            text,
            number,
        }
    }
}

/// The first bytes of a value, the bit of the case set in all of them.
#[inline]
fn window(bytes: &[u8]) -> u128 {
    let first = bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut first = [0; WINDOW];
        first[..bytes.len()].copy_from_slice(bytes);
        first
    });
    u128::from_le_bytes(first) | CASE
}

/// Terms of ASCII letters, dashes and underscores, whatever their case.
#[derive(Debug)]
pub struct Terms {
    /// Those that begin with the same two letters together.
    terms: Vec<Term>,
    /// Where the terms of a pair begin, and at the end where they all end.
    starts: Vec<u16>,
    /// Per pair which third letters a term goes on with; all where one is no longer.
    thirds: Box<[u32; CODES * CODES]>,
}

impl Terms {
    /// Terms of 2 to [`WINDOW`] characters; they are found by their place in `list`.
    pub fn new(list: &[&'static str]) -> Self {
        let mut terms: Vec<Term> = list
            .iter()
            .zip(0..)
            .map(|(text, number)| Term::new(text, number))
            .collect();
        terms.sort_by_key(|term| (pair(term.text.as_bytes(), 0), term.number));
        let mut thirds = Box::new([0; CODES * CODES]);
        let mut starts = vec![0; CODES * CODES + 1];
        for term in &terms {
            let bytes = term.text.as_bytes();
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
        let Some((&first, rest)) = bytes.split_first() else {
            return;
        };
        let Some((&second, rest)) = rest.split_first() else {
            return;
        };
        let mut pair = usize::from(code(first)) * CODES + usize::from(code(second));
        // Behind the last character stands one that no term goes on with.
        let thirds = rest.iter().map(|third| code(*third)).chain([0]);
        for (at, third) in thirds.enumerate() {
            let here = pair;
            pair = pair % CODES * CODES + usize::from(third);
            if self.thirds[here] >> third & 1 == 0 {
                continue;
            }
            let all = usize::from(self.starts[here])..usize::from(self.starts[here + 1]);
            let window = window(&bytes[at..]);
            for term in &self.terms[all] {
                if window & term.mask != term.bytes {
                    continue;
                }
                // The bit is no case in all bytes.
                let end = at + term.text.len();
                let is_here = bytes
                    .get(at..end)
                    .is_some_and(|here| here.eq_ignore_ascii_case(term.text.as_bytes()));
                if is_here && found(usize::from(term.number), at, end) {
                    return;
                }
            }
        }
    }

    /// Whether a term is in `value`.
    #[cfg(test)]
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
        assert!(!terms.is_in("vc\u{7f}x") && !terms.is_in("@d"));
    }
}
