//! Running the command, and a page of our own in the manner of a scraped one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A scraped article: ad markers, a doubled title, a caption with credit, a byline.
pub const ARTICLE: &str = "Publicité\nPublicité\n\nLe vieux pont de Varoise rouvrira au printemps\n\n\
    Radio Varoise avec AFP . 2 min\n\
    Le vieux pont de Varoise rouvrira au printemps\n\
    Le vieux pont de Varoise rouvrira au printemps AFP / © Lise Marin / Studio Rive via AFP\n\n\
    Fermé depuis la crue de l'hiver dernier, le vieux pont de Varoise rouvrira au printemps, a \
    annoncé mardi la mairie. Les travaux ont coûté près de 4 millions d'euros, soit 20 € par \
    habitant.\n\n\
    La suite après cette publicité\nLa suite après cette publicité\n\n\
    « Nous avons dû reprendre les piles une à une », explique l'ingénieure Maud Sorel, qui a \
    dirigé le chantier. L’œuvre, bâtie en 1874, n'avait jamais été rénovée.\n\n\
    Un chantier retardé\n\n\
    Le chantier avait pris du retard à cause du gel, puis d'une grève des carriers. Les \
    commerçants de la rive gauche disent avoir perdu la moitié de leur clientèle.\n\n\
    La suite après cette publicité\n\n\
    La réouverture est fixée au 21 mars. Une fête réunira les deux rives, séparées pendant plus \
    d'un an, autour d'un banquet où chacun apportera son plat.\n";

/// What is left of [`ARTICLE`].
pub const CLEAN: &str = "Le vieux pont de Varoise rouvrira au printemps\n\n\
    Fermé depuis la crue de l'hiver dernier, le vieux pont de Varoise rouvrira au printemps, a \
    annoncé mardi la mairie. Les travaux ont coûté près de 4 millions d'euros, soit 20 € par \
    habitant.\n\n\
    « Nous avons dû reprendre les piles une à une », explique l'ingénieure Maud Sorel, qui a \
    dirigé le chantier. L’œuvre, bâtie en 1874, n'avait jamais été rénovée.\n\n\
    Un chantier retardé\n\n\
    Le chantier avait pris du retard à cause du gel, puis d'une grève des carriers. Les \
    commerçants de la rive gauche disent avoir perdu la moitié de leur clientèle.\n\n\
    La réouverture est fixée au 21 mars. Une fête réunira les deux rives, séparées pendant plus \
    d'un an, autour d'un banquet où chacun apportera son plat.";

/// Runs `lavoir` with standard input.
pub fn lavoir_with(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lavoir"))
        .args(args)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let bytes = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        // The command may end before it has read everything.
        let _ = input.write_all(&bytes);
    });
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("standard input is written");
    output
}

/// Runs `lavoir`.
pub fn lavoir(args: &[&str]) -> Output {
    lavoir_with(args, b"")
}

/// Cleans `inputs` into `out`, with more options; gives the exit code.
pub fn clean(inputs: &[&Path], out: &Path, options: &[&str]) -> i32 {
    let mut args = vec!["clean"];
    args.extend(inputs.iter().map(|path| path.to_str().expect("UTF-8 path")));
    args.extend(["--out", out.to_str().expect("UTF-8 path")]);
    args.extend(options);
    let output = lavoir(&args);
    let code = output.status.code().expect("not killed");
    assert!(code < 2, "{}", stderr(&output));
    code
}

/// The rows of a JSON-lines file.
pub fn rows(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the file is there");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a row is JSON"))
        .collect()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8 on standard output")
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8 on standard error")
}

/// The files in a folder whose names begin with `stem`, in order.
pub fn files(out: &Path, stem: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(stem))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

/// Every file in a folder with its bytes, but for the one that says when the run was; of the manifest
/// neither the places of its inputs nor its digest, which covers them.
pub fn outputs(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(out).expect("the folder is there") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("UTF-8 name");
        if entry.path().is_dir() {
            files.insert(name, b"folder".to_vec());
            continue;
        }
        if name == "run.json" {
            continue;
        }
        let mut bytes = std::fs::read(entry.path()).expect("a file");
        if name == "manifest.json" {
            let mut manifest: Value = serde_json::from_slice(&bytes).expect("JSON");
            manifest["digest"].take();
            for input in manifest["inputs"].as_array_mut().expect("a list") {
                input["path"].take();
            }
            bytes = manifest.to_string().into_bytes();
        }
        files.insert(name, bytes);
    }
    files
}

/// Fails when two folders do not hold the same files with the same bytes.
pub fn assert_same(one: &Path, other: &Path) {
    let (one_files, other_files) = (outputs(one), outputs(other));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&one_files),
        names(&other_files),
        "{}",
        other.display()
    );
    for (name, bytes) in &one_files {
        assert!(
            bytes == &other_files[name],
            "{name} differs in {}",
            other.display()
        );
    }
}

/// Writes `count` texts, a few of them copies and a few broken, into one file each.
pub fn write_corpus(dir: &Path, count: usize) -> Vec<PathBuf> {
    std::fs::create_dir_all(dir).expect("a folder");
    (0..count)
        .map(|n| {
            let path = dir.join(format!("doc-{n:03}.txt"));
            let text = match n % 10 {
                0 => ARTICLE.to_owned(),
                1 => String::new(),
                _ => varied(n),
            };
            std::fs::write(&path, text).expect("a file");
            path
        })
        .collect()
}

/// An article of its own per number: ad markers around sentences of words that nobody else has in
/// this order.
fn varied(number: usize) -> String {
    const WORDS: [&str; 24] = [
        "la",
        "rivière",
        "maire",
        "a",
        "promis",
        "un",
        "nouveau",
        "quai",
        "avant",
        "l'hiver",
        "selon",
        "les",
        "habitants",
        "du",
        "quartier",
        "des",
        "travaux",
        "qui",
        "gênent",
        "le",
        "marché",
        "depuis",
        "trois",
        "semaines",
    ];
    let mut noise = number as u32 * 7919 + 1;
    let mut sentence = || {
        let mut words: Vec<String> = (0..18)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                WORDS[(noise >> 16) as usize % WORDS.len()].to_owned()
            })
            .collect();
        words[0] = format!("À Ville-{number}");
        words.join(" ") + "."
    };
    let paragraphs: Vec<String> = (0..4)
        .map(|_| [sentence(), sentence(), sentence()].join(" "))
        .collect();
    let body = paragraphs.join("\n\nLa suite après cette publicité\n\n");
    format!("Publicité\n\nUn quai à Ville-{number}\n\n{body}\n")
}
