//! Eight bytes as one number, the first byte lowest: looked at all at once.

/// The eight bytes at `at`, zeros behind the end.
#[inline(always)]
pub(crate) fn at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        Some(Ok(eight)) => u64::from_le_bytes(eight),
        _ => last(bytes, at),
    }
}

#[cold]
fn last(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    let rest = bytes.get(at..).unwrap_or_default();
    for (to, from) in eight.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_le_bytes(eight)
}

/// The same byte eight times.
pub(crate) const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The upper bit of each byte that is zero.
#[inline(always)]
pub(crate) const fn zeros(bytes: u64) -> u64 {
    !(((bytes & each(0x7f)) + each(0x7f)) | bytes | each(0x7f))
}

/// The upper bit of each byte that is an ASCII letter or digit: a sum carries into the upper bit of
/// each byte that is not below a bound.
#[inline(always)]
pub(crate) const fn ascii_words(bytes: u64) -> u64 {
    #[inline(always)]
    const fn within(bytes: u64, first: u8, last: u8) -> u64 {
        (bytes + each(0x80 - first)) & !(bytes + each(0x7f - last))
    }
    let seven = bytes & each(0x7f);
    let is_word = within(seven, b'0', b'9') | within(seven | each(0x20), b'a', b'z');
    is_word & !bytes & each(0x80)
}

/// The upper bits of the bytes, side by side: the product moves the bit of byte n to place 56 + n,
/// and no two bits meet on the way.
#[inline(always)]
pub(crate) const fn upper_bits(bytes: u64) -> u64 {
    ((bytes >> 7) & each(1)).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn each_byte_is_told(
            bytes in proptest::array::uniform8(proptest::prop_oneof![
                proptest::prelude::any::<u8>(),
                proptest::sample::select(b"\0\x01azAZ09`{/:@[\x7f\x80\xff".to_vec()),
            ]),
            from in 0_usize..20,
        ) {
            let eight = at(&bytes, 0);
            let bits = [zeros(eight), ascii_words(eight), eight].map(upper_bits);
            for (n, byte) in bytes.into_iter().enumerate() {
                let wanted = [byte == 0, byte.is_ascii_alphanumeric(), byte >= 0x80];
                proptest::prop_assert_eq!(bits.map(|bits| bits >> n & 1 == 1), wanted);
            }
            let mut behind = bytes.to_vec();
            behind.extend([0; 30]);
            proptest::prop_assert_eq!(at(&bytes, from), at(&behind, from));
        }
    }
}
