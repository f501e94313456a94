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
use crate::io::ReadLimits;

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
    /// How documents are cleaned.
    pub clean: CleanConfig,
    /// How a corpus is run.
    pub run: RunConfig,
    /// How copies are found.
    pub dedup: DedupConfig,
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
    /// Longest record in bytes after decompression; a longer one becomes an error row.
    pub max_record_bytes: usize,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            jobs: 0,
            max_record_bytes: ReadLimits::default().record_bytes,
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

impl DedupConfig {
    /// The options of the deduplication.
    pub fn options(&self) -> dedup::Options {
        dedup::Options {
            near: self.near,
            threshold: self.threshold,
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
    for line in defaults.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            table = name.to_owned();
            let about = describe(&schema, name.split('.'));
            let _ = writeln!(out, "\n{}[{name}]", comment(&about));
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

/// What the schema says of the key at `path`.
fn describe<'a>(schema: &serde_json::Value, path: impl Iterator<Item = &'a str>) -> String {
    let mut node = schema;
    let mut about = "";
    for key in path {
        node = &node["properties"][key];
        if let Some(text) = node["description"].as_str() {
            about = text;
        }
        if let Some(name) = node["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            node = &schema["$defs"][name];
        }
    }
    about.to_owned()
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
