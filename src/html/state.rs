//! Text that a page holds only in its scripts: pages that a script renders carry their article
//! as JSON, in JSON-LD or in the state that the script starts from.
//!
//! Only where the page itself shows hardly any text: elsewhere scripts repeat what is shown.

use rustc_hash::FxHashMap;

use super::arena::{Arena, NONE, NodeId, NodeKind};
use super::lex::AttrName;
use super::meta::json::{Json, Kind, escape};
use super::reference::reference;
use super::tags::Tag;
use crate::document::{BlockKind, Document, Edit, Marks, Piece, Span};

/// Most bytes of shown text on a page that a script renders.
const MAX_SHOWN: usize = 300;
/// Fewest bytes of a string that may be a text, and fewest words.
const MIN_STRING: usize = 80;
const MIN_WORDS: usize = 10;
/// Fewest bytes of the longest string: shorter ones are answers, labels, descriptions of goods.
const MIN_LONGEST: usize = 400;
/// Longest tag inside a string, in bytes.
const MAX_TAG: usize = 2000;
/// Names that scripts give to the state they start from.
const STATES: [&str; 5] = [
    "__INITIAL_STATE__",
    "__PRELOADED_STATE__",
    "__APOLLO_STATE__",
    "__NUXT__",
    "__INITIAL_DATA__",
];
/// Tags that end a paragraph.
const PARTING: [&str; 12] = [
    "p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6",
];

/// Adds the text that scripts hold where the page shows none, as blocks with the mark
/// [`Marks::SCRIPT`]. They come out of page order.
pub(super) fn find(text: &str, arena: &Arena, document: &mut Document<'_>) {
    let mut shown = 0;
    for block in &document.blocks {
        if !block.marks.has(Marks::HIDDEN) {
            shown += document.text_of(block).trim().len();
        }
        if shown > MAX_SHOWN {
            return;
        }
    }
    let scripts = (0..arena.nodes.len() as NodeId).filter(|&at| arena.tag(at) == Tag::Script);
    let states: Vec<Json> = scripts
        .filter_map(|at| state(text, arena, at))
        .map(|span| Json::parse(text, span))
        .collect();
    for span in body(text, &states) {
        Reader::new(text, span, document).run();
    }
}

/// The span of a script that holds JSON.
fn state(text: &str, arena: &Arena, script: NodeId) -> Option<Span> {
    let first = arena.node(script).first;
    let NodeKind::Text(range, _) = arena.node(first).kind else {
        return None;
    };
    if first == NONE {
        return None;
    }
    let kind = arena.attr(script, AttrName::Type).map(|kind| kind.of(text));
    let is_json = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
    let code = range.of(text);
    let head = code.get(..300.min(code.len())).unwrap_or("");
    let is_state = is_json || STATES.iter().any(|name| head.contains(name));
    is_state.then(|| Span::new(range.start as usize, range.end as usize))
}

/// The strings of the script and member that hold most text, each text once.
fn body(text: &str, states: &[Json]) -> Vec<Span> {
    let mut sums: Vec<((usize, &str), usize)> = Vec::new();
    let mut place: FxHashMap<(usize, &str), usize> = FxHashMap::default();
    let mut seen: FxHashMap<&str, ()> = FxHashMap::default();
    let mut found: Vec<((usize, &str), Span)> = Vec::new();
    for (number, json) in states.iter().enumerate() {
        for node in json
            .nodes
            .iter()
            .filter(|node| is_text(text, node.span, node.kind))
        {
            if seen.insert(node.span.of(text), ()).is_some() {
                continue;
            }
            let key = (number, node.key.of(text));
            let at = *place.entry(key).or_insert(sums.len());
            if at == sums.len() {
                sums.push((key, 0));
            }
            sums[at].1 += node.span.len();
            found.push((key, node.span));
        }
    }
    // Of equals the first.
    let best = sums.iter().rev().max_by_key(|(_, sum)| *sum);
    let Some(&(best, _)) = best else {
        return Vec::new();
    };
    found.retain(|(key, _)| *key == best);
    let strings: Vec<Span> = found.into_iter().map(|(_, span)| span).collect();
    let longest = strings.iter().map(|span| span.len()).max();
    match longest >= Some(MIN_LONGEST) {
        true => strings,
        false => Vec::new(),
    }
}

/// Whether a value looks like running text: words and a sentence end.
fn is_text(text: &str, span: Span, kind: Kind) -> bool {
    let value = span.of(text);
    let unspaced = || {
        value
            .chars()
            .take(200)
            .filter(|c| crate::rules::is_unspaced(*c))
            .count()
            > 30
    };
    kind == Kind::String
        && value.len() >= MIN_STRING
        && (value.split_ascii_whitespace().nth(MIN_WORDS).is_some() || unspaced())
        && value.chars().any(crate::rules::ends_sentence)
        && !value.contains("function(")
}

/// Reads one string into blocks.
struct Reader<'d, 't> {
    text: &'d str,
    at: usize,
    end: usize,
    /// Where the verbatim run under way began.
    from: usize,
    pieces: Vec<Piece>,
    first_edit: usize,
    shows: bool,
    document: &'d mut Document<'t>,
}

impl<'d, 't> Reader<'d, 't> {
    fn new(text: &'d str, span: Span, document: &'d mut Document<'t>) -> Self {
        Self {
            text,
            at: span.start,
            end: span.end,
            from: span.start,
            pieces: Vec::new(),
            first_edit: document.edits.len(),
            shows: false,
            document,
        }
    }

    fn run(&mut self) {
        while let Some((len, c)) = self.next(self.at) {
            let written = self.text.as_bytes()[self.at] == b'\\';
            match c {
                '<' if self.tag() => {}
                '\n' | '\r' => self.line_end(len),
                _ if written => {
                    self.edit(len, c.to_string(), "json/escape");
                    self.shows |= !c.is_whitespace();
                }
                '&' => self.entity(),
                _ => {
                    self.shows |= !c.is_whitespace();
                    self.at += len;
                }
            }
        }
        self.flush();
    }

    /// The character at `at` and how many bytes write it.
    fn next(&self, at: usize) -> Option<(usize, char)> {
        let rest = self.text.get(at..self.end)?;
        let c = rest.chars().next()?;
        match c {
            '\\' => Some(escape(rest).map_or((1, c), |(len, c)| (len.min(rest.len()), c))),
            _ => Some((c.len_utf8(), c)),
        }
    }

    /// Passes over markup at the place of a `<`; `false` where it is a character.
    fn tag(&mut self) -> bool {
        let (mut at, mut name, mut in_name) = (self.at, String::new(), true);
        let mut first = true;
        while at < self.end && at - self.at < MAX_TAG {
            let Some((len, c)) = self.next(at) else {
                return false;
            };
            at += len;
            if c == '>' {
                let parts = PARTING.iter().any(|part| name.eq_ignore_ascii_case(part));
                let len = at - self.at;
                match parts {
                    true => self.skip(len),
                    false => self.edit(len, String::new(), "html/markup"),
                }
                return true;
            }
            match c {
                '<' | '/' if first => {}
                _ if name.is_empty() && !c.is_ascii_alphabetic() && c != '!' => return false,
                _ if in_name && c.is_ascii_alphanumeric() => name.push(c),
                _ => in_name = name.is_empty(),
            }
            first = c == '<';
        }
        false
    }

    /// A line end parts paragraphs; within one it is a space.
    fn line_end(&mut self, len: usize) {
        let again = matches!(self.next(self.at + len), Some((_, '\n' | '\r')));
        match again {
            true => self.skip(len),
            false => self.edit(len, " ".into(), "json/escape"),
        }
    }

    fn entity(&mut self) {
        let Some(found) = reference(&self.text[self.at..self.end], false) else {
            self.shows = true;
            self.at += 1;
            return;
        };
        let mut to = String::new();
        found.push_to(&mut to);
        self.shows = self.shows || !to.trim().is_empty();
        self.edit(found.len, to, "html/entity");
    }

    fn verbatim(&mut self) {
        if self.from < self.at {
            let span = Span::new(self.from, self.at);
            self.pieces.push(Piece { span, edit: None });
        }
    }

    fn edit(&mut self, len: usize, to: String, rule: &'static str) {
        self.verbatim();
        let span = Span::new(self.at, self.at + len);
        let edit = Some(self.document.edits.len() as u32);
        self.document.edits.push(Edit {
            span,
            text: to,
            rule: rule.into(),
        });
        self.pieces.push(Piece { span, edit });
        self.at += len;
        self.from = self.at;
    }

    /// Ends the block and passes over `len` bytes.
    fn skip(&mut self, len: usize) {
        self.flush();
        self.at += len;
        self.from = self.at;
    }

    fn flush(&mut self) {
        self.verbatim();
        if self.shows {
            let at = self
                .document
                .push_block(BlockKind::Paragraph, 0, &self.pieces);
            self.document.blocks[at].marks = Marks::SCRIPT;
        } else {
            self.document.edits.truncate(self.first_edit);
        }
        self.pieces.clear();
        self.shows = false;
        self.first_edit = self.document.edits.len();
        self.from = self.at;
    }
}

#[cfg(test)]
mod tests {
    use crate::html::segment;

    const STATE: &str = r#"<!doctype html><title>T</title><div id=root></div>
<script id="__NEXT_DATA__" type="application/json">{"props":{"slug":"a-b","body":
"\u003cp\u003eThe caf\u00e9 by the harbour opens again on Monday, its owner said to the paper, after \u003ca href=\"/x\"\u003etwo years\u003c/a\u003e of repairs &amp; quarrels.\u003c/p\u003e\u003cp\u003eNobody had expected it: the roof had fallen in, the cellar was full of water, and the bank had said no three times. A friend lent the money in the end, and the neighbours came with buckets, shovels and a pump from the port, day after day, until the floor was dry.\u003c/p\u003e",
"cookie":"We use cookies to make this site work and to measure how it is used by all of you. Read more in our notice."}}</script>"#;

    fn texts(page: &str) -> Vec<String> {
        let document = segment(page);
        let text = |block| document.text_of(block).trim().to_owned();
        document.blocks.iter().map(text).collect()
    }

    #[test]
    fn a_space_written_as_a_reference_is_no_paragraph() {
        let page = STATE.replace(
            r"\u003cp\u003eNobody",
            r"\u003cp\u003e&nbsp;\u003c/p\u003e\u003cp\u003eNobody",
        );
        assert_ne!(page, STATE);
        assert_eq!(texts(&page), texts(STATE));
    }

    #[test]
    fn a_shell_gives_the_text_of_its_state() {
        assert_eq!(
            texts(STATE),
            [
                "The café by the harbour opens again on Monday, its owner said to the paper, \
                 after two years of repairs & quarrels.",
                "Nobody had expected it: the roof had fallen in, the cellar was full of water, \
                 and the bank had said no three times. A friend lent the money in the end, and \
                 the neighbours came with buckets, shovels and a pump from the port, day after day, \
                 until the floor was dry.",
            ]
        );
    }

    #[test]
    fn a_page_that_shows_text_is_left_alone() {
        let shown = "<p>Words that the reader sees on the page. ".repeat(30);
        let page = format!("{shown}{STATE}");
        assert!(texts(&page).iter().all(|text| text.starts_with("Words")));
    }

    #[test]
    fn the_article_of_a_shell_is_kept_and_maps_to_the_script() {
        let cleaner = crate::Cleaner::new().unwrap();
        let record = crate::Record::html("a", STATE);
        let cleaned = cleaner.clean(&record).unwrap();
        assert!(
            cleaned.article.text.starts_with("The café by"),
            "{:?}",
            cleaned.article.text
        );
        assert!(!cleaned.article.text.contains("cookies"));
        assert!(cleaned.provenance.conserves(STATE).is_ok());
        let again = cleaned.provenance.replay(STATE.as_bytes()).unwrap();
        assert_eq!(again.text, cleaned.article.text);
    }
}
