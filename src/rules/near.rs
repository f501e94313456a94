//! Where up to three bytes stand right behind each other: a loop over blocks of bytes that the
//! compiler turns into a few instructions of vectors.

/// Bytes that are looked at together.
const BLOCK: usize = 16;
/// A block and what may follow its last place.
const WIDE: usize = BLOCK + 2;

/// Three bytes in a row, of which some bits may not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Near {
    bytes: [u8; 3],
    /// Bits that are taken to be set.
    set: [u8; 3],
}

impl Near {
    /// Three letters of ASCII in lower case, found in either case.
    pub(super) fn letters(bytes: [u8; 3]) -> Self {
        Self {
            bytes,
            set: [0x20; 3],
        }
    }

    /// One byte or two.
    pub(super) fn bytes(first: u8, second: Option<u8>) -> Self {
        let any = u8::MAX;
        Self {
            bytes: [first, second.unwrap_or(any), any],
            set: [0, second.map_or(any, |_| 0), any],
        }
    }

    /// Whatever there is.
    pub(super) fn any() -> Self {
        Self {
            bytes: [u8::MAX; 3],
            set: [u8::MAX; 3],
        }
    }

    #[inline]
    fn stands(&self, at: [u8; 3]) -> bool {
        let Self {
            bytes: [a, b, c],
            set: [x, y, z],
        } = *self;
        (at[0] | x == a) & (at[1] | y == b) & (at[2] | z == c)
    }
}

/// Whether `is` says so of a place of `text` where bytes stand; behind the end stand zeros.
pub(super) fn any_place(text: &[u8], near: &Near, is: impl Fn(usize) -> bool) -> bool {
    let mut at = 0;
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
        if may_stand(block, near) && (at..at + BLOCK).any(|at| stands(text, near, at) && is(at)) {
            return true;
        }
        at += BLOCK;
    }
    // The last places are looked at once more, but together.
    let last = match text.last_chunk() {
        Some(block) if !may_stand(block, near) => text.len() - (WIDE - BLOCK),
        _ => at,
    };
    (last..text.len()).any(|at| stands(text, near, at) && is(at))
}

fn may_stand(block: &[u8; WIDE], near: &Near) -> bool {
    let mut found = false;
    for at in 0..BLOCK {
        found |= near.stands([block[at], block[at + 1], block[at + 2]]);
    }
    found
}

fn stands(text: &[u8], near: &Near, at: usize) -> bool {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    near.stands([byte(at), byte(at + 1), byte(at + 2)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found() {
        for len in 0..60 {
            for at in 0..len {
                let mut text = vec![b'k'; len];
                text[at] = b'A';
                let places = |near: Near| {
                    let all = (0..len).filter(|&at| any_place(&text, &near, |found| found == at));
                    all.collect::<Vec<_>>()
                };
                assert_eq!(places(Near::bytes(b'A', None)), [at]);
                let both = places(Near::bytes(b'A', Some(b'k')));
                assert_eq!(
                    both,
                    (at + 1 < len).then_some(at).into_iter().collect::<Vec<_>>()
                );
                let three = places(Near::letters(*b"kak"));
                let fits = at > 0 && at + 1 < len;
                assert_eq!(three, fits.then(|| at - 1).into_iter().collect::<Vec<_>>());
                assert!(places(Near::bytes(b'a', None)).is_empty());
            }
        }
    }
}
