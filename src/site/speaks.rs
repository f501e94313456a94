//! Which pages say something about what their host repeats.

/// A page speaks for what it repeats when at least one word in this many is its own: copies of one
/// article repeat everything and say nothing about the site …
const OWN: u64 = 8;
/// … or when it has so many words of its own and what it repeats is mostly short.
const OWN_WORDS: u64 = 20;
/// Words from which on a block or line reads as a paragraph and not as a menu.
pub(crate) const LONG: u32 = 20;

/// Whether a page of so many words (each block or line once) speaks; `repeated` gives the words of
/// each block or line that other pages have as well.
pub(crate) fn speaks(total: u32, repeated: impl Iterator<Item = u32>) -> bool {
    let (mut all, mut long) = (0, 0);
    for words in repeated {
        all += u64::from(words);
        long += u64::from(if words < LONG { 0 } else { words });
    }
    let own = u64::from(total).saturating_sub(all);
    own * OWN >= own + all || own >= OWN_WORDS && long * 2 <= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_say_nothing_and_pages_below_one_menu_do() {
        let speaks = |total, repeated: &[u32]| speaks(total, repeated.iter().copied());
        // An article that others have as well but for its headline.
        assert!(!speaks(508, &[200, 300]));
        // A short report under a long menu, and a text with a line of the site.
        assert!(speaks(130, &[5; 20]));
        assert!(speaks(500, &[30]));
        assert!(!speaks(110, &[5; 20]));
    }
}
