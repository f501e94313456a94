//! Rule packs: loading rule files from the binary or a folder, and the hash that names them.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::schema::RuleFile;
use crate::error::{Error, ErrorKind, Result};

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));

/// A rule with its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The path of its file below the pack, without `lang/` and `.toml`: `fr/ad/continue-after-ad`.
    pub id: Arc<str>,
    /// The folder it stands in: `ad`, `read-also`; the `kind` of what it removes.
    pub family: Arc<str>,
    /// What the file says.
    pub file: RuleFile,
    /// The file's text; part of the pack's hash.
    pub source: Arc<str>,
}

/// Rules in order of their id; a later pack replaces rules of the same id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RulePack {
    rules: Vec<Rule>,
}

impl RulePack {
    /// The rules that ship with lavoir.
    ///
    /// # Errors
    /// Only if a built-in file is broken, which the tests rule out.
    pub fn builtin() -> Result<Self> {
        let mut pack = Self::default();
        for (path, text) in BUILTIN {
            pack.add(parse(path, text)?);
        }
        Ok(pack)
    }

    /// The rules below the folder `dir`, whatever its depth.
    ///
    /// # Errors
    /// An unreadable folder or file, or a mistake in a rule, with file and line.
    pub fn from_dir(dir: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(dir, &mut files)?;
        files.sort();
        let mut pack = Self::default();
        for file in files {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| Error::io(file.display(), &error))?;
            let inside = file.strip_prefix(dir).unwrap_or(&file);
            let path = inside.to_string_lossy().replace('\\', "/");
            pack.add(parse(&path, &text).map_err(|error| error.at(file.display()))?);
        }
        Ok(pack)
    }

    /// A pack of one rule; `path` is as in a pack's folder (`lang/fr/ad/x.toml`).
    ///
    /// # Errors
    /// A mistake in the rule, with its line.
    pub fn single(path: &str, text: &str) -> Result<Self> {
        let mut pack = Self::default();
        pack.add(parse(path, text)?);
        Ok(pack)
    }

    /// Adds a rule; one with the same id is replaced.
    pub fn add(&mut self, rule: Rule) {
        match self.rules.binary_search_by(|have| have.id.cmp(&rule.id)) {
            Ok(at) => self.rules[at] = rule,
            Err(at) => self.rules.insert(at, rule),
        }
    }

    /// Adds all rules of a later pack; they win.
    pub fn extend(&mut self, later: Self) {
        for rule in later.rules {
            self.add(rule);
        }
    }

    /// Switches off the rule `id`, or all rules below it (`fr/ad`).
    ///
    /// # Errors
    /// No rule has that id.
    pub fn disable(&mut self, id: &str) -> Result<()> {
        let before = self.rules.len();
        self.rules.retain(|rule| {
            let below = rule.id.strip_prefix(id);
            !below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if self.rules.len() == before {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("no rule has the id {id}"),
                "`lavoir rules list` prints the ids",
            ));
        }
        Ok(())
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// SHA-256 over ids and texts of all rules, in lower-case hex.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for rule in &self.rules {
            for part in [&rule.id, &rule.source] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        crate::hex(&hasher.finalize())
    }
}

fn collect(dir: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let fail = |error: std::io::Error| Error::io(dir.display(), &error);
    for entry in std::fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

fn parse(path: &str, text: &str) -> Result<Rule> {
    let at_line = |cause: String, offset: usize, remedy: &str| {
        let line = text.as_bytes()[..offset.min(text.len())]
            .iter()
            .filter(|&&b| b == b'\n')
            .count();
        Error::new(ErrorKind::Rule, cause, remedy)
            .at(path)
            .on_line(line + 1)
    };
    let file: RuleFile = toml::from_str(text).map_err(|error| {
        at_line(
            error.message().replace('\n', " "),
            error.span().map_or(0, |span| span.start),
            "see docs/rules.md for the keys of a rule",
        )
    })?;
    if file.matchers.is_empty() {
        let at = text.find("match").unwrap_or(0);
        return Err(at_line(
            "the rule matches nothing".into(),
            at,
            "give one of line, start, end, contains, inline, regex, tail_regex, selector",
        ));
    }
    let id = path.trim_end_matches(".toml");
    let id = id.strip_prefix("lang/").unwrap_or(id);
    let mut above = id.rsplit('/').skip(1);
    let family = above.next().unwrap_or("rule");
    Ok(Rule {
        id: id.into(),
        family: family.into(),
        file,
        source: text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "summary = 's'\nwhy = 'w'\naction = 'drop'\nsafety = 'exact'\n";

    #[test]
    fn id_and_family_come_from_the_path() {
        let text = format!("{RULE}match = {{ line = ['x'] }}\n");
        let pack = RulePack::single("lang/fr/ad/marker.toml", &text).unwrap();
        assert_eq!(&*pack.rules()[0].id, "fr/ad/marker");
        assert_eq!(&*pack.rules()[0].family, "ad");
    }

    #[test]
    fn a_typo_is_an_error_with_file_and_line() {
        let text = format!("{RULE}match = {{ line = ['x'] }}\nplaec = 'head'\n");
        let error = RulePack::single("fr/ad/marker.toml", &text).unwrap_err();
        assert_eq!(
            (error.path.as_deref(), error.line),
            (Some("fr/ad/marker.toml"), Some(6))
        );
        assert!(error.cause.contains("plaec"), "{error}");
    }

    #[test]
    fn later_rules_replace_earlier_ones_and_change_the_hash() {
        let one = format!("{RULE}match = {{ line = ['x'] }}\n");
        let two = format!("{RULE}match = {{ line = ['y'] }}\n");
        let mut pack = RulePack::single("a/b.toml", &one).unwrap();
        let before = pack.hash();
        pack.extend(RulePack::single("a/b.toml", &two).unwrap());
        assert_eq!(pack.rules().len(), 1);
        assert_ne!(pack.hash(), before);
        assert!(pack.disable("nothing").is_err());
        pack.disable("a").unwrap();
        assert!(pack.rules().is_empty());
    }
}
