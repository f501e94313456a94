//! What an encoding can carry, and text as it carries it.

/// The text as its legacy encodings carry it: Vietnamese tones stand after the letter.
pub fn as_carried(code: &str, line: &str) -> String {
    if code != "vi" {
        return line.to_owned();
    }
    line.chars().map(windows_1258).collect()
}

fn windows_1258(c: char) -> String {
    use unicode_normalization::UnicodeNormalization;
    let encodable = |s: &str| !encoding_rs::WINDOWS_1258.encode(s).2;
    let whole = c.to_string();
    if encodable(&whole) {
        return whole;
    }
    let marks: Vec<char> = whole.nfd().collect();
    for tone in 1..marks.len() {
        let mark = marks[tone];
        let mut base: String = marks
            .iter()
            .filter(|&&m| m != mark)
            .collect::<String>()
            .nfc()
            .collect();
        base.push(mark);
        if encodable(&base) {
            return base;
        }
    }
    whole
}

/// Whether an encoding can write such a share of the sentences that hold letters beyond ASCII.
pub fn writes(encoding: &str, code: &str, lines: &[String], share: f64) -> bool {
    let beyond = |line: &&String| line.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
    let lines: Vec<&String> = lines.iter().filter(beyond).collect();
    let written = lines
        .iter()
        .filter(|line| encodable(encoding, code, line).is_some());
    written.count() as f64 >= lines.len() as f64 * share
}

/// The line with the plainer quotes, dashes and cedillas that people type where the encoding
/// lacks the finer ones; none where that does not suffice.
pub fn encodable(encoding: &str, code: &str, line: &str) -> Option<String> {
    let code = if encoding == "windows-1258" { code } else { "" };
    let line: String = as_carried(code, line)
        .chars()
        .map(|c| plainer(encoding, c))
        .collect();
    encode(encoding, &line).map(|_| line)
}

fn plainer(encoding: &str, c: char) -> String {
    let one = c.to_string();
    if c.is_ascii() || encode(encoding, &one).is_some() {
        return one;
    }
    match c {
        '“' | '”' | '„' | '«' | '»' => "\"".into(),
        '’' | '‘' | '‚' => "'".into(),
        '–' | '—' => "-".into(),
        '…' => "...".into(),
        '\u{A0}' => " ".into(),
        'ș' => "ş".into(),
        'ț' => "ţ".into(),
        'Ș' => "Ş".into(),
        'Ț' => "Ţ".into(),
        _ => one,
    }
}

/// The bytes of `text`, if the encoding can write all of it.
pub fn encode(encoding: &str, text: &str) -> Option<Vec<u8>> {
    match encoding {
        "UTF-16LE" => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "UTF-16BE" => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        _ => {
            let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes())?;
            let (bytes, _, lossy) = encoding.encode(text);
            (!lossy).then(|| bytes.into_owned())
        }
    }
}
