//! Main content: what no rule settles.

mod evidence;
pub mod lines;
mod shelter;

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use crate::rules::RuleSet;

/// What a decision leans to when in doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Favor {
    /// To keeping: paragraphs are the last thing to lose.
    Safe,
    /// To neither side.
    #[default]
    Balanced,
    /// To removing: boilerplate is the last thing to leave.
    Tight,
}

/// What the texts are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Anything.
    #[default]
    Auto,
    /// Articles that somebody has cut out of their pages: most lines are the text.
    Article,
    /// Whole pages of every kind: forums, products, listings, documentation as well.
    Mixed,
}

/// The operating point of a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Point {
    /// What decisions lean to.
    pub favor: Favor,
    /// What the texts are.
    pub profile: Profile,
}

impl Point {
    /// The number of this point among the thresholds of a model: profile × 3 + leaning.
    pub fn index(self) -> usize {
        self.profile as usize * 3 + self.favor as usize
    }
}

/// Decides about the blocks that are still open.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet, point: Point) {
    if draft.document.is_html {
        evidence::run(draft, rules);
    } else {
        lines::run(draft, rules, point);
    }
}
