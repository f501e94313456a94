//! The settings of a command: the command line over the configuration file over the defaults.

use std::path::PathBuf;

use clap::Args;

use super::load_packs;
use crate::article::TextFormat;
use crate::cleaner::Cleaner;
use crate::config::{Config, Loaded, to_toml};
use crate::error::{Error, Result};
use crate::rules::RulePack;
use crate::stages::content::{Favor, Profile};

/// Where settings come from; the same for every command that has any.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Take the configuration from this file [default: the nearest lavoir.toml, or pyproject.toml
    /// with [tool.lavoir], here or above]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    isolated: bool,
    /// Print the settings that hold, as TOML, and do nothing
    #[arg(long, help_heading = "Configuration")]
    pub(super) show_config: bool,
}

impl ConfigArgs {
    /// The settings of the file that holds.
    pub(super) fn load(&self) -> Result<Loaded> {
        match &self.config {
            _ if self.isolated => Ok(Loaded::default()),
            Some(file) => Loaded::from_file(file),
            None => {
                let here = std::env::current_dir();
                Loaded::discover(&here.map_err(|error| Error::io("working folder", &error))?)
            }
        }
    }
}

/// The settings as `--show-config` prints them.
pub(super) fn shown(loaded: &Loaded) -> Result<String> {
    let from = match &loaded.file {
        Some(file) => format!("# {} and the command line\n", file.display()),
        None => "# defaults and the command line\n".to_owned(),
    };
    Ok(from + &to_toml(&loaded.config)?)
}

/// The options about rules.
#[derive(Debug, Args)]
pub(super) struct RulesOptions {
    /// Add the rule pack in this folder; later packs win
    #[arg(long = "rules", value_name = "DIR")]
    packs: Vec<PathBuf>,
    /// Switch off a rule by id, or all rules below a folder (fr/ad)
    #[arg(long, value_name = "ID")]
    disable: Vec<String>,
}

impl RulesOptions {
    /// Adds to what the file says.
    pub(super) fn apply(&self, config: &mut Config) {
        config.rules.packs.extend_from_slice(&self.packs);
        config.rules.disable.extend_from_slice(&self.disable);
    }
}

/// The rules that a configuration names.
pub(super) fn rules(config: &Config) -> Result<RulePack> {
    load_packs(&config.rules.packs, &config.rules.disable)
}

/// The options that make a cleaner; the same for every command that cleans.
#[derive(Debug, Args)]
pub(super) struct CleanerArgs {
    #[command(flatten)]
    rules: RulesOptions,
    /// How the article's text is written [default: text]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// What to lean to when in doubt [default: balanced]
    #[arg(long, value_name = "LEANING")]
    favor: Option<FavorArg>,
    /// Put the comments of readers into metadata, apart from the text
    #[arg(long)]
    comments: bool,
    /// Put the addresses that links of the text lead to into metadata, and links into Markdown
    #[arg(long)]
    links: bool,
    /// Put the addresses of pictures in the text into metadata
    #[arg(long)]
    images: bool,
    /// What the texts are [default: auto]
    #[arg(long, value_name = "PROFILE")]
    profile: Option<ProfileArg>,
    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

impl CleanerArgs {
    /// The settings of the file, with those of the command line over them.
    pub(super) fn load(&self) -> Result<Loaded> {
        let mut loaded = self.config.load()?;
        self.rules.apply(&mut loaded.config);
        let clean = &mut loaded.config.clean;
        if let Some(format) = self.format {
            clean.format = match format {
                FormatArg::Text => TextFormat::Text,
                FormatArg::Markdown => TextFormat::Markdown,
            };
        }
        if let Some(favor) = self.favor {
            clean.favor = match favor {
                FavorArg::Safe => Favor::Safe,
                FavorArg::Balanced => Favor::Balanced,
                FavorArg::Tight => Favor::Tight,
            };
        }
        if let Some(profile) = self.profile {
            clean.profile = match profile {
                ProfileArg::Auto => Profile::Auto,
                ProfileArg::Article => Profile::Article,
                ProfileArg::Mixed => Profile::Mixed,
            };
        }
        clean.extras.comments |= self.comments;
        clean.extras.links |= self.links;
        clean.extras.images |= self.images;
        Ok(loaded)
    }
}

/// The cleaner of a configuration.
pub(super) fn cleaner(config: &Config) -> Result<Cleaner> {
    Cleaner::with(config.clean.clone(), &rules(config)?)
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FavorArg {
    /// Lose no paragraph, leave more boilerplate
    Safe,
    /// In between
    Balanced,
    /// Leave little boilerplate, lose a paragraph now and then
    Tight,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ProfileArg {
    /// Anything
    Auto,
    /// Articles already cut out of their pages
    Article,
    /// Whole pages of every kind: forums, products, listings as well
    Mixed,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FormatArg {
    /// Plain text
    Text,
    /// Markdown
    Markdown,
}
