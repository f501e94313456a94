//! One file in two encodings: UTF-8 lines and lines in a legacy encoding.

use std::ops::Range;

use encoding_rs::Encoding;

use super::soundness::Soundness;
use super::{Segment, detect, sample};

/// Bad runs that lines in another encoding must hold together.
const LEAST_BAD: usize = 6;
/// Sound characters that the UTF-8 lines must hold together.
const LEAST_GOOD: usize = 3;

/// Segments, when UTF-8 lines and lines in another encoding can be told apart; none when the
/// damage is scattered. `sound` is of all the bytes.
pub(super) fn split(bytes: &[u8], sound: Soundness) -> Option<Vec<Segment>> {
    if sound.good < LEAST_GOOD || sound.bad + usize::from(sound.cut) < LEAST_BAD {
        return None;
    }
    // Cheap to ask, and few texts in one encoding pass.
    let is_sound = |line: &[u8]| std::str::from_utf8(line).is_ok_and(|text| !text.is_ascii());
    if !bytes.split(|&b| b == b'\n').any(is_sound) {
        return None;
    }
    let runs = runs(bytes);
    let total = |utf8: bool| -> (usize, usize) {
        let of = runs.iter().filter(|run| run.utf8 == utf8);
        of.fold((0, 0), |(good, bad), run| (good + run.good, bad + run.bad))
    };
    let ((good, scattered), (stray, bad)) = (total(true), total(false));
    let apart = scattered * 10 <= good && stray * 10 <= bad;
    if good < LEAST_GOOD || bad < LEAST_BAD || !apart {
        return None;
    }
    let legacy = runs.iter().filter(|run| !run.utf8);
    let joined: Vec<u8> = legacy
        .flat_map(|run| bytes[run.range.clone()].iter().copied())
        .collect();
    let best = detect::rank(&sample::Sample::new(&joined), None)
        .into_iter()
        .next()?
        .encoding;
    let name = |encoding: &'static Encoding| encoding.name().to_owned();
    let segment = |run: &Run| Segment {
        start: run.range.start,
        name: name(if run.utf8 { encoding_rs::UTF_8 } else { best }),
    };
    Some(runs.iter().map(segment).collect())
}

/// Neighbouring lines of one kind.
struct Run {
    range: Range<usize>,
    utf8: bool,
    good: usize,
    bad: usize,
}

fn runs(bytes: &[u8]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let range = start..start + line.len();
        start = range.end;
        let sound = Soundness::of(line);
        let bad = sound.bad + usize::from(sound.cut);
        let neutral = sound.good + bad == 0;
        let utf8 = sound.is_utf8();
        match runs.last_mut() {
            Some(run) if neutral || run.utf8 == utf8 || run.good + run.bad == 0 => {
                if run.good + run.bad == 0 && !neutral {
                    run.utf8 = utf8;
                }
                run.range.end = range.end;
                run.good += sound.good;
                run.bad += bad;
            }
            _ => runs.push(Run {
                range,
                utf8,
                good: sound.good,
                bad,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_two_encodings_are_told_apart() {
        let sound = "Всё начинается заново, и каждый день приносит новое.\n";
        let (legacy, _, _) = encoding_rs::WINDOWS_1251
            .encode("Погода завтра будет хорошей, обещают нам синоптики.\n");
        let bytes = [
            sound.as_bytes(),
            b"plain line\n",
            &legacy,
            b"plain line\n",
            sound.as_bytes(),
        ]
        .concat();
        let segments = split(&bytes, Soundness::of(&bytes)).expect("two encodings");
        let names: Vec<&str> = segments.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["UTF-8", "windows-1251", "UTF-8"]);
        let second = &segments[1];
        assert_eq!(second.start, sound.len() + 11);
    }

    #[test]
    fn scattered_damage_is_one_encoding() {
        let mut bytes = "première ligne où tout va très bien\n"
            .repeat(9)
            .into_bytes();
        bytes[3] = 0xFF;
        bytes[100] = 0xFF;
        assert!(split(&bytes, Soundness::of(&bytes)).is_none());
    }
}
