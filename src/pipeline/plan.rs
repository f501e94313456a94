//! The plan of a run: which inputs make which part. It depends on the inputs and the options
//! alone, never on threads; a run is resumed by the plan that it began with.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rayon::ThreadPool;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::manifest::TOOL;
use super::options::{PipelineOptions, Settings, Shard};
use crate::cleaner::Cleaner;
use crate::io::Part;
use crate::io::inputs::Inputs;

/// What a run is about to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// `lavoir` and its version.
    pub tool: String,
    /// Hash of the rule pack.
    pub pack: String,
    /// Hashes of the models' weights, by name.
    pub models: BTreeMap<String, String>,
    /// All that was chosen.
    pub settings: Settings,
    /// The inputs in order of their names.
    pub inputs: Vec<Planned>,
    /// The units of work, in order.
    pub units: Vec<PlannedUnit>,
    /// The parts, each a range of units.
    pub parts: Vec<Range<usize>>,
    /// Whether the parts are the shards of a job array.
    pub merged: bool,
}

/// An input as it was when the run began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    /// Its name.
    pub name: String,
    /// Size and time of the last change, unless it is a stream or cannot be read.
    pub stat: Option<Stat>,
}

/// A file, or a piece of a large one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedUnit {
    /// Place of the input in the plan.
    pub input: usize,
    /// Which piece of it.
    pub part: Part,
    /// Its bytes on disk, about.
    pub bytes: u64,
}

/// Size of a file in bytes, and when it was changed, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stat {
    /// Size.
    pub bytes: u64,
    /// Change.
    pub changed: u128,
}

impl Stat {
    pub(super) fn of(path: &Path) -> Option<Self> {
        let meta = std::fs::metadata(path).ok()?;
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok();
        meta.is_file().then(|| Self {
            bytes: meta.len(),
            changed: changed.map_or(0, |since| since.as_nanos()),
        })
    }
}

impl Plan {
    pub(super) fn new(cleaner: &Cleaner, options: &PipelineOptions, inputs: &Inputs) -> Self {
        let planned = |input: &crate::io::inputs::Input| Planned {
            name: input.name.clone(),
            stat: Stat::of(&input.path).filter(|_| !input.is_stream()),
        };
        Self {
            tool: TOOL.into(),
            pack: cleaner.rules().hash().into(),
            models: cleaner.models(),
            settings: Settings::new(cleaner, options),
            inputs: inputs.files.iter().map(planned).collect(),
            units: Vec::new(),
            parts: Vec::new(),
            merged: false,
        }
    }

    /// Cuts the inputs into units and parts. Large files are read through to find where.
    pub(super) fn cut(&mut self, inputs: &Inputs, part_bytes: u64, pool: &ThreadPool) {
        let read = &self.settings.read;
        let sizes: Vec<u64> = self.inputs.iter().map(Planned::bytes).collect();
        let takes = takes(&sizes, self.settings.shard);
        let pieces = |at: usize| -> Vec<Part> {
            let unit = |unit: crate::io::Unit| unit.part;
            let cut = sizes[at] > part_bytes && takes[at] != Take::None;
            match inputs.files.get(at).filter(|_| cut) {
                Some(input) => crate::io::split(input, read, part_bytes)
                    .into_iter()
                    .map(unit)
                    .collect(),
                None => vec![Part::Whole],
            }
        };
        let all: Vec<Vec<Part>> =
            pool.install(|| (0..sizes.len()).into_par_iter().map(pieces).collect());
        self.units = all
            .into_iter()
            .enumerate()
            .flat_map(|(input, pieces)| {
                let (take, count) = (takes[input], pieces.len() as u64);
                let bytes = sizes[input] / count;
                let pieces = pieces.into_iter().zip(0..);
                let taken = pieces.filter(move |(_, at)| take.takes(*at, count));
                taken.map(move |(part, _)| PlannedUnit { input, part, bytes })
            })
            .collect();
        let sizes: Vec<u64> = self.units.iter().map(|unit| unit.bytes).collect();
        self.parts = parts(&sizes, part_bytes);
    }

    /// The units of a part.
    pub(super) fn units(&self, part: usize) -> &[PlannedUnit] {
        let range = self.parts.get(part).cloned().unwrap_or_default();
        self.units.get(range).unwrap_or_default()
    }

    /// Bytes of the inputs of a part.
    pub(super) fn bytes(&self, part: usize) -> u64 {
        self.units(part).iter().map(|unit| unit.bytes).sum()
    }

    /// The inputs that this run reads: all, or those of its shard.
    pub(super) fn reads(&self) -> BTreeSet<usize> {
        self.units.iter().map(|unit| unit.input).collect()
    }

    /// What is not as it was when the run began; empty when it may go on. `hash` gives the
    /// SHA-256 of an input as it was read, if it was.
    pub(super) fn changes(&self, now: &Self, same: impl Fn(usize) -> bool) -> Vec<String> {
        let mut changes = differences(&self.made(), &now.made());
        changes.extend(self.changed_inputs(now, same));
        changes
    }

    /// How the outputs are made: version, rules, models and settings.
    pub(super) fn made(&self) -> BTreeMap<String, String> {
        made(&self.tool, &self.pack, &self.models, &self.settings)
    }

    fn changed_inputs(&self, now: &Self, same: impl Fn(usize) -> bool) -> Vec<String> {
        let by_name = |plan: &Self| -> BTreeMap<String, Option<Stat>> {
            let pair = |input: &Planned| (input.name.clone(), input.stat);
            plan.inputs.iter().map(pair).collect()
        };
        let (then, today) = (by_name(self), by_name(now));
        let mut changes = Vec::new();
        for (at, Planned { name, stat }) in self.inputs.iter().enumerate() {
            match (stat, today.get(name)) {
                (_, None) => changes.push(format!("{name} is no longer among the inputs")),
                (Some(_), Some(None)) => changes.push(format!("{name} is gone")),
                (None, Some(Some(_))) => changes.push(format!("{name} can be read now")),
                (Some(old), Some(Some(new))) if old.bytes != new.bytes => {
                    let (old, new) = (old.bytes, new.bytes);
                    changes.push(format!("{name} had {old} bytes then and has {new} now"));
                }
                (Some(old), Some(Some(new))) if old != new && !same(at) => {
                    changes.push(format!("{name} was changed after the run began"));
                }
                _ => {}
            }
        }
        let added = today.keys().filter(|name| !then.contains_key(*name));
        changes.extend(added.map(|name| format!("{name} is a new input")));
        changes
    }
}

impl Planned {
    fn bytes(&self) -> u64 {
        self.stat.map_or(0, |stat| stat.bytes)
    }
}

/// How outputs are made, as keys and values.
pub(super) fn made(
    tool: &str,
    pack: &str,
    models: &BTreeMap<String, String>,
    settings: &Settings,
) -> BTreeMap<String, String> {
    let mut made = flat(settings);
    made.insert("version".into(), tool.into());
    made.insert("rules".into(), pack.into());
    let models = models.iter();
    made.extend(models.map(|(name, hash)| (format!("model {name}"), hash.clone())));
    made
}

/// What differs between two ways to make outputs, told as `key: then, now`.
pub(super) fn differences(
    then: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<String> {
    let keys: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let value = |all: &BTreeMap<String, String>, key: &String| {
        all.get(key).cloned().unwrap_or_else(|| "not set".into())
    };
    keys.into_iter()
        .map(|key| (key, value(then, key), value(now, key)))
        .filter(|(_, then, now)| then != now)
        .map(|(key, then, now)| format!("{key}: {then} then, {now} now"))
        .collect()
}

/// The settings as dotted keys and values.
fn flat(settings: &Settings) -> BTreeMap<String, String> {
    fn walk(key: &str, value: &serde_json::Value, flat: &mut BTreeMap<String, String>) {
        match value.as_object() {
            Some(object) => {
                for (name, value) in object {
                    let key = if key.is_empty() {
                        name.clone()
                    } else {
                        format!("{key}.{name}")
                    };
                    walk(&key, value, flat);
                }
            }
            None if value.is_null() => {}
            None => {
                flat.insert(key.to_owned(), value.to_string());
            }
        }
    }
    let mut flat = BTreeMap::new();
    walk("", &serde_json::json!(settings), &mut flat);
    flat
}

/// How much of an input a shard takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Take {
    /// Nothing.
    None,
    /// All of it.
    All,
    /// The pieces whose middle lies in the shard's share of all bytes: `from <= middle < to`,
    /// where the input covers `start..end`, all of them in units of one n-th of a byte.
    Between {
        start: u128,
        end: u128,
        from: u128,
        to: u128,
    },
}

impl Take {
    /// Whether piece `at` of `count` equal ones is taken. Every piece goes to exactly one shard.
    fn takes(self, at: u64, count: u64) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Between {
                start,
                end,
                from,
                to,
            } => {
                let (at, pieces) = (u128::from(at), 2 * u128::from(count));
                let middle = start * pieces + (end - start) * (2 * at + 1);
                from * pieces <= middle && middle < to * pieces
            }
        }
    }
}

/// What a shard takes of each input: an equal share of all bytes. Only inputs over its borders
/// are taken in pieces, so only these must be cut by several shards.
fn takes(sizes: &[u64], shard: Option<Shard>) -> Vec<Take> {
    let Some(Shard { index, count }) = shard else {
        return vec![Take::All; sizes.len()];
    };
    let (index, count) = (u128::from(index), u128::from(count));
    // An input counts one byte more than it has, so that empty ones are spread as well.
    let weight = |size: &u64| (u128::from(*size) + 1) * count;
    let total: u128 = sizes.iter().map(weight).sum::<u128>() / count;
    let (from, to) = (total * (index - 1), total * index);
    let mut start = 0;
    sizes
        .iter()
        .map(|size| {
            let end = start + weight(size);
            let take = if end <= from || start >= to {
                Take::None
            } else if from <= start && end <= to {
                Take::All
            } else {
                Take::Between {
                    start,
                    end,
                    from,
                    to,
                }
            };
            start = end;
            take
        })
        .collect()
}

/// Groups units of these sizes into parts of about `bytes`.
fn parts(sizes: &[u64], bytes: u64) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut sum) = (0, 0u64);
    for (at, size) in sizes.iter().enumerate() {
        if at > start && sum + size > bytes {
            parts.push(start..at);
            (start, sum) = (at, 0);
        }
        sum += size;
    }
    if start < sizes.len() {
        parts.push(start..sizes.len());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_filled_and_large_units_stand_alone() {
        let sizes = [1, 2, 3, 50, 1, 1];
        assert_eq!(parts(&sizes, 6), [0..3, 3..4, 4..6]);
        assert_eq!(parts(&sizes[1..], 4), [0..1, 1..2, 2..3, 3..5]);
        assert!(parts(&[], 6).is_empty());
    }

    #[test]
    fn every_piece_goes_to_one_shard_and_shards_are_in_order() {
        let sizes: Vec<u64> = (0..97).map(|n| n * n % 31 * 1000).collect();
        let pieces = |size: u64| size / 3000 + 1;
        for count in [1, 2, 3, 8, 200] {
            let mut taken = Vec::new();
            for index in 1..=count {
                let takes = takes(&sizes, Some(Shard { index, count }));
                for (at, (take, &size)) in takes.iter().zip(&sizes).enumerate() {
                    let all = pieces(size);
                    taken.extend((0..all).filter(|&n| take.takes(n, all)).map(|n| (at, n)));
                }
            }
            let all = |(at, &size): (usize, &u64)| (0..pieces(size)).map(move |n| (at, n));
            let all: Vec<(usize, u64)> = sizes.iter().enumerate().flat_map(all).collect();
            assert_eq!(taken, all, "{count} shards");
        }
    }

    #[test]
    fn shards_have_equal_shares() {
        let half = takes(&[10, 10, 10, 10], Some(Shard { index: 1, count: 2 }));
        assert_eq!(half, [Take::All, Take::All, Take::None, Take::None]);
        let one = takes(&[1000], Some(Shard { index: 2, count: 4 }));
        let pieces: Vec<u64> = (0..8).filter(|&at| one[0].takes(at, 8)).collect();
        assert_eq!(pieces, [2, 3]);
    }
}
