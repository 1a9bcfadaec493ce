//! Functions whose results are the same bits on every machine: only additions, multiplications,
//! divisions and square roots, which IEEE 754 defines exactly.

/// e to the power of `x`.
pub(super) fn exp(x: f32) -> f32 {
    let x = f64::from(x.clamp(-60.0, 60.0));
    // x = n·ln 2 + r with |r| ≤ ln 2 / 2.
    let n = (x * std::f64::consts::LOG2_E).round();
    let r = x - n * std::f64::consts::LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..14_u32 {
        term *= r / f64::from(k);
        sum += term;
    }
    #[expect(clippy::cast_possible_truncation, reason = "between -87 and 87")]
    let power = n as i32;
    let mut factor = if power < 0 { 0.5 } else { 2.0 };
    let mut left = power.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            sum *= factor;
        }
        factor *= factor;
        left >>= 1;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range of f32 by the clamp")]
    let result = sum as f32;
    result
}

/// 1 / (1 + e^-x).
pub(super) fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_exact_to_the_last_bits() {
        for n in -600..600_i16 {
            let x = f32::from(n) / 10.0;
            let (ours, theirs) = (exp(x), x.exp());
            assert!((ours - theirs).abs() <= theirs * 1e-6, "{x}: {ours} {theirs}");
        }
        assert_eq!(exp(f32::MAX).to_bits(), exp(60.0).to_bits());
    }
}
