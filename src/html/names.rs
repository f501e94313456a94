//! The attributes that are asked for by name, told apart once, when their names are read.

use super::scan;
use crate::eight::each;

macro_rules! names {
    ($($name:ident $text:literal,)*) => {
        /// An attribute by its name; [`AttrName::Other`] for all that nobody asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum AttrName {
            #[default]
            Other,
            /// Any of the names by which programs name the parts of a page.
            Part,
            $($name,)*
        }

        impl AttrName {
            /// All names, with their numbers.
            const ALL: &[(u64, AttrName)] = &[
                $((scan::first_bytes(small(scan::lead($text)), $text.len()), Self::$name),)*
            ];

            /// The name in lower case; empty for those that have no certain one.
            const fn text(self) -> &'static str {
                match self {
                    Self::Other | Self::Part => "",
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

names! {
    AriaHidden "aria-hidden",
    AriaModal "aria-modal",
    Class "class",
    Content "content",
    Datetime "datetime",
    Hidden "hidden",
    Href "href",
    HttpEquiv "http-equiv",
    Id "id",
    ItemProp "itemprop",
    ItemType "itemtype",
    Lang "lang",
    Name "name",
    Property "property",
    Rel "rel",
    Reversed "reversed",
    Role "role",
    ShadowRootMode "shadowrootmode",
    Src "src",
    Start "start",
    Style "style",
    Type "type",
    Value "value",
    XmlLang "xml:lang",
}

const DATA: u64 = scan::lead("data-");

/// Places for the names, most of them free.
const PLACES: usize = 128;

/// The attributes by the first bytes of their names, as numbers; 0 where none is.
static BY_NAME: [(u64, AttrName); PLACES] = {
    let mut places = [(0, AttrName::Other); PLACES];
    let mut number = 0;
    while number < AttrName::ALL.len() {
        let mut at = scan::place(AttrName::ALL[number].0, PLACES);
        while places[at].0 != 0 {
            at = (at + 1) % PLACES;
        }
        places[at] = AttrName::ALL[number];
        number += 1;
    }
    places
};

impl AttrName {
    /// The attribute of a name as written, which begins with the bytes of `window`.
    #[inline]
    pub(super) fn of(name: &[u8], window: u64) -> Self {
        let key = scan::first_bytes(small(window), name.len());
        let mut at = scan::place(key, PLACES);
        loop {
            let (known, attr) = BY_NAME[at % PLACES];
            match known {
                0 if key & 0xff_ffff_ffff == DATA && names_part(name) => return Self::Part,
                0 => return Self::Other,
                _ if known == key => return if attr.is(name) { attr } else { Self::Other },
                _ => at += 1,
            }
        }
    }

    /// Whether a name that begins like this one is it.
    #[inline]
    fn is(self, name: &[u8]) -> bool {
        let text = self.text().as_bytes();
        let told = text.len() <= 8 && self != Self::XmlLang;
        name.len() == text.len() && (told || name.eq_ignore_ascii_case(text))
    }

    /// The bit of this attribute in a set of them.
    #[inline]
    pub(super) const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// Letters in lower case. A dash comes only from itself and from CR, which ends a name; a colon
/// from U+001A as well.
#[inline]
const fn small(window: u64) -> u64 {
    window | each(0x20)
}

/// Attributes by which programs name the parts of a page where `class` is only a hash.
fn names_part(name: &[u8]) -> bool {
    let rest = name.get(5..).unwrap_or_default();
    [
        "testid",
        "test-id",
        "test",
        "qa",
        "component",
        "component-name",
        "component-type",
        "module",
        "section",
        "block",
        "hook",
        "role",
        "area",
        "region",
        "element",
    ]
    .iter()
    .any(|part| rest.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> AttrName {
        AttrName::of(name.as_bytes(), crate::eight::at(name.as_bytes(), 0))
    }

    #[test]
    fn names_are_known_in_any_case() {
        let cases = [
            ("class", AttrName::Class),
            ("CLASS", AttrName::Class),
            ("class\0", AttrName::Other),
            ("xml:LANG", AttrName::XmlLang),
            ("xml\x1alang", AttrName::Other),
            ("clas", AttrName::Other),
            ("itemprops", AttrName::Other),
            ("ItemProp", AttrName::ItemProp),
            ("aria-hidden", AttrName::AriaHidden),
            ("aria-hiddem", AttrName::Other),
            ("ARIA-Modal", AttrName::AriaModal),
            ("http-equiv", AttrName::HttpEquiv),
            ("shadowrootmode", AttrName::ShadowRootMode),
            ("data-testid", AttrName::Part),
            ("DATA-Test-ID", AttrName::Part),
            ("data-test", AttrName::Part),
            ("data-testing", AttrName::Other),
            ("data-", AttrName::Other),
            ("data", AttrName::Other),
            ("", AttrName::Other),
        ];
        for (name, wanted) in cases {
            assert_eq!(of(name), wanted, "{name}");
        }
    }
}
