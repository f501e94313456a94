//! The stages that decide, in their order: rules, captions, title, repeats, standfirst, main
//! content.

pub mod captions;
pub mod content;
pub mod draft;
pub mod page;
pub mod repeats;
pub mod rules;
pub mod shape;
pub mod standfirst;
pub mod title;

use crate::decision::Decision;
use crate::document::Document;
use crate::rules::RuleSet;

/// Which stages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

/// A document and what the stages before the main-content decision say about it.
pub fn prepare<'d, 't>(
    document: &'d Document<'t>,
    rules: &RuleSet,
    stages: Stages,
) -> draft::Draft<'d, 't> {
    let mut draft = draft::Draft::new(document);
    rules::run(&mut draft, rules);
    if stages.captions {
        captions::run(&mut draft);
    }
    if stages.content && document.is_html {
        page::run(&mut draft);
    }
    if stages.repeats {
        title::run(&mut draft);
        rules::lift_head(&mut draft, rules);
        repeats::run(&mut draft);
        standfirst::run(&mut draft);
    }
    draft
}

/// Decides about every byte of the document; decisions come in text order and cover it.
pub fn decide(
    document: &Document<'_>,
    rules: &RuleSet,
    stages: Stages,
    point: content::Point,
) -> Vec<Decision> {
    let mut draft = prepare(document, rules, stages);
    if stages.content {
        content::run(&mut draft, rules, point);
        rules::lift_removed(&mut draft, rules);
    }
    draft.finish()
}
