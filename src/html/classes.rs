//! What the classes of elements say that is asked of every element: a page repeats few of them, so
//! that each is looked at once.

use std::hash::Hasher;
use std::sync::LazyLock;

use rustc_hash::FxHasher;

use super::arena::Arena;
use super::lex::AttrName;
use crate::terms::Terms;

/// What the classes of an element say, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Says(u8);

impl Says {
    /// An embed of another site stands in it.
    pub(super) const EMBED: Self = Self(1);
    /// It may name an author or state a date.
    pub(super) const HINT: Self = Self(2);

    #[inline]
    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const SLOTS: usize = 2048;

/// Values by their hashes, each in one place, where another one may take it.
struct Known(Vec<(u64, Says)>);

impl Known {
    /// What a value says; `read` is asked unless that is known.
    #[inline]
    fn get(&mut self, value: &str, read: impl Fn(&str) -> Says) -> Says {
        let mut hasher = FxHasher::default();
        hasher.write(value.as_bytes());
        // An empty slot holds 0, which is no hash then.
        let hash = hasher.finish() | 1;
        if self.0.is_empty() {
            self.0.resize(SLOTS, (0, Says::default()));
        }
        let slot = &mut self.0[(hash >> 48) as usize % SLOTS];
        if slot.0 != hash {
            *slot = (hash, read(value));
        }
        slot.1
    }
}

/// Notes at all start tags what their classes say. Of several `class` attributes the first that is
/// not empty tells of an embed.
pub(super) fn note(text: &str, arena: &mut Arena) {
    let mut known = Known(Vec::new());
    for tag in &mut arena.tags {
        if tag.names & AttrName::Class.bit() == 0 {
            continue;
        }
        let attrs = tag.attrs_from as usize..tag.attrs_to as usize;
        let mut first = true;
        for attr in arena.attrs.get(attrs).unwrap_or_default() {
            if attr.known != AttrName::Class || attr.value.is_empty() {
                continue;
            }
            let says = known.get(attr.value.of(text), read);
            let counts = match first {
                true => says,
                false => Says(says.0 & Says::HINT.0),
            };
            tag.says = tag.says.with(counts);
            first = false;
        }
    }
}

fn read(class: &str) -> Says {
    let mut says = Says::default();
    if !may_say(class) {
        return says;
    }
    TERMS.find(class, |number, _, _| {
        if number < HINTS.len() {
            says = says.with(Says::HINT);
        } else if is_embed(class) {
            says = says.with(Says::EMBED);
        }
        says == Says::HINT.with(Says::EMBED)
    });
    says
}

/// Parts of all that hints and of all embeds: one of them is in every class that says something.
const PARTS: [&str; 14] = [
    "auth", "byli", "date", "publ", "oste", "time", "rnam", "r-na", "crea", "hnus", "itte", "mbed",
    "agra", "fb-",
];

/// Per byte the places in [`PARTS`], one bit for each letter of all, where it stands.
static PLACES: [u64; 256] = {
    let mut places = [0; 256];
    let (mut part, mut bit) = (0, 0);
    while part < PARTS.len() {
        let mut at = 0;
        while at < PARTS[part].len() {
            let byte = PARTS[part].as_bytes()[at];
            places[byte as usize] |= 1 << bit;
            places[byte.to_ascii_uppercase() as usize] |= 1 << bit;
            at += 1;
            bit += 1;
        }
        part += 1;
    }
    places
};

/// The bits of the first and of the last letters of all parts.
const ENDS: (u64, u64) = {
    let (mut firsts, mut lasts) = (0, 0);
    let (mut part, mut bit) = (0, 0);
    while part < PARTS.len() {
        firsts |= 1 << bit;
        bit += PARTS[part].len();
        lasts |= 1 << (bit - 1);
        part += 1;
    }
    (firsts, lasts)
};

/// Whether one of [`PARTS`] is in a class, by the Shift-And method (Baeza-Yates and Gonnet 1992).
fn may_say(class: &str) -> bool {
    let (firsts, lasts) = ENDS;
    let (mut under_way, mut ended) = (0, 0);
    for byte in class.bytes() {
        under_way = (under_way << 1 | firsts) & PLACES[usize::from(byte)];
        ended |= under_way & lasts;
    }
    ended != 0
}

/// Whether a class hints at a byline or a date.
pub(super) fn hints(class: &str) -> bool {
    read(class).has(Says::HINT)
}

/// Parts of class names that hint at a byline or a date.
const HINTS: [&str; 11] = [
    "author",
    "byline",
    "date",
    "publish",
    "posted",
    "time",
    "username",
    "user-name",
    "creator",
    "hnuser",
    "submitter",
];

/// Classes by which sites have their posts embedded in other pages; the sites document them.
const EMBEDS: [&str; 10] = [
    "twitter-tweet",
    "twitter-video",
    "instagram-media",
    "tiktok-embed",
    "fb-post",
    "fb-video",
    "reddit-embed-bq",
    "bluesky-embed",
    "mastodon-embed",
    "wp-embedded-content",
];

/// The hints, and behind them what the embeds begin with.
static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let begins = |name: &'static str| name.get(..12).unwrap_or(name);
    let terms: Vec<_> = HINTS.into_iter().chain(EMBEDS.map(begins)).collect();
    Terms::new(&terms)
});

fn is_embed(class: &str) -> bool {
    let mut names = class.split_ascii_whitespace();
    names.any(|name| EMBEDS.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tree::parse;

    #[test]
    fn classes_hint_and_name_embeds() {
        let both = Says::HINT.with(Says::EMBED);
        let cases = [
            ("", Says::default()),
            ("plain", Says::default()),
            ("postedBy x", Says::HINT),
            ("x wp-embedded-content", Says::EMBED),
            ("x wp-embedded-contents", Says::default()),
            ("my-twitter-tweet", Says::default()),
            ("Twitter-Tweet", Says::default()),
            ("twitter-tweet date", both),
            ("date\nfb-post", both),
        ];
        for (class, wanted) in cases {
            assert_eq!(read(class), wanted, "{class}");
            assert_eq!(hints(class), wanted.has(Says::HINT), "{class}");
        }
    }

    #[test]
    fn what_says_something_has_a_part() {
        for name in HINTS.into_iter().chain(EMBEDS) {
            assert!(
                may_say(name) && may_say(&format!("x-{}y", name.to_uppercase())),
                "{name}"
            );
        }
        assert!(!may_say("col-md-6 post-title user-tim e"));
    }

    #[test]
    fn the_first_class_that_is_not_empty_tells_of_embeds() {
        let cases = [
            ("<p class=fb-post class=date>", Says::EMBED.with(Says::HINT)),
            ("<p class='' class=fb-post>", Says::EMBED),
            ("<p class=x class=fb-post>", Says::default()),
            ("<p id=fb-post>", Says::default()),
            ("<p class=x><p class=x><p class=date>", Says::HINT),
        ];
        for (page, wanted) in cases {
            let arena = parse(page);
            assert_eq!(
                arena.tags.last().map(|tag| tag.says),
                Some(wanted),
                "{page}"
            );
        }
    }
}
