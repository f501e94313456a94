//! A run that was ended, however and whenever, goes on and gives the same bytes.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::support::{ARTICLE, assert_same, clean, lavoir, outputs, stderr, write_corpus};

/// Kills in the normal test; `LAVOIR_KILLS=30` makes it long.
const KILLS: u32 = 6;

struct Setup {
    dir: tempfile::TempDir,
    input: PathBuf,
    whole: PathBuf,
}

/// Small parts, several output files, and what an uninterrupted run gives.
fn setup(documents: usize) -> Setup {
    let dir = tempfile::tempdir().unwrap();
    let (input, whole) = (dir.path().join("in"), dir.path().join("whole"));
    write_corpus(&input, documents);
    clean(&[&input], &whole, &OPTIONS);
    Setup { dir, input, whole }
}

const OPTIONS: [&str; 4] = ["--part-size", "12k", "--shard-size", "40k"];

fn command(input: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lavoir"));
    command
        .args([
            "clean",
            input.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ])
        .args(OPTIONS)
        .args(more)
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn signal(child: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

fn end(mut child: Child) -> (ExitStatus, String) {
    let mut message = String::new();
    let mut pipe = child.stderr.take().unwrap();
    pipe.read_to_string(&mut message).unwrap();
    (child.wait().unwrap(), message)
}

/// Waits until the first part and so many others are complete; false when the run ended before.
fn wait_for_parts(child: &mut Child, out: &Path, others: usize) -> bool {
    let state = out.join(".lavoir");
    loop {
        let entries = std::fs::read_dir(&state).into_iter().flatten().flatten();
        let is_part = |name: &str| name.starts_with("part-");
        let parts = entries.filter(|entry| is_part(&entry.file_name().to_string_lossy()));
        if parts.count() > others && state.join("part-000000").exists() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A number that differs from run to run; it is told when a test fails.
fn seed() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    since.as_nanos() as u64
}

#[test]
fn kills_at_random_moments_change_nothing() {
    let setup = setup(240);
    let out = setup.dir.path().join("out");
    let begun = Instant::now();
    clean(&[&setup.input], &setup.dir.path().join("timed"), &OPTIONS);
    let whole_run = begun.elapsed().as_micros() as u64;
    let kills: u32 = std::env::var("LAVOIR_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(KILLS);
    let mut state = seed();
    let first = state;
    let (mut killed, mut finished) = (0, 0);
    // Now and then a run ends before it is killed; then another one begins.
    for _ in 0..kills * 20 {
        if killed == kills {
            break;
        }
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let moment = Duration::from_micros((state >> 33) % whole_run);
        let mut child = command(&setup.input, &out, &["--resume"]).spawn().unwrap();
        std::thread::sleep(moment);
        if child.try_wait().unwrap().is_none() {
            signal(&child, "-KILL");
            killed += 1;
        }
        let (status, message) = end(child);
        if status.code().is_some() {
            assert_eq!(status.code(), Some(1), "seed {first}: {message}");
            assert_same(&setup.whole, &out);
            std::fs::remove_dir_all(&out).unwrap();
            finished += 1;
        }
    }
    assert_eq!(killed, kills, "seed {first}, {finished} runs ended first");
    let (status, message) = end(command(&setup.input, &out, &["--resume"]).spawn().unwrap());
    assert_eq!(status.code(), Some(1), "seed {first}: {message}");
    assert_same(&setup.whole, &out);
}

#[test]
fn what_a_run_left_that_ended_while_clearing_up_is_removed() {
    let setup = setup(8);
    let out = setup.dir.path().join("out");
    clean(&[&setup.input], &out, &OPTIONS);
    // Its plan goes first.
    let state = out.join(".lavoir");
    std::fs::create_dir(&state).unwrap();
    std::fs::write(state.join("part-000000"), "x").unwrap();
    let (status, message) = end(command(&setup.input, &out, &["--resume"]).spawn().unwrap());
    assert_eq!(status.code(), Some(1), "{message}");
    assert_same(&setup.whole, &out);
}

#[test]
fn what_is_done_is_not_done_again() {
    let setup = setup(240);
    let out = setup.dir.path().join("out");
    let mut child = command(&setup.input, &out, &[]).spawn().unwrap();
    assert!(wait_for_parts(&mut child, &out, 2));
    signal(&child, "-KILL");
    end(child);
    let part = out.join(".lavoir/part-000000");
    let before = std::fs::metadata(&part).unwrap().modified().unwrap();
    // Without --resume nothing is touched, and the way out is told.
    let (status, message) = end(command(&setup.input, &out, &[]).spawn().unwrap());
    assert_eq!(status.code(), Some(2));
    assert!(
        message.contains("--resume") && message.contains("--force"),
        "{message}"
    );
    // Stopped again behind the first part, it is still the one of the first run.
    let mut child = command(&setup.input, &out, &["--resume"]).spawn().unwrap();
    if wait_for_parts(&mut child, &out, 4) {
        signal(&child, "-KILL");
        let (status, message) = end(child);
        if status.code().is_none() {
            let after = std::fs::metadata(&part).unwrap().modified().unwrap();
            assert_eq!(before, after, "{message}");
        }
    }
    clean(
        &[&setup.input],
        &out,
        &[&OPTIONS[..], &["--resume"]].concat(),
    );
    assert_same(&setup.whole, &out);
}

#[test]
fn a_damaged_part_is_cleaned_again() {
    let setup = setup(120);
    let out = stopped_run(&setup);
    let part = out.join(".lavoir/part-000000");
    let mut bytes = std::fs::read(&part).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&part, bytes).unwrap();
    clean(
        &[&setup.input],
        &out,
        &[&OPTIONS[..], &["--resume"]].concat(),
    );
    assert_same(&setup.whole, &out);
}

/// A run that was killed when its first part was done.
fn stopped_run(setup: &Setup) -> PathBuf {
    let out = setup.dir.path().join("stopped");
    let mut child = command(&setup.input, &out, &[]).spawn().unwrap();
    assert!(wait_for_parts(&mut child, &out, 0));
    signal(&child, "-KILL");
    let (status, _) = end(child);
    assert_eq!(status.code(), None, "the run ended before it was killed");
    out
}

#[test]
fn ctrl_c_leaves_a_run_to_go_on_with() {
    let setup = setup(240);
    let out = setup.dir.path().join("out");
    let mut child = command(&setup.input, &out, &[]).spawn().unwrap();
    assert!(wait_for_parts(&mut child, &out, 0));
    signal(&child, "-INT");
    let (status, message) = end(child);
    assert_eq!(status.code(), Some(130), "{message}");
    assert!(message.contains("--resume"), "{message}");
    let names: Vec<String> = outputs(&out).into_keys().collect();
    assert_eq!(names, [".lavoir"], "no output is half there");
    clean(
        &[&setup.input],
        &out,
        &[&OPTIONS[..], &["--resume"]].concat(),
    );
    assert_same(&setup.whole, &out);
}

#[test]
fn what_changed_is_said() {
    let setup = setup(120);
    let out = stopped_run(&setup);
    let refused = |more: &[&str]| {
        let (status, message) = end(command(&setup.input, &out, more).spawn().unwrap());
        assert_eq!(status.code(), Some(2), "{message}");
        assert!(message.contains("--force"), "{message}");
        message
    };
    let message = refused(&["--resume", "--disable", "fr/ad/label", "--favor", "tight"]);
    assert!(
        message.contains("rules: ") && message.contains("clean.favor"),
        "{message}"
    );
    let message = refused(&["--resume", "--no-dedup", "--limit", "5"]);
    assert!(
        message.contains("dedup") && message.contains("selection.limit"),
        "{message}"
    );
    let file = |n: usize| setup.input.join(format!("doc-{n:03}.txt"));
    let text = std::fs::read(file(2)).unwrap();
    std::fs::write(file(2), "Shorter.").unwrap();
    std::fs::write(setup.input.join("new.txt"), ARTICLE).unwrap();
    std::fs::remove_file(file(3)).unwrap();
    let message = refused(&["--resume"]);
    for what in [
        "doc-002.txt had",
        "doc-003.txt is no longer",
        "new.txt is a new input",
    ] {
        assert!(message.contains(what), "{message}");
    }
    // Restored, it goes on: a file with a new time and its old content is the same file.
    std::fs::write(file(2), text).unwrap();
    std::fs::remove_file(setup.input.join("new.txt")).unwrap();
    write_corpus(&setup.input, 4);
    clean(
        &[&setup.input],
        &out,
        &[&OPTIONS[..], &["--resume"]].concat(),
    );
    assert_same(&setup.whole, &out);
}

#[test]
fn the_same_size_and_another_content_is_a_change() {
    let setup = setup(120);
    let out = stopped_run(&setup);
    let file = setup.input.join("doc-000.txt");
    let text = std::fs::read_to_string(&file).unwrap();
    let swapped = text.replacen("1874", "1875", 1);
    std::fs::write(&file, swapped).unwrap();
    let (status, message) = end(command(&setup.input, &out, &["--resume"]).spawn().unwrap());
    assert_eq!(status.code(), Some(2));
    assert!(message.contains("doc-000.txt was changed"), "{message}");
}

#[test]
fn results_that_would_be_lost_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other, out) = (
        dir.path().join("one"),
        dir.path().join("other"),
        dir.path().join("out"),
    );
    write_corpus(&one, 5);
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("else.txt"), ARTICLE).unwrap();
    clean(&[&one], &out, &["--shard-size", "1"]);
    let before = outputs(&out);
    let args = |more: &[&'static str]| {
        let fixed = [
            "clean",
            other.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ];
        let args: Vec<String> = fixed
            .iter()
            .chain(more)
            .map(|arg| (*arg).to_owned())
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        lavoir(&args)
    };
    let output = args(&[]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(
        message.contains("doc-000.txt") && message.contains("--force"),
        "{message}"
    );
    assert_eq!(outputs(&out), before);
    // Replaced on demand; no file of the earlier run is left among the new ones.
    assert!(args(&["--force"]).status.success());
    let names: Vec<String> = outputs(&out).into_keys().collect();
    let all = [
        "articles.jsonl",
        "croissant.json",
        "errors.jsonl",
        "manifest.json",
        "provenance.jsonl",
    ];
    assert_eq!(names, all);
    // Over the same inputs a second run replaces the first, as ever.
    assert!(args(&["--no-dedup"]).status.success());
}

#[test]
fn a_finished_run_is_not_run_again() {
    let setup = setup(40);
    let time = |out: &Path| {
        let meta = std::fs::metadata(out.join("articles-00000.jsonl")).unwrap();
        meta.modified().unwrap()
    };
    let before = time(&setup.whole);
    let resume = || {
        end(command(&setup.input, &setup.whole, &["--resume"])
            .spawn()
            .unwrap())
    };
    let (status, message) = resume();
    assert_eq!(status.code(), Some(1), "{message}");
    assert!(message.contains("finished"), "{message}");
    assert_eq!(time(&setup.whole), before);
    // With an input of other bytes it is run again.
    std::fs::write(setup.input.join("doc-003.txt"), ARTICLE).unwrap();
    assert_eq!(resume().0.code(), Some(1));
    assert_ne!(time(&setup.whole), before);
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let setup = setup(240);
    let out = setup.dir.path().join("out");
    let mut child = command(&setup.input, &out, &[]).spawn().unwrap();
    assert!(wait_for_parts(&mut child, &out, 0));
    let (status, message) = end(command(&setup.input, &out, &["--resume"]).spawn().unwrap());
    if child.try_wait().unwrap().is_none() {
        assert_eq!(status.code(), Some(2), "{message}");
        assert!(message.contains("another run"), "{message}");
    }
    let (status, message) = end(child);
    assert_eq!(status.code(), Some(1), "{message}");
    assert_same(&setup.whole, &out);
}
