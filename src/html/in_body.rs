//! Elements as the insertion mode "in body" tells them apart (§ 13.2.6.4.7).

use html5ever::tokenizer::states::RawKind;

use super::tags::Tag;

/// How a start tag of HTML is treated in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Block,
    Pre,
    Heading,
    Item,
    Definition,
    Formatting,
    Button,
    Inline,
    Void,
    Rule,
    Raw(RawKind),
    Svg,
    Other,
}

/// How the start tag of an element is treated.
#[inline]
pub(super) const fn start_of(tag: Tag) -> Start {
    use Tag::{
        A, Abbr, Address, Area, Article, Aside, Audio, B, Base, Bdi, Bdo, Big, Blockquote, Br,
        Button, Canvas, Center, Cite, Code, Dd, Del, Details, Dialog, Dir, Div, Dl, Dt, Em, Embed,
        Fieldset, Figcaption, Figure, Font, Footer, H1, H2, H3, H4, H5, H6, Header, Hgroup, Hr, I,
        Iframe, Img, Input, Ins, Kbd, Label, Legend, Li, Link, Main, Mark, Menu, Meta, Nav,
        Noscript, Ol, Output, P, Picture, Pre, Q, S, Samp, Script, Search, Section, Small, Source,
        Span, Strike, Strong, Style, Sub, Summary, Sup, Svg, Time, Track, Tt, U, Ul, Var, Video,
        Wbr,
    };
    match tag {
        Address | Article | Aside | Blockquote | Center | Details | Dialog | Dir | Div | Dl
        | Fieldset | Figcaption | Figure | Footer | Header | Hgroup | Main | Menu | Nav | Ol
        | P | Search | Section | Summary | Ul => Start::Block,
        Pre => Start::Pre,
        H1 | H2 | H3 | H4 | H5 | H6 => Start::Heading,
        Li => Start::Item,
        Dd | Dt => Start::Definition,
        A | B | Big | Code | Em | Font | I | S | Small | Strike | Strong | Tt | U => {
            Start::Formatting
        }
        Button => Start::Button,
        Abbr
        | Audio
        | Bdi
        | Bdo
        | Canvas
        | Cite
        | Del
        | Ins
        | Kbd
        | Label
        | Legend
        | Mark
        | Output
        | Picture
        | Q
        | Samp
        | Span
        | Sub
        | Sup
        | Time
        | Var
        | Video
        | Tag::Other => Start::Inline,
        Area | Base | Br | Embed | Img | Input | Link | Meta | Source | Track | Wbr => Start::Void,
        Hr => Start::Rule,
        Script => Start::Raw(RawKind::ScriptData),
        Iframe | Noscript | Style => Start::Raw(RawKind::Rawtext),
        Svg => Start::Svg,
        _ => Start::Other,
    }
}

/// How the start tag of an element is treated in the head (§ 13.2.6.4.4).
pub(super) const fn start_in_head(tag: Tag) -> Start {
    match tag {
        Tag::Base | Tag::Link | Tag::Meta => Start::Void,
        Tag::Title => Start::Raw(RawKind::Rcdata),
        Tag::Noframes | Tag::Noscript | Tag::Style => Start::Raw(RawKind::Rawtext),
        Tag::Script => Start::Raw(RawKind::ScriptData),
        _ => Start::Other,
    }
}

/// Elements without a [`Tag`] that the body treats in ways of their own.
const OF_THEIR_OWN: [&str; 9] = [
    "applet", "basefont", "bgsound", "image", "isindex", "keygen", "param", "rb", "rtc",
];

/// Whether the body treats an element without a [`Tag`] like any other.
#[inline]
pub(super) fn is_plain(name: &str) -> bool {
    !OF_THEIR_OWN
        .iter()
        .any(|other| other.eq_ignore_ascii_case(name))
}

/// Elements that end an element of a list right outside them (§ 13.2.6.4.7, "li").
#[inline]
pub(super) const fn bounds_item(tag: Tag) -> bool {
    !matches!(
        (start_of(tag), tag),
        (_, Tag::Address | Tag::Div | Tag::P)
            | (Start::Formatting | Start::Inline | Start::Svg, _)
            | (
                _,
                Tag::Search | Tag::Dialog | Tag::Ruby | Tag::Option | Tag::Optgroup
            )
            | (_, Tag::Nobr | Tag::Rp | Tag::Rt | Tag::Object)
    )
}

/// Elements that an end tag outside them closes as well.
#[inline]
pub(super) const fn is_implied(tag: Tag) -> bool {
    use Tag::{Dd, Dt, Li, Optgroup, Option, P, Rp, Rt};
    matches!(tag, Dd | Dt | Li | Optgroup | Option | P | Rp | Rt)
}
