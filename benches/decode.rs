//! Cost of decoding: valid UTF-8 against its validation, legacy text per 8 KB.
fn main() {}
