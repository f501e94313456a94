//! What the blocks of a page talk about: the words that they share with each other, and the name
//! of the site, which a text about something else hardly mentions.

use std::ops::Range;

use crate::decision::Field;
use crate::stages::draft::Draft;

/// Words of a block that are looked at.
const MAX_WORDS: usize = 40;
/// Fewest letters of a word that tells a topic, in scripts with spaces.
const TELLING: usize = 4;
/// Places of the table that counts words; several words may share one.
const PLACES: usize = 1 << 13;
/// Most words of a site's name.
const NAME_WORDS: usize = 5;

/// A word: its hash, whatever its case, and whether it tells a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub hash: u64,
    pub telling: bool,
}

/// The first words of each block.
#[derive(Debug, Default)]
pub struct Words {
    all: Vec<Word>,
    ends: Vec<usize>,
    /// Of the telling words alone their places in a table of [`PLACES`].
    places: Vec<u16>,
    place_ends: Vec<usize>,
}

impl Words {
    /// Reads them.
    pub fn of(draft: &Draft<'_, '_>) -> Self {
        let mut found = Self::default();
        let blocks = draft.states.len();
        found.ends.reserve(blocks);
        found.place_ends.reserve(blocks);
        found.all.reserve(blocks * 8);
        found.places.reserve(blocks * 4);
        for at in 0..blocks {
            let most = found.all.len() + MAX_WORDS;
            let from = found.all.len();
            words(draft.text(at), most, &mut found.all);
            found.ends.push(found.all.len());
            let telling = found.all[from..].iter().filter(|word| word.telling);
            let place = |word: &Word| (word.hash >> 40) as u16 % PLACES as u16;
            found.places.extend(telling.map(place));
            found.place_ends.push(found.places.len());
        }
        found
    }

    /// Of block `at`.
    pub fn block(&self, at: usize) -> &[Word] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start..self.ends[at]]
    }

    /// Percent of the telling words of each block that other blocks of those in `main` hold
    /// too; -1 where there are none.
    pub fn shared(&self, main: impl Fn(usize) -> bool) -> Vec<i32> {
        // Of each place twice the number of the first block that holds its word, counted from 1, and
        // one more where another block does too.
        let mut held = vec![0_u32; PLACES];
        for (at, places) in self.telling().enumerate().filter(|(at, _)| main(*at)) {
            let own = 2 * (at as u32 + 1);
            for &place in places {
                let held = &mut held[usize::from(place) % PLACES];
                let other = u32::from(*held & !1 != own);
                *held = if *held == 0 { own } else { *held | other };
            }
        }
        let mut all = Vec::with_capacity(self.place_ends.len());
        let mut start = 0;
        for (&end, own) in self.place_ends.iter().zip((2..).step_by(2)) {
            let mut shared = 0;
            let places = self.places.get(start..end).unwrap_or_default();
            for &place in places {
                let held = held[usize::from(place) % PLACES];
                shared += i32::from(held != 0 && held != own);
            }
            all.push(super::scale::percent(shared, places.len() as i32));
            start = end;
        }
        all
    }

    /// The places of the telling words of each block.
    fn telling(&self) -> impl Iterator<Item = &[u16]> {
        let starts = std::iter::once(&0).chain(&self.place_ends);
        let of = |(start, end): (&usize, &usize)| &self.places[*start..*end];
        starts.zip(&self.place_ends).map(of)
    }

    /// How often each block names the site, by one of its names.
    pub fn naming(&self, names: &[Vec<Word>]) -> Vec<i32> {
        if names.is_empty() {
            return vec![0; self.ends.len()];
        }
        let of = |at: usize| {
            let block = self.block(at);
            let times = |name: &Vec<Word>| {
                let first = name.first().map_or(0, |word| word.hash);
                let begins = block.iter().enumerate();
                let begins = begins.filter(|(_, word)| word.hash == first);
                begins
                    .filter(|(at, _)| block[*at..].starts_with(name))
                    .count()
            };
            names.iter().map(times).max().unwrap_or(0) as i32
        };
        (0..self.ends.len()).map(of).collect()
    }
}

/// The names of the site: as the page states it, and the part of its address.
pub fn site_names(draft: &Draft<'_, '_>) -> Vec<Vec<Word>> {
    let mut names: Vec<Vec<Word>> = Vec::new();
    for found in &draft.document.found {
        let text = found.span.of(draft.document.text);
        let text = match found.field {
            Field::SiteName | Field::Publisher => text,
            Field::Canonical => &text[host_label(text)],
            _ => continue,
        };
        let mut name = Vec::new();
        words(text, usize::MAX, &mut name);
        let letters = name.iter().any(|word| word.telling);
        if letters && name.len() <= NAME_WORDS && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The longest part of the host in an address, its last one left out.
fn host_label(address: &str) -> Range<usize> {
    let from = address.find("://").map_or(0, |at| at + 3);
    let rest = &address[from..];
    let host = &rest[..rest.find(['/', '?', '#', ':']).unwrap_or(rest.len())];
    let host = &host[..host.rfind('.').unwrap_or(0)];
    let (mut best, mut start) = (0..0, from);
    for label in host.split('.') {
        if label.len() > best.len() {
            best = start..start + label.len();
        }
        start += label.len() + 1;
    }
    best
}

/// What an ASCII letter or digit adds to the hash of its word; 0 for all else.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            letters[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// Adds the first words of a text, until `out` holds `most`.
pub fn words(text: &str, most: usize, out: &mut Vec<Word>) {
    let bytes = text.as_bytes();
    // A character of a script without spaces also tells when it is the sign before a word.
    let (mut at, mut unspaced) = (0, false);
    while at < bytes.len() && out.len() < most {
        let start = at;
        let mut hash = 0;
        for byte in &bytes[start..] {
            let letter = LETTERS[usize::from(*byte)];
            if letter == 0 {
                break;
            }
            hash = add(hash, letter.into());
            at += 1;
        }
        let telling = at - start >= TELLING;
        let mut word = Word { hash, telling };
        match bytes.get(at) {
            Some(byte) if !byte.is_ascii() => at = any_word(text, start, &mut word, &mut unspaced),
            _ => at += 1,
        }
        if word.hash != 0 {
            word.telling |= unspaced;
            unspaced = false;
            out.push(word);
        }
    }
}

/// Reads the word of any letters at `start`; gives where it is behind the character that ends it.
fn any_word(text: &str, start: usize, word: &mut Word, unspaced: &mut bool) -> usize {
    let (mut at, mut hash, mut letters) = (start, 0, 0);
    for c in text.get(start..).unwrap_or_default().chars() {
        at += c.len_utf8();
        *unspaced |= crate::rules::is_unspaced(c);
        if !c.is_alphanumeric() {
            break;
        }
        let lower = match c.is_ascii() {
            true => c.to_ascii_lowercase(),
            false => c.to_lowercase().next().unwrap_or(c),
        };
        letters += 1;
        hash = add(hash, lower as u32);
    }
    let telling = letters >= TELLING;
    *word = Word { hash, telling };
    at
}

/// Adds a letter to the hash of a word.
#[inline]
fn add(hash: u64, letter: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(letter)).wrapping_mul(0x517c_c1b7_2722_0a95)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html;

    fn read(page: &str) -> (Vec<i32>, Vec<i32>) {
        let document = html::segment(page);
        let draft = Draft::new(&document);
        let words = Words::of(&draft);
        let shared = words.shared(|at| at < 2);
        (shared, words.naming(&site_names(&draft)))
    }

    #[test]
    fn words_of_other_blocks_are_counted() {
        let page = "<p>The harbour master spoke</p><p>A harbour in winter</p><p>Harbour HARBOUR \
                    subscribe today</p><p>A b c</p>";
        assert_eq!(read(page).0, [33, 50, 50, -1]);
    }

    #[test]
    fn words_are_those_of_a_plain_reading() {
        let plainly = |text: &str| {
            let (mut all, mut word, mut letters, mut unspaced) = (Vec::new(), 0, 0, false);
            for c in text.chars().chain([' ']) {
                unspaced |= crate::rules::is_unspaced(c);
                if c.is_alphanumeric() {
                    word = add(word, c.to_lowercase().next().unwrap() as u32);
                    letters += 1;
                } else if letters > 0 {
                    let telling = letters >= TELLING || unspaced;
                    all.push(Word {
                        hash: word,
                        telling,
                    });
                    (word, letters, unspaced) = (0, 0, false);
                }
            }
            all
        };
        let mut seed = 9_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % below
        };
        for round in 0..4000 {
            let signs: &[char] = &[
                'a', 'Z', '7', 'm', ' ', '.', '-', 'É', '日', '・', '’', '\u{7f}',
            ];
            let signs = &signs[..[5, 7, 12][round % 3]];
            let mut text = String::new();
            while text.len() < round / 20 {
                text.extend(std::iter::repeat_n(signs[next(signs.len())], 1 + next(4)));
            }
            let mut all = Vec::new();
            words(&text, usize::MAX, &mut all);
            let plain = plainly(&text);
            assert_eq!(all, plain, "{text:?}");
            let most = next(plain.len() + 1);
            let mut some = Vec::new();
            words(&text, most, &mut some);
            assert_eq!(some, plain[..most]);
        }
        for len in [62, 63, 64, 65, 130] {
            let text = format!("{} x", "Ab".repeat(len)[..len].to_owned());
            let mut all = Vec::new();
            words(&text, usize::MAX, &mut all);
            assert_eq!(all, plainly(&text));
        }
    }

    #[test]
    fn the_site_is_known_by_its_names() {
        let page = "<meta property=og:site_name content='The Harbour Times'><link rel=canonical \
                    href=https://www.harbourtimes.co.example/a><p>Read the Harbour Times</p><p>In \
                    the harbour</p><p>At www.harbourtimes.co.example</p>";
        assert_eq!(read(page).1, [1, 0, 1]);
        assert_eq!(host_label("https://a.example"), 8..9);
        assert_eq!(host_label("/path"), 0..0);
    }
}
