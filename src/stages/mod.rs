//! The stages that decide, in their order: rules, captions, title, head, repeats, standfirst,
//! main content.

pub mod captions;
pub mod content;
pub mod draft;
mod finish;
pub mod head;
pub mod page;
pub mod repeats;
pub mod rules;
pub mod selected;
pub mod shape;
pub mod standfirst;
pub mod title;

use crate::decision::Decision;
use crate::document::{Document, Extras};
use crate::model::blocks::BlockModel;
use crate::rules::RuleSet;

/// Which stages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Stages {
    /// Captions go to metadata.
    pub captions: bool,
    /// Titles, copies and doublings inside the page.
    pub repeats: bool,
    /// The main-content decision for what no rule settles.
    pub content: bool,
}

impl Default for Stages {
    fn default() -> Self {
        Self {
            captions: true,
            repeats: true,
            content: true,
        }
    }
}

/// A document and what rules and captions say about it.
pub fn settle<'d, 't>(
    document: &'d Document<'t>,
    rules: &RuleSet,
    stages: Stages,
) -> draft::Draft<'d, 't> {
    let mut draft = draft::Draft::new(document);
    selected::run(&mut draft, rules);
    rules::run(&mut draft, rules);
    if stages.captions {
        captions::run(&mut draft);
    }
    draft
}

/// A document of plain text and what the stages before the main-content decision say about it.
pub fn prepare<'d, 't>(
    document: &'d Document<'t>,
    rules: &RuleSet,
    stages: Stages,
) -> draft::Draft<'d, 't> {
    let mut draft = settle(document, rules, stages);
    repeats(&mut draft, rules, stages);
    draft
}

fn repeats(draft: &mut draft::Draft<'_, '_>, rules: &RuleSet, stages: Stages) {
    if stages.repeats {
        title::run(draft);
        head::run(draft, rules);
        repeats::run(draft);
        standfirst::run(draft);
    }
}

/// Decides about every byte of the document; decisions come in text order and cover it.
pub fn decide(
    document: &Document<'_>,
    rules: &RuleSet,
    model: &BlockModel,
    stages: Stages,
    point: content::Point,
    extras: Extras,
) -> Vec<Decision> {
    let mut draft = settle(document, rules, stages);
    if stages.content && document.is_html {
        page::run(&mut draft, rules, model, point.favor);
    }
    repeats(&mut draft, rules, stages);
    if stages.content {
        content::run(&mut draft, rules, point);
        if extras.comments && document.is_html {
            page::comments::run(&mut draft);
        }
        rules::lift_removed(&mut draft, rules);
    }
    draft.finish()
}
