use proptest::prelude::*;

use super::*;

/// What stays, by id.
fn survivors<'a>(texts: &'a [Text<'_>]) -> Vec<&'a str> {
    let removals = deduplicate(texts, &Options::default()).unwrap();
    let stays = texts
        .iter()
        .zip(&removals)
        .filter(|(_, removal)| removal.is_none());
    stays.map(|(text, _)| text.id.as_ref()).collect()
}

fn on<'a>(host: &'a str, id: &'a str, text: impl Into<Cow<'a, str>>) -> Text<'a> {
    Text {
        host: Some(host.into()),
        ..Text::new(id, text)
    }
}

const DEPECHE: [&str; 5] = [
    "Le trafic des trains était fortement perturbé mardi matin entre la capitale et le sud-est \
     après la rupture d'une caténaire, a annoncé la compagnie ferroviaire.",
    "« Nos équipes sont mobilisées depuis quatre heures du matin pour rétablir la circulation », \
     a déclaré une porte-parole, qui n'attend pas de retour à la normale avant la soirée.",
    "Une trentaine de trains ont été supprimés et les autres accusaient jusqu'à trois heures de \
     retard, selon le gestionnaire du réseau.",
    "Les voyageurs qui le souhaitent peuvent reporter leur déplacement sans frais, a précisé la \
     compagnie, qui leur conseille de consulter son site avant de se rendre en gare.",
    "L'an dernier, une panne semblable avait bloqué plus de deux mille personnes pendant une nuit.",
];

fn printing(headline: &str, paragraphs: &[&str], advert: &str) -> String {
    let mut lines = vec![headline];
    lines.extend(paragraphs);
    lines.insert(2, advert);
    lines.join("\n\n")
}

#[test]
fn three_printings_of_an_agency_article_are_one() {
    let texts = [
        on(
            "un.example",
            "1",
            printing("Trafic perturbé vers le sud-est", &DEPECHE, "Publicité"),
        ),
        on(
            "deux.example",
            "2",
            printing(
                "Caténaire rompue : une journée noire pour les voyageurs du rail",
                &DEPECHE[..4],
                "La suite après cette publicité",
            ),
        ),
        on(
            "trois.example",
            "3",
            printing("SNCF : des heures de retard", &DEPECHE[1..], "À lire aussi"),
        ),
    ];
    assert_eq!(survivors(&texts), ["1"]);
    let removals = deduplicate(&texts[..], &Options::default()).unwrap();
    for removal in removals.iter().flatten() {
        assert_eq!((removal.twin, removal.kind), (0, DuplicateKind::Near));
        assert!((700..=1000).contains(&removal.score), "{removal:?}");
    }
}

fn weather(town: &str, sky: &str, high: u32, low: u32, wind: &str, rain: u32) -> String {
    format!(
        "Das Wetter in {town}\n\nIn {town} ist der Himmel heute {sky}, die Höchstwerte liegen bei \
         {high} Grad. In der Nacht sinken die Temperaturen auf {low} Grad. Der Wind weht aus \
         {wind}. Die Regenwahrscheinlichkeit beträgt {rain} Prozent. Dieser Bericht wurde \
         automatisch aus Messdaten erstellt und wird alle drei Stunden aktualisiert."
    )
}

#[test]
fn reports_from_one_template_stay_apart() {
    let mut texts = vec![
        Text::new("w1", weather("Lübeck", "klar", 24, 11, "Nordwest", 10)),
        Text::new("w2", weather("Passau", "bedeckt", 17, 9, "Süden", 80)),
    ];
    assert_eq!(survivors(&texts).len(), 2);
    texts.extend((0..10).map(|n| {
        let article = DEPECHE.map(|line| line.replace(' ', &format!(" x{n}")));
        Text::new(format!("a{n}"), article.join("\n"))
    }));
    assert_eq!(survivors(&texts).len(), 12);
}

#[test]
fn short_texts_and_unspaced_scripts_are_compared() {
    let texts = [
        Text::new(
            "1",
            "The council voted on Monday to close the old bridge for repairs until spring.",
        ),
        Text::new(
            "2",
            "BRIDGE CLOSED\nThe council voted on Monday to close the old bridge for repairs until spring. More soon.",
        ),
        Text::new(
            "3",
            "The council voted on Tuesday to raise parking fees in the centre of the town.",
        ),
        Text::new(
            "4",
            "市议会周一投票决定关闭旧桥进行维修，直到明年春天才会重新开放。",
        ),
        Text::new(
            "5",
            "快讯：市议会周一投票决定关闭旧桥进行维修，直到明年春天才会重新开放。",
        ),
        Text::new(
            "6",
            "市议会周二投票决定提高市中心的停车费，新的收费标准下个月开始实行。",
        ),
    ];
    assert_eq!(survivors(&texts), ["1", "3", "4", "6"]);
}

#[test]
fn furniture_of_a_host_is_not_compared() {
    let furniture = "Sign up for the morning letter and read the news before everybody else does\n\
         Follow us on all the channels where you already spend too much of your time\n\
         All rights reserved, no part of this page may be reproduced without permission\n";
    let bodies = [
        "A fire broke out in a warehouse near the port last night and nobody was hurt.",
        "The theatre reopens in May with a play by a writer who is only twenty years old.",
        "Engineers measured the dam again and found that the wall had not moved at all.",
    ];
    let texts: Vec<Text> = (0..3)
        .map(|n| {
            on(
                "h.example",
                ["a", "b", "c"][n],
                format!("{furniture}{}", bodies[n]),
            )
        })
        .collect();
    assert_eq!(survivors(&texts), ["a", "b", "c"]);
}

#[test]
fn copies_on_one_host_are_found_although_all_their_lines_repeat() {
    let texts: Vec<Text> = (0..4)
        .map(|n| {
            let head = ["One", "Two", "Three", "Four"][n];
            on(
                "h.example",
                ["a", "b", "c", "d"][n],
                format!("{head}\n{}", DEPECHE.join("\n")),
            )
        })
        .collect();
    assert_eq!(survivors(&texts), ["a"]);
}

#[test]
fn a_text_quoted_in_a_digest_does_not_join_the_others() {
    let text = |n: usize| {
        let words = ["harbour", "museum", "orchard", "tunnel"][n];
        (0..30)
            .map(|i| format!("{words}{} went {words}{}", i * 7 % 31, i * 3 % 29))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let digest = (0..4).map(text).collect::<Vec<_>>().join("\n");
    let mut texts: Vec<Text> = (0..4).map(|n| Text::new(format!("{n}"), text(n))).collect();
    texts.push(Text::new("9", digest));
    // The digest says nothing new; the four articles are four.
    assert_eq!(survivors(&texts), ["0", "1", "2", "3"]);
}

#[test]
fn empty_texts_stay() {
    let texts = [
        Text::new("1", ""),
        Text::new("2", ""),
        Text::new("3", " … "),
    ];
    assert_eq!(survivors(&texts).len(), 3);
}

#[test]
fn priority_goes_before_id() {
    let mut texts = [Text::new("a", DEPECHE[0]), Text::new("b", DEPECHE[0])];
    assert_eq!(survivors(&texts), ["a"]);
    texts[1].priority = -1;
    assert_eq!(survivors(&texts), ["b"]);
}

#[test]
fn an_exact_copy_of_a_near_duplicate_names_the_survivor() {
    let near = format!("{} Fin.", DEPECHE.join("\n"));
    let texts = [
        Text::new("1", DEPECHE.join("\n")),
        Text::new("2", near.as_str()),
        Text::new("3", near.to_uppercase()),
    ];
    let removals = deduplicate(&texts[..], &Options::default()).unwrap();
    assert_eq!(removals[2].as_ref().map(|removal| removal.twin), Some(0));
}

/// A corpus with copies: each document is a run of the sentences of one of a few articles.
fn corpus() -> impl Strategy<Value = Vec<(usize, usize, usize, bool)>> {
    proptest::collection::vec((0_usize..4, 0_usize..4, 6_usize..12, any::<bool>()), 1..24)
}

fn build(parts: &[(usize, usize, usize, bool)]) -> Vec<Text<'static>> {
    let part = |(number, &(article, from, to, has_host)): (usize, &(usize, usize, usize, bool))| {
        let sentence = |i| {
            format!(
                "{article} sentence {i} of a{article} says b{} c{}",
                i * 5 + article,
                i * 3
            )
        };
        let lines: Vec<String> = (from..to).map(sentence).collect();
        Text {
            host: has_host.then(|| "h.example".into()),
            priority: (number % 3) as i64,
            ..Text::new(format!("d{number:02}"), lines.join("\n"))
        }
    };
    parts.iter().enumerate().map(part).collect()
}

fn by_id(texts: &[Text<'_>]) -> Vec<(String, Option<(String, u32)>)> {
    let removals = deduplicate(texts, &Options::default()).unwrap();
    let twin = |removal: &Removal| (texts[removal.twin].id.to_string(), removal.score);
    let mut rows: Vec<_> = texts
        .iter()
        .zip(&removals)
        .map(|(text, removal)| (text.id.to_string(), removal.as_ref().map(twin)))
        .collect();
    rows.sort();
    rows
}

/// A corpus with hosts, furniture, copies and addresses.
fn many() -> Vec<Text<'static>> {
    let text = |n: usize| {
        let (article, cut) = (n % 17, n % 3);
        let sentence = |i: usize| {
            format!(
                "Sentence {i} of a{article} tells of b{} and c{} under the d{} of the town.",
                i * 5 + article * 11,
                i * 3 + article * 7,
                article * 13 + i
            )
        };
        let lines: Vec<String> = (cut..12).map(sentence).collect();
        format!(
            "Menu Home News\n{}\nRead the letter of the town every day",
            lines.join("\n")
        )
    };
    (0..60)
        .map(|n| Text {
            host: (n % 4 > 0).then(|| format!("h{}.example", n % 5).into()),
            priority: (n % 2) as i64,
            ..Text::new(format!("d{:02}", n * 37 % 60), text(n))
        })
        .collect()
}

#[test]
fn twenty_orders_and_any_memory_give_one_result() {
    let mut texts = many();
    let rows = |texts: &[Text<'_>], memory: u64| {
        let options = Options {
            memory,
            ..Options::default()
        };
        let outcome = compare(texts, &options).unwrap();
        let twin = |removal: &Removal| texts[removal.twin].id.to_string();
        let mut rows: Vec<_> = texts
            .iter()
            .zip(&outcome.removals)
            .map(|(text, removal)| {
                let score = removal
                    .as_ref()
                    .map(|removal| (removal.score, removal.kind.name()));
                (text.id.to_string(), removal.as_ref().map(twin), score)
            })
            .collect();
        rows.sort();
        (rows, outcome.sizes(), outcome.what_if)
    };
    let expected = rows(&texts, 1 << 30);
    assert!(expected.0.iter().any(|row| row.1.is_some()));
    let mut state = 7_u64;
    for turn in 0..20 {
        for at in (1..texts.len()).rev() {
            state = hash::mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
            texts.swap(at, state as usize % (at + 1));
        }
        let memory = [0, 1 << 30][turn % 2];
        assert_eq!(rows(&texts, memory), expected, "turn {turn}");
    }
}

#[test]
fn one_address_is_compared_whatever_it_shares() {
    assert_eq!(
        address("https://www.a.example/x/?utm_source=y#z"),
        address("http://a.example/x")
    );
    assert_ne!(
        address("https://a.example/x?id=1"),
        address("https://a.example/x?id=2")
    );
    assert_eq!(address("https://a.example/"), None);
    assert_eq!(address("no address"), None);
}

proptest! {
    #[test]
    fn the_order_of_documents_changes_nothing(parts in corpus(), shift in 0_usize..24, turn in any::<bool>()) {
        let mut texts = build(&parts);
        let expected = by_id(&texts);
        let shift = shift % texts.len();
        texts.rotate_left(shift);
        if turn {
            texts.reverse();
        }
        prop_assert_eq!(by_id(&texts), expected);
    }

    #[test]
    fn every_removal_names_a_survivor_that_goes_before_it(parts in corpus()) {
        let texts = build(&parts);
        let removals = deduplicate(&texts[..], &Options::default()).unwrap();
        for (text, removal) in texts.iter().zip(&removals) {
            if let Some(removal) = removal {
                let twin = &texts[removal.twin];
                prop_assert!(removals[removal.twin].is_none());
                prop_assert!((twin.priority, &twin.id) < (text.priority, &text.id));
                prop_assert!((1..=1000).contains(&removal.score));
            }
        }
    }

    #[test]
    fn arbitrary_texts_are_compared_without_panic(texts in proptest::collection::vec(".{0,200}", 0..8)) {
        let texts: Vec<Text> = texts.iter().enumerate().map(|(n, text)| Text::new(n.to_string(), text.as_str())).collect();
        prop_assert_eq!(deduplicate(&texts[..], &Options::default()).unwrap().len(), texts.len());
    }
}
