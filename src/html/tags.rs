//! The elements that segmentation knows by name, and a cache from tag names to atoms.

use html5ever::LocalName;

use super::lex::Range32;

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

const SLOTS: usize = 512;
const LONGEST_CACHED: usize = 16;

#[derive(Clone)]
struct Slot {
    key: u128,
    len: usize,
    name: LocalName,
    tag: Tag,
}

/// Tag names as atoms: looking up an atom hashes it anew each time, a page repeats few names.
pub(super) struct Names {
    slots: Vec<Option<Slot>>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![None; SLOTS],
        }
    }

    /// The atom and the element of the tag name at `range`, as written.
    pub(super) fn get(&mut self, text: &str, range: Range32) -> (LocalName, Tag) {
        let bytes = text.as_bytes();
        let (start, end) = (range.start as usize, range.end as usize);
        let len = end.saturating_sub(start);
        let window = bytes.get(start..start + LONGEST_CACHED);
        let window = window.and_then(|window| <[u8; LONGEST_CACHED]>::try_from(window).ok());
        let Some(window) = window.filter(|_| len < LONGEST_CACHED) else {
            return Self::look_up(range.of(text));
        };
        // Spellings that differ in case have slots of their own.
        let key = u128::from_le_bytes(window) & ((1 << (8 * len)) - 1);
        let folded = (key as u64) ^ ((key >> 64) as u64);
        let index = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.ilog2());
        let Some(slot) = self.slots.get_mut(index as usize) else {
            return Self::look_up(range.of(text));
        };
        if let Some(hit) = slot
            && hit.key == key
            && hit.len == len
        {
            return (hit.name.clone(), hit.tag);
        }
        let (name, tag) = Self::look_up(range.of(text));
        *slot = Some(Slot {
            key,
            len,
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
