//! A folder with one text per article, and an index: the article's row without its text, with the
//! file's name, size and SHA-256 in its place.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use rustc_hash::FxHashSet;
use tempfile::TempDir;

use super::RowWriter;
use super::rows::ArticleRow;
use crate::error::{Error, Result};
use crate::io::output::{OutputFile, Written};
use crate::provenance::sha256;

/// Longest name of a folder or file that is made, in bytes; file systems allow 255.
const NAME_BYTES: usize = 200;

/// Texts in a folder that gets its name when all of them are there.
pub(super) struct Tree {
    place: PathBuf,
    folder: TempDir,
    index: OutputFile,
    ending: &'static str,
    taken: FxHashSet<String>,
}

impl Tree {
    pub(super) fn create(dir: &Path, stem: &str, ending: &'static str) -> Result<Self> {
        let fail = |error: io::Error| Error::io(dir.display(), &error);
        let index = OutputFile::create(dir, &format!("{stem}.index.jsonl"))?;
        let prefix = format!(".{stem}.");
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(dir);
        Ok(Self {
            place: dir.join(stem),
            folder: folder.map_err(fail)?,
            index,
            ending,
            taken: FxHashSet::default(),
        })
    }

    /// A name below the folder that no article has yet, made from the id.
    fn name(&mut self, id: &str) -> String {
        let stem = safe(id);
        let mut name = format!("{stem}.{}", self.ending);
        // Names that differ in nothing but case are one name on some file systems.
        for number in 2.. {
            if self.taken.insert(name.to_lowercase()) {
                break;
            }
            name = format!("{stem}~{number}.{}", self.ending);
        }
        name
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.folder.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    /// Moves the folder to its place; one that stands there goes away when the new one is there.
    fn move_in(self) -> io::Result<OutputFile> {
        open_to_all(self.folder.path())?;
        let old = self.place.exists().then(|| {
            let parent = self.place.parent().unwrap_or(Path::new("."));
            let aside = tempfile::Builder::new()
                .prefix(".old.")
                .tempdir_in(parent)?;
            fs::rename(&self.place, aside.path().join("old")).map(|()| aside)
        });
        let old = old.transpose()?;
        fs::rename(self.folder.keep(), &self.place)?;
        drop(old);
        Ok(self.index)
    }
}

impl RowWriter for Tree {
    fn row(&mut self, json: &str) -> Result<()> {
        let fail = |error: io::Error| Error::io("articles", &error);
        let row: ArticleRow<'_> = serde_json::from_str(json).map_err(|error| fail(error.into()))?;
        let file = self.name(&row.id);
        self.write(&file, &row.text)
            .map_err(|error| Error::io(self.place.join(&file).display(), &error))?;
        let hash = sha256(row.text.as_bytes());
        self.index.json(&row.in_file(&file, hash))
    }

    fn finish(self: Box<Self>) -> Result<Written> {
        let place = self.place.display().to_string();
        let index = self.move_in().map_err(|error| Error::io(place, &error))?;
        index.finish()
    }
}

/// An id as a path that stays below its folder and that every file system takes.
fn safe(id: &str) -> String {
    let id = id.split_once("://").map_or(id, |(_, rest)| rest);
    let forbidden = |c: char| c.is_control() || "<>:\"\\|?*".contains(c);
    let clean = |part: &str| {
        let mut part: String = part
            .chars()
            .map(|c| if forbidden(c) { '_' } else { c })
            .collect();
        let end = (0..=part.len().min(NAME_BYTES))
            .rev()
            .find(|&at| part.is_char_boundary(at));
        part.truncate(end.unwrap_or(0));
        part.trim_end_matches(['.', ' ']).to_owned()
    };
    let parts: Vec<String> = Path::new(id)
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(clean(&part.to_string_lossy())),
            _ => None,
        })
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        "_".into()
    } else {
        parts.join("/")
    }
}

/// Temporary folders are private; outputs are for everybody whom the folder above lets in.
#[cfg(unix)]
fn open_to_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> io::Result<()> {
    Ok(())
}
