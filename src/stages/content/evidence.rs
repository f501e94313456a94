//! Main content from evidence alone, where no model speaks.
//!
//! Rules of safety `evidence` remove a line only where its surroundings say the same: outside the
//! stretch from the title to the last paragraph of prose, or between two removed lines.

use crate::decision::{Reason, Stage};
use crate::rules::RuleSet;
use crate::stages::draft::Draft;

/// Decides about the blocks that are still open.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet) {
    let Some((first, last)) = stretch(draft) else {
        return;
    };
    for at in 0..draft.states.len() {
        if !draft.is_open(at) || draft.shapes[at].is_prose() || draft.states[at].field.is_some() {
            continue;
        }
        let Some(evidence) = draft.states[at].evidence.first() else {
            continue;
        };
        let outside = at < first || at > last;
        let removed =
            |at: Option<usize>| at.is_none_or(|at| at >= draft.states.len() || !draft.stays(at));
        if outside || (removed(at.checked_sub(1)) && removed(Some(at + 1))) {
            let rule = &rules.rules()[evidence.rule];
            let (family, id) = (rule.family.clone(), rule.id.clone());
            draft.remove(at, Stage::Content, family, Reason::Rule(id));
        }
    }
}

/// From the title, or else the first paragraph of prose, to the last paragraph of prose.
fn stretch(draft: &Draft<'_, '_>) -> Option<(usize, usize)> {
    let prose = |at: &usize| draft.is_prose(*at);
    let mut all = 0..draft.states.len();
    let last = all.clone().rev().find(prose)?;
    Some((draft.title().or_else(|| all.find(prose))?, last))
}
