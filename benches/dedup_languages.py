#!/usr/bin/env python3
"""Labelled near-duplicates in French and German, with the edits of the generator for English.

    lavoir clean pages.jsonl -o cleaned --no-dedup
    python3 benches/dedup_languages.py --gen bench/dedup/gen.py --articles cleaned/articles.jsonl \
        --language fr --seed 51 --out fr51
    lavoir dedup fr51/docs.jsonl -o kept.jsonl --clusters clusters.tsv
    python3 bench/dedup/score.py fr51/truth.jsonl clusters.tsv

Articles are cleaned text of that language, paragraphs of 100 characters or more; every article has a
cluster of its own. Furniture, template reports and wire lines below are our own text. Two kinds of
hard negatives: reports filled into one template, and articles that quote one statement.
"""
import argparse
import importlib.util
import json
import os
import random

OWN = {
    "fr": {
        "furniture": [
            "Accueil", "Actualités", "International", "Économie et société", "Culture et loisirs",
            "Abonnez-vous à notre lettre du matin pour ne rien manquer", "Se connecter à son espace personnel",
            "Nos journalistes répondent à vos questions chaque mardi", "Suivez-nous sur les réseaux sociaux",
            "Tous droits réservés, reproduction interdite sans autorisation écrite",
            "Mentions légales et politique de confidentialité", "Gérer mes préférences en matière de cookies",
            "Les articles les plus lus de la semaine", "Recevoir les alertes de la rédaction sur mon téléphone",
            "Contacter le service des abonnements", "Plan du site et archives depuis 1998",
        ],
        "ads": ["Publicité", "La suite après cette publicité", "À lire aussi", "Partager cet article",
                "Inscrivez-vous à notre infolettre", "(Photo : archives)"],
        "templates": [
            "Météo pour {a} : ciel {b} avec une température maximale de {n1} degrés et une minimale de {n2} degrés. Vent "
            "de secteur {c} à {n3} kilomètres à l’heure. Le risque de pluie est de {n4} pour cent. Le soleil se lève à "
            "{n5} heures {n6} et se couche à 1{n7} heures {n8}. Les habitants de {a} sont invités à consulter le site de "
            "la préfecture avant de se déplacer. Ce bulletin a été établi automatiquement à partir des relevés des "
            "stations et sera mis à jour toutes les trois heures au cours de la journée.",
            "L’action {a} a clôturé {b} à {n1},{n2} euros sur la place de {c}, soit une variation de {n3} pour cent pour "
            "{n4} mille titres échangés. Sur un an, le cours a évolué entre {n5},{n6} et {n1}{n7},{n8} euros. Le consensus "
            "des analystes reste à conserver. Cette note a été rédigée par un système automatique à partir des données de "
            "la Bourse et n’a pas été relue par un journaliste. Les performances passées ne préjugent pas de l’avenir.",
        ],
        "words": ["dégagé", "couvert", "voilé", "orageux", "changeant", "brumeux"],
        "statement": "La déclaration en entier : « Nous avons entendu les inquiétudes des habitants et nous y répondrons "
                     "point par point lors de la réunion publique du mois prochain, où chacun pourra prendre la parole et "
                     "poser ses questions aux élus comme aux ingénieurs chargés du chantier. »",
    },
    "de": {
        "furniture": [
            "Startseite", "Nachrichten", "Politik und Gesellschaft", "Wirtschaft und Börse", "Kultur und Medien",
            "Abonnieren Sie unseren Morgenbrief und verpassen Sie nichts mehr", "Anmelden und Merkliste öffnen",
            "Unsere Redaktion beantwortet jeden Dienstag Ihre Fragen", "Folgen Sie uns in den sozialen Netzwerken",
            "Alle Rechte vorbehalten, Nachdruck nur mit schriftlicher Genehmigung", "Impressum und Datenschutzerklärung",
            "Meine Einstellungen für Cookies ändern", "Die meistgelesenen Beiträge der Woche",
            "Eilmeldungen der Redaktion auf das Telefon bekommen", "Leserservice und Abonnement kündigen",
            "Übersicht aller Themen und Archiv seit 1998",
        ],
        "ads": ["Anzeige", "Weiter nach der Anzeige", "Lesen Sie auch", "Artikel teilen", "Zum Newsletter anmelden",
                "(Foto: Archiv)"],
        "templates": [
            "Das Wetter in {a}: {b} bei Höchstwerten von {n1} Grad und Tiefstwerten von {n2} Grad. Der Wind weht aus {c} mit "
            "{n3} Kilometern in der Stunde. Die Regenwahrscheinlichkeit liegt bei {n4} Prozent. Sonnenaufgang ist um {n5} Uhr "
            "{n6}, Sonnenuntergang um 1{n7} Uhr {n8}. Wer in {a} unterwegs ist, sollte vorher die Hinweise der Stadt lesen. "
            "Dieser Bericht wurde automatisch aus den Daten der Messstationen erstellt und wird im Lauf des Tages alle drei "
            "Stunden aktualisiert.",
            "Die Aktie von {a} schloss {b} bei {n1},{n2} Euro am Handelsplatz {c}, das ist eine Veränderung um {n3} Prozent bei "
            "{n4} Tausend gehandelten Stücken. In den vergangenen zwölf Monaten lag der Kurs zwischen {n5},{n6} und "
            "{n1}{n7},{n8} Euro. Die Analysten raten im Mittel zum Halten. Diese Meldung wurde von einem automatischen System aus "
            "den Daten der Börse erzeugt und nicht von der Redaktion geprüft. Frühere Wertentwicklung ist keine Gewähr für "
            "künftige Ergebnisse.",
        ],
        "words": ["heiter", "bedeckt", "wolkig", "gewittrig", "wechselhaft", "neblig"],
        "statement": "Die Erklärung im Wortlaut: „Wir haben die Sorgen der Anwohner gehört und werden sie bei der öffentlichen "
                     "Versammlung im nächsten Monat Punkt für Punkt beantworten. Dort kann jeder das Wort ergreifen und den "
                     "Abgeordneten wie den Ingenieuren der Baustelle seine Fragen stellen.“",
    },
}


def articles(path, language):
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["metadata"].get("language") != language:
                continue
            paras = [p.strip() for p in row["text"].split("\n") if len(p.strip()) >= 100]
            if len(paras) >= 3:
                found.append({"id": row["id"], "url": "https://x/", "title": row["metadata"].get("title") or paras[0][:60],
                              "paras": paras})
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gen", required=True, help="gen.py of the bench for English")
    parser.add_argument("--articles", required=True, nargs="+")
    parser.add_argument("--language", required=True, choices=sorted(OWN))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    spec = importlib.util.spec_from_file_location("gen", args.gen)
    gen = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gen)
    own = OWN[args.language]
    gen.ADS = own["ads"]
    arts = [a for path in args.articles for a in articles(path, args.language)]
    arts, dropped = gen.distinct(arts)
    random.Random(f"{args.seed}:hold").shuffle(arts)
    others, bases = arts[:len(arts) // 4], sorted(arts[len(arts) // 4:], key=lambda a: a["id"])
    setup = random.Random(f"{args.seed}:sites")
    chrome = {}
    for n in range(24):
        lines = setup.sample(own["furniture"], len(own["furniture"]))
        chrome[f"s{n}.example"] = [f"{line} – {n}" if k % 3 == 0 else line for k, line in enumerate(lines)]
    sites, docs = sorted(chrome), []

    def add(cluster, kind, level, site, title, paras):
        docs.append({"id": f"q{len(docs):06d}", "url": f"https://{site}/{len(docs)}", "title": title,
                     "text": "\n\n".join([title] + paras), "cluster": cluster, "base": cluster, "kind": kind,
                     "level": level, "edits": []})

    names, weights = [name for name, _ in gen.LEVELS], [weight for _, weight in gen.LEVELS]
    for a in bases:
        r = random.Random(f"{args.seed}:{a['id']}")
        a["url"] = f"https://{r.choice(sites)}/"
        site = a["url"].split("/")[2]
        add(a["id"], "base", "base", site, a["title"], gen.base_text(a, chrome))
        for _ in range(min(8, int(r.expovariate(0.4)))):
            level = r.choices(names, weights)[0]
            title, site, paras, _ = gen.version(a, level, sites, chrome, others, r)
            add(a["id"], "version", level, site, title, paras)
    r = random.Random(f"{args.seed}:slots")
    capital = sorted({w for a in bases for p in a["paras"] for w in p.split() if w[:1].isupper() and w.isalpha() and len(w) > 4})
    for g, template in enumerate(own["templates"]):
        for m in range(60):
            v = {f"n{i}": r.randint(1, 9) if i > 4 else r.randint(10, 99) for i in range(1, 9)}
            v.update(n6=r.randint(10, 59), n8=r.randint(10, 59), b=r.choice(own["words"]), c=r.choice(capital),
                     a=r.choice(capital) + " " + r.choice(capital))
            add(f"slot-{g}-{m}", "neg_slots", f"t{g}", r.choice(sites), f"{v['a']}", [template.format(**v)])
    for m, a in enumerate(others):
        add(f"quote-{m}", "neg_quote", "q", r.choice(sites), a["title"], a["paras"][:3] + [own["statement"]] + a["paras"][3:])
    random.Random(f"{args.seed}:order").shuffle(docs)
    os.makedirs(args.out, exist_ok=True)
    with open(f"{args.out}/docs.jsonl", "w", encoding="utf-8") as out, open(f"{args.out}/truth.jsonl", "w", encoding="utf-8") as truth:
        for doc in docs:
            out.write(json.dumps({k: doc[k] for k in ("id", "url", "title", "text")}, ensure_ascii=False) + "\n")
            truth.write(json.dumps({k: doc[k] for k in ("id", "cluster", "base", "kind", "level", "edits")}) + "\n")
    print(f"{len(bases)} articles, {len(docs)} documents, {len(dropped)} repeated ones left out")


if __name__ == "__main__":
    main()
