//! Rule packs: what a rule of safety `exact` removes, lifts or keeps; `evidence` is noted.

use std::ops::Range;

use super::draft::{Draft, Evidence, State, Verdict};
use crate::decision::{Action, Field, Reason, Stage};
use crate::document::BlockKind;
use crate::html::meta::date;
use crate::rules::site::{covers, host_of};
use crate::rules::{Hit, Place, Rule, RuleSet, Safety, Scratch};

/// Least share of link text, in percent, of a title below a read-also head on a page.
const LINK_PERCENT: usize = 60;

/// Fewest characters, white space left out, of the text below a heading.
const BELOW_HEADING_CHARS: usize = 40;
/// Families of labels that are ordinary headings when prose stands below them.
pub(super) const LABELS: [&str; 8] = [
    "comments",
    "follow",
    "legal",
    "login",
    "navigation",
    "player",
    "share",
    "tags",
];

/// Where the prose of a document begins and ends, as block numbers.
#[derive(Debug, Clone, Copy)]
struct Prose {
    second: usize,
    last: Option<usize>,
}

/// Applies the rules to every block.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet) {
    let prose = prose(draft);
    let mut blocks: Vec<(usize, Vec<Hit>)> = Vec::new();
    draft.keys.clear();
    draft.keys.reserve(draft.states.len());
    Scratch::with(|scratch| {
        let mut hits = Vec::new();
        for at in 0..draft.states.len() {
            let key = rules.hits(draft.text(at), scratch, &mut hits);
            draft.keys.push(key);
            if !hits.is_empty() {
                blocks.push((at, std::mem::take(&mut hits)));
            }
        }
    });
    let tally = Tally::of(blocks.iter().flat_map(|(_, hits)| hits), rules.packs());
    for (at, mut hits) in blocks {
        hits.retain(|hit| {
            let rule = &rules.rules()[hit.rule];
            let here = || speaks_here(rule, draft.document.host.as_deref());
            prose.allows(rule.file.place, at) && (!rules.is_sited(hit.rule) || here())
        });
        // Several packs may know a line; the one that knows most of this document speaks.
        hits.sort_by_key(|hit| std::cmp::Reverse(tally.of_rule(hit.rule)));
        decide(draft, at, rules.rules(), &hits);
    }
}

/// Whether a rule of one site is on its site; other rules speak everywhere.
fn speaks_here(rule: &Rule, host: Option<&str>) -> bool {
    host_of(&rule.id).is_none_or(|site| host.is_some_and(|host| covers(site, host)))
}

/// How many hits each pack has in the document.
struct Tally<'r> {
    counts: Vec<usize>,
    packs: &'r [usize],
}

impl<'r> Tally<'r> {
    fn of<'h>(hits: impl Iterator<Item = &'h Hit>, packs: &'r [usize]) -> Self {
        let mut counts: Vec<usize> = Vec::new();
        for hit in hits {
            let pack = packs[hit.rule];
            if counts.len() <= pack {
                counts.resize(pack + 1, 0);
            }
            counts[pack] += 1;
        }
        Self { counts, packs }
    }

    fn of_rule(&self, rule: usize) -> usize {
        self.counts.get(self.packs[rule]).copied().unwrap_or(0)
    }
}

fn prose(draft: &Draft<'_, '_>) -> Prose {
    let is_prose = |&at: &usize| draft.shapes[at].is_prose();
    let mut all = (0..draft.shapes.len()).filter(is_prose);
    Prose {
        second: all.nth(1).unwrap_or(usize::MAX),
        last: (0..draft.shapes.len()).rev().find(is_prose),
    }
}

impl Prose {
    fn allows(&self, place: Place, at: usize) -> bool {
        match place {
            Place::Any => true,
            Place::Head => at < self.second,
            Place::Tail => self.last.is_none_or(|last| at >= last),
        }
    }
}

fn decide(draft: &mut Draft<'_, '_>, at: usize, rules: &[Rule], hits: &[Hit]) {
    let heads_prose = heads_prose(draft, at);
    let exact = |hit: &&Hit| {
        let rule = &rules[hit.rule];
        rule.file.safety == Safety::Exact && !(heads_prose && LABELS.contains(&&*rule.family))
    };
    for hit in hits.iter().filter(|hit| !exact(hit)) {
        draft.states[at].evidence.push(Evidence {
            rule: hit.rule,
            hit: hit.clone(),
        });
    }
    let whole = |action: Action| {
        let fits = |hit: &&Hit| hit.part.is_none() && rules[hit.rule].file.action == action;
        hits.iter().filter(exact).find(fits)
    };
    if draft.states[at].verdict.is_none() {
        if let Some(keep) = whole(Action::Keep) {
            let verdict = verdict(&rules[keep.rule], Action::Keep, None);
            draft.states[at].verdict = Some(verdict);
        } else if let Some(lift) = whole(Action::Lift) {
            lift_fields(draft, at, &rules[lift.rule], lift);
        } else if let Some(hit) = whole(Action::Drop) {
            let rule = &rules[hit.rule];
            draft.states[at].verdict = Some(verdict(rule, Action::Drop, None));
            take_below(draft, at, rule);
        } else {
            for hit in hits.iter().filter(exact) {
                part(&mut draft.states[at], &rules[hit.rule], hit);
            }
        }
    }
}

/// A heading of a page (an `h1` to `h6`, not a guess) right above text: "FAQ", "Share".
fn heads_prose(draft: &Draft<'_, '_>, at: usize) -> bool {
    let Some(next) = draft.document.blocks.get(at + 1) else {
        return false;
    };
    draft.document.is_html
        && draft.document.blocks[at].kind == BlockKind::Heading
        && next.kind == BlockKind::Paragraph
        && next.link_bytes == 0
        && draft.shapes[at + 1].chars >= BELOW_HEADING_CHARS
}

/// What rules of safety `evidence` found in the head of a text, where a later stage removed the
/// line: the fields are lifted out of it rather than lost.
pub fn lift_removed(draft: &mut Draft<'_, '_>, rules: &RuleSet) {
    let prose = prose(draft);
    // Above the title of a page stands what belongs to the site.
    let first = match (draft.document.is_html, draft.title()) {
        (true, Some(title)) => title + 1,
        (true, None) => return,
        (false, _) => 0,
    };
    for at in first..draft.states.len().min(prose.second) {
        let state = &draft.states[at];
        let dropped =
            |verdict: &Verdict| verdict.stage == Stage::Content && verdict.action == Action::Drop;
        if !state.verdict.as_ref().is_some_and(dropped) || !state.parts.is_empty() {
            continue;
        }
        let lifts = |evidence: &&Evidence| {
            rules.rules()[evidence.rule].file.action == Action::Lift && evidence.hit.part.is_none()
        };
        if let Some(evidence) = state.evidence.iter().find(lifts).cloned() {
            let rule = &rules.rules()[evidence.rule];
            lift_fields(draft, at, rule, &evidence.hit);
        }
    }
}

pub(super) fn verdict(rule: &Rule, action: Action, field: Option<Field>) -> Verdict {
    Verdict {
        action,
        kind: rule.family.clone(),
        field,
        stage: Stage::Rules,
        reason: Reason::Rule(rule.id.clone()),
    }
}

/// A lift of a whole line: its groups fill fields, the rest of the line is dropped. A rule
/// without groups gives the line to its own field; of a page's line with a date, the date.
pub(super) fn lift_fields(draft: &mut Draft<'_, '_>, at: usize, rule: &Rule, hit: &Hit) {
    let text = draft.text(at);
    let line = 0..text.len();
    let dated = rule.file.field == Some(Field::Published) && draft.document.is_html;
    let state = &mut draft.states[at];
    if hit.fields.is_empty() {
        let date = dated.then(|| date::find(text)).flatten();
        if let Some(date) = date.filter(|date| date.at.len() < text.len()) {
            state.verdict = Some(verdict(rule, Action::Drop, None));
            let lift = verdict(rule, Action::Lift, Some(Field::Published));
            return push(state, date.at, lift);
        }
        let action = rule.file.field.map_or(Action::Drop, |_| Action::Lift);
        state.verdict = Some(verdict(rule, action, rule.file.field));
        return;
    }
    state.verdict = Some(verdict(rule, Action::Drop, None));
    add_fields(state, rule, hit, &line);
}

/// The groups of a hit as parts of the line, in text order, inner groups of others left out.
fn add_fields(state: &mut State, rule: &Rule, hit: &Hit, within: &Range<usize>) {
    let mut fields = hit.fields.clone();
    fields.sort_by_key(|(_, range)| (range.start, range.end));
    let mut from = within.start;
    for (field, range) in fields {
        if range.start < from || range.end > within.end {
            continue;
        }
        if from < range.start {
            push(state, from..range.start, verdict(rule, Action::Drop, None));
        }
        from = range.end;
        push(state, range, verdict(rule, Action::Lift, Some(field)));
    }
    if from < within.end {
        push(state, from..within.end, verdict(rule, Action::Drop, None));
    }
}

/// A hit on a part of a line: the part is cut out or lifted, the rest stays open.
fn part(state: &mut State, rule: &Rule, hit: &Hit) {
    let Some(range) = hit.part.clone() else {
        return;
    };
    let free =
        |(have, _): &(Range<usize>, Verdict)| have.end <= range.start || range.end <= have.start;
    if !state.parts.iter().all(free) || rule.file.action == Action::Keep {
        return;
    }
    if hit.fields.is_empty() {
        let (action, field) = match (rule.file.action, rule.file.field) {
            (Action::Lift, Some(field)) => (Action::Lift, Some(field)),
            _ => (Action::Drop, None),
        };
        push(state, range, verdict(rule, action, field));
    } else {
        add_fields(state, rule, hit, &range);
    }
}

fn push(state: &mut State, range: Range<usize>, verdict: Verdict) {
    let at = state
        .parts
        .partition_point(|(have, _)| have.start < range.start);
    state.parts.insert(at, (range, verdict));
}

/// The unmarked titles below a head that go with it.
fn take_below(draft: &mut Draft<'_, '_>, head: usize, rule: &Rule) {
    let Some(take) = rule.file.take else {
        return;
    };
    let last = (head + take.lines).min(draft.states.len() - 1);
    for at in head + 1..=last {
        if !goes_with_head(draft, head, at) {
            break;
        }
        draft.states[at].verdict = Some(verdict(rule, Action::Drop, None));
    }
}

fn goes_with_head(draft: &Draft<'_, '_>, head: usize, at: usize) -> bool {
    let block = &draft.document.blocks[at];
    if !draft.is_open(at) || !draft.shapes[at].is_title() {
        return false;
    }
    if draft.document.is_html {
        return block.link_bytes as usize * 100 >= draft.text(at).len() * LINK_PERCENT;
    }
    // A title-shaped line set off by empty lines right above prose is a heading of the text,
    // unless it is the first below the head: a head without a title says nothing.
    let above_prose = at + 1 < draft.shapes.len() && draft.shapes[at + 1].is_prose();
    let list = block.kind == BlockKind::ListItem;
    list || !(above_prose && block.after_gap)
        || at == head + 1 && !draft.document.blocks[at - 1].after_gap
}
