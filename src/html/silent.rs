//! Values of attributes that are known to say nothing: a page repeats few of them.

use std::hash::Hasher;

use rustc_hash::FxHasher;

const SLOTS: usize = 2048;

/// Remembers values by their hashes, each in one place, where another one may take it.
#[derive(Debug, Default)]
pub(super) struct Silent(Vec<u64>);

impl Silent {
    /// Whether a value says something; `says` is asked unless it is known that it does not.
    #[inline]
    pub fn unless(&mut self, value: &str, says: impl Fn(&str) -> bool) -> bool {
        let mut hasher = FxHasher::default();
        hasher.write(value.as_bytes());
        // An empty slot holds 0, which is no hash then.
        let hash = hasher.finish() | 1;
        if self.0.is_empty() {
            self.0.resize(SLOTS, 0);
        }
        let slot = &mut self.0[(hash >> 48) as usize % SLOTS];
        if *slot == hash {
            return false;
        }
        let says = says(value);
        if !says {
            *slot = hash;
        }
        says
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_asked_once() {
        let mut silent = Silent::default();
        assert!(!silent.unless("plain", |_| false));
        assert!(!silent.unless("plain", |_| true));
        assert!(silent.unless("loud", |_| true));
        assert!(silent.unless("loud", |value| value == "loud"));
    }
}
