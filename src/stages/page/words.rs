//! What `class` and `id` say about an element: general web terms in groups.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::terms::Terms;

/// Groups of terms that mean the same. Terms of up to three letters, and those with a leading
/// dash, must stand alone; longer ones may be part of a word (`articleBody`).
pub const GROUPS: [(&str, &[&str]); 48] = [
    ("content", &["content", "inhalt", "contenu"]),
    ("article", &["article", "artikel", "story"]),
    ("post", &["post", "entry", "beitrag", "blog"]),
    ("body", &["body", "text", "prose", "copy"]),
    ("main", &["main", "primary"]),
    (
        "sidebar",
        &["sidebar", "side", "rail", "aside", "widget", "secondary"],
    ),
    (
        "related",
        &[
            "related",
            "recommend",
            "similar",
            "also",
            "more-",
            "readmore",
            "suggest",
            "trending",
            "popular",
            "latest",
            "recent",
            "upsell",
            "crosssell",
            "cross-sell",
        ],
    ),
    (
        "comment",
        &[
            "comment",
            "discuss",
            "disqus",
            "kommentar",
            "reply",
            "replies",
        ],
    ),
    (
        "share",
        &["share", "social", "follow", "facebook", "twitter"],
    ),
    ("nav", &["nav", "menu"]),
    ("breadcrumb", &["breadcrumb", "crumb"]),
    ("footer", &["footer", "foot"]),
    ("header", &["header", "masthead", "topbar", "head"]),
    (
        "product",
        &[
            "product", "price", "cart", "shop", "buy", "sku", "variant", "swatch",
        ],
    ),
    (
        "description",
        &["descr", "detail", "spec", "feature", "ingredient"],
    ),
    (
        "summary",
        &[
            "summary",
            "excerpt",
            "intro",
            "lead",
            "teaser",
            "abstract",
            "standfirst",
            "dek",
            "snippet",
        ],
    ),
    ("review", &["review", "rating", "testimonial", "star"]),
    (
        "ad",
        &[
            "ad", "ads", "adv", "advert", "sponsor", "promo", "dfp", "gpt", "outbrain", "taboola",
            "anzeige", "werbung",
        ],
    ),
    (
        "consent",
        &["cookie", "consent", "gdpr", "privacy", "onetrust"],
    ),
    (
        "newsletter",
        &[
            "newsletter",
            "subscri",
            "signup",
            "sign-up",
            "optin",
            "mailchimp",
            "email",
        ],
    ),
    (
        "modal",
        &[
            "modal",
            "popup",
            "overlay",
            "dialog",
            "lightbox",
            "drawer",
            "offcanvas",
            "flyout",
        ],
    ),
    ("author", &["author", "byline", "bio", "autor"]),
    ("meta", &["meta", "date", "time", "info", "publish"]),
    (
        "tag",
        &["tag", "tags", "categor", "topic", "label", "keyword"],
    ),
    ("title", &["title", "headline", "heading", "titel"]),
    (
        "caption",
        &["caption", "credit", "copyright", "figure", "legend"],
    ),
    (
        "media",
        &[
            "image", "img", "gallery", "photo", "video", "media", "player", "thumb", "slider",
            "slide", "carousel", "swiper",
        ],
    ),
    ("hero", &["hero", "jumbotron", "banner", "cover", "splash"]),
    (
        "list",
        &[
            "list",
            "grid",
            "items",
            "feed",
            "archive",
            "results",
            "catalog",
            "collection",
        ],
    ),
    ("card", &["card", "tile", "item"]),
    (
        "forum",
        &[
            "forum",
            "thread",
            "topic",
            "bbcode",
            "bbp",
            "phpbb",
            "postbody",
            "message",
            "answer",
            "question",
            "lia-",
            "crayons",
            "discourse",
        ],
    ),
    (
        "user",
        &[
            "user",
            "profile",
            "avatar",
            "member",
            "signature",
            "karma",
            "badge",
            "vote",
        ],
    ),
    ("quote", &["quote", "citation"]),
    (
        "code",
        &[
            "code",
            "highlight",
            "syntax",
            "prettyprint",
            "console",
            "terminal",
        ],
    ),
    (
        "docs",
        &[
            "docs",
            "doc",
            "markdown",
            "wiki",
            "rst",
            "manual",
            "guide",
            "reference",
            "api",
            "sphinx",
            "docusaurus",
        ],
    ),
    (
        "toc",
        &[
            "toc",
            "index",
            "contents",
            "outline",
            "onthispage",
            "on-this-page",
        ],
    ),
    ("search", &["search", "filter", "facet", "sort", "refine"]),
    (
        "pager",
        &[
            "pagination",
            "pager",
            "next",
            "prev",
            "paging",
            "page-numbers",
        ],
    ),
    (
        "login",
        &[
            "login", "account", "register", "signin", "sign-in", "auth", "paywall", "password",
        ],
    ),
    (
        "hidden",
        &[
            "hidden",
            "hide",
            "collapse",
            "sr-only",
            "screen-reader",
            "visually",
            "invisible",
            "noprint",
            "skip",
        ],
    ),
    (
        "legal",
        &[
            "copyright",
            "legal",
            "terms",
            "disclaimer",
            "imprint",
            "policy",
            "colophon",
        ],
    ),
    (
        "faq",
        &[
            "faq",
            "accordion",
            "tab",
            "tabs",
            "panel",
            "toggle",
            "expand",
        ],
    ),
    (
        "layout",
        &[
            "section",
            "row",
            "col",
            "container",
            "wrapper",
            "column",
            "block",
        ],
    ),
    ("button", &["button", "btn", "cta", "link", "links"]),
    (
        "notice",
        &[
            "notice", "alert", "warning", "notif", "announce", "message", "toast",
        ],
    ),
    (
        "place",
        &[
            "event", "job", "location", "address", "contact", "phone", "map", "hours", "store",
        ],
    ),
    (
        "service",
        &[
            "about", "service", "team", "benefit", "solution", "landing", "stats", "partner",
            "client", "logo",
        ],
    ),
    (
        "rich",
        &[
            "elementor",
            "wysiwyg",
            "richtext",
            "rich-text",
            "rte",
            "editor",
            "wp-block",
            "vc_",
            "prose",
            "markup",
            "formatted",
        ],
    ),
];

/// Finds the terms.
#[derive(Debug)]
pub struct Words {
    find: Terms,
    /// Per term: its group and whether it must stand alone.
    groups: Vec<(u8, bool)>,
}

impl Words {
    /// The groups, ready for a search.
    pub fn get() -> &'static Self {
        static WORDS: std::sync::OnceLock<Words> = std::sync::OnceLock::new();
        WORDS.get_or_init(|| {
            let all = || GROUPS.iter().zip(0..);
            let terms = all().flat_map(|((_, words), group)| {
                let alone = move |word: &&'static str| (*word, (group, word.len() <= 3));
                words.iter().map(alone)
            });
            let (terms, groups): (Vec<_>, Vec<_>) = terms.unzip();
            Self {
                find: Terms::new(&terms),
                groups,
            }
        })
    }

    /// The groups that speak in `name`, one bit each.
    pub fn of(&self, name: &str) -> u64 {
        let mut bits = 0;
        self.find.find(name, |term, start, end| {
            bits |= self.group(term, name.as_bytes(), start..end);
            false
        });
        bits
    }

    /// The bit of a term's group, if it speaks there. Not part of the search, which needs the registers.
    #[inline(never)]
    fn group(&self, term: usize, name: &[u8], at: Range<usize>) -> u64 {
        let Some(&(group, alone)) = self.groups.get(term) else {
            return 0;
        };
        let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphabetic);
        let before = at.start.checked_sub(1).and_then(|at| name.get(at));
        // `navBar`, `colMd`: a capital begins a word of its own.
        let begins = name.get(at.start).is_some_and(u8::is_ascii_uppercase);
        let after = name.get(at.end);
        let ends = !letter(after) || after.is_some_and(u8::is_ascii_uppercase);
        let speaks = !alone || ((!letter(before) || begins) && ends);
        u64::from(speaks) << group
    }
}

/// What is known of a class value.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// The groups that speak in it, one bit each.
    pub groups: u64,
    /// A hash of its characters but digits, which differ between siblings (`post-123`).
    pub shape: u32,
}

/// Terms per class value of a page; pages use the same values again and again.
#[derive(Debug, Default)]
pub struct Cache<'t> {
    known: FxHashMap<&'t str, Known>,
    /// For a value without its digits.
    letters: Vec<u8>,
}

impl<'t> Cache<'t> {
    /// What is known of `name`.
    pub fn known(&mut self, name: &'t str) -> Known {
        if name.is_empty() {
            // Like a class of digits only.
            let shape = shape(&[]);
            return Known { groups: 0, shape };
        }
        *self.known.entry(name).or_insert_with(|| {
            let digits = name
                .bytes()
                .fold(false, |any, byte| any | byte.is_ascii_digit());
            let shape = if digits {
                shape(without_digits(name, &mut self.letters))
            } else {
                shape(name.as_bytes())
            };
            Known {
                groups: Words::get().of(name),
                shape,
            }
        })
    }
}

/// A value without its digits.
fn without_digits<'b>(name: &str, buffer: &'b mut Vec<u8>) -> &'b [u8] {
    buffer.resize(name.len().max(buffer.len()), 0);
    let mut len = 0;
    for byte in name.bytes() {
        if let Some(place) = buffer.get_mut(len) {
            *place = byte;
        }
        len += usize::from(!byte.is_ascii_digit());
    }
    buffer.get(..len).unwrap_or_default()
}

fn shape(letters: &[u8]) -> u32 {
    let mut hasher = FxBuildHasher.build_hasher();
    hasher.write(letters);
    let hash = hasher.finish();
    (hash ^ hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(name: &str) -> Vec<&'static str> {
        let bits = Words::get().of(name);
        let set = |at: &usize| bits >> at & 1 == 1;
        (0..GROUPS.len())
            .filter(set)
            .map(|at| GROUPS[at].0)
            .collect()
    }

    #[test]
    fn short_terms_stand_alone_and_long_ones_anywhere() {
        assert_eq!(groups("articleBody"), ["article", "body"]);
        assert_eq!(groups("ad-slot"), ["ad"]);
        assert_eq!(groups("shadow radius"), [""; 0]);
        assert_eq!(groups("mainNav"), ["main", "nav"]);
    }
}
