//! Whether there is anything to do: a job that is started again may have finished before.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::hash_file;
use super::manifest::{InputNote, Manifest};
use super::plan::{Plan, differences, made};
use crate::io::inputs::Inputs;

/// The manifest of a finished run in `out` that did what `plan` is about to do: made in the same
/// way, over inputs that still hold the same bytes, with all outputs there.
pub(super) fn finished(
    out: &Path,
    plan: &Plan,
    inputs: &Inputs,
    pool: &ThreadPool,
) -> Option<Manifest> {
    let manifest = Manifest::read(out).ok()?;
    let way = made(
        &manifest.tool,
        &manifest.pack,
        &manifest.models,
        &manifest.config,
    );
    let is_whole = manifest.outputs.iter().all(|output| {
        let meta = std::fs::metadata(out.join(&output.path));
        meta.is_ok_and(|meta| meta.len() == output.bytes)
    });
    if !is_whole || !differences(&way, &plan.made()).is_empty() {
        return None;
    }
    let names = |names: Vec<&str>| {
        names
            .into_iter()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let then = names(manifest.inputs.iter().map(|note| &*note.name).collect());
    let now = names(inputs.files.iter().map(|file| &*file.name).collect());
    // A shard lists what it read; all runs list what they were given otherwise.
    let same_names = match plan.settings.shard {
        Some(_) => then.is_subset(&now),
        None => then == now,
    };
    let same_bytes = |note: &InputNote| {
        let file = inputs.files.iter().find(|file| file.name == note.name);
        match (file, &note.content) {
            (Some(file), Some(content)) => hash_file(&file.path)
                .is_ok_and(|now| now == (content.bytes, content.sha256.clone())),
            _ => false,
        }
    };
    let same = same_names && pool.install(|| manifest.inputs.par_iter().all(same_bytes));
    same.then_some(manifest)
}
