//! Bytes per second of deduplication on a made corpus with copies; each run asserts its answer.

use std::fmt::Write as _;

use divan::counter::BytesCount;
use lavoir::dedup::{Options, Text, deduplicate};

fn main() {
    divan::main();
}

const DOCUMENTS: usize = 2000;
/// Every so many documents repeat the one before, with a word more in each paragraph.
const COPIES: usize = 5;

/// A small generator (SplitMix64): the same corpus on every machine.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *state;
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn article(seed: u64, extra: bool) -> String {
    let mut state = seed;
    let mut text = String::new();
    for _ in 0..12 {
        for _ in 0..45 {
            // Frequent words more often than rare ones.
            let rank = next(&mut state) % 90;
            let word = next(&mut state) % (rank * rank + 1);
            let _ = write!(text, "w{word:x} ");
        }
        text.push_str(if extra { "also\n\n" } else { "\n\n" });
    }
    text
}

fn corpus() -> Vec<Text<'static>> {
    let one = |n: usize| {
        let is_copy = n % COPIES == COPIES - 1;
        let seed = if is_copy { n - 1 } else { n };
        Text::new(format!("{n:06}"), article(seed as u64, is_copy))
    };
    (0..DOCUMENTS).map(one).collect()
}

#[divan::bench(args = [true, false])]
fn deduplication(bencher: divan::Bencher<'_, '_>, near: bool) {
    let texts = corpus();
    let bytes: usize = texts.iter().map(|text| text.text.len()).sum();
    let options = Options {
        near,
        ..Options::default()
    };
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let removals = deduplicate(&texts[..], &options).expect("texts are in memory");
        let removed = removals.iter().flatten().count();
        assert_eq!(removed, if near { DOCUMENTS / COPIES } else { 0 });
    });
}
