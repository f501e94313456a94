//! The stages that decide, in their order: rules, title, repeats, standfirst, main content.

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
use crate::model::blocks::BlockModel;
use crate::rules::RuleSet;

/// What a doubtful block of a page is taken for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Favor {
    /// Content: as little as possible is lost.
    Safe,
    /// What it more likely is.
    #[default]
    Balanced,
    /// Boilerplate: as little of it as possible stays.
    Tight,
}

/// Which stages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stages {
    /// Titles, copies and doublings inside the page.
    pub repeats: bool,
    /// The main-content decision for what no rule settles.
    pub content: bool,
    /// What a doubtful block of a page is taken for.
    pub favor: Favor,
}

impl Default for Stages {
    fn default() -> Self {
        Self {
            repeats: true,
            content: true,
            favor: Favor::Balanced,
        }
    }
}

/// Decides about every byte of the document; decisions come in text order and cover it.
pub fn decide(
    document: &Document<'_>,
    rules: &RuleSet,
    model: &BlockModel,
    stages: Stages,
) -> Vec<Decision> {
    let mut draft = draft::Draft::new(document);
    rules::run(&mut draft, rules);
    if stages.content && document.is_html {
        page::run(&mut draft, rules, model, stages);
    }
    if stages.repeats {
        title::run(&mut draft);
        repeats::run(&mut draft);
        standfirst::run(&mut draft);
    }
    if stages.content {
        content::run(&mut draft, rules);
    }
    draft.finish()
}
