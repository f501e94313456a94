//! What earlier crawls taught about hosts: a file of JSON lines.
//!
//! The first line names the version; then comes one line per host, by name, with its speaking
//! pages and, by key, each block that stood on several of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::Path;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::count::Learnt;
use crate::document::Span;
use crate::error::{Error, ErrorKind, Result};

/// The version that is written and read.
const VERSION: u32 = 1;

/// A block that stood on pages of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Hash of host and block.
    #[serde(with = "hex")]
    pub key: u64,
    /// Speaking pages that had it.
    pub pages: u64,
    /// Its words.
    pub words: u32,
    /// Id of a page that had it.
    pub id: String,
    /// Where it stood in the decoded text of that page.
    pub span: Span,
}

#[derive(Serialize, Deserialize)]
struct Head {
    site_memory: u32,
}

#[derive(Default, Serialize, Deserialize)]
struct HostRow {
    host: String,
    pages: u64,
    blocks: Vec<Sighting>,
}

/// What earlier crawls taught. Held in memory: it grows with the number of hosts and what each of
/// them repeats, not with the pages.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SiteMemory {
    /// Speaking pages and keys of blocks, by host.
    hosts: BTreeMap<String, (u64, Vec<u64>)>,
    blocks: FxHashMap<u64, Sighting>,
}

impl SiteMemory {
    /// Reads the memory in a file.
    ///
    /// # Errors
    /// As [`read`](Self::read), with the file.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::io(path.display(), &error))?;
        Self::read(io::BufReader::new(file)).map_err(|error| {
            let remedy = "give a file that `lavoir learn --memory-out` wrote";
            Error::new(ErrorKind::Usage, error, remedy).at(path.display())
        })
    }

    /// Reads a memory.
    ///
    /// # Errors
    /// The stream cannot be read, is no site memory, or is of another version.
    pub fn read(reader: impl BufRead) -> io::Result<Self> {
        let mut lines = reader.lines();
        let invalid = |cause: String| io::Error::new(io::ErrorKind::InvalidData, cause);
        let head = lines.next().transpose()?.unwrap_or_default();
        match serde_json::from_str::<Head>(&head) {
            Ok(head) if head.site_memory == VERSION => {}
            Ok(head) => {
                let version = head.site_memory;
                return Err(invalid(format!(
                    "a site memory of version {version}, not {VERSION}"
                )));
            }
            Err(_) => return Err(invalid("no site memory".into())),
        }
        let mut memory = Self::default();
        for line in lines {
            let row: HostRow = serde_json::from_str(&line?)?;
            let keys = row.blocks.iter().map(|block| block.key).collect();
            memory.hosts.insert(row.host, (row.pages, keys));
            memory
                .blocks
                .extend(row.blocks.into_iter().map(|block| (block.key, block)));
        }
        Ok(memory)
    }

    /// Writes the memory, the same bytes for the same content.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn write(&self, mut writer: impl Write) -> io::Result<()> {
        serde_json::to_writer(
            &mut writer,
            &Head {
                site_memory: VERSION,
            },
        )?;
        writer.write_all(b"\n")?;
        for (host, (pages, keys)) in &self.hosts {
            let mut keys = keys.clone();
            keys.sort_unstable();
            let row = HostRow {
                host: host.clone(),
                pages: *pages,
                blocks: keys
                    .iter()
                    .filter_map(|key| self.blocks.get(key).cloned())
                    .collect(),
            };
            serde_json::to_writer(&mut writer, &row)?;
            writer.write_all(b"\n")?;
        }
        Ok(())
    }

    /// The block with this key.
    pub fn get(&self, key: u64) -> Option<&Sighting> {
        self.blocks.get(&key)
    }

    /// Speaking pages of a host.
    pub fn pages(&self, host: &str) -> u64 {
        self.hosts.get(host).map_or(0, |(pages, _)| *pages)
    }

    /// Adds a block of another crawl; `id` is the id of the first page that has it.
    pub fn add(&mut self, learnt: Learnt<'_>, id: &str) {
        let host = self.hosts.entry(learnt.host.to_owned()).or_default();
        match self.blocks.entry(learnt.key) {
            std::collections::hash_map::Entry::Occupied(mut known) => {
                known.get_mut().pages += learnt.pages;
            }
            std::collections::hash_map::Entry::Vacant(new) => {
                host.1.push(learnt.key);
                new.insert(Sighting {
                    key: learnt.key,
                    pages: learnt.pages,
                    words: learnt.words,
                    id: id.to_owned(),
                    span: learnt.first.1,
                });
            }
        }
    }

    /// Sets how many speaking pages of a host were seen, earlier ones among them.
    pub fn set_pages(&mut self, host: &str, pages: u64) {
        self.hosts.entry(host.to_owned()).or_default().0 = pages;
    }
}

/// Keys as hexadecimal text: JSON numbers are not exact past 2^53 for every reader.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(key: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{key:016x}"))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<u64, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}
