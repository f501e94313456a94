//! Which encoding it is: the order in which the evidence is heard.

use std::borrow::Cow;

use encoding_rs::Encoding as Codec;
use memchr::memchr2_iter;

use super::declared::declared;
use super::detect::{self, Candidate};
use super::sample::Sample;
use super::soundness::Soundness;
use super::{
    Decoded, Encoding, Evidence, Undecodable, bytes, latin9, replay, segments, seven_bit, utf16,
    wide,
};
use crate::record::Hints;

/// How much likelier another reading must be than the declared one (`-ln p` in sixteenths), and
/// how much more for each pair of characters that was read.
const FAVOUR: u32 = 64;
const FAVOUR_PER_PAIR: u32 = 1;

/// Valid UTF-8 without anything suspect: nearly all text, and it costs its validation.
pub(super) fn plain<'a>(bytes: &'a [u8], hints: &Hints) -> Option<Decoded<'a>> {
    let (evidence, mark) = match hints.decoded {
        true => (Evidence::Assumed, false),
        false => (Evidence::Detected, bytes::format(bytes).is_some()),
    };
    if bytes.is_empty() || mark || Codec::for_bom(bytes).is_some() {
        return None;
    }
    let valid = encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(bytes);
    let Some(text @ Cow::Borrowed(_)) = valid else {
        return None;
    };
    // Escapes and shifts say something of ASCII only.
    let suspect = match !hints.decoded && looks_ascii(bytes) {
        true => Marks::of(bytes).any,
        false => memchr::memchr(0, bytes).is_some(),
    };
    let encoding = || Encoding::new("UTF-8", evidence, 1.0);
    (!suspect).then(|| Decoded {
        text,
        encoding: encoding(),
    })
}

/// Whether the bytes are ASCII where they are looked at. In the few others more is scanned for.
fn looks_ascii(bytes: &[u8]) -> bool {
    const LOOK: usize = 512;
    let (half, end) = (bytes.len() / 2, bytes.len().saturating_sub(LOOK));
    let from = |at: usize| bytes.get(at..bytes.len().min(at + LOOK));
    let looks = [0, half, end].into_iter().filter_map(from);
    looks.into_iter().all(<[u8]>::is_ascii)
}

/// The encoding of `bytes`.
pub(super) fn encoding(bytes: &[u8], hints: &Hints) -> Result<Encoding, Undecodable> {
    if bytes.is_empty() {
        return Err(Undecodable::Empty);
    }
    if hints.decoded {
        return container(bytes);
    }
    if let Some(error) = bytes::format(bytes) {
        return Err(error);
    }
    if let Some(encoding) = by_mark(bytes) {
        return Ok(encoding);
    }
    let valid = std::str::from_utf8(bytes).is_ok();
    let marks = Marks::of(bytes);
    match valid {
        true if !marks.any => Ok(Encoding::new("UTF-8", Evidence::Detected, 1.0)),
        true => valid_with_marks(bytes, hints, &marks),
        false => not_utf8(bytes, hints, marks.nuls),
    }
}

/// Text from a container that fixes the encoding.
fn container(bytes: &[u8]) -> Result<Encoding, Undecodable> {
    let nuls = memchr::memchr_iter(0, bytes).count();
    if nuls == bytes.len() {
        return Err(Undecodable::Empty);
    }
    let mut encoding = Encoding::new("UTF-8", Evidence::Assumed, 1.0);
    encoding.nuls = nuls as u32;
    encoding.repaired_as = Some(codec_name(encoding_rs::WINDOWS_1252));
    Ok(encoding)
}

fn codec_name(codec: &'static Codec) -> String {
    codec.name().to_owned()
}

/// A byte order mark, unless the bytes are no text in its encoding.
fn by_mark(bytes: &[u8]) -> Option<Encoding> {
    let (codec, length) = Codec::for_bom(bytes)?;
    let body = bytes.get(length..).unwrap_or_default();
    if codec == encoding_rs::UTF_8 {
        let valid = std::str::from_utf8(body).is_ok();
        if !valid && !Soundness::of(body).is_utf8() || memchr::memchr(0, body).is_some() {
            return None;
        }
        let mut encoding = Encoding::new(codec.name(), Evidence::Bom, 1.0);
        encoding.repaired_as = (!valid).then(|| codec_name(encoding_rs::WINDOWS_1252));
        return Some(encoding);
    }
    let encoding = Encoding::new(codec.name(), Evidence::Bom, 1.0);
    let decoded = replay::read(bytes, encoding);
    let damage = decoded.encoding.repairs as usize;
    (damage * 100 <= decoded.text.len()).then_some(decoded.encoding)
}

/// Bytes that make valid UTF-8 suspect.
struct Marks {
    any: bool,
    nuls: usize,
    escapes: bool,
    shifts: bool,
    tildes: bool,
}

impl Marks {
    fn of(bytes: &[u8]) -> Self {
        let (shifts, tildes) = seven_bit::switches(bytes);
        let (mut nuls, mut escapes) = (0, false);
        for at in memchr2_iter(0, 0x1B, bytes) {
            match bytes.get(at) {
                Some(0) => nuls += 1,
                _ => escapes = true,
            }
        }
        Marks {
            any: nuls > 0 || escapes || shifts || tildes,
            nuls,
            escapes,
            shifts,
            tildes,
        }
    }
}

fn valid_with_marks(bytes: &[u8], hints: &Hints, marks: &Marks) -> Result<Encoding, Undecodable> {
    if marks.nuls > 0 {
        return with_nuls(bytes, hints, marks.nuls);
    }
    let ascii = bytes.is_ascii();
    if ascii && marks.escapes {
        if let Some(what) = seven_bit::other_escapes(bytes) {
            return Err(Undecodable::Unsupported { what });
        }
        if seven_bit::is_iso_2022_jp(bytes) {
            return Ok(Encoding::new("ISO-2022-JP", Evidence::Detected, 1.0));
        }
    }
    if ascii && marks.shifts && seven_bit::is_utf7(bytes) {
        return Err(Undecodable::Unsupported { what: "UTF-7" });
    }
    if ascii && marks.tildes && seven_bit::is_hz(bytes) {
        return Err(Undecodable::Unsupported { what: "HZ" });
    }
    Ok(Encoding::new("UTF-8", Evidence::Detected, 1.0))
}

/// UTF-16, else text with NULs in it, which are left out.
fn with_nuls(bytes: &[u8], hints: &Hints, nuls: usize) -> Result<Encoding, Undecodable> {
    if bytes::is_utf32(bytes) {
        return Err(Undecodable::Unsupported { what: "UTF-32" });
    }
    if let Some(codec) = utf16::by_parity(bytes) {
        return Ok(Encoding::new(codec.name(), Evidence::Detected, 0.99));
    }
    if nuls == bytes.len() {
        return Err(Undecodable::Empty);
    }
    if let Some(codec) = wide::utf16(&Sample::new(bytes)) {
        return Ok(Encoding::new(codec.name(), Evidence::Detected, 0.95));
    }
    if let Some(error) = bytes::not_text(bytes) {
        return Err(error);
    }
    let rest = replay::without_nuls(bytes);
    let mut encoding = match std::str::from_utf8(&rest) {
        Ok(_) => Encoding::new("UTF-8", Evidence::Detected, 0.99),
        Err(_) => by_reading(&rest, hints)?,
    };
    encoding.nuls = nuls as u32;
    Ok(encoding)
}

fn not_utf8(bytes: &[u8], hints: &Hints, nuls: usize) -> Result<Encoding, Undecodable> {
    if nuls > 0 {
        return with_nuls(bytes, hints, nuls);
    }
    if let Some(codec) = utf16::by_parity(bytes) {
        return Ok(Encoding::new(codec.name(), Evidence::Detected, 0.95));
    }
    by_reading(bytes, hints)
}

/// Damaged UTF-8, two encodings, or a legacy encoding: whichever reads best.
fn by_reading(bytes: &[u8], hints: &Hints) -> Result<Encoding, Undecodable> {
    let all = declared(bytes, hints);
    let says_utf8 = all
        .first()
        .is_some_and(|(codec, _)| *codec == encoding_rs::UTF_8);
    let sound = Soundness::of(bytes);
    if let Some(segments) = segments::split(bytes, sound) {
        let mut encoding = Encoding::new("UTF-8", Evidence::Detected, 0.9);
        encoding.segments = segments;
        return Ok(encoding);
    }
    if sound.is_surely_utf8() || (sound.bad == 0 && (says_utf8 || is_cut_utf8(bytes))) {
        return Ok(damaged_utf8(sound, &all));
    }
    // Whoever names UTF-8 over other bytes is wrong, and the next source is heard.
    let declared = all.iter().find(|(codec, _)| *codec != encoding_rs::UTF_8);
    let declared = declared.copied();
    let sample = Sample::new(bytes);
    let mut ranked = detect::rank(&sample, favour(declared, &sample));
    if declared.is_none() {
        latin9::settle(&mut ranked, bytes);
    }
    let utf16 = |best: &Candidate| wide::is_usual_utf16(&sample, best);
    if ranked.first().is_some_and(utf16) {
        return Ok(verdict(&ranked, &all, &sample));
    }
    if sound.may_be_utf8()
        && ranked
            .first()
            .is_none_or(|best| utf8_reads_better(&sample, best))
    {
        return Ok(damaged_utf8(sound, &all));
    }
    if let Some(error) = bytes::not_text(bytes) {
        return Err(error);
    }
    Ok(verdict(&ranked, &all, &sample))
}

/// Whether bytes that are ASCII but for a started character at their end are UTF-8: two bytes of
/// one, or a first byte that is a capital elsewhere, after none.
fn is_cut_utf8(bytes: &[u8]) -> bool {
    let tail = bytes.iter().rev().take_while(|b| !b.is_ascii()).count();
    let (head, tail) = bytes.split_at(bytes.len() - tail);
    match (head.last(), tail) {
        (Some(before), [0xC2..=0xDF]) => !before.is_ascii_uppercase(),
        _ => tail.len() > 1,
    }
}

/// Whether the sample as damaged UTF-8 is likelier than its best legacy reading.
fn utf8_reads_better(sample: &Sample<'_>, best: &Candidate) -> bool {
    let windows = sample
        .windows
        .iter()
        .filter_map(|window| sample.bytes.get(window.clone()));
    let cost: u32 = windows.map(|window| Soundness::of(window).cost()).sum();
    cost < best.cost
}

fn damaged_utf8(sound: Soundness, declared: &[(&'static Codec, Evidence)]) -> Encoding {
    let says_so = declared
        .iter()
        .find(|(codec, _)| *codec == encoding_rs::UTF_8);
    let evidence = says_so.map_or(Evidence::Detected, |(_, evidence)| *evidence);
    let (good, bad) = (sound.good as f64, sound.bad as f64);
    let mut encoding = Encoding::new("UTF-8", evidence, (good + 0.5) / (good + bad / 2.0 + 0.5));
    encoding.repaired_as = Some(codec_name(encoding_rs::WINDOWS_1252));
    encoding
}

fn favour(
    declared: Option<(&'static Codec, Evidence)>,
    sample: &Sample<'_>,
) -> Option<(&'static Codec, u32)> {
    let (codec, _) = declared?;
    // The decoder of the larger standard reads the smaller one too.
    let codec = if codec == encoding_rs::GB18030 {
        encoding_rs::GBK
    } else {
        codec
    };
    Some((
        codec,
        FAVOUR + FAVOUR_PER_PAIR * sample.words.upper.len() as u32,
    ))
}

fn verdict(
    ranked: &[Candidate],
    declared: &[(&'static Codec, Evidence)],
    sample: &Sample<'_>,
) -> Encoding {
    let Some(best) = ranked.first() else {
        return Encoding::new("windows-1252", Evidence::Assumed, 0.1);
    };
    let margin = ranked.get(1).map_or(160, |second| second.cost - best.cost);
    let confidence = 1.0 - 0.5 * (-f64::from(margin) / 32.0).exp();
    let says_so = |(codec, _): &&(&'static Codec, Evidence)| {
        detect::reads_alike(codec, best.encoding, sample)
    };
    match declared.iter().find(says_so) {
        Some((codec, evidence)) => Encoding::new(codec.name(), *evidence, confidence.max(0.9)),
        None => {
            let name = best.encoding.name();
            let mut encoding = Encoding::new(name, Evidence::Detected, confidence.min(0.99));
            encoding.language = Some(best.language.to_owned());
            encoding
        }
    }
}
