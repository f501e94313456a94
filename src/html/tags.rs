//! The elements that segmentation knows by name, and a cache from tag names to atoms.

use std::sync::OnceLock;

use html5ever::LocalName;

use super::lex::Range32;
use super::scan;

macro_rules! tags {
    ($($name:ident $text:literal,)*) => {
        /// An element by its name; [`Tag::Other`] for all that segmentation treats alike.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Tag {
            #[default]
            Other,
            $($name,)*
        }

        impl Tag {
            /// All elements with a name of their own, in the order of their numbers.
            pub const ALL: &[Tag] = &[$(Tag::$name,)*];

            /// The element with this lower-case name.
            pub fn from_name(name: &str) -> Tag {
                match name {
                    $($text => Tag::$name,)*
                    _ => Tag::Other,
                }
            }

            /// The lower-case name; empty for [`Tag::Other`].
            pub const fn name(self) -> &'static str {
                match self {
                    Tag::Other => "",
                    $(Tag::$name => $text,)*
                }
            }
        }
    };
}

tags! {
    A "a", Abbr "abbr", Address "address", Annotation "annotation", AnnotationXml "annotation-xml",
    Area "area", Article "article", Aside "aside", Audio "audio", B "b", Base "base", Bdi "bdi",
    Bdo "bdo", Big "big", Blockquote "blockquote", Body "body", Br "br", Button "button",
    Canvas "canvas", Caption "caption", Center "center", Cite "cite", Code "code", Col "col",
    Colgroup "colgroup", Dd "dd", Del "del", Details "details", Dialog "dialog", Dir "dir",
    Div "div", Dl "dl", Dt "dt", Em "em", Embed "embed", Fieldset "fieldset",
    Figcaption "figcaption", Figure "figure", Font "font", Footer "footer", Form "form",
    Frame "frame", Frameset "frameset", H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6",
    Head "head", Header "header", Hgroup "hgroup", Hr "hr", Html "html", I "i", Iframe "iframe",
    Img "img", Input "input", Ins "ins", Kbd "kbd", Label "label", Legend "legend", Li "li",
    Link "link", Listing "listing", Main "main", Mark "mark", Marquee "marquee", Math "math",
    Menu "menu", Meta "meta", Nav "nav", Nobr "nobr", Noembed "noembed", Noframes "noframes",
    Noscript "noscript", Object "object", Ol "ol", Optgroup "optgroup", Option "option",
    Output "output", P "p", Picture "picture", Plaintext "plaintext", Pre "pre", Q "q", Rp "rp",
    Rt "rt", Ruby "ruby", S "s", Samp "samp", Script "script", Search "search",
    Section "section", Select "select", Small "small", Source "source", Span "span",
    Strike "strike", Strong "strong", Style "style", Sub "sub", Summary "summary", Sup "sup",
    Svg "svg", Table "table", Tbody "tbody", Td "td", Template "template", Textarea "textarea",
    Tfoot "tfoot", Th "th", Thead "thead", Time "time", Title "title", Tr "tr", Track "track",
    Tt "tt", U "u", Ul "ul", Var "var", Video "video", Wbr "wbr", Xmp "xmp",
}

impl Tag {
    /// The formatting elements, which the tree construction may open again (§ 13.2.4.3).
    pub const fn is_formatting(self) -> bool {
        use Tag::{A, B, Big, Code, Em, Font, I, Nobr, S, Small, Strike, Strong, Tt, U};
        matches!(
            self,
            A | B | Big | Code | Em | Font | I | Nobr | S | Small | Strike | Strong | Tt | U
        )
    }

    /// Elements that end with their start tag.
    pub const fn is_void(self) -> bool {
        use Tag::{
            Area, Base, Br, Col, Embed, Frame, Hr, Img, Input, Link, Meta, Source, Track, Wbr,
        };
        matches!(
            self,
            Area | Base
                | Br
                | Col
                | Embed
                | Frame
                | Hr
                | Img
                | Input
                | Link
                | Meta
                | Source
                | Track
                | Wbr
        )
    }

    /// Level of a heading, 1–6; 0 for all else.
    pub const fn heading_level(self) -> u8 {
        match self {
            Tag::H1 => 1,
            Tag::H2 => 2,
            Tag::H3 => 3,
            Tag::H4 => 4,
            Tag::H5 => 5,
            Tag::H6 => 6,
            _ => 0,
        }
    }
}

/// Names of at most so many bytes are found as a number.
const SHORT: usize = 8;
/// Places for them, most of them free.
const PLACES: usize = 512;

/// The elements with short names by these, as numbers; [`Tag::Other`] with 0 where none is.
static BY_NAME: [(u64, Tag); PLACES] = {
    let mut places = [(0, Tag::Other); PLACES];
    let mut number = 0;
    while number < Tag::ALL.len() {
        let tag = Tag::ALL[number];
        let key = scan::lead(tag.name());
        let mut at = scan::place(key, PLACES);
        while tag.name().len() <= SHORT && places[at].0 != 0 {
            at = (at + 1) % PLACES;
        }
        if tag.name().len() <= SHORT {
            places[at] = (key, tag);
        }
        number += 1;
    }
    places
};

impl Tag {
    /// The element of a tag name as written, which begins with the bytes of `window`.
    #[inline]
    pub(super) fn written(text: &[u8], name: Range32, window: u64) -> Tag {
        let (from, to) = (name.start as usize, name.end as usize);
        if to - from > SHORT || to == from {
            return Self::spelled(name.bytes(text));
        }
        let key = scan::first_bytes(window, to - from);
        let mut at = scan::place(key, PLACES);
        loop {
            let (known, tag) = BY_NAME[at % PLACES];
            // A NUL at the end of a name leaves no trace in the number.
            let ends_in_nul = || key >> (8 * (to - from - 1)) == 0;
            match known {
                0 if !name.bytes(text).iter().any(u8::is_ascii_uppercase) => return Tag::Other,
                0 => return Self::spelled(name.bytes(text)),
                _ if known != key => at += 1,
                _ if ends_in_nul() => return Tag::Other,
                _ => return tag,
            }
        }
    }

    /// The same for a name that is long, unknown or not in lower case.
    fn spelled(name: &[u8]) -> Tag {
        match str::from_utf8(name) {
            Ok(name) if name.len() <= LONGEST => Tag::from_name(&name.to_ascii_lowercase()),
            _ => Tag::Other,
        }
    }
}

/// The longest name, `annotation-xml`.
const LONGEST: usize = 14;

const SLOTS: usize = 512;
const LONGEST_CACHED: usize = 16;

#[derive(Debug, Clone)]
struct Slot {
    key: u128,
    name: LocalName,
    tag: Tag,
}

/// The elements with a name of their own, found by that name: looking up an atom hashes it anew
/// each time.
struct Known(Vec<Option<Slot>>);

impl Known {
    fn get() -> &'static Self {
        static KNOWN: OnceLock<Known> = OnceLock::new();
        KNOWN.get_or_init(|| {
            let mut slots = vec![None; SLOTS];
            for &tag in Tag::ALL {
                let mut name = [0; LONGEST_CACHED];
                for (to, from) in name.iter_mut().zip(tag.name().bytes()) {
                    *to = from;
                }
                let key = with_length(u128::from_le_bytes(name), tag.name().len());
                let mut at = place(key);
                while slots[at].is_some() {
                    at = (at + 1) % SLOTS;
                }
                let name = LocalName::from(tag.name());
                slots[at] = Some(Slot { key, name, tag });
            }
            Self(slots)
        })
    }

    /// The slot of a name in lower case; there are free ones behind all that are taken.
    #[inline]
    fn find(&self, key: u128) -> Option<&Slot> {
        let mut at = place(key);
        loop {
            match self.0.get(at)? {
                Some(slot) if slot.key == key => return Some(slot),
                Some(_) => at = (at + 1) % SLOTS,
                None => return None,
            }
        }
    }
}

#[inline]
fn place(key: u128) -> usize {
    let folded = (key as u64) ^ ((key >> 64) as u64);
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.ilog2())) as usize
}

/// The characters of a short name as a number, as written.
#[inline]
fn key_of(text: &str, range: Range32) -> Option<u128> {
    let (start, end) = (range.start as usize, range.end as usize);
    let len = end.saturating_sub(start);
    let window = text.as_bytes().get(start..start + LONGEST_CACHED)?;
    let window = <[u8; LONGEST_CACHED]>::try_from(window).ok()?;
    (len < LONGEST_CACHED).then(|| with_length(u128::from_le_bytes(window), len))
}

/// The first `len` bytes (less than 16) and, so that a name ending in NUL is another, their number.
#[inline]
const fn with_length(bytes: u128, len: usize) -> u128 {
    (bytes & ((1 << (8 * len)) - 1)) | (len as u128) << 120
}

/// Tag names as atoms. Names of elements that are not known are few, and come again and again.
#[derive(Default)]
pub(super) struct Names {
    others: Vec<Option<Slot>>,
}

impl Names {
    /// The atom and the element of the tag name at `range`, as written.
    pub(super) fn get(&mut self, text: &str, range: Range32) -> (LocalName, Tag) {
        let Some(key) = key_of(text, range) else {
            return Self::look_up(range.of(text));
        };
        if let Some(slot) = Known::get().find(key) {
            return (slot.name.clone(), slot.tag);
        }
        // Spellings that differ in case have slots of their own.
        self.others.resize(SLOTS, None);
        let Some(slot) = self.others.get_mut(place(key)) else {
            return Self::look_up(range.of(text));
        };
        if let Some(hit) = slot.as_ref().filter(|hit| hit.key == key) {
            return (hit.name.clone(), hit.tag);
        }
        let (name, tag) = Self::look_up(range.of(text));
        *slot = Some(Slot {
            key,
            name: name.clone(),
            tag,
        });
        (name, tag)
    }

    fn look_up(written: &str) -> (LocalName, Tag) {
        let lower = written.to_ascii_lowercase();
        let name = match lower.contains('\0') {
            true => LocalName::from(lower.replace('\0', "\u{fffd}")),
            false => LocalName::from(&*lower),
        };
        (name, Tag::from_name(&lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_they_are_spelled() {
        let all = Tag::ALL.iter().map(|tag| tag.name());
        let others = [
            "x",
            "my-element",
            "DIV",
            "tEXTAREA",
            "h7",
            "h\u{11}",
            "di\0",
            "td\0",
            "td\0\0",
        ];
        let mut names = Names::default();
        for name in all.chain(others).chain(others) {
            let text = format!("<{name} and what follows it>");
            for text in [&text, &text[..1 + name.len()]] {
                let range = Range32::new(1, 1 + name.len());
                let tag = Tag::from_name(&name.to_ascii_lowercase());
                let atom = name.to_ascii_lowercase().replace('\0', "\u{fffd}");
                let window = crate::eight::at(text.as_bytes(), 1);
                assert_eq!(Tag::written(text.as_bytes(), range, window), tag, "{name}");
                assert_eq!(names.get(text, range), (LocalName::from(atom), tag));
            }
        }
    }
}
