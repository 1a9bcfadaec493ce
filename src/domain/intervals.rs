//! Intervals of 95 % for what is counted and for means: what a figure of few says, and what it does not.
//!
//! * A share of `n`: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
//!   binomial", Biometrika 26 (1934) 404–413; the limits are quantiles of beta distributions.
//! * The ratio of two rates: given how many there were together, those of the second period are binomial, whatever the
//!   rates are (Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31
//!   (1940) 313–323); so its limits are those of a share, and exact: they hold at least 95 % of the time.
//! * A mean of few: Student's t.
//!
//! The incomplete beta function is its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22),
//! reckoned by the method of Lentz; the logarithm of the gamma function is Lanczos' approximation (g = 7, nine terms).

use std::f64::consts::PI;

/// How much is left out on either side.
const TAIL: f64 = 0.025;

/// The limits of a share of which `n` were looked at and `x` were so; `None` of nothing.
pub fn of_share(x: i64, n: i64) -> Option<(f64, f64)> {
    if n <= 0 || !(0..=n).contains(&x) {
        return None;
    }
    let (x, n) = (x as f64, n as f64);
    let lower = if x == 0.0 {
        0.0
    } else {
        beta_quantile(TAIL, x, n - x + 1.0)
    };
    let upper = if x == n {
        1.0
    } else {
        beta_quantile(1.0 - TAIL, x + 1.0, n - x)
    };
    Some((lower, upper))
}

/// How many there were of so many that were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub n: i64,
    /// Of how many.
    pub of: i64,
}

/// The ratio of two rates, with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The second rate divided by the first; `None` when the first is nothing.
    pub ratio: Option<f64>,
    /// Not less than this.
    pub lower: f64,
    /// Not more than this; `None` when there is no limit.
    pub upper: Option<f64>,
}

/// How many times the first rate the second is; `None` when there is nothing to compare.
pub fn of_ratio(first: Rate, second: Rate) -> Option<Ratio> {
    let together = first.n + second.n;
    if first.of <= 0 || second.of <= 0 {
        return None;
    }
    let (low, high) = of_share(second.n, together)?;
    let sizes = first.of as f64 / second.of as f64;
    let odds = |share: f64| sizes * share / (1.0 - share);
    Some(Ratio {
        ratio: (first.n > 0).then(|| sizes * second.n as f64 / first.n as f64),
        lower: odds(low),
        upper: (high < 1.0).then(|| odds(high)),
    })
}

/// A mean of some numbers, with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// The limits; `None` of one number, which says nothing of how they vary.
    pub limits: Option<(f64, f64)>,
}

/// The mean of some numbers; `None` of nothing.
pub fn of_mean(numbers: &[f64]) -> Option<Mean> {
    let n = numbers.len() as f64;
    if numbers.is_empty() {
        return None;
    }
    let mean = numbers.iter().sum::<f64>() / n;
    let limits = (numbers.len() > 1).then(|| {
        let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
        let half = student(n - 1.0) * (squares / (n - 1.0) / n).sqrt();
        (mean - half, mean + half)
    });
    Some(Mean { mean, limits })
}

/// The number that Student's t with so many degrees of freedom exceeds on either side with 2.5 %.
fn student(freedom: f64) -> f64 {
    // P(|T| > t) is the incomplete beta function at freedom / (freedom + t²).
    let x = beta_quantile(2.0 * TAIL, freedom / 2.0, 0.5);
    (freedom * (1.0 - x) / x).sqrt()
}

/// Where the distribution function of a beta distribution takes this value.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // Halving an interval until nothing is left between its ends.
    for _ in 0..200 {
        let middle = low.midpoint(high);
        if middle <= low || middle >= high {
            break;
        }
        if incomplete_beta(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.midpoint(high)
}

/// The regularized incomplete beta function.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges fast on this side; the function is symmetric.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

/// The continued fraction of the incomplete beta function.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..1_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// The logarithm of the gamma function of a positive number.
fn ln_gamma(x: f64) -> f64 {
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = TERMS
        .iter()
        .zip(1_i32..)
        .fold(FIRST, |sum, (term, place)| sum + term / (x + f64::from(place)));
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests;
