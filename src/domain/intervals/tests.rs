//! Against published figures, and against sums of binomial terms, which use none of the functions above.

use super::*;

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-6, "{found} for {wanted}");
}

#[test]
fn shares_have_the_limits_that_are_published() {
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998)
    // 857-872, table I, method 5 (Clopper and Pearson), to four places.
    let published = [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ];
    for (x, n, lower, upper) in published {
        let (low, high) = of_share(x, n).unwrap();
        assert!(
            (low - lower).abs() < 5.1e-5 && (high - upper).abs() < 5.1e-5,
            "{x} of {n}: {low}, {high}"
        );
    }
    assert_eq!(of_share(0, 0), None);
    assert_eq!(of_share(3, 2), None);
}

/// The probability of at most `x` of `n`, term by term.
fn at_most(x: i64, n: i64, p: f64) -> f64 {
    if p > 0.5 {
        // From the other end, where the first term is not too small to be told from nought.
        return if x >= n {
            1.0
        } else {
            1.0 - at_most(n - x - 1, n, 1.0 - p)
        };
    }
    let mut term = (1.0 - p).powi(i32::try_from(n).unwrap());
    let mut sum = term;
    for k in 1..=x {
        term *= (n - k + 1) as f64 / k as f64 * p / (1.0 - p);
        sum += term;
    }
    sum
}

#[test]
fn outside_the_limits_of_a_share_either_tail_is_one_in_forty() {
    for n in [1_i64, 2, 7, 30, 240] {
        for x in 0..=n {
            let (low, high) = of_share(x, n).unwrap();
            if x > 0 {
                near(1.0 - at_most(x - 1, n, low), 0.025);
            }
            if x < n {
                near(at_most(x, n, high), 0.025);
            }
        }
    }
}

#[test]
fn the_ratio_of_two_rates_has_the_limits_that_are_published() {
    // The example of `poisson.test` in R, from Wiki and others: leukaemia near Preston (11 in 800, 21 in 3011).
    let rate = |n, of| Rate { n, of };
    let found = of_ratio(rate(21, 1083 + 1050 + 878), rate(11, 800)).unwrap();
    near(found.ratio.unwrap(), 1.971_488_1);
    near(found.lower, 0.858_426_4);
    near(found.upper.unwrap(), 4.277_265_9);
    // By bisection on sums of binomial terms.
    let found = of_ratio(rate(31, 240), rate(14, 262)).unwrap();
    near(found.lower, 0.203_344_29);
    near(found.upper.unwrap(), 0.800_961_28);
}

#[test]
fn nothing_on_one_side_leaves_one_limit() {
    let rate = |n, of| Rate { n, of };
    let none_since = of_ratio(rate(12, 200), rate(0, 210)).unwrap();
    assert_eq!((none_since.ratio, none_since.lower), (Some(0.0), 0.0));
    near(none_since.upper.unwrap(), 0.342_756_02);
    let none_before = of_ratio(rate(0, 200), rate(6, 200)).unwrap();
    assert_eq!((none_before.ratio, none_before.upper), (None, None));
    near(none_before.lower, 1.177_424_73);
    assert_eq!(of_ratio(rate(0, 200), rate(0, 200)), None);
    assert_eq!(of_ratio(rate(1, 0), rate(1, 200)), None);
}

#[test]
fn students_t_is_that_of_the_tables() {
    let tables = [
        (1.0, 12.706_205),
        (2.0, 4.302_653),
        (4.0, 2.776_445),
        (9.0, 2.262_157),
        (30.0, 2.042_272),
        (120.0, 1.979_930),
    ];
    for (freedom, t) in tables {
        assert!((student(freedom) - t).abs() < 1e-5, "{freedom}: {}", student(freedom));
    }
}

#[test]
fn a_mean_of_few_is_wide_and_of_one_unknown() {
    assert_eq!(of_mean(&[]), None);
    assert_eq!(of_mean(&[4.0]).unwrap().limits, None);
    // Mean 3, standard deviation 1.5811, t 2.7764: 3 ± 1.9632.
    let found = of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    near(found.mean, 3.0);
    let (low, high) = found.limits.unwrap();
    near(low, 1.036_757);
    near(high, 4.963_243);
}
