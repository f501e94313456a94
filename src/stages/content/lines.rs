//! Main content of plain text: the line model decides about every line that is still open.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Point;
use crate::decision::{ModelReason, Reason, Stage, Twin};
use crate::model::lines::{Line, LineModel, NAME, Ruled, evidence_group};
use crate::rules::RuleSet;
use crate::stages::draft::{Draft, Verdict};

/// The family of a line that no rule has a name for.
const FAMILY: &str = "boilerplate";
/// The rule of the repeats stage whose choice, the first copy, is looked at again.
const SAME_PARAGRAPH: &str = "repeats/same-paragraph";

/// Removes the open lines whose score is below the threshold.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet, point: Point) {
    let Ok(model) = LineModel::builtin() else {
        return;
    };
    let scores = model.scores(&inputs(draft, rules));
    let threshold = model.threshold(point.index());
    choose_copies(draft, &scores);
    let family: Arc<str> = FAMILY.into();
    for (at, score) in scores.into_iter().enumerate() {
        if score >= threshold || ruled(draft, at) != Ruled::Open || !draft.is_open(at) {
            continue;
        }
        let reason = Reason::Model(ModelReason {
            name: NAME.into(),
            hash: model.hash().into(),
            score,
            threshold,
        });
        let evidence = draft.states[at].evidence.first();
        let family = evidence
            .map_or(&family, |hit| &rules.rules()[hit.rule].family)
            .clone();
        draft.remove(at, Stage::Content, &family, reason);
    }
}

/// Of a paragraph that stands in the page several times, the copy with the best score stays, the
/// first one of equals: the others are teasers of it.
fn choose_copies(draft: &mut Draft<'_, '_>, scores: &[i32]) {
    let copies: Vec<(usize, usize)> = (0..scores.len())
        .filter_map(|at| Some((original(draft, at)?, at)))
        .filter(|&(first, _)| ruled(draft, first) == Ruled::Open)
        .collect();
    let mut best: FxHashMap<usize, usize> = FxHashMap::default();
    for &(first, at) in &copies {
        let best = best.entry(first).or_insert(first);
        if scores[at] > scores[*best] {
            *best = at;
        }
    }
    for (first, at) in copies {
        let best = best[&first];
        if best == first {
            continue;
        }
        let span = draft.document.extent(&draft.document.blocks[best]);
        let verdict = draft.states[at].verdict.take();
        let verdict = verdict.map(|verdict| Verdict {
            reason: Reason::Twin(Twin {
                rule: SAME_PARAGRAPH.into(),
                id: None,
                span,
            }),
            ..verdict
        });
        draft.states[first].verdict = verdict.clone();
        draft.states[at].verdict = verdict.filter(|_| at != best);
    }
}

/// The first copy of the paragraph that block `at` repeats.
fn original(draft: &Draft<'_, '_>, at: usize) -> Option<usize> {
    let twin = twin(draft, at)?;
    let document = draft.document;
    let extent = |at: usize| document.extent(&document.blocks[at]);
    // Blocks of plain text ascend.
    let blocks = document
        .blocks
        .partition_point(|block| document.extent(block) < twin.span);
    (blocks < at && extent(blocks) == twin.span).then_some(blocks)
}

/// The lines as the model sees them.
pub fn inputs<'d>(draft: &Draft<'d, '_>, rules: &RuleSet) -> Vec<Line<'d>> {
    let line = |at: usize| {
        let hits = draft.states[at].evidence.iter();
        Line {
            text: draft.text(at),
            ruled: ruled(draft, at),
            evidence: hits.fold(0, |groups, hit| {
                groups | evidence_group(&rules.rules()[hit.rule].family)
            }),
        }
    };
    (0..draft.states.len()).map(line).collect()
}

/// A line with a field (title, standfirst) stays whatever its score.
fn ruled(draft: &Draft<'_, '_>, at: usize) -> Ruled {
    if twin(draft, at).is_some() {
        Ruled::Open
    } else if !draft.stays(at) {
        Ruled::Removed
    } else if draft.is_open(at) && draft.states[at].field.is_none() {
        Ruled::Open
    } else {
        Ruled::Kept
    }
}

/// What the block repeats, if it is a paragraph that stands in the page before.
fn twin<'a>(draft: &'a Draft<'_, '_>, at: usize) -> Option<&'a Twin> {
    match &draft.states[at].verdict.as_ref()?.reason {
        Reason::Twin(twin) if &*twin.rule == SAME_PARAGRAPH => Some(twin),
        _ => None,
    }
}
