//! What the elements around and in a block say about it (HTML only).

use super::Span;

/// What the inline elements of a block say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lead {
    /// The innermost inline element around the first characters that is more than a `span`;
    /// [`Tag::Other`](crate::html::tags::Tag::Other) when there is none.
    pub tag: crate::html::tags::Tag,
    /// The `class` of the innermost inline element around the first characters that has one.
    pub class: Span,
    /// Characters set in bold, in bytes of block text.
    pub bold_bytes: u32,
    /// Links that hold text of it.
    pub links: u16,
    /// Links that lead into the page itself or call a script.
    pub jumps: u16,
}

/// What the elements around a block are, as a set of bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Marks(pub u32);

impl Marks {
    /// Not shown: `hidden`, `aria-hidden`, inline `display:none`, `input type=hidden` …
    pub const HIDDEN: Self = Self(1);
    /// Inside `nav` or `role=navigation`.
    pub const NAV: Self = Self(1 << 1);
    /// Inside `aside` or `role=complementary`.
    pub const ASIDE: Self = Self(1 << 2);
    /// Inside `header` or `role=banner`.
    pub const HEADER: Self = Self(1 << 3);
    /// Inside `footer` or `role=contentinfo`.
    pub const FOOTER: Self = Self(1 << 4);
    /// Inside `main` or `role=main`.
    pub const MAIN: Self = Self(1 << 5);
    /// Inside `article` or `role=article`.
    pub const ARTICLE: Self = Self(1 << 6);
    /// Inside a `form` or `role=search`.
    pub const FORM: Self = Self(1 << 7);
    /// Inside `figure`.
    pub const FIGURE: Self = Self(1 << 8);
    /// Text of a control: `button`, `select`, `label` …
    pub const CONTROL: Self = Self(1 << 9);
    /// Inside `dialog`, `role=dialog`, `role=alertdialog` or `aria-modal`.
    pub const DIALOG: Self = Self(1 << 10);
    /// Inside `noscript`: shown only where scripts do not run.
    pub const NOSCRIPT: Self = Self(1 << 11);
    /// Inside a table, of data or of layout.
    pub const TABLE: Self = Self(1 << 12);
    /// Inside a list.
    pub const LIST: Self = Self(1 << 13);
    /// Inside `blockquote`.
    pub const QUOTE: Self = Self(1 << 14);
    /// Inside an element that schema.org or microdata names as the article's text.
    pub const BODY_ITEM: Self = Self(1 << 15);
    /// Inside an embed of another site: a tweet, a video.
    pub const EMBED: Self = Self(1 << 16);
    /// Not in the page but in a script of it, as JSON.
    pub const SCRIPT: Self = Self(1 << 17);

    /// Whether all bits of `other` are set.
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether one of the bits of `other` is set.
    #[inline]
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// With the bits of `other`.
    #[must_use]
    #[inline]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A block-level element around blocks: what features are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// The element around it, as an index into [`Document::elements`].
    pub parent: Option<u32>,
    /// Its name.
    pub tag: crate::html::tags::Tag,
    /// How many elements stand around it.
    pub depth: u16,
    /// Its own marks, without those of the elements around it.
    pub marks: Marks,
    /// Its start tag; empty when the page has none for it.
    pub start: Span,
    /// The value of its `class` as written; empty when it has none.
    pub class: Span,
    /// The value of its `id` as written; empty when it has none.
    pub id: Span,
    /// What else names it: a `data-testid` and the like, `itemprop`, the name of a custom element.
    pub label: Span,
    /// What stands in it besides text.
    pub holds: Holds,
}

/// How many things that are no text stand in an element and those in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holds {
    /// Pictures.
    pub images: u16,
    /// Buttons, inputs and other controls.
    pub controls: u16,
    /// Frames, players, embedded objects.
    pub embeds: u16,
}
