//! Puts the rule files of `rules/` into the binary, in order of their path, and what is found out
//! about their regular expressions, so that a program need not find it out whenever it starts.

// The modules are those of the crate, of which a part is used here.
#![allow(dead_code)]

#[path = "src/rules/analysis.rs"]
mod analysis;
#[path = "src/rules/aside.rs"]
mod aside;
#[path = "src/rules/classes.rs"]
mod classes;
#[path = "src/rules/filter.rs"]
mod filter;
#[path = "src/rules/gates.rs"]
mod gates;
#[path = "src/rules/grams.rs"]
mod grams;
#[path = "src/rules/heads.rs"]
mod heads;
#[path = "src/rules/items.rs"]
mod items;
#[path = "src/rules/literals.rs"]
mod literals;
#[path = "src/rules/normalise.rs"]
mod normalise;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use analysis::{Analyst, Anchor, write_entry};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("rules");
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let (mut code, mut table) = (
        String::from("static BUILTIN: &[(&str, &str)] = &[\n"),
        Vec::new(),
    );
    let analyst = Analyst::default();
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let id = file.strip_prefix(&root).unwrap_or(&file);
        let _ = writeln!(
            code,
            "    ({:?}, include_str!({file:?})),",
            id.display().to_string()
        );
        analyse(&file, &analyst, &mut table);
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    write(&out.join("builtin_rules.rs"), code.as_bytes());
    write(&out.join("builtin_patterns.bin"), &table);
}

fn write(path: &Path, bytes: &[u8]) {
    if let Err(error) = fs::write(path, bytes) {
        println!("cargo::error=cannot write {}: {error}", path.display());
    }
}

/// Adds the patterns of a rule to the table. Mistakes are left to the crate, which tells them
/// better.
fn analyse(file: &Path, analyst: &Analyst, table: &mut Vec<u8>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let rule: toml::Table = toml::from_str(&text).unwrap_or_default();
    for (name, anchor) in [("regex", Anchor::Line), ("tail_regex", Anchor::Tail)] {
        let list = rule.get("match").and_then(|matchers| matchers.get(name));
        let list = list.and_then(toml::Value::as_array).into_iter().flatten();
        for pattern in list.filter_map(toml::Value::as_str) {
            if let Ok(analysis) = analyst.analyse(pattern, anchor) {
                write_entry(pattern, anchor, &analysis, table);
            }
        }
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
}
