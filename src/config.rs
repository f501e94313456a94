//! Configuration files: `lavoir.toml`, or `[tool.lavoir]` in `pyproject.toml`. The nearest one at
//! or above the working folder holds; the command line wins over it, and it over the defaults.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::CheckConfig;
use crate::cleaner::CleanConfig;
use crate::dedup;
use crate::error::{Error, ErrorKind, Result};
use crate::io::ReadOptions;
use crate::io::write::Target;
use crate::pipeline::CorpusOptions;

/// Name of the file that is looked for.
pub const FILE: &str = "lavoir.toml";

/// The other place, in its table `tool.lavoir`.
const PYPROJECT: &str = "pyproject.toml";

/// All that can be configured; a key that is not one of these is an error with its place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Which rules apply.
    pub rules: RulesConfig,
    /// How inputs are read.
    pub input: ReadOptions,
    /// How documents are cleaned.
    pub clean: CleanConfig,
    /// How a corpus is run.
    pub run: RunConfig,
    /// How copies are found.
    pub dedup: DedupConfig,
    /// What is decided over the whole corpus beside copies.
    pub corpus: CorpusOptions,
    /// What is written into the output folder.
    pub output: OutputConfig,
    /// The gate: what may still be dirty in a data set.
    pub check: CheckConfig,
}

/// Which rules apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesConfig {
    /// Folders of rule packs, below the folder of the configuration file; later packs win.
    pub packs: Vec<PathBuf>,
    /// Rules, or folders of rules, that are switched off (`fr/ad`).
    pub disable: Vec<String>,
}

/// How a corpus is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunConfig {
    /// Threads; 0 takes one per core.
    pub jobs: usize,
    /// Bytes of memory for what is kept over the whole corpus; past it, the output folder takes
    /// temporary files.
    pub memory: u64,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            jobs: 0,
            memory: dedup::Options::default().memory,
        }
    }
}

/// How copies are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DedupConfig {
    /// Whether copies are removed when a corpus is cleaned into a folder.
    pub enabled: bool,
    /// Whether near-duplicates are looked for, beside exact copies.
    pub near: bool,
    /// The share of the smaller text that its twin must repeat, in thousandths.
    #[schemars(range(min = 1, max = 1000))]
    pub threshold: u32,
}

impl Default for DedupConfig {
    fn default() -> Self {
        let options = dedup::Options::default();
        Self {
            enabled: true,
            near: options.near,
            threshold: options.threshold,
        }
    }
}

/// What is written into the output folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputConfig {
    /// Format of articles and provenance.
    pub to: Target,
    /// Whether attributes.jsonl is written, as the Dolma toolkit reads it.
    pub attributes: bool,
    /// Whether removed.jsonl is written.
    pub removed: bool,
    /// Bytes of articles past which a new output file begins.
    pub shard_bytes: Option<u64>,
}

impl Config {
    /// The options of the deduplication.
    pub fn dedup_options(&self) -> dedup::Options {
        dedup::Options {
            near: self.dedup.near,
            threshold: self.dedup.threshold,
            memory: self.run.memory,
            ..dedup::Options::default()
        }
    }
}

/// A configuration and where it came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// The file; `None` for the defaults.
    pub file: Option<PathBuf>,
}

impl Loaded {
    /// The configuration that holds in the folder `dir`: the nearest `lavoir.toml`, or
    /// `pyproject.toml` with a table `tool.lavoir`, there or above; else the defaults.
    ///
    /// # Errors
    /// The file cannot be read, or has a mistake (with its line and column).
    pub fn discover(dir: &Path) -> Result<Self> {
        for folder in dir.ancestors() {
            let own = folder.join(FILE);
            if own.is_file() {
                return Self::from_file(&own);
            }
            let project = folder.join(PYPROJECT);
            if project.is_file()
                && let Some(loaded) = Self::from_pyproject(&project)?
            {
                return Ok(loaded);
            }
        }
        Ok(Self::default())
    }

    /// The configuration in this file; one named `pyproject.toml` must have a table `tool.lavoir`.
    ///
    /// # Errors
    /// The file cannot be read, or has a mistake (with its line and column).
    pub fn from_file(file: &Path) -> Result<Self> {
        if file.file_name().is_some_and(|name| name == PYPROJECT) {
            return Self::from_pyproject(file)?.ok_or_else(|| {
                let remedy = "add [tool.lavoir], or name another file";
                Error::new(ErrorKind::Usage, "has no table tool.lavoir", remedy).at(file.display())
            });
        }
        let config = parse(file, &read(file)?)?;
        Ok(Self::at(config, file))
    }

    fn from_pyproject(file: &Path) -> Result<Option<Self>> {
        #[derive(Deserialize)]
        struct Project {
            tool: Option<Tool>,
        }
        #[derive(Deserialize)]
        struct Tool {
            lavoir: Option<Config>,
        }
        let project: Project = parse(file, &read(file)?)?;
        let config = project.tool.and_then(|tool| tool.lavoir);
        Ok(config.map(|config| Self::at(config, file)))
    }

    /// Paths in the file start at its folder.
    fn at(mut config: Config, file: &Path) -> Self {
        if let Some(folder) = file.parent() {
            for path in &mut config.rules.packs {
                *path = folder.join(&path);
            }
            config.check.baseline = folder.join(&config.check.baseline);
        }
        Self {
            config,
            file: Some(file.to_path_buf()),
        }
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| Error::io(file.display(), &error))
}

/// Parses TOML; a mistake is told with line and column.
fn parse<T: serde::de::DeserializeOwned>(file: &Path, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        let remedy = "`lavoir init` writes a file with all keys; `--isolated` runs without one";
        let cause = format!("{} (column {column})", error.message());
        Error::new(ErrorKind::Usage, cause, remedy)
            .at(file.display())
            .on_line(line)
    })
}

/// The configuration as TOML.
///
/// # Errors
/// Only if a value has no form in TOML, which the tests rule out.
pub fn to_toml(config: &Config) -> Result<String> {
    toml::to_string(config).map_err(|error| {
        let remedy = "report this as a bug with your configuration";
        Error::new(ErrorKind::Usage, error, remedy)
    })
}

/// The JSON Schema of the configuration file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}

/// A file with every key at its default, each explained and commented out.
pub fn template() -> Result<String> {
    let defaults = to_toml(&Config::default())?;
    let schema = schema();
    let mut out = String::from(
        "# Configuration of lavoir. The command line wins over this file.\n\
         # Every key is shown with its default.\n",
    );
    let mut table = String::new();
    for line in defaults.lines().chain(["[]"]) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            out.push_str(&unset(&schema, &table, &defaults));
            if name.is_empty() {
                break;
            }
            // TOML leaves out the head of a table that holds nothing but tables.
            if let Some((parent, _)) = name.split_once('.')
                && !table.starts_with(parent)
            {
                out.push_str(&head(&schema, parent));
                out.push_str(&unset(&schema, parent, &defaults));
            }
            table = name.to_owned();
            out.push_str(&head(&schema, name));
        } else if let Some((key, _)) = line.split_once(" = ") {
            let about = describe(&schema, table.split('.').chain([key]));
            let _ = writeln!(out, "{}# {line}", comment(&about));
        }
    }
    Ok(out)
}

fn comment(about: &str) -> String {
    about.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "# {line}");
        out
    })
}

/// The head of a table, with what it is for.
fn head(schema: &serde_json::Value, name: &str) -> String {
    let about = describe(schema, name.split('.'));
    format!("\n{}[{name}]\n", comment(&about))
}

/// The keys of a table that have no default.
fn unset(schema: &serde_json::Value, table: &str, defaults: &str) -> String {
    let node = node(schema, table.split('.'));
    let mut out = String::new();
    for (key, value) in node["properties"].as_object().into_iter().flatten() {
        let is_table = value["$ref"].is_string() && defaults.contains(&format!("[{table}.{key}]"));
        let section = defaults
            .split(&format!("[{table}]\n"))
            .nth(1)
            .unwrap_or_default();
        let section = section.split("\n[").next().unwrap_or_default();
        let is_set = section
            .lines()
            .any(|line| line.starts_with(&format!("{key} = ")));
        if !is_table && !is_set && !table.is_empty() {
            let about = value["description"].as_str().unwrap_or_default();
            let _ = writeln!(out, "{}# {key} (not set)", comment(about));
        }
    }
    out
}

/// The part of the schema that the key at `path` has.
fn node<'s, 'a>(
    schema: &'s serde_json::Value,
    path: impl Iterator<Item = &'a str>,
) -> &'s serde_json::Value {
    path.fold(schema, |node, key| {
        let node = &node["properties"][key];
        match node["$ref"]
            .as_str()
            .and_then(|name| name.rsplit('/').next())
        {
            Some(name) => &schema["$defs"][name],
            None => node,
        }
    })
}

/// What the schema says of the key at `path`.
fn describe<'a>(schema: &serde_json::Value, path: impl Iterator<Item = &'a str> + Clone) -> String {
    let (keys, last) = (path.clone().count().saturating_sub(1), path.clone().last());
    let parent = node(schema, path.clone().take(keys));
    let own = &parent["properties"][last.unwrap_or_default()]["description"];
    let about = own.as_str().or(node(schema, path)["description"].as_str());
    about.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn the_nearest_file_holds_and_paths_start_at_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        write(dir.path(), FILE, "[rules]\npacks = ['mine']\n");
        let loaded = Loaded::discover(&inner).unwrap();
        assert_eq!(loaded.config.rules.packs, [dir.path().join("mine")]);
        let project = "[project]\nname = 'x'\n[tool.lavoir.clean]\nfavor = 'tight'\n";
        write(&dir.path().join("a"), PYPROJECT, project);
        let loaded = Loaded::discover(&inner).unwrap();
        assert_eq!(loaded.file, Some(dir.path().join("a").join(PYPROJECT)));
        assert_eq!(
            loaded.config.clean.favor,
            crate::stages::content::Favor::Tight
        );
        // A project that says nothing of lavoir does not hide the file above.
        write(&inner, PYPROJECT, "[project]\nname = 'y'\n");
        let nearest = Loaded::discover(&inner).unwrap().file.unwrap();
        assert!(nearest.ends_with("a/pyproject.toml"));
    }

    #[test]
    fn a_mistake_has_line_and_column() {
        let dir = tempfile::tempdir().unwrap();
        let file = write(dir.path(), FILE, "[clean]\n  favour = 'tight'\n");
        let error = Loaded::from_file(&file).unwrap_err();
        assert_eq!(error.line, Some(2));
        assert!(error.cause.contains("favour") && error.cause.contains("column 3"));
        let file = write(dir.path(), FILE, "[dedup]\nthreshold = 'high'\n");
        assert_eq!(Loaded::from_file(&file).unwrap_err().line, Some(2));
    }

    #[test]
    fn the_template_names_every_key_and_is_the_default() {
        let template = template().unwrap();
        let all: String = template
            .lines()
            .filter(|line| !line.starts_with("# ") || line.contains(" = "))
            .map(|line| format!("{}\n", line.trim_start_matches("# ")))
            .collect();
        let file: Config = toml::from_str(&all).unwrap();
        assert_eq!(file, Config::default());
        let keys = to_toml(&Config::default()).unwrap();
        for key in keys.lines().filter(|line| line.contains(" = ")) {
            assert!(template.contains(key), "{key}");
        }
        assert!(!template.contains("\n\n\n"), "{template}");
    }
}
