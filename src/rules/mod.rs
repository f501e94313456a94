//! Rule packs: what the junk looks like, as data.
//!
//! A rule is a TOML file ([`RuleFile`]); its path is its id and its examples are its tests.
//! A [`RulePack`] is loaded from the binary or a folder and compiled into a [`RuleSet`].

mod analysis;
mod aside;
mod classes;
mod compile;
mod filter;
mod gates;
mod grams;
mod heads;
mod inside;
mod items;
mod lint;
mod literals;
mod near;
pub mod normalise;
mod open;
mod pack;
mod patterns;
mod phrases;
mod schema;
mod seen;
pub mod site;
mod words;

pub use compile::{Hit, RuleSet, Scratch};
pub(crate) use items::Ends;
pub use lint::{ExampleResult, Lint, lint, run_examples};
pub use pack::{Rule, RulePack};
pub use phrases::{ends_sentence, is_unspaced};
pub use schema::{Example, Matchers, Place, RuleFile, Safety, Take};
