//! `lavoir dedup` on anyone's JSON lines.

use std::path::Path;

use crate::support::{lavoir, lavoir_with, rows, stderr};

const FLOOD: &str = "The river rose above the quay on Monday night and the lower town was \
    evacuated. Firemen carried some forty people out of their houses by boat, the mayor said. \
    Schools will remain closed until the water is gone and the cellars have been pumped dry.";
const TREES: &str = "The council will plant four hundred lime trees along the ring road this \
    autumn. They replace the elms felled three years ago, of which only the stumps remain.";

fn row(id: &str, text: &str, rest: &str) -> String {
    format!(
        "{{\"id\": \"{id}\",  \"text\": {}{rest}}}",
        serde_json::json!(text)
    )
}

fn run(input: &str, dir: &Path, options: &[&str]) -> i32 {
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let (out, clusters, removed) = (
        path("out.jsonl"),
        path("clusters.tsv"),
        path("removed.jsonl"),
    );
    let mut args = vec![
        "dedup",
        "-",
        "-o",
        &out,
        "--clusters",
        &clusters,
        "--removed",
        &removed,
    ];
    args.extend(options);
    let output = lavoir_with(&args, input.as_bytes());
    let code = output.status.code().unwrap();
    assert!(code < 2, "{}", stderr(&output));
    code
}

#[test]
fn rows_that_stay_are_untouched_and_the_others_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let updated = format!("Flood\n{FLOOD}\nMore to follow.");
    let kept = [row("a", FLOOD, ", \"n\": 1.50"), row("c", TREES, "")];
    let input = [
        &row("b", &updated, ""),
        &kept[0],
        &kept[1],
        &row("d", &TREES.to_uppercase(), ""),
    ]
    .map(String::as_str)
    .join("\n");
    assert_eq!(run(&input, dir.path(), &[]), 0);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("out.jsonl"), format!("{}\n{}\n", kept[0], kept[1]));
    assert_eq!(read("clusters.tsv"), "b\ta\na\ta\nc\tc\nd\tc\n");
    let removed = rows(&dir.path().join("removed.jsonl"));
    assert_eq!(
        (&removed[0]["id"], &removed[0]["twin"]),
        (&"b".into(), &"a".into())
    );
    assert_eq!(
        (&removed[0]["kind"], &removed[0]["score"]),
        (&"near".into(), &1000.into())
    );
    assert_eq!(
        (&removed[1]["kind"], &removed[1]["score"]),
        (&"exact".into(), &1000.into())
    );
}

#[test]
fn the_user_says_which_copy_stays() {
    let dir = tempfile::tempdir().unwrap();
    let input = format!(
        "{}\n{}",
        row("a", FLOOD, ", \"created\": \"2026-03-02\""),
        row("b", &FLOOD.to_lowercase(), ", \"created\": \"2026-03-01\""),
    );
    for (keep, stays) in [("id", "a"), ("field:created", "b")] {
        assert_eq!(run(&input, dir.path(), &["--keep", keep]), 0);
        assert_eq!(rows(&dir.path().join("out.jsonl"))[0]["id"], stays);
    }
}

#[test]
fn a_bad_line_is_told_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        run(&format!("{{\n{}", row("a", FLOOD, "")), dir.path(), &[]),
        1
    );
    assert_eq!(rows(&dir.path().join("out.jsonl")).len(), 1);
    let output = lavoir(&["dedup", "/nowhere/at/all.jsonl", "-o", "/dev/null"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("/nowhere/at/all.jsonl"));
}

#[test]
fn memory_and_threads_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let text = |n: usize| format!("{FLOOD} {} {TREES} {}", n % 7, "more ".repeat(n % 5));
    let input: Vec<String> = (0..60)
        .map(|n| row(&format!("d{n}"), &text(n), ""))
        .collect();
    let mut outputs = Vec::new();
    for options in [
        ["--memory", "0", "--jobs", "1"],
        ["--memory", "64", "--jobs", "3"],
    ] {
        run(&input.join("\n"), dir.path(), &options);
        outputs.push(std::fs::read(dir.path().join("removed.jsonl")).unwrap());
    }
    assert!(!outputs[0].is_empty());
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn the_ending_of_the_output_packs_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let input = [
        row("a", FLOOD, ""),
        row("b", FLOOD, ""),
        row("c", TREES, ""),
    ]
    .join("\n");
    std::fs::write(path("in.jsonl"), &input).unwrap();
    let run = |from: &str, to: &str| {
        let output = lavoir(&["dedup", "-q", &path(from), "-o", &path(to)]);
        assert!(output.status.success(), "{}", stderr(&output));
    };
    run("in.jsonl", "plain.jsonl");
    let plain = std::fs::read(path("plain.jsonl")).unwrap();
    for (ending, magic) in [
        ("gz", &[0x1f, 0x8b][..]),
        ("zst", &[0x28, 0xb5, 0x2f, 0xfd]),
    ] {
        let packed = format!("out.jsonl.{ending}");
        run("in.jsonl", &packed);
        assert!(std::fs::read(path(&packed)).unwrap().starts_with(magic));
        run(&packed, "back.jsonl");
        assert_eq!(std::fs::read(path("back.jsonl")).unwrap(), plain);
    }
}

#[test]
fn parquet_goes_in_and_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let kept = [
        row("a", FLOOD, ", \"n\": 1.5, \"tags\": [\"x\", \"y\"]"),
        row("c", TREES, ", \"n\": 2.5, \"seen\": {\"on\": true}"),
    ];
    let copy = row("b", &format!("Flood\n{FLOOD}"), "");
    let (lines, table) = (path("in.jsonl"), path("all.parquet"));
    std::fs::write(&lines, [&*kept[0], &copy, &kept[1]].join("\n")).unwrap();
    let run = |args: &[&str]| {
        let output = lavoir(&[&["dedup", "-q"], args].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    };
    // Exact copies only: all three rows stay.
    run(&[&lines, "-o", &table, "--exact"]);
    let (again, out) = (path("again.parquet"), path("out.jsonl"));
    run(&[&table, "-o", &again, "--clusters", &path("clusters.tsv")]);
    let clusters = std::fs::read_to_string(path("clusters.tsv")).unwrap();
    assert_eq!(clusters, "a\ta\nb\ta\nc\tc\n");
    run(&[&again, "-o", &out]);
    let expected: Vec<serde_json::Value> = kept
        .iter()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    assert_eq!(rows(&dir.path().join("out.jsonl")), expected);
    // A file that is cut short is an error with its name, and nothing is written.
    let bytes = std::fs::read(&table).unwrap();
    std::fs::write(path("cut.parquet"), &bytes[..bytes.len() / 2]).unwrap();
    let output = lavoir(&["dedup", &path("cut.parquet"), "-o", &path("none.jsonl")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("cut.parquet"),
        "{}",
        stderr(&output)
    );
    assert!(!dir.path().join("none.jsonl").exists());
}

#[test]
fn an_index_knows_what_a_host_repeats() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let furniture: Vec<String> = (0..12)
        .map(|n| format!("Section {n} of the paper of our town and its {n} villages"))
        .collect();
    let bodies = [FLOOD, TREES];
    for (day, body) in bodies.iter().enumerate() {
        let text = format!("{}\n{body}", furniture.join("\n"));
        let url = format!(", \"url\": \"https://paper.example/p{day}\"");
        let file = path("day.jsonl");
        std::fs::write(&file, row(&format!("d{day}"), &text, &url)).unwrap();
        let (out, index) = (path("out.jsonl"), path("kept.index"));
        let output = lavoir(&["dedup", &file, "-o", &out, "--against", &index]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(rows(&dir.path().join("out.jsonl")).len(), 1, "day {day}");
    }
}

#[test]
fn odd_rows_are_told_or_taken_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut input = b"\xEF\xBB\xBF".to_vec();
    let (one, two) = (row("twice", FLOOD, ""), row("twice", TREES, ""));
    let lines: [&[u8]; 7] = [
        one.as_bytes(),
        two.as_bytes(),
        b"{\"id\": 3, \"text\": null}",
        b"{\"id\": 4, \"text\": \"not \xFF UTF-8\"}",
        b"{\"id\": 5}",
        b"{\"text\": \"\"}\r",
        b"",
    ];
    input.extend(lines.join(&b'\n'));
    std::fs::write(path("in.jsonl"), input).unwrap();
    let (file, out) = (path("in.jsonl"), path("out.jsonl"));
    let clusters = path("clusters.tsv");
    let args = [
        "dedup",
        file.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
        "--clusters",
        clusters.to_str().unwrap(),
    ];
    let output = lavoir(&args);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        std::fs::read_to_string(&clusters).unwrap(),
        "twice\ttwice\ntwice#2\ttwice#2\nin.jsonl:6\tin.jsonl:6\n"
    );
    let told = stderr(&output);
    for line in [3, 4, 5] {
        assert!(told.contains(&format!("in.jsonl:{line}")), "{told}");
    }
    assert!(told.contains("3 lines left out"), "{told}");
    assert!(told.contains("1 ids came again"), "{told}");
    let ids: Vec<serde_json::Value> = rows(&out).iter().map(|row| row["id"].clone()).collect();
    assert_eq!(
        ids,
        ["twice".into(), "twice".into(), serde_json::Value::Null]
    );
    // No row at all is an empty corpus.
    std::fs::write(&file, "").unwrap();
    assert_eq!(lavoir(&args).status.code(), Some(0));
    assert_eq!(std::fs::read(&out).unwrap(), b"");
}

#[test]
fn a_file_cut_short_and_one_in_utf_16_do_not_end_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let numbered = |n: u32| {
        row(
            &n.to_string(),
            &format!("{n} {n} {n} words of their own"),
            "",
        ) + "\n"
    };
    let text: String = (0..2000).map(numbered).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(path("a.jsonl.gz"), &packed[..packed.len() / 2]).unwrap();
    let utf16: Vec<u8> = row("b", FLOOD, "")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(path("b.jsonl"), utf16).unwrap();
    std::fs::write(path("c.jsonl"), row("c", TREES, "")).unwrap();
    let [a, b, c, out] = ["a.jsonl.gz", "b.jsonl", "c.jsonl", "out.jsonl"].map(path);
    let output = lavoir(&["dedup", &a, &b, &c, "-o", &out]);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    let kept = rows(Path::new(&out));
    assert_eq!(kept.last().unwrap()["id"], "c");
    assert!(kept.len() > 500, "{} {told}", kept.len());
    let place = format!("a.jsonl.gz:{}: ", kept.len());
    assert!(
        told.contains(&place) && told.contains("cut short"),
        "{told}"
    );
    assert!(
        told.contains("b.jsonl:1: ") && told.contains("UTF-16"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_with_a_name_is_read_from_its_first_byte() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.jsonl");
    let input = row("a", FLOOD, "") + "\n" + &row("b", TREES, "") + "\n";
    let args = ["dedup", "/dev/stdin", "-o", out.to_str().unwrap()];
    let output = lavoir_with(&args, input.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), input);
}
