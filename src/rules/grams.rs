//! Which words a line may hold: a few bits per pair and triple of its bytes tell, so that nearly
//! all lines are done with before a word is looked for.

/// Bits of a line's table.
const BITS: u32 = 12;
const TABLE: usize = 1 << (BITS - 6);
/// Odd numbers without a pattern (of xxHash): the upper bits of a product depend on all.
const SPREAD: u32 = 0x9e37_79b1;
const PAIRS: u32 = 0x85eb_ca77;
/// Bytes that are known by their hash where many words are looked for at once.
pub(super) const GRAM: usize = 4;

/// The pairs and triples of bytes that a line holds.
#[derive(Debug)]
pub(super) struct Grams([u64; TABLE]);

impl Default for Grams {
    fn default() -> Self {
        Self([0; TABLE])
    }
}

fn pair(a: u8, b: u8) -> u16 {
    let both = u32::from(a) | u32::from(b) << 8;
    (both.wrapping_mul(PAIRS) >> (32 - BITS)) as u16
}

fn triple(a: u8, b: u8, c: u8) -> u16 {
    let all = u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16;
    (all.wrapping_mul(SPREAD) >> (32 - BITS)) as u16
}

/// Four bytes as a number.
pub(super) fn gram(bytes: &[u8]) -> u64 {
    let bytes = bytes.first_chunk().copied().unwrap_or([0; GRAM]);
    u64::from(u32::from_le_bytes(bytes))
}

impl Grams {
    /// Takes the grams of another line.
    pub(super) fn take(&mut self, lower: &str) {
        let Self(bits) = self;
        *bits = [0; TABLE];
        let mut add = |gram: u16| bits[usize::from(gram >> 6) % TABLE] |= 1 << (gram & 63);
        for window in lower.as_bytes().windows(3) {
            if let &[a, b, c] = window {
                add(pair(a, b));
                add(triple(a, b, c));
            }
        }
        if let Some(&[a, b]) = lower.as_bytes().last_chunk() {
            add(pair(a, b));
        }
    }

    fn has(&self, gram: u16) -> bool {
        self.0[usize::from(gram >> 6) % TABLE] >> (gram & 63) & 1 != 0
    }
}

/// Words in lower case, each known by three of its grams.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<[u16; 3]>);

impl Words {
    pub(super) fn new(list: &[String]) -> Self {
        Self(list.iter().filter_map(|word| grams_of(word)).collect())
    }

    /// Whether a line may hold one of the words; true where there are none.
    pub(super) fn may_be_in(&self, line: &Grams) -> bool {
        let Self(words) = self;
        let has = |word: &[u16; 3]| word.iter().all(|&gram| line.has(gram));
        words.is_empty() || words.iter().any(has)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn grams_of(word: &str) -> Option<[u16; 3]> {
    match word.as_bytes() {
        [] | [_] => None,
        &[a, b] => Some([pair(a, b); 3]),
        bytes => {
            let last = bytes.len() - 3;
            let at = |at: usize| triple(bytes[at], bytes[at + 1], bytes[at + 2]);
            Some([at(0), at(last / 2), at(last)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_hold_the_words_that_it_holds_and_few_others() {
        let mut line = Grams::default();
        line.take("le matin avec afp");
        let may = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.into()).collect();
            Words::new(&words).may_be_in(&line)
        };
        assert!(may(&[" avec "]) && may(&["reuters", "afp"]) && may(&["fp"]) && may(&["le"]));
        assert!(may(&[]));
        assert!(!may(&["foto"]) && !may(&["avec dpa", "ap"]));
        line.take("foto");
        assert!(may(&["foto"]) && !may(&["afp"]));
    }
}
