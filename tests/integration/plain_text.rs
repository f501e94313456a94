//! Plain text as it really comes: records of a crawl (WET), text wrapped by a mail program,
//! left-over markup, and inputs that nobody meant to be text.

use lavoir::decision::Action;
use lavoir::{Cleaned, Cleaner, Record};

fn clean(text: &str) -> Cleaned {
    let record = Record::text("text", text);
    let cleaned = Cleaner::new().unwrap().clean(&record).unwrap();
    let encoding = &cleaned.provenance.encoding;
    let decoded = lavoir::decode::redecode(&record.bytes, encoding).unwrap();
    cleaned.provenance.conserves(&decoded).unwrap();
    cleaned
}

fn paragraphs(cleaned: &Cleaned) -> Vec<&str> {
    let lines = cleaned.article.text.split('\n');
    lines.filter(|line| !line.is_empty()).collect()
}

const FIRST: &str = "The wash-house of Orlenne opens again on Monday, after eleven years in which \
                     nobody had a key to it. The council found one in the drawer of the old clerk.";
const SECOND: &str = "Forty people came to look on Saturday. Some of them remembered the water, \
                      which was so cold that one sang; others had only heard of the singing.";
const THIRD: &str = "The roof will be mended in spring. Until then the basins may be used on dry \
                     days, said the mayor, and on wet ones by those who do not mind.";

/// A line per block and no empty lines: first the page's title, then its menu.
#[test]
fn a_wet_record_loses_menu_and_footer() {
    let text = format!(
        "The wash-house of Orlenne opens again - Valley Post\nSkip to main content\nHome\nNews\n\
         Sport\nWeather\nSubscribe\nLog in\nSearch\nThe wash-house of Orlenne opens again\n\
         Share on Facebook\nShare on Twitter\n{FIRST}\nAdvertisement\n{SECOND}\n{THIRD}\n\
         Most read\nFerry stops for the winter\nThe clock that runs late\nRelated articles\n\
         A bridge for the bus\nContact us\nPrivacy policy\nCookie settings\n\
         © 2023 Valley Post. All rights reserved.\n"
    );
    let cleaned = clean(&text);
    let found = paragraphs(&cleaned);
    for paragraph in [FIRST, SECOND, THIRD] {
        assert!(found.contains(&paragraph), "{found:#?}");
    }
    for gone in [
        "Home",
        "Log in",
        "Advertisement",
        "Most read",
        "Privacy policy",
        "Share on Twitter",
    ] {
        assert!(!found.contains(&gone), "{gone} in {found:#?}");
    }
}

fn wrapped(text: &str, margin: usize) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for word in text.split(' ') {
        if column > 0 && column + 1 + word.len() > margin {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out += word;
        column += word.len();
    }
    out
}

#[test]
fn wrapped_paragraphs_are_whole_at_any_margin() {
    for margin in [48, 60, 72, 79, 98] {
        let [first, second, third] = [FIRST, SECOND, THIRD].map(|text| wrapped(text, margin));
        let text = format!("The wash-house of Orlenne\n\n{first}\n\n{second}\n\n{third}\n");
        let cleaned = clean(&text);
        assert_eq!(
            paragraphs(&cleaned)[1..],
            [FIRST, SECOND, THIRD],
            "{margin}"
        );
    }
}

#[test]
fn left_over_markup_is_no_text() {
    let text = format!(
        "# The wash-house of Orlenne\n\n![The basins](/img/basins.jpg)\n\n{}\n\n---\n\n{}\n\n\
         <div class=\"box\">\n<p>{THIRD}</p>\n</div>\n",
        FIRST.replace("Monday", "**Monday**"),
        SECOND.replace("singing", "[singing](https://example.org/songs)"),
    );
    let cleaned = clean(&text);
    let expected = ["The wash-house of Orlenne", FIRST, SECOND, THIRD];
    assert_eq!(paragraphs(&cleaned), expected);
}

#[test]
fn dialogue_lists_and_tables_keep_their_lines() {
    let text = format!(
        "{FIRST}\n\n— Is it cold?\n— It was always cold.\n— Then I shall sing, said the girl, and \
         she did.\n\n{SECOND}\n\nDay\tHours\tKey\nMonday\t8 to 12\tclerk\nFriday\t14 to 18\tmayor\
         \n\n1. Rinse the linen twice.\n2. Wring it over the edge.\n3. Leave the soap.\n\n{THIRD}\n"
    );
    let cleaned = clean(&text);
    let found = paragraphs(&cleaned);
    for line in [
        "— Is it cold?",
        "— It was always cold.",
        "Monday | 8 to 12 | clerk",
    ] {
        assert!(found.contains(&line), "{line} not in {found:#?}");
    }
    assert!(found.iter().any(|line| line.contains("Wring it over")));
}

/// Nothing panics, every byte has its decision, and the same comes out again.
#[test]
fn ugly_inputs_are_decided_to_the_last_byte() {
    let long = "word ".repeat(20_000);
    let inputs = [
        "\n".repeat(10_000),
        "\u{feff}\u{200b}\u{a0}\n\u{2028}\u{85}".to_owned(),
        "\0\u{1}\u{1b}[31mred\u{1b}[0m\r\r\n\n".to_owned(),
        "<".repeat(200),
        "[](".repeat(1_000),
        "**".repeat(1_000) + "__",
        "a\tb\t\tc\n".repeat(300),
        "-".repeat(5_000),
        "e\u{301}\u{302}\u{303}".repeat(500),
        "\u{202e}right to left\u{202c}\n".repeat(200),
        "東京都".repeat(3_000),
        "1\n2\n3\n".repeat(200),
        "com-\n".repeat(200),
        long,
    ];
    for input in inputs {
        let cleaned = clean(&input);
        assert_eq!(clean(&input).article, cleaned.article);
    }
}

/// Text that stops at a paywall says so.
#[test]
fn a_paywall_leaves_its_mark() {
    for notice in [
        "Il vous reste 78 % de cet article à lire.",
        "Dieser Artikel ist nur für Abonnenten",
        "Subscribe to continue reading",
        "Este contenido es exclusivo para suscriptores",
        "Questo articolo è riservato agli abbonati",
        "Dit artikel is alleen voor abonnees",
        "Ten artykuł jest dostępny tylko dla subskrybentów",
        "この記事は会員限定です",
        "本文为付费内容",
    ] {
        let cleaned = clean(&format!("{FIRST}\n\n{SECOND}\n\n{notice}\n"));
        assert!(cleaned.article.metadata.truncated, "{notice}");
        let lifted = cleaned.provenance.decisions.iter();
        assert!(lifted.clone().any(|d| d.action == Action::Lift), "{notice}");
    }
}
