//! Main content of a page: a learned decision per block.
//!
//! Counts over blocks and elements become features; a first ensemble scores each block by
//! itself, a second one also sees what the first said about the blocks around it and about the
//! page. Rules that decide alone have spoken before.

pub mod comments;
mod count;
mod facts;
mod features;
mod hints;
mod leftovers;
mod scale;
mod second;
mod topic;
mod words;

use std::sync::Arc;

pub(super) use self::count::count;
use self::facts::Facts;
pub(super) use self::facts::Text;
pub use self::features::Table;
use super::content::Favor;
use super::draft::{Draft, Verdict};
use crate::decision::{Action, ModelReason, Reason, Stage};
use crate::document::Marks;
use crate::model::blocks::{BlockModel, NAME};
use crate::rules::RuleSet;

/// Bounds of the threshold, in thousandths: what is hardly ever content is not taken on the
/// most doubtful page, and what mostly is content stays on the clearest one.
const BOUNDS: std::ops::RangeInclusive<i64> = 60..=550;
/// The same where the threshold leans to less text.
const TIGHT: i64 = 700;
/// Percent of the best threshold, by leaning: safe, balanced, tight.
const LEANING: [i64; 3] = [50, 100, 140];
/// Expected F1, in thousandths, below which a page is told to have no content: shells of
/// scripts, error pages, walls.
const NO_CONTENT: i64 = 200;

/// The score from which blocks of this page stay, in thousandths.
///
/// With independent chances for every block, the expected F1 of a selection is best when all
/// blocks stay whose chance is at least half of that F1 (Lipton et al. 2014, "Optimal
/// thresholding of classifiers to maximize F1 measure"): a doubtful page keeps doubtful blocks.
/// Blocks of a page are right or wrong together, so a doubtful page keeps still more: the
/// threshold goes with F1 to the power of 1.5, which the training data prefers out of fold.
fn threshold(draft: &Draft<'_, '_>, scores: &[i32], favor: Favor) -> i32 {
    let best = expected_f1(draft, scores);
    if best < NO_CONTENT {
        return 1001;
    }
    let power = best * (best * 1000).isqrt() / 1000;
    let most = (*BOUNDS.end() * LEANING[favor as usize] / 100).min(TIGHT);
    let wanted = power * 55 / 100 * LEANING[favor as usize] / 100;
    wanted.clamp(*BOUNDS.start(), most) as i32
}

/// The best F1, in thousandths, that a selection of the open blocks is expected to reach.
fn expected_f1(draft: &Draft<'_, '_>, scores: &[i32]) -> i64 {
    let mut blocks: Vec<(i32, i64)> = (0..draft.states.len().min(scores.len()))
        .filter(|&at| draft.is_open(at) && !is_state(draft, at))
        .map(|at| (scores[at], draft.shapes[at].chars as i64))
        .collect();
    blocks.sort_unstable_by_key(|&(score, chars)| std::cmp::Reverse((score, chars)));
    let expected: i64 = blocks.iter().map(|(score, n)| i64::from(*score) * n).sum();
    let (mut kept, mut right, mut best) = (0, 0, 0);
    for (score, chars) in blocks {
        kept += chars;
        right += i64::from(score) * chars;
        best = best.max(2000 * right / (kept * 1000 + expected).max(1));
    }
    best
}

/// Decides about the blocks of a page that no rule settled.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet, model: &BlockModel, favor: Favor) {
    let scores = scores(draft, rules, model);
    let threshold = threshold(draft, &scores, favor);
    let stays = |at: usize| scores.get(at).is_none_or(|score| *score >= threshold);
    state(draft, stays);
    let content = (0..draft.states.len()).any(|at| draft.is_open(at) && stays(at));
    let title = super::title::named(draft).filter(|_| content);
    let kind: Arc<str> = "boilerplate".into();
    for at in 0..draft.states.len() {
        if !draft.is_open(at) || stays(at) || title == Some(at) {
            continue;
        }
        let reason = Reason::Model(ModelReason {
            name: NAME.into(),
            hash: model.hash().clone(),
            score: scores.get(at).copied().unwrap_or(0),
            threshold,
        });
        draft.remove(at, Stage::Content, kind.clone(), reason);
    }
    leftovers::run(draft, rules);
}

/// Whether block `at` stands in a script.
fn is_state(draft: &Draft<'_, '_>, at: usize) -> bool {
    draft.document.blocks[at].marks.has(Marks::SCRIPT)
}

/// Text out of a script is the content where the page shows less.
fn state(draft: &mut Draft<'_, '_>, stays: impl Fn(usize) -> bool) {
    let all = || 0..draft.states.len();
    let chars = |at: usize| draft.shapes[at].chars;
    let state: usize = all().filter(|&at| is_state(draft, at)).map(chars).sum();
    let shown = |at: &usize| !is_state(draft, *at) && draft.is_open(*at) && stays(*at);
    let shown: usize = all().filter(shown).map(chars).sum();
    let (action, rule) = match shown < state {
        true => (Action::Keep, "state/only-text"),
        false => (Action::Drop, "state/beside-text"),
    };
    for at in 0..draft.states.len() {
        if is_state(draft, at) {
            draft.states[at].verdict.get_or_insert_with(|| Verdict {
                action,
                kind: "boilerplate".into(),
                field: None,
                stage: Stage::Content,
                reason: Reason::rule(rule),
            });
        }
    }
}

/// The chance of each block to be main content, in thousandths.
pub fn scores(draft: &Draft<'_, '_>, rules: &RuleSet, model: &BlockModel) -> Vec<i32> {
    let table = Table::only(draft.states.len(), model.asked());
    let (table, scores) = fill(draft, rules, model, table);
    let scores = match &model.second {
        Some(second) => second.score(&table.columns),
        None => scores,
    };
    scores
        .iter()
        .map(|score| model.probability(*score))
        .collect()
}

/// The features of both levels of each block of a page, and the scores of the first level.
pub fn features(draft: &Draft<'_, '_>, rules: &RuleSet, model: &BlockModel) -> (Table, Vec<i32>) {
    fill(draft, rules, model, Table::new(draft.states.len()))
}

/// The same in a table that may leave out what the model does not ask for.
fn fill(
    draft: &Draft<'_, '_>,
    rules: &RuleSet,
    model: &BlockModel,
    mut table: Table,
) -> (Table, Vec<i32>) {
    let facts = Facts::of(draft, rules);
    features::first_level(draft, &facts, &mut table);
    let scores = model.first.score(&table.columns);
    if model.levels() > 1 {
        let chances: Vec<i32> = scores.iter().map(|s| model.probability(*s)).collect();
        second::second_level(draft, &facts, &scores, &chances, &mut table);
    }
    (table, scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html;
    use crate::rules::RulePack;

    fn kept(page: &str) -> Vec<String> {
        let document = html::segment(page);
        let mut draft = Draft::new(&document);
        let rules = RuleSet::compile(&RulePack::default()).unwrap();
        let model = BlockModel::builtin().unwrap();
        run(&mut draft, &rules, &model, Favor::Balanced);
        let stays = (0..draft.states.len()).filter(|&at| draft.stays(at));
        stays.map(|at| draft.text(at).trim().to_owned()).collect()
    }

    #[test]
    fn the_article_stays_and_the_frame_goes() {
        let prose = [
            "The harbour has been closed since Monday, the port authority said. ",
            "Ships wait in the bay, and nobody knows when the crane will be repaired. ",
        ]
        .map(|sentence| sentence.repeat(3));
        let page = format!(
            "<title>Harbour closed since Monday</title><body><nav><ul><li><a href=/>Home</a>\
             <li><a href=/a>Sport</a><li><a href=/b>Weather</a></ul></nav><main><article>\
             <h1>Harbour closed since Monday</h1><p>{}</p><p>{}</p></article></main>\
             <footer class=footer><p><a href=/i>Imprint</a> <a href=/p>Privacy</a></footer>",
            prose[0], prose[1]
        );
        let prose = prose.each_ref().map(|text| text.trim());
        let title = "Harbour closed since Monday";
        assert_eq!(kept(&page), [title, prose[0], prose[1]]);
    }

    #[test]
    fn removal_names_the_model_and_its_score() {
        let prose = "The harbour has been closed since Monday, the port authority said. ".repeat(3);
        let page = format!(
            "<main><article><h1>Harbour closed</h1><p>{prose}</p></article></main>\
             <footer class=footer><a href=/i>Imprint</a></footer>"
        );
        let document = html::segment(&page);
        let mut draft = Draft::new(&document);
        let rules = RuleSet::compile(&RulePack::default()).unwrap();
        let model = BlockModel::builtin().unwrap();
        run(&mut draft, &rules, &model, Favor::Balanced);
        let verdict = draft.states.last().and_then(|state| state.verdict.as_ref());
        let verdict = verdict.unwrap();
        let Reason::Model(reason) = &verdict.reason else {
            panic!("no model: {:?}", verdict.reason);
        };
        assert_eq!((&*reason.name, &reason.hash), (NAME, model.hash()));
        assert!(reason.score < reason.threshold);
    }

    #[test]
    fn the_weights_fit_the_features() {
        let document = html::segment("<p>One</p><p>Two</p>");
        let draft = Draft::new(&document);
        let rules = RuleSet::compile(&RulePack::default()).unwrap();
        let model = BlockModel::builtin().unwrap();
        let (table, _) = features(&draft, &rules, &model);
        let second = model.second.as_ref().map(|second| second.width());
        assert_eq!(second.unwrap_or(model.first.width()), table.names.len());
        let mut names = table.names.clone();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), table.names.len());
    }
}
