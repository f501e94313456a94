//! Repeats inside one page: a line doubled, copies of the title, the same caption or paragraph
//! twice. Of each, the first stays.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::draft::Draft;
use crate::decision::{Reason, Stage, Twin};
use crate::document::BlockKind;
use crate::rules::normalise::normalise;

/// Fewest characters (normalised) of a line whose doubling is no accident of speech.
const DOUBLED_CHARS: usize = 12;
/// Fewest characters (normalised) of a paragraph that is not printed twice on purpose.
const PARAGRAPH_CHARS: usize = 80;

/// Most characters that one byte becomes when it is normalised: U+FDFA has three and becomes 18.
const GROWTH: usize = 6;

/// Whether two blocks say the same in at least `chars` characters; their texts are normalised only
/// if their keys are equal.
#[inline]
fn same(draft: &Draft<'_, '_>, one: usize, other: usize, chars: usize) -> bool {
    draft.keys[one] == draft.keys[other] && is_same(draft, one, other, chars)
}

/// The same of two blocks whose keys are equal.
fn is_same(draft: &Draft<'_, '_>, one: usize, other: usize, chars: usize) -> bool {
    if !may_have(draft, one, chars) {
        return false;
    }
    let equal = draft.text(one) == draft.text(other);
    // Each letter or digit of ASCII stays one character.
    if equal && draft.shapes[one].letters >= chars && draft.text(one).is_ascii() {
        return true;
    }
    let key = normalised(draft, one);
    key.chars().count() >= chars && (equal || key == normalised(draft, other))
}

/// Whether the normalised text of a block can have so many characters.
fn may_have(draft: &Draft<'_, '_>, at: usize, chars: usize) -> bool {
    let text = draft.text(at);
    text.len() >= chars || text.len() * GROWTH >= chars && !text.is_ascii()
}

fn normalised(draft: &Draft<'_, '_>, at: usize) -> String {
    let mut key = String::new();
    normalise(draft.text(at), &mut key);
    key
}

/// Removes repeats.
pub fn run(draft: &mut Draft<'_, '_>) {
    draft.know_keys();
    title_copies(draft);
    let mut paragraphs = Paragraphs::default();
    let mut before: Option<usize> = None;
    for at in 0..draft.states.len() {
        if !draft.is_open(at) {
            continue;
        }
        let doubled = before.filter(|&b| same(draft, b, at, DOUBLED_CHARS));
        let paragraph = may_have(draft, at, PARAGRAPH_CHARS);
        let again = paragraph.then(|| paragraphs.first(draft, at)).flatten();
        if doubled.is_some() && can_double(draft, at) {
            drop_twin(draft, at, doubled, "repeats/doubled-line");
        } else if again.is_some() && can_double(draft, at) {
            drop_twin(draft, at, again, "repeats/same-paragraph");
        } else {
            if paragraph {
                paragraphs.add(draft, at);
            }
            before = Some(at);
        }
    }
}

/// The paragraphs so far, each the first of its kind.
#[derive(Default)]
struct Paragraphs {
    /// By their keys; `None` where several have the same.
    by_key: FxHashMap<u64, Option<usize>>,
    /// Those by their normalised texts.
    by_text: FxHashMap<String, usize>,
}

impl Paragraphs {
    /// The paragraph that block `at` repeats.
    fn first(&mut self, draft: &Draft<'_, '_>, at: usize) -> Option<usize> {
        match *self.by_key.get(&draft.keys[at])? {
            Some(first) => same(draft, first, at, PARAGRAPH_CHARS).then_some(first),
            None => {
                let key = normalised(draft, at);
                let long = key.chars().count() >= PARAGRAPH_CHARS;
                self.by_text.get(&key).copied().filter(|_| long)
            }
        }
    }

    fn add(&mut self, draft: &Draft<'_, '_>, at: usize) {
        match self.by_key.entry(draft.keys[at]) {
            Entry::Vacant(free) => {
                free.insert(Some(at));
                return;
            }
            Entry::Occupied(mut taken) => {
                if let Some(first) = taken.insert(None) {
                    self.by_text.insert(normalised(draft, first), first);
                }
            }
        }
        self.by_text.entry(normalised(draft, at)).or_insert(at);
    }
}

/// Verse, code, tables and dialogue repeat themselves on purpose.
fn can_double(draft: &Draft<'_, '_>, at: usize) -> bool {
    use BlockKind::{Code, TableRow, Verse};
    let speech = draft
        .text(at)
        .trim_start()
        .starts_with(['—', '–', '-', '«', '"', '“', '„']);
    let on_purpose = matches!(draft.kind(at), Code | TableRow | Verse);
    !on_purpose && (!speech || draft.shapes[at].is_prose())
}

/// Copies of the title.
fn title_copies(draft: &mut Draft<'_, '_>) {
    let Some(title) = draft.title() else {
        return;
    };
    for at in (0..draft.states.len()).filter(|&at| at != title) {
        if draft.is_open(at)
            && draft.states[at].parts.is_empty()
            && same(draft, title, at, DOUBLED_CHARS)
        {
            drop_twin(draft, at, Some(title), "repeats/title-copy");
        }
    }
}

fn twin(draft: &Draft<'_, '_>, of: usize, rule: &str) -> Reason {
    Reason::Twin(Twin {
        rule: rule.into(),
        id: None,
        span: draft.document.extent(&draft.document.blocks[of]),
    })
}

fn drop_twin(draft: &mut Draft<'_, '_>, at: usize, of: Option<usize>, rule: &str) {
    if let Some(of) = of {
        let reason = twin(draft, of, rule);
        draft.remove(at, Stage::Repeats, "repeat", reason);
    }
}
