//! Times in buckets: what percentiles are read from, without looking at the times themselves again.
//!
//! The buckets are the same everywhere and for ever, so that histograms can be added to each other and taken from
//! each other. To 20 seconds each second has its own; from there on each bucket ends 5 % later than the one
//! before. A percentile is the middle of its bucket: never more than 2.5 % from the exact value. The bounds that
//! Prometheus is shown ([`BOUNDS`]) end buckets, so its counts are exact.

use std::sync::LazyLock;

use crate::error::{Error, Result};

/// Bounds for Prometheus, seconds: 1, 5, 15 minutes; 1, 4, 8 hours; 1, 2, 3, 5 days; 1, 2, 4, 8 weeks.
pub const BOUNDS: [i64; 14] = [
    60, 300, 900, 3_600, 14_400, 28_800, 86_400, 172_800, 259_200, 432_000, 604_800, 1_209_600, 2_419_200, 4_838_400,
];

/// A percentile is at most this share of the exact value away from it.
pub const ERROR: f64 = 0.025;

/// What ends the last bucket: about 32 years, seconds. Longer times count as this.
const LONGEST: i64 = 1_000_000_000;

/// The last second of each bucket.
static ENDS: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let mut ends = vec![0];
    let mut end = 0;
    while end < LONGEST {
        // Whole numbers only: the same on every machine.
        let next = (end + 1).max(end + end / 20).min(LONGEST);
        end = BOUNDS
            .iter()
            .copied()
            .find(|bound| end < *bound && *bound < next)
            .unwrap_or(next);
        ends.push(end);
    }
    ends
});

/// The bucket of a time in whole seconds; what is below 0 counts as 0.
pub fn bucket(seconds: i64) -> u16 {
    let at = ENDS.partition_point(|end| *end < seconds.clamp(0, LONGEST));
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// The middle of a bucket, seconds.
pub fn middle(bucket: u16) -> f64 {
    let at = usize::from(bucket);
    let last = ENDS.get(at).copied().unwrap_or(LONGEST);
    let first = at
        .checked_sub(1)
        .and_then(|before| ENDS.get(before))
        .map_or(0, |end| end + 1);
    (first.min(last) + last) as f64 / 2.0
}

/// How many times fell into each bucket, in order; none is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram(Vec<(u16, i64)>);

impl Histogram {
    /// Nothing.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds times to a bucket; a negative number takes them away.
    pub fn add(&mut self, bucket: u16, n: i64) {
        if n == 0 {
            return;
        }
        match self.0.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(at) => {
                if let Some((_, there)) = self.0.get_mut(at) {
                    *there += n;
                    if *there == 0 {
                        self.0.remove(at);
                    }
                }
            }
            Err(at) => self.0.insert(at, (bucket, n)),
        }
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        // A few into many: each finds its place. Many into many: side by side.
        if other.0.len() * 16 < self.0.len() {
            other.0.iter().for_each(|(bucket, n)| self.add(*bucket, *n));
            return;
        }
        let mut sum = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut own, mut more) = (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        loop {
            let next = match (own.peek().copied(), more.peek().copied()) {
                (Some((mine, n)), Some((theirs, m))) if mine == theirs => {
                    let both = (mine, n + m);
                    own.next();
                    more.next();
                    Some(both)
                }
                (Some((mine, _)), Some((theirs, _))) if theirs < mine => more.next(),
                (Some(_), _) => own.next(),
                (None, _) => more.next(),
            };
            match next {
                Some((_, 0)) => {}
                Some(entry) => sum.push(entry),
                None => break,
            }
        }
        self.0 = sum;
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many times there are.
    pub fn count(&self) -> i64 {
        self.0.iter().map(|(_, n)| n).sum()
    }

    /// For each share (0 to 1) the least time that at least so many of all are not above, by nearest rank.
    pub fn percentiles<const N: usize>(&self, shares: [f64; N]) -> [Option<f64>; N] {
        let count = self.count();
        shares.map(|p| self.of_rank(count, p))
    }

    fn of_rank(&self, count: i64, p: f64) -> Option<f64> {
        if count <= 0 {
            return None;
        }
        let rank = ((p * count as f64).ceil() as i64).clamp(1, count);
        let mut seen = 0;
        for (bucket, n) in &self.0 {
            seen += n;
            if seen >= rank {
                return Some(middle(*bucket));
            }
        }
        None
    }

    /// How many times there are up to the end of each bucket from the end of the one before. To 24, each number has a bucket
    /// of its own, so hours of a day come back as they were.
    pub fn each(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0
            .iter()
            .filter_map(|(bucket, n)| Some((ENDS.get(usize::from(*bucket)).copied()?, *n)))
    }

    /// How many times are at most `seconds`; exact for [`BOUNDS`].
    pub fn at_most(&self, seconds: i64) -> i64 {
        let last = bucket(seconds);
        self.0
            .iter()
            .filter(|(bucket, _)| *bucket <= last)
            .map(|(_, n)| n)
            .sum()
    }

    /// The form in which it is kept: for each bucket the distance from the one before and the number, as LEB128
    /// numbers, the second with its sign in the lowest bit.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.0.len() * 3);
        let mut before = 0;
        for (bucket, n) in &self.0 {
            put(&mut out, u64::from(bucket - before));
            put(&mut out, (n.unsigned_abs() << 1) | u64::from(*n < 0));
            before = *bucket;
        }
        out
    }

    /// Reads what [`Histogram::to_bytes`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut out = Self(Vec::with_capacity(bytes.len() / 2));
        let mut bytes = bytes.iter();
        let mut bucket: u64 = 0;
        while let Some(distance) = take(&mut bytes)? {
            let n = take(&mut bytes)?.ok_or_else(broken)?;
            bucket += distance;
            let magnitude = i64::try_from(n >> 1).map_err(|_| broken())?;
            let n = if n & 1 == 1 { -magnitude } else { magnitude };
            out.0.push((u16::try_from(bucket).map_err(|_| broken())?, n));
        }
        Ok(out)
    }
}

fn broken() -> Error {
    Error::internal("a histogram of the reports cannot be read; run `hark reports rebuild`")
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// The next number; `None` at the end.
fn take<'b>(bytes: &mut impl Iterator<Item = &'b u8>) -> Result<Option<u64>> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    for byte in bytes.by_ref() {
        if shift > 56 {
            return Err(broken());
        }
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(Some(number));
        }
        shift += 7;
    }
    if shift == 0 { Ok(None) } else { Err(broken()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_hour_of_a_day_comes_back_as_it_was() {
        let mut hours = Histogram::new();
        for hour in 0..24 {
            hours.add(bucket(hour), hour + 1);
        }
        assert!(hours.each().eq((0..24).map(|hour| (hour, hour + 1))));
    }

    fn of(times: &[i64]) -> Histogram {
        let mut histogram = Histogram::default();
        times.iter().for_each(|time| histogram.add(bucket(*time), 1));
        histogram
    }

    #[test]
    fn every_second_lies_in_one_bucket_whose_middle_is_near() {
        assert!(ENDS.is_sorted_by(|a, b| a < b) && ENDS.len() < 500, "{}", ENDS.len());
        for bound in BOUNDS {
            assert!(ENDS.contains(&bound), "{bound}");
            assert_eq!(bucket(bound) + 1, bucket(bound + 1));
        }
        for seconds in (0..200_000).chain((200_000..LONGEST).step_by(99_991)) {
            let middle = middle(bucket(seconds));
            let off = (middle - seconds as f64).abs();
            assert!(off <= ERROR * seconds as f64, "{seconds} is taken for {middle}");
        }
        assert_eq!((bucket(-5), bucket(i64::MAX)), (0, bucket(LONGEST)));
        assert_eq!(middle(0), 0.0);
    }

    proptest! {
        #[test]
        fn percentiles_are_near_the_exact_ones(
            mut times in proptest::collection::vec(prop_oneof![0..100_i64, 0..100_000_i64, 0..50_000_000_i64], 1..400),
            p in 0.01..0.999_f64,
        ) {
            let [found] = of(&times).percentiles([p]);
            let found = found.unwrap();
            times.sort_unstable();
            let rank = ((p * times.len() as f64).ceil() as usize).clamp(1, times.len());
            let exact = times[rank - 1] as f64;
            prop_assert!((found - exact).abs() <= ERROR * exact, "{found} for {exact}");
        }

        #[test]
        fn what_is_written_is_read_and_adding_is_adding_up(
            one in proptest::collection::vec(0..10_000_000_i64, 0..200),
            two in proptest::collection::vec(0..10_000_000_i64, 0..200),
        ) {
            let (mut sum, both) = (of(&one), [one.clone(), two.clone()].concat());
            sum.merge(&of(&two));
            prop_assert_eq!(&sum, &of(&both));
            prop_assert_eq!(&Histogram::from_bytes(&sum.to_bytes()).unwrap(), &sum);
            for time in &two {
                sum.add(bucket(*time), -1);
            }
            prop_assert_eq!(&sum, &of(&one));
            let mut negative = Histogram::default();
            one.iter().for_each(|time| negative.add(bucket(*time), -3));
            prop_assert_eq!(&Histogram::from_bytes(&negative.to_bytes()).unwrap(), &negative);
            for bound in BOUNDS {
                let exact = one.iter().filter(|time| **time <= bound).count();
                prop_assert_eq!(of(&one).at_most(bound), i64::try_from(exact).unwrap());
            }
        }

        #[test]
        fn merging_is_adding_bucket_by_bucket_whatever_the_sizes(
            one in proptest::collection::vec((0..480_u16, -3..4_i64), 0..300),
            two in proptest::collection::vec((0..480_u16, -3..4_i64), 0..300),
        ) {
            let of = |entries: &[(u16, i64)]| {
                let mut histogram = Histogram::new();
                entries.iter().for_each(|(bucket, n)| histogram.add(*bucket, *n));
                histogram
            };
            let mut merged = of(&one);
            merged.merge(&of(&two));
            prop_assert_eq!(merged, of(&[one, two].concat()));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _either = Histogram::from_bytes(&bytes);
        }
    }
}
