//! Where up to three bytes stand right behind each other: found by the rarest of them.

use memchr::memchr_iter;

use super::classes::{class_of, weight};

/// One to three bytes in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Near {
    bytes: Box<[u8]>,
    /// Which of them comes most seldom in text.
    rarest: usize,
}

impl Near {
    /// Bytes in a row, letters of ASCII in lower case.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let weight = |at: &usize| (weight(class_of(bytes[*at])), *at);
        Self {
            rarest: (0..bytes.len()).min_by_key(weight).unwrap_or(0),
            bytes: bytes.into(),
        }
    }

    /// The rarest of the bytes.
    pub(super) fn rarest(&self) -> u8 {
        self.bytes.get(self.rarest).copied().unwrap_or(0)
    }

    /// Where they begin in `text`, their rarest byte at `at`, if they stand there; letters in either
    /// case.
    pub(super) fn place(&self, text: &[u8], at: usize) -> Option<usize> {
        let from = at.checked_sub(self.rarest)?;
        let own = text.get(from..from + self.bytes.len())?;
        own.eq_ignore_ascii_case(&self.bytes).then_some(from)
    }

    /// Whether they stand in `text` as they are.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let Some(&rarest) = self.bytes.get(self.rarest) else {
            return true;
        };
        let stand = |at: usize| {
            let from = at.checked_sub(self.rarest);
            from.is_some_and(|from| text[from..].starts_with(&self.bytes))
        };
        memchr_iter(rarest, text).any(stand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found() {
        for len in 0..40 {
            for at in 0..len {
                let mut text = vec![b'k'; len];
                text[at] = b'A';
                let places = |bytes: &[u8]| -> Vec<usize> {
                    let near = Near::new(bytes);
                    (0..len).filter_map(|at| near.place(&text, at)).collect()
                };
                let one = |fits: bool, at: usize| -> Vec<usize> {
                    fits.then_some(at).into_iter().collect()
                };
                assert_eq!(places(b"a"), [at]);
                assert_eq!(places(b"ak"), one(at + 1 < len, at));
                assert_eq!(
                    places(b"kak"),
                    one(at > 0 && at + 1 < len, at.wrapping_sub(1))
                );
                assert!(Near::new(b"A").is_in(&text) && !Near::new(b"a").is_in(&text));
                assert_eq!(Near::new(b"Ak").is_in(&text), at + 1 < len);
                assert_eq!(Near::new(b"kA").is_in(&text), at > 0);
            }
        }
        assert!(Near::new(b"").is_in(b""));
    }
}
