//! Samples for the accuracy table: held-out text in every legacy encoding that can carry it,
//! four sizes, with and without markup; damage; wrong declarations. One JSON object per line:
//! `{kind, encoding, language, size, markup, charset?, hex}`.

use std::io::Write;

use crate::carry::{encodable, encode, writes};
use crate::corpus::Language;
use crate::tables::{self, SINGLE_BYTE};

const MULTI_BYTE: [(&str, &str); 9] = [
    ("Big5", "zh-Hant"),
    ("EUC-JP", "ja"),
    ("EUC-KR", "ko"),
    ("GBK", "zh-Hans"),
    ("GBK", "zh-Hant"),
    ("gb18030", "zh-Hans"),
    ("gb18030", "zh-Hant"),
    ("ISO-2022-JP", "ja"),
    ("Shift_JIS", "ja"),
];
/// Bytes per sample and how many samples of each pair of language and encoding.
const SIZES: [(usize, usize); 4] = [(64, 16), (256, 8), (1024, 6), (8192, 2)];

/// A fixed pseudo-random sequence (Knuth's MMIX constants).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

struct Sample<'a> {
    kind: &'a str,
    encoding: &'a str,
    language: &'a str,
    size: usize,
    markup: bool,
    charset: Option<&'a str>,
    bytes: Vec<u8>,
}

impl Sample<'_> {
    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let hex: String = self.bytes.iter().map(|b| format!("{b:02x}")).collect();
        let charset = self
            .charset
            .map_or(String::new(), |c| format!(",\"charset\":\"{c}\""));
        writeln!(
            out,
            "{{\"kind\":\"{}\",\"encoding\":\"{}\",\"language\":\"{}\",\"size\":{},\"markup\":{}{charset},\"hex\":\"{hex}\"}}",
            self.kind, self.encoding, self.language, self.size, self.markup
        )
    }
}

pub fn write(languages: &[Language], path: &str) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    for (encoding, language) in pairs(languages) {
        plain(encoding, language, &mut out)?;
        lies(encoding, language, &mut out)?;
    }
    for language in languages {
        damage(language, &mut out)?;
    }
    out.flush()
}

/// Every language with every encoding that can write nine in ten of its sentences with letters
/// beyond ASCII; what holds none says nothing about who can write the language.
fn pairs(languages: &[Language]) -> Vec<(&'static str, &Language)> {
    let mut pairs = Vec::new();
    for encoding in SINGLE_BYTE {
        for language in languages.iter().filter(|l| !tables::is_cjk(l.code)) {
            if writes(encoding, language.code, &language.held_out, 0.9) {
                pairs.push((encoding, language));
            }
        }
    }
    for (encoding, code) in MULTI_BYTE {
        pairs.extend(
            languages
                .iter()
                .filter(|l| l.code == code)
                .map(|l| (encoding, l)),
        );
    }
    for encoding in ["UTF-16LE", "UTF-16BE"] {
        pairs.extend(languages.iter().map(|l| (encoding, l)));
    }
    pairs
}

fn carried(encoding: &str, language: &Language) -> Vec<String> {
    let lines = language.held_out.iter();
    lines
        .filter_map(|line| encodable(encoding, language.code, line))
        .collect()
}

/// Text from a random sentence (short samples: a random word) on, at most `size` bytes in the
/// encoding, with a non-ASCII character.
fn excerpt(encoding: &str, lines: &[String], size: usize, random: &mut Sequence) -> Option<String> {
    for _ in 0..40 {
        let first = random.below(lines.len());
        let mut text = String::new();
        let mut next = first;
        while text.len() < 3 * size + 200 {
            text.push_str(&lines[next % lines.len()]);
            text.push(if next % 5 == 4 { '\n' } else { ' ' });
            next += 1;
        }
        if size <= 256 {
            let words: Vec<usize> = text.match_indices(' ').map(|(at, _)| at + 1).collect();
            let limit = words.iter().filter(|&&at| at < lines[first].len()).count();
            let from = words.get(random.below(limit.max(1))).copied().unwrap_or(0);
            text.drain(..from);
        }
        let text = fit(encoding, &text, size);
        if text.chars().any(|c| !c.is_ascii()) {
            return Some(text);
        }
    }
    None
}

/// The longest start of `text` that takes at most `size` bytes.
fn fit(encoding: &str, text: &str, size: usize) -> String {
    let (mut low, mut high) = (0, text.chars().count());
    let start = |n: usize| text.chars().take(n).collect::<String>();
    while low < high {
        let middle = (low + high).div_ceil(2);
        match encode(encoding, &start(middle)) {
            Some(bytes) if bytes.len() <= size => low = middle,
            _ => high = middle - 1,
        }
    }
    start(low)
}

/// Wraps text in markup, about as much of it as on a real page.
fn page(text: &str, meta: &str) -> String {
    let mut out = format!("<!DOCTYPE html><html><head>{meta}<title>");
    let mut since = 0;
    for (i, word) in text.split(' ').enumerate() {
        since += word.len() + 1;
        out.push_str(word);
        match i {
            4 => out.push_str(
                "</title><script>var page = {\"id\": 1234, section: 'news'}; load(page);</script></head><body class=\"article wide\"><div id=\"main\"><p>",
            ),
            _ if since > 160 => {
                out.push_str("</p>\n<p class=\"text-block\"><a href=\"/section/2024/article-1234.html\" rel=\"nofollow\">");
                since = 0;
            }
            _ if i % 17 == 16 => out.push_str("</a> "),
            _ => out.push(' '),
        }
    }
    out
}

fn plain(encoding: &'static str, language: &Language, out: &mut impl Write) -> std::io::Result<()> {
    let lines = carried(encoding, language);
    let mut random = Sequence(language.code.len() as u64 * 977 + encoding.len() as u64);
    for (size, count) in SIZES {
        for markup in [false, true] {
            let multi = if MULTI_BYTE.iter().any(|(e, _)| *e == encoding) {
                5
            } else {
                1
            };
            for _ in 0..count * multi {
                let Some(mut text) = excerpt(encoding, &lines, size, &mut random) else {
                    continue;
                };
                if markup {
                    let page = if size == 64 {
                        format!("<p class=\"lead\">{text}")
                    } else {
                        page(&text, "")
                    };
                    text = fit(encoding, &page, size);
                    if text.is_ascii() {
                        continue;
                    }
                }
                let Some(bytes) = encode(encoding, &text) else {
                    continue;
                };
                Sample {
                    kind: "plain",
                    encoding,
                    language: language.code,
                    size,
                    markup,
                    charset: None,
                    bytes,
                }
                .write(out)?;
            }
        }
    }
    Ok(())
}

/// Pages of 1 KB whose `meta` names UTF-8 or another legacy encoding.
fn lies(encoding: &'static str, language: &Language, out: &mut impl Write) -> std::io::Result<()> {
    if encoding.starts_with("UTF-16") || encoding == "ISO-2022-JP" {
        return Ok(());
    }
    const OTHERS: [&str; 8] = [
        "windows-1251",
        "windows-1252",
        "ISO-8859-1",
        "Shift_JIS",
        "GBK",
        "windows-1250",
        "KOI8-R",
        "EUC-KR",
    ];
    let lines = carried(encoding, language);
    let mut random = Sequence(31 + language.code.len() as u64);
    for i in 0..4 {
        let Some(text) = excerpt(encoding, &lines, 1024, &mut random) else {
            continue;
        };
        let other = OTHERS[random.below(OTHERS.len())];
        let (kind, named) = if i % 2 == 0 {
            ("lie-utf8", "utf-8")
        } else {
            ("lie-legacy", other)
        };
        if named.eq_ignore_ascii_case(encoding) {
            continue;
        }
        let meta =
            format!("<meta http-equiv=\"Content-Type\" content=\"text/html; charset={named}\">");
        let text = fit(encoding, &page(&text, &meta), 1024);
        let Some(bytes) = encode(encoding, &text) else {
            continue;
        };
        Sample {
            kind,
            encoding,
            language: language.code,
            size: 1024,
            markup: true,
            charset: Some(named),
            bytes,
        }
        .write(out)?;
    }
    Ok(())
}

/// 4 KB of UTF-8 with bad bytes, a cut tail, NULs, or a `meta` that names ISO-8859-1.
fn damage(language: &Language, out: &mut impl Write) -> std::io::Result<()> {
    let mut random = Sequence(7 + language.code.len() as u64);
    let lines: Vec<String> = language.held_out.clone();
    for round in 0..4 {
        let Some(text) = excerpt("UTF-8", &lines, 4096, &mut random) else {
            continue;
        };
        let whole = text.clone().into_bytes();
        let mut emit = |kind: &str, bytes: Vec<u8>| {
            Sample {
                kind,
                encoding: "UTF-8",
                language: language.code,
                size: 4096,
                markup: false,
                charset: None,
                bytes,
            }
            .write(out)
        };
        for (kind, bad) in [("bad-1", 1), ("bad-5", 5), ("bad-40", 40)] {
            let mut bytes = whole.clone();
            while std::str::from_utf8(&bytes).is_ok() {
                for _ in 0..bad {
                    let at = random.below(bytes.len());
                    bytes[at] = 0x80 + random.below(0x80) as u8;
                }
            }
            emit(kind, bytes)?;
        }
        let cut = text
            .char_indices()
            .filter(|(_, c)| !c.is_ascii())
            .map(|(at, c)| at + c.len_utf8() - 1);
        if let Some(cut) = cut.last() {
            emit("cut-tail", whole[..cut].to_vec())?;
        }
        let mut bytes = whole.clone();
        for _ in 0..1 + 10 * round {
            bytes.insert(random.below(bytes.len()), 0);
        }
        emit("nuls", bytes)?;
        let meta = "<meta charset=iso-8859-1>";
        emit(
            "lie-latin1",
            fit("UTF-8", &page(&text, meta), 4096).into_bytes(),
        )?;
    }
    Ok(())
}
