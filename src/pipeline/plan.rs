//! The plan of a run: which inputs make which part. It depends on the inputs and the options
//! alone, never on threads; a run is resumed by the plan that it began with.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::manifest::TOOL;
use super::options::{PipelineOptions, Settings, Shard};
use crate::cleaner::Cleaner;
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
    /// The parts, each a range of inputs.
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
        let planned: Vec<Planned> = inputs.files.iter().map(planned).collect();
        let sizes: Vec<u64> = planned.iter().map(Planned::bytes).collect();
        Self {
            tool: TOOL.into(),
            pack: cleaner.rules().hash().into(),
            models: cleaner.models(),
            settings: Settings::new(cleaner, options),
            parts: parts(&sizes, share(&sizes, options.shard), options.part_bytes),
            inputs: planned,
            merged: false,
        }
    }

    /// Bytes of the inputs of a part.
    pub(super) fn bytes(&self, part: usize) -> u64 {
        let inputs = self.parts.get(part).cloned().unwrap_or_default();
        self.inputs[inputs].iter().map(Planned::bytes).sum()
    }

    /// The inputs that this run reads: all, or those of its shard.
    pub(super) fn reads(&self) -> Range<usize> {
        let start = self.parts.first().map_or(0, |part| part.start);
        start..self.parts.last().map_or(start, |part| part.end)
    }

    /// What is not as it was when the run began; empty when it may go on. `hash` gives the
    /// SHA-256 of an input as it was read, if it was.
    pub(super) fn changes(&self, now: &Self, same: impl Fn(usize) -> bool) -> Vec<String> {
        let mut changes = differences(&self.made(), &now.made());
        changes.extend(self.changed_inputs(now, same));
        changes
    }

    /// How the outputs are made: version, rules, models and settings.
    fn made(&self) -> BTreeMap<String, String> {
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

/// The inputs of a shard: those whose middle lies in its share of all bytes. Every input belongs
/// to exactly one shard.
fn share(sizes: &[u64], shard: Option<Shard>) -> Range<usize> {
    let Some(Shard { index, count }) = shard else {
        return 0..sizes.len();
    };
    // An input counts one byte more than it has, so that empty ones are spread as well.
    let total: u128 = sizes.iter().map(|&size| u128::from(size) + 1).sum();
    let end_of = |index: u32| -> usize {
        let (mut before, mut end) = (0u128, 0);
        for &size in sizes {
            let weight = u128::from(size) + 1;
            if (2 * before + weight) * u128::from(count) > 2 * total * u128::from(index) {
                break;
            }
            before += weight;
            end += 1;
        }
        end
    };
    let end = if index >= count {
        sizes.len()
    } else {
        end_of(index)
    };
    end_of(index.saturating_sub(1)).min(end)..end
}

/// Cuts a range of inputs into parts of about `bytes`.
fn parts(sizes: &[u64], range: Range<usize>, bytes: u64) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut sum) = (range.start, 0u64);
    for at in range.clone() {
        if at > start && sum + sizes[at] > bytes {
            parts.push(start..at);
            (start, sum) = (at, 0);
        }
        sum += sizes[at];
    }
    if start < range.end {
        parts.push(start..range.end);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_filled_and_large_inputs_stand_alone() {
        let sizes = [1, 2, 3, 50, 1, 1];
        assert_eq!(parts(&sizes, 0..6, 6), [0..3, 3..4, 4..6]);
        assert_eq!(parts(&sizes, 1..6, 4), [1..2, 2..3, 3..4, 4..6]);
        assert!(parts(&sizes, 3..3, 6).is_empty());
    }

    #[test]
    fn shards_share_all_inputs() {
        let sizes: Vec<u64> = (0..97).map(|n| n * n % 31).collect();
        for count in [1, 2, 3, 8, 200] {
            let mut next = 0;
            for index in 1..=count {
                let range = share(&sizes, Some(Shard { index, count }));
                assert_eq!(range.start, next);
                next = range.end;
            }
            assert_eq!(next, sizes.len());
        }
        let half = share(&[10, 10, 10, 10], Some(Shard { index: 1, count: 2 }));
        assert_eq!(half, 0..2);
    }
}
