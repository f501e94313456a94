use super::*;
use crate::cleaner::{Cleaned, Cleaner};
use crate::decision::{Stage, Twin};
use crate::record::Record;

fn page(n: usize, head: &str, tail: &str) -> Cleaned {
    let text = source_of(n, head, tail);
    let cleaner = Cleaner::new().unwrap();
    cleaner
        .clean(&Record::text(format!("p{n:02}"), &text))
        .unwrap()
}

const ABOUT: &str = "The Measuring Post has been measuring the harbour towns since the days of the \
                     first tape, and its readers send in numbers from all over the coast.";

fn hits(pages: &[Cleaned], memory: u64) -> Vec<Vec<Hit>> {
    let mut counter = Counter::new(&std::env::temp_dir(), memory);
    for (number, page) in pages.iter().enumerate() {
        counter
            .page(number as u32, "post.example", &blocks(page))
            .unwrap();
    }
    let counts = counter.finish(&SiteMemory::default(), |_| Ok(())).unwrap();
    let mut furniture = vec![Vec::new(); pages.len()];
    let mut rows = counts.pages().unwrap();
    while let Some(number) = rows.next_page().unwrap() {
        let blocks = blocks(&pages[number as usize]);
        furniture[number as usize] = rows.furniture(&blocks).unwrap();
    }
    furniture
}

#[test]
fn what_a_site_repeats_goes_and_replays() {
    let pages: Vec<Cleaned> = (0..8).map(|n| page(n, "", ABOUT)).collect();
    for memory in [0, 1 << 24] {
        let hits = hits(&pages, memory);
        for (page, hits) in pages.iter().zip(&hits) {
            assert_eq!(hits.len(), 1, "{}", page.article.text);
            assert_eq!(
                (hits[0].place, hits[0].pages, hits[0].of),
                (Place::Tail, 8, 8)
            );
        }
    }
    let notes = blocks(&pages[3]);
    let hit = hits(&pages, 1 << 24)[3][0];
    let TwinPage::Page(twin, span) = hit.twin else {
        panic!("the twin is a page of this corpus");
    };
    assert_eq!(twin, 0);
    let cut = Cut {
        block: hit.block,
        stage: Stage::Site,
        kind: "site",
        twin: Twin {
            rule: hit.place.rule(),
            id: Some("p00".into()),
            span,
        },
    };
    let Cleaned {
        mut article,
        mut provenance,
        ..
    } = pages[3].clone();
    apply(&mut article, &mut provenance, &notes, &[cut]);
    assert!(!article.text.contains("Measuring Post"));
    assert!(article.text.contains("part 3"));
    let source = source_of(3, "", ABOUT);
    let replayed = provenance.replay(source.as_bytes()).unwrap();
    assert_eq!(replayed.text, article.text);
    provenance.conserves(&source).unwrap();
}

#[test]
fn languages_of_blocks_stay_with_their_blocks() {
    let quotation = "Le port a été mesuré par les ingénieurs de la ville, et chacun d'entre eux a \
                     trouvé quelque chose de nouveau à noter dans le grand cahier de la mairie.";
    let motto = "Der Hafen wurde von den Ingenieuren der Stadt vermessen, und jeder von ihnen hat \
                 etwas Neues gefunden, das er in das große Heft des Rathauses schreiben konnte.";
    let Cleaned {
        mut article,
        mut provenance,
        blocks: rendered,
    } = page(3, motto, &format!("{quotation}\n\n{ABOUT}"));
    let number = |text: &str| {
        let at = article.text.find(&text[..40]).unwrap();
        rendered
            .iter()
            .find(|b| b.range.contains(&at))
            .unwrap()
            .number
    };
    let (german, french) = (number(motto), number(quotation));
    let named = |provenance: &crate::Provenance| -> Vec<(u32, String)> {
        let blocks = provenance.language.blocks.iter();
        blocks.map(|b| (b.block, b.code.to_string())).collect()
    };
    assert_eq!(
        named(&provenance),
        [(german, "de".into()), (french, "fr".into())]
    );
    let source = source_of(3, motto, &format!("{quotation}\n\n{ABOUT}"));
    let block = rendered.iter().position(|b| b.number == german).unwrap();
    let cut = Cut {
        block,
        stage: Stage::Site,
        kind: "site",
        twin: Twin {
            rule: Place::Head.rule(),
            id: Some("p00".into()),
            span: Default::default(),
        },
    };
    let notes = blocks(&page(3, motto, &format!("{quotation}\n\n{ABOUT}")));
    apply(&mut article, &mut provenance, &notes, &[cut]);
    assert_eq!(named(&provenance), [(french - 1, "fr".into())]);
    let replayed = provenance.replay(source.as_bytes()).unwrap();
    let block = replayed.blocks.iter().find(|b| b.number == french - 1);
    assert_eq!(&replayed.text[block.unwrap().range.clone()], quotation);
    // A language for a block that is not there breaks a promise.
    provenance.language.blocks[0].block = 999;
    assert!(provenance.replay(source.as_bytes()).is_err());
}

fn source_of(n: usize, head: &str, tail: &str) -> String {
    let subject = [
        "harbour", "museum", "orchard", "tunnel", "library", "bridge", "market",
    ][n % 7];
    let body: Vec<String> = (0..4)
        .map(|i| {
            format!(
                "Report {n} on the {subject}, part {i}: the {subject} was measured {} times by {} \
                 engineers in the year {}, and each of them found something else to write down.",
                n * 13 + i * 7,
                n * 3 + i,
                1900 + n * 5 + i
            )
        })
        .collect();
    format!(
        "The {subject} number {n} is measured again\n\n{head}\n\n{}\n\n{tail}",
        body.join("\n\n")
    )
}

#[test]
fn copies_of_one_article_say_nothing_about_the_site() {
    let pages = vec![page(1, "", ABOUT); 6];
    assert!(hits(&pages, 0).iter().all(Vec::is_empty));
}

fn note(kind: BlockKind, hash: u64, words: u32) -> SiteBlock {
    SiteBlock {
        number: 0,
        kind,
        text: Span::new(0, 1),
        span: Span::new(0, 1),
        hash,
        words,
        fills: false,
    }
}

#[test]
fn short_lines_go_only_at_the_edges_and_code_never() {
    use BlockKind::{Code, Heading, Paragraph, Title};
    let page = [
        note(Title, 9, 8),
        note(Paragraph, 1, 3),
        note(Paragraph, 10, 40),
        note(Heading, 2, 1),
        note(Paragraph, 11, 50),
        note(Code, 3, 2),
        note(Paragraph, 4, 2),
        note(Paragraph, 5, 5),
    ];
    let seen = |pages: u64| Some((pages, TwinPage::Memory(0)));
    let pages = [
        None,
        seen(90),
        None,
        seen(90),
        None,
        seen(90),
        seen(90),
        seen(90),
    ];
    let gone: Vec<usize> = furniture(&page, &pages, 100)
        .iter()
        .map(|hit| hit.block)
        .collect();
    assert_eq!(gone, [1, 6, 7]);
    // A paragraph inside goes when enough pages have it, and an intro of a short series stays.
    let long = [
        note(Paragraph, 1, 40),
        note(Paragraph, 2, 40),
        note(Paragraph, 3, 40),
    ];
    let inside = |pages: u64| furniture(&long, &[None, seen(pages), None], 100).len();
    assert_eq!((inside(4), inside(9), inside(12)), (0, 0, 1));
    let intro = |pages: u64| furniture(&long, &[seen(pages), None, None], 100).len();
    assert_eq!((intro(4), intro(6)), (0, 1));
}

#[test]
fn a_memory_keeps_what_it_was_taught_and_a_later_page_is_known() {
    let pages: Vec<Cleaned> = (0..6).map(|n| page(n, "", ABOUT)).collect();
    let mut counter = Counter::new(&std::env::temp_dir(), 1 << 20);
    for (number, page) in pages.iter().enumerate() {
        counter
            .page(number as u32, "post.example", &blocks(page))
            .unwrap();
    }
    let mut memory = SiteMemory::default();
    let counts = counter
        .finish(&SiteMemory::default(), |learnt| {
            memory.add(learnt, &pages[learnt.first.0 as usize].article.id);
            Ok(())
        })
        .unwrap();
    for (host, pages) in counts.hosts() {
        memory.set_pages(host, pages);
    }
    let mut bytes = Vec::new();
    memory.write(&mut bytes).unwrap();
    let read = SiteMemory::read(&*bytes).unwrap();
    assert_eq!(read.pages("post.example"), 6);
    let mut again = Vec::new();
    read.write(&mut again).unwrap();
    assert_eq!(bytes, again);
    let later = page(6, "", ABOUT);
    let mut counter = Counter::new(&std::env::temp_dir(), 1 << 20);
    counter.page(0, "post.example", &blocks(&later)).unwrap();
    let counts = counter.finish(&read, |_| Ok(())).unwrap();
    let mut rows = counts.pages().unwrap();
    assert_eq!(rows.next_page().unwrap(), Some(0));
    let hits = rows.furniture(&blocks(&later)).unwrap();
    assert_eq!(hits.len(), 1);
    let TwinPage::Memory(key) = hits[0].twin else {
        panic!("the twin is of an earlier crawl");
    };
    assert_eq!(read.get(key).unwrap().id, "p00");
    assert!(SiteMemory::read(&b"{}"[..]).is_err());
    assert!(SiteMemory::read(&b"{\"site_memory\":99}\n"[..]).is_err());
}

#[test]
fn proposed_rules_hold_their_examples() {
    let mut learner = Learner::default();
    for n in 0..5 {
        learner.note("post.example", &format!("p{n}"), ABOUT, Place::Tail, (5, 6));
        learner.note(
            "post.example",
            &format!("p{n}"),
            "All the numbers, every day",
            Place::Head,
            (5, 6),
        );
        // Braces and markup are none of a rule's text.
        let id = format!("p{n}");
        learner.note(
            "post.example",
            &id,
            "since {n} <b>it</b>",
            Place::Head,
            (5, 6),
        );
        learner.note(
            "post.example",
            &id,
            "fish &amp; chips",
            Place::Inside,
            (5, 6),
        );
    }
    let rules = learner.rules();
    assert_eq!(rules.len(), 2);
    for (path, text) in rules {
        assert!(path.starts_with("site/post.example/"));
        assert!(text.contains("on 5 of 6 pages (83 %)") && text.contains("p0, p1, p2"));
        let pack = crate::rules::RulePack::single(&path, &text).unwrap();
        for result in crate::rules::run_examples(&pack).unwrap() {
            assert_eq!(result.failure, None, "{text}");
        }
        assert!(
            crate::rules::lint(&pack).is_empty(),
            "{:?}",
            crate::rules::lint(&pack)
        );
    }
}
