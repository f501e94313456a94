//! `lavoir check`: the gate.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{lavoir, rows, stderr, stdout};

const PROSE: &str = "The harbour was closed on Monday after a storm broke two of its cranes, the \
                     port authority said in a statement.";

/// A data set of JSON lines in a folder of its own.
struct DataSet {
    dir: tempfile::TempDir,
}

impl DataSet {
    fn new(rows: &[Value]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(dir.path().join("data.jsonl"), lines).unwrap();
        std::fs::write(dir.path().join("lavoir.toml"), "").unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn configure(&self, toml: &str) {
        std::fs::write(self.path("lavoir.toml"), toml).unwrap();
    }

    /// Exit code and findings.
    fn check(&self, more: &[&str]) -> (i32, Vec<Value>) {
        let (data, config) = (self.path("data.jsonl"), self.path("lavoir.toml"));
        let report = self.path("report.jsonl");
        let mut args = vec!["check", data.to_str().unwrap(), "--report", "jsonl"];
        args.extend(["--out", report.to_str().unwrap()]);
        args.extend(["--config", config.to_str().unwrap()]);
        args.extend(more);
        let output = lavoir(&args);
        let code = output.status.code().unwrap();
        assert!(code < 2, "{}", stderr(&output));
        (code, rows(&report))
    }
}

fn kinds(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn clean_data_passes() {
    let data = DataSet::new(&[
        json!({"id": "a", "text": PROSE}),
        json!({"id": "b", "text": "Bread prices rose for the third month in a row.\n\nBakers blame flour."}),
    ]);
    let (code, findings) = data.check(&[]);
    assert_eq!((code, findings), (0, vec![]));
}

#[test]
fn each_kind_is_found_with_its_place() {
    let long = |what: &str| format!("{what} {PROSE}");
    let cases = [
        (
            "boilerplate",
            json!({"id": "x", "text": format!("Advertisement\n\n{PROSE}")}),
        ),
        (
            "repeat",
            json!({"id": "x", "text": format!("{PROSE}\n\n{PROSE}")}),
        ),
        (
            "mojibake",
            json!({"id": "x", "text": long("The cafÃ© was full.")}),
        ),
        (
            "characters",
            json!({"id": "x", "text": long("A zero\u{200b}width space.")}),
        ),
        (
            "markup",
            json!({"id": "x", "text": long("Some <b>bold</b> words.")}),
        ),
        (
            "markup",
            json!({"id": "x", "html": format!("<html><body><p>{PROSE}</p></body></html>")}),
        ),
        ("empty", json!({"id": "x", "text": " \n"})),
        (
            "truncated",
            json!({"id": "x", "text": "It goes on for a while and then …"}),
        ),
    ];
    for (kind, row) in cases {
        let data = DataSet::new(&[
            json!({"id": "ok", "text": "Nothing is wrong with this one."}),
            row,
        ]);
        let (code, findings) = data.check(&[]);
        assert_eq!(code, 1, "{kind}");
        assert!(
            kinds(&findings).iter().all(|&found| found == kind),
            "{kind}: {findings:?}"
        );
        assert_eq!(
            (&findings[0]["document"], &findings[0]["line"]),
            (&json!("x"), &json!(2))
        );
        let (code, findings) = data.check(&["--skip", kind]);
        assert_eq!((code, findings.len()), (0, 0), "{kind}");
    }
}

#[test]
fn what_only_the_corpus_shows_is_found() {
    let page = |n: usize, place: &str| {
        let text = format!(
            "The {place} was closed on day {n} after a storm, its keeper said.\n\n\
             Follow the Daily Wave wherever you are"
        );
        json!({"id": format!("p{n}"), "url": format!("https://wave.example/{n}"), "text": text})
    };
    let mut all: Vec<Value> = (0..3)
        .zip(["harbour", "library", "museum"])
        .map(|(n, p)| page(n, p))
        .collect();
    all.push(json!({"id": "z-copy", "text": all[1]["text"]}));
    let data = DataSet::new(&all);
    let (code, findings) = data.check(&[]);
    assert_eq!(code, 1);
    assert_eq!(
        kinds(&findings),
        ["furniture", "furniture", "furniture", "duplicate"]
    );
    assert_eq!(
        findings[0]["excerpt"],
        "Follow the Daily Wave wherever you are"
    );
    assert!(
        findings[3]["message"].as_str().unwrap().contains("p1"),
        "{findings:?}"
    );
    data.configure("[check]\nfurniture_documents = 2\n");
    assert_eq!(data.check(&[]).1.len(), 4);
    data.configure("[check]\nfurniture_documents = 4\n");
    assert_eq!(kinds(&data.check(&[]).1), ["duplicate"]);
}

#[test]
fn bytes_that_are_not_utf8_and_rows_that_are_no_json_are_findings() {
    let data = DataSet::new(&[json!({"id": "a", "text": PROSE})]);
    let file = data.path("old.txt");
    std::fs::write(
        &file,
        b"Der B\xfcrgermeister sagte, die Stra\xdfe bleibe gesperrt.\n",
    )
    .unwrap();
    let mut broken = std::fs::read(data.path("data.jsonl")).unwrap();
    broken.extend(b"{broken\n");
    std::fs::write(data.path("data.jsonl"), broken).unwrap();
    let (code, findings) = data.check(&[file.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert_eq!(kinds(&findings), ["unreadable", "encoding"]);
    assert_eq!(findings[0]["line"], 2);
    assert!(
        findings[1]["message"]
            .as_str()
            .unwrap()
            .contains("windows-1252")
    );
}

#[test]
fn limits_are_shares_of_documents() {
    let rows: Vec<Value> = ["quay", "pier", "dock", "mole"]
        .iter()
        .enumerate()
        .map(|(n, place)| {
            let label = if n == 0 { "Advertisement\n\n" } else { "" };
            let text = format!("{label}They walked to the {place} and counted {n} boats there.");
            json!({"id": n, "text": text})
        })
        .collect();
    let data = DataSet::new(&rows);
    assert_eq!(data.check(&[]).0, 1);
    data.configure("[check.limits]\nboilerplate = 0.25\n");
    let (code, findings) = data.check(&[]);
    assert_eq!((code, findings.len()), (0, 1), "reported, and allowed");
    data.configure("[check.limits]\nboilerplate = 0.24\n");
    assert_eq!(data.check(&[]).0, 1);
}

#[test]
fn a_baseline_hides_what_is_known_and_tells_what_drifts() {
    let dirty = json!({"id": "a", "text": format!("Advertisement\n\n{PROSE}")});
    let data = DataSet::new(std::slice::from_ref(&dirty));
    let file = data.path("base.json");
    let base = ["--baseline-file", file.to_str().unwrap(), "--baseline"];
    let with = |what: &'static str| [base[0], base[1], base[2], what];
    let missing = lavoir(&[
        "check",
        data.path("data.jsonl").to_str().unwrap(),
        "--baseline",
        "compare",
        "--baseline-file",
        "/nowhere/b.json",
    ]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(data.check(&with("write")).0, 0);
    let (code, findings) = data.check(&with("compare"));
    assert_eq!((code, findings.len()), (0, 0));
    let more = DataSet::new(&[
        dirty,
        json!({"id": "b", "text": "Advertisement\n\nShort."}),
        json!({"id": "c", "text": "Tiny."}),
    ]);
    let (code, findings) = more.check(&with("compare"));
    assert_eq!(code, 1);
    assert_eq!(
        findings.iter().filter(|f| f["document"] == "a").count(),
        0,
        "{findings:?}"
    );
    assert!(kinds(&findings).contains(&"boilerplate") && kinds(&findings).contains(&"drift"));
}

#[test]
fn the_report_is_the_same_for_any_number_of_threads() {
    let rows: Vec<Value> = (0..50)
        .map(|n| json!({"id": n, "url": "https://a.example/", "text": format!("Advertisement\n\nStory {n} of the harbour, told on day {n}.\n\nShare")}))
        .collect();
    let data = DataSet::new(&rows);
    let one = data.check(&["--jobs", "1"]);
    assert!(one.1.len() > 50);
    assert_eq!(one, data.check(&["--jobs", "3"]));
}

#[test]
fn every_form_of_report_tells_the_same() {
    let data = DataSet::new(&[
        json!({"id": "a,b:c", "text": format!("Advertisement\n\n{PROSE} <b>x</b>")}),
    ]);
    let path = data.path("data.jsonl");
    let report = |format: &str| {
        let output = lavoir(&[
            "check",
            path.to_str().unwrap(),
            "--isolated",
            "--report",
            format,
        ]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stdout(&output)
    };
    let text = report("text");
    assert!(
        text.contains(":1 a,b:c: boilerplate: ad in the text: Advertisement [en/ad/label]"),
        "{text}"
    );
    assert!(text.ends_with("1 documents: 2 limits exceeded\n"), "{text}");
    let all: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(all["passed"], false);
    assert_eq!(
        all["kinds"]["boilerplate"],
        json!({"documents": 1, "allowed": 0})
    );
    let count = all["findings"].as_array().unwrap().len();
    assert_eq!(report("jsonl").lines().count(), count);
    let github = report("github");
    assert_eq!(github.lines().count(), count);
    assert!(
        github.starts_with("::error file=") && github.contains(",line=1,title="),
        "{github}"
    );
    let sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), count);
    let junit = report("junit");
    assert_eq!(junit.matches("<failure ").count(), 2);
    assert!(junit.contains("&lt;b&gt;"), "{junit}");
}

#[test]
fn what_clean_writes_passes_the_gate() {
    let out = tempfile::tempdir().unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    crate::support::clean(&[&corpus], out.path(), &["--isolated"]);
    let articles = out.path().join("articles.jsonl");
    let output = lavoir(&[
        "check",
        articles.to_str().unwrap(),
        "--isolated",
        "--report",
        "json",
    ]);
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    for kind in [
        "mojibake",
        "characters",
        "markup",
        "duplicate",
        "empty",
        "unreadable",
        "repeat",
    ] {
        assert_eq!(
            report["kinds"][kind]["documents"], 0,
            "{kind}: {}",
            report["findings"]
        );
    }
}

#[test]
#[cfg(unix)]
fn the_gate_works_in_a_repository() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci");
    let output = std::process::Command::new("bash")
        .arg(docs.join("scratch.sh"))
        .arg(env!("CARGO_BIN_EXE_lavoir"))
        .arg(docs.join("check.sh"))
        .output()
        .unwrap();
    let said = stdout(&output);
    assert!(output.status.success(), "{said}{}", stderr(&output));
    assert_eq!(said.matches("ok: ").count(), 4, "{said}");
}
