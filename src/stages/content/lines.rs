//! Main content of plain text: the line model decides about every line that is still open.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Point, Profile, shelter};
use crate::decision::{ModelReason, Reason, Stage, Twin};
use crate::document::BlockKind;
use crate::model::lines::{Line, LineModel, NAME, Ruled, Threshold, family_bit};
use crate::rules::RuleSet;
use crate::stages::draft::{Draft, Verdict};
use crate::stages::shape::Shape;

/// The family of a line that no rule has a name for.
const FAMILY: &str = "boilerplate";
/// Most lines of a text that may be something else than a page.
const FEW: usize = 40;
/// In a page, rules speak of more than one line in so many.
const SPOKEN: usize = 12;
/// The share of a text that must stay, unless rules speak of it: one in so many.
const KEPT: usize = 2;
/// The share, in per cent, that stays of an article without its page at least (this and both limits
/// below: measured on the development pages, out of fold).
const CUT_OUT: usize = 45;
/// The score for articles from which on a paragraph is asked about again.
const NEAR_AS_ARTICLE: i32 = 500;
/// The score that such a paragraph has in its page at least.
const NEAR: i32 = 250;
/// The rule of the repeats stage whose choice, the first copy, is looked at again.
const SAME_PARAGRAPH: &str = "repeats/same-paragraph";
/// The score from which a copy is content by itself.
const SURE_COPY: i32 = 450;

/// Removes the open lines whose score is below the threshold.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet, point: Point) {
    if let Ok(model) = LineModel::builtin() {
        run_with(draft, rules, point, model);
    }
}

/// The same with the weights of `model`.
pub fn run_with(
    draft: &mut Draft<'_, '_>,
    rules: &RuleSet,
    point: Point,
    model: &'static LineModel,
) {
    let lines = inputs(draft, rules);
    let mut judged = judge(draft, &lines, point, model);
    if point.profile != Profile::Article && may_be_cut_out(&lines, &judged) {
        ask_again(draft, &lines, model, &mut judged);
    }
    let (scores, threshold) = judged;
    if is_unlike_a_page(&lines, &scores, threshold.of_line()) {
        return;
    }
    let least = |shape: &Shape| match shape.is_long() {
        true => threshold.of_paragraph(shape.chars + 2),
        false => threshold.of_line(),
    };
    let least: Vec<i32> = draft.shapes.iter().map(least).collect();
    choose_copies(draft, &scores);
    let (family, hash): (Arc<str>, Arc<str>) = (FAMILY.into(), model.hash().into());
    let stays = shelter::stays(draft, rules, &scores, &least);
    for (at, &score) in scores.iter().enumerate() {
        if stays[at] || ruled(draft, at) != Ruled::Open || !draft.is_open(at) {
            continue;
        }
        let reason = Reason::Model(ModelReason {
            name: NAME.into(),
            hash: hash.clone(),
            score,
            threshold: least[at],
        });
        let evidence = draft.states[at].evidence.first();
        let family = evidence
            .map_or(&family, |hit| &rules.rules()[hit.rule].family)
            .clone();
        draft.remove(at, Stage::Content, family, reason);
    }
}

/// The scores of all lines and the thresholds that follow from them.
fn judge(
    draft: &Draft<'_, '_>,
    lines: &[Line<'_>],
    point: Point,
    model: &LineModel,
) -> (Vec<i32>, Threshold) {
    let scores = model.scores_of(lines, &draft.lines, point.profile == Profile::Article);
    let sized = |at: usize| (scores[at], draft.shapes[at].chars + 2);
    let open = (0..lines.len()).filter(|&at| lines[at].ruled != Ruled::Removed);
    let threshold = model.threshold(point.index(), open.map(sized));
    (scores, threshold)
}

/// Whether so much of a text would stay that it may be an article without its page.
fn may_be_cut_out(lines: &[Line<'_>], (scores, threshold): &(Vec<i32>, Threshold)) -> bool {
    let (all, kept) = kept(lines, scores, threshold.of_line());
    kept * 100 >= all * CUT_OUT
}

/// A paragraph of such a text goes if both ensembles are against it: that for articles may lift its
/// score, in a text of many lines only where both are near to it. Only scores that something hangs on
/// are asked about: those below the threshold or below that of a sure copy.
fn ask_again(
    draft: &Draft<'_, '_>,
    lines: &[Line<'_>],
    model: &LineModel,
    (scores, threshold): &mut (Vec<i32>, Threshold),
) {
    let few = lines.len() <= FEW;
    let asked = |at: &usize| {
        let (score, shape) = (scores[*at], &draft.shapes[*at]);
        let hangs = || score < threshold.of_paragraph(shape.chars + 2).max(SURE_COPY);
        lines[*at].ruled == Ruled::Open && shape.is_long() && (few || score >= NEAR) && hangs()
    };
    let asked: Vec<usize> = (0..lines.len()).filter(asked).collect();
    if asked.is_empty() {
        return;
    }
    let articles = model.scores_of(lines, &draft.lines, true);
    for at in asked {
        if few || articles[at] >= NEAR_AS_ARTICLE {
            scores[at] = articles[at].max(scores[at]);
        }
    }
}

/// The bytes of the open lines, and of those whose score reaches the threshold.
fn kept(lines: &[Line<'_>], scores: &[i32], threshold: i32) -> (usize, usize) {
    let open = lines
        .iter()
        .zip(scores)
        .filter(|(line, _)| line.ruled == Ruled::Open);
    open.fold((0, 0), |(all, kept), (line, &score)| {
        let size = line.text.len();
        (all + size, kept + if score >= threshold { size } else { 0 })
    })
}

/// Whether a text is short, hardly a rule speaks, and yet most of it would go: verse, chat, lists … are not
/// what the model has learned, and with so little evidence they stay.
fn is_unlike_a_page(lines: &[Line<'_>], scores: &[i32], threshold: i32) -> bool {
    if lines.len() > FEW {
        return false;
    }
    let spoken = lines.iter().filter(|line| line.families != 0).count();
    let (all, kept) = kept(lines, scores, threshold);
    spoken * SPOKEN < lines.len().max(1) && kept * KEPT < all
}

/// Of a paragraph that stands in the page several times, the copy with the best score stays, the
/// first one of equals: the others are teasers of it. A copy stays as well if it is surely content
/// where it stands: forms, tables and lists of cards repeat themselves on purpose.
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
        let repeats = |copy: usize| copy != best && scores[copy] < SURE_COPY;
        let verdict = draft.states[at].verdict.take();
        let span = draft.document.extent(&draft.document.blocks[best]);
        let verdict = verdict.map(|verdict| Verdict {
            reason: Reason::Twin(Twin {
                rule: SAME_PARAGRAPH.into(),
                id: None,
                span,
            }),
            ..verdict
        });
        if repeats(first) {
            draft.states[first].verdict = verdict.clone();
        }
        draft.states[at].verdict = verdict.filter(|_| repeats(at));
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
        let state = &draft.states[at];
        let hits = state
            .evidence
            .iter()
            .map(|hit| &*rules.rules()[hit.rule].family);
        let removed = state
            .verdict
            .iter()
            .filter(|verdict| verdict.stage == Stage::Rules);
        let families = hits.chain(removed.map(|verdict| &*verdict.kind));
        Line {
            text: draft.text(at),
            ruled: ruled(draft, at),
            families: families.fold(0, |bits, family| bits | family_bit(family)),
        }
    };
    (0..draft.states.len()).map(line).collect()
}

/// A line with a field (title, standfirst) and verse stay whatever their score.
fn ruled(draft: &Draft<'_, '_>, at: usize) -> Ruled {
    if twin(draft, at).is_some() {
        Ruled::Open
    } else if !draft.stays(at) {
        Ruled::Removed
    } else if draft.is_open(at)
        && draft.states[at].field.is_none()
        && draft.kind(at) != BlockKind::Verse
    {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RulePack;
    use crate::stages::{Stages, prepare};

    /// The lines that are removed, by number.
    fn removed(text: &str) -> Vec<usize> {
        let rules = RuleSet::compile(&RulePack::builtin().unwrap()).unwrap();
        let document = crate::plain::segment(text);
        let mut draft = prepare(&document, &rules, Stages::default());
        run(&mut draft, &rules, Point::default());
        (0..draft.states.len())
            .filter(|&at| !draft.stays(at))
            .collect()
    }

    #[test]
    fn texts_without_prose_stay_whole() {
        let poem = "The tide went out at seven,\nthe boats lay on their sides,\n\
                    and nobody in Deven\nremembered other tides.\n";
        assert!(removed(poem).is_empty());
        let chat = "anna: are you there?\nbo: yes\nanna: the shop is closed today\nbo: oh no\n";
        assert!(removed(chat).is_empty());
        let recipe = "Pancakes\n\n- 2 eggs\n- 250 g of flour\n- half a litre of milk\n\n\
                      Mix everything and let it stand.\nBake in butter.\n";
        assert!(removed(recipe).is_empty());
        assert!(removed("One line.").is_empty());
    }
}
