//! Which files are read: folders, lists, and the names that their records get.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Format;
use crate::error::{Error, ErrorKind, Result};

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in ids and provenance: the path below the folder that was given, or the file's
    /// name. Does not depend on where the folder is.
    pub name: String,
    /// How it holds records.
    pub format: Format,
}

impl Input {
    /// A file of this name, whatever it holds.
    pub fn named(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            name: name.into(),
            format: Format::Whole(None),
        }
    }

    /// Whether it is standard input: it can be read once only.
    pub fn is_stream(&self) -> bool {
        self.path == Path::new("-")
    }
}

/// The files to read in order of their names, and what was passed over.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files.
    pub files: Vec<Input>,
    /// Files in folders whose ending says nothing; not read.
    pub skipped: Vec<String>,
    /// What could not be listed; a row each.
    pub errors: Vec<Error>,
}

impl Inputs {
    /// Lists files and folders (with all that is below them). Folders give files with known
    /// endings, in `names` any file is read.
    pub fn list(names: &[PathBuf]) -> Self {
        Self::list_beside(names, None)
    }

    /// The same; where the folder `outputs` lies in one of the folders, what it holds is no input.
    pub fn list_beside(names: &[PathBuf], outputs: Option<&Path>) -> Self {
        let mut inputs = Self::default();
        let outputs = outputs.and_then(|folder| folder.canonicalize().ok());
        let is_input = |dir: &Path| {
            let outputs = outputs.as_deref();
            outputs.is_none_or(|outputs| dir.canonicalize().is_ok_and(|dir| dir != outputs))
        };
        for path in names {
            match std::fs::metadata(path) {
                _ if path == Path::new("-") => inputs.add(path.clone(), "-".into(), Format::Guess),
                Ok(meta) if meta.is_dir() => inputs.walk(path, path, &is_input),
                Ok(_) => {
                    let name = path.file_name().unwrap_or(path.as_os_str());
                    let name = name.to_string_lossy().into_owned();
                    let format = Format::of_name(path).unwrap_or(Format::Guess);
                    inputs.add(path.clone(), name, format);
                }
                Err(error) => inputs.errors.push(Error::io(path.display(), &error)),
            }
        }
        inputs.make_unique();
        inputs
    }

    fn add(&mut self, path: PathBuf, name: String, format: Format) {
        self.files.push(Input { path, name, format });
    }

    fn walk(&mut self, root: &Path, dir: &Path, is_input: &dyn Fn(&Path) -> bool) {
        let entries = match std::fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => return self.errors.push(Error::io(dir.display(), &error)),
        };
        for entry in entries {
            let path = match entry {
                Ok(entry) => entry.path(),
                Err(error) => {
                    self.errors.push(Error::io(dir.display(), &error));
                    continue;
                }
            };
            let inside = path.strip_prefix(root).unwrap_or(&path);
            let name = inside.to_string_lossy().replace('\\', "/");
            let is_link_to_dir = path.is_symlink() && path.is_dir();
            if is_link_to_dir {
                // Following it could go round in circles.
                self.skipped.push(name);
            } else if path.is_dir() {
                if is_input(&path) {
                    self.walk(root, &path, is_input);
                }
            } else if let Some(format) = Format::of_name(&path) {
                self.add(path, name, format);
            } else {
                self.skipped.push(name);
            }
        }
    }

    /// Sorts by name and makes names unique: files of the same name get their path as given.
    fn make_unique(&mut self) {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.files.dedup_by(|a, b| a.path == b.path);
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for file in &self.files {
            *count.entry(file.name.clone()).or_default() += 1;
        }
        for file in &mut self.files {
            if count.get(&file.name).is_some_and(|&n| n > 1) {
                let path = file.path.to_string_lossy().replace('\\', "/");
                file.name = path.trim_start_matches("./").to_owned();
            }
        }
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        self.skipped.sort();
        self.errors.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// The paths in a list, one per line; empty lines are passed over.
///
/// # Errors
/// The list cannot be read or is not UTF-8.
pub fn files_from(list: &Path) -> Result<Vec<PathBuf>> {
    let fail = |error: &std::io::Error| Error::io(list.display(), error);
    let mut reader = super::compression::open(list).map_err(|error| fail(&error))?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut reader, &mut text).map_err(|error| fail(&error))?;
    let paths: Vec<PathBuf> = text
        .lines()
        .filter(|l| !l.is_empty())
        .map(Into::into)
        .collect();
    if paths.is_empty() {
        let remedy = "write one path per line";
        return Err(
            Error::new(ErrorKind::Usage, "the list names no file", remedy).at(list.display()),
        );
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Form;

    #[test]
    fn outputs_are_no_inputs_unless_they_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let (page, out) = (dir.path().join("page.html"), dir.path().join("out"));
        let articles = out.join("articles.jsonl");
        std::fs::create_dir(&out).unwrap();
        std::fs::write(&page, "x").unwrap();
        std::fs::write(&articles, "x").unwrap();
        let folder = [dir.path().to_path_buf()];
        let files = |names: &[PathBuf]| Inputs::list_beside(names, Some(&out)).files;
        assert_eq!(files(&folder).len(), 1);
        assert_eq!(files(std::slice::from_ref(&articles)).len(), 1);
        assert_eq!(files(std::slice::from_ref(&out)).len(), 1);
        assert_eq!(Inputs::list(&folder).files.len(), 2);
    }

    #[test]
    fn names_do_not_depend_on_order_or_place() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["b/one.txt", "a/one.txt", "a/two.html.gz", "a/notes.pdf"] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let all = Inputs::list(&[dir.path().to_path_buf()]);
        let names: Vec<&str> = all.files.iter().map(|f| &*f.name).collect();
        assert_eq!(names, ["a/one.txt", "a/two.html.gz", "b/one.txt"]);
        assert_eq!(all.skipped, ["a/notes.pdf"]);
        assert_eq!(all.files[1].format, Format::Whole(Some(Form::Html)));
        let (a, b) = (dir.path().join("a/one.txt"), dir.path().join("b/one.txt"));
        let one = Inputs::list(&[b.clone(), a.clone(), dir.path().join("gone.txt")]);
        let other = Inputs::list(&[a, b]);
        assert_eq!(one.files, other.files);
        assert_eq!(one.errors.len(), 1);
        assert_ne!(one.files[0].name, one.files[1].name);
    }
}
