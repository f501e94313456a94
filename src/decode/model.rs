//! The trained tables behind detection: `models/encoding.bin`, written by
//! `training/encoding`, described in `models/encoding.md`. Costs are `-ln p` in sixteenths.

use std::sync::OnceLock;

use encoding_rs::Encoding;

use super::class::{FIRST_LETTER, FOREIGN, SPACE};
use super::symbol::{Symbol, symbol};

/// Cost of a control character or an unassigned byte.
pub(super) const BROKEN: u32 = 320;

const CJK_BLOCKS: [(u32, u32); 5] = [
    (0x2010, 0x2040),
    (0x3000, 0x3100),
    (0x4E00, 0xA000),
    (0xAC00, 0xD7A4),
    (0xFF00, 0xFFF0),
];

/// A single-byte encoding and its handicap: how much likelier a text must be in it than in the
/// commonest ones, chosen by cross-validation on training text. The order is that of
/// `training/encoding/src/tables.rs`.
pub(super) static SINGLE_BYTE: [(&Encoding, u32); 27] = [
    (encoding_rs::WINDOWS_1252, 0),
    (encoding_rs::WINDOWS_1251, 52),
    (encoding_rs::WINDOWS_1250, 42),
    (encoding_rs::WINDOWS_1254, 38),
    (encoding_rs::WINDOWS_1256, 80),
    (encoding_rs::WINDOWS_1253, 8),
    (encoding_rs::WINDOWS_1257, 20),
    (encoding_rs::WINDOWS_1255, 24),
    (encoding_rs::WINDOWS_874, 28),
    (encoding_rs::WINDOWS_1258, 32),
    (encoding_rs::ISO_8859_2, 56),
    (encoding_rs::ISO_8859_15, 112),
    (encoding_rs::KOI8_R, 12),
    (encoding_rs::ISO_8859_7, 12),
    (encoding_rs::ISO_8859_5, 56),
    (encoding_rs::IBM866, 16),
    (encoding_rs::ISO_8859_6, 16),
    (encoding_rs::ISO_8859_8, 16),
    (encoding_rs::KOI8_U, 16),
    (encoding_rs::ISO_8859_4, 60),
    (encoding_rs::ISO_8859_13, 28),
    (encoding_rs::ISO_8859_3, 72),
    (encoding_rs::MACINTOSH, 24),
    (encoding_rs::X_MAC_CYRILLIC, 28),
    (encoding_rs::ISO_8859_10, 96),
    (encoding_rs::ISO_8859_14, 40),
    (encoding_rs::ISO_8859_16, 44),
];

/// The cost of a shape after another, see [`Symbol::shape`].
pub(crate) type Shapes = [[u8; 16]; 16];

/// Cost of a letter right after one of another script.
const MIXED_SCRIPTS: u8 = 144;

/// What the file holds: the cost of lower (0) and upper (1) case, of ASCII letters (0) and others
/// (1), after no letter with case (0), after lower (1) and upper (2) case.
type Cases = [[[u8; 2]; 2]; 3];

fn shapes(cases: &Cases) -> Shapes {
    let after = |shape: usize| if shape & 2 > 0 { 1 + shape % 2 } else { 0 };
    std::array::from_fn(|before| {
        std::array::from_fn(|next| match next & 2 {
            _ if before > 0 && next > 0 && (before < 8) != (next < 8) => MIXED_SCRIPTS,
            0 => 0,
            _ => cases[after(before)][usize::from(next & 4 > 0)][next % 2],
        })
    })
}

/// Character pairs of one language.
pub(crate) struct Single {
    pub code: &'static str,
    /// Bit `i`: text in this language can be in `SINGLE_BYTE[i]`.
    pub encodings: u32,
    /// Its letters in the order of their classes.
    pub letters: Vec<char>,
    classes: usize,
    pairs: &'static [u8],
    /// The symbols of the bytes: first of ASCII alone, then in each encoding that it can be in.
    symbols: Vec<[Symbol; 256]>,
    /// Which of them are an encoding's.
    slots: [u8; SINGLE_BYTE.len()],
}

impl Single {
    /// The symbols of the bytes in an encoding; only ASCII where the language cannot be in it.
    #[inline]
    pub fn symbols(&self, encoding: usize) -> &[Symbol; 256] {
        let slot = self.slots.get(encoding).copied().unwrap_or(0);
        &self.symbols[usize::from(slot)]
    }

    /// The class of a lower-case character.
    pub fn class(&self, c: char) -> u8 {
        match c.is_alphabetic() {
            true => self
                .letters
                .binary_search(&c)
                .map_or(FOREIGN, |at| FIRST_LETTER + at as u8),
            false => SPACE,
        }
    }

    /// The cost of a class after another.
    #[inline]
    pub fn pair_cost(&self, before: u8, next: u8) -> u8 {
        let at = usize::from(before) * self.classes + usize::from(next);
        self.pairs.get(at).copied().unwrap_or(u8::MAX)
    }

    /// The cost of `next` after `before`.
    #[inline]
    pub fn cost(&self, shapes: &Shapes, before: Symbol, next: Symbol) -> u32 {
        let at = before.class as usize * self.classes + next.class as usize;
        let pair = self.pairs.get(at).copied().unwrap_or(u8::MAX);
        let shape = shapes[before.shape as usize & 15][next.shape as usize & 15];
        u32::from(pair) + u32::from(shape) + u32::from(next.emission)
    }
}

/// Characters of Chinese, Japanese or Korean.
pub(crate) struct Wide {
    pub code: &'static str,
    costs: &'static [u8],
}

impl Wide {
    /// The cost of a character.
    pub fn cost(&self, c: char) -> u32 {
        let c = c as u32;
        let mut base = 0;
        for (first, end) in CJK_BLOCKS {
            if (first..end).contains(&c) {
                let at = (base + c - first) as usize;
                return self.costs.get(at).map_or(255, |&cost| u32::from(cost));
            }
            base += end - first;
        }
        match c {
            0xE000..=0xF8FF | 0xFFFD | 0x80..=0x9F => BROKEN,
            // Half-width katakana, Latin, Greek, Cyrillic and symbols within CJK text.
            _ => 224,
        }
    }
}

/// All tables.
pub(crate) struct Model {
    pub shapes: Shapes,
    pub single: Vec<Single>,
    pub wide: Vec<Wide>,
    /// What each byte from 0x80 on is in each single-byte encoding.
    pub upper: Vec<[char; 128]>,
}

/// For each encoding and pair of bytes (`before << 8 | next`) the least cost in any language.
pub(super) fn least_costs() -> &'static [Vec<u8>] {
    static LEAST: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    LEAST.get_or_init(|| {
        let model = model();
        let encodings = 0..model.upper.len();
        encodings
            .map(|i| least(&model.single, &model.shapes, i))
            .collect()
    })
}

/// The least cost of each pair of bytes over the languages that an encoding can write.
fn least(single: &[Single], shapes: &Shapes, encoding: usize) -> Vec<u8> {
    let mut least = vec![u8::MAX; 1 << 16];
    for language in single.iter().filter(|l| l.encodings & (1 << encoding) != 0) {
        let symbols = language.symbols(encoding);
        for (row, &before) in least.chunks_exact_mut(256).zip(symbols) {
            for (cell, &next) in row.iter_mut().zip(symbols) {
                let cost = language.cost(shapes, before, next);
                *cell = (*cell).min(cost.min(255) as u8);
            }
        }
    }
    least
}

/// The tables, read once.
pub(crate) fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let mut input = Input(include_bytes!("../../models/encoding.bin"));
        input.model().unwrap_or_else(|| Model {
            shapes: [[0; 16]; 16],
            single: Vec::new(),
            wide: Vec::new(),
            upper: Vec::new(),
        })
    })
}

/// What is left to read of the file.
struct Input(&'static [u8]);

impl Input {
    fn take(&mut self, n: usize) -> Option<&'static [u8]> {
        let (head, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn name(&mut self) -> Option<&'static str> {
        let len = self.byte()? as usize;
        std::str::from_utf8(self.take(len)?).ok()
    }

    fn character(&mut self) -> Option<char> {
        char::from_u32(u32::from(self.u16()?))
    }

    fn model(&mut self) -> Option<Model> {
        if self.take(4)? != b"LVE2" {
            return None;
        }
        let mut emissions = Vec::new();
        for _ in 0..self.u16()? {
            emissions.push((self.character()?, self.byte()?));
        }
        let mut cases = [[[0; 2]; 2]; 3];
        for row in cases.iter_mut().flatten() {
            row.copy_from_slice(self.take(2)?);
        }
        let shapes = shapes(&cases);
        let upper: Vec<[char; 128]> = SINGLE_BYTE.iter().map(|(e, _)| upper_half(e)).collect();
        let mut single = Vec::new();
        for _ in 0..self.byte()? {
            single.push(self.single(&emissions, &upper)?);
        }
        let mut wide = Vec::new();
        let cells: u32 = CJK_BLOCKS.iter().map(|(first, end)| end - first).sum();
        for _ in 0..self.byte()? {
            let code = self.name()?;
            let costs = self.take(cells as usize)?;
            wide.push(Wide { code, costs });
        }
        Some(Model {
            shapes,
            single,
            wide,
            upper,
        })
    }

    fn single(&mut self, emissions: &[(char, u8)], upper: &[[char; 128]]) -> Option<Single> {
        let code = self.name()?;
        let encodings = self.u32()?;
        let count = self.byte()? as usize;
        let mut letters = Vec::with_capacity(count);
        for _ in 0..count {
            letters.push(self.character()?);
        }
        let classes = FIRST_LETTER as usize + count;
        let pairs = self.take(classes * classes)?;
        let symbol = |c: char| symbol(c, &letters, emissions);
        let ascii: [Symbol; 128] = std::array::from_fn(|b| symbol(char::from(b as u8)));
        let whole = |upper: &dyn Fn(usize) -> Symbol| {
            std::array::from_fn(|b| if b < 128 { ascii[b] } else { upper(b - 128) })
        };
        let nothing = symbol('\0');
        let mut symbols = vec![whole(&|_| nothing)];
        let mut slots = [0; SINGLE_BYTE.len()];
        for (i, half) in upper.iter().enumerate() {
            // Languages that an encoding cannot write need no table there.
            if encodings & (1 << i) != 0 {
                slots[i] = symbols.len() as u8;
                symbols.push(whole(&|b| symbol(half[b])));
            }
        }
        Some(Single {
            code,
            encodings,
            letters,
            classes,
            pairs,
            symbols,
            slots,
        })
    }
}

/// The characters of the bytes from 0x80 on; U+FFFD where there is none.
fn upper_half(encoding: &'static Encoding) -> [char; 128] {
    std::array::from_fn(|i| {
        let byte = [0x80 + i as u8];
        let (text, _) = encoding.decode_without_bom_handling(&byte);
        text.chars().next().unwrap_or('\u{FFFD}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        let mut input = Input(include_bytes!("../../models/encoding.bin"));
        let model = input.model().expect("readable");
        assert!(input.0.is_empty(), "{} bytes left", input.0.len());
        assert!(model.single.len() > 40 && model.wide.len() == 4);
        let japanese = model.wide.iter().find(|w| w.code == "ja").expect("ja");
        assert!(japanese.cost('の') < japanese.cost('龍'));
    }
}
