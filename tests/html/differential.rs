//! Our lexer with html5ever's tree construction against all of html5ever, through `scraper`.
//!
//! Known differences, left out here: elements nested deeper than `MAX_DEPTH`;
//! `annotation-xml` with an HTML encoding, which `scraper`'s sink does not tell the tree
//! construction about; U+FEFF right behind a script, which html5ever takes for a byte order
//! mark; `<pre>&#10` without semicolon, where the parse error makes html5ever forget that the
//! first line feed does not count.

use lavoir::html::arena::{Arena, NodeKind, Space};
use lavoir::html::lex::TextKind;
use lavoir::html::reference::{decode_text, decode_value};
use lavoir::html::tree;
use proptest::prelude::*;
use scraper::Node;

use super::vocabulary;

#[derive(Debug, PartialEq)]
enum Event {
    Open(String, Vec<(String, String)>),
    Close,
    Text(String),
    Comment(String),
}

fn push_text(events: &mut Vec<Event>, text: &str) {
    match events.last_mut() {
        Some(Event::Text(last)) => last.push_str(text),
        _ => events.push(Event::Text(text.to_owned())),
    }
}

fn ours(text: &str, arena: &Arena) -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = 0;
    let mut open: Vec<u32> = Vec::new();
    while let Some(next) = arena.following(0, at, true) {
        while open.last().is_some_and(|&last| {
            let mut up = arena.node(next).parent;
            while up != last && up != u32::MAX && up != 0 {
                up = arena.node(up).parent;
            }
            up != last
        }) {
            open.pop();
            events.push(Event::Close);
        }
        at = next;
        match arena.node(at).kind {
            NodeKind::Element(tag, space, start) => {
                let start = start.and_then(|start| arena.tags.get(start as usize));
                let written = start.map_or("", |start| start.name.of(text));
                let name = match tag.name() {
                    "" => written.to_ascii_lowercase().replace('\0', "\u{fffd}"),
                    name => name.to_owned(),
                };
                assert!(name != "image" || space != Space::Html);
                events.push(Event::Open(name, our_attributes(text, arena, at)));
                open.push(at);
            }
            NodeKind::Fragment => {
                events.push(Event::Open("#fragment".into(), Vec::new()));
                open.push(at);
            }
            NodeKind::Text(range, kind) => {
                push_text(&mut events, &decode_text(range.of(text), kind));
            }
            NodeKind::Comment(range) => {
                let data = decode_text(range.of(text), TextKind::Raw);
                events.push(Event::Comment(data.into_owned()));
            }
            NodeKind::Document => {}
        }
    }
    events.extend(open.iter().map(|_| Event::Close));
    events
}

fn our_attributes(text: &str, arena: &Arena, id: u32) -> Vec<(String, String)> {
    let mut attributes: Vec<(String, String)> = Vec::new();
    let more = arena.more_tags.iter().filter(|(node, _)| *node == id);
    let tags = more.filter_map(|&(_, tag)| arena.tags.get(tag as usize));
    let more = tags.flat_map(|tag| &arena.attrs[tag.attrs_from as usize..tag.attrs_to as usize]);
    for attr in arena.attrs_of(id).iter().chain(more) {
        let name = attr
            .name
            .of(text)
            .to_ascii_lowercase()
            .replace('\0', "\u{fffd}");
        if !attributes.iter().any(|(known, _)| *known == name) {
            attributes.push((name, decode_value(attr.value.of(text)).into_owned()));
        }
    }
    attributes.sort();
    attributes
}

fn theirs(html: &scraper::Html) -> Vec<Event> {
    let mut events = Vec::new();
    for edge in html.tree.root().traverse() {
        let (node, opens) = match edge {
            ego_tree::iter::Edge::Open(node) => (node, true),
            ego_tree::iter::Edge::Close(node) => (node, false),
        };
        match (node.value(), opens) {
            (Node::Element(element), true) => {
                let name = element.name.local.to_ascii_lowercase();
                let attribute = |(name, value): &(html5ever::QualName, _)| {
                    let prefix = name.prefix.as_ref().filter(|prefix| !prefix.is_empty());
                    let prefix = prefix.map_or(String::new(), |prefix| format!("{prefix}:"));
                    let value: &scraper::StrTendril = value;
                    (
                        (prefix + &name.local).to_ascii_lowercase(),
                        value.to_string(),
                    )
                };
                let mut attributes: Vec<_> = element.attrs.iter().map(attribute).collect();
                attributes.sort();
                events.push(Event::Open(name.to_string(), attributes));
            }
            (Node::Fragment, true) => events.push(Event::Open("#fragment".into(), Vec::new())),
            (Node::Element(_) | Node::Fragment, false) => events.push(Event::Close),
            (Node::Text(text), true) => push_text(&mut events, text),
            (Node::Comment(comment), true) => events.push(Event::Comment(comment.to_string())),
            _ => {}
        }
    }
    events
}

/// The first place where the two trees differ.
fn difference(page: &str) -> Option<String> {
    let ours = ours(page, &tree::parse(page));
    let theirs = theirs(&scraper::Html::parse_document(page));
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(3);
    let show =
        |events: &[Event]| format!("{:?}", events.iter().skip(from).take(7).collect::<Vec<_>>());
    Some(format!(
        "event {at}:\nours   {}\ntheirs {}",
        show(&ours),
        show(&theirs)
    ))
}

#[test]
fn known_hard_pages_have_the_same_tree() {
    let pages = [
        // An attribute that is there twice counts once, so all four are the same.
        "<p><i class=x><i class=x><i class=x><i class=x class=y><div>-",
        "<p>a<b>b<p>c</b>d",
        "<table>a<tr>b<td>c</td>d</tr>e</table>f",
        "<table> <!-- x --> y<tr><td>z",
        "<table>&#32;&Tab;\n<b>x</table>",
        "<a href=1><p><a href=2>x</a></p></a>",
        "<b class=x><b class=x><b class=x><b class=x><p>t</p></b></b></b></b><i>u",
        "<b><p class=1></b><b id=2>x</p>y",
        "<template><td>a</td></template><svg><foreignObject><p>x</svg>y",
        "<svg><font color=x>a</font><font>b</font></svg>",
        "<svg><title><p>x</title></svg><math><mi><p>y</mi><mglyph>",
        "<frameset> a <frame> b </frameset> c <noframes>d</noframes>",
        "<pre>\n\na</pre><pre>\r\n\r\nb</pre><textarea>\nc</textarea><pre>&#10;d</pre><pre>&#13;e",
        "<body a=1><body b=2 a=3><html c=4>",
        "x\0y<svg>\0</svg><table>\0a</table><p>\0",
        "<select><option>a<option>b<p>c</select><input type=hidden>",
        "<script><!--<script>a</script>b--></script>c",
        "<title>a</titlex></title b=c>d<style></styl></style>",
        "\u{feff}\u{feff}x",
        "<image src=x></br></p>",
        "<form><form><div></form>x</div>",
        "<table>x<!doctype html>y<base>z",
        "<template><col>a &#13;b<col> c",
    ];
    for page in pages {
        if let Some(difference) = difference(page) {
            panic!("{page:?}\n{difference}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn made_up_pages_have_the_same_tree(page in vocabulary::mutated()) {
        let open_reference = page.match_indices("&#10").any(|(at, _)| !page[at + 4..].starts_with(';'));
        prop_assume!(!open_reference);
        if let Some(difference) = difference(&page) {
            prop_assert!(false, "{difference}");
        }
    }
}

/// Real pages: `LAVOIR_PAGES` names a `.jsonl.zst` file with rows `{"html": …}`.
#[test]
fn real_pages_have_the_same_tree() {
    use std::io::BufRead;
    let Some(path) = std::env::var_os("LAVOIR_PAGES") else {
        eprintln!("NOT RUN: LAVOIR_PAGES names no file of pages");
        return;
    };
    let file = lavoir::io::compression::open(path.as_ref()).unwrap();
    let mut different = 0;
    let mut pages = 0;
    for line in file.lines() {
        let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        pages += 1;
        if let Some(difference) = difference(row["html"].as_str().unwrap()) {
            different += 1;
            eprintln!("{}: {difference}", row["id"]);
        }
    }
    eprintln!("{pages} pages, {different} with another tree");
    assert_eq!(different, 0);
}
