//! html5lib's tokenizer tests, read from the folder that `HTML5LIB_TESTS` names.

use std::path::Path;

use lavoir::html::lex::{Lexer, State, TagToken, TextKind, Token};
use lavoir::html::reference::{decode_text, decode_value};
use serde_json::{Value, json};

/// Tests that do not apply, by a part of their description, and why.
const NOT_APPLICABLE: &[(&str, &str)] = &[];

fn state(name: &str) -> Option<State> {
    Some(match name {
        "Data state" => State::Data,
        "RCDATA state" => State::Rcdata,
        "RAWTEXT state" => State::Rawtext,
        "Script data state" => State::Script,
        "PLAINTEXT state" => State::Plaintext,
        "CDATA section state" => State::Cdata,
        _ => return None,
    })
}

/// All tokens of `input` in the form of the tests.
fn tokens<'t>(input: &'t str, state: State, last_start: Option<&'t str>) -> Vec<Value> {
    let mut lexer = Lexer::new(input);
    lexer.set_state(state);
    if let Some(name) = last_start {
        lexer.set_last_start(name);
    }
    let mut out: Vec<Value> = Vec::new();
    loop {
        let token = lexer.next(|| false);
        match token {
            Token::Text(range, kind) => text(&mut out, &decode_text(range.of(input), kind)),
            Token::Null(_) => text(&mut out, "\0"),
            Token::Start(tag) => out.push(start_tag(input, &tag, &lexer)),
            Token::End(tag) => out.push(json!(["EndTag", name(tag.name.of(input))])),
            Token::Comment(range) => {
                let data = decode_text(range.of(input), TextKind::Raw);
                out.push(json!(["Comment", data]));
            }
            Token::Doctype(range, open) => out.push(doctype(range.of(input), open)),
            Token::Eof => return out,
        }
    }
}

fn text(out: &mut Vec<Value>, text: &str) {
    if let Some(Value::Array(last)) = out.last_mut()
        && last[0] == "Character"
        && let Value::String(known) = &mut last[1]
    {
        known.push_str(text);
        return;
    }
    out.push(json!(["Character", text]));
}

fn name(written: &str) -> String {
    written.to_ascii_lowercase().replace('\0', "\u{fffd}")
}

fn start_tag(input: &str, tag: &TagToken, lexer: &Lexer<'_>) -> Value {
    let mut attributes = serde_json::Map::new();
    for attr in &lexer.attrs[tag.attrs_from as usize..tag.attrs_to as usize] {
        let value = decode_value(attr.value.of(input)).into_owned();
        attributes
            .entry(name(attr.name.of(input)))
            .or_insert(value.into());
    }
    let mut token = vec![
        json!("StartTag"),
        json!(name(tag.name.of(input))),
        attributes.into(),
    ];
    if tag.self_closing {
        token.push(json!(true));
    }
    token.into()
}

fn doctype(inner: &str, open: bool) -> Value {
    let doctype = lavoir::html::doctype::doctype(inner, open);
    json!([
        "DOCTYPE",
        doctype.name.as_deref(),
        doctype.public_id.as_deref(),
        doctype.system_id.as_deref(),
        !doctype.force_quirks
    ])
}

/// Tests marked so have `\uXXXX` in their strings once more.
fn unescape(value: &Value) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(unescape_text(text)?),
        Value::Array(items) => Value::Array(items.iter().map(unescape).collect::<Option<_>>()?),
        Value::Object(map) => {
            let entry =
                |(key, value): (&String, &Value)| Some((unescape_text(key)?, unescape(value)?));
            Value::Object(map.iter().map(entry).collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

/// `None` for a lone surrogate, which no UTF-8 text holds.
fn unescape_text(text: &str) -> Option<String> {
    serde_json::from_str(&format!("\"{}\"", text.replace('"', "\\\""))).ok()
}

#[test]
fn html5lib_tokenizer_tests() {
    let Some(folder) = std::env::var_os("HTML5LIB_TESTS") else {
        eprintln!("NOT RUN: HTML5LIB_TESTS names no folder with html5lib's tests");
        return;
    };
    let folder = Path::new(&folder).join("tokenizer");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "test"))
        .collect();
    files.sort();
    let (mut passed, mut failed) = (0, Vec::new());
    let mut skipped: Vec<(String, &str)> = Vec::new();
    for file in files {
        let content: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let label = file.file_name().unwrap().to_string_lossy().into_owned();
        let Some(tests) = content["tests"].as_array() else {
            let tests = content["xmlViolationTests"].as_array().map_or(0, Vec::len);
            let why = "coerces to XML's character set, which an HTML parser does not";
            skipped.push((format!("{label}: {tests} tests"), why));
            continue;
        };
        for test in tests {
            match run(test) {
                Outcome::Passed => passed += 1,
                Outcome::Skipped(why) => {
                    skipped.push((format!("{label}: {}", test["description"]), why));
                }
                Outcome::Failed(detail) => {
                    failed.push(format!("{label}: {}: {detail}", test["description"]));
                }
            }
        }
    }
    eprintln!("{passed} passed, {} do not apply:", skipped.len());
    for (test, why) in &skipped {
        eprintln!("  {test}: {why}");
    }
    assert!(
        failed.is_empty(),
        "{} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert!(passed > 6000, "only {passed} tests ran");
}

enum Outcome {
    Passed,
    Skipped(&'static str),
    Failed(String),
}

fn run(test: &Value) -> Outcome {
    let description = test["description"].as_str().unwrap_or_default();
    if let Some((_, why)) = NOT_APPLICABLE
        .iter()
        .find(|(part, _)| description.contains(part))
    {
        return Outcome::Skipped(why);
    }
    let twice = test["doubleEscaped"] == json!(true);
    let read = |value: &Value| {
        if twice {
            unescape(value)
        } else {
            Some(value.clone())
        }
    };
    let (Some(input), Some(wanted)) = (read(&test["input"]), read(&test["output"])) else {
        return Outcome::Skipped("holds a lone surrogate, which decoded text cannot");
    };
    let input = input.as_str().unwrap_or_default();
    if input.starts_with('\u{feff}') {
        return Outcome::Skipped("begins with a byte order mark, which decoding takes away");
    }
    let wanted = merge_text(&wanted);
    let states = test["initialStates"].as_array().cloned();
    let states = states.unwrap_or_else(|| vec![json!("Data state")]);
    for name in &states {
        let Some(state) = state(name.as_str().unwrap_or_default()) else {
            return Outcome::Failed(format!("unknown state {name}"));
        };
        let found = Value::Array(tokens(input, state, test["lastStartTag"].as_str()));
        if found != wanted {
            return Outcome::Failed(format!(
                "{name}: {input:?}\n  found  {found}\n  wanted {wanted}"
            ));
        }
    }
    Outcome::Passed
}

fn merge_text(wanted: &Value) -> Value {
    let mut out = Vec::new();
    for token in wanted.as_array().into_iter().flatten() {
        match (token[0].as_str(), token[1].as_str()) {
            (Some("Character"), Some(characters)) => text(&mut out, characters),
            _ => out.push(token.clone()),
        }
    }
    Value::Array(out)
}
