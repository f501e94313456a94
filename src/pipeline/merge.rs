//! The runs of a job array become one: what one run over all inputs had written.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::clock::Clock;
use super::hash_file;
use super::manifest::{InputNote, Manifest};
use super::options::{Settings, Start};
use super::part::{Chunk, Header, PartWriter, Summary};
use super::plan::{Plan, Planned};
use super::second::SecondPass;
use super::state::State;
use super::{Progress, Watch, stopped};
use crate::dedup;
use crate::error::{Error, ErrorKind, Result};
use crate::io::compression;
use crate::io::inputs::{Input, Inputs};
use crate::site::SiteMemory;

/// Bytes that are taken from a shard at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// How runs are merged.
#[derive(Debug, Clone, Default)]
pub struct MergeOptions {
    /// Threads; 0 takes one per core.
    pub jobs: usize,
    /// Bytes that may be spent on what is kept over the whole corpus; `None` takes the default.
    pub memory: Option<u64>,
    /// Whether to replace what would be lost in the output folder.
    pub force: bool,
}

/// Merges the output folders of all shards of a job array into `out`: copies are removed over all
/// of them, and articles, provenance and manifest are those of one run over all inputs.
///
/// # Errors
/// The folders are not all shards of one array, once each, made with the same configuration; one
/// of them was changed; or the output cannot be written.
pub fn merge(
    dirs: &[PathBuf],
    out: &Path,
    options: &MergeOptions,
    watch: Watch<'_>,
) -> Result<Manifest> {
    let clock = Clock::start();
    let shards = shards(dirs)?;
    let pool = super::pool(options.jobs)?;
    let inputs = inputs(&shards);
    let plan = plan(&shards);
    let dedup = plan.settings.dedup.clone().map(|dedup| dedup::Options {
        near: dedup.near,
        threshold: dedup.threshold,
        memory: options.memory.unwrap_or(dedup::Options::default().memory),
        ..dedup::Options::default()
    });
    let start = if options.force {
        Start::Force
    } else {
        Start::Fresh
    };
    let mut state = State::open(out, plan, start, &inputs.files)?;
    for (part, shard) in shards.iter().enumerate() {
        state.done[part] = Some(shard.copy(part, &inputs, &state, watch)?);
    }
    let second = SecondPass {
        pool: &pool,
        dedup: dedup.as_ref(),
        memory: &SiteMemory::default(),
        index: None,
        inputs: &inputs,
        out,
        watch,
        clock: &clock,
        resumed_parts: 0,
    };
    let manifest = second.run(&state)?;
    state.remove()?;
    Ok(manifest)
}

/// The output folder of a shard.
struct ShardRun {
    dir: PathBuf,
    manifest: Manifest,
}

/// Reads the manifests, in the order of the shards.
fn shards(dirs: &[PathBuf]) -> Result<Vec<ShardRun>> {
    let mut shards = BTreeMap::new();
    for dir in dirs {
        let wrong = |cause: String| {
            let remedy = "name the output folders of all shards of one `lavoir clean --shard`";
            Err(Error::new(ErrorKind::Usage, cause, remedy).at(dir.display()))
        };
        let manifest = Manifest::read(dir)?;
        let Some(shard) = manifest.config.shard else {
            return wrong("is no shard but a whole run".into());
        };
        let run = ShardRun {
            dir: dir.clone(),
            manifest,
        };
        if let Some(other) = shards.insert(shard.index, run) {
            let other = other.dir.display();
            return wrong(format!("is shard {} like {other}", shard.index));
        }
    }
    let shards: Vec<ShardRun> = shards.into_values().collect();
    complete(&shards)?;
    Ok(shards)
}

/// Fails unless these are all shards of one array, made in the same way.
fn complete(shards: &[ShardRun]) -> Result<()> {
    let Some(first) = shards.first() else {
        let remedy = "name the output folders of the shards";
        return Err(Error::new(ErrorKind::Usage, "nothing to merge", remedy));
    };
    let count = first.manifest.config.shard.map_or(0, |shard| shard.count);
    for shard in &shards[1..] {
        let differs = first.manifest.differs(&shard.manifest);
        if !differs.is_empty() {
            let cause = format!(
                "was made in another way than {}: {}",
                first.dir.display(),
                differs.join("; ")
            );
            let remedy = "run the shards with the same version and options";
            return Err(Error::new(ErrorKind::Usage, cause, remedy).at(shard.dir.display()));
        }
    }
    let have: BTreeSet<u32> = shards.iter().filter_map(ShardRun::index).collect();
    let missing: Vec<String> = (1..=count)
        .filter(|index| !have.contains(index))
        .map(|index| index.to_string())
        .collect();
    if !missing.is_empty() {
        let cause = format!(
            "of {count} shards these are missing: {}",
            missing.join(", ")
        );
        return Err(Error::new(
            ErrorKind::Usage,
            cause,
            "finish them and name their folders",
        ));
    }
    Ok(())
}

/// The plan of one run over all inputs; its parts are the shards.
fn plan(shards: &[ShardRun]) -> Plan {
    let first = &shards[0].manifest;
    let planned = |note: &InputNote| Planned {
        name: note.name.clone(),
        stat: None,
    };
    let mut end = 0;
    let parts = shards.iter().map(|shard| {
        let start = end;
        end += shard.manifest.inputs.len();
        start..end
    });
    Plan {
        tool: first.tool.clone(),
        pack: first.pack.clone(),
        models: first.models.clone(),
        settings: Settings {
            shard: None,
            ..first.config.clone()
        },
        parts: parts.collect(),
        inputs: shards
            .iter()
            .flat_map(|shard| shard.manifest.inputs.iter().map(planned))
            .collect(),
        merged: true,
    }
}

/// The inputs of all shards.
fn inputs(shards: &[ShardRun]) -> Inputs {
    let notes = shards.iter().flat_map(|shard| &shard.manifest.inputs);
    let skipped: BTreeSet<String> = shards
        .iter()
        .flat_map(|shard| shard.manifest.skipped.clone())
        .collect();
    Inputs {
        files: notes
            .map(|note| Input::named(&note.path, &note.name))
            .collect(),
        skipped: skipped.into_iter().collect(),
        errors: Vec::new(),
    }
}

/// What a provenance row says that the passes must know.
#[derive(Deserialize)]
struct Row {
    id: String,
    source: RowSource,
    article: RowArticle,
}

#[derive(Deserialize)]
struct RowSource {
    #[serde(default)]
    url: Option<String>,
}

#[derive(Deserialize)]
struct RowArticle {
    bytes: u64,
}

impl ShardRun {
    fn index(&self) -> Option<u32> {
        self.manifest.config.shard.map(|shard| shard.index)
    }

    /// Puts the outputs of the shard into a part.
    fn copy(
        &self,
        part: usize,
        inputs: &Inputs,
        state: &State,
        watch: Watch<'_>,
    ) -> Result<Summary> {
        (watch.progress)(Progress::Reading(&self.dir.to_string_lossy()));
        self.check()?;
        let mut writer = PartWriter::create(state.dir(), part)?;
        let mut errors = self.rows("errors")?;
        let mut chunk = Chunk::default();
        while let Some(row) = errors.next()? {
            chunk.error(&row)?;
        }
        let (mut articles, mut provenance) = (self.rows("articles")?, self.rows("provenance")?);
        let mut notes = self.rows("notes")?;
        while let Some(row) = provenance.next()? {
            let header = self.header(&row)?;
            let article = if header.empty { None } else { articles.next()? };
            if !header.empty && article.is_none() {
                return Err(self.damaged(&format!("the article of {} is missing", header.id)));
            }
            let article = article.unwrap_or_default();
            let note = notes.next()?.unwrap_or_default();
            let sections = [&article[..], &row[..], &note[..]];
            let header = Header {
                sections: sections.map(<[u8]>::len),
                ..header
            };
            chunk.document(header, sections)?;
            if chunk.size() > CHUNK_BYTES {
                writer.push(&std::mem::take(&mut chunk))?;
                if watch.stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(stopped());
                }
            }
        }
        writer.push(&chunk)?;
        for note in &self.manifest.inputs {
            let at = inputs.files.iter().position(|file| file.name == note.name);
            if let (Some(at), Some(content)) = (at, &note.content) {
                writer.input(at, content.bytes, content.sha256.clone());
            }
        }
        writer.finish()
    }

    fn header(&self, row: &[u8]) -> Result<Header> {
        let row: Row = serde_json::from_slice(row)
            .map_err(|error| self.damaged(&format!("a provenance row: {error}")))?;
        Ok(Header {
            host: row.source.url.as_deref().and_then(dedup::host),
            id: row.id,
            empty: row.article.bytes == 0,
            sections: [0; 3],
        })
    }

    /// Whether the outputs are as the manifest says.
    fn check(&self) -> Result<()> {
        for output in &self.manifest.outputs {
            let content = hash_file(&self.dir.join(&output.path))?;
            if content != (output.bytes, output.sha256.clone()) {
                return Err(self.damaged(&format!("{} was changed", output.path)));
            }
        }
        Ok(())
    }

    fn damaged(&self, cause: &str) -> Error {
        let remedy = "run this shard again with --force";
        Error::new(ErrorKind::Verify, cause, remedy).at(self.dir.display())
    }

    fn rows(&self, kind: &str) -> Result<Rows> {
        let files = self.manifest.files(kind);
        if let Some(other) = files.iter().find(|name| !name.contains(".jsonl")) {
            let cause = format!("{other} is no file of JSON lines; only these can be merged");
            let remedy = "run the shards with JSON lines as output";
            return Err(Error::new(ErrorKind::Usage, cause, remedy).at(self.dir.display()));
        }
        Ok(Rows {
            files: files
                .into_iter()
                .rev()
                .map(|name| self.dir.join(name))
                .collect(),
            open: None,
        })
    }
}

/// The lines of some files, one after another.
struct Rows {
    /// The files to come, the next one last.
    files: Vec<PathBuf>,
    open: Option<(PathBuf, Box<dyn BufRead + Send>)>,
}

impl Rows {
    fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let Some((path, reader)) = &mut self.open else {
                let Some(path) = self.files.pop() else {
                    return Ok(None);
                };
                let reader = compression::open(&path);
                let reader = reader.map_err(|error| Error::io(path.display(), &error))?;
                self.open = Some((path, reader));
                continue;
            };
            let mut line = Vec::new();
            let read = reader.read_until(b'\n', &mut line);
            if read.map_err(|error| Error::io(path.display(), &error))? == 0 {
                self.open = None;
                continue;
            }
            line.truncate(line.trim_ascii_end().len());
            return Ok(Some(line));
        }
    }
}
