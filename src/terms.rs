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

/// A term, for a comparison at one stroke.
#[derive(Debug, Clone)]
struct Term {
    /// Its bytes, in lower case.
    bytes: u128,
    /// Which bytes count.
    mask: u128,
    /// The bit that tells capitals from small letters, in its letters. With that bit set nothing else is
    /// equal to a small letter.
    case: u128,
    len: u8,
    number: u16,
}

impl Term {
    fn new(text: &str, number: u16) -> Self {
        let mut term = [[0; WINDOW]; 3];
        for (at, byte) in text.bytes().enumerate() {
            term[0][at] = byte.to_ascii_lowercase();
            term[1][at] = 0xff;
            term[2][at] = u8::from(byte.is_ascii_alphabetic()) << 5;
        }
        let [bytes, mask, case] = term.map(u128::from_le_bytes);
        Self {
            bytes,
            mask,
            case,
            len: text.len() as u8,
            number,
        }
    }
}

/// Terms of ASCII letters, dashes and underscores, whatever their case.
#[derive(Debug)]
pub struct Terms {
    /// Those that begin with the same three letters together; one of two letters stands with all.
    terms: Vec<Term>,
    /// Where the terms of each beginning start, and at the end where they all end.
    starts: Vec<u16>,
    pairs: Box<[Pair; CODES * CODES]>,
}

/// What follows two letters.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    /// Third letters that a term goes on with; all where one is no longer.
    thirds: u32,
    /// Place of the first of those beginnings in [`Terms::starts`].
    first: u16,
}

impl Pair {
    /// The place of the beginning that goes on with `third`.
    fn with(self, third: u8) -> usize {
        let before = self.thirds & ((1 << third) - 1);
        usize::from(self.first) + before.count_ones() as usize
    }
}

impl Terms {
    /// Terms of 2 to [`WINDOW`] characters; they are found by their place in `list`.
    pub fn new(list: &[&str]) -> Self {
        let mut all: Vec<(usize, u8, Term)> = Vec::new();
        for (text, number) in list.iter().zip(0..) {
            let bytes = text.as_bytes();
            let thirds = match bytes.get(2) {
                Some(third) => code(*third)..code(*third) + 1,
                None => 0..CODES as u8,
            };
            let term = Term::new(text, number);
            all.extend(thirds.map(|third| (pair(bytes, 0), third, term.clone())));
        }
        all.sort_by_key(|(pair, third, term)| (*pair, *third, term.number));
        let mut pairs = Box::new([Pair::default(); CODES * CODES]);
        let mut starts = Vec::new();
        let mut start = 0;
        for same in all.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let pair = &mut pairs[same[0].0];
            if pair.thirds == 0 {
                pair.first = starts.len() as u16;
            }
            pair.thirds |= 1 << same[0].1;
            starts.push(start);
            start += same.len() as u16;
        }
        starts.push(start);
        Self {
            terms: all.into_iter().map(|(.., term)| term).collect(),
            starts,
            pairs,
        }
    }

    /// Calls `found` with number, start and end (bytes of `value`) of every term in `value`, also
    /// where they overlap, until it says that it is enough.
    #[inline]
    pub fn find(&self, value: &str, mut found: impl FnMut(usize, usize, usize) -> bool) {
        let bytes = value.as_bytes();
        let [first, second, rest @ ..] = bytes else {
            return;
        };
        let last = last(bytes);
        let mut pair = usize::from(code(*first)) * CODES + usize::from(code(*second));
        for (at, third) in rest.iter().enumerate() {
            let (here, third) = (self.pairs[pair], code(*third));
            pair = pair % CODES * CODES + usize::from(third);
            if here.thirds >> third & 1 != 0
                && self.begins(bytes, last, at, here.with(third), &mut found)
            {
                return;
            }
        }
        // Behind the last character stands one that no term goes on with.
        let here = self.pairs[pair];
        if here.thirds & 1 != 0 {
            self.begins(bytes, last, rest.len(), here.with(0), &mut found);
        }
    }

    /// Looks for the terms of one beginning; `last` is [`last`] of `bytes`.
    #[inline]
    fn begins(
        &self,
        bytes: &[u8],
        last: (usize, u128),
        at: usize,
        beginning: usize,
        mut found: impl FnMut(usize, usize, usize) -> bool,
    ) -> bool {
        let starts = self.starts.get(beginning..).unwrap_or_default();
        let Some(&[start, end]) = starts.first_chunk() else {
            return false;
        };
        let window = match bytes.get(at..).and_then(<[u8]>::first_chunk) {
            Some(here) => u128::from_le_bytes(*here),
            None => last.1 >> (8 * (at.saturating_sub(last.0) % WINDOW)),
        };
        let terms = self.terms.get(usize::from(start)..usize::from(end));
        terms.unwrap_or_default().iter().any(|term| {
            (window | term.case) & term.mask == term.bytes
                && found(usize::from(term.number), at, at + usize::from(term.len))
        })
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

/// The last bytes of a value, 0 behind its end, and where they begin.
fn last(bytes: &[u8]) -> (usize, u128) {
    if let Some(last) = bytes.last_chunk() {
        return (bytes.len() - WINDOW, u128::from_le_bytes(*last));
    }
    let mut last = [0; WINDOW];
    last[..bytes.len()].copy_from_slice(bytes);
    (0, u128::from_le_bytes(last))
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
