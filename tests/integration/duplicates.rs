//! Copies go, templates stay.

use std::path::Path;

use serde_json::Value;

use crate::support::{clean, lavoir, rows, stdout};

const WIRE: [&str; 7] = [
    "Le ministère des Transports a annoncé jeudi la fermeture de la ligne de chemin de fer entre \
     Orval et Saint-Brice, faute de voyageurs et de crédits pour refaire la voie.",
    "La ligne, ouverte en 1891, ne comptait plus que deux trains par jour. Les élus de la vallée \
     dénoncent une décision prise sans eux et promettent de saisir la justice.",
    "« On nous avait juré que les travaux commenceraient avant l'été », rappelle la maire d'Orval, \
     Hélène Castan, qui réunira les habitants dimanche sur la place de la gare.",
    "Selon un rapport remis en janvier, il faudrait trente-huit millions d'euros pour remettre en \
     état les vingt-six kilomètres de voie, deux viaducs et un tunnel.",
    "Des autocars remplaceront les trains dès le premier septembre. Ils mettront vingt minutes de \
     plus et ne s'arrêteront ni à Lanty ni au lycée agricole.",
    "Les syndicats de cheminots appellent à une grève de vingt-quatre heures lundi prochain, que \
     devraient suivre les ateliers de Saint-Brice, où travaillent cent dix personnes.",
    "Le préfet a promis une réunion avant la fin du mois, sans en donner la date ni le lieu.",
];

fn printing(title: &str, ad: &str, paragraphs: &[&str]) -> String {
    let body = paragraphs.join(&format!("\n\n{ad}\n\n"));
    format!("{title}\n\n{body}\n")
}

fn weather(city: &str, day: &str, low: i32, high: i32, wind: &str) -> String {
    format!(
        "Météo à {city} : le temps de {day}\n\nCe {day} à {city}, le ciel sera partagé entre nuages \
         et éclaircies. Les températures iront de {low} degrés le matin à {high} degrés l'après-midi, \
         avec un vent {wind}. Pensez à consulter la carte de vigilance avant de prendre la route. \
         Les prévisions sont mises à jour trois fois par jour par notre service.\n"
    )
}

fn write_corpus(dir: &Path) {
    std::fs::create_dir_all(dir).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.join(name), bytes).unwrap();
    let ad = "La suite après cette publicité";
    write(
        "a-wire.txt",
        printing("La ligne Orval–Saint-Brice va fermer", ad, &WIRE).as_bytes(),
    );
    let second = printing(
        "Chemin de fer : la vallée perd ses trains",
        "Publicité",
        &WIRE,
    );
    let (latin, _, unmappable) = encoding_rs::WINDOWS_1252.encode(&second);
    assert!(!unmappable);
    write("b-wire.txt", &latin);
    let shorter: Vec<&str> = WIRE
        .iter()
        .copied()
        .filter(|p| !p.starts_with("Selon"))
        .collect();
    let third = printing(
        "Orval ne verra plus passer le train",
        "L'article continue après la publicité",
        &shorter,
    );
    write("c-wire.txt", third.as_bytes());
    write(
        "d-weather.txt",
        weather("Orval", "mardi", 4, 11, "faible").as_bytes(),
    );
    write(
        "e-weather.txt",
        weather("Lanty", "jeudi", 9, 17, "soutenu de nord-est").as_bytes(),
    );
}

#[test]
fn three_printings_become_one_article_and_two_weather_reports_stay() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    write_corpus(&input);
    assert_eq!(clean(&[&input], &out, &[]), 0);
    let ids: Vec<Value> = rows(&out.join("articles.jsonl"))
        .into_iter()
        .map(|mut row| row["id"].take())
        .collect();
    assert_eq!(ids, ["a-wire.txt", "d-weather.txt", "e-weather.txt"]);
    let provenance = rows(&out.join("provenance.jsonl"));
    assert_eq!(provenance.len(), 5);
    for row in &provenance[1..3] {
        assert_eq!(row["duplicate_of"]["id"], "a-wire.txt");
        assert_eq!(row["duplicate_of"]["kind"], "near");
        assert!(row["duplicate_of"]["score"].as_u64().unwrap() >= 500);
    }
    let verified = lavoir(&["verify", out.to_str().unwrap()]);
    assert!(verified.status.success(), "{}", stdout(&verified));
}

#[test]
fn copies_stay_when_asked_and_in_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    write_corpus(&input);
    clean(&[&input], &out, &["--no-dedup"]);
    assert_eq!(rows(&out.join("articles.jsonl")).len(), 5);
    let folder = input.to_str().unwrap();
    assert_eq!(stdout(&lavoir(&["clean", folder])).lines().count(), 5);
    assert_eq!(
        stdout(&lavoir(&["clean", folder, "--dedup"]))
            .lines()
            .count(),
        3
    );
}
