//! Decisions over a whole corpus: sites, priorities, shared paragraphs, and what was kept before.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{assert_same, clean, lavoir, rows, stderr, stdout};

const ABOUT: &str = "The Measuring Post has been measuring the harbour towns since the days of the \
    first tape, and its readers send in numbers from all over the coast and beyond.";
const LICENCE: &str = "The numbers were gathered by people who walk along the water at dawn with tape \
    and paper, in every weather, and who have done so for as long as anybody can remember.";

/// A page of text with words of its own.
fn page(n: usize, host: &str, more: &str) -> Value {
    let word = |i: usize| {
        format!(
            "{}{}",
            ["tide", "crane", "quay", "rope", "lamp"][(n + i) % 5],
            n * 31 + i * 7
        )
    };
    let paragraph = |i: usize| {
        format!(
            "On day {i} the {} was measured against the {} by {} people, who wrote that the {} \
             had moved by {} inches since the {} was put in its place.",
            word(i),
            word(i + 1),
            n + i,
            word(i + 2),
            n * i + 3,
            word(i + 4)
        )
    };
    let body: Vec<String> = (0..5).map(paragraph).collect();
    let text = format!(
        "The {} of day {n} is measured\n\n{}\n\n{more}",
        word(0),
        body.join("\n\n")
    );
    json!({"id": format!("{host}-{n:02}"), "url": format!("https://{host}/report/{n}"), "text": text})
}

/// A last paragraph of its own.
fn last(n: usize) -> String {
    format!(
        "The last word of day {n} came from the keeper of lamp {n}, who has seen {} storms come and \
         go and said that the next one will be no worse than those.",
        n * 17 + 3
    )
}

fn write(path: &Path, rows: &[Value]) -> PathBuf {
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
    path.to_path_buf()
}

fn verified(out: &Path) {
    let output = lavoir(&["verify", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stdout(&output));
}

fn text<'a>(articles: &'a [Value], id: &str) -> &'a str {
    let row = articles.iter().find(|row| row["id"] == id);
    row.unwrap_or_else(|| panic!("{id} is there"))["text"]
        .as_str()
        .unwrap()
}

#[test]
fn what_a_site_repeats_goes_with_a_twin_and_another_site_keeps_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut pages: Vec<Value> = (0..8).map(|n| page(n, "post.example", ABOUT)).collect();
    pages.push(page(9, "other.example", ABOUT));
    let input = write(&dir.path().join("in.jsonl"), &pages);
    let out = dir.path().join("out");
    assert_eq!(clean(&[&input], &out, &[]), 0);
    let articles = rows(&out.join("articles.jsonl"));
    assert_eq!(articles.len(), 9);
    for n in 0..8 {
        let text = text(&articles, &format!("post.example-{n:02}"));
        assert!(
            !text.contains("Measuring Post") && text.contains("On day 4"),
            "{text}"
        );
    }
    assert!(text(&articles, "other.example-09").contains("Measuring Post"));
    let provenance = rows(&out.join("provenance.jsonl"));
    let decisions = provenance[3]["decisions"].as_array().unwrap();
    let site = decisions.iter().find(|row| row["stage"] == "site").unwrap();
    assert_eq!(site["action"], "drop");
    assert_eq!(site["reason"]["twin"]["id"], "post.example-00");
    assert_eq!(site["reason"]["twin"]["rule"], "site/tail");
    verified(&out);
    // The order of the input, memory and threads change nothing of an article.
    pages.rotate_left(4);
    let turned = write(&dir.path().join("in.jsonl"), &pages);
    let again = dir.path().join("again");
    clean(&[&turned], &again, &["--memory", "1", "--jobs", "1"]);
    let sorted = |out: &Path, file: &str| {
        let mut all = rows(&out.join(file));
        all.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
        for row in &mut all {
            // The line in the file.
            if let Some(source) = row["source"].as_object_mut() {
                source.remove("record");
            }
        }
        all
    };
    for file in ["articles.jsonl", "provenance.jsonl"] {
        let (one, two) = (sorted(&out, file), sorted(&again, file));
        assert!(one == two, "{file} differs");
    }
    verified(&again);
    // Without site memory all stays.
    let plain = dir.path().join("plain");
    clean(&[&turned], &plain, &["--no-site", "--no-dedup"]);
    assert!(
        text(&rows(&plain.join("articles.jsonl")), "post.example-03").contains("Measuring Post")
    );
}

#[test]
fn merged_shards_know_their_sites() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    std::fs::create_dir(&input).unwrap();
    for n in 0..6 {
        write(
            &input.join(format!("{n}.jsonl")),
            &[page(n, "post.example", ABOUT)],
        );
    }
    let whole = dir.path().join("whole");
    clean(&[&input], &whole, &[]);
    assert!(
        !text(&rows(&whole.join("articles.jsonl")), "post.example-01").contains("Measuring Post")
    );
    let mut args = vec![
        "merge".to_owned(),
        "-o".into(),
        dir.path().join("merged").display().to_string(),
    ];
    for index in 1..=2 {
        let out = dir.path().join(format!("shard-{index}"));
        clean(&[&input], &out, &["--shard", &format!("{index}/2")]);
        args.push(out.display().to_string());
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = lavoir(&args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(&whole, &dir.path().join("merged"));
}

#[test]
fn paragraphs_that_documents_share_are_flagged_or_go() {
    let dir = tempfile::tempdir().unwrap();
    let hosts = ["a.example", "b.example", "c.example", "d.example"];
    let pages: Vec<Value> = hosts
        .iter()
        .enumerate()
        .map(|(n, host)| page(n, host, &format!("{LICENCE}\n\n{}", last(n))))
        .collect();
    let input = write(&dir.path().join("in.jsonl"), &pages);
    let with = |mode: &str| {
        let out = dir.path().join(mode);
        assert_eq!(clean(&[&input], &out, &["--paragraphs", mode]), 0);
        verified(&out);
        let articles = rows(&out.join("articles.jsonl"));
        let have = articles.iter().filter(|row| {
            row["text"]
                .as_str()
                .unwrap()
                .contains("with tape and paper")
        });
        (have.count(), articles)
    };
    assert_eq!(with("keep").0, 4);
    assert_eq!(with("keep-first").0, 1);
    assert_eq!(with("drop").0, 0);
    let (have, articles) = with("flag");
    assert_eq!(have, 4);
    let flag = &articles[2]["repeated"][0];
    assert_eq!(
        (flag["documents"].as_u64(), flag["first"].as_str()),
        (Some(4), Some("a.example-00"))
    );
    let span = |at: usize| flag["span"][at].as_u64().unwrap() as usize;
    assert_eq!(
        &articles[2]["text"].as_str().unwrap()[span(0)..span(1)],
        LICENCE
    );
    let out = dir.path().join("flag");
    tampered(
        &out,
        "\"documents\":4",
        "\"documents\":5",
        "said to stand in 5 documents",
    );
}

/// Changes what an article claims of other documents; verify must say so.
fn tampered(out: &Path, from: &str, to: &str, expected: &str) {
    let articles = out.join("articles.jsonl");
    let text = std::fs::read_to_string(&articles).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(&articles, text.replace(from, to)).unwrap();
    let output = lavoir(&["verify", out.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
}

#[test]
fn the_preferred_source_stays_and_names_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let printings: Vec<Value> = ["a.example", "b.example", "c.example"]
        .iter()
        .map(|host| {
            let mut row = page(5, host, "");
            row["id"] = json!(host);
            row
        })
        .collect();
    let input = write(&dir.path().join("in.jsonl"), &printings);
    let stays = |keep: &str| {
        let out = dir.path().join(keep.replace(':', "-"));
        clean(&[&input], &out, &["--keep", keep]);
        verified(&out);
        let articles = rows(&out.join("articles.jsonl"));
        assert_eq!(articles.len(), 1);
        articles[0].clone()
    };
    assert_eq!(stays("id")["id"], "a.example");
    let row = stays("source:www.c.example,b.example");
    assert_eq!(row["id"], "c.example");
    assert_eq!(row["also_published_by"], json!(["a.example", "b.example"]));
    let out = dir.path().join("source-www.c.example,b.example");
    tampered(
        &out,
        "[\"a.example\",\"b.example\"]",
        "[\"a.example\"]",
        "is said to be published by",
    );
}

#[test]
fn today_is_compared_with_what_was_kept_before() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("kept.index");
    let against = ["--against", index.to_str().unwrap()];
    let first: Vec<Value> = (0..4).map(|n| page(n, "post.example", "")).collect();
    let first = write(&dir.path().join("first.jsonl"), &first);
    let out = dir.path().join("first");
    clean(&[&first], &out, &against);
    assert_eq!(rows(&out.join("articles.jsonl")).len(), 4);
    // The same crawl again says nothing against itself.
    let again = dir.path().join("again");
    clean(&[&first], &again, &against);
    assert_same(&out, &again);
    // An exact copy, a longer printing, and something new.
    let mut second = vec![
        page(0, "copy.example", ""),
        page(1, "late.example", ABOUT),
        page(7, "new.example", ""),
    ];
    second[0]["id"] = json!("copy");
    let second = write(&dir.path().join("second.jsonl"), &second);
    let out = dir.path().join("second");
    clean(&[&second], &out, &against);
    verified(&out);
    let articles = rows(&out.join("articles.jsonl"));
    assert_eq!(articles.len(), 1);
    assert_eq!(articles[0]["id"], "new.example-07");
    let provenance = rows(&out.join("provenance.jsonl"));
    let twin = |at: usize| &provenance[at]["duplicate_of"];
    assert_eq!(
        (&twin(0)["id"], &twin(0)["kind"]),
        (&json!("post.example-00"), &json!("exact"))
    );
    assert_eq!(
        (&twin(1)["id"], &twin(1)["kind"]),
        (&json!("post.example-01"), &json!("near"))
    );
    assert_eq!(twin(1)["earlier"], true);
    let index = index.to_str().unwrap();
    let info = lavoir(&["index", "info", index]);
    let info: Value = serde_json::from_str(&stdout(&info)).unwrap();
    assert_eq!(
        (&info["documents"], &info["segments"]),
        (&json!(5), &json!(2))
    );
    for command in ["check", "compact", "check"] {
        let output = lavoir(&["index", command, index]);
        assert!(
            output.status.success(),
            "{command}: {}{}",
            stdout(&output),
            stderr(&output)
        );
    }
}

#[test]
fn an_index_survives_kills() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<Value> = (0..400)
        .map(|n| page(n, &format!("h{}.example", n % 90), ""))
        .collect();
    let input = write(&dir.path().join("in.jsonl"), &rows);
    let index = dir.path().join("kept.index");
    let out = dir.path().join("out.jsonl");
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lavoir"));
        command
            .arg("dedup")
            .arg(&input)
            .arg("-o")
            .arg(&out)
            .arg("--against")
            .arg(&index);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let whole = dir.path().join("whole.index");
    let args = [
        "dedup",
        input.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
        "--against",
        whole.to_str().unwrap(),
    ];
    let started = std::time::Instant::now();
    assert!(lavoir(&args).status.success());
    let took = started.elapsed();
    let expected = std::fs::read(&out).unwrap();
    let kills: u32 = std::env::var("LAVOIR_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(6);
    for kill in 0..kills {
        let mut child = command().spawn().unwrap();
        std::thread::sleep(
            took.mul_f64(f64::from(kill + 1) / f64::from(kills))
                + Duration::from_millis(u64::from(kill)),
        );
        child.kill().unwrap();
        child.wait().unwrap();
        if index.exists() && std::fs::metadata(&index).unwrap().len() > 0 {
            let check = lavoir(&["index", "check", index.to_str().unwrap()]);
            let told = stdout(&check) + &stderr(&check);
            // A file that was not closed is repaired; one that was only begun is told as such.
            let is_fine = check.status.success() || told.contains("repaired");
            assert!(is_fine, "after kill {kill}: {told}");
        }
    }
    assert!(command().status().unwrap().success());
    assert!(std::fs::read(&out).unwrap() == expected);
    let info = |index: &Path| -> Value {
        let output = lavoir(&["index", "info", index.to_str().unwrap()]);
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    for what in ["documents", "postings"] {
        assert_eq!(info(&index)[what], info(&whole)[what]);
    }
}

#[test]
fn learn_says_which_pages_have_no_host() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.txt"), ABOUT).unwrap();
    let folder = dir.path().to_str().unwrap();
    let output = lavoir(&["learn", folder, "-o", folder]);
    let told = stderr(&output);
    assert!(told.contains("1 pages of unknown host"), "{told}");
}

#[test]
fn learnt_rules_and_memory_are_used() {
    let dir = tempfile::tempdir().unwrap();
    let pages: Vec<Value> = (0..8).map(|n| page(n, "post.example", ABOUT)).collect();
    let input = write(&dir.path().join("in.jsonl"), &pages);
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (rules, memory) = (at("rules"), at("memory.jsonl"));
    let output = lavoir(&[
        "learn",
        input.to_str().unwrap(),
        "-o",
        &rules,
        "--memory-out",
        &memory,
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let rule = dir.path().join("rules/site/post.example/tail.toml");
    assert!(
        std::fs::read_to_string(rule)
            .unwrap()
            .contains("on 8 of 8 pages (100 %), tail 8")
    );
    let tested = lavoir(&["rules", "test", "--rules", &rules]);
    assert!(
        tested.status.success(),
        "{}{}",
        stdout(&tested),
        stderr(&tested)
    );
    // One page of a later crawl, which alone could not tell.
    let late = write(
        &dir.path().join("late.jsonl"),
        &[page(20, "post.example", ABOUT)],
    );
    for (name, options, has) in [
        ("alone", vec![], true),
        ("ruled", vec!["--rules", &rules], false),
        ("reminded", vec!["--site-memory", &memory], false),
    ] {
        let out = dir.path().join(name);
        assert_eq!(clean(&[&late], &out, &options), 0);
        let articles = rows(&out.join("articles.jsonl"));
        assert_eq!(
            text(&articles, "post.example-20").contains("Measuring Post"),
            has,
            "{name}"
        );
        verified(&out);
    }
    // What a person may have reviewed is not overwritten.
    let output = lavoir(&["learn", input.to_str().unwrap(), "-o", &rules]);
    assert_eq!(output.status.code(), Some(2));
}

/// A page of HTML with what its site says in an element of its own.
fn html_page(n: usize, note: &str) -> Value {
    let row = page(n, "post.example", "");
    let paragraphs: Vec<&str> = row["text"].as_str().unwrap().trim().split("\n\n").collect();
    let (title, body) = paragraphs.split_first().unwrap();
    let body: Vec<String> = body.iter().map(|text| format!("<p>{text}</p>")).collect();
    serde_json::json!({
        "id": row["id"],
        "url": row["url"],
        "html": format!(
            "<html><head><title>{title}</title></head><body><main><article class='post'><h1>{title}</h1>\
             <div class='prose'>{}</div>{}<div class='prose keeper-note'><p>{note}</p></div>{}</article></main></body></html>",
            body[0],
            body[1..3].join(""),
            body[3..].join(""),
        ),
    })
}

#[test]
fn selectors_are_proposed_for_what_pages_repeat_in_an_element() {
    let dir = tempfile::tempdir().unwrap();
    let notes = [
        "The Measuring Post has watched the water since the first lamp was lit on the old quay, and its \
         keepers write down what they see every single day of the year.",
        "This record is kept by the keepers of the old quay, who take turns at the window and never leave \
         it alone, whatever the weather does outside of it tonight.",
    ];
    let pages: Vec<Value> = (0..16).map(|n| html_page(n, notes[n % 2])).collect();
    let input = write(&dir.path().join("in.jsonl"), &pages);
    let rules = dir.path().join("rules");
    let folder = rules.to_str().unwrap();
    let output = lavoir(&["learn", input.to_str().unwrap(), "-o", folder]);
    assert!(output.status.success(), "{}", stderr(&output));
    let rule = std::fs::read_to_string(rules.join("site/post.example/elements.toml")).unwrap();
    for wanted in [
        "# div.keeper-note: \"The Measuring Post has watched",
        "#   and another text",
        "on 16 of 16 pages (100 %), inside 16; as in ",
        "selector = [\"div.keeper-note\"]",
    ] {
        assert!(rule.contains(wanted), "{wanted}\n{rule}");
    }
    let tested = lavoir(&["rules", "test", "--rules", folder]);
    assert!(
        tested.status.success(),
        "{}{}",
        stdout(&tested),
        stderr(&tested)
    );
    // What never stood there before goes with the element, which no line could tell.
    let late = "A new keeper has come to the quay this spring and is learning to read the marks on the old \
                wall from those who have been there for longer.";
    let late = write(&dir.path().join("late.jsonl"), &[html_page(20, late)]);
    for (name, options, has) in [
        ("alone", vec![], true),
        ("ruled", vec!["--rules", folder], false),
    ] {
        let out = dir.path().join(name);
        assert_eq!(clean(&[&late], &out, &options), 0);
        let articles = rows(&out.join("articles.jsonl"));
        let text = text(&articles, "post.example-20");
        assert!(text.contains("On day 4 the"), "{text}");
        assert_eq!(text.contains("A new keeper"), has, "{name}: {text}");
        verified(&out);
    }
}
