//! Pages made to be slow or deep: time grows with their length, and no stack overflows.

#[path = "../../examples/clock/mod.rs"]
mod clock;

use std::time::Duration;

use lavoir::html::segment;

/// Time this thread has run, where the system tells it: other work on the machine then does
/// not count.
fn thread_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    clock::thread_time().unwrap_or_else(|| START.elapsed())
}

/// Time for a page and for one four times as long; the best of two.
fn assert_linear(what: &str, page: impl Fn(usize) -> String, size: usize) {
    let time = |page: &str| {
        let run = || {
            let start = thread_time();
            std::hint::black_box(segment(page));
            thread_time().saturating_sub(start)
        };
        (0..2).map(|_| run()).min().unwrap_or_default()
    };
    let (small, large) = (page(size), page(size * 4));
    let (short, long) = (time(&small), time(&large));
    // Quadratic work would take 16 times as long.
    let bound = short * 9 + Duration::from_millis(50);
    assert!(long < bound, "{what}: {short:?} → {long:?}");
}

#[test]
fn deep_nesting() {
    for tag in [
        "div",
        "p",
        "b",
        "table",
        "ul><li",
        "svg",
        "math><mrow",
        "a",
        "font size=1",
        "object",
        "template",
    ] {
        assert_linear(tag, |n| format!("<{tag}>").repeat(n), 2_000);
    }
    assert_linear("table in cell", |n| "<table><tr><td>".repeat(n), 10_000);
    assert_linear(
        "different fonts",
        |n| (0..n).map(|i| format!("<p><font size={i}>x")).collect(),
        5_000,
    );
    assert_linear(
        "different bs",
        |n| (0..n).map(|i| format!("<b class={i}>")).collect::<String>() + &"<p>x</p>".repeat(n),
        5_000,
    );
}

#[test]
fn text_of_deep_nesting_is_kept() {
    let page = "<div>".repeat(100_000) + "deep" + &"</div>".repeat(100_000) + "<p>after</p>";
    let document = segment(&page);
    let texts: Vec<&str> = document
        .blocks
        .iter()
        .map(|block| document.text_of(block))
        .collect();
    assert_eq!(texts, ["deep", "after"]);
}

#[test]
fn floods() {
    assert_linear("script comments", |n| "<script><!--".repeat(n), 50_000);
    assert_linear(
        "script in script",
        |n| "<script><!--".to_owned() + &"<script></script>".repeat(n),
        50_000,
    );
    assert_linear("comments", |n| "<!--".repeat(n), 100_000);
    assert_linear("dashes", |n| "<!--".to_owned() + &"-".repeat(n), 400_000);
    assert_linear("entities", |n| "&amp;".repeat(n), 100_000);
    assert_linear("half entities", |n| "&notitno".repeat(n), 50_000);
    assert_linear("ampersands", |n| "&".repeat(n), 400_000);
    assert_linear("less-than", |n| "<".repeat(n), 400_000);
    assert_linear("nul", |n| "a\0".repeat(n), 100_000);
    assert_linear("end tags", |n| "</div>".repeat(n), 100_000);
    assert_linear("titles", |n| "<title>".repeat(n), 50_000);
    assert_linear(
        "cdata",
        |n| "<svg>".to_owned() + &"<![CDATA[".repeat(n),
        50_000,
    );
    assert_linear(
        "attributes",
        |n| format!("<b {}>x</b>", "a=1 ".repeat(n)),
        100_000,
    );
    assert_linear(
        "one attribute",
        |n| format!("<p title=\"{}\">x", "y".repeat(n)),
        2_000_000,
    );
    assert_linear("breaks", |n| "x<br>".repeat(n), 50_000);
    assert_linear("blank breaks", |n| "<br>".repeat(n), 50_000);
    assert_linear(
        "cells",
        |n| "<table><tr>".to_owned() + &"<td>x".repeat(n),
        25_000,
    );
    assert_linear(
        "fostered",
        |n| "<table>".to_owned() + &"x<tr><td>y</td>".repeat(n),
        10_000,
    );
    assert_linear(
        "json brackets",
        |n| format!("<script type=application/ld+json>{}", "[{\"a\":".repeat(n)),
        50_000,
    );
    assert_linear(
        "json",
        |n| {
            format!(
                "<script type=application/ld+json>[{}]</script>",
                "{\"@type\":\"Article\",\"headline\":\"x\"},".repeat(n)
            )
        },
        10_000,
    );
    assert_linear(
        "meta",
        |n| "<meta property=og:title content=x>".repeat(n),
        20_000,
    );
}
