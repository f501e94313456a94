//! A full disk, a closed folder, an input that goes: told, and nothing is corrupt.

use std::path::Path;
use std::process::Command;

use crate::support::{assert_same, clean, lavoir, outputs, rows, stderr, write_corpus};

const OPTIONS: [&str; 4] = ["--part-size", "12k", "--shard-size", "40k"];

/// A small file system in memory, as long as this lives.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    /// None where this user may not mount; that is told loudly.
    fn mount(place: &'p Path, kilobytes: u32) -> Option<Self> {
        std::fs::create_dir_all(place).unwrap();
        let size = format!("size={kilobytes}k");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(place)
            .output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Self(place));
        }
        eprintln!("SKIPPED: this user may not mount a small disk, so a full one was not tried");
        None
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let mut mount = Command::new("mount");
        let mount = mount.args(["-o", &options]).arg(self.0).status();
        assert!(mount.unwrap().success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

fn run(input: &Path, out: &Path, more: &[&str]) -> (Option<i32>, String) {
    let fixed = [
        "clean",
        input.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ];
    let output = lavoir(&[&fixed[..], &OPTIONS, more].concat());
    (output.status.code(), stderr(&output))
}

#[test]
fn a_full_disk_is_told_and_the_run_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let (input, whole) = (dir.path().join("in"), dir.path().join("whole"));
    write_corpus(&input, 150);
    clean(&[&input], &whole, &OPTIONS);
    let needed: usize = outputs(&whole).values().map(Vec::len).sum();
    // Full at the start, in the first pass, and in the second.
    for share in [0.02, 0.3, 0.8, 1.3, 1.8] {
        let place = dir.path().join(format!("disk-{share}"));
        let kilobytes = (needed as f64 * share / 1024.0) as u32 + 4;
        let Some(disk) = SmallDisk::mount(&place, kilobytes) else {
            return;
        };
        let out = place.join("out");
        let (code, message) = run(&input, &out, &[]);
        assert_eq!(code, Some(2), "{kilobytes} kB: {message}");
        assert!(message.contains("free some space"), "{message}");
        if out.exists() {
            let names: Vec<String> = outputs(&out).into_keys().collect();
            assert!(names.is_empty() || names == [".lavoir"], "{names:?}");
        }
        disk.remount("size=64m");
        let (code, message) = run(&input, &out, &["--resume"]);
        assert_eq!(code, Some(1), "{message}");
        assert_same(&whole, &out);
    }
}

#[test]
fn a_disk_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (input, place) = (dir.path().join("in"), dir.path().join("disk"));
    write_corpus(&input, 20);
    let Some(disk) = SmallDisk::mount(&place, 4096) else {
        return;
    };
    let out = place.join("out");
    clean(&[&input], &out, &OPTIONS);
    let before = outputs(&out);
    disk.remount("ro");
    let (code, message) = run(&input, &out, &[]);
    assert_eq!(code, Some(2), "{message}");
    assert!(
        message.contains("Read-only") && message.contains("out"),
        "{message}"
    );
    assert_eq!(outputs(&out), before);
}

#[test]
fn an_input_that_goes_while_the_run_is_on_is_an_error_row() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    write_corpus(&input, 200);
    let mut child = Command::new(env!("CARGO_BIN_EXE_lavoir"))
        .args([
            "clean",
            input.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ])
        .args(["--part-size", "3k", "--quiet", "--jobs", "1"])
        .spawn()
        .unwrap();
    // The plan is there, so the file was seen; its part is the last one.
    while !out.join(".lavoir/plan.json").exists() {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    std::fs::remove_file(input.join("doc-199.txt")).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let errors = rows(&out.join("errors.jsonl"));
    let gone: Vec<_> = errors
        .iter()
        .filter(|row| row["path"] == "doc-199.txt")
        .collect();
    assert_eq!(gone.len(), 1);
    assert!(
        gone[0]["remedy"]
            .as_str()
            .unwrap()
            .contains("check the path")
    );
    let checked = lavoir(&["verify", out.to_str().unwrap()]);
    // The rest verifies; the file that went is told as missing.
    let text = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(text.matches("FAILED").count(), 1, "{text}");
}
