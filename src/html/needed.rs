//! The attributes that the tree builder is told: all of them decoded, or only what it looks at.

use std::borrow::Cow;
use std::hash::Hasher;

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use rustc_hash::{FxHashSet, FxHasher};

use super::code;
use super::lex::Attr;
use super::reference::decode_value;
use super::tags::Tag;
use super::watched::Current;

fn attribute(name: LocalName, value: StrTendril) -> Attribute {
    Attribute {
        name: QualName::new(None, ns!(), name),
        value,
    }
}

/// Most attributes whose names are compared one by one.
const FEW: usize = 8;

/// The first attribute of each name, and the name as the standard spells it.
fn firsts<'a>(text: &'a str, attrs: &'a [Attr]) -> impl Iterator<Item = (Cow<'a, str>, &'a Attr)> {
    let mut seen = FxHashSet::default();
    attrs.iter().enumerate().filter_map(move |(at, attr)| {
        let name = spelled(attr.name.of(text));
        let is_first = match attrs.len() <= FEW {
            true => {
                let mut before = attrs[..at].iter();
                !before.any(|other| spelled(other.name.of(text)) == name)
            }
            false => seen.insert(name.clone()),
        };
        is_first.then_some((name, attr))
    })
}

/// A name in lower case and without NULs.
fn spelled(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|b| b.is_ascii_uppercase() || b == 0) {
        true => name.to_ascii_lowercase().replace('\0', "\u{fffd}").into(),
        false => name.into(),
    }
}

/// The first attribute of each name, decoded.
pub(super) fn decoded_attributes(text: &str, attrs: &[Attr]) -> Vec<Attribute> {
    firsts(text, attrs)
        .map(|(name, attr)| {
            let value = decode_value(attr.value.of(text));
            attribute(LocalName::from(name), StrTendril::from_slice(&value))
        })
        .collect()
}

/// The few attributes that tree construction looks at, and for formatting elements one that
/// stands for all of them, since equal ones are counted.
pub(super) fn needed_attributes(
    text: &str,
    tag: Tag,
    attrs: &[Attr],
    current: &mut Current,
    in_foreign: impl Fn() -> bool,
) -> Vec<Attribute> {
    if attrs.is_empty() {
        return Vec::new();
    }
    let find = |wanted: &str| {
        attrs
            .iter()
            .find(|attr| attr.name.of(text).eq_ignore_ascii_case(wanted))
    };
    let value = |attr: &Attr| StrTendril::from_slice(&decode_value(attr.value.of(text)));
    match tag {
        Tag::Input => find("type")
            .filter(|attr| decode_value(attr.value.of(text)).eq_ignore_ascii_case("hidden"))
            .map(|attr| attribute(local_name!("type"), value(attr)))
            .into_iter()
            .collect(),
        Tag::AnnotationXml => find("encoding")
            .map(|attr| attribute(local_name!("encoding"), value(attr)))
            .into_iter()
            .collect(),
        Tag::Font if in_foreign() => {
            current.hash = hash_attributes(text, attrs);
            let hash = attribute(local_name!("id"), code::write_hash(current.hash));
            let looks = ["color", "face", "size"].into_iter();
            let looks = looks.filter(|name| find(name).is_some());
            let looks = looks.map(|name| attribute(LocalName::from(name), StrTendril::new()));
            std::iter::once(hash).chain(looks).collect()
        }
        // No two links are open at once, so equal ones are never counted: the number will do.
        Tag::A => {
            current.hash = LINK | u64::from(current.start.unwrap_or(0));
            vec![attribute(local_name!("id"), code::write_hash(current.hash))]
        }
        _ if tag.is_formatting() => {
            current.hash = hash_attributes(text, attrs);
            vec![attribute(local_name!("id"), code::write_hash(current.hash))]
        }
        _ => Vec::new(),
    }
}

/// Marks the number of a link's tag, where other formatting elements have a hash.
pub(super) const LINK: u64 = 1 << 55;

/// A hash of names and values that does not depend on their order, in 55 bits, never 0. Of
/// attributes of the same name the first counts.
pub(super) fn hash_attributes(text: &str, attrs: &[Attr]) -> u64 {
    let mut sum = 0u64;
    for (name, attr) in firsts(text, attrs) {
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        hasher.write_u8(0);
        hasher.write(decode_value(attr.value.of(text)).as_bytes());
        sum = sum.wrapping_add(hasher.finish());
    }
    (sum & (LINK - 1)) | 1
}
