//! Repeats inside one page: a line doubled, copies of the title, the same caption or paragraph
//! twice. Of each, the first stays.

use rustc_hash::FxHashMap;

use super::draft::Draft;
use crate::decision::{Reason, Stage, Twin};
use crate::document::BlockKind;
use crate::rules::normalise::normalise;

/// Fewest characters (normalised) of a line whose doubling is no accident of speech.
const DOUBLED_CHARS: usize = 12;
/// Fewest characters (normalised) of a paragraph that is not printed twice on purpose.
const PARAGRAPH_CHARS: usize = 80;

/// Removes repeats.
pub fn run(draft: &mut Draft<'_, '_>) {
    let mut keys: Vec<String> = Vec::with_capacity(draft.states.len());
    for at in 0..draft.states.len() {
        let mut key = String::new();
        normalise(draft.text(at), &mut key);
        keys.push(key);
    }
    title_copies(draft, &keys);
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    let mut before: Option<usize> = None;
    for at in 0..keys.len() {
        if !draft.is_open(at) {
            continue;
        }
        let key = keys[at].as_str();
        let chars = key.chars().count();
        let doubled = before.filter(|&b| keys[b] == key && chars >= DOUBLED_CHARS);
        let again = first.get(key).copied().filter(|_| chars >= PARAGRAPH_CHARS);
        if doubled.is_some() && can_double(draft, at) {
            drop_twin(draft, at, doubled, "repeats/doubled-line");
        } else if again.is_some() && can_double(draft, at) {
            drop_twin(draft, at, again, "repeats/same-paragraph");
        } else {
            first.entry(key).or_insert(at);
            before = Some(at);
        }
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
fn title_copies(draft: &mut Draft<'_, '_>, keys: &[String]) {
    let Some(title) = draft.title() else {
        return;
    };
    if keys[title].chars().count() < DOUBLED_CHARS {
        return;
    }
    for at in (0..keys.len()).filter(|&at| at != title) {
        if draft.is_open(at) && keys[at] == keys[title] && draft.states[at].parts.is_empty() {
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
