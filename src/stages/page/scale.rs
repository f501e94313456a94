//! How counts become features of 16 bits: shares and logarithms.

/// `part` of `whole` in percent; -1 of nothing.
#[inline]
pub fn percent(part: i32, whole: i32) -> i32 {
    // A division of 32 bits takes half the time, and pages are small.
    match part.checked_mul(100) {
        _ if whole == 0 => -1,
        Some(parts) if whole != -1 => parts / whole,
        _ => (i64::from(part) * 100 / i64::from(whole)) as i32,
    }
}

/// Eight times the binary logarithm, by straight lines between powers of two; signed.
#[inline]
pub fn log(value: i32) -> i32 {
    let size = value.unsigned_abs();
    if size == 0 {
        return 0;
    }
    let exponent = size.ilog2();
    let rest = ((u64::from(size) << 3) >> exponent) as i32 & 7;
    let log = exponent as i32 * 8 + rest + 1;
    if value < 0 { -log } else { log }
}

/// The logarithms of many numbers.
#[inline(never)]
pub fn logs(values: &[i32], out: &mut [i16]) {
    for (out, value) in out.iter_mut().zip(values) {
        // The bits of a float are what [`log`] says: an exponent and the way from it to the next.
        let size = value.wrapping_abs();
        // More than 24 bits would be rounded.
        let size = if size < 1 << 24 { size } else { size & !0x7f };
        let bits = (size as f32).abs().to_bits() as i32 >> 20;
        let log = (bits - (127 * 8 - 1)).max(0);
        *out = if *value < 0 { -log } else { log } as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_grow_and_keep_the_sign() {
        assert_eq!([log(0), log(1), log(2), log(3), log(4)], [0, 1, 9, 13, 17]);
        assert_eq!(log(-4), -17);
        assert!((1..5000).all(|n| log(n) <= log(n + 1)));
        assert!(log(i32::MIN) < log(-5));
    }

    #[test]
    fn logarithms_of_many_numbers_are_those_of_each() {
        let mut values = vec![i32::MIN, i32::MAX, 0, 1, -1];
        for bit in 0..31 {
            values.extend([
                1 << bit,
                (1 << bit) - 1,
                (3 << bit >> 1) - 1,
                -(1 << bit) - 1,
            ]);
        }
        values.extend(-5000..5000);
        let mut many = vec![0; values.len()];
        logs(&values, &mut many);
        let each: Vec<i16> = values.iter().map(|value| log(*value) as i16).collect();
        assert_eq!(many, each);
    }
}
