//! The attributes that are asked for by name, told apart once, when their names are read.

use super::scan;

macro_rules! names {
    ($($name:ident $key:ident $text:literal,)*) => {
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

        $(const $key: u64 = scan::first_bytes(small(scan::lead($text)), $text.len());)*

        impl AttrName {
            /// The attribute of a name as written.
            #[inline]
            pub(super) fn of(name: &[u8], window: u64) -> Self {
                let key = scan::first_bytes(small(window), name.len());
                match key {
                    $($key if is_rest(name, $text) => Self::$name,)*
                    _ if key & 0xff_ffff_ffff == DATA && names_part(name) => Self::Part,
                    _ => Self::Other,
                }
            }
        }
    };
}

names! {
    AriaHidden ARIA_HIDDEN "aria-hidden",
    AriaModal ARIA_MODAL "aria-modal",
    Class CLASS "class",
    Content CONTENT "content",
    Datetime DATETIME "datetime",
    Hidden HIDDEN "hidden",
    Href HREF "href",
    HttpEquiv HTTP_EQUIV "http-equiv",
    Id ID "id",
    ItemProp ITEM_PROP "itemprop",
    ItemType ITEM_TYPE "itemtype",
    Lang LANG "lang",
    Name NAME "name",
    Property PROPERTY "property",
    Rel REL "rel",
    Role ROLE "role",
    ShadowRootMode SHADOW_ROOT_MODE "shadowrootmode",
    Src SRC "src",
    Style STYLE "style",
    Type TYPE "type",
    XmlLang XML_LANG "xml:lang",
}

const DATA: u64 = scan::lead("data-");

impl AttrName {
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
    window | u64::from_ne_bytes([0x20; 8])
}

/// Whether a name whose first eight bytes are those of `text` is `text`.
#[inline]
fn is_rest(name: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    let from = if text.contains(&b':') { 0 } else { 8 };
    name.len() == text.len()
        && (text.len() <= from || name[from..].eq_ignore_ascii_case(&text[from..]))
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
        AttrName::of(name.as_bytes(), scan::window(name.as_bytes(), 0))
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
