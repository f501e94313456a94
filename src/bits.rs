//! The bytes of lines, 64 at a time: where letters and digits stand, and counts of kinds.

use crate::runs;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;
/// Bits of a count.
const LANE: u32 = 7;

/// Kinds of characters of ASCII.
const SPACES: &[u8; 2] = b" \t";
const ENDS: &[u8; 3] = b".!?";
const COMMAS: &[u8; 2] = b",;";
const SEPARATORS: &[u8; 7] = b"|/><+\\*";
const QUOTES: &[u8; 4] = b"\"')]";
const LINKS: &[u8; 2] = b"@#";
/// White space that may stand inside a line, besides [`SPACES`].
const BREAKS: &[u8; 4] = b"\n\r\x0b\x0c";

/// How many bytes of some block, or the like, are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Characters of ASCII that are no [`SPACES`].
    Shown,
    Letter,
    Upper,
    Digit,
    End,
    Comma,
    Separator,
    Quote,
    Link,
}

/// Number of kinds.
pub(crate) const KINDS: usize = 9;

/// What stands in a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// One bit for each byte: whether it is a letter, a digit or beyond ASCII.
    pub runs: u64,
    /// Counts of each kind, [`LANE`] bits for each.
    counts: u64,
    /// The number of [`BREAKS`].
    pub breaks: u32,
}

impl Block {
    /// How many bytes are of a kind.
    #[inline]
    pub fn count(&self, kind: Kind) -> u32 {
        (self.counts >> (LANE * kind as u32)) as u32 & ((1 << LANE) - 1)
    }
}

/// Per byte: one in each count that it adds to.
static ADD: [u64; 256] = {
    const fn among(byte: u8, bytes: &[u8]) -> u64 {
        let (mut found, mut at) = (0, 0);
        while at < bytes.len() {
            found |= (bytes[at] == byte) as u64;
            at += 1;
        }
        found
    }
    let mut add = [0; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        let kinds: [u64; KINDS] = [
            1 - among(byte, SPACES),
            byte.is_ascii_alphabetic() as u64,
            byte.is_ascii_uppercase() as u64,
            byte.is_ascii_digit() as u64,
            among(byte, ENDS),
            among(byte, COMMAS),
            among(byte, SEPARATORS),
            among(byte, QUOTES),
            among(byte, LINKS),
        ];
        let mut kind = 0;
        while kind < KINDS {
            add[at] |= kinds[kind] << (LANE * kind as u32);
            kind += 1;
        }
        at += 1;
    }
    add
};

/// The lines of a page, each from the start of a block on, with at least one space behind it.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    bytes: Vec<u8>,
    blocks: Vec<Block>,
}

impl Lines {
    /// Takes the lines of a page.
    pub(crate) fn read<'t>(&mut self, lines: impl Iterator<Item = &'t str> + Clone) {
        let room = |line: &str| (line.len() / BLOCK + 1) * BLOCK;
        self.bytes.clear();
        self.bytes.resize(lines.clone().map(room).sum(), b' ');
        let mut rest = &mut self.bytes[..];
        for line in lines {
            let (own, behind) = rest.split_at_mut(room(line));
            own[..line.len()].copy_from_slice(line.as_bytes());
            rest = behind;
        }
        let bytes = self.bytes.as_chunks().0;
        self.blocks.clear();
        self.blocks.resize(bytes.len(), Block::default());
        fill(bytes, &mut self.blocks);
    }

    /// Bytes of all lines, with the spaces behind them.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The line of `len` bytes that begins with block `at`, with the spaces behind it, and its blocks.
    #[inline]
    pub(crate) fn get(&self, at: usize, len: usize) -> (&[u8], &[Block]) {
        let end = at + len / BLOCK + 1;
        let bytes = self.bytes.get(at * BLOCK..end * BLOCK);
        (
            bytes.unwrap_or_default(),
            self.blocks.get(at..end).unwrap_or_default(),
        )
    }
}

/// Makes the block of each of these bytes.
fn fill(bytes: &[[u8; BLOCK]], blocks: &mut [Block]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = pulp::x86::V3::try_new() {
        return v3.vectorize(avx2::Fill(v3, bytes, blocks));
    }
    for (block, bytes) in blocks.iter_mut().zip(bytes) {
        *block = plain(bytes);
    }
}

/// The same without vectors.
fn plain(bytes: &[u8; BLOCK]) -> Block {
    let breaks = bytes.iter().filter(|byte| BREAKS.contains(byte));
    Block {
        runs: runs::bits(bytes),
        counts: bytes.iter().map(|byte| ADD[usize::from(*byte)]).sum(),
        breaks: breaks.count() as u32,
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::__m256i;

    use pulp::x86::V3;
    use pulp::{NullaryFnOnce, cast};

    use super::{BLOCK, Block, COMMAS, ENDS, KINDS, LANE, LINKS, QUOTES, SEPARATORS, SPACES};

    /// Makes the blocks of some bytes. There are no closures and no iterators in here: what the
    /// compiler does not put into this function is not compiled for AVX2.
    pub(crate) struct Fill<'b>(pub V3, pub &'b [[u8; BLOCK]], pub &'b mut [Block]);

    impl NullaryFnOnce for Fill<'_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            let Self(v3, bytes, blocks) = self;
            let mut at = 0;
            while at < bytes.len().min(blocks.len()) {
                blocks[at] = block(Two(v3, cast(bytes[at])));
                at += 1;
            }
        }
    }

    /// Two vectors, which a block fills.
    #[derive(Clone, Copy)]
    struct Two(V3, [__m256i; 2]);

    impl Two {
        /// Its upper bits.
        #[inline(always)]
        fn bits(self) -> u64 {
            let Self(v3, [low, high]) = self;
            let low = v3.avx2._mm256_movemask_epi8(low) as u32;
            let high = v3.avx2._mm256_movemask_epi8(high) as u32;
            u64::from(high) << 32 | u64::from(low)
        }

        /// Which bytes are this one.
        #[inline(always)]
        fn is(self, byte: u8) -> Self {
            let Self(v3, [low, high]) = self;
            let byte = v3.avx._mm256_set1_epi8(byte as i8);
            let avx2 = v3.avx2;
            Self(
                v3,
                [
                    avx2._mm256_cmpeq_epi8(low, byte),
                    avx2._mm256_cmpeq_epi8(high, byte),
                ],
            )
        }

        #[inline(always)]
        fn or(self, other: Self) -> Self {
            let avx2 = self.0.avx2;
            Self(
                self.0,
                [
                    avx2._mm256_or_si256(self.1[0], other.1[0]),
                    avx2._mm256_or_si256(self.1[1], other.1[1]),
                ],
            )
        }

        /// Which bytes are one of these.
        #[inline(always)]
        fn among<const N: usize>(self, bytes: &[u8; N]) -> Self {
            let mut found = self.is(bytes[0]);
            let mut at = 1;
            while at < N {
                found = found.or(self.is(bytes[at]));
                at += 1;
            }
            found
        }

        /// Which bytes of ASCII are from `first` to `last`; `bits` are set in both before.
        #[inline(always)]
        fn within(self, bits: u8, first: u8, last: u8) -> Self {
            let Self(v3, two) = self;
            let (avx, avx2) = (v3.avx, v3.avx2);
            let bits = avx._mm256_set1_epi8(bits as i8);
            // Bytes beyond ASCII are negative numbers.
            let before = avx._mm256_set1_epi8(first as i8 - 1);
            let last = avx._mm256_set1_epi8(last as i8);
            let mut found = two;
            let mut at = 0;
            while at < 2 {
                let byte = avx2._mm256_or_si256(two[at], bits);
                let above = avx2._mm256_cmpgt_epi8(byte, last);
                found[at] = avx2._mm256_andnot_si256(above, avx2._mm256_cmpgt_epi8(byte, before));
                at += 1;
            }
            Self(v3, found)
        }
    }

    #[inline(always)]
    fn block(bytes: Two) -> Block {
        let letters = bytes.within(0x20, b'a', b'z').bits();
        let digits = bytes.within(0, b'0', b'9').bits();
        let kinds: [u64; KINDS] = [
            // The upper bit of a byte beyond ASCII counts as found.
            !bytes.among(SPACES).or(bytes).bits(),
            letters,
            bytes.within(0, b'A', b'Z').bits(),
            digits,
            bytes.among(ENDS).bits(),
            bytes.among(COMMAS).bits(),
            bytes.among(SEPARATORS).bits(),
            bytes.among(QUOTES).bits(),
            bytes.among(LINKS).bits(),
        ];
        let (mut counts, mut kind) = (0, 0);
        while kind < KINDS {
            counts |= u64::from(kinds[kind].count_ones()) << (LANE * kind as u32);
            kind += 1;
        }
        Block {
            runs: letters | digits | bytes.bits(),
            counts,
            breaks: bytes.within(0, b'\n', b'\r').bits().count_ones(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(bytes: &[[u8; BLOCK]]) -> Vec<Block> {
        let mut blocks = vec![Block::default(); bytes.len()];
        fill(bytes, &mut blocks);
        blocks
    }

    #[test]
    fn blocks_are_the_same_with_and_without_vectors() {
        let all: Vec<u8> = (0..=255).collect();
        for shift in 0..64 {
            let mut bytes = all.clone();
            bytes.rotate_left(shift);
            bytes.extend([b'x'; BLOCK]);
            let chunks = bytes.as_chunks().0;
            let all: Vec<Block> = chunks.iter().map(plain).collect();
            assert_eq!(made(chunks), all);
        }
    }

    #[test]
    fn each_line_has_its_blocks() {
        let long = "x".repeat(64);
        let mut lines = Lines::default();
        lines.read(["", &long, "a b"].into_iter());
        assert_eq!(lines.get(0, 0).1, [Block::default()]);
        let (bytes, blocks) = lines.get(1, 64);
        assert_eq!((bytes.len(), blocks[0].runs, blocks[1].runs), (128, !0, 0));
        assert_eq!(lines.get(3, 3).1[0].runs, 0b101);
    }
}
