//! Ctrl-C ends a run at once, with its exit code and without half-written files.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use crate::support::ARTICLE;

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lavoir"))
        .args(["clean", "-", "-o", out.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let row = serde_json::json!({"text": ARTICLE}).to_string();
    writeln!(stdin, "{row}").unwrap();
    // The folder shows that the run has begun; standard input stays open, so it cannot end.
    while !out.exists() {
        assert_eq!(child.try_wait().unwrap(), None, "the run ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    let status = child.wait().unwrap();
    let mut message = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut message)
        .unwrap();
    assert_eq!(status.code(), Some(130), "{message}");
    assert!(message.contains("nothing was written"), "{message}");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);
}
